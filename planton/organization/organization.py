"""What an organization asks of manifests, from one or several files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from planton.diagnostics.codes import look_up
from planton.diagnostics.diagnostic import Diagnostic, Source, printable
from planton.document.nodes import Mapping as MappingNode
from planton.document.nodes import Node
from planton.manifest.checking.check import Checked, point
from planton.manifest.checking.type_check import MAX_FINDINGS
from planton.organization.applied import Applied

if TYPE_CHECKING:  # what a manifest without rules does not need
    from planton.organization.defaults import Default
    from planton.organization.model import Level
    from planton.organization.rules import OwnRule, RequiredProfile


@dataclass(frozen=True)
class Organization:
    """The rules that apply to a manifest. `files` are their names, the outermost first, and
    `problems` is what is wrong with them: then no manifest passes."""

    files: tuple[str, ...] = ()
    severities: Mapping[str, Level] = field(default_factory=dict)
    rules: tuple[OwnRule, ...] = ()
    profiles: tuple[RequiredProfile, ...] = ()
    defaults: tuple[Default, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    def graded(self, found: Iterable[Diagnostic], ignored: Iterable[str] = ()) -> list[Diagnostic]:
        """The diagnostics with the severities of the organization, without the warnings that are
        off and those that a manifest ignores: it cannot ignore what is an error."""
        levels, left_out = self.severities, frozenset(ignored)
        if not levels and not left_out:
            return list(found)
        graded: list[Diagnostic] = []
        for one in found:
            level = levels.get(one.code, one.severity)
            if level == "error" and one.severity == "warning":
                one = replace(one, facts=look_up(one.code)._replace(severity="error"))
            if level == "error" or (level == "warning" and one.code not in left_out):
                graded.append(one)
        return graded

    def for_deployed(self) -> Organization:
        """The same for a manifest that is deployed already: it gets the defaults, but nothing is
        asked of it any more."""
        lenient = {code: level for code, level in self.severities.items() if level != "error"}
        return replace(self, severities=lenient, rules=(), profiles=())

    def complete(
        self, document: MappingNode, root: Node
    ) -> tuple[MappingNode, tuple[Applied, ...]]:
        """The canonical document with the defaults that are meant for it."""
        from planton.organization.defaults import fill
        from planton.organization.fields import subject_of

        return fill(document, self.defaults, subject_of(document, root))

    def findings(self, checked: Checked, root: Node, source: Source) -> list[Diagnostic]:
        """What a checked document breaks of the rules. The profiles are only compared with a
        manifest that AWS and the contract accept: others have no plan."""
        if not (self.rules or self.profiles):
            return []
        manifest, places, document = checked.manifest, checked.places, checked.document
        if manifest is None or places is None or document is None:
            return []
        from planton.controls.judge import CODE as CONTROL_FAILED
        from planton.organization.fields import subject_of

        subject = replace(subject_of(document, root), manifest=manifest)
        found: list[Diagnostic] = []
        for rule in self.rules:
            if breaches := list(islice(rule.findings(subject, checked.broken), MAX_FINDINGS)):
                found += point(places, source, rule.id, breaches, facts=rule.facts)
        is_valid = not any(look_up(one.code).severity == "error" for one in checked.diagnostics)
        if self.profiles and is_valid:
            from planton.plan.planner import make_plan

            plan = make_plan(manifest)
            for required in self.profiles:
                if failed := list(required.findings(subject, manifest, plan)):
                    facts = look_up(CONTROL_FAILED)._replace(severity=required.severity)
                    found += point(places, source, CONTROL_FAILED, failed, facts=facts)
        return found

    def summary(self) -> str:
        """Which rules apply, in one line."""
        if not self.files:
            return "no planton.yaml applies"
        parts = [
            _count(len(self.rules), "rule"),
            _count(len(self.profiles), "required profile"),
            _count(len(self.severities), "severity", "severities"),
            _count(len(self.defaults), "default"),
        ]
        held = ", ".join(filter(None, parts)) or "nothing"
        return printable(f"{', '.join(self.files)}: {held}")


NO_RULES = Organization()


def _count(number: int, one: str, many: str = "") -> str:
    return "" if not number else f"{number} {one if number == 1 else many or one + 's'}"
