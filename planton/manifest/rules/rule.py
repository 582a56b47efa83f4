"""Rules that compare fields, and their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import NamedTuple, TypeAlias

from planton.diagnostics.codes import look_up
from planton.manifest.manifest import Manifest

Path: TypeAlias = tuple[str | int, ...]
"""A path in the canonical manifest: ("spec", "keySchema", 1, "attributeName")."""


class Finding(NamedTuple):
    """One finding of a rule, at the value that should change, or at its key."""

    path: Path
    message: str
    help: str = ""
    at_key: bool = False


Check: TypeAlias = Callable[[Manifest], Iterator[Finding]]


class Rule(NamedTuple):
    """A rule that compares fields.

    `reads` names the fields that it checks ("spec.keySchema.attributeName"). If one of them is
    invalid, the rule would only repeat that in other words, so it is skipped. `says` names the
    fields that it only shows in its messages. `each` names the lists whose items it checks one by
    one: an invalid item does not affect the others.
    """

    code: str
    check: Check
    reads: tuple[str, ...]
    says: tuple[str, ...]
    each: tuple[str, ...]

    def applies(self, broken: Set[str]) -> bool:
        """Whether none of the fields it reads is invalid, and no field around them; items of
        lists that it checks one by one do not count."""
        lists = tuple(f"{place}." for place in self.each)
        return not any(
            self._looks_at(place) for place in broken if not (lists and place.startswith(lists))
        )

    def is_beside(self, finding: Finding, broken: Iterable[Path]) -> bool:
        """Whether the finding is about an item in which a field that it reads is invalid."""
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
) -> Callable[[Check], Rule]:
    """Turns a generator of findings into a rule. `code` must be in the table of codes.

    `reads`, `says` and `each` are paths below `spec`, or from the root if they begin with
    "metadata.".
    """

    def make(check: Check) -> Rule:
        return Rule(code, check, _paths(reads), _paths(says), _paths(each))

    look_up(code)
    return make


def _paths(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f if f.startswith("metadata.") else f"spec.{f}" for f in fields)
