"""Converts a document to the canonical form: today's shape, camelCase, extensions under spec."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import cached_property

from planton.diagnostics.diagnostic import Diagnostic, Source, did_you_mean, one_of, quote
from planton.dialects.annotations import EXTENSIONS, KNOWN, PREFIX
from planton.dialects.contract import (
    API_VERSIONS,
    KIND,
    LIST_KIND,
    REQUEST_API_VERSIONS,
    REQUEST_KIND,
    Contract,
)
from planton.dialects.extensions import merge, read_extensions
from planton.dialects.key_case import camel, respell, spelled_twice
from planton.dialects.reshape import Path, Reshaper
from planton.dialects.words import Words, words_of
from planton.document.nodes import (
    Mapping,
    Node,
    Origin,
    Scalar,
    Sequence,
    nodes_in,
    resolve,
    span,
)


@dataclass
class Canonical:
    """The canonical document and the findings about it.

    `roots` are the user's trees. `usable` is false if further checks make no sense. `extended` are
    the fields of spec from the annotation, to which the narrower rules of the v1 contract do not
    apply. `reshaped` has the findings about fields of an older shape, and `broken` the paths of
    fields in two spellings.
    """

    node: Mapping
    roots: list[Node]
    contract: Contract = Contract.V1
    extended: frozenset[str] = frozenset()
    reshaped: Reshaper | None = None
    found: list[Diagnostic] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    usable: bool = True

    @cached_property
    def unused(self) -> str:
        """A name that the document does not contain."""
        values = {node.text for node in self._nodes() if isinstance(node, Scalar)}
        texts = values | self._keys()
        names = ("unnamed", *(f"unnamed-{i}" for i in range(len(texts))))
        return next(name for name in names if name not in texts)

    @cached_property
    def words(self) -> Words:
        """The names of fields in messages about the document."""
        if self.contract is not Contract.FLAT:
            return words_of(self.contract, frozenset())
        return words_of(self.contract, {camel(key) for key in self._keys()})

    def _keys(self) -> set[str]:
        mappings = (node for node in self._nodes() if isinstance(node, Mapping))
        return {key.text for mapping in mappings for key, _ in mapping.entries}

    def _nodes(self) -> Iterator[Node]:
        for root in self.roots:
            yield from nodes_in(root)


def canonical(root: Node, source: Source) -> Canonical:
    """Converts a document; `found` has the errors in its top level."""
    if not isinstance(root, Mapping):
        what = "a list" if isinstance(root, Sequence) else "a string"
        message = (
            f"a manifest must be a mapping with apiVersion, kind, metadata and spec, got {what}"
        )
        problem = Diagnostic(code="type", message=message, source=source, span=span(root))
        nothing = Mapping((), root.start, root.end, root.origin)
        return Canonical(nothing, [root], found=[problem], usable=False)
    if is_request(root):
        # Imported here because most documents are manifests.
        from planton.dialects import request

        found = list(_check_frame(root, source, REQUEST_KIND, REQUEST_API_VERSIONS))
        result = Canonical(root, [root], Contract.REQUEST, found=found)
        result.usable = _is_meant(root, REQUEST_KIND)
        result.reshaped = Reshaper(lambda: result.unused)
        result.node = request.reshape(root, result.reshaped)
        return result
    top, twice = respell(root, deep=False)
    found = [*spelled_twice(twice, source), *_check_frame(top, source, KIND, API_VERSIONS)]
    result = Canonical(top, [root], found=found)
    result.usable = _is_meant(top, KIND)
    version = _meant(top, API_VERSIONS)
    result.contract = API_VERSIONS.get(version or "", Contract.V1)
    if version is None and _text(top.get("apiVersion")):
        result.usable = False  # the contract of the other fields is unknown
    if not result.usable:
        return result
    parts = {key.text: (key, value) for key, value in top.entries if key.text in _READ}
    # Only single-word keys of metadata are read; the others are the user's.
    if "spec" in parts:
        key, value = parts["spec"]
        value, twice = respell(value)
        annotation, problems = _extensions(parts, source)
        found += problems
        if annotation is not None and isinstance(value, Mapping):
            extra, problems = read_extensions(annotation, source)
            found += problems
            if extra is not None:
                result.roots.append(extra)
                extra, more = respell(extra)
                twice += more
                result.extended = frozenset(name.text for name, _ in extra.entries)
                value, problems = merge(value, extra, source)
                found += problems
        found += spelled_twice(twice, source)
        result.broken = {_field(first.origin, root.origin) for first, _ in twice}
        # The defaults of the flat shape depend on the annotation's fields.
        if result.contract is Contract.FLAT and isinstance(value, Mapping):
            # Imported here because few manifests have that shape.
            from planton.dialects import flat

            result.reshaped = Reshaper(lambda: result.unused)
            key, value = flat.reshape(key, value, result.reshaped)
        parts["spec"] = key, value
    result.node = top._replace(entries=tuple(parts.values()))
    return result


def is_request(root: Mapping) -> bool:
    """Whether a document is a request to a Kratix platform."""
    kind = _text(root.get("kind"))
    return kind == REQUEST_KIND or (
        kind != KIND and _text(root.get("apiVersion")) in REQUEST_API_VERSIONS
    )


_READ = ("metadata", "spec")
_FRAME = ("apiVersion", "kind", *_READ, "status")


def _field(origin: Origin, top: Origin) -> Path:
    """The path of a field in today's shape."""
    parts: list[str | int] = []
    while origin is not top and (parent := origin[0]):
        parts.append(camel(origin[1]) if isinstance(origin[1], str) else origin[1])
        origin = parent
    return (*(() if origin is top else ("spec",)), *reversed(parts))


