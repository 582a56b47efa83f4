"""The command line as a user starts it."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

ROOT = Path(__file__).resolve().parent.parent

SLOW = (
    "tests/engine/",
    "tests/local/",
    "tests/pairs/",
    # They install packages.
    "tests/test_action.py::test_the_action_installs_and_validates",
    "tests/test_kratix_image.py::",
    "tests/test_pre_commit.py::test_pre_commit_installs_the_hook_and_runs_it",
    # They take long, and few changes concern them.
    "tests/adopt/test_adopt_created.py::",
    "tests/adopt/test_registered_states.py::",
    "tests/test_contributing.py::",
    "tests/test_dev.py::test_the_fast_and_the_slow_tests_together_are_all_tests",
    "tests/test_fuzz.py::test_every_manifest_of_the_repository_passes_the_fuzz_target",
    "tests/test_fuzz.py::test_four_times_the_input_is_about_four_times_the_work",
    "tests/test_jobs.py::test_twenty_thousand_files_with_one_error_each_are_reported",
)
"""The prefixes of the names of the tests that `./dev test fast` leaves out."""


def pytest_configure() -> None:
    """A shell that runs the tests in the background makes them ignore SIGINT, and with them every
    process that they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("drawn", "comparing what is drawn at random (tests/local, tests/pairs)")
    group.addoption(
        "--cases", type=int, default=2000, help="manifests for DynamoDB Local to judge (2000)"
    )
    group.addoption(
        "--pairs", type=int, default=300, help="changes to apply to the emulated AWS (300)"
    )
    group.addoption("--seed", type=int, default=1, help="which manifests and changes (1)")
    group = parser.getgroup("provider", "the AWS provider under the engine (tests/engine)")
    group.addoption(
        "--provider",
        choices=("stand-in", "real"),
        default="stand-in",
        help="which provider the tests use (stand-in); `./dev provider` builds the real",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the slow tests, before `-m` selects by the mark."""
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker("slow")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was judged, with which seed."""
    reports = (report for status in terminalreporter.stats.values() for report in status)
    judged: Counter[str] = Counter()
    for report in reports:
        if getattr(report, "when", None) == "call":
            judged.update(dict(report.user_properties))
    accepted, refused = judged["cases accepted"], judged["cases refused"]
    seed = terminalreporter.config.getoption("seed")
    if accepted + refused:
        terminalreporter.write_line(
            f"DynamoDB Local judged {accepted + refused:,} manifests as we do: "
            f"{accepted:,} accepted, {refused:,} refused (--seed {seed})"
        )
    allowed, refused = judged["pairs allowed"], judged["pairs refused"]
    if allowed + refused:
        terminalreporter.write_line(
            f"the emulated AWS applied {allowed + refused:,} changes as diff says: "
            f"{allowed:,} allowed, {refused:,} refused (--seed {seed})"
        )


class Planton(Protocol):
    def __call__(
        self, *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] = {}
    ) -> subprocess.CompletedProcess[bytes]: ...


@pytest.fixture
def planton(tmp_path: Path) -> Planton:
    """`python -m planton …` in its own folder."""

    def run(
        *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] = {}
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "planton", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run
