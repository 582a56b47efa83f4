"""The codes of diagnostics: how serious each is, where it belongs and what it is called.

A code keeps its meaning and its severity forever: users list it to ignore a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from planton.diagnostics.code_table import TABLE

Severity = Literal["error", "warning"]

SUBJECTS = {
    "keys": "Keys and attributes",
    "indexes": "Indexes",
    "capacity": "Billing and capacity",
    "schedules": "Scheduled capacity",
    "features": "Streams, TTL, encryption, tags",
    "policy-and-kinesis": "Resource policy and Kinesis",
    "alarms": "Alarms",
    "access": "Access policies and grants",
    "replicas": "Replicas in other regions",
    "import-and-restore": "Import and restore",
    "cautions": "Accepted by AWS, but likely a mistake",
    "values": "Values",
    "kind-and-keys": "Kind, apiVersion and keys",
    "annotations": "Annotations",
    "organization": "Rules of an organization (planton.yaml)",
    "input": "Input, region and rendering",
    "yaml": "The file and its YAML",
}
"""The subjects and their headings, in the order in which they are listed."""


class Code(NamedTuple):
    """What is known about a code without its explanation."""

    subject: str
    severity: Severity
    title: str


CODES: Mapping[str, Code] = {code: Code(*facts) for code, facts in TABLE.items()}
"""Every code that a diagnostic can have."""


def current_spelling(code: str) -> str:
    """The code in its current spelling; an unknown one is returned as it is.

    Ids of the upstream contract have underscores, and some codes once had them, so a user may write
    underscores for hyphens: `ttl_type` is `ttl-type`.
    """
    hyphenated = code.replace("_", "-")
    return hyphenated if hyphenated in CODES else code


def look_up(code: str) -> Code:
    """The facts of a code. An unknown one is our own error."""
    if code not in CODES:
        file = f"planton/explain/codes/SUBJECT/{code}.md"
        raise LookupError(f"the code {code!r} is not in the table: write {file}, run ./dev docs")
    return CODES[code]
