"""The look into the stack's own state, as far as it needs no engine; tests/engine has the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planton.changes.stack_state import StackState
from planton.resources.own_state import attempt, read_own_state

TABLE = "urn:pulumi:dev::tables::aws:dynamodb/table:Table::orders"
FOUND = {TABLE: {"type": "aws:dynamodb/table:Table", "outputs": {"name": "orders"}}}


def _failing(times: int, waits: list[float]) -> StackState:
    """The state that is read when the first tries fail."""
    left = times

    def read() -> Mapping[str, Any]:
        nonlocal left
        left -= 1
        if left >= 0:
            raise Exception("failed to load checkpoint: EOF")
        return FOUND

    return attempt(read, waits.append)


def test_half_a_snapshot_is_read_again() -> None:
    waits: list[float] = []
    state = _failing(3, waits)
    assert [table.logical_name for table in state.tables] == ["orders"]
    assert waits == [0.0, 0.05, 0.1, 0.2]


def test_what_cannot_be_read_in_a_second_and_a_half_is_unreadable() -> None:
    waits: list[float] = []
    assert _failing(6, waits) == StackState(unreadable="failed to load checkpoint: EOF")
    assert sum(waits) == 1.55


def test_without_an_engine_there_is_no_state() -> None:
    assert read_own_state() == StackState()
