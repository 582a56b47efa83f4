"""The commands behind `./dev`. Standard library only: it runs before anything is installed.

The virtual environment lies in the user's cache folder, named after what is installed in it, so
that it survives clones and is never stale.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = {
    "rehearse": ("requirements.txt", "tools/rehearse.txt"),
    "dev": ("requirements.txt", "tools/dev.txt"),
    "fuzz": ("requirements.txt", "tools/dev.txt", "tools/fuzz.txt"),
}


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: ./dev COMMAND\n", file=sys.stderr)
        for name, command in COMMANDS.items():
            print(f"  {name:<10} {(command.__doc__ or '').splitlines()[0]}", file=sys.stderr)
        return 2
    return COMMANDS[arguments[0]](arguments[1:])


def rehearse(arguments: Sequence[str]) -> int:
    """Deploy hack/manifest.yaml, or the file named, into the emulated AWS."""
    if not [argument for argument in arguments if not argument.startswith("--")]:
        default = ROOT / "hack" / "manifest.yaml"
        shown = os.path.relpath(default) if Path.cwd() == ROOT else str(default)
        arguments = [*arguments, shown]
    return run(python("rehearse"), "-m", "planton", "rehearse", *arguments)


def lint(_: Sequence[str]) -> int:
    """Run every check that is not a test: format, lint, types, imports."""
    interpreter = python("dev")
    checks: dict[str, list[str]] = {
        "format": ["-m", "ruff", "format", "--check", "--quiet", "--diff", "."],
        "lint": ["-m", "ruff", "check", "--quiet", "."],
        "types": ["-m", "mypy", "--cache-dir", str(cache_folder() / "mypy"), "--no-error-summary"],
        "imports": ["-c", "from importlinter.cli import lint_imports_command as c; c()",
                    "--no-cache"],
    }  # fmt: skip
    failed = []
    for name, check in checks.items():
        say(f"{name} …")
        if run(interpreter, *check, cwd=ROOT):
            failed.append(name)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def fix(_: Sequence[str]) -> int:
    """Format the code, and repair what the linter can repair."""
    interpreter = python("dev")
    # Formatted last: a repair can leave a line that the formatter would write differently.
    repaired = run(interpreter, "-m", "ruff", "check", "--fix", "--quiet", ".", cwd=ROOT)
    formatted = run(interpreter, "-m", "ruff", "format", "--quiet", ".", cwd=ROOT)
    return repaired or formatted


def test(arguments: Sequence[str]) -> int:
    """Run all checks and tests; `test fast`: only the fast tests; `test PATH …`: pytest."""
    interpreter = python("dev")
    pytest = ("-m", "pytest", "-n", "auto", "-q")
    if list(arguments[:1]) == ["fast"]:
        say_what_is_skipped(fast=True)
        return run(interpreter, *pytest, *FAST_TESTS, *arguments[1:], cwd=ROOT)
    if arguments:
        return run(interpreter, "-m", "pytest", *arguments, cwd=ROOT)
    say_what_is_skipped(fast=False)
    if status := lint(()):
        return status
    # Coverage is measured over both parts, and judged after the second.
    uncounted = ("--cov", "--cov-report=", "--cov-fail-under=0")
    say("fast tests …")
    if status := run(interpreter, *pytest, *uncounted, *FAST_TESTS, cwd=ROOT):
        say("fast tests: failed; the slow tests were not run")
        return status
    say("slow tests …")
    if status := run(interpreter, *pytest, "--cov", "--cov-append", *SLOW_TESTS, cwd=ROOT):
        say("slow tests: failed")
        return status
    return 0


FAST_TESTS = ("-m", "not slow")
SLOW_TESTS = ("-m", "slow")
"""The two parts of all tests; `tests/conftest.py` lists which tests are slow."""


def say_what_is_skipped(*, fast: bool) -> None:
    """Names, before anything runs, the tests that will be skipped for lack of a tool."""
    sys.path.insert(0, str(ROOT))
    from tools.skips import skipped

    lines = list(skipped(fast=fast))
    for line in lines:
        say(f"will skip {line}")
    if not lines:
        say("no tests will be skipped for lack of a tool")


def engine(_: Sequence[str]) -> int:
    """Build the Pulumi engine that the tests use, where no `pulumi` is installed (needs Go)."""
    sys.path.insert(0, str(ROOT))
    from tools.engine import EngineError, build, fetch_host_script, find

    try:
        print(find() or build())
        fetch_host_script()
    except EngineError as error:
        say(str(error))
        return 1
    return 0


def kubernetes(_: Sequence[str]) -> int:
    """Build what the tests check Kubernetes objects with (needs Go)."""
    sys.path.insert(0, str(ROOT))
    from tools.go_tool import BuildError
    from tools.kubernetes import TOOLS

    try:
        for tool in TOOLS:
            print(tool.build())
    except BuildError as error:
        say(str(error))
        return 1
    return 0


def local(_: Sequence[str]) -> int:
    """Fetch DynamoDB Local, whose verdicts the tests compare with ours (needs Java and Maven)."""
    sys.path.insert(0, str(ROOT))
    from tools.dynamodb_local import LocalError, fetch

    try:
        print(fetch())
    except LocalError as error:
        say(str(error))
        return 1
    return 0


def provider(_: Sequence[str]) -> int:
    """Build the AWS provider that the tests hold their stand-in to, where it is to be had."""
    sys.path.insert(0, str(ROOT))
    from tools.real_provider import ProviderError, Unavailable, build

    try:
        print(build().path)
    except Unavailable as reason:
        say(f"the tests with the real AWS provider will be skipped: {reason}")
    except ProviderError as error:
        say(str(error))
        return 1
    return 0


def docs(_: Sequence[str]) -> int:
    """Write the pages under docs/ that are made from code, the schema and the table of codes."""
    # The table first: the program does not start with a rule whose code is not in it.
    for module in ("tools.code_table", "tools.docs"):
        if status := run(python("dev"), "-m", module, cwd=ROOT):
            return status
    return 0


def corpus(_: Sequence[str]) -> int:
    """Write the expected diagnostics of the test manifests anew; read what changed."""
    status = run(python("dev"), "-m", "tests.corpus", "--update", cwd=ROOT)
    return status or run(python("dev"), "-m", "tests.kratix_cases", "--update", cwd=ROOT)


def fuzz(arguments: Sequence[str]) -> int:
    """Look for inputs that break the validator, for so many SECONDS (60)."""
    return run(python("fuzz"), "-m", "tests.fuzz", *arguments, cwd=ROOT)


def bench(arguments: Sequence[str]) -> int:
    """Measure speed and memory, side by side in one run; `bench engine`: under the engine."""
    if list(arguments) == ["engine"]:
        return run(python("dev"), "-m", "tests.engine.bench", cwd=ROOT)
    return run(python("rehearse"), "-m", "tools.bench", cwd=ROOT)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "rehearse": rehearse,
    "test": test,
    "lint": lint,
    "fix": fix,
    "engine": engine,
    "kubernetes": kubernetes,
    "local": local,
    "provider": provider,
    "docs": docs,
    "corpus": corpus,
    "bench": bench,
    "fuzz": fuzz,
}


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
    for file in ("requirements.txt", "tools/rehearse.txt", "tools/dev.txt", "tools/fuzz.txt"):
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
