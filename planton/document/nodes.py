"""The nodes of a parsed document: values that know where the user wrote them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeAlias

from planton.diagnostics.diagnostic import Span


class Mark(Protocol):
    """A position in a text; line and column count from 0. PyYAML's marks have this type."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Position(NamedTuple):
    """A mark that does not come from PyYAML."""

    line: int
    column: int


Origin: TypeAlias = "tuple[Origin | None, str | int]"
"""Where the user wrote a node: below which origin, and under which key or at which index. A plain
tuple, because every key and item of a text gets one.

A key and its value have the same origin. A node keeps it when its text, its keys or its place in
the document are converted; a node that the user did not write has the origin of the one that caused
it. The root has no parent, and its part is the path that its text has in diagnostics.
"""

ROOT: Origin = (None, "")


class OlderShape(NamedTuple):
    """What a mapping was in an older shape: the user's names of missing fields by today's names,
    and the allowed fields of that shape with today's name of each."""

    names: MappingType[str, str]
    known: MappingType[str, str] = MappingProxyType({})


class Scalar(NamedTuple):
    """One value. `style` is empty for a plain scalar, otherwise the YAML quoting character."""

    text: str
    style: str
    start: Mark
    end: Mark
    origin: Origin = ROOT

    @property
    def written(self) -> str:
        """The user's spelling of a key, whatever it was converted to."""
        return str(self.origin[1])


class Mapping(NamedTuple):
    """Keys and values in the order of the text, without duplicate keys.

    `merges` says that it had merge keys, which are not read: any field may be missing.
    """

    entries: tuple[tuple[Scalar, Node], ...]
    start: Mark
    end: Mark
    origin: Origin = ROOT
    shape: OlderShape | None = None
    merges: bool = False

    def get(self, key: str) -> Node | None:
        """The value of the key, or None."""
        for name, value in self.entries:
            if name.text == key:
                return value
        return None


class Sequence(NamedTuple):
    """Items in the order of the text."""

    items: tuple[Node, ...]
    start: Mark
    end: Mark
    origin: Origin = ROOT


Node: TypeAlias = Scalar | Mapping | Sequence


class LooseDigits(str):
    """Unquoted digits with a leading zero: a string here, an octal number in YAML 1.1."""

    __slots__ = ()


class Endless(float):
    """A number that JSON does not have: infinity, NaN, or too large. Shown as written."""

    written: str = "inf"

    def __str__(self) -> str:
        return self.written


_CORE: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC_START = frozenset("+-.0123456789")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,999})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def resolve(scalar: Scalar) -> str | int | float | bool | None:
    """The value of a scalar in the YAML 1.2 core schema.

    PyYAML's resolver follows YAML 1.1 (`on` is true, `012` is ten, `22:22` is a number). Digits
    with a leading zero remain a string: parsers disagree on whether they are octal, so fields
    refuse them.
    """
    text = scalar.text
    if scalar.style:
        return text
    if text in _CORE:
        return _CORE[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        if text.lstrip("+-").isdigit():
            return LooseDigits(text)
        return number if math.isfinite(number := float(text)) else _endless(number, text)
    if _SPECIAL_FLOAT.fullmatch(text):
        return _endless(float(text.replace(".", "")), text)
    return text


def _endless(number: float, text: str) -> Endless:
    endless = Endless(number)
    endless.written = text
    return endless


def plain(node: Node) -> Any:
    """The node as dicts, lists and values, without positions."""
    match node:
        case Scalar():
            return resolve(node)
        case Sequence():
            return [plain(item) for item in node.items]
        case _:
            return {key.text: plain(value) for key, value in node.entries}


def span(node: Node) -> Span:
    """The node's range, counted from 1."""
    start, end = node.start, node.end
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def path_of(origin: Origin, top: Origin = ROOT) -> str:
    """The path of an origin as diagnostics show it, from `top` on if it is below that."""
    parts: list[str | int] = []
    while origin is not top and (parent := origin[0]):
        parts.append(origin[1])
        origin = parent
    path = "" if origin is top else str(origin[1])
    for part in reversed(parts):
        path = join(path, part)
    return path


_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def join(path: str, part: str | int) -> str:
    """The path of a key or an index below a path."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if not _PLAIN_KEY.fullmatch(part):
        return f'{path}["{part}"]'
    return f"{path}.{part}" if path else part


def nodes_in(node: Node | None) -> Iterator[Node]:
    """A node and all values in it, without keys."""
    if node is None:
        return
    yield node
    match node:
        case Mapping():
            for _, value in node.entries:
                yield from nodes_in(value)
        case Sequence():
            for item in node.items:
                yield from nodes_in(item)
        case Scalar():
            pass
