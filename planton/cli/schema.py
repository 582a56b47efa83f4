"""`planton schema`."""

from __future__ import annotations

import json

from planton.diagnostics.exit_status import OK
from planton.schema.manifest_schema import schema


def text() -> str:
    """The JSON Schema as the content of a file."""
    return json.dumps(schema(), indent=2) + "\n"


def schema_command() -> int:
    """Prints the JSON Schema and returns the exit status."""
    print(text(), end="")
    return OK
