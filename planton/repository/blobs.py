"""The ids that Git gives to the content of files."""

from __future__ import annotations

import hashlib


def id_of(data: bytes | None, like: str) -> str | None:
    """The id that Git gives to this content, by the same hash function as another id.

    Git's filters and line breaks (autocrlf) are not applied: they may run programs. A file that
    they change counts as different, and is compared by what it says.
    """
    if data is None:
        return None
    new = hashlib.sha256 if len(like) > 40 else hashlib.sha1
    return new(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
