"""Markdown of texts that come from the user's files.

No character of them may have a meaning in Markdown or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from planton.diagnostics.diagnostic import printable

_SPECIAL = re.compile(r"[^a-z0-9 ,.;()/'…-]|(?<=www)\.", re.IGNORECASE | re.ASCII)
_QUOTED = re.compile(r"((?<!\w)'[^']*'(?!\w)|`[^`]*`)")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def code(value: str) -> str:
    """A value as code. In HTML's element, every character can be escaped, and a platform looks for
    no mentions and links."""
    return f"<code>{_SPECIAL.sub(_entity, printable(value))}</code>"


def text(value: str) -> str:
    """A sentence, with what messages quote as code."""
    parts = _QUOTED.split(printable(value))
    return "".join(code(p[1:-1]) if i % 2 else _plain(p) for i, p in enumerate(parts))


def _plain(value: str) -> str:
    # A platform looks for mentions in what the entities become: a space of no width hides them.
    return _SPECIAL.sub(_entity, value.replace("@", "@\u200b"))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
