"""Files as other programs name them."""

from __future__ import annotations

import os


def counted_from(root: str, name: str) -> str:
    """A file's path from the folder `root`, with forward slashes; from / where it is not below."""
    whole = os.path.abspath(name)
    path = os.path.relpath(whole, root)
    if path.split(os.sep)[0] == os.pardir:
        path = whole
    return path.replace(os.sep, "/")
