"""What the YAML parser says, in words that help. None of them repeats the user's text."""

from __future__ import annotations

from typing import Any

import yaml

from planton.diagnostics import Diagnostic, Source, Span

_SYNTAX: tuple[tuple[str, str, str], ...] = (
    # A part of what libyaml says, what we say, how to mend it.
    (
        "mapping values are not allowed",
        "a second ': ' in one line, or a line indented deeper than its neighbours",
        "quote the value if the ': ' belongs to it, else line the keys up",
    ),
    (
        "could not find expected ':'",
        "a line that is neither 'key: value' nor part of the value before it",
        "put ': ' after the key, or indent the line if it continues a value",
    ),
    (
        "did not find expected key",
        "a line that does not fit the mapping around it",
        "line it up with the keys of its mapping; quote values that hold quotes",
    ),
    (
        "did not find expected '-' indicator",
        "a line that does not fit the list around it",
        "line it up with the other '-' of its list",
    ),
    (
        "block sequence entries are not allowed",
        "a '-' where no list can begin",
        "put the list in a line of its own below its key",
    ),
    ("did not find expected ',' or '}'", "a '{' is not closed", "add the missing ',' or '}'"),
    ("did not find expected ',' or ']'", "a '[' is not closed", "add the missing ',' or ']'"),
    (
        "did not find expected node content",
        "a '[' or '{' is not closed, or a sign in it begins no value",
        "close it, or quote the value",
    ),
    ("found unexpected end of stream", "a quoted value is not closed", "add the missing quote"),
    (
        "invalid Unicode character escape code",
        "a '\\u' escape that is no character by itself",
        "write the character itself: YAML knows no pairs of escapes as JSON does",
    ),
    (
        "unknown escape character",
        "a '\\' that begins no escape inside double quotes",
        "double it, or use single quotes",
    ),
)

# The parser notices these far behind the place to mend.
_SHOWN_AT_ITS_START = ("expected ':'", "expected ',' or", "unexpected end of stream")


def _is_placeholder(source: Source, mark: Any) -> bool:
    """Whether a "${" made the parser stop: it does where a plain text in brackets has a brace."""
    lines = source.lines()
    return bool(mark.line < len(lines) and lines[mark.line][: mark.column + 1].endswith("${"))


def syntax_error(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    """The diagnostic for a text that is no YAML, at the place to mend."""
    problem = error.problem or error.context or "no YAML"
    mark: Any = error.problem_mark or error.context_mark
    if error.context_mark and any(part in problem for part in _SHOWN_AT_ITS_START):
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
    for part, ours, mend in _SYNTAX:
        if part in problem:
            message, help = ours, mend
    if "alphabetic or numeric" in problem:
        sign = "*" if error.context and "alias" in error.context else "&"
        message = f"a '{sign}' without quotes begins the name of a value, and no name follows"
        help = f'put it in double quotes: "{sign}"'
    elif (found := error.problem_mark) and _is_placeholder(source, found):
        at = Span(found.line + 1, found.column, found.line + 1, found.column + 2)
        message = "a '${…}' without quotes between brackets, where a '{' begins a mapping"
        help = 'put it in double quotes: "${…}"'
    return Diagnostic(code="yaml-syntax", message=message, source=source, span=at, help=help)
