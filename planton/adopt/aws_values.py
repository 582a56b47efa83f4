"""Values of AWS's answers that a manifest can have, and what is said of the others."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from planton.adopt.found import LeftOut
from planton.diagnostics.diagnostic import quote

Json = dict[str, Any]
E = TypeVar("E", bound=Enum)


class UnreadableTable(Exception):
    """AWS describes something that no manifest can have, and without which there is no table."""


def needed(kind: type[E], value: object, what: str) -> E:
    """The value as one of an enum's.

    Raises:
        UnreadableTable: the enum does not have it. `what` says whose value it is.
    """
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(str(one.value) for one in kind)
        message = f"{what} is {quote(str(value))} in AWS, and this program knows only {allowed}"
        raise UnreadableTable(message) from None


def known(kind: type[E], value: object, place: str, left_out: list[LeftOut]) -> E | None:
    """The value as one of an enum's; None if there is none, or if it is unknown and left out."""
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        left_out.append(LeftOut(place, f"{quote(str(value))} is unknown to this program"))
        return None
