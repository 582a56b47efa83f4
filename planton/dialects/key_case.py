"""Converts snake_case keys to camelCase: both spellings are the same key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import is_
from typing import NamedTuple, TypeVar, cast

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


class Twice(NamedTuple):
    """A key in both spellings; the second is dropped."""

    first: Scalar
    second: Scalar


NodeT = TypeVar("NodeT", bound=Node)


def respell(node: NodeT, *, deep: bool = True) -> tuple[NodeT, list[Twice]]:
    """The node with every key in camelCase, and the keys in both spellings. A node without changes
    is returned itself. If `deep` is false, only the node's own keys are converted."""
    twice: list[Twice] = []
    return cast("NodeT", _respell(node, twice, deep)), twice


def _respell(node: Node, twice: list[Twice], deep: bool) -> Node:
    if isinstance(node, Mapping):
        return _respell_mapping(node, twice, deep)
    if isinstance(node, Scalar) or not deep:
        return node
    items = [_respell(item, twice, deep) for item in node.items]
    same = all(map(is_, items, node.items))
    return node if same else node._replace(items=tuple(items))


def _respell_mapping(node: Mapping, twice: list[Twice], deep: bool) -> Mapping:
    entries: dict[str, tuple[Scalar, Node]] = {}
    changed = False
    for entry in node.entries:
        key, value = entry
        name = key.text
        if not isinstance(value, Scalar) and deep and name not in USER_KEYED:
            value = _respell(value, twice, deep)
            if value is not entry[1]:
                entry = (key, value)
                changed = True
        if "_" in name and (name := camel(name)) != key.text:
            entry = (key._replace(text=name), value)
            changed = True
        if name in entries:
            twice.append(Twice(entries[name][0], key))
            changed = True
        else:
            entries[name] = entry
    return node._replace(entries=tuple(entries.values())) if changed else node


def spelled_twice(twice: Iterable[Twice], source: Source) -> list[Diagnostic]:
    """The diagnostic of each key in both spellings."""
    return [
        Diagnostic(
            code="key-spelled-twice",
            message=f"{quote(second.text)} is the same key as {quote(first.written)} "
            f"on line {first.start.line + 1}",
            source=source,
            span=span(second),
            help="keep one of the two",
        )
        for first, second in twice
    ]
