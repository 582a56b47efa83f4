"""Reading the stack's state, as far as it needs no engine; tests/engine has the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from planton.changes.stack_state import StackState
from planton.resources import own_state
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


def test_a_partial_snapshot_is_read_again() -> None:
    waits: list[float] = []
    state = _failing(3, waits)
    assert [table.logical_name for table in state.tables] == ["orders"]
    assert waits == [0.0, 0.05, 0.1, 0.2]


def test_a_state_unreadable_for_a_second_and_a_half_is_reported() -> None:
    waits: list[float] = []
    assert _failing(6, waits) == StackState(unreadable="failed to load checkpoint: EOF")
    assert sum(waits) == 1.55


def test_a_program_without_an_engine_has_no_state() -> None:
    assert read_own_state() == StackState()


def test_a_backend_of_the_older_layout_is_queried_by_the_bare_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def outputs(name: str) -> Mapping[str, Any]:
        asked.append(name)
        if "/" in name:
            raise Exception("a stack name may only contain alphanumeric characters")
        return FOUND

    monkeypatch.setattr(own_state, "_outputs", outputs)
    for function, answer in (
        ("get_organization", "organization"),
        ("get_project", "tables"),
        ("get_stack", "dev"),
    ):
        monkeypatch.setattr(pulumi, function, lambda answer=answer: answer)
    assert own_state._read() == FOUND
    assert asked == ["organization/tables/dev", "dev"]
