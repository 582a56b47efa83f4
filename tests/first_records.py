"""The program that wrote the guard's records of version 1, from this repository's history."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

COMMIT = "4922c926a6e4bc934ac56f25fa414fb8f4f0e24d"
"""The last commit before the code was put into rooms; the stacks of that time are to be kept."""

_RECORDS = """\
import json, sys
from pathlib import Path
from planton.decisions import decisions
from planton.diagnostics import ManifestError
from planton.manifest import load
from planton.planner import make_plan
for path in sys.argv[1:]:
    try:
        manifest = load(Path(path).read_text(encoding="utf-8"), filename="x.yaml").manifest
    except (ManifestError, UnicodeDecodeError):
        continue
    made = decisions(make_plan(manifest), region=manifest.spec.region, account_id=None)
    print(json.dumps([path, made]))
"""


def extract(folder: Path) -> Path:
    """The program's files, written to the folder. Skips the test if the history is missing."""
    archive = subprocess.run(
        ["git", "archive", COMMIT, "__main__.py", "planton", "Pulumi.yaml", "requirements.txt"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        pytest.skip(f"this clone has no history back to commit {COMMIT[:7]}")
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    return folder


def records(program: Path, manifests: Iterable[Path]) -> dict[Path, dict[str, Any]]:
    """The record of each manifest that the program accepts, without null and with floats."""
    done = subprocess.run(
        [sys.executable, "-c", _RECORDS, *map(str, manifests)],
        cwd=program,
        capture_output=True,
        text=True,
        check=True,
    )
    found = (json.loads(line) for line in done.stdout.splitlines())
    return {Path(path): as_engine(record) for path, record in found}


def as_engine(value: Any) -> Any:
    """A value as the engine hands it back: without null, and with floats for numbers."""
    if isinstance(value, dict):
        return {key: as_engine(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_engine(item) for item in value]
    return float(value) if type(value) is int else value
