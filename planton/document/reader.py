"""Parses strict YAML into nodes with lines and columns.

PyYAML does the parsing (with its C parser, if available). The tree is built here because PyYAML's
composer has no limit for recursion and aliases, keeps the last of two equal keys, and loses the
positions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

import yaml

from planton.diagnostics.diagnostic import BOM, Diagnostic, Source, Span, quote
from planton.document.syntax import syntax_error

MAX_BYTES = 1 << 20
"""Larger inputs are refused unread; the largest manifest that AWS accepts has about 50 KiB."""

MAX_DEPTH = 100
MAX_NODES = 100_000
"""Nodes in one document, counting aliases as often as they are used."""

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")
_ASCII = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Mark(Protocol):
    """A position in a text; line and column count from 0. PyYAML's marks have this type."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Place(NamedTuple):
    """A mark that does not come from PyYAML."""

    line: int
    column: int


class Scalar(NamedTuple):
    """One value. `style` is empty for a plain scalar, otherwise the YAML quoting character."""

    text: str
    style: str
    start: Mark
    end: Mark


class Mapping(NamedTuple):
    """Keys and values in the order of the text, without duplicate keys."""

    entries: tuple[tuple[Scalar, Node], ...]
    start: Mark
    end: Mark

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


def decode(data: bytes, name: str) -> tuple[str, list[Diagnostic]]:
    """A file's bytes as text, or the reason why they are not. `name` is for diagnostics."""

    def refuse(code: str, message: str, help: str) -> tuple[str, list[Diagnostic]]:
        return "", [Diagnostic(code=code, message=message, source=Source(name, ""), help=help)]

    if len(data) > MAX_BYTES:
        return refuse(
            "too-large",
            f"the file must have at most {MAX_BYTES:,} bytes (1 MiB), got {len(data):,}",
            "check that this is the right file: a manifest describes one table",
        )
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = " (it looks like UTF-16)" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        return refuse(
            "not-utf-8",
            f"the file is not UTF-8{guess}: line {line} contains the byte "
            f"0x{data[error.start]:02x}",
            "save the file as UTF-8",
        )


def parse(source: Source) -> tuple[list[Node], list[Diagnostic]]:
    """Every document of the text, and everything in it that is not strict YAML.

    Nothing can be read after a syntax error, so only the documents before it are returned.
    Empty and null documents are skipped, as in Kubernetes.
    """
    text = source.text.removeprefix(BOM)
    data = text[: MAX_BYTES + 1].encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        return [], [
            Diagnostic(
                code="too-large",
                message=f"the text must have at most {MAX_BYTES:,} bytes (1 MiB)",
                source=source,
                help="check that this is the right input: a manifest describes one table",
            )
        ]
    # Most texts are ASCII only, and this test is ten times as fast as the pattern.
    if data.translate(None, _ASCII) and (found := _FORBIDDEN.search(text)):
        return [], [_forbidden_character(source, text, found.start())]
    builder = _Builder(source)
    nodes: list[Node] = []
    try:
        for node in builder.documents(_LOADER(text).get_event):
            if not (isinstance(node, Scalar) and resolve(node) is None):
                nodes.append(node)
    except yaml.MarkedYAMLError as error:
        builder.diagnostics.append(syntax_error(source, error))
    except _Refused as refused:
        builder.diagnostics.append(refused.diagnostic)
    return nodes, builder.diagnostics


