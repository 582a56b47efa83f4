"""Debugging the program: debug.sh sets a port, the program waits on it for a debugger."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedRWPair
from pathlib import Path

import pytest

from planton.resources.debugger import PORT_VARIABLE, DebuggerError, wait_for_debugger

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "debug.sh"
SECONDS = 30

PROGRAM = """
import os
from planton.resources.debugger import DebuggerError, wait_for_debugger
wait_for_debugger(os.environ)
print("program ran")
"""

FAKE_PULUMI = """#!/usr/bin/env bash
printf 'port %s\\n' "$PLANTON_DEBUG_PORT"
printf '<%s>\\n' "$@"
exit 3
"""


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True)
def fake_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the PATH, a `pulumi` that prints its port and its arguments and exits with 3."""
    command = tmp_path / "bin" / "pulumi"
    command.parent.mkdir()
    command.write_text(FAKE_PULUMI)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")


def run(
    *command: str | Path, port: int | str = "", cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, PORT_VARIABLE: str(port)}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_the_script_passes_on_the_port_all_arguments_and_the_exit_status(free_port: int) -> None:
    done = run(SCRIPT, "pulumi", "preview", "a b", "", "$x *", port=free_port)

    assert done.stdout == f"port {free_port}\n<preview>\n<a b>\n<>\n<$x *>\n"
    assert done.returncode == 3


def test_the_script_prints_on_stderr_where_and_how_to_attach(free_port: int) -> None:
    done = run(SCRIPT, "pulumi", "preview", port=free_port)

    assert f"will wait for a debugger on 127.0.0.1:{free_port}\n" in done.stderr
    assert ".vscode/launch.json" in done.stderr


def test_the_script_uses_the_default_port_or_the_next_free_one() -> None:
    done = run(SCRIPT, "pulumi", "preview", port="")

    assert port_of(done) in range(5678, 5778)


def test_a_port_in_use_is_replaced_by_a_free_one_and_reported(taken_port: int) -> None:
    done = run(SCRIPT, "pulumi", "preview", port=taken_port)

    assert port_of(done) > taken_port
    assert f"port {taken_port} is taken, so it is {port_of(done)}\n" in done.stderr


