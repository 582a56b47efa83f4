"""Golden files of what other programs read: the JSON of each command, and the guard's record.

`plan.json` and `record.json` are of tests/everything.yaml. `json-keys.txt` lists the keys of every
JSON output; those of the record are among the plan's. All of them are API. `record-1.json` is the
record of everything.yaml in the first form, written by the program of that time. `strict.txt` is
what `planton validate` finds in the examples by the rules in strict.yaml.

    python -m tests.golden --update

rewrites all but the last. No test does: a key that goes or changes breaks the programs
that read it, and in a record needs a new version.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from planton.changes.record import record
from planton.changes.snapshot import Snapshot, snapshot
from planton.cli.parser import main
from planton.cli.plan import plan_command
from planton.plan.planner import make_plan
from tests.corpus import examples
from tests.loading import NOW, load
from tests.repositories import OTHER_KEY, Repository, manifest

ROOT = Path(__file__).resolve().parent
GOLDEN = ROOT / "golden"
FIRST_RECORD = GOLDEN / "record-1.json"
EVERYTHING = ROOT / "everything.yaml"
_HACK = ROOT.parent / "hack" / "manifest.yaml"
_WRONG = ROOT / "reject" / "several" / "every-level.yaml"
_WARNED = GOLDEN / "nowhere.yaml"
"""It has a warning, and AWS has no such region."""
STRICT = GOLDEN / "strict.yaml"
"""Rules of an organization."""
COMMANDS: dict[str, list[tuple[str | Path, ...]]] = {
    "validate": [("validate", _HACK, _WRONG)],
    "plan": [("plan", path) for path in (EVERYTHING, _WARNED, *examples())],
    "plan of a wrong manifest": [("plan", _WRONG)],
    "diff": [("diff", EVERYTHING, _WARNED)],
    "diff --base": [("diff", "--base", "main")],
    "render": [("render", "ack", EVERYTHING)],
    "controls": [("controls", _HACK, _WRONG)],
    "review": [("review", ROOT / "data" / "preview.json")],
    "rules": [("rules", STRICT)],
    "explain": [("explain",)],
    "explain CODE": [("explain", "unknown-key")],
    "rehearse": [("rehearse", _HACK), ("rehearse", _WARNED)],
}
FREE = frozenset(
    {"objects", "inputs", "outputs", "parameters", "customTimeouts", "severities", "value"}
)
"""Keys of values whose own keys are those of AWS, Kubernetes, Pulumi or the manifest, or codes."""


def everything() -> Snapshot:
    """The snapshot of everything.yaml."""
    loaded = load(EVERYTHING.read_text(encoding="utf-8"), filename="x.yaml").manifest
    plan = make_plan(loaded)
    return snapshot(plan, region=loaded.spec.region, account_id="123456789012")


def printed(*command: str | Path) -> Any:
    """What a command prints as JSON; a plan, at a fixed time."""
    name, *arguments = map(str, command)
    with redirect_stdout(io.StringIO()) as text:
        if name == "plan":
            plan_command(arguments[0], b"", "json", now=NOW)
        else:
            main([name, *arguments, "--format", "json"])
    return json.loads(text.getvalue())


def _printed_in_a_repository(*command: str | Path) -> Any:
    """The same, in a repository in which a manifest has changed and one is invalid."""
    before = os.getcwd()
    with TemporaryDirectory() as folder:
        repository = Repository(Path(folder) / "new", orders=manifest(), users=manifest("users"))
        repository.write("orders.yaml", manifest("orders", *OTHER_KEY))
        repository.write("users.yaml", _WRONG.read_text(encoding="utf-8"))
        os.chdir(repository.folder)
        try:
            return printed(*command)
        finally:
            os.chdir(before)


def keys(data: Any, path: str = "") -> Iterator[str]:
    """The paths of all keys, each as often as it occurs."""
    if isinstance(data, list):
        for item in data:
            yield from keys(item, f"{path}[]")
    elif isinstance(data, dict):
        for key, item in data.items():
            place = f"{path}.{key}".removeprefix(".")
            yield place
            if key not in FREE:
                yield from keys(item, place)


def strictly() -> str:
    """What is found in the examples by strict rules, with paths from the root of the project."""
    before = os.getcwd()
    os.chdir(ROOT.parent)
    try:
        with redirect_stdout(io.StringIO()) as text:
            main(["validate", "--config", "tests/golden/strict.yaml", "examples"])
    finally:
        os.chdir(before)
    return text.getvalue()


def files() -> Iterator[tuple[Path, str]]:
    """Each golden file that the current program writes, and its expected content."""
    outputs = {"plan": printed("plan", EVERYTHING), "record": record(everything())}
    for name, output in outputs.items():
        yield GOLDEN / f"{name}.json", json.dumps(output, indent=2) + "\n"
    yield GOLDEN / "strict.txt", strictly()
    blocks = []
    for name, commands in COMMANDS.items():
        show = _printed_in_a_repository if name == "diff --base" else printed
        found = {key for command in commands for key in keys(show(*command))}
        blocks.append("\n".join([name, *(f"  {key}" for key in sorted(found))]))
    yield GOLDEN / "json-keys.txt", "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.golden --update")
    for path, text in files():
        path.write_text(text, encoding="utf-8")
