"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

GitHub documents them in "Workflow commands for GitHub Actions". It shows at most ten errors and ten
warnings per step; the log has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planton.cli.paths import relative_to
from planton.diagnostics.diagnostic import MAX_SHOWN, Diagnostic, printable


def commands(diagnostics: Sequence[Diagnostic], root: str) -> Iterator[str]:
    """A line for each finding, in the order of their positions, at most MAX_SHOWN of them.

    Paths are relative to `root`, the folder of the repository.
    """
    for diagnostic in sorted(diagnostics, key=Diagnostic.order)[:MAX_SHOWN]:
        yield _command(diagnostic, root)
    if len(diagnostics) > MAX_SHOWN:
        yield f"… and {len(diagnostics) - MAX_SHOWN} more"


def _command(diagnostic: Diagnostic, root: str) -> str:
    properties: dict[str, str | int] = {
        "file": printable(relative_to(root, diagnostic.source.name))
    }
    if (at := diagnostic.span) and diagnostic.source.positions:
        properties["line"] = at.line
        # Columns are only allowed if the span begins and ends on one line.
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
    return command(diagnostic.severity, properties, message)


def command(name: str, properties: Mapping[str, str | int], message: str) -> str:
    """One workflow command: `error`, `warning` or `notice`, with its properties and message."""
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """Text that can neither end its command nor begin another one."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
