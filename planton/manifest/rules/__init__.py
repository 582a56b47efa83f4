"""The rules between the fields of a manifest, by subject."""
