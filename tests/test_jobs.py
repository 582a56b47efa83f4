"""Several processes check many files: the output is that of one, and none of them stays behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, cast

import pytest

from planton.cli import processes, validate
from planton.cli.cores import usable_cores
from planton.cli.parser import VALIDATE_FORMATS, main
from planton.cli.processes import CHUNK, Processes, ProcessLost
from planton.diagnostics.diagnostic import Source
from planton.reading.listing import File
from planton.reading.report import Report
from planton.reading.rules_files import RulesFinder
from tests.conftest import ROOT
from tests.corpus import ACCEPT, REJECT, cases

GOOD = (ROOT / "hack" / "manifest.yaml").read_text()
BAD = GOOD.replace("billingMode: PAY_PER_REQUEST", "billingMode: PAY")
RULES = """\
severity: {recovery-off: error}
profiles: [{name: fsbp}]
rules:
  - {id: names, require: {spec.tableName: {matches: "acme-.*"}}}
"""
WRONG_RULES = "rules:\n  - {id: x, bogus: 1}\nseverity: {nope: error}\n"


def write(folder: Path, count: int, text: Callable[[int], str]) -> Path:
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"{number:05}.yaml").write_text(text(number))
    return folder


def named(number: int) -> str:
    return GOOD.replace("name: orders", f"name: orders-{number}", 1)


def with_an_error(number: int) -> str:
    return BAD.replace("name: orders", f"name: orders-{number}", 1)


# The output


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that a folder can contain, in several chunks, under two sets of rules."""
    folder = tmp_path_factory.mktemp("tree")
    (folder / ".git").mkdir()
    (folder / "planton.yaml").write_text(RULES)
    for number, case in enumerate([*cases(REJECT), *cases(ACCEPT)][::4]):
        inner = folder / "fleet" / f"{number % 7}"
        inner.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(case, inner / f"{number:04}.yaml")
    for number in (1, 4):
        (folder / "fleet" / str(number) / "planton.yaml").write_text(WRONG_RULES)
    odd = folder / "fleet" / "odd"
    odd.mkdir()
    os.mkfifo(odd / "pipe.yaml")
    (odd / "broken.yaml").symlink_to("missing.yaml")
    (odd / "link.yaml").symlink_to("../0/0000.yaml")
    (odd / "bytes.yaml").write_bytes(b"# AwsDynamodb \xff\n")
    (odd / "empty.yaml").write_bytes(b"")
    (odd / os.fsdecode(b"\xff\x1b.yaml")).write_text(BAD)
    (folder / "none").mkdir()
    return folder


