"""How the program ends under a language host: what the user reads, and the exit status."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from planton.resources import host
from tests.engine import by_hand, language_host, looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import ROOT, SECONDS, Stack
from tests.engine.hosted import Command, Ended, Project
from tests.engine.manifests import IMPORT, NAME, PROVISIONED, SCALED, UNITS, index, key, manifest

OTHER_KEY = {"keySchema": key("pk", "at")}
REFUSAL = f"table '{NAME}': this update is refused, nothing was touched"
CREATION_FAILED = f"the creation of Table '{NAME}' failed"
INVALID = manifest(ttl={"enabled": True})
NOISE = ("Traceback", "KeyboardInterrupt", "an unhandled error occurred", "exit code")


def _says_once(ended: Ended, message: str) -> None:
    """That, and nothing of the machinery beneath."""
    assert ended.diagnostics.count(message) == 1, ended.explained()
    _has_no_noise(ended)


def _has_no_noise(ended: Ended) -> None:
    for noise in NOISE:
        assert noise not in ended.output, ended.explained()


def _refused(ended: Ended) -> None:
    assert ended.status != 0, ended.explained()
    _says_once(ended, REFUSAL)


def _sent(command: Command, sent: Event) -> None:
    assert sent.wait(SECONDS), command.ended().explained()


def test_a_successful_update_prints_no_error(project: Project, cloud: FaultyCloud) -> None:
    for command in (["preview"], ["up", "--yes"], ["up", "--yes", "--skip-preview"]):
        ended = project.start(*command, manifest=manifest()).ended()
        assert ended.status == 0, ended.explained()
        assert "error" not in ended.output, ended.explained()
        _has_no_noise(ended)
    assert looks.writes(cloud) == ["CreateTable"]


def test_a_refused_preview_ends_with_the_reason(project: Project, cloud: FaultyCloud) -> None:
    """How far the program is when it is interrupted differs from run to run."""
    assert project.up(manifest()).status == 0
    for _ in range(5):
        _refused(project.preview(manifest(**OTHER_KEY)))
    assert looks.writes(cloud) == ["CreateTable"]


def test_a_refused_update_ends_with_the_reason(project: Project, cloud: FaultyCloud) -> None:
    assert project.up(manifest()).status == 0
    for _ in range(3):
        _refused(project.up(manifest(**OTHER_KEY)))
    assert looks.writes(cloud) == ["CreateTable"]


def test_an_interrupted_hook_refuses_the_update(
    project: Project, cloud: FaultyCloud, tmp_path: Path
) -> None:
    assert project.up(manifest()).status == 0
    running = tmp_path / "running"
    project.begin_with(
        f"""
import os, pathlib, time
import pulumi

def wait(arguments):
    pathlib.Path({str(running)!r}).write_text(str(os.getpid()))
    time.sleep({SECONDS})

class Waiting(pulumi.ResourceHook):
    def __init__(self, name, callback, options=None):
        super().__init__(name, wait, options)

