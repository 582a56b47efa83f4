"""A resource policy as a person reads it: statement by statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff
from typing import Any

NO_POLICY = "none"
"""What stands for a policy where there is none."""


def listed(policy: str) -> list[str]:
    """One statement a line, below a line that says how many and what else the policy holds.

    A policy of one statement is one line, as it is.
    """
    rest, statements = _parts(policy)
    if len(statements) == 1:
        return [policy]
    beside = f", {_line(rest)}" if rest else ""
    return [f"{len(statements)} statements{beside}", *map(_line, statements)]


def change(old: str, new: str) -> list[str]:
    """From what to what, and below it what differs.

    Of two policies each statement that is not in both is shown whole, because what tells whose it
    is (Sid, Principal) may be far from the line that differs.
    """
    if NO_POLICY not in (old, new):
        return ["another policy", *_changed(_parts(old), _parts(new))]
    sides = [[side] if side == NO_POLICY else listed(side) for side in (old, new)]
    sign = "+" if old == NO_POLICY else "-"
    below = [f"{sign} {line}" for side in sides for line in side[1:]]
    return [" → ".join(side[0] for side in sides), *below]


_Parts = tuple[dict[str, Any], list[Any]]


def _parts(policy: str) -> _Parts:
    """What stands beside the statements, and these; one may stand without a list."""
    rest = json.loads(policy)
    statements = rest.pop("Statement")
    return rest, statements if isinstance(statements, list) else [statements]


def _changed(old: _Parts, new: _Parts) -> Iterator[str]:
    if old[0] != new[0]:
        yield from _lines([old[0]], [new[0]])
    was, is_ = old[1], new[1]
    kept = SequenceMatcher(None, [*map(_line, was)], [*map(_line, is_)], autojunk=False)
    for tag, at, to, at_new, to_new in kept.get_opcodes():
        if tag != "equal":
            yield from _lines(was[at:to], is_[at_new:to_new])


def _lines(old: list[Any], new: list[Any]) -> list[str]:
    """All lines of both, those that are in one of them marked."""
    was, is_ = (
        [line for one in side for line in json.dumps(one, ensure_ascii=False, indent=2).split("\n")]
        for side in (old, new)
    )
    _, _, _, *lines = unified_diff(was, is_, n=len(was), lineterm="")
    return [f"{line[0]} {line[1:]}" for line in lines]


def _line(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))
