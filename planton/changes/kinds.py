"""Every kind of change to an existing table, the gravest first."""

from __future__ import annotations

from planton.changes import (
    access,
    alarms,
    capacity,
    features,
    identity,
    indexes,
    keys,
    replacement,
    replica_features,
    replicas,
    source,
)
from planton.changes.kind import ChangeKind, Effect

_SUBJECTS = (
    identity,
    source,
    keys,
    replacement,
    replicas,
    replica_features,
    indexes,
    capacity,
    access,
    alarms,
    features,
)
_GRAVITY = {
    Effect.REPLACEMENT: 0,
    Effect.REFUSED: 0,
    Effect.TWO_STEPS: 1,
    Effect.LEFT_BEHIND: 2,
    Effect.SECOND_RUN: 2,
}

KINDS: dict[str, ChangeKind] = dict(
    sorted(
        (entry for subject in _SUBJECTS for entry in subject.KINDS.items()),
        key=lambda entry: _GRAVITY.get(entry[1].effect, 3),
    )
)
"""By their codes, in the order in which changes are shown."""
