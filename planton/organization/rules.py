"""The rules of an organization, and the profiles that it requires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planton.controls.control import Parameters, Profile, Verdict
from planton.controls.judge import judge
from planton.diagnostics.codes import Code, Severity
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding, Path
from planton.organization.conditions import Condition, same
from planton.organization.data import to_data
from planton.organization.expression import IS_FALSE, Expression
from planton.organization.fields import Field, Subject
from planton.plan.table_plan import TablePlan

SUBJECT = "organization"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule of the organization. `where` is its file and line, as help texts name it."""

    id: str
    severity: Severity
    where: str
    message: str = ""
    help: str = ""
    when: tuple[Condition, ...] = ()
    require: tuple[Condition, ...] = ()
    expression: Expression | None = None
    at: Field | None = None

    @property
    def facts(self) -> Code:
        """What the table of codes says about a rule of this program."""
        return Code(SUBJECT, self.severity, self.message or f"the rule {self.id}")

    def findings(self, subject: Subject, broken: frozenset[str]) -> Iterator[Finding]:
        """What a manifest breaks of it. `broken` are fields with an invalid value, which are
        reported already: conditions that read one are not judged."""
        if broken and any(_reads(condition.field, broken) for condition in self.when):
            return
        if not all(condition.is_met(subject) for condition in self.when):
            return
        for condition in self.require:
            if broken and _reads(condition.field, broken):
                continue
            for breach in condition.breaches(subject):
                yield self._finding(breach.path, breach.message, self.help or breach.help)
        if self.expression and not broken:
            assert subject.manifest is not None
            if reason := self.expression.run(to_data(subject)):
                # That it is false says nothing to those who have not written it.
                seen = "" if reason == IS_FALSE and self.message else reason
                yield self._finding(self._at(), seen, self.help)._replace(at_key=not self.at)

    def _finding(self, path: Path, seen: str, help: str) -> Finding:
        message = ": ".join(filter(None, (self.message, seen)))
        source = f"the rule is in {self.where}"
        return Finding(path, message, f"{help}; {source}" if help else source)

    def _at(self) -> Path:
        """The field that the findings of an expression point to."""
        parts: tuple[Any, ...] = self.at.parts if self.at else ("spec",)
        return parts


def _reads(field: Field, broken: frozenset[str]) -> bool:
    """Whether a broken field is the one of the condition, around it or in it."""
    name = ".".join(part for part in field.parts if part != "[*]")
    return any(
        one == name or one.startswith(f"{name}.") or name.startswith(f"{one}.") for one in broken
    )


@dataclass(frozen=True, slots=True)
class RequiredProfile:
    """A profile whose controls no table may fail, but for some."""

    profile: Profile
    severity: Severity
    where: str
    parameters: Parameters
    left_out: frozenset[str] = frozenset()
    when: tuple[Condition, ...] = ()

    def has_same_subject(self, other: RequiredProfile) -> bool:
        """Whether both are about the same profile and manifests."""
        return self.profile is other.profile and same(self.when, other.when)

    def is_looser_than(self, other: RequiredProfile) -> bool:
        """Whether a table may pass this that fails the other."""
        return (
            (self.severity == "warning" and other.severity == "error")
            or not self.left_out <= other.left_out
            or not set(self.parameters.required_tags) >= set(other.parameters.required_tags)
        )

    def contradicts(self, other: RequiredProfile) -> bool:
        """Whether both are about the same profile and manifests, and differ."""
        alike = self.has_same_subject(other)
        ours, theirs = ((one.severity, one.parameters, one.left_out) for one in (self, other))
        return alike and ours != theirs

    def findings(self, subject: Subject, manifest: Manifest, plan: TablePlan) -> Iterator[Finding]:
        """What a valid manifest fails, each once with the controls that ask for it."""
        if not all(condition.is_met(subject) for condition in self.when):
            return
        asked: dict[Finding, list[str]] = {}
        for result in judge(manifest, [self.profile], self.parameters, plan):
            failed = result.outcome.verdict is Verdict.FAILED
            if failed and result.control.id not in self.left_out:
                for finding in result.outcome.findings:
                    asked.setdefault(finding, []).append(result.control.id)
        for finding, ids in asked.items():
            message = f"{finding.message} ({', '.join(ids)})"
            help = f"{finding.help}; {self.profile.name} is required in {self.where}"
            yield Finding(finding.path, message, help, finding.at_key)