class _Refused(Exception):
    """Stops reading the text."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


class _Builder:
    """Builds nodes from events without recursion, so that deep input cannot overflow the stack."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def documents(self, next_event: Callable[[], Any]) -> Iterator[Node]:
        while not isinstance(event := next_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                yield self._document(next_event)

    def _document(self, next_event: Callable[[], Any]) -> Node:
        anchors: dict[str, tuple[Node, int, int]] = {}  # the value, size and height of each
        # One entry per open collection: its parent's children and height, its start, the count.
        stack: list[tuple[list[Node], int, Any, int]] = []
        children: list[Node] = []
        height = 0
        count = 0
        scalar_event, new = yaml.ScalarEvent, tuple.__new__
        while True:
            event = next_event()
            kind = event.__class__
            node: Node
            count += 1
            if kind is scalar_event:
                node = new(  # the same as Scalar(…), but twice as fast
                    Scalar, (event.value, event.style or "", event.start_mark, event.end_mark)
                )
                if event.tag is not None:
                    node = self._tagged(node, event.tag)
                if event.anchor:
                    anchors[event.anchor] = (node, 1, 0)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    self._too_deep(event.start_mark)
                stack.append((children, height, event, count - 1))
                children, height = [], 0
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                outer, outer_height, start, before = stack.pop()
                make = self._mapping if kind is yaml.MappingEndEvent else self._sequence
                node = make(children, start, event)
                children = outer
                count -= 1
                if start.tag is not None and start.tag != "!":
                    self._tag(node)
                if start.anchor:
                    anchors[start.anchor] = (node, count - before, height + 1)
                height = outer_height if outer_height > height else height + 1
            elif kind is yaml.AliasEvent:
                node, size, levels = anchors.get(event.anchor) or self._no_anchor(event, stack)
                count += size - 1
                height = max(height, levels)
                if len(stack) + levels > MAX_DEPTH:
                    self._too_deep(event.start_mark)
            else:
                break
            if count > MAX_NODES:
                self._refuse(
                    "too-large",
                    f"the document has more than {MAX_NODES:,} values, counting aliases in full",
                    event.start_mark,
                )
            children.append(node)
        return children[0]

    def _mapping(self, children: list[Node], start: Any, end: Any) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        pairs = iter(children)
        for key, value in zip(pairs, pairs, strict=True):
            if isinstance(key, Scalar) and (text := key.text) not in entries and text != "<<":
                entries[text] = (key, value)
            elif not isinstance(key, Scalar):
                self._report("complex-key", "a key must be a string, got a list or mapping", key)
            elif key.text in entries:
                first = entries[key.text][0].start.line + 1
                # If lines must not be shown, the key may be a misplaced secret.
                name = "" if self.source.hidden is None else f" {quote(key.text)}"
                self._report(
                    "duplicate-key",
                    f"duplicate key{name}, first on line {first}",
                    key,
                    "keep one of the two",
                )
            elif key.style:
                entries[key.text] = (key, value)
            else:
                self._report(
                    "merge-key",
                    "the merge key '<<' is not supported: it is YAML 1.1 only",
                    key,
                    "write the fields out, or use an alias for the whole value",
                )
        return Mapping(tuple(entries.values()), start.start_mark, _end(children, end))

    def _sequence(self, children: list[Node], start: Any, end: Any) -> Sequence:
        return Sequence(tuple(children), start.start_mark, _end(children, end))

    def _tagged(self, scalar: Scalar, tag: str) -> Scalar:
        if tag not in _STRING_TAGS:
            self._tag(scalar)
        return scalar if scalar.style else scalar._replace(style='"')

    def _tag(self, node: Node) -> None:
        self._report("yaml-tag", "a YAML tag ('!…') is not supported", node, "remove the tag")

    def _too_deep(self, mark: Mark) -> None:
        self._refuse("too-deep", f"the document is nested more than {MAX_DEPTH} levels deep", mark)

    def _no_anchor(self, event: Any, stack: list[tuple[list[Node], int, Any, int]]) -> Any:
        if any(start.anchor == event.anchor for _, _, start, _ in stack):
            self._refuse("alias", "an alias refers to the value that contains it", event.start_mark)
        self._refuse(
            "alias",
            "an alias has no anchor before it",
            event.start_mark,
            "quote the value if it is a string that begins with '*'",
        )

    def _report(self, code: str, message: str, node: Node, help: str = "") -> None:
        self.diagnostics.append(
            Diagnostic(code=code, message=message, source=self.source, span=span(node), help=help)
        )

    def _refuse(self, code: str, message: str, mark: Mark, help: str = "") -> None:
        at = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        raise _Refused(
            Diagnostic(code=code, message=message, source=self.source, span=at, help=help)
        )


def _end(children: list[Node], event: Any) -> Mark:
    """A block collection ends with its last child; the parser reports the next token."""
    if children and event.start_mark.index == event.end_mark.index:
        return children[-1].end
    mark: Mark = event.end_mark
    return mark


def _forbidden_character(source: Source, text: str, index: int) -> Diagnostic:
    # None of the text is shown: it may be something else than the user expects.
    lines = Source("", text[:index]).lines()
    at = Span(len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 2)
    return Diagnostic(
        code="yaml-syntax",
        message=f"the character U+{ord(text[index]):04X} is not allowed in YAML",
        source=source,
        span=at,
        help="remove it, or write it as an escape inside double quotes",
    )
