"""Checks one document: reports every finding in the user's spelling, where the user wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from itertools import islice
from typing import NamedTuple, TypeAlias

from planton.diagnostics.codes import Code
from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.diagnostics.warning_codes import not_a_warning
from planton.dialects.annotations import IGNORE_WARNINGS
from planton.dialects.canonical import canonical
from planton.document.nodes import Mapping, Node
from planton.manifest.checking.findings import Findings
from planton.manifest.checking.places import Places
from planton.manifest.checking.type_check import MAX_FINDINGS, check_types, values
from planton.manifest.manifest import Manifest
from planton.manifest.place import ANYWHERE, Place
from planton.manifest.rules.all_rules import RULES
from planton.manifest.rules.rule import Finding, Path, Rule


class Checked(NamedTuple):
    """The result of a check.

    The manifest is valid if no diagnostic is an error, and None if it could not be checked by
    rules. Warnings that it ignores are among the diagnostics. `places` locates its fields.
    """

    manifest: Manifest | None
    diagnostics: list[Diagnostic]
    places: Places | None = None
    broken: frozenset[str] = frozenset()
    """Fields with an invalid value, in which the manifest has another one."""
    document: Mapping | None = None
    """The canonical document."""


Complete: TypeAlias = Callable[[Mapping], tuple[Mapping, frozenset[str]]]
"""Fills in fields of the canonical document's spec; returns their names too."""


def check(
    root: Node, source: Source, place: Place = ANYWHERE, complete: Complete | None = None
) -> Checked:
    """Checks one document: first the types, then the rules that read no invalid field.

    `place` is the region and account of the table that are known outside the document. `complete`
    fills in what the document leaves out.
    """
    document = canonical(root, source)
    if not document.usable:
        return Checked(None, document.found)
    if complete:
        document.node, names = complete(document.node)
        document.extended |= names
    places = Places(document.node, root.origin)
    data, empty = values(document.node)
    findings = Findings(places, source, empty)
    broken = set(document.broken)
    if document.reshaped:
        broken |= document.reshaped.broken
        for code, message, node, help, missing in document.reshaped.found[:MAX_FINDINGS]:
            findings.report_at(node, code, message, help, missing)
    typed = check_types(data, places, document)
    broken |= typed.broken
    for code, finding in typed.findings:
        findings.report(code, finding)
    if typed.model is None:
        return Checked(None, [*document.found, *findings.diagnostics])
    manifest = Manifest(
        metadata=typed.model.metadata,
        spec=typed.model.spec,
        contract=document.contract,
        extended=document.extended,
        place=place,
        words=document.words,
        placeholder=document.unused if broken else "",
    )
    dotted = frozenset(".".join(part for part in path if isinstance(part, str)) for path in broken)
    for rule, finding in _broken_rules(manifest, broken, dotted):
        findings.report(rule.code, finding)
    for ignored in islice(dict.fromkeys(manifest.metadata.ignore_warnings), MAX_FINDINGS):
        if wrong := not_a_warning(ignored):
            path = ("metadata", "annotations", IGNORE_WARNINGS)
            findings.report("ignore-warnings", Finding(path, *wrong))
    found = [*document.found, *findings.diagnostics]
    return Checked(manifest, found, places, dotted, document.node)


def _broken_rules(
    manifest: Manifest, broken: set[Path], dotted: Set[str]
) -> Iterator[tuple[Rule, Finding]]:
    """The findings of the rules that read no invalid field. `broken` are the paths of invalid
    fields, and `dotted` their names."""
    for rule in RULES:
        if not dotted or rule.applies(dotted):
            for finding in islice(rule.check(manifest), MAX_FINDINGS):
                if not (broken and rule.is_beside(finding, broken)):
                    yield rule, finding


def point(
    places: Places,
    source: Source,
    code: str,
    findings: Iterable[Finding],
    *,
    at_key: bool = False,
    facts: Code | None = None,
) -> list[Diagnostic]:
    """Diagnostics for findings about an accepted document that do not come from rules.

    `facts` are those of a code that is not in the table. A finding is about a field that may be `x`
    or, in older manifests, `xEnabled`.
    """
    placed = Findings(places, source, facts=facts)
    for finding in findings:
        path = finding.path
        if places.locate(path, key=True).missing:
            older = (*path[:1], *(f"{part}Enabled" for part in path[1:2]))
            path = path if places.locate(older, key=True).missing else older
        is_at_key = at_key or finding.at_key
        placed.report(code, Finding(path, finding.message, finding.help, is_at_key))
    return placed.diagnostics
