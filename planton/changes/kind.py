"""What is said of one kind of change. Each module of a subject lists its own in `KINDS`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Effect(str, Enum):
    """How far a change goes."""

    IN_PLACE = "in place"
    LEFT_BEHIND = "has no effect in AWS"
    SECOND_RUN = "needs a second update"
    INDEX_REBUILD = "index rebuild"
    REPLICA_REBUILD = "replica rebuild"
    REPLACEMENT = "replacement, all data is lost"
    TWO_STEPS = "refused, needs two steps"
    REFUSED = "refused"


@dataclass(frozen=True)
class ChangeKind:
    """One kind of change: its effect, what happens, how to fix it, and what allows it."""

    title: str
    effect: Effect
    consequence: str
    fix: str = ""
    allowed_by: str | None = None
    """A value of the annotation allow-replacement."""
    warns: bool = False


RECREATED = "the table would be deleted with all its data and recreated empty"
COPY = (
    "to keep the data, create a second table under another metadata.name, copy the items, then "
    "remove this one"
)
UNPROTECT = (
    "set deletionProtectionEnabled: false on {} alone and run `pulumi up`, then make the rest of "
    "the change"
)
