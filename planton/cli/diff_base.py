"""`planton diff --base`: the manifests of the working tree and those of a Git revision."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from planton.cli import github
from planton.cli.differences import Differences, find_differences, sentence, title
from planton.cli.input import rendered
from planton.cli.paths import ENV_WORKSPACE
from planton.diagnostics.diagnostic import printable
from planton.diagnostics.exit_status import USAGE
from planton.reading.rules_files import RulesFinder
from planton.repository.changed_files import Comparison
from planton.repository.git import RepositoryError


def diff_base_command(
    revision: str,
    paths: Sequence[str],
    format: str,
    finder: RulesFinder,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Prints what happened to the manifests under the paths since the working tree's branch left
    the revision."""
    try:
        comparison = Comparison(revision, paths)
        found = find_differences(comparison, finder)
    except RepositoryError as error:
        print(f"planton: {error}", file=sys.stderr)
        return USAGE
    if not (comparison.manifests_seen or found.errors or found.links):
        shown = ", ".join(printable(path) for path in paths)
        print(
            f"planton: no AwsDynamodb manifest in {shown}, neither in {printable(revision)} nor in "
            "the working tree; files that Git ignores are left out",
            file=sys.stderr,
        )
        return USAGE
    _WRITERS[format](found, environ)
    return found.status


def _write_text(found: Differences, _: Mapping[str, str]) -> None:
    if found.errors:
        print(rendered(found.errors), end="\n\n", file=sys.stderr)
    for one in found.changes:
        print(title(one))
        if one.consequence:
            print(f"  {one.consequence}")
        if one.problem:
            print(f"  cannot be compared: {printable(one.problem)}")
        for change in one.changes:
            print("\n".join(f"  {line}" for line in change.text().split("\n")))
        print()
    for note in found.notes:
        print(f"note: {printable(note)}")
    print(sentence(found))


def _write_json(found: Differences, _: Mapping[str, str]) -> None:
    print(json.dumps(found.data(), indent=2))


def _write_markdown(found: Differences, _: Mapping[str, str]) -> None:
    from planton.cli.diff_markdown import render_markdown

    print(render_markdown(found), end="")


def _write_sarif(found: Differences, _: Mapping[str, str]) -> None:
    from planton.cli import sarif
    from planton.review.findings import findings

    print(json.dumps(sarif.log([*found.errors, *findings(found.changes)]), indent=2))


def _write_github(found: Differences, environ: Mapping[str, str]) -> None:
    from planton.review.findings import findings

    root = environ.get(ENV_WORKSPACE) or os.getcwd()
    everything = [*found.errors, *findings(found.changes)]
    # GitHub shows only the first of them.
    for severity in ("error", "warning"):
        graded = [one for one in everything if one.severity == severity]
        print("".join(f"{line}\n" for line in github.commands(graded, root)), end="")
    for note in found.notes:
        print(github.command("notice", {"title": "diff/not-compared"}, printable(note)))
    print(sentence(found))


_WRITERS: Mapping[str, Callable[[Differences, Mapping[str, str]], None]] = {
    "text": _write_text,
    "json": _write_json,
    "markdown": _write_markdown,
    "sarif": _write_sarif,
    "github": _write_github,
}
