"""What a rule between fields is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from planton.diagnostics import Severity
from planton.model.spec import AwsDynamodb

Path: TypeAlias = tuple[str | int, ...]
"""A place in the canonical manifest: ("spec", "keySchema", 1, "attributeName")."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found, at the place that should change."""

    path: Path
    message: str
    help: str = ""


Check: TypeAlias = Callable[[AwsDynamodb], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule between fields.

    `reads` names the fields it looks at ("spec.keySchema.attributeName"): where one of them is
    broken on its own, the rule would only repeat that in other words, so it is left out. `says`
    names the fields that it only puts into its words.
    """

    code: str
    check: Check
    reads: tuple[str, ...]
    says: tuple[str, ...]
    severity: Severity

    def applies(self, broken: set[str]) -> bool:
        """Whether none of the fields it reads, nor anything that holds one, is broken."""
        return not any(
            read == place or read.startswith(place + ".") for place in broken for read in self.reads
        )


def rule(
    code: str, *reads: str, says: tuple[str, ...] = (), severity: Severity = "error"
) -> Callable[[Check], Rule]:
    """Makes a generator of findings a rule. `code` is the upstream contract's id where it has one.

    `reads` and `says` are paths below `spec`, or from the root where they begin with "metadata.".
    """

    def make(check: Check) -> Rule:
        return Rule(code, check, _paths(reads), _paths(says), severity)

    return make


def _paths(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f if f.startswith("metadata.") else f"spec.{f}" for f in fields)
