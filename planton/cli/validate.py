"""The command `planton validate`."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice

from planton.cli import colour
from planton.cli.paths import ENV_WORKSPACE
from planton.cli.verdict import Checked, Checker, Style, Verdict, indented_json
from planton.diagnostics.diagnostic import Diagnostic, printable
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.reading.folders import Reported
from planton.reading.listing import File, files
from planton.reading.read import FindRules, no_rules
from planton.reading.report import Report

_SHOWN_RULES = 3
MANY = 400
"""Files for which the start of several processes takes less time than they save."""


def validate_command(
    paths: Sequence[str],
    stdin: bytes,
    format: str = "text",
    *,
    strict: bool = False,
    ignore: frozenset[str] = frozenset(),
    skip_foreign: bool = False,
    find_rules: FindRules = no_rules,
    jobs: int | None = 1,
    one_stack: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Checks the manifests under the paths and prints the problems: SARIF after the last file, the
    other formats file by file. Warnings with a code in `ignore` are dropped. `jobs` is the maximum
    number of processes; None uses all cores if there are many files. With `one_stack`, names that
    tables of one stack must not share are errors."""
    summary = dict.fromkeys(
        ("files", "manifests", "valid", "invalid", "errors", "warnings", "foreign"), 0
    )
    painted = format == "text" and colour.wanted(sys.stdout, environ)
    style = Style(format, ignore, painted, environ.get(ENV_WORKSPACE) or os.getcwd())
    listed = files(paths, stdin, skip_foreign=skip_foreign)
    findings: list[Diagnostic] = []
    rules: dict[str, None] = {}
    begin = partial(Checker, find_rules, style, {})
    if one_stack:
        # Imported here because other manifests need no plan.
        from planton.reading.folders import examine
        from planton.reading.shared_names import shared_in_stack

        shared = shared_in_stack(examine(paths, stdin, find_rules=find_rules))
        begin = partial(Checker, find_rules, style, shared)
    if format == "json":
        print('{\n  "files": [', end="")
    for verdict in _verdicts(listed, begin, style, jobs):
        summary["foreign"] += verdict.foreign
        if not verdict.counts:
            continue
        rules |= dict.fromkeys(verdict.rules)
        summary["files"] += 1
        summary["manifests"] += verdict.manifests
        summary["valid" if verdict.valid else "invalid"] += 1
        summary["errors"] += verdict.errors
        summary["warnings"] += verdict.warnings
        findings += verdict.findings
        if format == "json":
            print("," if summary["files"] > 1 else "")
            print(f"    {verdict.text}", end="")
        else:
            print(verdict.text, end="")
    failed = bool(summary["errors"] or (strict and summary["warnings"]))
    if format == "json":
        shown = {**summary, "strict": strict, "failed": failed, "rules": [*rules]}
        print("\n  ]," if summary["files"] else "],")
        print(f'  "summary": {indented_json(shown, 2)}\n}}')
    elif format == "sarif":
        from planton.cli import sarif

        print(indented_json(sarif.log(findings)))
    if not summary["files"] and not skip_foreign:
        named = ", ".join(printable(path) for path in paths)
        print(f"planton: no AwsDynamodb manifest in {named}", file=sys.stderr)
        return USAGE
    if format in ("text", "github"):
        print(_sentence(summary, rules, strict=strict))
    if format == "text" and (summary["errors"] or summary["warnings"]):
        print("for details: planton explain CODE")
    return PROBLEMS if failed else OK


def _verdicts(
    listed: Iterator[File | Report], begin: Callable[[], Checker], style: Style, jobs: int | None
) -> Iterator[Verdict]:
    """The verdict about each file; before it, those about the rules for it that are wrong."""
    reported = Reported()
    for problems, verdict in _checked(listed, begin, jobs):
        yield from map(style.verdict, reported.new(problems))
        if verdict:
            yield verdict


def _checked(
    listed: Iterator[File | Report], begin: Callable[[], Checker], jobs: int | None
) -> Iterator[Checked]:
    """What is found in each file, by at most so many processes."""
    if jobs is None:
        first = list(islice(listed, MANY + 1))
        listed, jobs = chain(first, listed), 1
        if len(first) > MANY:
            from planton.cli.cores import usable_cores

            jobs = usable_cores()
    if jobs == 1:
        yield from map(begin(), listed)
        return
    # Imported here because it takes as long as checking twenty files.
    from planton.cli.processes import Processes, ProcessLost

    with Processes(begin, jobs, _stays) as processes:
        try:
            yield from processes.map(listed)
        except ProcessLost as lost:
            sys.exit(f"planton: {_lost(lost.exit_code, lost.chunk)}")


def _lost(exit_code: int | None, chunk: Sequence[File | Report]) -> str:
    ended = f"with status {exit_code}"
    if exit_code is not None and exit_code < 0:
        ended = f"by signal {-exit_code}"
    names = [one.file if isinstance(one, Report) else one.path for one in chunk]
    return (
        f"a process was ended {ended} while it checked {_count(len(names), 'file')}, from "
        f"{printable(names[0])} to {printable(names[-1])}; if memory ran out, allow fewer "
        "processes with --jobs"
    )


def _stays(file: File | Report) -> bool:
    """Whether only this process can read a file: standard input, also by another name, a pipe, and
    what else is no file on a disk."""
    if isinstance(file, Report):
        return False
    try:
        found = os.stat(file.path)
    except (OSError, ValueError):
        return True
    if not stat.S_ISREG(found.st_mode) or file.path.startswith("/dev/"):
        return True
    try:
        return os.path.samestat(found, os.fstat(0))
    except OSError:  # this process was started without standard input
        return False


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
