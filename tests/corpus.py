"""Manifests that are refused or accepted, each beside the text that says why.

A case is `CODE/what.yaml`: `reject/` holds inputs that have errors, `accept/` their near misses.
`CODE/what.txt` is the text of everything found, warnings included; without it nothing is found.
`requests/` holds the same of requests to a Kratix platform.

`plans/` holds what `plan` prints for each example, as text and as JSON, `renders/` what `render`
prints for some of them and each target, with the warnings beside it.

    python -m tests.corpus --update

rewrites all of these. No test does: read each changed text as its reader would. Is it
true, does it point at the right place, does it help?
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from planton.cli.plan import plan_command
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, render
from planton.document.writer import dump
from planton.manifest.manifest import Manifest
from planton.manifest.place import Place
from planton.reading.read import read
from planton.reading.region_choice import fitting_region
from planton.reading.sources import read_bytes
from planton.render.targets import RenderTarget
from planton.render.targets import render as render_for
from tests.loading import NOW

ROOT = Path(__file__).resolve().parent
REJECT = ROOT / "reject"
ACCEPT = ROOT / "accept"
REQUESTS = {"accept": ROOT / "requests" / "accept", "reject": ROOT / "requests" / "reject"}
PLANS = ROOT / "plans"
RENDERS = ROOT / "renders"
RENDERED = ("multi-attribute-keys", "production", "provisioned-autoscaling")
TARGETS: tuple[RenderTarget, ...] = ("ack", "crossplane", "kro")
FORMATS = {"text": ".txt", "json": ".json"}


def cases(folder: Path) -> list[Path]:
    """The inputs of one corpus."""
    return sorted(folder.glob("*/*.yaml"))


def code(case: Path) -> str:
    """The code that the case tests."""
    return case.parent.name


def case_id(case: Path) -> str:
    """A case, or an example, as tests name it."""
    return f"{case.parent.name}/{case.stem}"


def examine(case: Path) -> tuple[Manifest | None, list[Diagnostic]]:
    """What the program makes of a case, and what it finds, under the file's own name."""
    try:
        source = read_bytes(case.read_bytes(), case.name)
    except ManifestError as error:
        return None, list(error.diagnostics)
    reading = read(source)
    return reading.manifest, list(reading.diagnostics)


def text(found: list[Diagnostic]) -> str:
    """The text of what is found, as the file beside the case holds it."""
    return f"{render(found)}\n" if found else ""


def expected_text(case: Path) -> str:
    """The text that the file beside the case holds."""
    beside = case.with_suffix(".txt")
    return beside.read_text(encoding="utf-8") if beside.exists() else ""


def examples() -> list[Path]:
    """The manifests that people start from."""
    return [ROOT.parent / "hack" / "manifest.yaml", *sorted(ROOT.parent.glob("examples/*.yaml"))]


def plan(example: Path, format: str) -> str:
    """What `plan` prints for an example."""
    with redirect_stdout(io.StringIO()) as printed:
        plan_command(str(example), b"", format, now=NOW)
    return printed.getvalue()


def kept_plan(example: Path, format: str) -> Path:
    """The file with what `plan` should print."""
    name = "hack" if example.parent.name == "hack" else example.stem
    return PLANS / f"{name}{FORMATS[format]}"


NEEDS_VALUES = {
    *((target, name) for target in TARGETS for name in ("another-kind", "other-environment")),
    ("ack", "replica"),
    ("kro", "replica"),
    ("crossplane", "bucket"),
}
"""Targets and the cases whose references they refuse: tests/test_references.py."""


def is_rendered(case: Path, target: RenderTarget) -> bool:
    """Whether the references of a case, if it has any, need no value."""
    return code(case) != "value-from" or (target, case.stem) not in NEEDS_VALUES


def region_to_name(source: Source) -> str | None:
    """What may be given as the region: an input that names one takes no other."""
    reading = read(source)
    manifest = reading.manifest
    named = (manifest and manifest.spec.region) or reading.provider.region
    if named:
        return None
    usual = "eu-west-1"
    fits = manifest is None or read(source, Place(region=usual)).manifest
    return usual if fits or manifest is None else fitting_region(manifest)


def renders() -> Iterator[tuple[Path, str]]:
    """The files with what `render` should print, and what it does print."""
    for example in (one for one in examples() if one.stem in RENDERED):
        source = Source(example.name, example.read_text(encoding="utf-8"))
        for target in TARGETS:
            rendering = render_for(source, target, region=region_to_name(source))
            path = RENDERS / f"{example.stem}.{target}.yaml"
            yield path, "---\n".join(dump(one) for one in rendering.objects)
            yield path.with_suffix(".txt"), text(list(rendering.warnings))


def wanted() -> Iterator[tuple[Path, str]]:
    """Every file of expectations, with what should be in it; without text it should not be."""
    folders = (REJECT, ACCEPT, *REQUESTS.values())
    for case in (case for folder in folders for case in cases(folder)):
        yield case.with_suffix(".txt"), text(examine(case)[1])
    for example in examples():
        for format in FORMATS:
            yield kept_plan(example, format), plan(example, format)
    yield from renders()


def update() -> list[Path]:
    """Updates the expected texts from the program's output; returns the files that changed."""
    now = {path: text for path, text in wanted() if text}
    then = {
        path: path.read_text(encoding="utf-8")
        for folder in (REJECT, ACCEPT, PLANS, *REQUESTS.values())
        for path in folder.rglob("*")
        if path.suffix in FORMATS.values()
    }
    then |= {path: path.read_text(encoding="utf-8") for path in RENDERS.iterdir()}
    for path in then.keys() - now.keys():
        path.unlink()
    changed = [path for path, text in now.items() if then.get(path) != text]
    for path in changed:
        path.write_text(now[path], encoding="utf-8")
    return sorted({*changed, *(then.keys() - now.keys())})


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.corpus --update")
    for path in update():
        print(path.relative_to(ROOT.parent))
