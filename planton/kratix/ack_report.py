"""What the ACK controllers report on an object: its conditions, and their texts as lines without
credentials. Whatever has another form counts as not reported.
"""

from __future__ import annotations

import re
from typing import Any

from planton.render.rendered import Data

MAX_MESSAGE = 300
"""Characters of a message, which the request's status repeats."""

_ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")
# Each try has another one, and a record is written when something has changed.
_REQUEST_ID = re.compile(r"\b(RequestID: )[^,\s]+")
_SIGNED = re.compile(r"(?i)\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^&,\s]+")


def condition_of(one: Data, kind: str) -> Data | None:
    """The first condition of the kind."""
    for condition in mappings(below(one, "status", "conditions")):
        if condition.get("type") == kind and isinstance(condition.get("status"), str):
            return condition
    return None


def synced_condition(one: Data) -> Data | None:
    """The condition that says whether the object is as requested. Of two that disagree it is the
    one that says no."""
    kinds = ("ACK.ResourceSynced", "Ready")
    found = [each for kind in kinds if (each := condition_of(one, kind))]
    return next((each for each in found if each["status"] != "True"), found[0] if found else None)


def reason_of(condition: Data) -> str | None:
    """The error of a condition. ACK writes that of a comparison into the reason, beside a general
    message, and every other into the message."""
    keys = ("message", "reason")
    for key in reversed(keys) if condition["type"] == "ACK.ResourceSynced" else keys:
        if isinstance(condition.get(key), str) and condition[key].strip():
            return str(condition[key])
    return None


def bounded(text: str) -> str:
    """A line that fits into a status, is the same for the same error, and shows no access key and
    no signature."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text = _REQUEST_ID.sub(r"\1…", _SIGNED.sub(r"\1…", _ACCESS_KEY.sub("…", text)))
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 1]}…"


def below(data: Any, *path: str) -> Any:
    """The value at the path, None where something is missing or is no mapping."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def mappings(data: Any) -> list[Data]:
    """The mappings in a list, none of anything else."""
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
