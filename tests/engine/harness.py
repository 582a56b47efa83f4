"""A stack under the real engine, and the engine's report of each operation on it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import yaml
from coverage import Coverage

from tests.engine.operation import PRELOADED, Name, Operation, run
from tests.engine.report import Report, read

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "__main__.py"
PROJECT = "tables"
STACK = "dev"
REGION = "us-east-1"
SECONDS = 120
"""The longest that one operation may take; it takes one or two."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(PRELOADED)


@dataclass(frozen=True)
class Engine:
    """The CLI, and a folder with a new stack's files, which are copied for each test."""

    pulumi: Path
    version: str
    template: Path

    @classmethod
    def prepared(cls, pulumi: Path, version: str, template: Path) -> Engine:
        for name in ("state", "home", "work"):
            (template / name).mkdir(parents=True)
        (template / "work" / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
        engine = cls(pulumi, version, template)
        engine.call(template, "stack", "init", STACK)
        return engine

    def call(self, folder: Path, *arguments: str, stdin: str = "", **environ: str) -> str:
        """The CLI's standard output. Raises CalledProcessError."""
        return subprocess.run(
            [self.pulumi, *arguments, "--non-interactive"],
            cwd=folder / "work",
            env={**environment(folder), **environ},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        ).stdout

    def stack(self, folder: Path, port: int) -> Stack:
        """A new stack whose `aws` provider listens on the port."""
        shutil.copytree(self.template, folder)
        return Stack(self, folder, port)


class Running:
    """An operation that goes on."""

    def __init__(self, operation: Operation, state: Path) -> None:
        self._operation = operation
        self._state = state
        operation.folder.mkdir()
        self._process = _PROCESSES.Process(target=run, args=(operation,), daemon=True)
        self._process.start()

    def report(self) -> Report:
        """What became of it, once it has ended; it fails when that takes too long."""
        self._process.join(SECONDS)
        if self._process.exitcode is None:
            self.kill()
            with open(self._operation.folder / "stderr", "a") as stderr:
                stderr.write(f"killed after {SECONDS} s\n")
        return read(self._operation.folder, self._state, ok=self._process.exitcode == 0)

    def kill(self) -> None:
        """Engine and program at once, as when a machine goes away."""
        assert self._process.pid is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join(SECONDS)


class Stack:
    """Operations are numbered, and each has a folder with what it wrote."""

    def __init__(self, engine: Engine, folder: Path, port: int) -> None:
        self._engine = engine
        self._port = port
        self._numbers = count(1)
        self.folder = folder
        self.work = folder / "work"
        self.program = PROGRAM
        self.examine: Callable[[str], None] | None = None
        """Sees each manifest before it is used; where it raises, nothing is begun."""

    def preview(self, manifest: str = "") -> Report:
        return self.start("preview", manifest).report()

    def up(self, manifest: str = "") -> Report:
        return self.start("up", manifest).report()

    def refresh(self, *arguments: str) -> Report:
        return self.start("refresh", arguments=arguments).report()

    def destroy(self) -> Report:
        return self.start("destroy").report()

    def configure(self, **values: object) -> None:
        """Sets the project's config to these values."""
        file = self.work / f"Pulumi.{STACK}.yaml"
        settings = yaml.safe_load(file.read_text()) or {}
        settings["config"] = {f"{PROJECT}:{name}": value for name, value in values.items()}
        file.write_text(yaml.safe_dump(settings))

    def put(self, files: Mapping[str, str], **config: object) -> None:
        """Makes the folder `tables` hold these manifests, and lets config `manifests` name it."""
        folder = self.work / "tables"
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.configure(manifests="tables", **config)

    def cancel(self) -> None:
        """Takes the lock away that a killed engine leaves."""
        self.call("cancel", "--yes")

    def call(self, *arguments: str, stdin: str = "", **environ: str) -> str:
        """What the CLI prints; `stdin` is its standard input. Raises CalledProcessError."""
        return self._engine.call(
            self.folder,
            *arguments,
            "--stack",
            STACK,
            stdin=stdin,
            PULUMI_DEBUG_PROVIDERS=f"aws:{self._port}",
            **environ,
        )

    def start(
        self, name: Name, manifest: str = "", *, arguments: tuple[str, ...] = (), **environ: str
    ) -> Running:
        """Begins an operation; the manifest goes by the environment, of which more can be set."""
        if self.examine:
            self.examine(manifest)
        variables = {
            **environment(self.folder),
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self._port}",
            "AWS_REGION": REGION,
            **({"STACK_INPUT_YAML": manifest} if manifest else {}),
            **environ,
        }
        operation = Operation(
            name=name,
            pulumi=str(self._engine.pulumi),
            version=self._engine.version,
            program=self.program,
            stack=STACK,
            work=self.work,
            folder=self.folder / f"{next(self._numbers)}-{name}",
            environ=variables,
            arguments=arguments,
            coverage=_coverage(),
        )
        return Running(operation, self.state_file)

    @property
    def state_file(self) -> Path:
        return self.folder / "state" / ".pulumi" / "stacks" / PROJECT / f"{STACK}.json"


def _coverage() -> str:
    measuring = Coverage.current()
    return str(Path(measuring.config.data_file).resolve()) if measuring else ""


def environment(folder: Path) -> dict[str, str]:
    """All that the engine and the program get to see of the machine."""
    kept = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "TMPDIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(folder / "home"),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        # Else every operation looks for newer plugins, in vain.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
