"""Programs that are built from pinned Go modules: at most once, outside of the checkout.

A folder with `go.mod` and `go.sum` pins the version and everything in it. The build lies in the
user's cache folder, under a name that says what it was built from, so it is never stale.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools.environment import cache_folder, say

_FETCHES_TOOLCHAINS = (1, 21)
"""Since this one, Go gets itself the newer Go that a module asks for."""
_PATIENCE = 30.0  # seconds between two signs of life

Version = tuple[int, ...]


class BuildError(Exception):
    """The program cannot be built; the text says what to do."""


@dataclass(frozen=True)
class GoTool:
    """One program. `title` and `takes` are for people: what it is, and how long it takes.

    `version_variable` is set to the version while linking; `otherwise` ends the sentence about a
    missing Go with another way to come by the program.
    """

    title: str
    command: str
    folder: Path
    module: str
    package: str
    takes: str
    version_variable: str = ""
    otherwise: str = ""

    def pinned(self) -> str:
        """The version in go.mod, such as `v3.250.0`."""
        text = (self.folder / "go.mod").read_text()
        found = re.search(rf"^\s*{re.escape(self.module)} (v\S+)", text, re.MULTILINE)
        assert found is not None
        return found[1]

    def find(self) -> Path | None:
        """The build, None where there is none of these very pins."""
        target = self._target()
        return target if target.exists() else None

    def build(self) -> Path:
        """The build, which is made if it is missing; this needs only Go.

        Raises:
            BuildError: Go is missing or too old, or the build failed.
        """
        target = self._target()
        if target.exists():
            return target
        self._require_go()
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target.parent / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for the build of {self.title} that is already running …")
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                unfinished = target.with_suffix(".unfinished")
                self._go_build(unfinished)
                unfinished.replace(target)
        return target

    def _target(self) -> Path:
        """Where the build is; the folder's name stands for everything that it depends on."""
        digest = hashlib.sha256(f"{platform.system()} {platform.machine()}".encode())
        for file in ("go.mod", "go.sum", *sorted(path.name for path in self.folder.glob("*.go"))):
            digest.update((self.folder / file).read_bytes())
        folder = cache_folder() / f"{self.command}-{self.pinned()}-{digest.hexdigest()[:16]}"
        return folder / "bin" / self.command

    def _go_build(self, output: Path) -> None:
        command = ["go", "build", "-mod=readonly", "-buildvcs=false", "-trimpath"]
        named = f" -X {self.version_variable}={self.pinned()}" if self.version_variable else ""
        command += ["-ldflags", f"-s -w{named}", "-o", str(output), self.package]
        # No C compiler, and no workspace in a folder above.
        environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
        say(f"building {self.title} {self.pinned()} (once, {self.takes}) …")
        began = time.monotonic()
        with subprocess.Popen(command, cwd=self.folder, env=environment) as process:
            try:
                while True:
                    try:
                        status = process.wait(timeout=_PATIENCE)
                        break
                    except subprocess.TimeoutExpired:
                        say(f"still building, {time.monotonic() - began:.0f} s so far …")
            except BaseException:
                process.terminate()
                raise
        if status:
            raise BuildError(f"{self.title} was not built: go ended with exit status {status}")
        say(f"built in {time.monotonic() - began:.0f} s: {self._target()}")

    def _require_go(self) -> None:
        needed = numbers(self._needed_go())
        if shutil.which("go") is None:
            raise BuildError(
                f"building {self.title} needs Go {_dotted(needed)} or newer on the PATH"
                f" (https://go.dev/dl/){self.otherwise}"
            )
        # Asked in the root, where no go.mod makes Go switch to another version of itself.
        found = numbers(_output("go", "env", "GOVERSION", cwd=Path("/")))
        fixed = _output("go", "env", "GOTOOLCHAIN", cwd=Path("/")).startswith("local")
        if found < needed and (fixed or found < _FETCHES_TOOLCHAINS):
            raise BuildError(
                f"building {self.title} needs Go {_dotted(needed)} or newer, and the one on the"
                f" PATH is {_dotted(found)} (https://go.dev/dl/)"
            )

    def _needed_go(self) -> str:
        found = re.search(r"^go (\S+)$", (self.folder / "go.mod").read_text(), re.MULTILINE)
        assert found is not None
        return found[1]


def numbers(text: str) -> Version:
    """`v3.250.0` and `go1.26.8` as numbers, without what follows them; () where there are none."""
    found = re.match(r"\D*(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _output(*command: str, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


def _dotted(version: Version) -> str:
    return ".".join(str(part) for part in version)
