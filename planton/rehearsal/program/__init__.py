"""The program under Pulumi's runtime, with the emulated AWS behind its monitor."""
