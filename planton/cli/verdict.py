"""What `planton validate` counts and prints of a file. It can be made in another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, render
from planton.reading.folders import Examiner
from planton.reading.listing import File
from planton.reading.read import FindRules
from planton.reading.report import Report


class Verdict(NamedTuple):
    """The counts of a report, and what is printed of it; in SARIF, which is printed at the end, the
    findings instead. `counts` is false of a file without manifests and findings."""

    counts: bool
    valid: bool
    manifests: int
    foreign: int
    errors: int
    warnings: int
    rules: tuple[str, ...]
    text: str
    findings: tuple[Diagnostic, ...]


class Style(NamedTuple):
    """How reports are printed: the format, the codes of warnings that are dropped, whether text is
    coloured, and the folder to which the paths of workflow commands are relative."""

    format: str
    ignore: frozenset[str]
    painted: bool
    root: str

    def verdict(self, found: Report) -> Verdict:
        """What is counted and printed of a report."""
        report = found.without(self.ignore)
        severities = [diagnostic.severity for diagnostic in report.diagnostics]
        return Verdict(
            counts=found.counts,
            valid=report.valid,
            manifests=report.manifests,
            foreign=report.foreign,
            errors=severities.count("error"),
            warnings=severities.count("warning"),
            rules=report.rules,
            text=self._text(report) if found.counts else "",
            findings=_findings(report) if self.format == "sarif" else (),
        )

    def _text(self, report: Report) -> str:
        if self.format == "json":
            return indented_json(report.data(), 4)
        if not report.diagnostics or self.format == "sarif":
            return ""
        if self.format == "github":
            from planton.cli import github

            return "\n".join(github.commands(report.diagnostics, self.root)) + "\n"
        return render(report.diagnostics, colour=self.painted) + "\n\n"


class Checked(NamedTuple):
    """The verdict about a file, if it is not one of rules, and what is wrong with the rules for it:
    at least what was not returned with an earlier file."""

    problems: tuple[Diagnostic, ...]
    verdict: Verdict | None


class Checker:
    """Checks one file after the other. `more` are further findings, by file."""

    def __init__(
        self, find_rules: FindRules, style: Style, more: Mapping[str, tuple[Diagnostic, ...]]
    ) -> None:
        self._examine = Examiner(find_rules)
        self._style = style
        self._more = more

    def __call__(self, file: File | Report) -> Checked:
        """The verdict about a file, or about a folder that cannot be listed."""
        found = self._examine(file)
        if found.examined is None:
            return Checked(found.problems, None)
        report = found.examined.report
        if more := self._more.get(report.file):
            report = report._replace(diagnostics=(*report.diagnostics, *more))
        return Checked(found.problems, self._style.verdict(report))


def _findings(report: Report) -> tuple[Diagnostic, ...]:
    """The findings in the order of their positions. SARIF shows no lines of the files, so their
    texts need not be kept."""
    return tuple(
        replace(one, source=replace(one.source, text=""))
        for one in sorted(report.diagnostics, key=Diagnostic.order)
    )


def indented_json(data: dict[str, Any], indent: int = 0) -> str:
    """JSON of which all lines but the first are indented."""
    import json  # imported here because text output does not need it

    return json.dumps(data, indent=2).replace("\n", "\n" + " " * indent)
