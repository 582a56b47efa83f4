"""The command line as a process: its exit statuses, its streams, and what it escapes."""

import argparse
import gc
import importlib
import io
import json
import os
import runpy
import subprocess
import sys
import types
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from planton import __version__
from planton.cli import parser as cli
from planton.reading.rules_files import RulesFinder
from tests.conftest import ROOT, Planton
from tests.corpus import REJECT, expected_text

GOOD = (ROOT / "hack" / "manifest.yaml").read_bytes()
BAD_CASE = REJECT / "several/every-level.yaml"
BAD = BAD_CASE.read_bytes()
CHANGED = GOOD.replace(b"attributeName: orderId", b"attributeName: shipBy").replace(
    b"    - name: orderId # sortable by time, such as a ULID\n      type: S\n", b""
)


def run_in_process(*arguments: str, stdin: bytes = b"") -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        return cli.main(arguments)


@pytest.mark.parametrize(
    ("arguments", "stdin", "status"),
    [
        (["validate", "-"], GOOD, 0),
        (["validate", "-"], BAD, 1),
        (["validate", "missing.yaml"], b"", 1),
        (["validate", "."], b"", 2),
        (["validate"], b"", 2),
        (["validate", "-", "--format", "yaml"], GOOD, 2),
        (["plan", "-"], GOOD, 0),
        (["plan", "-"], BAD, 1),
        (["plan", "."], b"", 1),
        (["plan"], b"", 2),
        (["plan", "-", "-"], GOOD, 2),
        (["diff", "-", "-"], GOOD, 2),
        (["diff", "-", "missing.yaml"], GOOD, 1),
        (["diff", "-"], GOOD, 2),
        ([], b"", 2),
        (["deploy"], b"", 2),
        (["--help"], b"", 0),
        (["validate", "--help"], b"", 0),
    ],
)
def test_the_exit_status_shows_the_result(
    arguments: list[str], stdin: bytes, status: int, planton: Planton
) -> None:
    done = planton(*arguments, stdin=stdin)

    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_the_version_is_printed(planton: Planton) -> None:
    done = planton("--version")

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"planton {__version__}\n".encode(),
        b"",
    )


def test_a_usage_error_is_explained_on_standard_error(planton: Planton) -> None:
    done = planton("deploy")

    assert done.stdout == b""
    assert b"usage: planton" in done.stderr
    assert b"'deploy'" in done.stderr


def test_validate_prints_findings_on_standard_output(planton: Planton) -> None:
    done = planton("validate", "-", stdin=BAD)
    message = expected_text(BAD_CASE).replace(BAD_CASE.name, "<stdin>")

    assert done.stdout.decode() == (
        f"{message}\n1 file: 0 valid, 1 invalid; 21 errors\nfor details: planton explain CODE\n"
    )
    assert done.stderr == b""


def test_plan_prints_findings_on_standard_error(planton: Planton) -> None:
    done = planton("plan", "-", stdin=BAD)

    assert done.stdout == b""
    assert done.stderr.decode() == expected_text(BAD_CASE).replace(BAD_CASE.name, "<stdin>")


def test_plan_prints_warnings_on_standard_error(planton: Planton) -> None:
    done = planton("plan", "-", stdin=GOOD + b"  region:\n")

    assert done.returncode == 0
    assert done.stdout.startswith(b"table orders in the region of the AWS provider\n")
    assert done.stderr.startswith(b"<stdin>:47:3: warning[empty-value]: 'region' has no value")


def test_findings_are_json_if_the_format_is_json(planton: Planton) -> None:
    done = planton("plan", "--format", "json", "-", stdin=BAD)

    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr, found["valid"]) == (1, b"", False)
    assert [(d["line"], d["code"]) for d in found["diagnostics"]][:2] == [
        (1, "api-version"),
        (2, "kind"),
    ]
    assert set(found["diagnostics"][0]) == {
        "file", "severity", "code", "message", "path", "line", "column", "endLine", "endColumn",
        "help",
    }  # fmt: skip


