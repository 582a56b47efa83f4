"""Examines the manifests in files and folders."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from planton.diagnostics.diagnostic import (
    Diagnostic,
    ManifestError,
    Source,
    did_you_mean,
    printable,
)
from planton.dialects.contract import (
    API_VERSIONS,
    KIND,
    LIST_KIND,
    REQUEST_API_VERSIONS,
    REQUEST_KIND,
)
from planton.document.nodes import Mapping, Node, Scalar
from planton.document.nodes import Sequence as Items
from planton.manifest.place import ANYWHERE, Place
from planton.organization.organization import NO_RULES, Organization
from planton.reading.listing import File, files
from planton.reading.read import FindRules, no_rules, read_document
from planton.reading.report import Examined, Report
from planton.reading.secret_lines import parse_source
from planton.reading.sources import RULES_FILE, STDIN, read_bytes, read_data

_KINDS = (KIND, REQUEST_KIND)
_VERSIONS = (*API_VERSIONS, *REQUEST_API_VERSIONS)
_OURS = (b"dynamodb", b"dynamo_db", *(version.encode() for version in API_VERSIONS))
"""Texts of which a file must contain one, in any case, to be parsed."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SURELY_OURS = (b"awsdynamo", b"aws_dynamo", b"dynamodbrequest")
"""Texts of which a file must contain one, so that failing to parse it is an error. Helm and
CloudFormation templates may mention DynamoDB but are not YAML that can be read here."""


def examine(
    paths: Sequence[str],
    stdin: bytes = b"",
    *,
    skip_foreign: bool = False,
    find_rules: FindRules = no_rules,
    place: Place = ANYWHERE,
) -> Iterator[Examined]:
    """What is found in each named file and each file in a named folder, in a stable order.

    `find_rules` finds the organization's rules for a path. What is wrong with them is reported
    once, before the first file that they are for.

    A named file must contain a manifest, unless `skip_foreign`. In folders, documents of other
    kinds and files that never name our kind are only counted. `place` is the region and account of
    manifests that name none.
    """
    reported = Reported()
    for found in map(Examiner(find_rules, place), files(paths, stdin, skip_foreign=skip_foreign)):
        yield from map(Examined, reported.new(found.problems))
        if found.examined:
            yield found.examined


class Found(NamedTuple):
    """What is found in a file, if it is not one of rules, and what is wrong with the rules for it:
    at least what was not returned with an earlier file."""

    problems: tuple[Diagnostic, ...]
    examined: Examined | None


