"""An existing table written as a manifest: what a source says of it, and the manifest of that."""
