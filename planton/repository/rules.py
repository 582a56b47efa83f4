"""The organization's rules in a repository: at a revision, and whether they have changed."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator

from planton.diagnostics.diagnostic import ManifestError, Source
from planton.document.reader import MAX_BYTES
from planton.reading.sources import RULES_FILE, read_data
from planton.repository.blobs import id_of
from planton.repository.git import Git, ObjectReader
from planton.repository.revisions import Base, Tree


class RulesAtBase:
    """The files of rules at the base, and those of the working tree to compare them with. Folders
    start at the root of the repository, which is the empty one."""

    def __init__(self, git: Git, root: str, base: Base, tree: Tree) -> None:
        self._root = root
        self._base = base
        self._files = dict(_files(git, tree))
        self._around: dict[str, tuple[str, ...]] = {}
        self._differing: dict[str, bool] = {}

    def sources(self, folder: str, objects: ObjectReader) -> Iterator[Source]:
        """The rules at the base in a folder and around it, the outermost first."""
        for file in self._rules_around(folder):
            data = objects.read(self._files[file], MAX_BYTES)
            name = f"{self._base.revision}:{file}"
            yield Source(name, (data or b"").decode("utf-8-sig", "replace"))

    def differ(self, folder: str) -> bool:
        """Whether a file of rules in a folder or around it is not what it was."""
        if folder not in self._differing:
            id, now = self._both(folder)
            self._differing[folder] = id != id_of(now, id or "") or (
                bool(folder) and self.differ(os.path.dirname(folder))
            )
        return self._differing[folder]

    def changed(self, folders: Iterable[str], objects: ObjectReader) -> Iterator[str]:
        """The files of rules in these folders whose text is not what it was."""
        for folder in sorted(folders):
            id, now = self._both(folder)
            old = objects.read(id, MAX_BYTES) if id else None
            # A checkout on Windows may have other line breaks.
            if _lines(old) != _lines(now):
                yield _file(folder)

    def _rules_around(self, folder: str) -> tuple[str, ...]:
        if folder not in self._around:
            file = _file(folder)
            outside = self._rules_around(os.path.dirname(folder)) if folder else ()
            here = (file,) if file in self._files else ()
            self._around[folder] = (*outside, *here)
        return self._around[folder]

    def _both(self, folder: str) -> tuple[str | None, bytes | None]:
        """The id of the folder's rules at the base, and the rules of now."""
        file = _file(folder)
        whole = os.path.join(self._root, file)
        return self._files.get(file), _data(whole) if os.path.isfile(whole) else None


def _files(git: Git, tree: Tree) -> Iterator[tuple[str, str]]:
    """The files of rules in a tree with their ids. Links to them are followed where rules are read
    now, so they are here."""
    for path, id in tree.files.items():
        if os.path.basename(path) == RULES_FILE:
            yield path, id
    for path, id in tree.links.items():
        if os.path.basename(path) == RULES_FILE:
            target = git.line("cat-file", "blob", id)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if target in tree.files:
                yield path, tree.files[target]


def _file(folder: str) -> str:
    return f"{folder}/{RULES_FILE}".lstrip("/")


def _data(path: str) -> bytes | None:
    try:
        return read_data(path)
    except ManifestError:
        return None  # which is reported where the rules are read


def _lines(data: bytes | None) -> bytes | None:
    return data and data.replace(b"\r\n", b"\n")
