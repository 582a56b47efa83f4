"""One operation of the engine in a separate process, through the Automation API.

The program runs inline: the API hosts it, so no language plugin is needed. In one process a second
run would meet the event loop of the first, hence a process each. They are forked off a process that
has the imports done (multiprocessing's fork server), which halves what an operation takes.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from coverage import Coverage
from pulumi import automation as auto
from semver import VersionInfo

Name = Literal["preview", "up", "refresh", "destroy", "preview_destroy"]

PRELOADED = ["tests.engine.operation", "planton.resources.stack", "planton.reading.stack_input"]

_SUMMARY = json.dumps(
    [
        {
            "kind": "update",
            "startTime": "2000-01-01T00:00:00.000Z",
            "message": "",
            "environment": {},
            "config": {},
            "result": "",
        }
    ]
)


@dataclass(frozen=True)
class Operation:
    """The arguments of a process. `folder` gets its stdout, stderr and events."""

    name: Name
    pulumi: str
    version: str
    program: Path
    stack: str
    work: Path
    folder: Path
    environ: Mapping[str, str]
    arguments: tuple[str, ...]
    coverage: str = ""
    """The data file of the coverage of the tests, if it is measured."""


class Command(auto.PulumiCommand):
    """The CLI, called for the operation alone.

    The API also asks for the version, and afterwards for outputs and history, each a call of a
    quarter second: the tests look at the state and at the engine's own events instead.
    """

    def __init__(self, operation: Operation) -> None:
        self.command = operation.pulumi
        self.version = VersionInfo.parse(operation.version)
        self._arguments = operation.arguments

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: auto.OnOutput | None = None,
        on_error: auto.OnOutput | None = None,
    ) -> auto.CommandResult:
        match args[:2]:
            case ["stack", "history"]:
                return auto.CommandResult(_SUMMARY, "", 0)
            case ["stack", _]:
                return auto.CommandResult("{}", "", 0)
        return super().run([*args, *self._arguments], cwd, additional_env, on_output, on_error)


def run(operation: Operation) -> None:
    """Ends the process, with status 1 where the operation failed."""
    with _measured(operation.coverage):
        sys.exit(_begun(operation))


def _begun(operation: Operation) -> int:
    os.setsid()  # so that all of it can be killed at once
    os.chdir(operation.work)
    os.environ.clear()
    os.environ.update(operation.environ)
    for stream, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(operation.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, stream)
    _be_host_of(operation.program.parent)
    with open(operation.folder / "events", "w") as events:
        return _run(operation, lambda event: _write(events, event))


_MEASURED = ("planton/changes", "planton/resources")


@contextmanager
def _measured(data_file: str) -> Iterator[None]:
    """Measures the coverage of the process, for pytest-cov to add to that of the tests.

    The paths in its configuration are those of the folder in which the process begins.
    """
    if not data_file:
        yield
        return
    root = Path(__file__).resolve().parents[2]
    measured = Coverage(
        data_file=data_file, data_suffix=True, config_file=str(root / "pyproject.toml")
    )
    # Of the other files the tests' own process measures enough, and each costs time here.
    measured.set_option("run:source", None)
    measured.set_option("run:include", [str(root / folder / "*") for folder in _MEASURED])
    measured.set_option("run:disable_warnings", ["module-not-measured", "no-data-collected"])
    measured.start()
    try:
        yield
    finally:
        measured.stop()
        measured.save()


def _run(operation: Operation, on_event: Callable[[Any], Any]) -> int:
    def program() -> None:
        runpy.run_path(str(operation.program), run_name="__main__")

    workspace = auto.LocalWorkspace(
        work_dir=str(operation.work), program=program, pulumi_command=Command(operation)
    )
    stack = auto.Stack.select(operation.stack, workspace)
    try:
        getattr(stack, operation.name)(
            on_output=print, on_error=lambda line: print(line, file=sys.stderr), on_event=on_event
        )
    except auto.CommandError:
        return 1
    return 0


def _be_host_of(folder: Path) -> None:
    """As the language host does: the program's folder comes first, and nothing is loaded of it."""
    sys.path.insert(0, str(folder))
    if folder != Path(__file__).resolve().parent.parent.parent:
        for name in [name for name in sys.modules if name.partition(".")[0] == "planton"]:
            del sys.modules[name]


def _write(file: Any, event: Any) -> None:
    file.write(json.dumps(event, default=vars) + "\n")
    file.flush()
