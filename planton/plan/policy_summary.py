"""Renders a resource policy as text, one statement per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff
from typing import Any

NO_POLICY = "none"
"""Shown in place of a policy if there is none."""


def listed(policy: str) -> list[str]:
    """The number of statements and the policy's other fields, then one statement per line.

    A policy with one statement is one unchanged line.
    """
    rest, statements = _parts(policy)
    if len(statements) == 1:
        return [policy]
    other_fields = f", {_line(rest)}" if rest else ""
    return [f"{len(statements)} statements{other_fields}", *map(_line, statements)]


def change(old: str, new: str) -> list[str]:
    """The change from one policy to another, and below it the lines that differ.

    Statements that are not the same in both policies are shown whole, because what identifies them
    (Sid, Principal) may be far from the line that differs.
    """
    if NO_POLICY not in (old, new):
        return ["another policy", *_changed(_parts(old), _parts(new))]
    sides = [[side] if side == NO_POLICY else listed(side) for side in (old, new)]
    sign = "+" if old == NO_POLICY else "-"
    below = [f"{sign} {line}" for side in sides for line in side[1:]]
    return [" → ".join(side[0] for side in sides), *below]


_Parts = tuple[dict[str, Any], list[Any]]


def _parts(policy: str) -> _Parts:
    """The policy's other fields, and its statements; a single one may stand without a list."""
    rest = json.loads(policy)
    statements = rest.pop("Statement")
    return rest, statements if isinstance(statements, list) else [statements]


def _changed(old: _Parts, new: _Parts) -> Iterator[str]:
    """Matches statements by Sid, and those without one, or with a new one, by position."""
    yield from _lines(old[0], new[0])
    was, is_ = old[1], new[1]
    known = SequenceMatcher(None, [*map(_name, was)], [*map(_name, is_)], autojunk=False)
    for _, at, to, at_new, to_new in known.get_opcodes():
        before, after = was[at:to], is_[at_new:to_new]
        if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from _lines(one, other)
        else:
            yield from (line for one in before for line in _lines(one, None))
            yield from (line for one in after for line in _lines(None, one))


def _name(statement: Any) -> str:
    return str(statement.get("Sid") or _line(statement))


def _lines(old: Any, new: Any) -> list[str]:
    """All lines of both if they differ; those of only one side are marked."""
    was, is_ = (
        [] if side is None else json.dumps(side, ensure_ascii=False, indent=2).split("\n")
        for side in (old, new)
    )
    head_and_lines = [*unified_diff(was, is_, n=len(was), lineterm="")]
    return [f"{line[0]} {line[1:]}" for line in head_and_lines[3:]]


def _line(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))
