"""Reads a manifest from a string, and reports from files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.manifest.manifest import Manifest
from planton.manifest.place import ANYWHERE, Place
from planton.reading.folders import examine
from planton.reading.read import read
from planton.reading.report import Report

NOW = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)
"""The time for tests of what knows the time: they must not fail in another year."""


class Loaded(NamedTuple):
    """A valid manifest and the warnings about it."""

    manifest: Manifest
    warnings: tuple[Diagnostic, ...] = ()


def load(text: str, *, filename: str, place: Place = ANYWHERE) -> Loaded:
    """What is read of a valid text.

    Raises:
        ManifestError: it is invalid.
    """
    reading = read(Source(filename, text), place)
    return Loaded(reading.require(), reading.diagnostics)


def validate(
    paths: Sequence[str], stdin: bytes = b"", *, skip_foreign: bool = False
) -> Iterator[Report]:
    """The reports alone of what is found under the paths."""
    return (one.report for one in examine(paths, stdin, skip_foreign=skip_foreign))
