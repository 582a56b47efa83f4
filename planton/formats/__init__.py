"""Output formats of diagnostics for other programs."""