pulumi.ResourceHook = Waiting
"""
    )
    command = project.start_up(manifest(tags={"team": "a"}))
    os.kill(_pid(running), signal.SIGINT)
    ended = command.ended()
    assert ended.status != 0, ended.explained()
    _says_once(ended, "failed: rpc error")
    assert looks.writes(cloud) == ["CreateTable"]


@pytest.mark.parametrize("command", ["preview", "up"])
def test_an_invalid_manifest_ends_the_program_with_its_diagnostics(
    project: Project, cloud: FaultyCloud, command: str
) -> None:
    ended = getattr(project, command)(INVALID)
    assert ended.status != 0, ended.explained()
    _says_once(ended, "error[ttl-attribute-when-enabled]")
    _says_once(ended, "name the Number attribute that holds the expiration time")
    assert "1 error;" in ended.output or "1 error\n" in ended.output, ended.explained()
    assert cloud.calls == []


def test_a_missing_manifest_ends_the_program_with_the_ways_to_set_one(
    project: Project, cloud: FaultyCloud
) -> None:
    ended = project.preview("")
    assert ended.status != 0, ended.explained()
    _says_once(ended, "no manifest is set")


def test_invalid_config_ends_the_program_with_a_message(
    project: Project, cloud: FaultyCloud
) -> None:
    project.configure(assumeRoles="deploy")
    ended = project.up(manifest())
    assert ended.status != 0, ended.explained()
    _says_once(ended, "config aws:assumeRoles must be JSON")
    assert cloud.calls == []


def test_a_cli_without_hooks_ends_the_program_with_a_message(
    project: Project, cloud: FaultyCloud
) -> None:
    project.begin_with(
        "from pulumi.runtime import settings\n"
        "settings.monitor_supports_feature = lambda feature: False\n"
    )
    ended = project.preview(manifest())
    assert ended.status != 0, ended.explained()
    _says_once(ended, "this Pulumi CLI cannot run the change guard")
    assert cloud.calls == []


def test_a_creation_that_aws_refuses_is_reported(project: Project, cloud: FaultyCloud) -> None:
    cloud.refuse("CreateTable", "AccessDeniedException", "not authorized to CreateTable")
    ended = project.up(manifest())
    assert ended.status != 0, ended.explained()
    _says_once(ended, "AccessDeniedException: not authorized to CreateTable")
    _says_once(ended, CREATION_FAILED)


def test_an_update_that_aws_refuses_is_reported(project: Project, cloud: FaultyCloud) -> None:
    assert project.up(manifest()).status == 0
    cloud.refuse("UpdateTimeToLive", "AccessDeniedException", "not authorized")
    ended = project.up(manifest(ttl={"enabled": True, "attributeName": "expires"}))
    assert ended.status != 0, ended.explained()
    _says_once(
        ended,
        f"the update of Table '{NAME}' failed, and the state may now hold what was requested "
        "instead of what AWS has\n"
        "      fix: resolve the cause, then run `pulumi up --refresh`. Without --refresh the "
        "next update only reads what AWS has, and indexes and replicas are never finished\n",
    )


def test_a_table_that_is_only_partly_created_is_reported(
    project: Project, cloud: FaultyCloud
) -> None:
    cloud.refuse("UpdateTimeToLive", "AccessDeniedException", "not authorized")
    ended = project.up(manifest(ttl={"enabled": True, "attributeName": "expires"}))
    assert ended.status != 0, ended.explained()
    _says_once(ended, CREATION_FAILED)
    assert looks.tables(cloud) == [NAME]


def test_an_error_found_late_is_reported(project: Project) -> None:
    """In an `apply`, when the program itself has ended."""
    project.replace_program(
        """
import pulumi
from planton.resources import host

def find_out(_):
    raise host.UserError("what the user has to fix")

pulumi.Output.from_input("anything").apply(find_out)
"""
    )
    ended = project.preview(manifest())
    assert ended.status != 0, ended.explained()
    _says_once(ended, "what the user has to fix")


def test_ctrl_c_during_the_creation_of_the_table_ends_the_program(
    project: Project, cloud: FaultyCloud
) -> None:
    """What was printed is shown, and so is the result of the request in progress."""
    project.begin_with("print('the last words', end='')")
    sent = cloud.hang_before("CreateTable")
    command = project.start_up(manifest())
    _sent(command, sent)
    command.interrupt()
    command.read_until("^C received")
    cloud.release()
    ended = command.ended()
    assert ended.status != 0, ended.explained()
    _says_once(ended, "the last words")
    _says_once(ended, "ConnectionError: the client is gone")
    _says_once(ended, CREATION_FAILED)
    assert "error hooks execution failed" not in ended.output, ended.explained()


def test_ctrl_c_while_aws_is_slow_ends_the_program(
    project: Project, cloud: FaultyCloud, tmp_path: Path
) -> None:
    """The engine waits for AWS longer than the program does for the engine."""
    running = tmp_path / "running"
    project.begin_with(f"{_noting(running)}\nprint('the last words', end='')")
    sent = cloud.hang_before("CreateTable")
    command = project.start_up(manifest())
    _sent(command, sent)
    command.interrupt()
    _eventually(lambda: not _is_alive(_pid(running)))
    cloud.release()
    ended = command.ended()
    assert ended.status != 0, ended.explained()
    _says_once(ended, "the last words")
    assert looks.tables(cloud) == []


def test_a_program_whose_engine_was_killed_ends(
    project: Project, cloud: FaultyCloud, tmp_path: Path
) -> None:
    running = tmp_path / "running"
    project.begin_with(f"{_noting(running)}\nprint('never read', end='')")
    sent = cloud.hang_before("CreateTable")
    command = project.start_up(manifest())
    _sent(command, sent)
    program = _pid(running)
    assert _is_alive(program)
    command.kill()
    _eventually(lambda: not _is_alive(program))


def test_a_second_interrupt_ends_a_program_whose_engine_is_gone() -> None:
    program = """
