"""Writes the workflow's output folders.

Kratix's own containers read the files as another user, so modes are set and not left to the umask;
and nothing is written through a link.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755


_FIRST_LINES = (
    'apiVersion: "dynamodb.services.k8s.aws/',
    'apiVersion: "applicationautoscaling.services.k8s.aws/',
    'message: "',
    "- matchLabels:",
    "suspend: ",
)


def foreign_files(folder: str, owned: Collection[str]) -> list[str]:
    """Files with our names that no earlier run has written: the folder is the user's and was not
    meant for this. The input may be one of them."""
    found = []
    for name in owned:
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            continue
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                ours = not os.path.islink(path) and file.readline().startswith(_FIRST_LINES)
        except OSError:
            ours = False
        if not ours:
            found.append(path)
    return found


def write(folder: str, files: Mapping[str, str], owned: Collection[str]) -> None:
    """Writes these files to the folder and removes any other file in `owned`.

    Raises:
        OSError: something cannot be written or removed.
    """
    if not os.path.isdir(folder):
        os.makedirs(folder)
        os.chmod(folder, _FOLDER_MODE)
    for name in owned:
        path = os.path.join(folder, name)
        if os.path.lexists(path):
            os.unlink(path)
    for name, text in files.items():
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        handle = os.open(os.path.join(folder, name), flags, _FILE_MODE)
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            os.fchmod(handle, _FILE_MODE)
            file.write(text)
