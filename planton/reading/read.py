"""Reads an input: every manifest is read here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, quote
from planton.dialects.contract import KIND, Contract
from planton.document.nodes import Mapping, Node, span
from planton.manifest.checking.check import Checked, check
from planton.manifest.checking.places import Places
from planton.manifest.manifest import Manifest
from planton.manifest.place import ANYWHERE, Place
from planton.organization.applied import Applied, is_about
from planton.organization.organization import NO_RULES, Organization
from planton.reading.provider_block import NO_PROVIDER, Provider
from planton.reading.secret_lines import Parsed, parse_source
from planton.reading.sources import read_named
from planton.reading.wrapping import Unwrapped, unwrap

FindRules: TypeAlias = Callable[[str], Organization]
"""Finds the rules for the manifest at a path, or for standard input."""


def no_rules(_: str) -> Organization:
    """Finds none."""
    return NO_RULES


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of an input.

    `manifest` is None if there are errors. `root` is the manifest's document, `outer` the stack
    input around it, or the same, and `places` locates the fields of a manifest. The lines of
    secrets are hidden in `source`. `rules` are those of the organization, and `defaults` what the
    manifest got from them.
    """

    source: Source
    manifest: Manifest | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    provider: Provider = NO_PROVIDER
    root: Node | None = None
    outer: Node | None = None
    places: Places | None = None
    rules: Organization = NO_RULES
    defaults: tuple[Applied, ...] = ()

    @property
    def region(self) -> str | None:
        """The table's region, if there is a manifest and one is named in it or outside."""
        return self.manifest.region if self.manifest else None

    def graded(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Later diagnostics of the manifest, with the severities of the organization, and without
        the warnings that the manifest ignores."""
        ignored = self.manifest.metadata.ignore_warnings if self.manifest else ()
        return self.rules.graded(found, ignored)

    def require(self) -> Manifest:
        """The manifest.

        Raises:
            ManifestError: with every error and warning, if there is any error.
        """
        if self.manifest is None:
            raise ManifestError(self.diagnostics)
        return self.manifest


def read(
    source: Source,
    place: Place = ANYWHERE,
    *,
    requests: bool = True,
    rules: Organization = NO_RULES,
) -> Reading:
    """Reads a text: a manifest, a stack input or a request to a Kratix platform.

    `place` is the region and account that apply if the text names none. With `requests` false a
    request is an error, for commands that only accept manifests: they would ignore its
    deletionPolicy. `rules` are those of the organization.
    """
    return read_parsed(parse_source(source), place, requests=requests, rules=rules)


def read_path(
    path: str, stdin: bytes, *, requests: bool = True, find_rules: FindRules = no_rules
) -> Reading:
    """Reads a file, or standard input, whose bytes are `stdin`. If it cannot be read, a diagnostic
    says so."""
    try:
        source = read_named(path, stdin)
    except ManifestError as error:
        return Reading(Source(path, ""), diagnostics=error.diagnostics)
    return read(source, requests=requests, rules=find_rules(path))


def read_parsed(
    parsed: Parsed,
    place: Place = ANYWHERE,
    *,
    requests: bool = True,
    wrapped: bool = True,
    rules: Organization = NO_RULES,
) -> Reading:
    """Reads the one document of a parsed text; another number of documents is an error. With
    `wrapped` false it is not a stack input. If the rules have problems, these are errors too."""
    found = [*rules.problems, *parsed.diagnostics]
    if not parsed.roots:
        if not parsed.diagnostics:
            empty = "no manifest found"
            found.append(Diagnostic(code="empty", message=empty, source=parsed.source))
        return Reading(parsed.source, diagnostics=tuple(found))
    if len(parsed.roots) > 1:
        found.append(
            Diagnostic(
                code="several-documents",
                message=f"expected one manifest, got {len(parsed.roots)} documents",
                source=parsed.source,
                span=span(parsed.roots[1]),
                help="keep one manifest per file",
            )
        )
    reading = read_document(parsed.roots[0], parsed.source, place, wrapped=wrapped, rules=rules)
    if found:
        reading = replace(reading, manifest=None, diagnostics=(*found, *reading.diagnostics))
    return reading if requests else without_request(reading)


def without_request(reading: Reading) -> Reading:
    """The reading with an error if it is of a request, for those who only accept manifests."""
    manifest = reading.manifest
    if manifest and manifest.contract is Contract.REQUEST:
        return replace(reading, manifest=None, diagnostics=(_request(manifest, reading.source),))
    return reading


def read_document(
    root: Node,
    source: Source,
    place: Place = ANYWHERE,
    *,
    wrapped: bool = True,
    rules: Organization = NO_RULES,
) -> Reading:
    """Reads one document of a parsed text. Warnings that its manifest ignores are left out."""
    unwrapped = unwrap(root, source) if wrapped else Unwrapped(root)
    inner, provider = unwrapped.manifest, unwrapped.provider
    manifest, places, found = None, None, list(unwrapped.diagnostics)
    defaults: tuple[Applied, ...] = ()
    if inner is not None:
        at = Place(provider.region or place.region, provider.account_id or place.account_id)
        checked, defaults = _governed(inner, source, at, rules)
        manifest, places = checked.manifest, checked.places
        ignored = manifest.metadata.ignore_warnings if manifest else ()
        found = [*rules.graded(found, ignored), *checked.diagnostics]
    if any(d.severity == "error" for d in found):
        manifest = None
    return Reading(source, manifest, tuple(found), provider, inner, root, places, rules, defaults)


def _governed(
    root: Node, source: Source, place: Place, rules: Organization
) -> tuple[Checked, tuple[Applied, ...]]:
    """Checks a document with the organization's defaults, severities and rules."""
    defaults: tuple[Applied, ...] = ()

    def complete(document: Mapping) -> tuple[Mapping, frozenset[str]]:
        nonlocal defaults
        document, defaults = rules.complete(document, root)
        return document, frozenset(one.field for one in defaults)

    checked = check(root, source, place, complete if rules.defaults else None)
    ignored = checked.manifest.metadata.ignore_warnings if checked.manifest else ()
    found = rules.graded(checked.diagnostics, ignored)
    if defaults:
        found = [_with_default(one, defaults) for one in found]
    found += rules.findings(checked._replace(diagnostics=found), root, source)
    return checked._replace(diagnostics=found), defaults


def _with_default(found: Diagnostic, defaults: Iterable[Applied]) -> Diagnostic:
    """A diagnostic about a value that the manifest does not hold says where that comes from."""
    default = next((one for one in defaults if is_about(found.path, one)), None)
    if default is None:
        return found
    note = f"{default.path} is a default, set in {default.where}"
    return replace(found, help=f"{found.help}; {note}" if found.help else note)


def _request(manifest: Manifest, source: Source) -> Diagnostic:
    return Diagnostic(
        code="kind",
        message=f"kind must be {quote(KIND)} here, got {quote(manifest.kind)}",
        source=source,
        path="kind",
        help="send the request to a Kratix platform, or use planton kratix render",
    )
