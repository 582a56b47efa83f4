"""Explains each diagnostic code: the reason, a wrong and a right example, the source."""
