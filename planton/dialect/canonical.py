"""A manifest's document brought to the canonical one: today's shape, camelCase, extensions under
spec."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field

from planton.annotations import EXTENSIONS, KNOWN, PREFIX
from planton.contract import (
    API_VERSIONS,
    KIND,
    LIST_KIND,
    REQUEST_API_VERSIONS,
    REQUEST_KIND,
    Contract,
)
from planton.diagnostics import Diagnostic, Source, did_you_mean, one_of, quote
from planton.dialect import extensions, flat, request
from planton.dialect.keys import respell
from planton.dialect.reshape import Reshaper
from planton.document import Mapping, Node, Scalar, Sequence, resolve, span


@dataclass
class Canonical:
    """The canonical document, what was found on the way, and where its parts come from.

    `roots` are the user's own trees: the path under which each is known, and the tree. `usable`
    is false where it makes no sense to look further. `extended` are the fields of spec that stand
    in the annotation, where the narrower rules of the v1 contract do not reach. `reshaped` holds
    what was found and noted where another shape was brought to today's.
    """

    node: Mapping
    roots: list[tuple[str, Node]]
    contract: Contract = Contract.V1
    extended: frozenset[str] = frozenset()
    reshaped: Reshaper = field(default_factory=Reshaper)
    found: list[Diagnostic] = field(default_factory=list)
    usable: bool = True


def canonical(root: Node, source: Source) -> Canonical:
    """Reshapes a document; whatever is wrong with its frame is in `found`."""
    if not isinstance(root, Mapping):
        what = "a list" if isinstance(root, Sequence) else "text"
        message = (
            f"a manifest must be a mapping with apiVersion, kind, metadata and spec, is {what}"
        )
        problem = Diagnostic(code="type", message=message, source=source, span=span(root))
        nothing = Mapping((), root.start, root.end)
        return Canonical(nothing, [("", root)], found=[problem], usable=False)
    found: list[Diagnostic] = []
    if is_request(root):
        result = Canonical(root, [("", root)], Contract.REQUEST, found=found)
        result.usable = _check_frame(root, source, found, REQUEST_KIND, REQUEST_API_VERSIONS)
        result.node = request.reshape(root, result.reshaped)
        return result
    top = _respelled(root, source, found, deep=False)
    result = Canonical(top, [("", root)], found=found)
    result.usable = _check_frame(top, source, found, KIND, API_VERSIONS)
    version = _meant(top, API_VERSIONS)
    result.contract = API_VERSIONS.get(version or "", Contract.V1)
    if version is None and _text(top.get("apiVersion")):
        result.usable = False  # by which rules to judge what follows, nobody knows
    if not result.usable:
        return result
    parts = {key.text: (key, value) for key, value in top.entries if key.text in _READ}
    # The keys of metadata that are read are single words; the others are the user's own.
    if "spec" in parts:
        key, value = parts["spec"]
        value = respell(value, source, found)
        annotation = _extensions(parts, source, found)
        if annotation is not None and isinstance(value, Mapping):
            extra = extensions.read_extensions(annotation, source, found)
            if extra is not None:
                result.roots.append((extensions.PATH, extra))
                extra = _respelled(extra, source, found, deep=True)
                result.extended = frozenset(name.text for name, _ in extra.entries)
                value = extensions.merge(value, extra, source, found)
        # What the annotation says counts for what the flat shape leaves out.
        if result.contract is Contract.FLAT and isinstance(value, Mapping):
            key, value = flat.reshape(key, value, result.reshaped)
        parts["spec"] = key, value
    result.node = top._replace(entries=tuple(parts.values()))
    return result


def is_request(root: Mapping) -> bool:
    """Whether a document is what an application team asks a Kratix platform for."""
    kind = _text(root.get("kind"))
    return kind == REQUEST_KIND or (
        kind != KIND and _text(root.get("apiVersion")) in REQUEST_API_VERSIONS
    )


_READ = ("metadata", "spec")
_FRAME = ("apiVersion", "kind", *_READ, "status")


def _respelled(node: Mapping, source: Source, found: list[Diagnostic], *, deep: bool) -> Mapping:
    respelt = respell(node, source, found, deep=deep)
    assert isinstance(respelt, Mapping)
    return respelt


def _check_frame(
    top: Mapping,
    source: Source,
    found: list[Diagnostic],
    expected: str,
    versions: MappingType[str, Contract],
) -> bool:
    """Kind, version and the keys of the top level; says whether to look further."""
    kind = _text(top.get("kind"))
    if kind != expected:
        found.append(
            _problem(
                top,
                "kind",
                source,
                "kind",
                f"kind must be {quote(expected)}, is {quote(kind)}"
                if kind
                else "kind must be given",
                f"write kind: {expected}"
                if kind != LIST_KIND
                else "the items of a List are not looked into: write each as a document of its "
                "own, with --- between them",
            )
        )
        if not kind or did_you_mean(kind, (expected,)) is None:
            return False
    version = _text(top.get("apiVersion"))
    if version not in versions:
        meant = _meant(top, versions)
        reads = f"did you mean {quote(meant)}?" if meant else f"use {one_of(versions)}"
        message, help = f"apiVersion {quote(version)} is not known", reads
        if not version:
            message, help = (
                "apiVersion must be given",
                f"write apiVersion: {next(iter(versions))}",
            )
        found.append(_problem(top, "apiVersion", source, "api-version", message, help))
    for key, _ in top.entries:
        if key.text not in _FRAME:
            meant = did_you_mean(key.text, _FRAME)
            found.append(
                Diagnostic(
                    code="unknown-key",
                    message=f"unknown key {quote(key.text)}",
                    source=source,
                    span=span(key),
                    path=key.text,
                    help=f"did you mean {quote(meant)}?"
                    if meant
                    else "a manifest has apiVersion, kind, metadata and spec",
                )
            )
    return True


def _meant(top: Mapping, versions: MappingType[str, Contract]) -> str | None:
    """The version that the manifest names, or the one that it misspells."""
    version = _text(top.get("apiVersion"))
    return version if version in versions else did_you_mean(version, versions)


def _text(node: Node | None) -> str:
    if isinstance(node, Scalar) and resolve(node) is not None:
        return node.text
    return "" if node is None or isinstance(node, Scalar) else "a list or mapping"


def _problem(
    top: Mapping, key: str, source: Source, code: str, message: str, help: str
) -> Diagnostic:
    at = top.get(key) or top
    return Diagnostic(
        code=code,
        message=message,
        source=source,
        span=span(at),
        path=key,
        help=help,
    )


def _extensions(
    parts: dict[str, tuple[Scalar, Node]], source: Source, found: list[Diagnostic]
) -> Scalar | None:
    """The annotation with further fields; other annotations of ours are an error, not ignored."""
    metadata = parts["metadata"][1] if "metadata" in parts else None
    given = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(given, Mapping):
        return None
    wanted: Scalar | None = None
    for key, value in given.entries:
        path = f'metadata.annotations["{key.text}"]'
        if key.text == EXTENSIONS:
            if isinstance(value, Scalar):
                wanted = value
            else:
                found.append(
                    Diagnostic(
                        code="extensions",
                        message="the annotation must be text, is a list or mapping",
                        source=source,
                        span=span(value),
                        path=path,
                        help="put '|' after the key, so that the YAML below it is its text",
                    )
                )
        elif key.text.startswith(PREFIX) and key.text not in KNOWN:
            meant = did_you_mean(key.text, KNOWN)
            known = f"known: {one_of(KNOWN)}"
            found.append(
                Diagnostic(
                    code="unknown-annotation",
                    message=f"unknown annotation {quote(key.text)}",
                    source=source,
                    span=span(key),
                    path=path,
                    help=f"did you mean '{meant}'?" if meant else known,
                )
            )
    return wanted
