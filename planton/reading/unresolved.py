"""Errors about references, for those who need the values."""

from __future__ import annotations

from dataclasses import replace

from planton.diagnostics.diagnostic import Diagnostic, quote
from planton.manifest.checking.check import point
from planton.manifest.reference import references
from planton.manifest.rules.rule import Finding
from planton.reading.read import Reading

CODE = "unresolved-reference"


def resolved(reading: Reading) -> Reading:
    """The reading with an error for each reference in its manifest: there is no value to use."""
    if not (found := unresolved(reading)):
        return reading
    return replace(reading, manifest=None, diagnostics=(*reading.diagnostics, *found))


def unresolved(reading: Reading) -> list[Diagnostic]:
    """The errors about the references in a valid manifest; none of an invalid one."""
    manifest, places = reading.manifest, reading.places
    if manifest is None or places is None:
        return []
    findings = [
        Finding(
            path,
            f"{path[-1]} is a reference to {reference.kind} {quote(reference.name)} that has not "
            "been resolved",
            "let the platform resolve it, or write the value itself",
        )
        for path, reference in references(manifest.spec, ("spec",))
    ]
    return point(places, reading.source, CODE, findings)