class Reported:
    """What is wrong with the rules of an organization, each problem once."""

    def __init__(self) -> None:
        self._seen: set[Diagnostic] = set()

    def new(self, problems: Iterable[Diagnostic]) -> list[Report]:
        """The problems that are new, a report for each file of rules."""
        by_file: dict[str, list[Diagnostic]] = {}
        for problem in self.unseen(problems):
            by_file.setdefault(problem.source.name, []).append(problem)
        return [Report(file, tuple(found), 0, 0) for file, found in by_file.items()]

    def unseen(self, problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The problems that are new."""
        new = tuple(dict.fromkeys(one for one in problems if one not in self._seen))
        self._seen.update(new)
        return new


class Examiner:
    """Examines files by the rules of an organization. `place` is the region and account of
    manifests that name none."""

    def __init__(self, find_rules: FindRules, place: Place = ANYWHERE) -> None:
        self._find_rules = find_rules
        self._place = place
        self._returned = Reported()

    def __call__(self, file: File | Report) -> Found:
        """What is found in a file; a report about a folder is passed through."""
        if isinstance(file, Report):
            return Found((), Examined(file))
        path = file.path
        rules = self._find_rules(path)
        if os.path.basename(path) == RULES_FILE:
            named = Examined(Report(path, (_rules_file(path),), 0, 0)) if file.must_hold else None
            return Found(self._returned.unseen(rules.problems), named)
        name = "<stdin>" if path == STDIN else path
        examined = examine_file(name, file.data, self._place, named=file.must_hold, rules=rules)
        problems = rules.problems if examined.report.counts else ()
        if rules is not NO_RULES:
            readings, unusable = examined.readings, bool(rules.problems)
            if unusable:
                readings = tuple(replace(one, manifest=None) for one in readings)
            report = examined.report._replace(rules=rules.files, unusable=unusable)
            examined = Examined(report, readings)
        return Found(self._returned.unseen(problems), examined)


def _rules_file(path: str) -> Diagnostic:
    return Diagnostic(
        code="empty",
        message=f"no manifest found: {RULES_FILE} holds the rules of an organization",
        source=Source(path, ""),
        help=f"planton rules {printable(path)} checks it",
    )


def examine_file(
    file: str,
    data: bytes | None = None,
    place: Place = ANYWHERE,
    *,
    named: bool = False,
    rules: Organization = NO_RULES,
) -> Examined:
    """What is found in one file, whose bytes are `data`, or are read. If it is `named`, it must
    contain a manifest. `place` is the region and account of a manifest that names none."""
    try:
        data = read_data(file) if data is None else data
    except ManifestError as error:
        return Examined(Report(file, error.diagnostics, 0, 0))
    if not named and not may_be_ours(data):
        return Examined(Report(file, (), 0, 1))
    try:
        source = read_bytes(data, file)
    except ManifestError as error:
        if named or _mentions(data, _SURELY_OURS):
            return Examined(Report(file, error.diagnostics, 0, 0))
        return Examined(Report(file, (), 0, 1))
    parsed = parse_source(source)
    ours: list[Node] = []
    foreign: list[Node] = []
    for root in parsed.roots:
        alone = named and len(parsed.roots) == 1
        (ours if alone or not _is_foreign(root) else foreign).append(root)
    if not ours and not named and not _mentions(data, _SURELY_OURS):
        return Examined(Report(file, (), 0, max(1, len(foreign))))
    starts = [(root.start.line, root.start.column) for root in foreign]
    found = [problem for problem in parsed.diagnostics if not _is_in(problem, foreign, starts)]
    readings = [read_document(root, parsed.source, place, rules=rules) for root in ours]
    if any(problem.severity == "error" for problem in found):
        readings = [replace(reading, manifest=None) for reading in readings]
    found += [problem for reading in readings for problem in reading.diagnostics]
    if named and not ours and not found:
        found.append(Diagnostic(code="empty", message="no manifest found", source=parsed.source))
    return Examined(Report(file, tuple(found), len(ours), len(foreign)), tuple(readings))


def may_be_ours(data: bytes) -> bool:
    """Whether a file with these bytes could contain a manifest or a request."""
    return _mentions(data, _OURS)


def _mentions(data: bytes, signs: Sequence[bytes]) -> bool:
    lowered = data.lower()
    if lowered[:2] in _UTF_16:
        lowered = lowered.replace(b"\0", b"")
    return any(sign in lowered for sign in signs)


def _is_in(problem: Diagnostic, roots: Sequence[Node], starts: Sequence[tuple[int, int]]) -> bool:
    """Whether a problem is in one of the documents, which are in the order of the text."""
    at = (problem.span.line - 1, problem.span.column - 1) if problem.span else (-1, -1)
    before = bisect_right(starts, at)
    if not before:
        return False
    end = roots[before - 1].end
    return at < (end.line, end.column)


def _is_foreign(root: Node) -> bool:
    """Whether a document is of another kind. Not foreign, but errors, are a misspelled AwsDynamodb,
    a document with one of our versions and no kind, and a List with one of them."""
    if not isinstance(root, Mapping):
        return True
    target = root.get("target")
    if isinstance(target, Mapping):
        root = target
    kind = root.get("kind")
    if not isinstance(kind, Scalar):
        version = root.get("apiVersion") or root.get("api_version")
        return not isinstance(version, Scalar) or version.text not in _VERSIONS
    if kind.text == LIST_KIND and isinstance(items := root.get("items"), Items):
        return all(map(_is_foreign, items.items))
    return kind.text not in _KINDS and did_you_mean(kind.text, _KINDS) is None
