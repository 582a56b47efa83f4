"""The YAML language server for the tests: fetched with npm once, into the user's cache folder.

`yaml-server/package-lock.json` pins it and all it needs, by checksum; which registry npm asks is
its own settings' business.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from tools.environment import cache_folder, say

FOLDER = Path(__file__).resolve().parent / "yaml-server"
_FILES = ("package.json", "package-lock.json")


class ServerError(Exception):
    """The language server cannot be had; the text says why."""


def require_node() -> None:
    """Looks for what it is fetched and run with.

    Raises:
        ServerError: Node.js or npm is missing.
    """
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        raise ServerError(f"the YAML language server needs {' and '.join(missing)} on the PATH")


def command() -> list[str]:
    """How to start it, to talk over its standard input and output; fetched if need be.

    Raises:
        ServerError: Node.js or npm is missing, or npm failed.
    """
    require_node()
    digest = hashlib.sha256(b"".join((FOLDER / file).read_bytes() for file in _FILES))
    target = cache_folder() / f"yaml-server-{digest.hexdigest()[:16]}"
    with open(f"{target}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _fetch(target)
    server = target / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    return ["node", str(server), "--stdio"]


def _fetch(target: Path) -> None:
    unfinished = Path(f"{target}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for file in _FILES:
        shutil.copy(FOLDER / file, unfinished)
    say("fetching the YAML language server (once, some seconds) …")
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=unfinished,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"npm ended with exit status {done.returncode}: {done.stdout[-500:]}")
    unfinished.replace(target)
