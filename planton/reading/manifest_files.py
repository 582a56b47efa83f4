"""Finds the files of config `manifests`."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.reading.folders import ENDINGS, walk
from planton.reading.sources import CONFIG_MANIFESTS


@dataclass(frozen=True)
class Entry:
    """One path or pattern of config `manifests`. `account_id` is the account of its tables, if it
    names one, and `place` where it is in the config."""

    path: str
    account_id: str | None = None
    place: str = CONFIG_MANIFESTS

    @property
    def is_file(self) -> bool:
        """Whether it names a single file, which must then be a manifest."""
        return os.path.isfile(self.path)


class File(NamedTuple):
    """A file, as the user would name it, and the path that identifies it."""

    path: str
    real: str


def files_of(entry: Entry) -> tuple[list[File], list[Diagnostic]]:
    """The YAML files of an entry, in a stable order, and what cannot be read.

    What a link brings in from outside of the folder is an error: the messages about a manifest show
    its lines, and whoever writes manifests must not choose which files of the machine are read.
    """
    files: dict[str, File] = {}
    found: dict[Diagnostic, None] = {}
    if os.path.isfile(entry.path):
        return [File(entry.path, os.path.realpath(entry.path))], []
    if os.path.isdir(entry.path):
        folders, single, inside = [entry.path], [], entry.path
    elif glob.has_magic(entry.path):
        matches = sorted(glob.glob(entry.path, recursive=True))
        folders = [one for one in matches if os.path.isdir(one)]
        single = [one for one in matches if one.lower().endswith(ENDINGS)]
        inside = _fixed_part(entry.path)
    else:
        return [], [_missing(entry)]
    root = os.path.join(os.path.realpath(inside), "")
    for path, problem in _listed(folders, single):
        if problem:
            found |= dict.fromkeys(problem)
            continue
        real = os.path.realpath(path)
        if real.startswith(root):
            files.setdefault(real, File(path, real))
        else:
            found[_outside(path, inside)] = None
    return list(files.values()), list(found)


def _listed(folders: list[str], single: list[str]) -> Iterator[tuple[str, tuple[Diagnostic, ...]]]:
    for folder in folders:
        for path, report in walk(folder):
            yield path, report.diagnostics if report else ()
    for path in single:
        if os.path.isfile(path) or os.path.islink(path):
            yield path, ()


def _fixed_part(pattern: str) -> str:
    """The folder below which everything is that a pattern matches."""
    folder = pattern
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    return folder or os.curdir


def _missing(entry: Entry) -> Diagnostic:
    return Diagnostic(
        code="unreadable",
        message=f"config {entry.place} names a folder or file that does not exist",
        source=Source(entry.path, ""),
        help="relative paths start at the project's folder",
    )


def _outside(path: str, folder: str) -> Diagnostic:
    return Diagnostic(
        code="unreadable",
        message=f"the link leads outside of {os.path.normpath(folder)}",
        source=Source(path, ""),
        help=f"put the file there, or name its folder in config {CONFIG_MANIFESTS}",
    )
