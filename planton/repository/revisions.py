"""What a revision holds, and which one a pull request is compared with."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import NamedTuple

from planton.diagnostics.diagnostic import quote
from planton.repository.git import Git, RepositoryError

_MAX_REVISION = 1000
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FILES = ("100644", "100755")
_LINK = "120000"


@dataclass(frozen=True)
class Base:
    """The commit that the working tree is compared with, and the revision that the user named."""

    revision: str
    commit: str


class Tree(NamedTuple):
    """The files of a commit and its symbolic links, each path with the id of its content. Paths
    start at the root of the repository."""

    files: dict[str, str]
    links: dict[str, str]


def find_root(folder: str) -> str:
    """The root of the repository around a folder.

    Raises:
        RepositoryError: there is no git, or no repository with a working tree.
    """
    git = Git(folder)
    if git.line_or_none("rev-parse", "--git-dir") is None:
        # git says more, such as that the repository belongs to someone else.
        raise RepositoryError(
            f"{_said(git)}\n  --base compares with a revision of the Git repository around the "
            "working directory"
        )
    root = git.line_or_none("rev-parse", "--show-toplevel")
    if not root:
        raise RepositoryError("the repository has no working tree here: run planton in its files")
    return os.path.realpath(root)


def _said(git: Git) -> str:
    try:
        git.line("rev-parse", "--git-dir")
    except RepositoryError as error:
        return str(error)
    raise AssertionError("it failed a moment ago")  # pragma: no cover


def find_base(git: Git, revision: str) -> Base:
    """The commit at which the work that HEAD holds left the revision: their merge base, which is
    what a pull request is compared with.

    Raises:
        RepositoryError: the revision is unknown, or has no commit in common with HEAD.
    """
    shown = quote(revision)
    is_name = revision.isprintable() and len(revision) <= _MAX_REVISION
    if not revision or revision.startswith("-") or not is_name:
        raise RepositoryError(
            f"--base: {shown} is not a revision: expected a branch, a tag or a commit, such as "
            "origin/main"
        )
    is_shallow = git.line_or_none("rev-parse", "--is-shallow-repository") == "true"
    commits = [_commit(git, name) for name in (revision, "HEAD")]
    if commits[1] is None:
        raise RepositoryError("--base: HEAD has no commit yet, so nothing can be compared with it")
    if commits[0] is None:
        raise RepositoryError(
            f"--base: unknown revision {shown}: expected a branch, a tag or a commit\n"
            f"  {_FETCH_ALL if is_shallow else _FETCH}"
        )
    found = git.line_or_none("merge-base", commits[0], commits[1])
    if not found:
        if is_shallow:
            raise RepositoryError(
                f"--base: this shallow clone holds no commit that {shown} and HEAD have in common\n"
                f"  {_FETCH_ALL}"
            )
        raise RepositoryError(f"--base: {shown} and HEAD have no commit in common")
    return Base(revision, found.split("\n")[0])


_FETCH = "to get a branch of the remote repository: git fetch origin BRANCH"
_FETCH_ALL = (
    "to get the missing commits: git fetch --unshallow origin, or --deepen=N; with "
    "actions/checkout: fetch-depth: 0"
)


def _commit(git: Git, revision: str) -> str | None:
    found = git.line_or_none(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return found if found and _ID.fullmatch(found) else None


def read_tree(git: Git, commit: str) -> Tree:
    """Everything in a commit but its submodules; `commit` is its id."""
    tree = Tree({}, {})
    for entry in git.lines("ls-tree", "-r", "-z", "--full-tree", commit):
        about, _, path = entry.partition("\t")
        mode, _, id = about.split(" ")
        if mode in _FILES:
            tree.files[path] = id
        elif mode == _LINK:
            tree.links[path] = id
    return tree
