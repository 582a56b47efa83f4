"""The conditions under which the project-planton wrapper and the CLI's own host run the program."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import PROGRAM, ROOT, SECONDS, STACK, Engine, Stack, environment
from tests.engine.manifests import NAME, manifest
from tests.engine.operation import Name
from tests.engine.standin import StandIn

KEYS = {
    "access_key_id": "AKIAQ7EXAMPLEQ7ID",
    "secret_access_key": "q7+secret/of/the/account",
    "session_token": "q7//token==of-the-session",
}
STACK_INPUT = json.dumps(
    {
        "provider_config": {"account_id": "123456789012", "region": "eu-west-1", **KEYS},
        "target": json.loads(manifest(deletionProtectionEnabled=True)),
    }
)


def _holders(folder: Path) -> list[str]:
    """The files under the folder that hold one of the keys, in whichever way text is written."""
    spellings = {key.encode() for key in KEYS.values()}
    spellings |= {key.replace("/", "\\/").encode() for key in KEYS.values()}
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]


def test_credentials_are_in_no_state_event_output_or_log(stack: Stack, cloud: Cloud) -> None:
    """With `--debug` too. What `-v` writes is the engine's: all that goes over the wire."""
    names: tuple[Name, ...] = ("preview", "up")
    for name in names:
        report = stack.start(name, STACK_INPUT, arguments=("--debug",)).report()
        assert report.ok, report.explained()
    assert looks.tables(cloud, "eu-west-1") == [NAME]
    assert stack.refresh("--debug").ok
    refused = stack.start("destroy", arguments=("--debug",)).report()
    assert not refused.ok
    assert _holders(stack.folder) == []
    # They would be found.
    (stack.folder / "stack-input.yaml").write_text(STACK_INPUT)
    assert _holders(stack.folder) == ["stack-input.yaml"]


def test_the_provider_gets_the_credentials(stack: Stack, cloud: Cloud, stand_in: StandIn) -> None:
    stand_in.rejected_keys.add(KEYS["access_key_id"])
    assert not stack.preview(STACK_INPUT).ok


def test_the_wrappers_file_in_the_working_directory_is_read(stack: Stack, cloud: Cloud) -> None:
    """With the project's name rewritten and integers quoted; the file stays after the run."""
    text = json.loads(STACK_INPUT)
    text["target"]["spec"] |= {
        "billingMode": "PROVISIONED",
        "provisionedThroughput": {"readCapacityUnits": "5", "writeCapacityUnits": "6"},
    }
    settings = (ROOT / "Pulumi.yaml").read_text().splitlines()[1:]
    (stack.work / "Pulumi.yaml").write_text("\n".join(["name: tables", *settings]))
    file = stack.work / "stack-input.yaml"
    file.touch(mode=0o600)
    file.write_text(json.dumps(text))
    report = stack.start("up", STACK_INPUT_YAML_FILE="stack-input.yaml").report()
    assert report.ok, report.explained()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert report.outputs["aws_region"] == "eu-west-1"
    described = cloud.call("dynamodb", "DescribeTable", {"TableName": NAME}, region="eu-west-1")
    assert looks.units(described["Table"]) == (5, 6)


@pytest.mark.parametrize(
    "value", ["manifest.yaml", json.loads(manifest())], ids=["path", "mapping"]
)
def test_the_projects_config_is_enough_without_the_wrapper(
    stack: Stack, cloud: Cloud, value: object
) -> None:
    (stack.work / "manifest.yaml").write_text(manifest())
    settings = stack.work / f"Pulumi.{STACK}.yaml"
    config = {"tables:manifest": value, "aws:region": "eu-west-1"}
    settings.write_text(settings.read_text() + f"config: {json.dumps(config)}\n")
    report = stack.start("up", AWS_REGION="").report()
    assert report.ok, report.explained()
    assert looks.tables(cloud, "eu-west-1") == [NAME]


def test_a_cli_without_hooks_gets_the_message_to_update_it(stack: Stack, cloud: Cloud) -> None:
    old = stack.work / "old_engine.py"
    old.write_text(
        "import runpy\n"
        "from pulumi.runtime import settings\n"
        "settings.monitor_supports_feature = lambda feature: False\n"
        f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')\n"
    )
    stack.program = old
    report = stack.preview(manifest())
    assert not report.ok
    assert "update it to" in report.text
    assert "Traceback" not in report.text
    assert looks.writes(cloud) == []


@pytest.mark.skipif(
    shutil.which("pulumi-language-python") is None,
    reason="no pulumi-language-python on the PATH, which comes with an installed Pulumi CLI",
)
def test_the_project_runs_under_the_clis_own_host(
    engine: Engine, provider: StandIn, cloud: Cloud, tmp_path: Path
) -> None:
    """Through Pulumi.yaml, with the environment of these tests instead of a new one."""
    stack = engine.stack(tmp_path / "stack", provider.port)
    shutil.rmtree(stack.work)
    ignored = shutil.ignore_patterns(".*", "tests", "docs", "venv", "__pycache__")
    shutil.copytree(ROOT, stack.work, ignore=ignored)
    (stack.work / "venv").symlink_to(sys.prefix)
    shutil.copy(engine.template / "work" / f"Pulumi.{STACK}.yaml", stack.work)
    settings = stack.work / "Pulumi.yaml"
    lines = settings.read_text().splitlines()[1:]
    settings.write_text("\n".join(["name: tables", *lines]))
    environ = {
        **environment(stack.folder),
        "PULUMI_DEBUG_PROVIDERS": f"aws:{provider.port}",
        "STACK_INPUT_YAML": manifest(region="us-east-1"),
    }
    command = [str(engine.pulumi), "up", "--yes", "--skip-preview", "--non-interactive"]
    done = subprocess.run(
        [*command, "--stack", STACK],
        cwd=stack.work,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert looks.tables(cloud) == [NAME]
