"""The versions and spellings of the manifest, converted to the one that the models read."""
