"""The CLI run as a user runs it, with the program in a separate process under a language host."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.engine.harness import REGION, ROOT, SECONDS, STACK, Engine, environment

PROGRAM = "__main__.py"


@dataclass(frozen=True)
class Ended:
    """A command that is over: its exit status and all that a user gets to read."""

    status: int
    output: str

    @property
    def diagnostics(self) -> str:
        """The part that gives each message in full; what goes before it shows the progress."""
        return self.output.partition("\nDiagnostics:\n")[2]

    def explained(self) -> str:
        """For a test that fails."""
        return f"exit status {self.status}\n{self.output}"


class Command:
    """A command of the CLI that goes on."""

    def __init__(self, arguments: list[str], work: Path, environ: dict[str, str]) -> None:
        self._read = ""
        self._process = subprocess.Popen(
            arguments,
            cwd=work,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def interrupt(self) -> None:
        """Ctrl-C: in a terminal, too, only the CLI gets it, since the host is in another group."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """The engine alone; host and program have to notice."""
        self._process.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(SECONDS)

    def read_until(self, text: str) -> None:
        """Reads lines up to one that holds the text, or to the last."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._read += line
            if text in line:
                break

    def ended(self, seconds: float = SECONDS) -> Ended:
        """What became of it; it fails when that takes too long."""
        try:
            output, _ = self._process.communicate(timeout=seconds)
        finally:
            self._process.kill()
        return Ended(self._process.returncode, self._read + output)


class Project:
    """A stack of this program in a separate folder, in which `pulumi` is called."""

    def __init__(self, engine: Engine, host: Path, folder: Path, port: int) -> None:
        """`host` is the folder that holds the language host."""
        shutil.copytree(engine.template, folder)
        self.work = folder / "work"
        self.pulumi = engine.pulumi
        self.environ = environment(folder)
        path = os.pathsep.join([str(host), str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environ |= {
            "PATH": path,
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            "AWS_REGION": REGION,
        }
        for name in (PROGRAM, "planton"):
            (self.work / name).symlink_to(ROOT / name)

    def configure(self, **config: str) -> None:
        """Values of the stack's `aws:` config."""
        settings = self.work / f"Pulumi.{STACK}.yaml"
        config = {f"aws:{name}": value for name, value in config.items()}
        settings.write_text(settings.read_text() + f"config: {json.dumps(config)}\n")

    def begin_with(self, text: str) -> None:
        """Python that runs before the program, in its process."""
        self.replace_program(
            f"{text}\nimport runpy\nrunpy.run_path({str(ROOT / PROGRAM)!r}, run_name='__main__')\n"
        )

    def replace_program(self, text: str) -> None:
        """Python that runs in the program's place."""
        program = self.work / PROGRAM
        program.unlink()
        program.write_text(text)

    def preview(self, manifest: str) -> Ended:
        return self.start("preview", manifest=manifest).ended()

    def up(self, manifest: str) -> Ended:
        return self.start_up(manifest).ended()

    def start_up(self, manifest: str) -> Command:
        """Without the preview, which would refuse first what is to be refused."""
        return self.start("up", "--yes", "--skip-preview", manifest=manifest)

    def start(self, *arguments: str, manifest: str) -> Command:
        settings = ["--stack", STACK, "--non-interactive", "--color", "never"]
        environ = {**self.environ, "STACK_INPUT_YAML": manifest}
        return Command([str(self.pulumi), *arguments, *settings], self.work, environ)
