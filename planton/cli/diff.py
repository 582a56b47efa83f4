"""`planton diff`."""

from __future__ import annotations

import json
import sys

from planton.changes.compare import compare
from planton.cli.input import refuse, show_warnings, verdict
from planton.diagnostics.exit_status import LOSS, OK, USAGE
from planton.organization.organization import Organization
from planton.reading.read import FindRules, no_rules, read_path
from planton.reading.sources import STDIN
from planton.review.version import snapshot_of


def diff_command(
    old: str, new: str, stdin: bytes, format: str, *, find_rules: FindRules = no_rules
) -> int:
    """Prints what the change from one manifest to another does to an existing table. The rules of
    the organization ask something of the new one alone: the old one is deployed."""
    if old == new == STDIN:
        print("planton: - can be only one of OLD and NEW", file=sys.stderr)
        return USAGE

    def of_deployed(path: str) -> Organization:
        return find_rules(path).for_deployed()

    loaded = [
        read_path(path, stdin, requests=False, find_rules=find)
        for path, find in ((old, of_deployed), (new, find_rules))
    ]
    sides = [side for one in loaded if (side := snapshot_of(one))]
    if len(sides) < len(loaded):
        return refuse(loaded, format)
    changes = compare(*sides)
    bare = snapshot_of(read_path(old, stdin, requests=False)) if loaded[0].defaults else None
    by_defaults = compare(bare, sides[0]) if bare else []
    if format == "json":
        data = {
            **verdict(loaded),
            "changes": [change.data() for change in changes],
            "defaultChanges": [change.data() for change in by_defaults],
        }
        print(json.dumps(data, indent=2))
    else:
        show_warnings(loaded)
        print("\n\n".join(change.text() for change in changes) or "no change")
        if by_defaults:
            where = "; ".join(dict.fromkeys(one.where for one in loaded[0].defaults))
            print(f"\nif the table was deployed before these defaults were set ({where}):\n")
            print("\n\n".join(change.text() for change in by_defaults))
    return LOSS if any(change.refused or change.loses_data for change in changes) else OK
