"""`planton diff`."""

from __future__ import annotations

import json
import sys

from planton.changes.compare import compare
from planton.changes.snapshot import snapshot
from planton.cli.input import refuse, show_warnings, verdict
from planton.diagnostics.exit_status import LOSS, OK, USAGE
from planton.plan.planner import make_plan
from planton.reading.read import read_path
from planton.reading.sources import STDIN


def diff_command(old: str, new: str, stdin: bytes, format: str) -> int:
    """Prints what the change from one manifest to another does to an existing table."""
    if old == new == STDIN:
        print("planton: - can be only one of OLD and NEW", file=sys.stderr)
        return USAGE
    loaded = [read_path(path, stdin, requests=False) for path in (old, new)]
    sides = [
        snapshot(make_plan(side.manifest), region=side.region, account_id=side.provider.account_id)
        for side in loaded
        if side.manifest is not None
    ]
    if len(sides) < len(loaded):
        return refuse(loaded, format)
    changes = compare(*sides)
    if format == "json":
        data = {**verdict(loaded), "changes": [change.data() for change in changes]}
        print(json.dumps(data, indent=2))
    else:
        show_warnings(loaded)
        print("\n\n".join(change.text() for change in changes) or "no change")
    return LOSS if any(change.refused or change.loses_data for change in changes) else OK
