"""The manifests that a command names, and what is printed about them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from planton.cli import colour
from planton.diagnostics.diagnostic import Diagnostic, printable, render
from planton.diagnostics.exit_status import PROBLEMS
from planton.reading.read import Reading


def verdict(loaded: list[Reading]) -> dict[str, Any]:
    """Whether all are valid, and every finding, for JSON."""
    found = [d for side in _each_once(loaded) for d in sorted(side, key=Diagnostic.order)]
    return {
        "valid": all(side.manifest for side in loaded),
        "diagnostics": [{"file": d.source.name, **d.data()} for d in found],
    }


def refuse(loaded: list[Reading], format: str) -> int:
    """Prints the problems: as JSON instead of the output, otherwise to standard error."""
    if format == "json":
        print(json.dumps(verdict(loaded), indent=2))
    else:
        found = [rendered(side) for side in _each_once(loaded) if side]
        print("\n\n".join(found), file=sys.stderr)
    return PROBLEMS


def _each_once(loaded: list[Reading]) -> list[list[Diagnostic]]:
    """The findings of each manifest, without those of an earlier one: what is wrong with rules is
    wrong for every manifest."""
    found: list[list[Diagnostic]] = []
    for side in loaded:
        found.append([d for d in side.diagnostics if all(d not in earlier for earlier in found)])
    return found


def governance(loaded: Reading) -> str:
    """The organization's rules for a manifest, and what it got from them, as lines of a plan."""
    if not loaded.rules.files:
        return ""
    lines = [f"  {'rules':<22} {loaded.rules.summary()}"]
    for default in loaded.defaults:
        text = f"{default.path}: {default.value} ({default.where})"
        lines.append(f"  {'default':<22} {printable(text)}")
    return "\n".join(lines) + "\n"


def governance_data(loaded: Reading) -> dict[str, Any]:
    """The same for JSON: the files, and each default with its field, value and place."""
    return {
        "rules": list(loaded.rules.files),
        "defaults": [
            {"field": one.path, "value": one.value, "where": one.where} for one in loaded.defaults
        ],
    }


def show_warnings(loaded: list[Reading]) -> None:
    """Prints the warnings to standard error, because they are not part of the output."""
    for side in _each_once(loaded):
        if side:
            print(rendered(side), end="\n\n", file=sys.stderr)


def rendered(diagnostics: Sequence[Diagnostic]) -> str:
    """Diagnostics as text for standard error."""
    return render(diagnostics, colour=colour.wanted(sys.stderr, os.environ))