def test_the_script_works_from_any_folder_and_in_one_with_spaces(
    free_port: int, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "some folder" / "below"
    elsewhere.mkdir(parents=True)
    copy = shutil.copy(SCRIPT, elsewhere.parent / "debug.sh")

    absolute = run(copy, "pulumi", "up", port=free_port, cwd=elsewhere)
    relative = run("../debug.sh", "pulumi", "up", port=free_port, cwd=elsewhere)

    assert absolute.stdout == relative.stdout == f"port {free_port}\n<up>\n"


def test_a_call_without_arguments_is_a_usage_error() -> None:
    done = run(SCRIPT)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: ./debug.sh COMMAND [ARGUMENT...]\n")
    assert "by default 5678" in done.stderr


def test_help_is_not_an_error() -> None:
    done = run(SCRIPT, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ./debug.sh COMMAND [ARGUMENT...]\n")


def test_a_command_that_does_not_exist_is_named() -> None:
    done = run(SCRIPT, "no-such-command", "preview")

    assert done.returncode == 127
    assert done.stderr == (
        "debug.sh: no-such-command: command not found; is it installed and on the PATH?\n"
    )


@pytest.mark.parametrize("value", ["0", "65536", "5678x", "-1", "0x10", "08", " 5678"])
def test_the_script_refuses_an_invalid_port(value: str) -> None:
    done = run(SCRIPT, "pulumi", port=value)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"debug.sh: PLANTON_DEBUG_PORT must be a port number from 1 to 65535, not '{value}'\n"
    )


@pytest.mark.parametrize("environ", [{}, {PORT_VARIABLE: ""}])
def test_the_program_does_not_import_debugpy_without_a_port(
    environ: dict[str, str],
) -> None:
    code = (
        "import sys; from planton.resources.debugger import DebuggerError, wait_for_debugger; "
        f"wait_for_debugger({environ!r}); print('debugpy' in sys.modules)"
    )
    done = run(sys.executable, "-c", code)

    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize("value", ["x", "0", "-1", "65536", "5678 ", "5.0", "\N{SUPERSCRIPT TWO}"])
def test_an_invalid_port_is_reported(value: str) -> None:
    sentence = f"PLANTON_DEBUG_PORT must be a port number from 1 to 65535, not {value!r}"
    with pytest.raises(DebuggerError, match=f"^{re.escape(sentence)}$"):
        wait_for_debugger({PORT_VARIABLE: value})


def test_the_debugger_listens_on_localhost_and_is_announced_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    events: list[tuple[object, str]] = []
    debugpy = types.SimpleNamespace(
        listen=lambda address: events.append((address, capsys.readouterr().err)),
        wait_for_client=lambda: events.append(("wait", capsys.readouterr().err)),
    )
    monkeypatch.setitem(sys.modules, "debugpy", debugpy)

    wait_for_debugger({PORT_VARIABLE: "5678"})

    assert events == [
        (("127.0.0.1", 5678), ""),
        ("wait", "Waiting for debugger to attach (on port 5678)\n"),
    ]


def test_a_port_in_use_is_reported(taken_port: int) -> None:
    done = run(sys.executable, "-c", PROGRAM, port=taken_port)

    assert done.returncode == 1
    assert f"DebuggerError: PLANTON_DEBUG_PORT: cannot listen on port {taken_port}: " in done.stderr


def test_the_program_waits_until_a_debugger_is_attached(free_port: int) -> None:
    with waiting_program(free_port) as program, debugger(free_port) as attach_and_run:
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(timeout=0.5)

        attach_and_run()

        assert program.communicate(timeout=SECONDS)[0] == "program ran\n"
        assert program.returncode == 0


def test_the_choice_of_a_port_does_not_disturb_a_program_waiting_there(free_port: int) -> None:
    with waiting_program(free_port) as program:
        done = run(SCRIPT, "pulumi", port=free_port)
        assert f"port {free_port} is taken" in done.stderr

        with debugger(free_port) as attach_and_run:
            attach_and_run()
            assert program.communicate(timeout=SECONDS)[0] == "program ran\n"


def port_of(done: subprocess.CompletedProcess[str]) -> int:
    return int(done.stdout.splitlines()[0].removeprefix("port "))


@contextmanager
def waiting_program(port: int) -> Iterator[subprocess.Popen[str]]:
    """The program under debug.sh, from when it says that it waits; killed at the end."""
    with subprocess.Popen(
        [SCRIPT, sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, PORT_VARIABLE: str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        deadline = threading.Timer(SECONDS, program.kill)
        deadline.start()
        try:
            assert program.stderr is not None
            lines = iter(program.stderr.readline, "")
            assert f"Waiting for debugger to attach (on port {port})\n" in lines
            yield program
        finally:
            deadline.cancel()
            program.kill()


@contextmanager
def debugger(port: int) -> Iterator[Callable[[], None]]:
    """A client of the Debug Adapter Protocol; calling it attaches and lets the program run."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
        connection.makefile("rwb") as stream,
    ):

        def run_to_the_end() -> None:
            send(stream, 1, "initialize", {"adapterID": "test", "pathFormat": "path"})
            receive_until(stream, "response", "initialize")
            send(stream, 2, "attach", {"justMyCode": False})
            receive_until(stream, "event", "initialized")
            send(stream, 3, "configurationDone", {})
            receive_until(stream, "response", "attach")
            receive_until(stream, "event", "terminated")
            send(stream, 4, "disconnect", {})

        yield run_to_the_end


def send(stream: BufferedRWPair, sequence: int, command: str, arguments: dict[str, object]) -> None:
    message = {"seq": sequence, "type": "request", "command": command, "arguments": arguments}
    body = json.dumps(message).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stream.flush()


def receive_until(stream: BufferedRWPair, kind: str, name: str) -> None:
    while True:
        length = 0
        while (header := stream.readline()) != b"\r\n":
            assert header, f"the connection ended before the {name} {kind}"
            if header.startswith(b"Content-Length:"):
                length = int(header.partition(b":")[2])
        message = json.loads(stream.read(length))
        if (message["type"], message.get("event") or message.get("command")) == (kind, name):
            assert message.get("success", True), message
            return
