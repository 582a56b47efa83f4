"""Reads a text into one typed manifest, or reports every error. There is no other way to do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.dialects.canonical import canonical
from planton.document.reader import Node, parse, span
from planton.manifest.checker import Checker
from planton.manifest.place import ANYWHERE, Place
from planton.manifest.rules.rule import Finding
from planton.manifest.spec import AwsDynamodb


@dataclass(frozen=True)
class Loaded:
    """A valid manifest, and the warnings about it."""

    manifest: AwsDynamodb
    warnings: tuple[Diagnostic, ...] = ()


def load(text: str, *, filename: str, place: Place = ANYWHERE) -> Loaded:
    """Reads one manifest. `filename` names the text in diagnostics, `place` is the known region and
    account of the table.

    Raises:
        ManifestError: with every error and warning, if there is any error.
    """
    source = Source(filename, text)
    manifest, found = examine(*parse(source), source, place)
    if manifest is None:
        raise ManifestError(found)
    return Loaded(manifest, tuple(found))


def examine(
    roots: list[Node], found: list[Diagnostic], source: Source, place: Place = ANYWHERE
) -> tuple[AwsDynamodb | None, list[Diagnostic]]:
    """The manifest of a parsed text, or None if there are errors, and all diagnostics.

    `found` are the parser's diagnostics, `place` is the known region and account of the table. More
    or fewer than one document is an error.
    """
    found = list(found)
    if not roots and not found:
        found.append(Diagnostic(code="empty", message="no manifest found", source=source))
    if len(roots) > 1:
        found.append(
            Diagnostic(
                code="several-documents",
                message=f"expected one manifest, got {len(roots)} documents",
                source=source,
                span=span(roots[1]),
                help="keep one manifest per file",
            )
        )
    manifest = None
    if roots:
        manifest, found = check(roots[0], source, found, place)
    failed = any(d.severity == "error" for d in found)
    return (None if failed else manifest), found


def check(
    root: Node,
    source: Source,
    around: Iterable[Diagnostic] = (),
    place: Place = ANYWHERE,
    *,
    parsed: Iterable[Diagnostic] = (),
) -> tuple[AwsDynamodb | None, list[Diagnostic]]:
    """One document's manifest, or None if it has errors, and all diagnostics.

    `around` are earlier diagnostics; the warnings that the manifest ignores are removed from all.
    `parsed` are the parser's diagnostics that the caller reports itself.
    """
    document = canonical(root, source)
    if not document.usable:
        return None, [*around, *document.found]
    around = list(around)
    checker = Checker(document, source, place, [*around, *parsed])
    manifest = checker.check()
    failed = any(d.severity == "error" for d in checker.found)
    found = [*around, *checker.found]
    if manifest and (ignored := frozenset(manifest.metadata.ignore_warnings)):
        found = [d for d in found if d.severity == "error" or d.code not in ignored]
    return (None if failed else manifest), found


def point(root: Node, source: Source, code: str, findings: Iterable[Finding]) -> list[Diagnostic]:
    """Diagnostics for findings about an accepted document that do not come from rules."""
    checker = Checker(canonical(root, source), source)
    checker.found = []
    for finding in findings:
        checker.add(code, finding)
    return checker.found
