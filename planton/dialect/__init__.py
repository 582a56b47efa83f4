"""Converts the spellings and shapes of manifests to the one that the models read."""