def _is_meant(top: Mapping, expected: str) -> bool:
    """Whether the kind is the expected one, or a misspelling of it."""
    kind = _text(top.get("kind"))
    return kind == expected or bool(kind and did_you_mean(kind, (expected,)))


def _check_frame(
    top: Mapping, source: Source, expected: str, versions: MappingType[str, Contract]
) -> Iterator[Diagnostic]:
    """Checks kind, apiVersion and the top-level keys."""
    kind = _text(top.get("kind"))
    if kind != expected:
        yield _problem(
            top,
            "kind",
            source,
            "kind",
            f"kind must be {quote(expected)}, got {quote(kind)}" if kind else "kind is required",
            f"write kind: {expected}"
            if kind != LIST_KIND
            else "write each item of the List as a separate document, with --- between them: a "
            "List is not supported",
        )
        if not _is_meant(top, expected):
            return
    version = _text(top.get("apiVersion"))
    if version not in versions:
        meant = _meant(top, versions)
        choices = f"did you mean {quote(meant)}?" if meant else f"use {one_of(versions)}"
        message, help = f"unknown apiVersion {quote(version)}", choices
        if not version:
            message, help = (
                "apiVersion is required",
                f"write apiVersion: {next(iter(versions))}",
            )
        yield _problem(top, "apiVersion", source, "api-version", message, help)
    for key, _ in top.entries:
        if key.text not in _FRAME:
            meant = did_you_mean(key.text, _FRAME)
            yield Diagnostic(
                code="unknown-key",
                message=f"unknown key {quote(key.text)}",
                source=source,
                span=span(key),
                path=key.text,
                help=f"did you mean {quote(meant)}?"
                if meant
                else "allowed here: apiVersion, kind, metadata, spec",
            )


def _meant(top: Mapping, versions: MappingType[str, Contract]) -> str | None:
    """The apiVersion of the manifest, or the known one that it misspells."""
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
    parts: dict[str, tuple[Scalar, Node]], source: Source
) -> tuple[Scalar | None, list[Diagnostic]]:
    """The extensions annotation; unknown annotations with our prefix are an error."""
    found: list[Diagnostic] = []
    metadata = parts["metadata"][1] if "metadata" in parts else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping):
        return None, found
    wanted: Scalar | None = None
    for key, value in annotations.entries:
        path = f'metadata.annotations["{key.text}"]'
        if key.text == EXTENSIONS:
            if isinstance(value, Scalar):
                wanted = value
            else:
                found.append(
                    Diagnostic(
                        code="extensions",
                        message="the annotation must be a string, got a list or mapping",
                        source=source,
                        span=span(value),
                        path=path,
                        help="add '|' after the key, so that the YAML below it becomes a string",
                    )
                )
        elif key.text.startswith(PREFIX) and key.text not in KNOWN:
            meant = did_you_mean(key.text, KNOWN)
            known = f"allowed here: {one_of(KNOWN)}"
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
    return wanted, found
