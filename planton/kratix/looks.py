"""When the workflow looks at a table again, until its state is settled.

Kratix runs a pipeline again after the time that `workflow-control.yaml` names. Until then the
request is suspended: it waits for its table.
"""

from __future__ import annotations

from typing import Any

from planton.kratix.observe import DEGRADED, UNKNOWN
from planton.render.rendered import Data

_SOON, _SOON_LOOKS = "30s", 20
_LATER, _LATER_LOOKS = "5m", 24


def looks_so_far(request: Any, pipeline: str) -> int:
    """How often Kratix has run the pipeline for this generation, without this time."""
    match request:
        case {"status": {"kratix": {"workflows": {"pipelines": [*pipelines]}}}}:
            for one in pipelines:
                match one:
                    case {"name": name, "attempts": int(attempts)} if name == pipeline:
                        return attempts
    return 0


def next_look(record: Data, *, exists: bool, waiting: bool = False, looks: int) -> str | None:
    """The time until the next look as Kratix reads it; None if there is none.

    The result of a change is looked for during ten minutes, then during two hours, and a Table that
    never came only during the ten minutes: it may belong to another cluster. A record that is
    `waiting` could not be written, so no state is settled.
    """
    if not waiting and record["data"]["state"] not in (UNKNOWN, DEGRADED):
        return None
    if looks < _SOON_LOOKS:
        return _SOON
    return _LATER if exists and looks < _SOON_LOOKS + _LATER_LOOKS else None
