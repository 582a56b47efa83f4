"""Scalars as the type that a setting has: templates and states also write them as strings."""

from __future__ import annotations

import math
import re
from typing import Any

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")
_BOOLEANS = {"true": True, "false": False}


def as_text(data: Any) -> str | None:
    """The scalar as a string; None for an empty one."""
    if isinstance(data, bool):
        return str(data).lower()
    return None if data in (None, "") else str(data)


def as_integer(data: Any) -> int | None:
    """The scalar as an integer, if it is one or a string of one."""
    if isinstance(data, bool):
        return None
    if isinstance(data, float):
        return int(data) if data.is_integer() else None
    text = str(data)
    return int(text) if _INTEGER.fullmatch(text) else None


def as_number(data: Any) -> float | None:
    """The scalar as a number, if it is one or a string of one."""
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    text = "" if isinstance(data, bool) else str(data)
    return float(text) if _NUMBER.fullmatch(text) else None


def as_boolean(data: Any) -> bool | None:
    """The scalar as a boolean, if it is one or a string of one."""
    return data if isinstance(data, bool) else _BOOLEANS.get(str(data).lower())
