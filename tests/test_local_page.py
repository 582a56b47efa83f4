"""The page on emulators: its commands, its script and its fixture are run."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from planton.cli.rehearse_options import DEFAULT_PORT
from planton.diagnostics.diagnostic import Source
from planton.reading.emulator_endpoint import EMULATOR_ACCOUNTS
from planton.reading.read import read
from planton.reading.stack_input import DUMMY_CREDENTIALS
from planton.rehearsal.program.runner import rehearse
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "local.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with the command `planton`, in which a user has other credentials."""
    command = tmp_path / "bin" / "planton"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m planton "$@"\n')
    command.chmod(0o755)
    path = [str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {
        **os.environ,
        "PATH": os.pathsep.join(path),
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "*",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }


def run_in(
    folder: Path, environ: dict[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    (folder / "hack").symlink_to(ROOT / "hack")
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_fixture_of_the_page_serves_the_table(tmp_path: Path, environ: dict[str, str]) -> None:
    (fixture,) = fenced("python")
    (tmp_path / "test_page.py").write_text(fixture)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py"]
    done = run_in(tmp_path, environ, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("s\n")
    assert "1 passed" in done.stdout


def test_the_fixture_of_the_page_fails_if_the_manifest_is_refused(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (fixture,) = fenced("python")
    (tmp_path / "test_page.py").write_text(fixture.replace("hack/manifest", "missing"))
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "test_page.py"]
    done = run_in(tmp_path, environ, *command)
    assert done.returncode == 1
    assert "the tables are not served: see the error above" in done.stdout
    assert "missing.yaml: error[unreadable]" in done.stderr


WITH_A_TABLE = """\
import boto3

def test_a_table():
    assert [table.name for table in boto3.resource("dynamodb").tables.all()] == ["orders"]
"""


def test_the_script_of_the_page_runs_tests_with_the_table(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    script = fenced("bash")[0]
    misleading = {
        "AWS_PROFILE": "of-the-user",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "--port 8123" in script
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "with_a_table.py").write_text(WITH_A_TABLE)
    environ |= misleading
    done = run_in(tmp_path, environ, "bash", "-c", script.replace("8123", str(port)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)


def test_the_script_of_the_page_does_not_wait_for_a_refused_manifest(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    script = fenced("bash")[0].replace("hack/manifest", "missing")
    done = run_in(tmp_path, environ, "bash", "-c", script)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("missing.yaml: error[unreadable]")
    assert "kill" not in done.stderr


def test_the_one_command_gives_pulumi_the_manifest_and_the_endpoint(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    """With a `pulumi` that prints its input."""
    fake = tmp_path / "bin" / "pulumi"
    fake.write_text('#!/bin/sh\n[ "$*" = up ] && printf "%s\\n" "$STACK_INPUT_YAML"\n')
    fake.chmod(0o755)
    done = run_in(tmp_path, environ, "bash", "-e", "-c", fenced("bash")[1])
    assert done.returncode == 0, done.stderr
    reading = read(Source("x.yaml", done.stdout))
    assert reading.diagnostics == ()
    assert reading.provider.endpoint == "http://localhost:4566"
    rehearsal = rehearse({"STACK_INPUT_YAML": done.stdout})
    assert rehearsal.error is None
    assert rehearsal.outputs["table_name"] == "orders"


def test_the_stack_input_of_the_page_is_valid() -> None:
    (text,) = fenced("yaml")
    reading = read(Source("x.yaml", text), requests=False)
    assert (reading.diagnostics, reading.provider.endpoint) == ((), "http://localhost:4566")


def test_the_config_of_the_page_reaches_the_provider() -> None:
    lines = re.findall(r"^pulumi config set (?:--path )?'?(aws:[^ ']+)'? (\S+)$", TEXT, re.M)
    single = {key.rpartition(".")[2]: value for key, value in lines if "endpoints" in key}
    config = {key: value for key, value in lines if "endpoints" not in key}
    config |= {"aws:endpoints": json.dumps([single]), "aws:region": "eu-west-1"}
    text = (ROOT / "hack" / "manifest.yaml").read_text(encoding="utf-8")
    rehearsal = rehearse({"STACK_INPUT_YAML": text}, config=config)
    assert rehearsal.error is None
    (provider,) = (one for one in rehearsal.resources if one.type == "pulumi:providers:aws")
    assert {**provider.inputs, "endpoints": json.loads(provider.inputs["endpoints"])} == {
        "accessKey": "[secret]",
        "secretKey": "[secret]",
        "endpoints": [{"dynamodb": "http://localhost:4566", "sts": "http://localhost:4566"}],
        "region": "eu-west-1",
        "skipCredentialsValidation": "true",
        "skipRegionValidation": "true",
        "skipRequestingAccountId": "true",
    }


def test_the_page_shows_what_the_server_prints() -> None:
    blocks = fenced("")
    (shown,) = (block for block in blocks if block.startswith("serving on"))
    assert f"http://127.0.0.1:{DEFAULT_PORT} " in shown
    assert f"export AWS_ACCESS_KEY_ID={DUMMY_CREDENTIALS.access_key_id}\n" in shown
    assert shown.endswith("\nready\n")
    assert all(account in TEXT for account in EMULATOR_ACCOUNTS)
