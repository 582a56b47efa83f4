"""`planton plan`."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from planton.cli.input import refuse, show_warnings, verdict
from planton.diagnostics.exit_status import OK
from planton.plan.planner import make_plan
from planton.plan.text import describe
from planton.reading.read import read_path


def plan_command(path: str, stdin: bytes, format: str) -> int:
    """Prints the plan of one manifest; warnings go to standard error, or into the JSON."""
    loaded = read_path(path, stdin)
    if loaded.manifest is None:
        return refuse([loaded], format)
    plan = make_plan(loaded.manifest)
    if format == "json":
        data: dict[str, Any] = {**verdict([loaded]), "region": loaded.region}
        data |= dataclasses.asdict(plan)
        data["tags"] = dict(plan.tags)
        data["attributes"] = dict(plan.attributes)
        print(json.dumps(data, indent=2))
    else:
        show_warnings([loaded])
        print(describe(plan, loaded.region), end="")
    return OK
