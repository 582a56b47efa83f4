"""Decides whether output is coloured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

_NO = ("", "0", "false")


def wanted(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Whether text on this stream is coloured: on a terminal, unless the environment decides.

    A non-empty NO_COLOR turns it off whatever else is set (no-color.org). FORCE_COLOR and
    CLICOLOR_FORCE turn it on, also for a pipe; FORCE_COLOR=0 and CLICOLOR=0 turn it off, and a
    terminal of type "dumb" has none. `stream` is None if the program was started without it.
    """
    if environ.get("NO_COLOR"):
        return False
    if force := environ.get("FORCE_COLOR"):
        return force not in _NO
    if environ.get("CLICOLOR_FORCE", "") not in _NO:
        return True
    if environ.get("CLICOLOR") == "0" or environ.get("TERM") == "dumb":
        return False
    return stream is not None and stream.isatty()
