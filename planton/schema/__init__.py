"""The JSON Schema of the manifest for editors, generated from the models by `planton schema`."""
