"""Parses strict YAML into nodes with lines and columns.

PyYAML does the parsing (with its C parser, if available). The tree is built here because PyYAML's
composer has no limit for recursion and aliases, keeps the last of two equal keys, and loses the
positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingType
from types import MappingProxyType
from typing import Any

import yaml

from planton.diagnostics.diagnostic import BOM, Diagnostic, Source, Span, quote
from planton.document.nodes import (
    ROOT,
    Mapping,
    Mark,
    Node,
    Origin,
    Scalar,
    Sequence,
    resolve,
    span,
)
from planton.document.syntax import syntax_error

MAX_BYTES = 1 << 20
"""Larger inputs are refused unread; the largest manifest that AWS accepts has about 50 KiB."""

MAX_DEPTH = 100
MAX_NODES = 100_000
"""Nodes in one document, counting aliases as often as they are used."""

_EXPECTED = "a manifest describes one table"
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")
_ASCII = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(
    data: bytes, name: str, max_bytes: int = MAX_BYTES, expected: str = _EXPECTED
) -> tuple[str, list[Diagnostic]]:
    """A file's bytes as text, or the error if they are not text or too many. `name` is for
    diagnostics, and `expected` says what the right file would be."""

    def refuse(code: str, message: str, help: str) -> tuple[str, list[Diagnostic]]:
        return "", [Diagnostic(code=code, message=message, source=Source(name, ""), help=help)]

    if len(data) > max_bytes:
        return refuse(
            "too-large",
            f"the file must have at most {max_bytes:,} bytes ({max_bytes >> 20} MiB), "
            f"got {len(data):,}",
            f"check that this is the right file: {expected}",
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


def parse(
    source: Source, root: Origin = ROOT, tags: MappingType[str, str] = MappingProxyType({})
) -> tuple[list[Node], list[Diagnostic]]:
    """Every document of the text, and everything in it that is not strict YAML. `root` is the
    origin of each document. A value with one of `tags` becomes a mapping with that key; any other
    tag is an error.

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
    builder = _Builder(source, root, tags)
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

    def __init__(self, source: Source, root: Origin, tags: MappingType[str, str]) -> None:
        self.source = source
        self.root = root
        self.tags = tags
        self.diagnostics: list[Diagnostic] = []

    def documents(self, next_event: Callable[[], Any]) -> Iterator[Node]:
        while not isinstance(event := next_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                yield self._document(next_event)

    def _document(self, next_event: Callable[[], Any]) -> Node:
        anchors: dict[str, tuple[Node, int, int]] = {}  # the value, size and height of each
        # One entry per open collection: its parent's children, height, origin and kind; its start
        # and the count.
        stack: list[tuple[list[Node], int, Origin, bool | None, Any, int]] = []
        children: list[Node] = []
        height = 0
        count = 0
        # The origin of the open collection; whether it is a mapping (None for the document), and
        # waits for a value; the origin of the node that is read, which a value shares with its key.
        inside, keyed, valued, at = self.root, None, False, self.root
        scalar_event, new = yaml.ScalarEvent, tuple.__new__
        while True:
            event = next_event()
            kind = event.__class__
            node: Node
            count += 1
            if kind is scalar_event:
                text = event.value
                if keyed:
                    if not valued:
                        at = (inside, text)
                    valued = not valued
                elif keyed is not None:
                    at = (inside, len(children))
                node = new(  # the same as Scalar(…), but twice as fast
                    Scalar, (text, event.style or "", event.start_mark, event.end_mark, at)
                )
                if event.tag is not None:
                    node = self._tagged(node, event.tag)
                if event.anchor:
                    anchors[event.anchor] = (node, 1, 0)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    self._too_deep(event.start_mark)
                if keyed is not None and not valued:
                    at = (inside, "?" if keyed else len(children))
                stack.append((children, height, inside, keyed, event, count - 1))
                children, height = [], 0
                inside, keyed, valued = at, kind is yaml.MappingStartEvent, False
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                outer, outer_height, outside, outer_kind, start, before = stack.pop()
                make = self._mapping if keyed else self._sequence
                node = make(children, start, event, inside)
                children, inside, keyed = outer, outside, outer_kind
                valued = bool(keyed) and not len(children) & 1
                count -= 1
                if start.tag is not None and start.tag != "!":
                    node = self._tagged(node, start.tag)
                if start.anchor:
                    anchors[start.anchor] = (node, count - before, height + 1)
                height = outer_height if outer_height > height else height + 1
            elif kind is yaml.AliasEvent:
                node, size, levels = anchors.get(event.anchor) or self._no_anchor(
                    event, (entry[4] for entry in stack)
                )
                if keyed and not valued:
                    at = (inside, node.text if isinstance(node, Scalar) else "?")
                    node = node._replace(origin=at)
                valued = bool(keyed) and not valued
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

    def _mapping(self, children: list[Node], start: Any, end: Any, origin: Origin) -> Mapping:
        merges = False
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
                merges = True
                self._report(
                    "merge-key",
                    "the merge key '<<' is not supported: it is YAML 1.1 only",
                    key,
                    "write the fields out, or use an alias for the whole value",
                )
        parts = tuple(entries.values())
        return Mapping(parts, start.start_mark, _end(children, end), origin, None, merges)

    def _sequence(self, children: list[Node], start: Any, end: Any, origin: Origin) -> Sequence:
        return Sequence(tuple(children), start.start_mark, _end(children, end), origin)

    def _tagged(self, node: Node, tag: str) -> Node:
        if key := self.tags.get(tag):
            name = Scalar(key, '"', node.start, node.start, node.origin)
            if isinstance(node, Scalar):
                node = node._replace(style='"')
            return Mapping(((name, node),), node.start, node.end, node.origin)
        if not isinstance(node, Scalar) or tag not in _STRING_TAGS:
            self._report("yaml-tag", "a YAML tag ('!…') is not supported", node, "remove the tag")
        if not isinstance(node, Scalar) or node.style:
            return node
        return node._replace(style='"')

    def _too_deep(self, mark: Mark) -> None:
        self._refuse("too-deep", f"the document is nested more than {MAX_DEPTH} levels deep", mark)

    def _no_anchor(self, event: Any, open_collections: Iterable[Any]) -> Any:
        if any(start.anchor == event.anchor for start in open_collections):
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
