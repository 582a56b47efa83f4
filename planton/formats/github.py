"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

GitHub documents the commands under "Workflow commands for GitHub Actions". It shows at most ten
errors and ten warnings of a step; the log holds them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planton.diagnostics import MAX_SHOWN, Diagnostic, printable
from planton.formats.paths import counted_from


def commands(diagnostics: Sequence[Diagnostic], root: str) -> Iterator[str]:
    """A line for each finding, in the order of their places, at most MAX_SHOWN of them.

    `root` is the folder from which GitHub counts paths: that of the repository.
    """
    for diagnostic in sorted(diagnostics, key=Diagnostic.order)[:MAX_SHOWN]:
        yield _command(diagnostic, root)
    if len(diagnostics) > MAX_SHOWN:
        yield f"… and {len(diagnostics) - MAX_SHOWN} more"


def _command(diagnostic: Diagnostic, root: str) -> str:
    properties: dict[str, str | int] = {
        "file": printable(counted_from(root, diagnostic.source.name))
    }
    if (at := diagnostic.span) and diagnostic.source.positions:
        properties["line"] = at.line
        # Columns may be given only where the place begins and ends in one line.
        if at.line == at.end_line:
            properties["col"] = at.column
        properties["endLine"] = at.end_line
        if at.line == at.end_line:
            properties["endColumn"] = at.end_column
    properties["title"] = diagnostic.code
    message = diagnostic.message
    if diagnostic.path:
        message += f" ({printable(diagnostic.path)})"
    if diagnostic.help:
        message += f"\nhelp: {diagnostic.help}"
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{diagnostic.severity} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """Text that cannot end its command, nor begin another one."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
