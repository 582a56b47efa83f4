"""What `planton controls` has found, as every format shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from planton.controls.catalogue import REQUIRED_TAG_KEYS
from planton.controls.control import Control, Parameters, Profile, Result, Verdict
from planton.controls.judge import together
from planton.diagnostics.diagnostic import Diagnostic
from planton.reading.report import Report


@dataclass(frozen=True)
class Judged:
    """A valid manifest, the result of each control, and the diagnostics of those that failed.

    `alone` is whether it is the only manifest of its file.
    """

    file: str
    name: str
    table_name: str
    alone: bool
    results: tuple[tuple[Result, tuple[Diagnostic, ...]], ...]

    @property
    def title(self) -> str:
        """The file, and the manifest's name if the file has several."""
        return self.file if self.alone else f"{self.file} ({self.name})"

    @property
    def failed(self) -> bool:
        """Whether any control has failed."""
        return bool(self.count(Verdict.FAILED))

    @property
    def failures(self) -> list[Diagnostic]:
        """What the controls found, each once, with the controls that found it."""
        return together((result, one) for result, found in self.results for one in found)

    def count(self, verdict: Verdict) -> int:
        """How many controls have the verdict."""
        return sum(result.outcome.verdict is verdict for result, _ in self.results)

    def notes(self, verdict: Verdict) -> dict[str, list[Control]]:
        """The notes of the controls with the verdict, and the controls that have each."""
        notes: dict[str, list[Control]] = {}
        for result, _ in self.results:
            if result.outcome.verdict is verdict and result.outcome.note:
                notes.setdefault(result.outcome.note, []).append(result.control)
        return notes

    def data(self) -> dict[str, Any]:
        """The results as JSON data."""
        return {
            "file": self.file,
            "name": self.name,
            "tableName": self.table_name,
            "counts": {verdict.value: self.count(verdict) for verdict in Verdict},
            "results": [
                {
                    "profile": result.profile.name,
                    "control": result.control.id,
                    "verdict": result.outcome.verdict.value,
                    "note": result.outcome.note,
                    "findings": [one.data() for one in found],
                }
                for result, found in self.results
            ],
        }


@dataclass(frozen=True)
class Fleet:
    """All files that have a manifest or an error, and the manifests that could be judged."""

    profiles: tuple[Profile, ...]
    parameters: Parameters
    reports: tuple[Report, ...]
    judged: tuple[Judged, ...]

    @property
    def invalid(self) -> tuple[Report, ...]:
        """The files that have errors."""
        return tuple(report for report in self.reports if not report.valid)

    @property
    def failing(self) -> tuple[Judged, ...]:
        """The manifests of which a control has failed."""
        return tuple(one for one in self.judged if one.failed)

    @property
    def failed(self) -> bool:
        """Whether a control has failed, or a file is invalid."""
        return bool(self.invalid or self.failing)

    def data(self) -> dict[str, Any]:
        """Everything as JSON data."""
        verdicts: Counter[Verdict] = Counter()
        for one in self.judged:
            verdicts.update({verdict: one.count(verdict) for verdict in Verdict})
        return {
            "profiles": [_profile(profile) for profile in self.profiles],
            "parameters": {REQUIRED_TAG_KEYS: list(self.parameters.required_tags)},
            "files": [report.data() for report in self.reports],
            "manifests": [one.data() for one in self.judged],
            "summary": {
                "files": len(self.reports),
                "invalid": len(self.invalid),
                "manifests": len(self.judged),
                **{verdict.value: verdicts[verdict] for verdict in Verdict},
                "ok": not self.failed,
            },
        }


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "profile": profile.name,
        "title": profile.title,
        "url": profile.url,
        "controls": [
            {"control": one.id, "title": one.title, "severity": one.severity, "url": one.url}
            for one in profile.controls
        ],
    }
