"""Standard input, where a command names it."""

from __future__ import annotations

import sys

from planton.document.reader import MAX_BYTES


def read_stdin(*paths: str, max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of standard input if one of the paths is `-`, at most one more than `max_bytes`."""
    # A shell can start a program without standard input.
    return sys.stdin.buffer.read(max_bytes + 1) if "-" in paths and sys.stdin else b""
