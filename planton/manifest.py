"""The only door into the model: text in, one typed manifest out, or everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planton.checker import Checker
from planton.diagnostics import Diagnostic, ManifestError, Severity, Source
from planton.dialect.canonical import canonical
from planton.document import Node, parse, span
from planton.model.rule import Finding
from planton.model.spec import AwsDynamodb
from planton.place import ANYWHERE, Place


@dataclass(frozen=True)
class Loaded:
    """A manifest that may be deployed, and what was found that will hurt."""

    manifest: AwsDynamodb
    warnings: tuple[Diagnostic, ...] = ()


def load(text: str, *, filename: str, place: Place = ANYWHERE) -> Loaded:
    """Reads one manifest. `filename` is what diagnostics call the text, `place` what is known of
    where the table goes.

    Raises:
        ManifestError: with every error and warning, where there is any error.
    """
    source = Source(filename, text)
    manifest, found = examine(*parse(source), source, place)
    if manifest is None:
        raise ManifestError(found)
    return Loaded(manifest, tuple(found))


def examine(
    roots: list[Node], found: list[Diagnostic], source: Source, place: Place = ANYWHERE
) -> tuple[AwsDynamodb | None, list[Diagnostic]]:
    """The one manifest of a parsed text, None where there are errors, and everything found.

    `found` is what parsing found, `place` what is known of where the table goes. More or less than
    one document is an error.
    """
    found = list(found)
    if not roots and not found:
        found.append(Diagnostic(code="empty", message="there is no manifest in it", source=source))
    if len(roots) > 1:
        found.append(
            Diagnostic(
                code="several-documents",
                message=f"{len(roots)} documents where one manifest is expected",
                source=source,
                span=span(roots[1]),
                help="keep one manifest a file",
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
    """One document's manifest, None where it has errors, and everything found in and around it.

    `around` is what was found before; warnings that the manifest ignores are taken out of both.
    `parsed` is what parsing found and the caller says itself.
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


def point(
    root: Node,
    source: Source,
    code: str,
    findings: Iterable[Finding],
    severity: Severity = "warning",
) -> list[Diagnostic]:
    """What others than the rules find about a document that `check` accepted, at its place."""
    checker = Checker(canonical(root, source), source)
    checker.found = []
    for finding in findings:
        checker.add(code, finding, severity)
    return checker.found
