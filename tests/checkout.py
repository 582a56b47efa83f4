"""What of a checkout the package is built from, copied to where it may be written to."""

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
    """Copies what is needed, and nothing that was made here."""
    for name in NEEDED:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to / name)
    return to


def skip_without_packages(said: str) -> None:
    """Skips where pip could not reach what it installs from; any other failure stays one."""
    if _UNREACHABLE.search(said):
        pytest.skip("pip cannot reach what it installs from")
