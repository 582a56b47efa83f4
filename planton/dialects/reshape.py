"""Tools that convert mappings of an older shape to today's and keep their positions.

A node is identified by its start mark, so a node that keeps its mark keeps the user's path. A node
that replaces several of the user's gets its own mark, and a note of the path to show.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from planton.diagnostics.diagnostic import quote
from planton.document.reader import Mapping, Mark, Node, Place, Scalar, Sequence


class Reshaped(NamedTuple):
    """Notes about a node: the mark whose path is shown for it, the user's names of missing fields
    by today's names, and the allowed fields of the user's shape with today's name of each."""

    origin: Mark
    names: MappingType[str, str]
    known: MappingType[str, str] = MappingProxyType({})


Renamed = dict[int, Reshaped]
"""Notes about converted nodes, by the id of their start mark."""

Entry = tuple[Scalar, Node]
Fields = dict[str, Entry]
"""A mapping's entries by key, in order."""


class Found(NamedTuple):
    """A finding at a node, whose path in the user's text is looked up later."""

    code: str
    message: str
    node: Node
    help: str
    missing: tuple[str, ...] = ()
    """The missing path below the node, in the user's names."""


@dataclass
class Reshaper:
    """The findings and notes of one conversion."""

    found: list[Found] = field(default_factory=list)
    renamed: Renamed = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Paths of today's shape that cannot be checked, because the user's values are not mappings."""

    def report(
        self,
        code: str,
        message: str,
        node: Node,
        help: str = "",
        missing: tuple[str, ...] = (),
    ) -> None:
        """Adds a finding at a node."""
        self.found.append(Found(code, message, node, help, missing))

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

    def note(self, node: Node, names: MappingType[str, str], known: MappingType[str, str]) -> None:
        """Notes the user's names of missing fields in a node that keeps its mark."""
        self.renamed[id(node.start)] = Reshaped(node.start, names, known)

    def gather(
        self, name: str, fields: Fields, at: Scalar, parent: Node, names: MappingType[str, str]
    ) -> Entry:
        """A block that the user's shape does not have: its key and the mapping of its fields.

        Its position is that of `at`, and its path is shown as the parent's.
        """
        place = self._place(at, parent, names)
        return Scalar(name, "", place, at.end), mapping(fields, place, at.end)

    def new_key(self, name: str, as_: Scalar, at: Node) -> Scalar:
        """The key of a field that the user's shape does not have: errors in its value are reported
        for the field `as_`."""
        place = self._place(at, as_, {})
        return Scalar(name, "", place, at.end)

    def gather_list(self, name: str, items: list[Node], at: Scalar, parent: Node) -> Entry:
        """A list that the user's shape does not have."""
        place = self._place(at, parent, {})
        return Scalar(name, "", place, at.end), Sequence(tuple(items), place, at.end)

    def report_both(self, key: Scalar, today: str) -> None:
        """Reports a field of the user's shape beside today's field of the same meaning."""
        message = f"{quote(key.text)} and {quote(today)} are the same field"
        self.report("key-spelled-twice", message, key, "keep one of the two")

    def gather_fields(
        self, block: str, names: MappingType[str, str], given: Fields, parent: Node
    ) -> Entry | None:
        """Moves fields out of `given` into one block of today's shape."""
        found = [name for name in names if name in given]
        if not found:
            return None
        taken = {names[name]: given.pop(name) for name in found}
        at = next(iter(taken.values()))[0]
        if block in given:
            self.report_both(at, block)
            return None
        inner = {name: (key._replace(text=name), value) for name, (key, value) in taken.items()}
        return self.gather(block, inner, at, parent, {new: old for old, new in names.items()})

    def _place(self, at: Node, parent: Node, names: MappingType[str, str]) -> Place:
        place = Place(at.start.line, at.start.column)
        self.renamed[id(place)] = Reshaped(parent.start, names)
        return place


def fields(node: Mapping) -> Fields:
    """A mapping's entries by key."""
    return {key.text: (key, value) for key, value in node.entries}


def mapping(fields: Fields, start: Mark, end: Mark) -> Mapping:
    """A mapping with these entries."""
    return Mapping(tuple(fields.values()), start, end)


def new_scalar(text: str, at: Node) -> Scalar:
    """A value that the user did not write, at the position that caused it."""
    return Scalar(text, "", at.start, at.end)


def entry(name: str, value: Node, at: Scalar) -> Entry:
    """A field that the user did not write under that name, at the position that caused it."""
    return Scalar(name, "", at.start, at.end), value
