"""The files that are in the working tree now, committed or not."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

from planton.reading.sources import read_data
from planton.repository.git import Git

_ABSENT = "S"
"""Marks a file that a sparse checkout leaves out (skip-worktree)."""
_SUBMODULE = "160000"


class WorkingTree:
    """The files under some paths, without those that Git ignores.

    `sparse` are the ids of those that a sparse checkout leaves out, `links` the symbolic links,
    which are not followed. Paths start at the root of the repository.
    """

    def __init__(self, git: Git, root: str, paths: Sequence[str]) -> None:
        """`paths` are files and folders, relative to `root`."""
        self._root = root
        self._folders: dict[str, bool] = {"": True}
        self.files: set[str] = set()
        self.links: set[str] = set()
        self.sparse: dict[str, str] = {}
        paths = [path or os.curdir for path in paths]
        for entry in git.lines("ls-files", "-z", "-s", "-t", "--cached", "--", *paths):
            about, _, path = entry.partition("\t")
            tag, mode, id, _ = about.split(" ")
            if mode != _SUBMODULE and not self._add(path) and tag == _ABSENT:
                self.sparse[path] = id
        for path in git.lines("ls-files", "-z", "--others", "--exclude-standard", "--", *paths):
            self._add(path)

    def whole(self, path: str) -> str:
        """The absolute path of a file."""
        return os.path.join(self._root, path)

    def data(self, path: str) -> bytes:
        """A file's bytes, at most one more than a manifest can have.

        Raises:
            ManifestError: it cannot be read.
        """
        return read_data(self.whole(path))

    def _add(self, path: str) -> bool:
        """Whether there is something at the path; reading a pipe could block forever."""
        if not self._is_folder(os.path.dirname(path)):
            return False
        try:
            mode = os.lstat(self.whole(path)).st_mode
        except OSError:
            return False
        if stat.S_ISLNK(mode):
            self.links.add(path)
        elif stat.S_ISREG(mode):
            self.files.add(path)
        return True

    def _is_folder(self, folder: str) -> bool:
        """Whether the folder is one, and not a link, which could lead out of the repository."""
        if folder not in self._folders:
            whole = self.whole(folder)
            is_inside = self._is_folder(os.path.dirname(folder))
            self._folders[folder] = is_inside and not os.path.islink(whole)
        return self._folders[folder]
