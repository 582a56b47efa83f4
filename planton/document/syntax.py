"""Replaces the YAML parser's messages by helpful ones, which never repeat the user's text."""

from __future__ import annotations

from typing import Any

import yaml

from planton.diagnostics.diagnostic import Diagnostic, Source, Span

_SYNTAX: tuple[tuple[str, str, str], ...] = (
    # A part of libyaml's message, our message, how to fix it.
    (
        "mapping values are not allowed",
        "a second ': ' on one line, or a line indented deeper than its neighbours",
        "quote the value if the ': ' belongs to it, otherwise align the keys",
    ),
    (
        "could not find expected ':'",
        "a line that is neither 'key: value' nor part of the value before it",
        "put ': ' after the key, or indent the line if it continues a value",
    ),
    (
        "did not find expected key",
        "a line that does not fit the mapping around it",
        "align it with the keys of its mapping; quote values that hold quotes",
    ),
    (
        "did not find expected '-' indicator",
        "a line that does not fit the list around it",
        "align it with the other '-' of its list",
    ),
    (
        "block sequence entries are not allowed",
        "a '-' where no list can begin",
        "start the list on the line below its key",
    ),
    ("did not find expected ',' or '}'", "a '{' is not closed", "add the missing ',' or '}'"),
    ("did not find expected ',' or ']'", "a '[' is not closed", "add the missing ',' or ']'"),
    (
        "did not find expected node content",
        "a '[' or '{' is not closed, or contains a character that cannot begin a value",
        "close it, or quote the value",
    ),
    ("found unexpected end of stream", "a quoted value is not closed", "add the missing quote"),
    (
        "invalid Unicode character escape code",
        "a '\\u' escape is not a character",
        "write the character itself: unlike JSON, YAML has no surrogate pairs",
    ),
    (
        "unknown escape character",
        "a '\\' inside double quotes does not begin a valid escape",
        "double it, or use single quotes",
    ),
)

# The parser reports these far behind the position to fix.
_REPORTED_AT_START = ("expected ':'", "expected ',' or", "unexpected end of stream")


def _is_placeholder(source: Source, mark: Any) -> bool:
    """Whether the parser stopped at a "${", as it does in a plain scalar between brackets."""
    lines = source.lines()
    return bool(mark.line < len(lines) and lines[mark.line][: mark.column + 1].endswith("${"))


def syntax_error(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    """The diagnostic for invalid YAML, at the position to fix."""
    problem = error.problem or error.context or "invalid YAML"
    mark: Any = error.problem_mark or error.context_mark
    if error.context_mark and any(part in problem for part in _REPORTED_AT_START):
        mark = error.context_mark
    message, help = problem, ""
    at = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else None
    if mark and "cannot start any token" in problem:
        lines = source.lines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if line[mark.column : mark.column + 1] == "\t":
            message, help = "a tab cannot indent YAML", "indent with spaces"
        else:
            message, help = "a value cannot begin with this character", "quote the value"
    for part, ours, fix in _SYNTAX:
        if part in problem:
            message, help = ours, fix
    if "alphabetic or numeric" in problem:
        sign, what = "&", "anchor"
        if error.context and "alias" in error.context:
            sign, what = "*", "alias"
        message = f"an unquoted '{sign}' begins an {what}, but no name follows"
        help = f'put it in double quotes: "{sign}"'
    elif (found := error.problem_mark) and _is_placeholder(source, found):
        at = Span(found.line + 1, found.column, found.line + 1, found.column + 2)
        message = "an unquoted '${…}' between brackets, where '{' begins a mapping"
        help = 'put it in double quotes: "${…}"'
    return Diagnostic(code="yaml-syntax", message=message, source=source, span=at, help=help)
