"""Reads an input: every manifest is read here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, quote
from planton.dialects.contract import KIND, Contract
from planton.document.nodes import Node, span
from planton.manifest.checking.check import check
from planton.manifest.checking.places import Places
from planton.manifest.manifest import Manifest
from planton.manifest.place import ANYWHERE, Place
from planton.reading.provider_block import NO_PROVIDER, Provider
from planton.reading.secret_lines import Parsed, parse_source
from planton.reading.sources import read_named
from planton.reading.wrapping import Unwrapped, unwrap


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of an input.

    `manifest` is None if there are errors. `root` is the manifest's document, `outer` the stack
    input around it, or the same, and `places` locates the fields of a manifest. The lines of
    secrets are hidden in `source`.
    """

    source: Source
    manifest: Manifest | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    provider: Provider = NO_PROVIDER
    root: Node | None = None
    outer: Node | None = None
    places: Places | None = None

    @property
    def region(self) -> str | None:
        """The table's region, if there is a manifest and one is named in it or outside."""
        return self.manifest.region if self.manifest else None

    def require(self) -> Manifest:
        """The manifest.

        Raises:
            ManifestError: with every error and warning, if there is any error.
        """
        if self.manifest is None:
            raise ManifestError(self.diagnostics)
        return self.manifest


def read(source: Source, place: Place = ANYWHERE, *, requests: bool = True) -> Reading:
    """Reads a text: a manifest, a stack input or a request to a Kratix platform.

    `place` is the region and account that apply if the text names none. With `requests` false a
    request is an error, for commands that only accept manifests: they would ignore its
    deletionPolicy.
    """
    return read_parsed(parse_source(source), place, requests=requests)


def read_path(path: str, stdin: bytes, *, requests: bool = True) -> Reading:
    """Reads a file, or standard input, whose bytes are `stdin`. If it cannot be read, a diagnostic
    says so."""
    try:
        source = read_named(path, stdin)
    except ManifestError as error:
        return Reading(Source(path, ""), diagnostics=error.diagnostics)
    return read(source, requests=requests)


def read_parsed(
    parsed: Parsed, place: Place = ANYWHERE, *, requests: bool = True, wrapped: bool = True
) -> Reading:
    """Reads the one document of a parsed text; another number of documents is an error. With
    `wrapped` false it is not a stack input."""
    found = list(parsed.diagnostics)
    if not parsed.roots:
        if not found:
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
    reading = read_document(parsed.roots[0], parsed.source, place, wrapped=wrapped)
    if found:
        reading = replace(reading, manifest=None, diagnostics=(*found, *reading.diagnostics))
    manifest = reading.manifest
    if manifest and manifest.contract is Contract.REQUEST and not requests:
        return replace(reading, manifest=None, diagnostics=(_request(manifest, parsed.source),))
    return reading


def read_document(
    root: Node, source: Source, place: Place = ANYWHERE, *, wrapped: bool = True
) -> Reading:
    """Reads one document of a parsed text. Warnings that its manifest ignores are left out."""
    unwrapped = unwrap(root, source) if wrapped else Unwrapped(root)
    inner, provider = unwrapped.manifest, unwrapped.provider
    manifest, places, found = None, None, list(unwrapped.diagnostics)
    if inner is not None:
        at = Place(provider.region or place.region, provider.account_id or place.account_id)
        manifest, checked, places = check(inner, source, at)
        found += checked
    if manifest and (ignored := frozenset(manifest.metadata.ignore_warnings)):
        found = [d for d in found if d.severity == "error" or d.code not in ignored]
    if any(d.severity == "error" for d in found):
        manifest = None
    return Reading(source, manifest, tuple(found), provider, inner, root, places)


def _request(manifest: Manifest, source: Source) -> Diagnostic:
    return Diagnostic(
        code="kind",
        message=f"kind must be {quote(KIND)} here, got {quote(manifest.kind)}",
        source=source,
        path="kind",
        help="send the request to a Kratix platform, or use planton kratix render",
    )
