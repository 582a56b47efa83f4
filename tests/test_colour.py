"""Text is coloured on a terminal, and elsewhere only on request."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from planton.cli import colour
from planton.diagnostics.diagnostic import Diagnostic, Source, Span, render
from tests.conftest import ROOT, Planton

MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  region:
"""
COLOURED = """\
a.yaml:5:16: \x1b[1;31merror[enum]\x1b[0m: 'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST'
\x1b[2m    5 |\x1b[0m   billingMode: PAY
\x1b[2m      |\x1b[0m                \x1b[1;31m^^^\x1b[0m
\x1b[2m  spec.billingMode\x1b[0m

a.yaml:8:3: \x1b[33mwarning[empty-value]\x1b[0m: 'region' has no value, so it counts as absent
\x1b[2m    8 |\x1b[0m   region:
\x1b[2m      |\x1b[0m   \x1b[33m^^^^^^\x1b[0m
\x1b[2m  spec.region\x1b[0m
  help: give it a value or remove the key, and check that the lines below it are indented
"""
PLAIN = {"NO_COLOR": "", "FORCE_COLOR": "", "CLICOLOR_FORCE": "", "CLICOLOR": "", "TERM": "xterm"}


def on_a_terminal(folder: Path, *arguments: str, stream: str, **environ: str) -> str:
    """What a command prints if one of its streams is a terminal; the other is discarded."""
    controller, terminal = pty.openpty()
    at_terminal = stream == "stdout"
    with subprocess.Popen(
        [sys.executable, "-m", "planton", *arguments],
        cwd=folder,
        env={**os.environ, **PLAIN, "PYTHONPATH": str(ROOT), **environ},
        stdin=subprocess.DEVNULL,
        stdout=terminal if at_terminal else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if at_terminal else terminal,
    ):
        os.close(terminal)
        output = b""
        while True:
            try:
                data = os.read(controller, 65536)
            except OSError:  # how a terminal ends on Linux
                data = b""
            if not data:
                break
            output += data
    os.close(controller)
    return output.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("arguments", "stream"),
    [
        (["validate", "a.yaml"], "stdout"),
        (["plan", "a.yaml"], "stderr"),
        (["diff", "a.yaml", "b.yaml"], "stderr"),
        (["convert", "a.yaml"], "stderr"),
        (["rehearse", "a.yaml"], "stderr"),
    ],
    ids=" ".join,
)
def test_findings_are_coloured_on_a_terminal(
    arguments: list[str], stream: str, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)
    (tmp_path / "b.yaml").write_text(MANIFEST.replace("  region:\n", "").replace("PAY", "PAID"))

    assert on_a_terminal(tmp_path, *arguments, stream=stream).startswith(COLOURED)


def test_warnings_of_a_plan_are_coloured_by_their_own_stream(tmp_path: Path) -> None:
    good = MANIFEST.replace("PAY", "PAY_PER_REQUEST")
    (tmp_path / "a.yaml").write_text(good)

    for command in ("plan", "convert"):
        output = on_a_terminal(tmp_path, command, "a.yaml", stream="stderr")
        assert output.startswith("a.yaml:8:3: \x1b[33mwarning[empty-value]\x1b[0m: ")
    assert "\x1b" not in on_a_terminal(tmp_path, "plan", "a.yaml", stream="stdout")


@pytest.mark.parametrize("format", ["json", "sarif", "github"])
def test_machine_readable_output_is_never_coloured(format: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)

    output = on_a_terminal(
        tmp_path, "validate", "a.yaml", "--format", format, stream="stdout", FORCE_COLOR="1"
    )

    assert "PAY" in output
    assert "\x1b" not in output


@pytest.mark.parametrize("environ", [{"NO_COLOR": "0"}, {"TERM": "dumb"}], ids=str)
def test_colour_can_be_turned_off_on_a_terminal(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)

    output = on_a_terminal(tmp_path, "validate", "a.yaml", stream="stdout", **environ)

    assert output.startswith("a.yaml:5:16: error[enum]: ")
    assert "\x1b" not in output


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
    ids=str,
)
def test_a_pipe_gets_colour_only_if_it_is_forced(
    environ: dict[str, str], coloured: bool, planton: Planton
) -> None:
    done = planton("validate", "-", stdin=MANIFEST.encode(), environ={**PLAIN, **environ})

    assert (b"\x1b" in done.stdout) is coloured


class Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("environ", "piped", "terminal"),
    [
        ({}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": "false"}, False, False),
        ({"NO_COLOR": ""}, False, True),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "true"}, True, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "false"}, False, False),
        ({"FORCE_COLOR": ""}, False, True),
        ({"FORCE_COLOR": "0", "CLICOLOR_FORCE": "1"}, False, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, False, True),
        ({"CLICOLOR": "0"}, False, False),
        ({"CLICOLOR": "1"}, False, True),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, False, False),
    ],
)
def test_the_environment_decides_before_the_stream(
    environ: Mapping[str, str], piped: bool, terminal: bool
) -> None:
    assert colour.wanted(Stream(False), environ) is piped
    assert colour.wanted(Stream(True), environ) is terminal


def test_coloured_text_without_its_colours_is_the_plain_text() -> None:
    source = Source("a.yaml", MANIFEST)
    found = [
        Diagnostic(code="enum", message="m", source=source, span=Span(5, 16, 5, 19), path="spec.x"),
        Diagnostic(code="ttl-type", message="m", source=source, help="h"),
    ]
    coloured = render(found, colour=True)
    for style in ("\x1b[1;31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"):
        assert style in coloured
        coloured = coloured.replace(style, "")

    assert coloured == render(found)
