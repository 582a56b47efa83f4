"""Diagnostics: what is wrong in an input, where, and how to fix it.

No diagnostics library is used, because none can hide the lines of a file that contain credentials.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from planton.diagnostics.codes import Code, Severity, look_up

MAX_SHOWN = 100
"""The diagnostics that text output shows; a hostile file can cause a hundred thousand."""

BOM = "\ufeff"
"""The byte order mark that some editors write before UTF-8; not part of the text."""

_EXCERPT_WIDTH = 100
_QUOTE_WIDTH = 60
_WORDS_KNOWN = 200
_PATH_WIDTH = 300
_ASIDE = "aside"
_STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[33m", _ASIDE: "\x1b[2m"}
_Paint = Callable[[str, str], str]
# libyaml's line breaks. str.splitlines has more of them and would count other lines.
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name that the user knows it by.

    `positions` is false if the user did not write the text's lines (structured Pulumi config):
    diagnostics then show only name and path. Lines in `hidden` (1-based) are never shown; `None`
    hides all lines. `path` is set if the text is that of a file.
    """

    name: str
    text: str = field(repr=False)
    positions: bool = True
    hidden: frozenset[int] | None = frozenset()
    path: str = field(default="", compare=False, repr=False)

    def lines(self) -> list[str]:
        """The text's lines, as the YAML parser counts them."""
        return _LINE_BREAK.split(self.text.removeprefix(BOM))

    def without_excerpts(self) -> Source:
        """The same source with all lines hidden."""
        return replace(self, hidden=None)


class Span(NamedTuple):
    """A range of text. Lines and columns count from 1, and the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. `path` is in the user's spelling; `help` says how to fix it.

    Its code must be in the table of codes, which also says how severe it is, unless `facts` say it:
    of an organization's rule, or of a warning that an organization treats as an error.
    """

    code: str
    message: str
    source: Source
    span: Span | None = None
    path: str = ""
    help: str = ""
    facts: Code | None = None

    def __post_init__(self) -> None:
        if self.facts is None:
            look_up(self.code)

    @property
    def severity(self) -> Severity:
        """The severity of the code: an error prevents a deployment, a warning does not."""
        return (self.facts or look_up(self.code)).severity

    def order(self) -> tuple[int, int, str, str]:
        """Sort key: the order of the positions in the text."""
        at = self.span or Span(0, 0, 0, 0)
        return (at.line, at.column, self.code, self.message)

    def text(self, excerpts: dict[Source, list[str]] | None = None, *, colour: bool = False) -> str:
        """The finding as text; `excerpts` caches the lines of sources between calls."""
        paint = _painted if colour else _plain
        where = printable(self.source.name)
        if self.span and self.source.positions:
            where += f":{self.span.line}:{self.span.column}"
        mark = paint(f"{self.severity}[{self.code}]", self.severity)
        parts = [f"{where}: {mark}: {self.message}"]
        parts += self._excerpt({} if excerpts is None else excerpts, paint)
        if self.path:
            parts.append(paint(f"  {quote(self.path, _PATH_WIDTH)[1:-1]}", _ASIDE))
        if self.help:
            parts.append(f"  help: {self.help}")
        return "\n".join(parts)

    def _excerpt(self, excerpts: dict[Source, list[str]], paint: _Paint) -> list[str]:
        source, span = self.source, self.span
        if not span or not source.positions or source.hidden is None or span.line in source.hidden:
            return []
        if source not in excerpts:
            excerpts[source] = source.lines()
        lines = excerpts[source]
        if span.line > len(lines):
            return []
        line = lines[span.line - 1]
        start = span.column - 1
        # Of a span over several lines only the first word is marked.
        end = span.end_column - 1
        if span.end_line != span.line:
            end = start + len(line[start:].split(maxsplit=1)[0]) if line[start:].strip() else start
        left = max(0, start - _EXCERPT_WIDTH // 2) if len(line) > _EXCERPT_WIDTH else 0
        cut = line[:left] and "…"
        rest = line[left + _EXCERPT_WIDTH :] and "…"
        shown = cut + line[left : left + _EXCERPT_WIDTH].rstrip() + rest
        before = printable(cut + line[left:start])
        marked = printable(line[start : max(start + 1, min(end, left + _EXCERPT_WIDTH))])
        margin = f"{span.line:>5} |"
        carets = paint("^" * max(1, _width(marked)), self.severity)
        return [
            f"{paint(margin, _ASIDE)} {printable(shown)}",
            f"{paint('|'.rjust(len(margin)), _ASIDE)} {' ' * _width(before)}{carets}",
        ]

    def data(self) -> dict[str, Any]:
        """The finding as JSON data; positions are null if the text has none."""
        at = self.span if self.source.positions else None
        return {
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "path": self.path,
            "line": at.line if at else None,
            "column": at.column if at else None,
            "endLine": at.end_line if at else None,
            "endColumn": at.end_column if at else None,
            "help": self.help,
        }


class ManifestError(Exception):
    """The user's input is invalid. The message shows all diagnostics."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(render(self.diagnostics))


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """The findings as text, source by source and in the order of their positions, at most MAX_SHOWN
    of them."""
    excerpts: dict[Source, list[str]] = {}
    rank: dict[str, int] = {}
    for one in diagnostics:
        rank.setdefault(one.source.name, len(rank))
    ordered = sorted(diagnostics, key=lambda one: (rank[one.source.name], *one.order()))
    shown = [d.text(excerpts, colour=colour) for d in ordered[:MAX_SHOWN]]
    if len(diagnostics) > MAX_SHOWN:
        shown.append(f"… and {len(diagnostics) - MAX_SHOWN} more")
    return "\n\n".join(shown)


def printable(text: str) -> str:
    """The text with escapes instead of control and invisible characters."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else " " if c == "\t" else c.encode("unicode_escape").decode()
        for c in text
    )


def quote(value: object, width: int = _QUOTE_WIDTH) -> str:
    """A value as messages show it: quoted, on one line, truncated if it is long."""
    text = printable(str(value))
    if len(text) > width:
        text = text[: width - 1] + "…"
    return f"'{text}'"


def one_of(values: Iterable[str]) -> str:
    """`'S', 'N' or 'B'`."""
    quoted = [f"'{value}'" for value in values]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` probably misspells, or None."""
    # Imported here because a correct manifest has no misspelled word.
    from difflib import get_close_matches

    if len(word) > _WORDS_KNOWN or len(known := tuple(known)) > _WORDS_KNOWN:
        return None
    by_shape = {k.replace("_", "").replace("-", "").lower(): k for k in known}
    shape = word.replace("_", "").replace("-", "").lower()
    close = get_close_matches(shape, by_shape, n=1, cutoff=0.75)
    return by_shape[close[0]] if close else None


def _painted(text: str, style: str) -> str:
    return f"{_STYLES[style]}{text}\x1b[0m"


def _plain(text: str, _: str) -> str:
    return text


def _width(text: str) -> int:
    """Columns on a terminal: a wide character has two, a combining one none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
