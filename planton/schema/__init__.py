"""A JSON Schema of the manifest, for editors: made from the models, printed by `planton schema`."""
