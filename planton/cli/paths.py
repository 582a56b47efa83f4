"""Paths of files for other programs."""

from __future__ import annotations

import os

ENV_WORKSPACE = "GITHUB_WORKSPACE"
"""The variable with the folder of the repository, in GitHub's jobs."""


def relative_to(root: str, name: str) -> str:
    """A file's path relative to the folder `root`, or absolute if it is outside; with slashes."""
    whole = os.path.abspath(name)
    path = os.path.relpath(whole, root)
    if path.split(os.sep)[0] == os.pardir:
        path = whole
    return path.replace(os.sep, "/")
