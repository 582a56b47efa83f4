"""What the commands without Pulumi print."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any

from planton.changes import compare
from planton.decisions import decisions
from planton.diagnostics import Diagnostic, ManifestError, render
from planton.manifest import Loaded
from planton.plan import make_plan
from planton.render.text import describe
from planton.stack_input import examine_source, read_bytes, read_file
from planton.status import LOSS, OK, PROBLEMS, USAGE
from planton.validate import STDIN, validate


def validate_command(paths: list[str], stdin: bytes, format: str) -> int:
    """Prints what is wrong under the paths: text file by file, JSON when all are read."""
    summary = dict.fromkeys(
        ("files", "manifests", "valid", "invalid", "errors", "warnings", "foreign"), 0
    )
    files = []
    for report in validate(paths, stdin):
        summary["foreign"] += report.foreign
        if not report.manifests and not report.diagnostics:
            continue
        severities = [diagnostic.severity for diagnostic in report.diagnostics]
        summary["files"] += 1
        summary["manifests"] += report.manifests
        summary["valid" if report.valid else "invalid"] += 1
        summary["errors"] += severities.count("error")
        summary["warnings"] += severities.count("warning")
        if format == "json":
            files.append(report.data())
        elif report.diagnostics:
            print(render(report.diagnostics), end="\n\n")
    if format == "json":
        print(json.dumps({"files": files, "summary": summary}, indent=2))
    if not summary["files"]:
        print(f"planton: no AwsDynamodb manifest in {', '.join(paths)}", file=sys.stderr)
        return USAGE
    if format == "text":
        print(_sentence(summary))
    return PROBLEMS if summary["errors"] else OK


def _sentence(summary: dict[str, int]) -> str:
    counted = f"{_count(summary['files'], 'file')}: {summary['valid']} valid"
    if summary["invalid"]:
        counted += f", {summary['invalid']} invalid"
    for what in ("error", "warning"):
        if number := summary[f"{what}s"]:
            counted += f"; {_count(number, what)}"
    if summary["foreign"]:
        counted += f"; {summary['foreign']} of other kinds left out"
    return counted


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def plan_command(path: str, stdin: bytes, format: str) -> int:
    """Prints the plan of one manifest; warnings go to standard error."""
    try:
        loaded, region = read_manifest(path, stdin)
    except ManifestError as error:
        return refuse(error, format)
    show_warnings(loaded.warnings)
    plan = make_plan(loaded.manifest)
    if format == "json":
        data: dict[str, Any] = {"region": region, **dataclasses.asdict(plan)}
        data["tags"] = dict(plan.tags)
        data["attributes"] = dict(plan.attributes)
        print(json.dumps(data, indent=2))
    else:
        print(describe(plan, region), end="")
    return OK


def diff_command(old: str, new: str, stdin: bytes, format: str) -> int:
    """Prints what the change from one manifest to another does to a living table."""
    try:
        (before, old_region), (after, new_region) = (read_manifest(p, stdin) for p in (old, new))
    except ManifestError as error:
        return refuse(error, format)
    changes = compare(
        decisions(make_plan(before.manifest), region=old_region, account_id=None),
        decisions(make_plan(after.manifest), region=new_region, account_id=None),
    )
    if format == "json":
        print(json.dumps({"changes": [change.data() for change in changes]}, indent=2))
    else:
        print("\n\n".join(change.text() for change in changes) or "no change")
    return LOSS if any(change.refused or change.loses_data for change in changes) else OK


def read_manifest(path: str, stdin: bytes) -> tuple[Loaded, str | None]:
    """The manifest of a file, of a stack input or of standard input, and the region it names.

    Raises:
        ManifestError: with everything that is wrong.
    """
    source = read_bytes(stdin, "<stdin>") if path == STDIN else read_file(path)
    manifest, found, provider = examine_source(source)
    if manifest is None:
        raise ManifestError(found)
    return Loaded(manifest, tuple(found)), manifest.spec.region or provider.get("region")


def refuse(error: ManifestError, format: str) -> int:
    """Prints what is wrong where the asked-for output would have stood."""
    if format == "json":
        ordered = sorted(error.diagnostics, key=Diagnostic.order)
        print(json.dumps({"valid": False, "diagnostics": [d.data() for d in ordered]}, indent=2))
    else:
        print(error, file=sys.stderr)
    return PROBLEMS


def show_warnings(warnings: tuple[Diagnostic, ...]) -> None:
    """Warnings go to standard error: they are no part of the output."""
    if warnings:
        print(render(warnings), end="\n\n", file=sys.stderr)
