"""Finds the files to examine: those that are named, and those in named folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.reading.report import Report
from planton.reading.sources import STDIN

_ENDINGS = (".yaml", ".yml")
"""Suffixes of the files that are read from a folder, in any case."""
LEFT_OUT = frozenset({"node_modules", "vendor", "venv", "third_party", "__pycache__"})
"""Folders with third-party files, which are skipped like hidden ones."""


class File(NamedTuple):
    """A file to examine. One that is `must_hold` a manifest is reported if it has none. `data` is
    what standard input holds, where that is the file."""

    path: str
    must_hold: bool = False
    data: bytes | None = None


def files(
    paths: Sequence[str], stdin: bytes = b"", *, skip_foreign: bool = False
) -> Iterator[File | Report]:
    """Each named file and each file in a named folder, in a stable order, and a report for each
    folder that cannot be listed. Nothing is listed before it is asked for.

    A file that several paths reach is returned once, as a named file if it is named. A named file
    must contain a manifest, unless `skip_foreign`.
    """
    folders = {path for path in paths if path != STDIN and os.path.isdir(path)}
    named = {_whole(path) for path in paths if path not in folders}
    several = len(paths) > 1
    seen: set[str] = set()
    for path in paths:
        if path in folders:
            for file, problem in walk(path):
                if several and ((whole := _whole(file)) in named or whole in seen):
                    continue
                if several:
                    seen.add(whole)
                yield problem or File(file)
        elif (whole := _whole(path)) not in seen:
            seen.add(whole)
            yield File(path, not skip_foreign, stdin if path == STDIN else None)


def _whole(path: str) -> str:
    """The absolute path that identifies a file; standard input has none."""
    return path if path == STDIN else os.path.abspath(path)


def is_walked(path: str) -> bool:
    """Whether `walk` returns the file at a path, which starts at the walked folder."""
    *folders, name = path.split("/")
    is_hidden = any(part.startswith(".") for part in (*folders, name))
    return name.lower().endswith(_ENDINGS) and not (is_hidden or LEFT_OUT.intersection(folders))


def walk(folder: str) -> Iterator[tuple[str, Report | None]]:
    """The YAML files of a folder, and a report for each folder that cannot be listed."""
    # os.walk does not return the type of each entry, and querying it is slower than reading.
    folders = [folder]
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except FileNotFoundError:
            continue  # removed since its parent was listed
        except OSError as error:
            yield here, _unlisted(here, error)
            continue
        entries = [entry for entry in entries if not entry.name.startswith(".")]
        yield from (
            (e.path, None) for e in entries if e.name.lower().endswith(_ENDINGS) and _is_file(e)
        )
        inner = (e for e in reversed(entries) if e.name not in LEFT_OUT)
        folders += [e.path for e in inner if e.is_dir(follow_symlinks=False)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether to read the entry. Reading a pipe could block forever; a broken link is an error."""
    path = entry.path
    is_plain = entry.is_file(follow_symlinks=False)
    return is_plain or os.path.isfile(path) or not os.path.exists(path)


def _unlisted(folder: str, error: OSError) -> Report:
    problem = Diagnostic(
        code="unreadable",
        message=f"the folder cannot be listed: {error.strerror}",
        source=Source(folder, ""),
        help="its files were not checked",
    )
    return Report(folder, (problem,), 0, 0)
