"""What is found in a file."""

from __future__ import annotations

from typing import Any, NamedTuple

from planton.diagnostics.diagnostic import Diagnostic
from planton.reading.read import Reading


class Report(NamedTuple):
    """The findings of one file. `manifests` counts its AwsDynamodb documents, `foreign` the others;
    a file that was not parsed because it never names our kind counts as one foreign document.
    `rules` are the files with the organization's rules for it; if these are `unusable`, nothing in
    it is valid."""

    file: str
    diagnostics: tuple[Diagnostic, ...]
    manifests: int
    foreign: int
    rules: tuple[str, ...] = ()
    unusable: bool = False

    @property
    def valid(self) -> bool:
        """Whether there are no errors, in the file and in the rules for it."""
        return not self.unusable and not any(d.severity == "error" for d in self.diagnostics)

    @property
    def counts(self) -> bool:
        """Whether the file has manifests or findings."""
        return bool(self.manifests or self.diagnostics)

    def without(self, codes: frozenset[str]) -> Report:
        """The report without the warnings that have these codes."""
        kept = (d for d in self.diagnostics if d.severity == "error" or d.code not in codes)
        return self._replace(diagnostics=tuple(kept)) if codes else self

    def data(self) -> dict[str, Any]:
        """The report as JSON data."""
        ordered = sorted(self.diagnostics, key=Diagnostic.order)
        return {
            "file": self.file,
            "valid": self.valid,
            "diagnostics": [diagnostic.data() for diagnostic in ordered],
        }


class Examined(NamedTuple):
    """The report of a file, and what was read of each AwsDynamodb document in it. If the file has
    errors outside of its documents, none of them has a manifest."""

    report: Report
    readings: tuple[Reading, ...] = ()
