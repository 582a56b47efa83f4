"""The command `planton validate`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence

from planton.cli import colour, github
from planton.diagnostics.diagnostic import Diagnostic, printable, render
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.reading.folders import Report, validate
from planton.reading.read import FindRules, no_rules

_SHOWN_RULES = 3


def validate_command(
    paths: Sequence[str],
    stdin: bytes,
    format: str = "text",
    *,
    strict: bool = False,
    ignore: frozenset[str] = frozenset(),
    skip_foreign: bool = False,
    find_rules: FindRules = no_rules,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Checks the manifests under the paths and prints the problems: text and workflow commands file
    by file, JSON and SARIF after the last file. Warnings with a code in `ignore` are dropped."""
    summary = dict.fromkeys(
        ("files", "manifests", "valid", "invalid", "errors", "warnings", "foreign"), 0
    )
    painted = format == "text" and colour.wanted(sys.stdout, environ)
    root = environ.get(github.ENV_WORKSPACE) or os.getcwd()
    kept: list[Report] = []
    rules: dict[str, None] = {}
    for found in validate(paths, stdin, skip_foreign=skip_foreign, find_rules=find_rules):
        report = found.without(ignore)
        summary["foreign"] += report.foreign
        if not found.counts:
            continue
        rules |= dict.fromkeys(report.rules)
        severities = [diagnostic.severity for diagnostic in report.diagnostics]
        summary["files"] += 1
        summary["manifests"] += report.manifests
        summary["valid" if report.valid else "invalid"] += 1
        summary["errors"] += severities.count("error")
        summary["warnings"] += severities.count("warning")
        if format in ("json", "sarif"):
            kept.append(report)
        elif report.diagnostics and format == "github":
            print("\n".join(github.commands(report.diagnostics, root)))
        elif report.diagnostics:
            print(render(report.diagnostics, colour=painted), end="\n\n")
    failed = bool(summary["errors"] or (strict and summary["warnings"]))
    if format == "json":
        verdict = {**summary, "strict": strict, "failed": failed, "rules": [*rules]}
        files = [report.data() for report in kept]
        print(json.dumps({"files": files, "summary": verdict}, indent=2))
    elif format == "sarif":
        from planton.cli import sarif

        print(json.dumps(sarif.log(_ordered(kept)), indent=2))
    if not summary["files"] and not skip_foreign:
        shown = ", ".join(printable(path) for path in paths)
        print(f"planton: no AwsDynamodb manifest in {shown}", file=sys.stderr)
        return USAGE
    if format in ("text", "github"):
        print(_sentence(summary, rules, strict=strict))
    if format == "text" and (summary["errors"] or summary["warnings"]):
        print("for details: planton explain CODE")
    return PROBLEMS if failed else OK


def _ordered(reports: Sequence[Report]) -> list[Diagnostic]:
    return [d for r in reports for d in sorted(r.diagnostics, key=Diagnostic.order)]


def _sentence(summary: Mapping[str, int], rules: Collection[str], *, strict: bool) -> str:
    counted = "no manifest"
    if summary["files"]:
        counted = f"{_count(summary['files'], 'file')}: {summary['valid']} valid"
    if summary["invalid"]:
        counted += f", {summary['invalid']} invalid"
    if summary["errors"]:
        counted += f"; {_count(summary['errors'], 'error')}"
    if summary["warnings"]:
        counted += f"; {_count(summary['warnings'], 'warning')}"
        counted += ", not allowed with --strict" if strict else ""
    if summary["foreign"]:
        counted += f"; {summary['foreign']} of other kinds skipped"
    if rules:
        shown = [printable(file) for file in [*rules][:_SHOWN_RULES]]
        more = ["…"] if len(rules) > _SHOWN_RULES else []
        counted += f"; by the rules of {', '.join(shown + more)}"
    return counted


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
