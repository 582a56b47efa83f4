"""A look at the stack's own state, before anything is registered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from planton.changes.stack_state import StackState, parse_state
from planton.resources.engine import has_engine

_READ = "pulumi:pulumi:readStackResourceOutputs"
"""A function of the engine itself: no plugin, no request to AWS. It reads the snapshot that the
engine began with, and leaves the resource `pulumi:providers:pulumi::default` in the state."""

_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each retry. When an update begins, the engine writes its first snapshot, and a
file backend may return half of it ("failed to load checkpoint: EOF")."""


def read_own_state() -> StackState:
    """The stack's resources; none under mocks and in the rehearsal, which have no state.

    If the state cannot be read, the result says why: the caller decides whether the update may go
    on without it.
    """
    if not has_engine():
        return StackState()
    return attempt(_read, time.sleep)


def attempt(read: Callable[[], Mapping[str, Any]], sleep: Callable[[float], None]) -> StackState:
    """What `read` returns, with a few retries."""
    reason = ""
    for wait in (0.0, *_WAITS):
        sleep(wait)
        try:
            found = read()
        except Exception as error:  # the SDK raises nothing more precise
            reason = str(error)
        else:
            return parse_state(found)
    return StackState(unreadable=reason)


def _read() -> Mapping[str, Any]:
    """The qualified name is what Pulumi Cloud needs; a file backend of the layout before projects
    (Pulumi 3.61) knows the bare one only."""
    stack = pulumi.get_stack()
    qualified = "/".join((pulumi.get_organization(), pulumi.get_project(), stack))
    try:
        return _outputs(qualified)
    except Exception:  # the SDK raises nothing more precise
        return _outputs(stack)


def _outputs(name: str) -> Mapping[str, Any]:
    answer = pulumi.runtime.invoke(_READ, {"stackName": name})
    return answer.value.get("outputs") or {}
