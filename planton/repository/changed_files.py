"""The files under some paths that differ from those of a revision."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, quote
from planton.document.reader import MAX_BYTES
from planton.reading.folders import may_be_ours
from planton.reading.listing import is_walked
from planton.reading.sources import RULES_FILE, STDIN
from planton.repository.blobs import id_of
from planton.repository.git import Git, ObjectReader, RepositoryError
from planton.repository.revisions import Base, Tree, find_base, find_root, read_tree
from planton.repository.rules import RulesAtBase
from planton.repository.working_tree import WorkingTree

_LARGE_FILE = b"version https://git-lfs.github.com/spec/"
"""What Git LFS commits in the place of a file."""


@dataclass(frozen=True)
class ChangedFile:
    """A file that differs, or that other rules apply to. `path` starts at the root of the
    repository, and `name` at the working directory. A side without the file is None.

    `rules` are the rules' files that applied to it at the revision, the outermost first.
    `problems` say why one of the sides cannot be read.
    """

    path: str
    name: str
    old: bytes | None
    new: bytes | None
    rules: tuple[Source, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


class Comparison:
    """Compares the files of the working tree with those of a revision."""

    def __init__(self, revision: str, paths: Sequence[str]) -> None:
        """`paths` are files and folders, relative to the working directory.

        Raises:
            RepositoryError: the revision is unknown, or a path is in no side.
        """
        self._root = find_root(os.getcwd())
        self._git = Git(self._root)
        self.base: Base = find_base(self._git, revision)
        self._tree: Tree = read_tree(self._git, self.base.commit)
        self._rules = RulesAtBase(self._git, self._root, self.base, self._tree)
        inside = [self._inside(path) for path in paths]
        self._paths = frozenset(inside)
        self._now = WorkingTree(self._git, self._root, inside)
        self.links = tuple(self._changed_links())
        self.manifests_seen = False
        """Whether any file, changed or not, may contain a manifest; known after `files`."""
        self.rules: tuple[str, ...] = ()
        """The changed files with rules for what may be a manifest; known after `files`."""
        self._governed: set[str] = set()
        self._unchanged: list[str] = []
        now = self._now
        here = {*self._tree.files, *now.files, *now.sparse, *now.links}
        self._known = here.union(*map(_folders_around, here))
        for given, path in zip(paths, inside, strict=True):
            self._require(given, path)

    def files(self) -> Iterator[ChangedFile]:
        """The files that differ, and those for which the rules of the organization do, in the order
        of their paths."""
        now = self._now.files | self._now.sparse.keys()
        with self._git.objects() as objects:
            for path in sorted(filter(self._covers, now | self._tree.files.keys())):
                changed = self._compared(path, objects)
                if changed is not None:
                    yield changed
            self.rules = tuple(map(self._name, self._rules.changed(self._governed, objects)))

    def unchanged(self, names: Iterable[str]) -> Iterator[ChangedFile]:
        """The files that do not differ and contain one of these names; known after `files`."""
        texts = [name.encode(errors="replace") for name in names]
        with self._git.objects() as objects:
            for path in self._unchanged:
                data = objects.read(self._tree.files[path], MAX_BYTES)
                if data and any(text in data for text in texts):
                    rules = tuple(self._rules.sources(os.path.dirname(path), objects))
                    yield ChangedFile(path, self._name(path), data, data, rules)

    def _compared(self, path: str, objects: ObjectReader) -> ChangedFile | None:
        id, sparse = self._tree.files.get(path), self._now.sparse.get(path)
        old = new = None
        problems: list[Diagnostic] = []
        name = self._name(path)
        if path in self._now.files:
            try:
                new = self._now.data(path)
            except ManifestError as error:
                found = error.diagnostics
                problems += [_renamed(one, name) for one in found]
        is_same = id is not None and id in (sparse, id_of(new, id))
        if is_same and not self._rules.differ(os.path.dirname(path)):
            # Without the file's content, it may well be a manifest.
            if new is None or may_be_ours(new):
                self._see(path, is_manifest=True)
                self._unchanged.append(path)
            return None
        if sparse:
            new = objects.read(sparse, MAX_BYTES)
            if new is None:
                problems.append(_lacking(name))
        if id:
            old = new if is_same else objects.read(id, MAX_BYTES)
            if old is None:
                problems.append(_lacking(f"{self.base.revision}:{path}"))
            elif old.startswith(_LARGE_FILE) and (new is None or may_be_ours(new)):
                problems.append(_in_lfs(f"{self.base.revision}:{path}"))
        sides = [data for data in (old, new) if data is not None]
        self._see(path, is_manifest=any(map(may_be_ours, sides)))
        rules = tuple(self._rules.sources(os.path.dirname(path), objects))
        return ChangedFile(path, name, old, new, rules, tuple(problems))

    def _see(self, path: str, *, is_manifest: bool) -> None:
        if is_manifest:
            self.manifests_seen = True
            self._governed.update(_folders_around(path))

    def _inside(self, path: str) -> str:
        if path == STDIN:
            raise RepositoryError("--base compares files: standard input has no revision")
        try:
            whole = os.path.relpath(os.path.realpath(path), self._root).replace(os.sep, "/")
        except ValueError:
            whole = os.pardir  # it holds a NUL
        if whole.split("/")[0] == os.pardir:
            raise RepositoryError(
                f"{quote(path)} is outside of the repository {quote(self._root)}: name files and "
                "folders inside, or run planton in the other repository"
            )
        return "" if whole == os.curdir else whole

    def _require(self, given: str, path: str) -> None:
        """Refuses a path that no side has: it is probably a mistake."""
        inner = [one for one in (path, *_folders_around(path)) if one]
        if any(os.path.lexists(self._now.whole(f"{one}/.git")) for one in inner):
            raise RepositoryError(f"{quote(given)} is in a submodule: run planton in that folder")
        if not (os.path.isdir(given) or path in self._known):
            raise RepositoryError(
                f"{quote(given)} is neither in {quote(self.base.revision)} nor in the working "
                "tree; files that Git ignores are left out"
            )

    def _covers(self, file: str) -> bool:
        """Whether the file is one of the paths, or is found in one of the folders."""
        if file in self._paths:
            return True
        if os.path.basename(file) == RULES_FILE:
            return False
        found = (folder for folder in _folders_around(file) if folder in self._paths)
        return any(is_walked(file[len(folder) :].lstrip("/")) for folder in found)

    def _name(self, path: str) -> str:
        return os.path.relpath(self._now.whole(path))

    def _changed_links(self) -> Iterator[str]:
        for path in sorted(filter(self._covers, self._now.links)):
            target = os.fsencode(os.readlink(self._now.whole(path)))
            id = self._tree.links.get(path)
            if id is None or id != id_of(target, id):
                yield self._name(path)


def _folders_around(file: str) -> Iterator[str]:
    """The folders around a file, the innermost first; the last is the root."""
    while file:
        file = os.path.dirname(file)
        yield file


def _renamed(found: Diagnostic, name: str) -> Diagnostic:
    return Diagnostic(
        code=found.code, message=found.message, source=Source(name, ""), help=found.help
    )


def _lacking(name: str) -> Diagnostic:
    return Diagnostic(
        code="unreadable",
        message="this clone does not have the file's content",
        source=Source(name, ""),
        help="it is a partial clone: get everything with git fetch --refetch --no-filter origin",
    )


def _in_lfs(name: str) -> Diagnostic:
    return Diagnostic(
        code="unreadable",
        message="the file is stored in Git LFS, so its content at the revision cannot be read",
        source=Source(name, ""),
        help="keep manifests out of Git LFS: they are small texts",
    )
