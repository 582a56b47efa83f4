"""Parses a text that may contain secrets, so that no diagnostic shows a line with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.dialects.key_case import camel
from planton.document.nodes import Mapping, Node, Scalar, Sequence, nodes_in
from planton.document.reader import parse
from planton.document.secret_words import TARGET, may_hold_secrets, sounds_secret


class Parsed(NamedTuple):
    """The documents of a text, its source with the lines of secrets hidden, and the errors in its
    YAML."""

    source: Source
    roots: tuple[Node, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse_source(source: Source) -> Parsed:
    """Parses a text that may contain secrets."""
    # Until the text is parsed, any of its lines may contain a secret.
    guarded = source.without_excerpts() if may_hold_secrets(source.text) else source
    roots, found = parse(guarded)
    if guarded is not source and all(map(is_understood, roots)):
        source = replace(source, hidden=frozenset(_secret_lines(roots)))
    else:
        source = guarded
    return Parsed(source, tuple(roots), tuple(found))


def _secret_lines(nodes: Iterable[Node]) -> Iterator[int]:
    """The lines of the values of keys that sound like a secret, and of everything beside the
    manifest in a stack input, where a key may be a misplaced secret."""
    for node in nodes:
        match node:
            case Mapping():
                around = node.get(TARGET) is not None
                for key, value in node.entries:
                    if sounds_secret(key.text) or (around and key.text != TARGET):
                        yield key.start.line + 1
                        yield from _lines(value)
                    else:
                        yield from _secret_lines([value])
            case Sequence():
                yield from _secret_lines(node.items)
            case Scalar() if sounds_secret(node.text):
                yield from _secret_lines_of_text(node)
            case Scalar():
                pass


def _secret_lines_of_text(scalar: Scalar) -> Iterator[int]:
    """A string may be YAML itself: the lines of a block that name a secret, or the whole value."""
    if scalar.style != "|":
        if scalar.start.line != scalar.end.line or ":" in scalar.text:
            yield from _lines(scalar)
        return
    for number, line in enumerate(scalar.text.split("\n"), start=scalar.start.line + 2):
        if sounds_secret(line):
            yield number


def _lines(node: Node) -> Iterator[int]:
    """The lines of a node and of everything in it, including the values of aliases."""
    for part in nodes_in(node):
        yield from range(part.start.line + 1, part.end.line + 2)


def is_understood(root: Node) -> bool:
    """Whether the document is a manifest or a stack input."""
    return isinstance(root, Mapping) and (is_manifest(root) or root.get(TARGET) is not None)


def is_manifest(root: Mapping) -> bool:
    """Whether the document is a manifest, not a stack input."""
    keys = {camel(key.text) for key, _ in root.entries}
    return TARGET not in keys and bool(keys & {"apiVersion", "kind", "spec", "metadata"})
