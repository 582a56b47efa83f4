"""The Pulumi engine that the tests run the program under: found, or built from its Go module.

`go.mod` and `go.sum` beside this file pin the version and everything in it. The build lies in the
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
from pathlib import Path

from tools.dev import cache_folder, say

FOLDER = Path(__file__).resolve().parent
MODULE = "github.com/pulumi/pulumi/pkg/v3"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_FETCHES_TOOLCHAINS = (1, 21)
"""Since this one, Go gets itself the newer Go that a module asks for."""
_PATIENCE = 30.0  # seconds between two signs of life

Version = tuple[int, ...]


class EngineError(Exception):
    """The engine cannot be built; the text says what to do."""


def find() -> Path | None:
    """A `pulumi` on the PATH that is no older than the pinned one, else the build, else None."""
    if on_path := shutil.which("pulumi"):
        pulumi = Path(on_path)
        if _numbers(version_of(pulumi)) >= _numbers(pinned()):
            return pulumi
    built = _target()
    return built if built.exists() else None


def build() -> Path:
    """The engine built from the pinned module, at most once; Go is all it needs.

    Raises:
        EngineError: Go is missing or too old, or the build failed.
    """
    target = _target()
    if target.exists():
        return target
    _require_go()
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target.parent / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for the build of the Pulumi engine that is already running …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            unfinished = target.with_suffix(".unfinished")
            _go_build(unfinished)
            unfinished.replace(target)
    return target


def pinned() -> str:
    """The version in go.mod, such as `v3.250.0`."""
    text = (FOLDER / "go.mod").read_text()
    found = re.search(rf"^\s*{re.escape(MODULE)} (v\S+)", text, re.MULTILINE)
    assert found is not None
    return found[1]


def version_of(pulumi: Path) -> str:
    """What it says, such as `v3.250.0`; "" where it says nothing."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    command = [str(pulumi), "version"]
    try:
        answer = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _target() -> Path:
    """Where the build is; the folder's name stands for everything that it depends on.

    `bin/pulumi` is where the Automation API looks for it.
    """
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()}".encode())
    for file in ("go.mod", "go.sum"):
        digest.update((FOLDER / file).read_bytes())
    folder = cache_folder() / f"pulumi-{pinned()}-{digest.hexdigest()[:16]}"
    return folder / "bin" / "pulumi"


def _go_build(output: Path) -> None:
    command = ["go", "build", "-mod=readonly", "-buildvcs=false", "-trimpath"]
    # Without its version the engine is refused by the SDK.
    command += ["-ldflags", f"-s -w -X {_VERSION_VARIABLE}={pinned()}"]
    command += ["-o", str(output), f"{MODULE}/cmd/pulumi"]
    # No C compiler, and no workspace in a folder above.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    say(f"building the Pulumi engine {pinned()} (once, 3 to 10 minutes) …")
    began = time.monotonic()
    with subprocess.Popen(command, cwd=FOLDER, env=environment) as process:
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
        raise EngineError(f"the engine was not built: go ended with exit status {status}")
    say(f"built in {time.monotonic() - began:.0f} s: {_target()}")


def _require_go() -> None:
    needed = _numbers(_needed_go())
    if shutil.which("go") is None:
        raise EngineError(
            f"building the Pulumi engine needs Go {_dotted(needed)} or newer on the PATH"
            " (https://go.dev/dl/), or else put a `pulumi` "
            f"of version {pinned()} or newer there"
        )
    # Asked in the root, where no go.mod makes Go switch to another version of itself.
    found = _numbers(_output("go", "env", "GOVERSION", cwd=Path("/")))
    fixed = _output("go", "env", "GOTOOLCHAIN", cwd=Path("/")).startswith("local")
    if found < needed and (fixed or found < _FETCHES_TOOLCHAINS):
        raise EngineError(
            f"building the Pulumi engine needs Go {_dotted(needed)} or newer, and the one on the"
            f" PATH is {_dotted(found)} (https://go.dev/dl/)"
        )


def _needed_go() -> str:
    found = re.search(r"^go (\S+)$", (FOLDER / "go.mod").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def _output(*command: str, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


def _numbers(text: str) -> Version:
    """`v3.250.0` and `go1.26.8` as numbers, without what follows them; () where there are none."""
    found = re.match(r"\D*(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _dotted(version: Version) -> str:
    return ".".join(str(part) for part in version)
