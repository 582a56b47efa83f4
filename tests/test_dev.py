"""What `./dev lint`, `fix` and `test` run, and how they announce tests that will be skipped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, SLOW
from tools import dev, dynamodb_local, engine, kubernetes, real_provider, skips, yaml_server
from tools.go_tool import GoTool

Runs = list[tuple[str, ...]]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """The arguments of each Python that a command starts; none is really started."""
    started: Runs = []
    _pretend(monkeypatch, started, fails=lambda _: False)
    return started


def _pretend(
    monkeypatch: pytest.MonkeyPatch, started: Runs, *, fails: Callable[[tuple[str, ...]], bool]
) -> None:
    def run(interpreter: Path, *arguments: str, cwd: Path | None = None) -> int:
        assert (interpreter, cwd) == (Path("python"), ROOT)
        started.append(arguments)
        return 3 if fails(arguments) else 0

    monkeypatch.setattr(dev, "python", lambda _: Path("python"))
    monkeypatch.setattr(dev, "run", run)
    monkeypatch.setattr(dev, "say_what_is_skipped", lambda *, fast: started.append((f"{fast=}",)))


def _tools(runs: Runs) -> list[str]:
    """The purpose of each run, in a word or two."""
    return [
        next((word for word in WORDS if word in " ".join(arguments)), str(arguments))
        for arguments in runs
    ]


WORDS = ("ruff format", "ruff check", "mypy", "importlinter", "-m not slow", "-m slow", "fast=")
CHECKS = ["ruff format", "ruff check", "mypy", "importlinter"]


# What runs


@pytest.mark.parametrize("failing", CHECKS)
def test_lint_runs_every_check_even_if_one_fails(
    failing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs: Runs = []
    _pretend(monkeypatch, runs, fails=lambda arguments: failing in " ".join(arguments))

    assert dev.main(["lint"]) == 1
    assert _tools(runs) == CHECKS
    name = dict(zip(CHECKS, ("format", "lint", "types", "imports"), strict=True))[failing]
    assert capsys.readouterr().err.splitlines()[-1] == f"dev: failed: {name}"


def test_lint_succeeds_if_every_check_does(runs: Runs) -> None:
    assert dev.main(["lint"]) == 0
    assert _tools(runs) == CHECKS


def test_lint_changes_no_file(runs: Runs) -> None:
    dev.main(["lint"])

    assert "--check" in runs[0]
    assert [arguments for arguments in runs if "--fix" in arguments] == []


def test_fix_repairs_before_it_formats(runs: Runs) -> None:
    assert dev.main(["fix"]) == 0
    assert runs == [
        ("-m", "ruff", "check", "--fix", "--quiet", "."),
        ("-m", "ruff", "format", "--quiet", "."),
    ]


def test_fix_formats_and_fails_if_the_linter_cannot_repair_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs: Runs = []
    _pretend(monkeypatch, runs, fails=lambda arguments: "check" in arguments)

    assert dev.main(["fix"]) == 3
    assert _tools(runs) == ["ruff check", "ruff format"]


def test_test_first_lists_what_it_skips_and_runs_the_slow_tests_last(
    runs: Runs,
) -> None:
    assert dev.main(["test"]) == 0
    assert _tools(runs) == ["fast=", *CHECKS, "-m not slow", "-m slow"]
    assert runs[0] == ("fast=False",)


def test_only_the_last_part_checks_the_coverage_of_both(runs: Runs) -> None:
    dev.main(["test"])
    fast, slow = runs[-2:]

    assert [argument for argument in fast if "cov" in argument] == [
        "--cov", "--cov-report=", "--cov-fail-under=0",
    ]  # fmt: skip
    assert [argument for argument in slow if "cov" in argument] == ["--cov", "--cov-append"]


@pytest.mark.parametrize(
    ("failing", "ran"),
    [
        ("mypy", ["fast=", *CHECKS]),
        ("-m not slow", ["fast=", *CHECKS, "-m not slow"]),
        ("-m slow", ["fast=", *CHECKS, "-m not slow", "-m slow"]),
    ],
)
def test_test_stops_after_the_part_that_fails(
    failing: str, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: Runs = []
    _pretend(monkeypatch, runs, fails=lambda arguments: failing in " ".join(arguments))

    assert dev.main(["test"]) != 0
    assert _tools(runs) == ran


def test_test_fast_runs_only_the_fast_tests_without_coverage(runs: Runs) -> None:
    assert dev.main(["test", "fast", "-k", "ttl"]) == 0
    assert runs == [
        ("fast=True",),
        ("-m", "pytest", "-n", "auto", "-q", "-m", "not slow", "-k", "ttl"),
    ]


def test_further_arguments_go_to_pytest(runs: Runs) -> None:
    assert dev.main(["test", "tests/test_rules.py", "-k", "ttl"]) == 0
    assert runs == [("-m", "pytest", "tests/test_rules.py", "-k", "ttl")]


# The two parts


def test_the_fast_and_the_slow_tests_together_are_all_tests() -> None:
    (fast, total), (slow, _) = _collected(*dev.FAST_TESTS), _collected(*dev.SLOW_TESTS)

    assert fast & slow == set()
    assert len(fast | slow) == total
    assert slow == {name for name in fast | slow if name.startswith(SLOW)}
    assert [start for start in SLOW if not any(name.startswith(start) for name in slow)] == []


def _collected(*arguments: str) -> tuple[set[str], int]:
    """The names of the tests that are selected, and the number of all tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
         *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    *names, _, summary = done.stdout.splitlines()
    selected, total = re.findall(r"^(\d+)/(\d+) tests collected", summary)[0]
    assert len(set(names)) == int(selected)
    return set(names), int(total)


