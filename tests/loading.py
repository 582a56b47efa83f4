"""Reads a manifest from a string."""

from __future__ import annotations

from typing import NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.manifest.manifest import Manifest
from planton.manifest.place import ANYWHERE, Place
from planton.reading.read import read


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
