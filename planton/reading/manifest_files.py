"""Finds the files of config `manifests`."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.reading.listing import walk
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
    found: list[Diagnostic] = []
    if os.path.isfile(entry.path):
        return [File(entry.path, os.path.realpath(entry.path))], []
    folder, pattern = _parts(entry.path)
    if not os.path.isdir(folder):
        return [], [_missing(entry)]
    root = os.path.join(os.path.realpath(folder), "")
    for path, problem in walk(folder):
        if problem:
            found += problem.diagnostics
        elif _matches(os.path.relpath(path, folder).split(os.sep), pattern):
            real = os.path.realpath(path)
            if real.startswith(root):
                files.setdefault(real, File(path, real))
            else:
                found.append(_outside(path, folder))
    return list(files.values()), found


def _parts(path: str) -> tuple[str, list[str]]:
    """The folder below which everything is that a path or pattern names, and the names in the
    pattern below it."""
    if os.path.isdir(path) or not glob.has_magic(path):
        return path, []
    folder, pattern = path, []
    while glob.has_magic(folder):
        folder, name = os.path.split(folder)
        pattern.append(name)
    return folder or os.curdir, [name for name in reversed(pattern) if name]


def _matches(names: list[str], pattern: list[str]) -> bool:
    """Whether a pattern matches a path or a folder around it; `**` stands for any folders. The glob
    module would follow links to folders, and two that lead back keep it busy for ever."""
    # How many names the parts so far can match. To try one possibility after the other would take
    # for ever where several `**` meet a deep folder.
    matched = {0}
    for part in pattern:
        if part == "**":
            matched = set(range(min(matched), len(names) + 1))
        else:
            matched = {n + 1 for n in matched if n < len(names) and fnmatchcase(names[n], part)}
        if not matched:
            return False
    return True


def _missing(entry: Entry) -> Diagnostic:
    return Diagnostic(
        code="unreadable",
        message=f"config {entry.place} names neither a folder nor a file",
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
