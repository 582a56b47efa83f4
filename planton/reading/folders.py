"""Finds the manifests in files and folders, and checks them."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
from planton.reading.read import FindRules, Reading, no_rules, read_document
from planton.reading.secret_lines import parse_source
from planton.reading.sources import RULES_FILE, STDIN, read_bytes, read_data

_ENDINGS = (".yaml", ".yml")
"""Suffixes of the files that are read from a folder, in any case."""
LEFT_OUT = frozenset({"node_modules", "vendor", "venv", "third_party", "__pycache__"})
"""Folders with third-party files, which are skipped like hidden ones."""
_KINDS = (KIND, REQUEST_KIND)
_VERSIONS = (*API_VERSIONS, *REQUEST_API_VERSIONS)
_OURS = (b"dynamodb", b"dynamo_db", *(version.encode() for version in API_VERSIONS))
"""Texts of which a file must contain one, in any case, to be parsed."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SURELY_OURS = (b"awsdynamo", b"aws_dynamo", b"dynamodbrequest")
"""Texts of which a file must contain one, so that failing to parse it is an error. Helm and
CloudFormation templates may mention DynamoDB but are not YAML that can be read here."""


@dataclass(frozen=True)
class Report:
    """The findings of one file. `manifests` counts its AwsDynamodb documents, `foreign` the others;
    a file that was not parsed because it never names our kind counts as one foreign document.
    `rules` are the files with the organization's rules for it; if these are `unusable`, nothing in
    it is valid."""

    file: str
    diagnostics: tuple[Diagnostic, ...]
    manifests: int
    foreign: int
    rules: tuple[str, ...] = ()
    unusable: bool = False

    @property
    def valid(self) -> bool:
        """Whether there are no errors, in the file and in the rules for it."""
        return not self.unusable and not any(d.severity == "error" for d in self.diagnostics)

    @property
    def counts(self) -> bool:
        """Whether the file has manifests or findings."""
        return bool(self.manifests or self.diagnostics)

    def without(self, codes: frozenset[str]) -> Report:
        """The report without the warnings that have these codes."""
        kept = (d for d in self.diagnostics if d.severity == "error" or d.code not in codes)
        return replace(self, diagnostics=tuple(kept)) if codes else self

    def data(self) -> dict[str, Any]:
        """The report as JSON data."""
        ordered = sorted(self.diagnostics, key=Diagnostic.order)
        return {
            "file": self.file,
            "valid": self.valid,
            "diagnostics": [diagnostic.data() for diagnostic in ordered],
        }


@dataclass(frozen=True)
class Examined:
    """The report of a file, and what was read of each AwsDynamodb document in it. If the file has
    errors outside of its documents, none of them has a manifest."""

    report: Report
    readings: tuple[Reading, ...] = ()


def validate(
    paths: Sequence[str],
    stdin: bytes = b"",
    *,
    skip_foreign: bool = False,
    find_rules: FindRules = no_rules,
) -> Iterator[Report]:
    """The reports alone of `examine`."""
    found = examine(paths, stdin, skip_foreign=skip_foreign, find_rules=find_rules)
    return (examined.report for examined in found)


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
    kinds and files that never name our kind are only counted. A file that several paths reach is
    read once, as a named file if it is named. `place` is the region and account of manifests that
    name none.
    """
    folders = {path for path in paths if path != STDIN and os.path.isdir(path)}
    named = {_whole(path) for path in paths if path not in folders}
    several = len(paths) > 1
    seen: set[str] = set()
    governed = _Governed(find_rules, place)
    for path in paths:
        if path in folders:
            for file, problem in walk(path):
                if several and ((whole := _whole(file)) in named or whole in seen):
                    continue
                if several:
                    seen.add(whole)
                if problem:
                    yield Examined(problem)
                else:
                    yield from governed.examine(file, None, named=False)
        elif (whole := _whole(path)) not in seen:
            seen.add(whole)
            data = stdin if path == STDIN else None
            yield from governed.examine(path, data, named=not skip_foreign)


class _Governed:
    """Examines files by the rules of an organization, and reports once what is wrong with these."""

    def __init__(self, find_rules: FindRules, place: Place) -> None:
        self._find_rules = find_rules
        self._place = place
        self._reported: set[Diagnostic] = set()

    def examine(self, path: str, data: bytes | None, *, named: bool) -> Iterator[Examined]:
        """What is found in the file at a path, or in standard input, whose bytes are `data`."""
        if os.path.basename(path) == RULES_FILE:
            yield from self._problems(self._find_rules(path))
            if named:
                yield Examined(Report(path, (_rules_file(path),), 0, 0))
            return
        rules = self._find_rules(path)
        name = "<stdin>" if path == STDIN else path
        examined = examine_file(name, data, self._place, named=named, rules=rules)
        if examined.report.counts:
            yield from self._problems(rules)
        if rules is not NO_RULES:
            readings, unusable = examined.readings, bool(rules.problems)
            if unusable:
                readings = tuple(replace(one, manifest=None) for one in readings)
            report = replace(examined.report, rules=rules.files, unusable=unusable)
            examined = Examined(report, readings)
        yield examined

    def _problems(self, rules: Organization) -> Iterator[Examined]:
        by_file: dict[str, list[Diagnostic]] = {}
        for problem in rules.problems:
            if problem not in self._reported:
                self._reported.add(problem)
                by_file.setdefault(problem.source.name, []).append(problem)
        for file, problems in by_file.items():
            yield Examined(Report(file, tuple(problems), 0, 0))


def _rules_file(path: str) -> Diagnostic:
    return Diagnostic(
        code="empty",
        message=f"no manifest found: {RULES_FILE} holds the rules of an organization",
        source=Source(path, ""),
        help=f"planton rules {printable(path)} checks it",
    )


def _whole(path: str) -> str:
    """The absolute path that identifies a file; standard input has none."""
    return path if path == STDIN else os.path.abspath(path)


def is_walked(path: str) -> bool:
    """Whether `walk` returns the file at a path, which starts at the walked folder."""
    *folders, name = path.split("/")
    is_hidden = any(part.startswith(".") for part in (*folders, name))
    return name.lower().endswith(_ENDINGS) and not (is_hidden or LEFT_OUT.intersection(folders))


def walk(folder: str) -> Iterator[tuple[str, Report | None]]:
    """The YAML files of a folder, and a report for each folder that cannot be listed."""
    # os.walk does not return the type of each entry, and querying it is slower than reading.
    folders = [folder]
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except FileNotFoundError:
            continue  # removed since its parent was listed
        except OSError as error:
            yield here, _unlisted(here, error)
            continue
        entries = [entry for entry in entries if not entry.name.startswith(".")]
        yield from (
            (e.path, None) for e in entries if e.name.lower().endswith(_ENDINGS) and _is_file(e)
        )
        inner = (e for e in reversed(entries) if e.name not in LEFT_OUT)
        folders += [e.path for e in inner if e.is_dir(follow_symlinks=False)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether to read the entry. Reading a pipe could block forever; a broken link is an error."""
    path = entry.path
    is_plain = entry.is_file(follow_symlinks=False)
    return is_plain or os.path.isfile(path) or not os.path.exists(path)


def _unlisted(folder: str, error: OSError) -> Report:
    problem = Diagnostic(
        code="unreadable",
        message=f"the folder cannot be listed: {error.strerror}",
        source=Source(folder, ""),
        help="its files were not checked",
    )
    return Report(folder, (problem,), 0, 0)


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
