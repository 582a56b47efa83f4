"""Many manifests at once: which there are under the given paths, and what is wrong in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planton.contract import API_VERSIONS, KIND
from planton.diagnostics import Diagnostic, ManifestError, did_you_mean
from planton.document import Mapping, Node, Scalar
from planton.manifest import check
from planton.stack_input import parse_guarded, read_bytes, read_data, unwrap

STDIN = "-"
_ENDINGS = (".yaml", ".yml")
_LEFT_OUT = frozenset({"node_modules", "vendor", "venv", "third_party", "__pycache__"})
_OURS = (b"dynamodb", b"dynamo_db", *(version.encode() for version in API_VERSIONS))
"""What a file must mention, in any case of letters, to be parsed at all."""


@dataclass(frozen=True)
class Report:
    """What was found in one file. `manifests` counts its AwsDynamodb documents, `foreign` the
    others; a file that was not parsed because it never names our kind counts as one of those."""

    file: str
    diagnostics: tuple[Diagnostic, ...]
    manifests: int
    foreign: int

    @property
    def valid(self) -> bool:
        """Whether nothing in it keeps a manifest from being deployed."""
        return not any(d.severity == "error" for d in self.diagnostics)

    def data(self) -> dict[str, Any]:
        """The report for machines."""
        ordered = sorted(self.diagnostics, key=Diagnostic.order)
        return {
            "file": self.file,
            "valid": self.valid,
            "diagnostics": [diagnostic.data() for diagnostic in ordered],
        }


def validate(paths: Sequence[str], stdin: bytes = b"") -> Iterator[Report]:
    """A report for each file that is named or that a named folder holds, in a stable order.

    A file that is named must hold a manifest. In folders, documents of other kinds and files that
    never name our kind are only counted.
    """
    for path in paths:
        if path == STDIN:
            yield _examine("<stdin>", stdin, named=True)
        elif os.path.isdir(path):
            for file in _walk(path):
                yield _examine(file, None, named=False)
        else:
            yield _examine(path, None, named=True)


def _walk(folder: str) -> Iterator[str]:
    # os.walk forgets what kind each entry is, and asking again takes longer than reading.
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        entries = [entry for entry in entries if not entry.name.startswith(".")]
        yield from (e.path for e in entries if e.name.endswith(_ENDINGS) and _is_file(e))
        inner = (e for e in reversed(entries) if e.name not in _LEFT_OUT)
        folders += [e.path for e in inner if e.is_dir(follow_symlinks=False)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether to read it. A pipe would be waited for, for ever; a link to nowhere is an error."""
    path = entry.path
    is_plain = entry.is_file(follow_symlinks=False)
    return is_plain or os.path.isfile(path) or not os.path.exists(path)


def _examine(file: str, data: bytes | None, *, named: bool) -> Report:
    try:
        data = read_data(file) if data is None else data
        if not named and not _is_worth_parsing(data):
            return Report(file, (), 0, 1)
        source = read_bytes(data, file)
    except ManifestError as error:
        return Report(file, error.diagnostics, 0, 0)
    roots, source, found = parse_guarded(source)
    only_one = named and len(roots) == 1
    ours = [root for root in roots if only_one or not _is_foreign(root)]
    for root in ours:
        target = unwrap(root, source, found, {})
        if target is not None:
            found += check(target, source)[1]
    if named and not ours and not found:
        found.append(Diagnostic(code="empty", message="there is no manifest in it", source=source))
    return Report(file, tuple(found), len(ours), len(roots) - len(ours))


def _is_worth_parsing(data: bytes) -> bool:
    lowered = data.lower()
    return any(sign in lowered for sign in _OURS)


def _is_foreign(root: Node) -> bool:
    """Whether a document is of another kind. A misspelt AwsDynamodb is ours, and an error; so is
    one of our versions that names no kind."""
    if not isinstance(root, Mapping):
        return True
    target = root.get("target")
    if isinstance(target, Mapping):
        root = target
    kind = root.get("kind")
    if not isinstance(kind, Scalar):
        version = root.get("apiVersion") or root.get("api_version")
        return not isinstance(version, Scalar) or version.text not in API_VERSIONS
    return kind.text != KIND and did_you_mean(kind.text, (KIND,)) is None
