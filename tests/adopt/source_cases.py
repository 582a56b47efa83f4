"""Templates and states with the manifests and messages that are expected of each.

    python -m tests.adopt.source_cases --update

rewrites the expected ones. No test does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.manifest import write_manifest
from planton.adopt.sources import read_source
from planton.diagnostics.diagnostic import render

FOLDER = Path(__file__).resolve().parent / "sources"
_PARAMETERS = "parameters.json"


def sources() -> list[Path]:
    """The templates and states."""
    return sorted(
        path for path in FOLDER.iterdir() if path.suffix != ".expected" and path.name != _PARAMETERS
    )


def expected_file(source: Path) -> Path:
    """The file with what is expected of a template or state."""
    return source.with_name(f"{source.name}.expected")


def parameters(source: Path) -> dict[str, str]:
    """The parameters with which a template is read."""
    given: dict[str, dict[str, str]] = json.loads((FOLDER / _PARAMETERS).read_text("utf-8"))
    return given.get(source.name, {})


def outcome(source: Path) -> str:
    """The manifests, what was left out, and the diagnostics."""
    return "\n".join(_parts(source))


def _parts(source: Path) -> Iterator[str]:
    found = read_source(source.name, source.read_bytes(), parameters(source))
    for table in found.tables:
        yield from _table(table)
    yield "==== the file"
    yield from _notes(found.left_out)
    yield render(found.diagnostics)


def _table(table: FoundTable) -> Iterator[str]:
    written = write_manifest(table, source_name=f"{table.name}.yaml")
    yield f"==== {table.name}"
    yield written.text
    yield from _notes(written.left_out)
    yield render(written.diagnostics)


def _notes(left_out: tuple[LeftOut, ...]) -> Iterator[str]:
    for one in left_out:
        line = f":{one.line}" if one.line else ""
        yield f"- {one.place}{line}: {one.reason}"


def main(arguments: list[str]) -> int:
    """Rewrites the expected files."""
    if arguments != ["--update"]:
        print(__doc__)
        return 2
    for source in sources():
        expected_file(source).write_text(outcome(source), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
