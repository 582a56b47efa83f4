"""Whether text is coloured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

_NO = ("", "0", "false")


def wanted(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Whether text on this stream is coloured: on a terminal, unless the environment decides.

    NO_COLOR, not empty, forbids it whatever else is said (no-color.org). FORCE_COLOR and
    CLICOLOR_FORCE want it also through a pipe; FORCE_COLOR=0 and CLICOLOR=0 do not want it, and a
    terminal of type "dumb" cannot show it. A program can be started without any stream.
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
