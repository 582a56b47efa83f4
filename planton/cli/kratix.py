"""`planton kratix`: prints the Promise, runs its workflow on local files, and checks requests."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from planton.cli import colour
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, printable, quote
from planton.diagnostics.diagnostic import render as render_diagnostics
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.dialects.canonical import is_request
from planton.dialects.request import NAME_PATTERN
from planton.document.nodes import Mapping, plain
from planton.kratix import workflow
from planton.kratix.container import leave
from planton.kratix.names import DELETE, REGIONS
from planton.kratix.output_folders import foreign_files
from planton.kratix.workflow import METADATA_FILES, OUTPUT_FILES, SettingError
from planton.reading.listing import walk
from planton.reading.read import FindRules, no_rules
from planton.reading.secret_lines import Parsed, parse_source
from planton.reading.sources import STDIN, read_file, read_named


def promise_command(
    image: str | None, regions: str | None, observed_by: str, rules: str | None = None
) -> int:
    """Prints the Promise."""
    from planton.kratix.promise import text

    try:
        allowed = None if regions is None else workflow.read_regions(regions)
    except SettingError as error:
        print(f"planton: --regions: {error}", file=sys.stderr)
        return USAGE
    if rules is not None and not re.fullmatch(NAME_PATTERN, rules):
        print(f"planton: --rules: {quote(rules)} is not the name of a ConfigMap", file=sys.stderr)
        return USAGE
    print(text(image, allowed, observed_by, rules), end="")
    return OK


def render_command(
    path: str,
    stdin: bytes,
    output: str,
    metadata: str,
    *,
    action: str,
    regions: str | None,
    promise: str | None,
    find_rules: FindRules = no_rules,
) -> int:
    """Runs the workflow on a file and two folders that the user names."""
    if (allowed := _offered(regions, promise)) is None:
        return USAGE
    try:
        source = read_named(path, stdin)
    except ManifestError as error:
        outcome = workflow.refused(list(error.diagnostics))
    else:
        deletes, rules = action == DELETE, find_rules(path)
        if deletes:
            outcome = workflow.delete(source, rules)
        else:
            outcome = workflow.configure(source, allowed, rules=rules)
    if foreign := foreign_files(output, OUTPUT_FILES) + foreign_files(metadata, METADATA_FILES):
        shown = ", ".join(printable(file) for file in foreign)
        message = f"planton: not created by an earlier run, so not overwritten: {shown}"
        print(message, file=sys.stderr)
        return USAGE
    return leave(outcome, output, metadata)


def check_command(
    paths: list[str],
    stdin: bytes,
    *,
    regions: str | None,
    promise: str | None,
    find_rules: FindRules = no_rules,
) -> int:
    """Checks requests as the platform's workflow does, and reports every problem."""
    if (allowed := _offered(regions, promise)) is None:
        return USAGE
    valid = invalid = foreign = 0
    told: list[Diagnostic] = []
    for source, named in _sources(paths, stdin):
        if isinstance(source, ManifestError):
            print(_rendered(source.diagnostics), end="\n\n")
            invalid += 1
            continue
        parsed = parse_source(source)
        found = list(parsed.diagnostics)
        ours = [root for root in parsed.roots if isinstance(root, Mapping) and is_request(root)]
        foreign += len(parsed.roots) - len(ours)
        if named and not ours and not found:
            problem = Diagnostic(code="empty", message="no request found", source=parsed.source)
            found = [problem]
        elif not ours and not named:
            continue
        each = [Parsed(parsed.source, (root,), ()) for root in ours]
        rules = find_rules(source.path or STDIN)
        outcomes = [workflow.render(one, allowed, rules=rules) for one in each]
        found += [d for outcome in outcomes for d in outcome.diagnostics]
        failed = any(d.severity == "error" for d in found)
        # What is wrong with the rules is wrong for every request, and told once.
        if found := [d for d in found if d not in told]:
            print(_rendered(found), end="\n\n")
        told += (d for d in rules.problems if d not in told)
        invalid += max(failed, sum(not outcome.ok for outcome in outcomes))
        valid += sum(outcome.ok for outcome in outcomes)
    if not valid + invalid:
        print(f"planton: no DynamoDBRequest in {', '.join(map(printable, paths))}", file=sys.stderr)
        return USAGE
    print(_sentence(valid, invalid, foreign))
    return PROBLEMS if invalid else OK


def _offered(regions: str | None, promise: str | None) -> tuple[str, ...] | None:
    """The regions of the platform: those named, those of a file with the Promise, or by default
    the ones in this module's Promise. None, with a message, if they cannot be read."""
    from planton.kratix.promise import regions_of

    try:
        if promise is not None:
            parsed = parse_source(read_file(promise))
            if parsed.diagnostics:
                raise ManifestError(parsed.diagnostics)
            if len(parsed.roots) != 1:
                raise SettingError(f"it must hold one document, got {len(parsed.roots)}")
            return regions_of(plain(parsed.roots[0]))
        return REGIONS if regions is None else workflow.read_regions(regions)
    except SettingError as error:
        option = "--regions" if promise is None else f"--promise {printable(promise)}"
        print(f"planton: {option}: {error}", file=sys.stderr)
    except ManifestError as error:
        print(render_diagnostics(error.diagnostics), file=sys.stderr)
    return None


def _sources(paths: list[str], stdin: bytes) -> Iterator[tuple[Source | ManifestError, bool]]:
    """Each text, or the error if it cannot be read, and whether the user named the file."""
    for path in paths:
        named = path == STDIN or not os.path.isdir(path)
        for file, problem in [(path, None)] if named else walk(path):
            if problem:
                yield ManifestError(problem.diagnostics), named
                continue
            try:
                yield read_named(file if named else os.path.normpath(file), stdin), named
            except ManifestError as error:
                yield error, named


def _sentence(valid: int, invalid: int, foreign: int) -> str:
    number = valid + invalid
    sentence = f"{number} request{'' if number == 1 else 's'}: {valid} valid"
    if invalid:
        sentence += f", {invalid} invalid"
    if foreign:
        sentence += f"; {foreign} of other kinds skipped"
    return sentence


def _rendered(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> str:
    return render_diagnostics(diagnostics, colour=colour.wanted(sys.stdout, os.environ))
