"""`planton plan`."""

from __future__ import annotations

import json
from datetime import datetime

from planton.cli.input import governance, governance_data, refuse, show_warnings, verdict
from planton.diagnostics.exit_status import OK
from planton.plan.data import to_data
from planton.plan.planner import make_plan
from planton.plan.text import describe
from planton.reading.at_time import at_time
from planton.reading.read import FindRules, no_rules, read_path


def plan_command(
    path: str,
    stdin: bytes,
    format: str,
    *,
    now: datetime,
    find_rules: FindRules = no_rules,
) -> int:
    """Prints the plan of one manifest; warnings go to standard error, or into the JSON."""
    loaded = at_time(read_path(path, stdin, find_rules=find_rules), now)
    if loaded.manifest is None:
        return refuse([loaded], format)
    plan = make_plan(loaded.manifest)
    if format == "json":
        data = {
            **verdict([loaded]),
            "region": loaded.region,
            **to_data(plan),
            **governance_data(loaded),
        }
        print(json.dumps(data, indent=2))
    else:
        show_warnings([loaded])
        print(describe(plan, loaded.region, loaded.provider.account_id), end="")
        print(governance(loaded), end="")
    return OK
