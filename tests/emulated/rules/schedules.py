"""What Application Auto Scaling refuses in a scheduled action.

The texts are guessed, except that of the missing target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planton.rehearsal.aws.errors import VALIDATION
from planton.rehearsal.aws.requests import Json
from tests.emulated.codes import OBJECT_NOT_FOUND
from tests.emulated.rules.updates import Problem
from tests.emulated.rules.view import View

_SCHEDULE = re.compile(
    r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"
    r"|rate\([1-9]\d* (minute|hour|day)s?\)"
    r"|cron\(\S+( \S+){5}\)"
)


def put(request: Json, view: View) -> Iterator[Problem]:
    """A new action needs a schedule and bounds; of an existing one only what changes is named."""
    existing = _action(request, view)
    if view.target(request["ResourceId"], request.get("ScalableDimension", "")) is None:
        yield OBJECT_NOT_FOUND, f"No scalable target found for resource {request['ResourceId']}"
    if existing is None:
        for name in ("Schedule", "ScalableTargetAction"):
            if name not in request:
                yield VALIDATION, f"{name} is required for a new scheduled action"
    if "Schedule" in request and not _SCHEDULE.fullmatch(request["Schedule"]):
        yield VALIDATION, f"Invalid schedule expression: {request['Schedule']}"
    bounds = request.get("ScalableTargetAction", {"MinCapacity": 0})
    least, most = bounds.get("MinCapacity"), bounds.get("MaxCapacity")
    if least is None and most is None:
        yield VALIDATION, "At least one of MinCapacity and MaxCapacity is required"
    elif least is not None and most is not None and least > most:
        yield VALIDATION, f"Maximum capacity {most} cannot be less than minimum capacity {least}"


def delete(request: Json, view: View) -> Iterator[Problem]:
    if _action(request, view) is None:
        name = request["ScheduledActionName"]
        yield OBJECT_NOT_FOUND, f"No scheduled action found: {name}"


def _action(request: Json, view: View) -> Json | None:
    dimension = request.get("ScalableDimension", "")
    return view.action(request["ResourceId"], dimension, request["ScheduledActionName"])
