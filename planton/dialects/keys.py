"""Converts snake_case keys to camelCase: both spellings are the same key."""

from __future__ import annotations

import re
from operator import is_

from planton.diagnostics.diagnostic import Diagnostic, Source, quote
from planton.document.nodes import Mapping, Node, Scalar, span

_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
_CAPITAL = re.compile(r"[A-Z]")
_WORD = re.compile(r"_([a-z0-9])")

USER_KEYED = frozenset({"policy", "tags"})
"""Mappings whose keys are not fields of the contract: they are never converted."""


def camel(key: str) -> str:
    """The camelCase spelling of a snake_case key; any other text unchanged."""
    if "_" not in key or not _SNAKE.fullmatch(key):
        return key
    return _WORD.sub(lambda word: word[1].upper(), key)


def snake(key: str) -> str:
    """The snake_case spelling of a camelCase key."""
    return _CAPITAL.sub(lambda letter: f"_{letter[0].lower()}", key)


def respell(node: Node, source: Source, found: list[Diagnostic], *, deep: bool = True) -> Node:
    """The node with every key in camelCase; a node without changes is returned itself.

    A key in both spellings is an error at the second, which is dropped. If `deep` is false, only
    the node's own keys are converted.
    """
    if isinstance(node, Mapping):
        return _respell_mapping(node, source, found, deep)
    if isinstance(node, Scalar) or not deep:
        return node
    items = [respell(item, source, found) for item in node.items]
    same = all(map(is_, items, node.items))
    return node if same else node._replace(items=tuple(items))


def _respell_mapping(node: Mapping, source: Source, found: list[Diagnostic], deep: bool) -> Mapping:
    entries: dict[str, tuple[Scalar, Node]] = {}
    changed = False
    for entry in node.entries:
        key, value = entry
        name = key.text
        if not isinstance(value, Scalar) and deep and name not in USER_KEYED:
            value = respell(value, source, found)
            if value is not entry[1]:
                entry = (key, value)
                changed = True
        if "_" in name and (name := camel(name)) != key.text:
            entry = (key._replace(text=name), value)
            changed = True
        if name in entries:
            found.append(_spelled_twice(entries[name][0], key, source))
            changed = True
        else:
            entries[name] = entry
    return node._replace(entries=tuple(entries.values())) if changed else node


def _spelled_twice(first: Scalar, second: Scalar, source: Source) -> Diagnostic:
    return Diagnostic(
        code="key-spelled-twice",
        message=f"{quote(second.text)} is the same key as {quote(first.written)} "
        f"on line {first.start.line + 1}",
        source=source,
        span=span(second),
        help="keep one of the two",
    )
