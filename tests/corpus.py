"""Manifests that are refused or accepted, each beside the text that says why.

A case is `CODE--what.yaml`: `reject/` holds inputs that have errors, `accept/` their near misses.
`CODE--what.txt` is the text of everything found, warnings included; without it nothing is found.

    python -m tests.corpus --update

writes the texts anew. No test does: read each changed text as its reader would. Is it true, does it
point at the right place, does it help?
"""

from __future__ import annotations

import sys
from pathlib import Path

from planton.diagnostics import Diagnostic, ManifestError, render
from planton.model.spec import AwsDynamodb
from planton.stack_input import examine_source, read_bytes

ROOT = Path(__file__).resolve().parent
REJECT = ROOT / "reject"
ACCEPT = ROOT / "accept"


def cases(folder: Path) -> list[Path]:
    """The inputs of one corpus."""
    return sorted(folder.glob("*.yaml"))


def code(case: Path) -> str:
    """The code that the case is about."""
    return case.name.partition("--")[0]


def examine(case: Path) -> tuple[AwsDynamodb | None, list[Diagnostic]]:
    """What the program makes of a case, and what it finds, under the file's own name."""
    try:
        source = read_bytes(case.read_bytes(), case.name)
    except ManifestError as error:
        return None, list(error.diagnostics)
    manifest, found, _ = examine_source(source)
    return manifest, found


def text(found: list[Diagnostic]) -> str:
    """The text of what is found, as the file beside the case holds it."""
    return f"{render(found)}\n" if found else ""


def kept(case: Path) -> str:
    """The text that the file beside the case holds."""
    beside = case.with_suffix(".txt")
    return beside.read_text(encoding="utf-8") if beside.exists() else ""


def update() -> list[Path]:
    """Writes every text that is no longer what the program says, and removes what has no case."""
    changed = [p for f in (REJECT, ACCEPT) for p in f.glob("*.txt") if not _has_case(p)]
    for stale in changed:
        stale.unlink()
    for case in cases(REJECT) + cases(ACCEPT):
        now = text(examine(case)[1])
        if now != kept(case):
            beside = case.with_suffix(".txt")
            if now:
                beside.write_text(now, encoding="utf-8")
            else:
                beside.unlink()
            changed.append(beside)
    return changed


def _has_case(beside: Path) -> bool:
    return beside.with_suffix(".yaml").exists()


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.corpus --update")
    for path in update():
        print(path.relative_to(ROOT.parent))
