"""Parses a text that may contain secrets, so that no diagnostic shows a line with one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.dialects.key_case import camel
from planton.document.nodes import Mapping, Node, Scalar, Sequence, nodes_in
from planton.document.reader import parse

TARGET = "target"
"""The key of the manifest in a stack input."""
_OF_CREDENTIALS = ("providerconfig", "credential", "accesskey", "secret", "sessiontoken")
"""Words that appear near a secret, even if a colon is misplaced."""
_SECRET = (*_OF_CREDENTIALS, "token", "password", "passwd", "apikey", "privatekey")
"""Words in the key of a secret."""
_KEY_OF_SECRET = re.compile(rf"(?:(?:{'|'.join(_SECRET)})[a-z0-9]*|\b{TARGET})[\"']?\s*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of a text, its source with the lines of secrets hidden, and the errors in its
    YAML."""

    source: Source
    roots: tuple[Node, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse_source(source: Source) -> Parsed:
    """Parses a text that may contain secrets."""
    # Until the text is parsed, any of its lines may contain a secret.
    guarded = source.without_excerpts() if _may_hold_secrets(source.text) else source
    roots, found = parse(guarded)
    if guarded is not source and all(map(_is_understood, roots)):
        source = replace(source, hidden=frozenset(_secret_lines(roots)))
    else:
        source = guarded
    return Parsed(source, tuple(roots), tuple(found))


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "")


def _may_hold_secrets(text: str) -> bool:
    """Whether the text names credentials, or has a key that sounds like a secret or belongs to a
    stack input."""
    plain = _plain(text)
    if any(word in plain for word in _OF_CREDENTIALS):
        return True
    # Most texts contain none of the words, and the pattern alone takes as long as the parsing.
    words = (*_SECRET, TARGET)
    return any(word in plain for word in words) and bool(_KEY_OF_SECRET.search(plain))


def _sounds_secret(key: str) -> bool:
    """Whether the key contains the name of a secret, in any spelling."""
    plain = _plain(key)
    return any(word in plain for word in _SECRET)


def _secret_lines(nodes: Iterable[Node]) -> Iterator[int]:
    """The lines of the values of keys that sound like a secret, and of everything beside the
    manifest in a stack input, where a key may be a misplaced secret."""
    for node in nodes:
        match node:
            case Mapping():
                around = node.get(TARGET) is not None
                for key, value in node.entries:
                    if _sounds_secret(key.text) or (around and key.text != TARGET):
                        yield key.start.line + 1
                        yield from _lines(value)
                    else:
                        yield from _secret_lines([value])
            case Sequence():
                yield from _secret_lines(node.items)
            case Scalar() if _sounds_secret(node.text):
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
        if _sounds_secret(line):
            yield number


def _lines(node: Node) -> Iterator[int]:
    """The lines of a node and of everything in it, including the values of aliases."""
    for part in nodes_in(node):
        yield from range(part.start.line + 1, part.end.line + 2)


def _is_understood(root: Node) -> bool:
    return isinstance(root, Mapping) and (is_manifest(root) or root.get(TARGET) is not None)


def is_manifest(root: Mapping) -> bool:
    """Whether the document is a manifest, not a stack input."""
    keys = {camel(key.text) for key, _ in root.entries}
    return TARGET not in keys and bool(keys & {"apiVersion", "kind", "spec", "metadata"})
