"""Finds what a change would lose: of many manifests, or in a preview of Pulumi."""
