"""The files that the package is built from, copied to a writable folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT

NEEDED = (
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "README.md",
    "__main__.py",
    "action.yml",
    "planton",
    "pyproject.toml",
    "requirements.txt",
    "tools/rehearse.txt",
)
_UNREACHABLE = re.compile("NewConnectionError|Connection(Error|Reset|Timeout)|name resolution")


def copy(to: Path) -> Path:
    """Copies the necessary files, and no build output."""
    for name in NEEDED:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to / name)
    return to


def skip_without_packages(output: str) -> None:
    """Skips where pip could not reach what it installs from; any other failure stays one."""
    if _UNREACHABLE.search(output):
        pytest.skip("pip cannot reach what it installs from")
