"""Creates one DynamoDB table, with all its features, from one AwsDynamodb manifest."""

__version__ = "0.1.0"
"""The only place of the version: the package, the image and every output take it from here."""
