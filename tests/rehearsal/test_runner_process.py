"""A rehearsal in a separate process: what it loads, opens and accepts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


HEAVY = """
import sys
heavy = {"moto", "boto3", "botocore", "pulumi", "pulumi_aws", "google.protobuf", "asyncio"}
"""

REHEARSE = """
from planton.rehearsal.program.runner import rehearse
result = rehearse({"STACK_INPUT_YAML_FILE": "hack/manifest.yaml"})
assert result.error is None, result.error
"""


def test_the_package_loads_nothing_heavy_before_it_is_used() -> None:
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "planton" / "rehearsal").rglob("*.py")
        if path.stem not in ("__init__", "monitor")
    )
    imports = "".join(f"import {module}\n" for module in modules)
    assert len(modules) > 15
    run(HEAVY.replace(', "asyncio"', "") + imports + "assert not heavy & sys.modules.keys()\n")


def test_a_rehearsal_opens_no_socket() -> None:
    forbid = "import socket\ndef no(*_): raise AssertionError('network')\n"
    forbid += "socket.socket.connect = socket.getaddrinfo = socket.create_connection = no\n"
    run(forbid + REHEARSE)


def test_a_rehearsal_runs_with_warnings_as_errors_and_prints_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", REHEARSE],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr
    assert "never" not in done.stderr  # "was never awaited", "was never retrieved"
