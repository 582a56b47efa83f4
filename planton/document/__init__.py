"""Strict YAML: text into nodes that know their line and column, and back."""