def test_plan_reads_a_stack_input_and_uses_its_region(planton: Planton) -> None:
    indented = b"".join(b"  " + line + b"\n" for line in GOOD.splitlines())
    stack_input = b"provider_config: {region: eu-north-1}\ntarget:\n" + indented

    assert planton("plan", "-", stdin=stack_input).stdout.startswith(
        b"table orders in eu-north-1\n"
    )


def test_at_most_a_mebibyte_of_standard_input_is_read(planton: Planton) -> None:
    done = planton("validate", "-", stdin=b"#" * 50_000_000)

    assert done.returncode == 1
    assert done.stdout.startswith(b"<stdin>: error[too-large]: the file must have")


def test_a_huge_file_is_refused_unread(planton: Planton, tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(50_000_000)

    assert planton("validate", "huge.yaml").stdout.startswith(b"huge.yaml: error[too-large]")


def test_diff_shows_what_a_change_does(planton: Planton, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_bytes(GOOD)
    assert CHANGED.count(b"orderId") == 0

    same = planton("diff", "old.yaml", "-", stdin=GOOD)
    lost = planton("diff", "old.yaml", "-", stdin=CHANGED)
    data = planton("diff", "--format", "json", "old.yaml", "-", stdin=CHANGED)

    assert (same.returncode, same.stdout) == (0, b"no change\n")
    assert lost.returncode == data.returncode == 3
    assert b"keySchema" in lost.stdout
    assert json.loads(data.stdout)["changes"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("arguments", [["validate", "-"], ["plan", "-"]])
def test_characters_that_the_terminal_cannot_show_are_escaped(
    encoding: str, arguments: list[str], planton: Planton
) -> None:
    wide = (REJECT / "several/wide-characters.yaml").read_bytes()
    done = planton(*arguments, stdin=wide, environ={"PYTHONIOENCODING": encoding})

    shown = "順序" if encoding == "utf-8" else r"\u9806\u5e8f"
    assert done.returncode == 1
    assert f"attribute '{shown}' is defined".encode() in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr


def test_file_names_are_escaped_for_the_terminal(planton: Planton, tmp_path: Path) -> None:
    (tmp_path / "\x1b[31m.yaml").write_bytes(BAD)

    done = planton("validate", ".")

    assert done.returncode == 1
    assert b"\x1b" not in done.stdout


def test_a_file_name_that_is_not_utf_8_is_printed_escaped(planton: Planton, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.yaml")).write_bytes(BAD)

    done = planton("validate", ".", "--format", "json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["files"][0]["file"] == "./\udcff.yaml"
    assert planton("validate", ".").stdout.startswith(rb"./\udcff.yaml:1:13: error")


@pytest.mark.parametrize(
    "arguments", [["validate", "."], ["validate", "--format", "json", "."], ["plan", "a.yaml"]]
)
def test_a_closed_pipe_ends_the_command_without_a_message(
    arguments: list[str], tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_bytes(GOOD)
    for number in range(20):
        (tmp_path / f"b{number}.yaml").write_bytes(BAD)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "planton", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
            stdout=closed,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert (done.returncode, done.stderr) == (1, b"")


# In this process, where coverage sees it


def test_each_command_receives_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_in_process("validate", "-", stdin=GOOD) == 0
    assert run_in_process("plan", "-", stdin=GOOD) == 0
    other = str(ROOT / "examples" / "key-value.yaml")
    assert run_in_process("diff", other, "-", stdin=GOOD) == 3
    assert run_in_process("diff", "-", "-", stdin=GOOD) == 2
    assert run_in_process("diff", "--format", "json", "-", "missing", stdin=GOOD) == 1

    out, _ = capsys.readouterr()
    assert out.startswith("1 file: 1 valid\ntable orders in ")
    assert '"code": "unreadable"' in out


def test_findings_before_a_plan_go_to_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_in_process("plan", "-", stdin=BAD) == 1
    refused = capsys.readouterr()
    assert run_in_process("plan", "-", stdin=GOOD + b"  region:\n") == 0
    warned = capsys.readouterr()

    assert (refused.out, refused.err.count("error[")) == ("", 21)
    assert (warned.out[:12], warned.err.count("warning[")) == ("table orders", 1)


def test_a_change_that_loses_data_has_its_own_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.yaml"
    old.write_bytes(GOOD)

    assert run_in_process("diff", str(old), "-", stdin=CHANGED) == 3
    assert run_in_process("diff", str(old), "-", "--format", "json", stdin=CHANGED) == 3
    assert "keySchema" in capsys.readouterr().out


def test_rehearse_receives_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, bytes, str, str | None]] = []
    times: list[datetime] = []

    def rehearse_command(
        path: str,
        stdin: bytes,
        format: str,
        *,
        now: datetime,
        find_rules: object,
        config: str | None,
    ) -> int:
        seen.append((path, stdin, format, config))
        times.append(now)
        assert isinstance(find_rules, RulesFinder)
        return 1

    command = types.ModuleType("planton.cli.rehearse")
    monkeypatch.setattr(command, "rehearse_command", rehearse_command, raising=False)
    monkeypatch.setitem(sys.modules, "planton.cli.rehearse", command)

    assert run_in_process("rehearse", "-", "--format", "yaml", stdin=GOOD) == 1
    assert run_in_process("rehearse", "a.yaml", "--config", "r.yaml", stdin=GOOD) == 1
    assert seen == [("-", GOOD, "yaml", None), ("a.yaml", b"", "text", "r.yaml")]
    assert abs(datetime.now(timezone.utc) - min(times)) < timedelta(minutes=1)


def test_a_broken_pipe_is_exit_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as broken:
        monkeypatch.setattr(sys, "stdout", broken)

        assert run_in_process("plan", "-", stdin=GOOD) == 1


def test_an_interruption_is_exit_status_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("planton.cli.plan.plan_command", interrupt)

    assert run_in_process("plan", "-", stdin=GOOD) == 130
    assert capsys.readouterr().err == "planton: interrupted\n"


@pytest.mark.parametrize("command", cli._COMMANDS)
def test_a_command_is_the_same_alone_and_among_all(command: str) -> None:
    def options(parser: argparse.ArgumentParser) -> str:
        (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
        return str(commands.choices[command].format_help())

    assert options(cli._parser([command])) == options(cli._parser([]))


def test_the_module_and_the_installed_script_are_the_same_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["planton", "validate", str(ROOT / "hack" / "manifest.yaml")])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("planton", run_name="__main__")
    with pytest.raises(SystemExit) as installed:
        importlib.import_module("planton.__main__").run()
    gc.unfreeze()

    assert (ended.value.code, installed.value.code) == (0, 0)


def test_of_uncaught_exceptions_only_an_interrupt_is_not_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Imported under its own name, the module could not be run as a program any more.
    show = runpy.run_path(str(ROOT / "planton" / "__main__.py"), run_name="module")["_show"]
    for error, shown in ((KeyboardInterrupt(), ""), (ValueError("x"), "ValueError: x\n")):
        show(type(error), error, None)
        assert capsys.readouterr().err == shown


INTERRUPTED = """\
import sys

class Interrupted:
    def find_spec(self, name, *_):
        if name == {module!r}:
            raise {error}

sys.meta_path.insert(0, Interrupted())
sys.argv = ["planton", "validate", {manifest!r}]
from planton.__main__ import run
run()
"""


@pytest.mark.parametrize(
    ("module", "interrupted"), [("planton.cli.parser", -2), ("planton.cli.validate", 130)]
)
def test_ctrl_c_ends_a_command_without_a_stack_trace(module: str, interrupted: int) -> None:
    """While the command line itself is imported, the process ends by the signal."""
    manifest = str(ROOT / "hack" / "manifest.yaml")
    for error, status, is_shown in (
        ("KeyboardInterrupt", interrupted, False),
        ("ValueError", 1, True),
    ):
        script = INTERRUPTED.format(module=module, manifest=manifest, error=error)
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "Traceback" in done.stderr) == (status, is_shown)


WARNED = GOOD + b"  region:\n"


@pytest.mark.parametrize(
    ("options", "status", "shown"),
    [
        ([], 0, 1),
        (["--strict"], 1, 1),
        (["--ignore", "empty-value"], 0, 0),
        (["--strict", "--ignore", "empty-value"], 0, 0),
        (["--strict", "--ignore", "ttl-type"], 1, 1),
        (["--strict", "--ignore", "ttl-type", "--ignore", "empty-value"], 0, 0),
        (["--strict", "--ignore", "ttl-type, empty-value,"], 0, 0),
        (["--strict", "--ignore", ""], 1, 1),
    ],
    ids=str,
)
def test_a_run_can_be_strict_and_can_ignore_warnings(
    options: list[str], status: int, shown: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_in_process("validate", "-", *options, stdin=WARNED) == status
    assert capsys.readouterr().out.count("warning[") == shown


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ("ttl_typ", "'ttl_typ' is not a warning code: did you mean 'ttl-type'?"),
        ("ttl-type,enum", "'enum' is not a warning code: the warning codes are admin-access, "),
    ],
)
def test_ignoring_an_unknown_warning_is_a_usage_error(
    codes: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_in_process("validate", "-", "--ignore", codes, stdin=WARNED)
    captured = capsys.readouterr()

    assert (ended.value.code, captured.out) == (2, "")
    assert f"planton validate: error: argument --ignore: {message}" in captured.err


def test_named_files_of_other_kinds_can_be_skipped() -> None:
    foreign = b"kind: ConfigMap\n"

    assert run_in_process("validate", "-", stdin=foreign) == 1
    assert run_in_process("validate", "-", "--skip-foreign", stdin=foreign) == 0
    assert run_in_process("validate", "-", "--skip-foreign", stdin=BAD) == 1


def test_a_file_can_be_named_like_an_option(planton: Planton, tmp_path: Path) -> None:
    (tmp_path / "--format.yaml").write_bytes(GOOD)

    assert planton("validate", "--", "--format.yaml").stdout == b"1 file: 1 valid\n"
    assert planton("validate", "./--format.yaml").stdout == b"1 file: 1 valid\n"
    assert planton("validate", "--strict", "--", "--format.yaml", "-").returncode == 1


def test_validate_succeeds_in_every_format() -> None:
    for format in cli.VALIDATE_FORMATS:
        assert run_in_process("validate", "-", "--format", format, stdin=GOOD) == 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "shown"),
    [
        ([], GOOD, 0, ""),
        ([], WARNED, 0, "<stdin>:47:3: warning[empty-value]"),
        ([], BAD, 1, "<stdin>:1:13: error[api-version]"),
        (["--to", "v1alpha1"], GOOD, 1, "error["),
        (["--region", "Frankfurt"], GOOD, 2, "'Frankfurt' is not the name of an AWS region"),
    ],
    ids=str,
)
def test_convert_prints_findings_on_standard_error(
    arguments: list[str],
    stdin: bytes,
    status: int,
    shown: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_in_process("convert", "-", *arguments, stdin=stdin) == status
    out, err = capsys.readouterr()

    assert shown in err
    assert bool(out) is (status == 0)


@pytest.mark.parametrize(
    "arguments", [("diff", "-", "x.yaml"), ("convert", "-"), ("render", "ack", "-")]
)
def test_commands_for_manifests_refuse_requests(
    planton: Planton, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    request = (ROOT / "promise" / "requests" / "simple-users-table.yaml").read_bytes()
    (tmp_path / "x.yaml").write_bytes((ROOT / "hack" / "manifest.yaml").read_bytes())

    done = planton(*arguments, stdin=request)

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().startswith(
        "<stdin>: error[kind]: kind must be 'AwsDynamodb' here, got 'DynamoDBRequest'\n"
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("manifest", "status"), [(GOOD, 0), (BAD, 1)], ids=["good", "bad"])
def test_a_closed_stream_changes_no_status_and_leaves_no_traceback(
    closed: str, manifest: bytes, status: int, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_bytes(manifest)
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m planton validate x.yaml {closed}', sys.executable],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, b"Traceback" in done.stderr) == (status, False)


def test_a_command_without_standard_output_keeps_its_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    assert run_in_process("validate", "-", stdin=BAD) == 1
    sys.stdout.close()
