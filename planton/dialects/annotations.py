"""The annotations of a manifest that this program reads."""

PREFIX = "dynamodb.project-planton.org/"

EXTENSIONS = PREFIX + "extensions"
"""Fields that the wrapper's contract does not have, as a string of YAML."""

ALLOW_REPLACEMENT = PREFIX + "allow-replacement"
"""Fields that may change although that replaces the table with an empty one."""

IGNORE_WARNINGS = PREFIX + "ignore-warnings"
"""Codes of warnings that are not shown for this manifest."""

IMPORT = PREFIX + "import"
"""That `pulumi up` imports the existing table, and what it may then change in it."""

KNOWN = (EXTENSIONS, ALLOW_REPLACEMENT, IGNORE_WARNINGS, IMPORT)