import signal, sys, time
from planton.resources import host
host.has_engine = lambda: True
host.UPDATE_PATIENCE = 1000.0
host.leave_on_interrupt()
print("never read", end="")
sys.stdin.read()
signal.raise_signal(signal.SIGINT)
time.sleep(1)
signal.raise_signal(signal.SIGINT)
time.sleep(1000)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.close()
        try:
            assert process.wait(SECONDS) == language_host.USER_WAS_TOLD
        finally:
            process.kill()


def test_the_automation_api_shows_an_error_once(stack: Stack) -> None:
    """There the program has no separate process that it could end."""
    report = stack.preview(INVALID)
    assert not report.ok
    assert report.text.count("name the Number attribute that holds the expiration time") == 1
    shown = [message for message in report.messages if "ttl-attribute-when-enabled" in message]
    assert len(shown) == 1, report.explained()


def _noting(file: Path) -> str:
    """Python that writes the number of its process into a file."""
    return f"import os, pathlib\npathlib.Path({str(file)!r}).write_text(str(os.getpid()))"


def _pid(file: Path) -> int:
    _eventually(lambda: file.exists() and file.read_text() != "")
    return int(file.read_text())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("command", [["preview"], ["up", "--yes", "--skip-preview"]])
def test_an_import_that_is_refused_is_explained_once(
    command: list[str], project: Project, cloud: FaultyCloud
) -> None:
    by_hand.create_table(cloud, "id")
    ended = project.start(*command, manifest=manifest(annotations=IMPORT)).ended()
    assert ended.status != 0, ended.explained()
    _says_once(ended, "the manifest describes another one (in AWS → in the manifest):")
    assert "spec.keySchema: id HASH → pk HASH, sk RANGE" in ended.diagnostics
    assert looks.writes(cloud) == ["CreateTable"]


def test_an_index_becomes_standalone_without_a_message(
    project: Project, cloud: FaultyCloud
) -> None:
    """The program asks AWS for the index while the engine registers it."""
    spec = {**PROVISIONED, "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)]}
    for text in (manifest(**spec), manifest(**spec, autoscaling=SCALED)):
        ended = project.start("up", "--yes", "--skip-preview", manifest=text).ended()
        assert ended.status == 0, ended.explained()
        _has_no_noise(ended)
    assert "aws:dynamodb:GlobalSecondaryIndex orders-who imported" in ended.output
    assert "UpdateTable" not in looks.writes(cloud)


def test_garbage_is_collected_rarely_and_not_at_the_end(project: Project) -> None:
    project.begin_with(
        "import atexit, gc\n"
        "@atexit.register\n"
        "def show(): print('collector', gc.get_threshold()[0], gc.get_freeze_count() > 0)\n"
    )
    ended = project.preview(manifest())
    assert ended.status == 0, ended.explained()
    assert "collector 100000 True" in ended.output


def test_without_a_host_the_collection_of_garbage_stays_as_it_is() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()

    host.collect_rarely()

    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)
