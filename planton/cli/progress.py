"""A progress bar for a command that takes minutes."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 30
_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is overwritten; nothing if the stream is not a terminal."""

    def __init__(self, stream: TextIO, total: int, what: str) -> None:
        self._stream = stream if stream.isatty() else None
        self._total = total
        self._what = what

    def show(self, done: int) -> None:
        """Shows how many are done."""
        if self._stream:
            filled = _WIDTH * done // self._total
            bar = "#" * filled + "." * (_WIDTH - filled)
            text = f"{_CLEAR}[{bar}] {done:,} of {self._total:,} {self._what}"
            print(text, end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Removes the line, so that something else can be printed."""
        if self._stream:
            print(_CLEAR, end="", file=self._stream, flush=True)