# What is skipped


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that lacks nothing."""
    for tool in (engine, real_provider, dynamodb_local):
        monkeypatch.setattr(tool, "find", lambda: tmp_path)
    monkeypatch.setattr(dynamodb_local, "require_java", lambda: None)
    monkeypatch.setattr(yaml_server, "require_node", lambda: None)
    monkeypatch.setattr(GoTool, "find", lambda _: tmp_path)
    monkeypatch.setattr(kubernetes, "CRDS", tmp_path)
    monkeypatch.setattr(skips, "PYTHON", (3, 11))


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("fast", [True, False])
def test_nothing_is_skipped_if_every_tool_is_present(
    fast: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.say_what_is_skipped(fast=fast)

    assert capsys.readouterr().err == "dev: no tests will be skipped for lack of a tool\n"


@pytest.mark.usefixtures("everything")
def test_each_missing_tool_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for tool in (engine, real_provider, dynamodb_local):
        monkeypatch.setattr(tool, "find", lambda: None)
    monkeypatch.setattr(GoTool, "find", lambda _: None)
    monkeypatch.setattr(yaml_server, "require_node", _no_node)
    monkeypatch.setattr(skips, "PYTHON", (3, 10))
    kubernetes_tools = [
        "dev: will skip rendered objects as an API server validates them: no kubectl-validate: "
        "`./dev kubernetes` builds it (needs Go)",
        "dev: will skip rendered definitions as kro checks them: no kro-check: "
        "`./dev kubernetes` builds it (needs Go)",
        "dev: will skip updates of requests: no crd-check: `./dev kubernetes` builds it (needs Go)",
        "dev: will skip the KubeVela definition: no cue: `./dev kubernetes` builds it (needs Go)",
        "dev: will skip the schema in an editor: no node",
        "dev: will skip SARIF logs checked against their schema: the package with the SARIF "
        "schema needs Python 3.11",
    ]

    dev.say_what_is_skipped(fast=False)
    assert capsys.readouterr().err.splitlines() == [
        "dev: will skip the program under the Pulumi engine: no Pulumi engine: "
        "`./dev engine` builds it (needs Go)",
        "dev: will skip the stand-in compared with the real AWS provider: no Pulumi engine: "
        "`./dev engine` builds it (needs Go)",
        "dev: will skip our verdicts compared with those of DynamoDB Local: no DynamoDB Local: "
        "`./dev local` fetches it (needs a JDK and Maven)",
        *kubernetes_tools,
    ]
    dev.say_what_is_skipped(fast=True)
    assert capsys.readouterr().err.splitlines() == kubernetes_tools


def _no_node() -> None:
    raise yaml_server.ServerError("no node")


@pytest.mark.usefixtures("everything")
def test_a_missing_provider_is_named_if_there_is_an_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(real_provider, "find", lambda: None)

    assert list(skips.skipped(fast=False)) == [
        "the stand-in compared with the real AWS provider: no real AWS provider: "
        "`./dev provider` builds it around terraform-provider-aws"
    ]


@pytest.mark.usefixtures("everything")
def test_a_java_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_old() -> None:
        raise dynamodb_local.LocalError("DynamoDB Local needs a JDK")

    monkeypatch.setattr(dynamodb_local, "require_java", too_old)

    assert list(skips.skipped(fast=False)) == [
        "our verdicts compared with those of DynamoDB Local: DynamoDB Local needs a JDK"
    ]


@pytest.mark.usefixtures("everything")
def test_a_missing_folder_of_crds_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missing = tmp_path / "none"
    monkeypatch.setattr(kubernetes, "CRDS", missing)
    reason = f"no CRDs in {missing}: set the variable CRDS to their folder"

    assert list(skips.skipped(fast=True)) == [
        f"rendered objects as an API server validates them: {reason}",
        f"rendered definitions as kro checks them: {reason}",
    ]


def test_skipped_tests_are_listed_before_anything_is_installed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", "from tools.skips import skipped; list(skipped(fast=False))"],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
