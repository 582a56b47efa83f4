"""The commands behind `./dev`. Standard library only: it runs before anything is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

# It is run as a file, whose folder is on the path instead of the project's.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import ROOT, cache_folder, python, run, say


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
    from tools.skips import without_engine

    say_what_is_skipped(fast=False)
    if status := lint(()):
        return status
    if without_engine():
        say("coverage does not count planton/resources, which only an engine runs as a whole")
        os.environ["UNMEASURED"] = "planton/resources/*"
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
    from tools.skips import skipped

    lines = list(skipped(fast=fast))
    for line in lines:
        say(f"will skip {line}")
    if not lines:
        say("no tests will be skipped for lack of a tool")


def engine(_: Sequence[str]) -> int:
    """Build the Pulumi engine for the tests, if no `pulumi` is installed (needs Go)."""
    from tools.engine import EngineError, build, fetch_host_script, find

    try:
        print(find() or build())
        fetch_host_script()
    except EngineError as error:
        say(str(error))
        return 1
    return 0


def kubernetes(_: Sequence[str]) -> int:
    """Build the tools that check Kubernetes objects in the tests (needs Go)."""
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
    """Download DynamoDB Local, whose verdicts the tests compare (needs Java and Maven)."""
    from tools.dynamodb_local import LocalError, fetch

    try:
        print(fetch())
    except LocalError as error:
        say(str(error))
        return 1
    return 0


def provider(_: Sequence[str]) -> int:
    """Build the real AWS provider, with which the tests compare their stand-in, if available."""
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
    """Generate the pages under docs/ that are derived from code, the schema, the table of codes."""
    # The table first: the program does not start with a rule whose code is not in it.
    for module in ("tools.code_table", "tools.docs"):
        if status := run(python("dev"), "-m", module, cwd=ROOT):
            return status
    return 0


def corpus(_: Sequence[str]) -> int:
    """Rewrite the expected diagnostics and outputs of the test manifests; read what changed."""
    for module in (
        "tests.corpus",
        "tests.kratix_cases",
        "tests.golden",
        "tests.adopt.source_cases",
    ):
        if status := run(python("dev"), "-m", module, "--update", cwd=ROOT):
            return status
    return 0


def fuzz(arguments: Sequence[str]) -> int:
    """Look for inputs that break the validator, for so many SECONDS (60)."""
    return run(python("fuzz"), "-m", "tests.fuzz", *arguments, cwd=ROOT)


def bench(arguments: Sequence[str]) -> int:
    """Measure speed and memory; `bench engine [TABLES …]`: under the engine; `bench adopt`."""
    if arguments and arguments[0] in ("engine", "adopt"):
        module = f"tests.{arguments[0]}.bench"
        return run(python("dev"), "-m", module, *arguments[1:], cwd=ROOT)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
