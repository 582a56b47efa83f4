"""Tools that convert mappings of an older shape to today's, and keep where the user wrote them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from planton.diagnostics.diagnostic import quote
from planton.document.nodes import Mapping, Node, OlderShape, Scalar, Sequence

Entry = tuple[Scalar, Node]
Path: TypeAlias = tuple[str | int, ...]
Fields = dict[str, Entry]
"""A mapping's entries by key, in order."""


class NodeFinding(NamedTuple):
    """A finding at a node."""

    code: str
    message: str
    node: Node
    help: str
    missing: tuple[str, ...] = ()
    """The missing path below the node, in the user's names."""


@dataclass
class Reshaper:
    """The findings of one conversion. `unused` finds a name that the document does not contain."""

    unused: Callable[[], str]
    found: list[NodeFinding] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    """Paths of today's shape that cannot be checked, because the user's values are invalid."""

    def report(
        self,
        code: str,
        message: str,
        node: Node,
        help: str = "",
        missing: tuple[str, ...] = (),
    ) -> None:
        """Adds a finding at a node."""
        self.found.append(NodeFinding(code, message, node, help, missing))

    def placeholder(self, path: Path, at: Node) -> Scalar:
        """A valid value for a reported one, so that the fields beside it can be checked."""
        self.broken.add(path)
        return new_scalar(self.unused(), at)

    def rename(self, fields: Fields, names: MappingType[str, str]) -> Fields:
        """The fields under today's names. Using both names of a field is an error at the second."""
        renamed: Fields = {}
        for name, (key, value) in fields.items():
            today = names.get(name, name)
            if today in renamed:
                first = renamed[today][0]
                self.report(
                    "key-spelled-twice",
                    f"{quote(key.text)} is the same field as the one on line "
                    f"{first.start.line + 1}",
                    key,
                    "keep one of the two",
                )
                continue
            renamed[today] = (key if today == name else key._replace(text=today), value)
        return renamed

    def report_both(self, key: Scalar, today: str) -> None:
        """Reports a field of the user's shape beside today's field of the same meaning."""
        message = f"{quote(key.text)} and {quote(today)} are the same field"
        self.report("key-spelled-twice", message, key, "keep one of the two")

    def gather_fields(
        self, block: str, names: MappingType[str, str], taken_from: Fields, parent: Node
    ) -> Entry | None:
        """Moves fields out of `taken_from` into one block of today's shape."""
        found = [name for name in names if name in taken_from]
        if not found:
            return None
        taken = {names[name]: taken_from.pop(name) for name in found}
        at = next(iter(taken.values()))[0]
        if block in taken_from:
            self.report_both(at, block)
            return None
        inner = {name: (key._replace(text=name), value) for name, (key, value) in taken.items()}
        return gather(block, inner, at, parent, {new: old for old, new in names.items()})


def gather(
    name: str, fields: Fields, at: Scalar, parent: Node, names: MappingType[str, str]
) -> Entry:
    """A block that the user's shape does not have: its key and the mapping of its fields.

    Its position is that of `at`, and its path is shown as the parent's.
    """
    block = Mapping(tuple(fields.values()), at.start, at.end, parent.origin, OlderShape(names))
    return new_key(name, at, parent), block


def gather_list(name: str, items: list[Node], at: Scalar, parent: Node) -> Entry:
    """A list that the user's shape does not have."""
    return new_key(name, at, parent), Sequence(tuple(items), at.start, at.end, parent.origin)


def new_key(name: str, at: Node, field: Node) -> Scalar:
    """The key of a field that the user's shape does not have, at a position: errors in its value
    are reported for `field`."""
    return Scalar(name, "", at.start, at.end, field.origin)


def fields(node: Mapping) -> Fields:
    """A mapping's entries by key."""
    return {key.text: (key, value) for key, value in node.entries}


def with_fields(node: Mapping, fields: Fields, shape: OlderShape | None = None) -> Mapping:
    """The mapping with these entries instead, and what it was in the user's shape."""
    return node._replace(entries=tuple(fields.values()), shape=shape or node.shape)


def new_scalar(text: str, at: Node) -> Scalar:
    """A value that the user did not write, at the position that caused it."""
    return Scalar(text, "", at.start, at.end, at.origin)


def entry(name: str, value: Node, at: Scalar) -> Entry:
    """A field that the user did not write under that name, at the position that caused it."""
    return new_scalar(name, at), value
