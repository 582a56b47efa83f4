"""The virtual environment of the commands behind `./dev`, and the folder for what they keep.

Standard library only: it runs before anything is installed. The environment lies in the user's
cache folder, named after what is installed in it, so that it survives clones and is never stale.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = {
    "rehearse": ("requirements.txt", "tools/rehearse.txt"),
    "dev": ("requirements.txt", "tools/dev.txt"),
    "fuzz": ("requirements.txt", "tools/dev.txt", "tools/fuzz.txt"),
}

_FILES = (
    "requirements.txt",
    "tools/rehearse.txt",
    "tools/expressions.txt",
    "tools/dev.txt",
    "tools/fuzz.txt",
)
"""All files whose lines decide what is installed."""


def run(interpreter: Path, *arguments: str, cwd: Path | None = None) -> int:
    """Runs Python with this checkout importable; what tools keep goes into the cache folder."""
    cache = cache_folder()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RUFF_CACHE_DIR": str(cache / "ruff"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(cache / "hypothesis"),
        "COVERAGE_FILE": str(cache / f"coverage-{os.getpid()}"),
    }
    return subprocess.run(
        [interpreter, *arguments], cwd=cwd, env=environment, check=False
    ).returncode


def cache_folder() -> Path:
    """Where everything that is made outside the checkout lies; made private to the user."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "aws-dynamodb-module"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def python(purpose: str) -> Path:
    """The interpreter of an environment that holds what the purpose needs, made if need be."""
    files = REQUIREMENTS[purpose]
    digest = hashlib.sha256(f"{sys.version_info[:3]} {sys.executable}".encode())
    for file in _FILES:
        digest.update((ROOT / file).read_bytes())
    folder = cache_folder() / f"venv-{digest.hexdigest()[:16]}"
    interpreter = folder / "bin" / "python"
    stamp = folder / f"{purpose}.ready"
    # Each purpose's files are among those of the next.
    names = list(REQUIREMENTS)
    if any((folder / f"{name}.ready").exists() for name in names[names.index(purpose) :]):
        return interpreter
    # Two commands started at once must not build into one folder.
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            if not interpreter.exists():
                say(f"making a virtual environment in {folder} …")
                must(sys.executable, "-m", "venv", "--clear", str(folder))
            say(f"installing {' and '.join(files)} (once, about a minute) …")
            wanted = [part for file in files for part in ("-r", str(ROOT / file))]
            must(str(interpreter), "-m", "pip", "install", "--quiet",
                 "--disable-pip-version-check", *wanted)  # fmt: skip
            stamp.touch()
    return interpreter


def must(*command: str) -> None:
    """Runs a command of the set-up; its failure ends everything, with its own words."""
    if status := subprocess.run(command, check=False).returncode:
        say(f"failed with exit status {status}: {' '.join(command)}")
        sys.exit(1)


def say(text: str) -> None:
    """Progress goes to standard error, so that output stays what was asked for."""
    print(f"dev: {text}", file=sys.stderr, flush=True)
