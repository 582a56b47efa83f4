"""The annotations with which a manifest speaks to this program."""

PREFIX = "dynamodb.project-planton.org/"

EXTENSIONS = PREFIX + "extensions"
"""Fields that the wrapper's own contract does not know, as YAML text."""

ALLOW_REPLACEMENT = PREFIX + "allow-replacement"
"""What may change although the table is then made anew, empty."""

IGNORE_WARNINGS = PREFIX + "ignore-warnings"
"""Codes of warnings that this manifest need not hear."""

KNOWN = (EXTENSIONS, ALLOW_REPLACEMENT, IGNORE_WARNINGS)
