"""What a control is, and what a check of it can find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding
from planton.plan.table_plan import TablePlan


class Verdict(Enum):
    """Whether a table passes a control, under its key in JSON output."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_VISIBLE = "notVisible"
    NOT_APPLICABLE = "notApplicable"

    @property
    def words(self) -> str:
        """The verdict as text."""
        return _WORDS[self]


_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.NOT_VISIBLE: "not visible",
    Verdict.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values that the owner of a profile chooses. Without required tags, any tag will do."""

    required_tags: tuple[str, ...] = ()


DEFAULTS = Parameters()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check reads. The plan decides the verdict; the manifest is where findings point."""

    manifest: Manifest
    plan: TablePlan
    parameters: Parameters = DEFAULTS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict, a finding for each reason why a table failed, and a note: what would show what
    is not visible, why a control does not apply, or when what was passed will be true."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    note: str = ""


Check = Callable[[Subject], Outcome]


@dataclass(frozen=True)
class Control:
    """One control of a profile. The title and what it asks for are in our words."""

    id: str
    title: str
    asks: str
    """What has to be true of a table that passes, or why no manifest shows it."""
    url: str
    check: Check
    severity: str | None = None
    """As its source names it; None if it does not."""
    constant: Verdict | None = None
    """The verdict on every table, if no table can have another."""


@dataclass(frozen=True)
class Profile:
    """Controls that one source publishes together."""

    name: str
    title: str
    url: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a control found about a table."""

    profile: Profile
    control: Control
    outcome: Outcome
