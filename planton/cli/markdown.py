"""Markdown of texts that come from the user's files.

No character of them may have a meaning in Markdown or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from planton.diagnostics.diagnostic import MAX_SHOWN, printable

_ROOM = 55_000
"""Characters of all rows of a comment. GitHub accepts comments of at most 65,536."""
_WIDTH = 160
"""Characters of a name or value that a comment shows; a policy is longer."""

_SPECIAL = re.compile(r"[^a-z0-9 ,.;()/'…-]|(?<=www)\.", re.IGNORECASE | re.ASCII)
_QUOTED = re.compile(r"((?<!\w)'[^']*'(?!\w)|`[^`]*`)")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


class Room:
    """Counts the characters that a comment has left for rows."""

    def __init__(self) -> None:
        self._left = _ROOM

    def table(self, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
        """A table with as many rows as there is room for, and the number of the others."""
        kept = list(self._fitting(rows))
        shown = table(heads, kept)
        left_out = len(rows) - len(kept)
        return f"{shown}\n\n… and {left_out} more" if left_out else shown

    def _fitting(self, rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
        for number, row in enumerate(rows):
            self._left -= sum(map(len, row)) + 20
            if self._left < 0 or number == MAX_SHOWN:
                return
            yield row


def folded(summary: str, block: str) -> str:
    """A block that is shown on a click; both are Markdown."""
    return f"<details>\n<summary>{summary}</summary>\n\n{block}\n\n</details>"


def cut(value: str) -> str:
    """A name or value with at most as many characters as a comment shows."""
    return value if len(value) <= _WIDTH else value[: _WIDTH - 1] + "…"


def code(value: str) -> str:
    """A value as code. In HTML's element, every character can be escaped, and a platform looks for
    no mentions and links."""
    return f"<code>{_SPECIAL.sub(_entity, printable(value))}</code>"


def text(value: str) -> str:
    """A sentence, with what messages quote as code."""
    parts = _QUOTED.split(printable(value))
    return "".join(code(p[1:-1]) if i % 2 else _plain(p) for i, p in enumerate(parts))


def _plain(value: str) -> str:
    # A platform looks for mentions of users and issues in what the entities become: a space of no
    # width hides them.
    return _SPECIAL.sub(_entity, re.sub("[@#]", "\\g<0>\u200b", value))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
