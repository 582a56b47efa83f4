"""What a rule between fields is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from planton.diagnostics import Severity
from planton.model.spec import AwsDynamodb

Path: TypeAlias = tuple[str | int, ...]
"""A place in the canonical manifest: ("spec", "keySchema", 1, "attributeName")."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found, at the place that should change: the value there, or its key."""

    path: Path
    message: str
    help: str = ""
    at_key: bool = False


Check: TypeAlias = Callable[[AwsDynamodb], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule between fields.

    `reads` names the fields it looks at ("spec.keySchema.attributeName"): where one of them is
    broken on its own, the rule would only repeat that in other words, so it is left out. `says`
    names the fields that it only puts into its words. `each` names lists whose items it judges
    one by one: what is broken in one item says nothing about the others.
    """

    code: str
    check: Check
    reads: tuple[str, ...]
    says: tuple[str, ...]
    each: tuple[str, ...]
    severity: Severity

    def applies(self, broken: set[str]) -> bool:
        """Whether none of the fields it reads, nor anything that holds one, is broken; items of
        lists that it judges one by one apart."""
        lists = tuple(f"{place}." for place in self.each)
        return not any(
            self._looks_at(place) for place in broken if not (lists and place.startswith(lists))
        )

    def is_beside(self, finding: Finding, broken: Iterable[Path]) -> bool:
        """Whether the finding is about an item in which a field that it reads is broken."""
        return ".".join(map(str, finding.path[:2])) in self.each and any(
            place[:3] == finding.path[:3]
            and self._looks_at(".".join(part for part in place if isinstance(part, str)))
            for place in broken
        )

    def _looks_at(self, place: str) -> bool:
        return any(read == place or read.startswith(place + ".") for read in self.reads)


def rule(
    code: str,
    *reads: str,
    says: tuple[str, ...] = (),
    each: tuple[str, ...] = (),
    severity: Severity = "error",
) -> Callable[[Check], Rule]:
    """Makes a generator of findings a rule. `code` is the upstream contract's id where it has one.

    `reads`, `says` and `each` are paths below `spec`, or from the root where they begin with
    "metadata.".
    """

    def make(check: Check) -> Rule:
        return Rule(code, check, _paths(reads), _paths(says), _paths(each), severity)

    return make


def _paths(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f if f.startswith("metadata.") else f"spec.{f}" for f in fields)
