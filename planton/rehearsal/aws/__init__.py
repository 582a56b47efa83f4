"""The emulated AWS: moto, corrected, and the few APIs that moto lacks or that load too much."""