def validated(folder: Path, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
    """The exit status, standard output and standard error of `planton validate`."""
    done = subprocess.run(
        [sys.executable, "-m", "planton", "validate", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("format", VALIDATE_FORMATS)
@pytest.mark.parametrize(
    ("paths", "status"),
    [
        (["fleet"], 1),
        (["--strict", "--skip-foreign", "fleet/odd/link.yaml", "-", "fleet", "missing", "."], 1),
        (["--config", "planton.yaml", "/dev/stdin", "fleet/1/planton.yaml", "fleet/2"], 1),
        (["none"], 2),
    ],
)
def test_the_output_is_that_of_one_process(
    format: str, paths: list[str], status: int, tree: Path
) -> None:
    one, several = (
        validated(tree, "--format", format, jobs, *paths, stdin=GOOD)
        for jobs in ("--jobs=1", "--jobs=3")
    )

    assert several == one
    assert one[0] == status


def test_one_broken_file_among_a_thousand_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a", 1000, lambda n: with_an_error(n) if n == 617 else named(n))

    status, out, err = validated(tmp_path, "--jobs", "2", "a")

    assert (status, out.splitlines()[0], err) == (
        1,
        "a/00617.yaml:12:16: error[enum]: 'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST'",
        "",
    )
    assert out.endswith(
        "\n\n1000 files: 999 valid, 1 invalid; 1 error\nfor details: planton explain CODE\n"
    )


def test_twenty_thousand_files_with_one_error_each_are_reported(tmp_path: Path) -> None:
    write(tmp_path / "a", 20_000, with_an_error)

    one, several = (validated(tmp_path, jobs, "a") for jobs in ("--jobs=1", "--jobs=2"))

    assert several == one
    assert (one[0], one[1].count("error[enum]"), one[2]) == (1, 20_000, "")


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("plain.yaml", False),
        ("link.yaml", False),
        ("redirected.yaml", True),  # what /proc/self/fd/0 leads to
        ("pipe.yaml", True),
        ("missing.yaml", True),
        ("\0.yaml", True),
        ("/dev/null", True),
    ],
)
def test_only_a_file_on_a_disk_is_left_to_another_process(
    path: str, stays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("plain.yaml", "redirected.yaml"):
        Path(name).write_text(GOOD)
    Path("link.yaml").symlink_to("plain.yaml")
    os.mkfifo("pipe.yaml")
    stdin = os.stat("redirected.yaml")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", lambda _: stdin)
        found = validate._stays(File(path)), validate._stays(Report(path, (), 0, 0))

    assert found == (stays, False)


def test_without_standard_input_every_file_can_be_left_to_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: int) -> Any:
        raise OSError(9, "Bad file descriptor")

    (tmp_path / "a.yaml").write_text(GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", closed)
        stays = validate._stays(File(str(tmp_path / "a.yaml")))

    assert not stays


def test_another_process_finds_the_same_rules(tmp_path: Path) -> None:
    """Compiled expressions cannot be pickled, so the rules are compiled there."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "planton.yaml").write_text(RULES)
    finder = RulesFinder([("--config", Source("config", RULES))])
    path = str(tmp_path / "a.yaml")
    expected = finder(path).files
    finder._found[("compiled",)] = cast("Any", lambda: None)

    here, there = Pipe()
    here.send(finder)
    assert there.recv()(path).files == expected


# How many processes


@pytest.mark.parametrize("jobs", ["0", "-1", "61", "10000", "abc", "1_0", "٣", "", "9" * 5000])
def test_an_invalid_number_of_processes_is_refused(
    jobs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["validate", f"--jobs={jobs}", "."])

    shown = f"{jobs[:59]}…" if len(jobs) > 60 else jobs
    message = f"argument --jobs: expected an integer between 1 and 60, got '{shown}'\n"
    assert (ended.value.code, capsys.readouterr().err.endswith(message)) == (2, True)


@pytest.mark.parametrize(
    ("files", "options", "jobs"),
    [(3, [], []), (4, [], [2]), (4, ["--jobs=1"], []), (1, ["--jobs=5"], [5])],
)
def test_many_files_are_checked_by_all_cores_unless_a_number_is_set(
    files: int,
    options: list[str],
    jobs: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started: list[int] = []

    class Recorded(Processes[Any, Any]):
        def __init__(self, begin: Any, jobs: int, _: Any) -> None:
            started.append(jobs)
            super().__init__(begin, jobs, stays=lambda _: True)

    monkeypatch.setattr(validate, "MANY", 3)
    monkeypatch.setattr(processes, "Processes", Recorded)
    monkeypatch.setattr("planton.cli.cores.usable_cores", lambda: 2)
    write(tmp_path / "a", files, named)

    assert main(["validate", *options, str(tmp_path / "a")]) == 0

    plural = "s" if files > 1 else ""
    assert (capsys.readouterr().out, started) == (f"{files} file{plural}: {files} valid\n", jobs)


def test_the_quota_of_a_container_limits_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8, raising=False)

    def cores(**files: str) -> int:
        for name, text in files.items():
            file = tmp_path / name.replace("__", "/").replace("_max", ".max").replace("cfs", ".cfs")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        return usable_cores(tmp_path)

    assert cores() == 8
    assert cores(cpu__cpucfs_quota_us="-1\n", cpu__cpucfs_period_us="100000\n") == 8
    assert cores(cpu__cpucfs_quota_us="50000\n") == 1
    assert cores(cpu_max="max 100000\n") == 8
    assert cores(cpu_max="250000 100000\n") == 3
    assert cores(cpu_max="9900000 100000\n") == 8


@pytest.mark.parametrize(
    ("functions", "count"),
    [
        ({"process_cpu_count": lambda: 3}, 3),
        ({"sched_getaffinity": lambda _: {4, 7}}, 2),
        ({"cpu_count": lambda: 5}, 5),
        ({"cpu_count": lambda: None}, 1),
    ],
)
def test_the_cores_are_those_that_the_process_is_bound_to(
    functions: dict[str, Any],
    count: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("process_cpu_count", "sched_getaffinity"):
        monkeypatch.delattr(os, name, raising=False)
    for name, function in functions.items():
        monkeypatch.setattr(os, name, function, raising=False)

    assert usable_cores(tmp_path) == count


# The processes


def double() -> Callable[[int], int]:
    return _double


def _double(number: int) -> int:
    return 2 * number


def refuse(at: int) -> Callable[[int], int]:
    def function(number: int) -> int:
        if number == at:
            raise ValueError(number)
        return number

    return function


def die(at: int) -> Callable[[int], int]:
    def function(number: int) -> int:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return function


def identify() -> Callable[[int], int]:
    return lambda _: os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, CHUNK, 10 * CHUNK + 1])
def test_results_are_in_the_order_of_the_items(jobs: int, count: int) -> None:
    with Processes(double, jobs) as several:
        assert list(several.map(range(count))) == [2 * number for number in range(count)]


def test_items_are_read_only_a_little_ahead_of_the_results() -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100 * CHUNK):
            read.append(number)
            yield number

    with Processes(double, 2) as several:
        results = several.map(items())
        assert [next(results) for _ in range(CHUNK + 1)] == [2 * n for n in range(CHUNK + 1)]
        assert len(read) <= (4 * 2 + 1) * CHUNK + 1


def test_an_item_that_stays_is_left_to_this_process() -> None:
    here = os.getpid()

    with Processes(identify, 2, stays=lambda number: number % 3 == 0) as several:
        found = list(several.map(range(9)))

    assert [one == here for one in found] == [number % 3 == 0 for number in range(9)]


def test_an_exception_is_raised_in_its_turn_with_its_traceback() -> None:
    with Processes(partial(refuse, 40), 2) as several:
        results = several.map(range(100))

        assert [next(results) for _ in range(40)] == list(range(40))
        with pytest.raises(ValueError, match=r"^40$") as raised:
            next(results)
    assert raised.traceback[-1].name == "function"


def test_a_process_that_is_killed_is_an_error() -> None:
    with Processes(partial(die, 40), 2) as several, pytest.raises(ProcessLost) as lost:
        list(several.map(range(100)))

    assert (lost.value.exit_code, lost.value.chunk) == (-signal.SIGKILL, list(range(32, 64)))


def test_a_process_that_died_while_it_was_idle_is_an_error() -> None:
    with Processes(double, 1) as several:
        results = several.map(range(10 * CHUNK))
        next(results)
        (worker,) = several._workers
        worker.process.kill()
        worker.process.join()

        with pytest.raises(ProcessLost):
            list(results)


def test_if_no_process_can_be_started_this_one_does_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with Processes(identify, 2) as several:
        monkeypatch.setattr(several._context.Process, "start", refuse)

        assert set(several.map(range(100))) == {os.getpid()}


def test_without_knowing_the_threads_no_process_is_forked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: str) -> Any:
        raise FileNotFoundError

    monkeypatch.setattr(os, "listdir", refuse)

    with Processes(double, 1) as several:
        assert several._context.get_start_method() == "spawn"
        assert list(several.map([1, 2])) == [2, 4]


def test_a_process_serves_chunks_until_its_pipe_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In this process, where coverage sees it."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    here, there = Pipe()
    copy = Pipe()[0]
    for chunk in ([1, 2], [3], [4, 5]):
        here.send(chunk)
    returned: list[Any] = []

    def function(number: int) -> int:
        if number == 4:
            returned.extend([here.recv(), here.recv()])
            here.close()  # as if the main process were killed
        return refuse(3)(number)

    processes._serve(there, lambda: function, [copy])  # which sends to a closed pipe
    processes._serve(there, lambda: function, [])  # which receives from it

    assert (returned, copy.closed) == ([[1, 2], None], True)


# How they end


class Run:
    """`planton validate` by two processes, which wait because the output is not read."""

    def __init__(self, folder: Path) -> None:
        write(folder / "a", 3000, with_an_error)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "planton", "validate", "--jobs=2", "a"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def workers(self) -> list[int]:
        pid = self.process.pid
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def end(self) -> tuple[int, str]:
        """The exit status and standard error."""
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err

    def is_over(self) -> bool:
        """Whether every process has ended, after some seconds at most."""
        for _ in range(100):
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.1)
        return False


def test_ctrl_c_ends_all_processes_without_a_traceback(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert len(run.workers()) == 2

    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does

    assert (run.end(), run.is_over()) == ((130, "planton: interrupted\n"), True)


@pytest.mark.parametrize("killed_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_stays_behind_when_the_main_process_is_ended(
    killed_by: signal.Signals, tmp_path: Path
) -> None:
    run = Run(tmp_path)

    run.process.send_signal(killed_by)

    status, err = (130, "planton: interrupted\n") if killed_by == 2 else (-killed_by, "")
    assert (run.end(), run.is_over()) == ((status, err), True)


def test_a_closed_pipe_ends_all_processes_without_a_message(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert run.process.stdout is not None
    run.process.stdout.close()

    assert (run.process.wait(60), run.is_over()) == (1, True)
    assert run.process.stderr is not None
    with run.process.stderr as stderr:
        assert stderr.read() == ""


def test_a_process_that_is_killed_is_reported(tmp_path: Path) -> None:
    run = Run(tmp_path)

    os.kill(run.workers()[0], signal.SIGKILL)

    status, err = run.end()
    assert (status, run.is_over()) == (1, True)
    assert re.fullmatch(
        "planton: a process was ended by signal 9 while it checked 32 files, from a/0[0-9]{4}.yaml "
        "to a/0[0-9]{4}.yaml; if memory ran out, allow fewer processes with --jobs\n",
        err,
    )


def test_the_command_fails_if_a_process_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, where coverage sees it."""

    def lose(_: object, items: Iterator[File]) -> Any:
        raise ProcessLost(-9, list(items))

    monkeypatch.setattr(Processes, "map", lose)
    write(tmp_path / "a", 1, named)

    with pytest.raises(
        SystemExit, match=r"^planton: a process was ended by signal 9 while it"
    ) as e:
        main(["validate", "--jobs=2", str(tmp_path / "a")])
    assert isinstance(e.value.code, str)  # which Python prints, and exits with 1


def test_a_process_that_ends_is_reported_with_its_status() -> None:
    folder = Report("a", (), 0, 0)

    assert validate._lost(7, [File("b\n"), folder]) == (
        "a process was ended with status 7 while it checked 2 files, from b\\n to a; if memory "
        "ran out, allow fewer processes with --jobs"
    )
    assert validate._lost(None, [folder]).startswith("a process was ended with status None while")
