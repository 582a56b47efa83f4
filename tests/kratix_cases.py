"""Requests, and what the workflow leaves behind for each: `kratix/CASE/`.

`input/object.yaml` is what Kratix hands over (the cases of `promise/requests` have none: theirs is
the request itself), `environ` what stands in the environment. `output/`, `metadata/` and `log.txt`
are what is expected, byte for byte.

    python -m tests.kratix_cases --update

rewrites the expectations. No test does: read what changed as a cluster would.
"""

from __future__ import annotations

import io
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from planton.cli.parser import main
from planton.kratix.container import run

ROOT = Path(__file__).resolve().parent
CASES = ROOT / "kratix"
REQUESTS = ROOT.parent / "promise" / "requests"
FOLDERS = ("output", "metadata")
Files = dict[str, str]


def cases() -> list[str]:
    """The names of all cases."""
    own = {case.name for case in CASES.iterdir() if (case / "input").is_dir()}
    return sorted(own | {request.stem for request in requests()})


def requests() -> list[Path]:
    """The requests that people start from."""
    return sorted(REQUESTS.glob("*.yaml"))


def input_object(case: str) -> Path:
    """The request of a case."""
    own = CASES / case / "input" / "object.yaml"
    return own if own.exists() else REQUESTS / f"{case}.yaml"


def environ(case: str) -> dict[str, str]:
    """The environment of a case, beside what every container has."""
    file = CASES / case / "environ"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines)


def expected_files(case: str) -> Files:
    """The files that the case expects."""
    return _files(CASES / case)


def run_case(case: str, root: Path) -> Files:
    """The files that a run on folders below `root` leaves behind, and what it says."""
    if not (root / "input").exists():
        (root / "input").mkdir()
        shutil.copy(input_object(case), root / "input" / "object.yaml")
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(str(root), environ(case))
    log = f"exit status {status}\n{err.getvalue()}{out.getvalue()}"
    return {**_files(root), "log.txt": log}


def by_hand(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """`planton …`: exit status, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = main(arguments)
    return status, out.getvalue(), err.getvalue()


def _files(root: Path) -> Files:
    found = [file for folder in FOLDERS for file in (root / folder).rglob("*") if file.is_file()]
    found += [file for file in [root / "log.txt"] if file.exists()]
    return {str(file.relative_to(root)): file.read_bytes().decode() for file in found}


def update() -> list[str]:
    """Updates the expected files from the workflow's output; returns the cases that changed."""
    changed = []
    for case in cases():
        with TemporaryDirectory() as folder:
            now = run_case(case, Path(folder))
        if now == expected_files(case):
            continue
        changed.append(case)
        for folder in FOLDERS:
            shutil.rmtree(CASES / case / folder, ignore_errors=True)
        for name, text in now.items():
            file = CASES / case / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
    gone = {case.name for case in CASES.iterdir()} - set(cases())
    for case in gone:
        shutil.rmtree(CASES / case)
    return sorted({*changed, *gone})


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.kratix_cases --update")
    for case in update():
        print(case)
