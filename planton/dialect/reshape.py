"""Tools for bringing mappings of another shape to today's, their places kept.

Nodes are known by the mark at which they start, so a node that keeps its mark keeps the user's
path. A node that stands for several of the user's gets a mark of its own, and a note of whose path
to show.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from planton.diagnostics import Severity, quote
from planton.document import Mapping, Mark, Node, Place, Scalar, Sequence


class Reshaped(NamedTuple):
    """Of a node: the mark whose path is shown for it, how the user calls fields that are not there,
    by today's names, and which fields of the user's shape it can have, with what each becomes."""

    origin: Mark
    names: MappingType[str, str]
    known: MappingType[str, str] = MappingProxyType({})


Renamed = dict[int, Reshaped]
"""What is noted of reshaped nodes, by the id of the mark at which they start."""

Entry = tuple[Scalar, Node]
Fields = dict[str, Entry]
"""A mapping's entries by their keys, in their order."""


class Found(NamedTuple):
    """A finding at a node, whose path in the user's text is yet to be looked up."""

    code: str
    message: str
    node: Node
    help: str
    severity: Severity
    missing: tuple[str, ...] = ()
    """What is missing below the node, as the user would call it."""


@dataclass
class Reshaper:
    """What one reshaping finds and notes on its way."""

    found: list[Found] = field(default_factory=list)
    renamed: Renamed = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Places of today's of which nothing can be said, because the user's are no mappings."""

    def report(
        self,
        code: str,
        message: str,
        node: Node,
        help: str = "",
        severity: Severity = "error",
        missing: tuple[str, ...] = (),
    ) -> None:
        """A finding at a node."""
        self.found.append(Found(code, message, node, help, severity, missing))

    def rename(self, fields: Fields, names: MappingType[str, str]) -> Fields:
        """The fields under today's names. A field under both names is an error at the second."""
        renamed: Fields = {}
        for name, (key, value) in fields.items():
            today = names.get(name, name)
            if today in renamed:
                first = renamed[today][0]
                self.report(
                    "key-spelled-twice",
                    f"{quote(key.text)} is the same field as one in line {first.start.line + 1}",
                    key,
                    "keep one of the two",
                )
                continue
            renamed[today] = (key if today == name else key._replace(text=today), value)
        return renamed

    def note(self, node: Node, names: MappingType[str, str], known: MappingType[str, str]) -> None:
        """How the user calls fields that are missing in a node which keeps its own mark."""
        self.renamed[id(node.start)] = Reshaped(node.start, names, known)

    def gather(
        self, name: str, fields: Fields, at: Scalar, parent: Node, names: MappingType[str, str]
    ) -> Entry:
        """A block that the user's shape does not have: its key and the mapping of the fields.

        It is placed at `at`; the path that is shown for it is the parent's.
        """
        place = self._place(at, parent, names)
        return Scalar(name, "", place, at.end), mapping(fields, place, at.end)

    def called(self, name: str, as_: Scalar, at: Node) -> Scalar:
        """The key of a field that the user's shape does not have: what is wrong with its value is
        said of the field `as_`."""
        place = self._place(at, as_, {})
        return Scalar(name, "", place, at.end)

    def listed(self, name: str, items: list[Node], at: Scalar, parent: Node) -> Entry:
        """The same for a list."""
        place = self._place(at, parent, {})
        return Scalar(name, "", place, at.end), Sequence(tuple(items), place, at.end)

    def both(self, key: Scalar, today: str) -> None:
        """A field of the user's shape beside today's field of the same meaning."""
        message = f"{quote(key.text)} and {quote(today)} say the same"
        self.report("key-spelled-twice", message, key, "keep one of the two")

    def gathered(
        self, block: str, names: MappingType[str, str], given: Fields, parent: Node
    ) -> Entry | None:
        """Fields that lie side by side, taken out of `given`, as one block of today's."""
        found = [name for name in names if name in given]
        if not found:
            return None
        taken = {names[name]: given.pop(name) for name in found}
        at = next(iter(taken.values()))[0]
        if block in given:
            self.both(at, block)
            return None
        inner = {name: (key._replace(text=name), value) for name, (key, value) in taken.items()}
        return self.gather(block, inner, at, parent, {new: old for old, new in names.items()})

    def _place(self, at: Node, parent: Node, names: MappingType[str, str]) -> Place:
        place = Place(at.start.line, at.start.column)
        self.renamed[id(place)] = Reshaped(parent.start, names)
        return place


def fields(node: Mapping) -> Fields:
    """A mapping's entries by their keys."""
    return {key.text: (key, value) for key, value in node.entries}


def mapping(fields: Fields, start: Mark, end: Mark) -> Mapping:
    """The mapping of some entries."""
    return Mapping(tuple(fields.values()), start, end)


def made(text: str, at: Node) -> Scalar:
    """A value that the user did not write, at the place that led to it."""
    return Scalar(text, "", at.start, at.end)


def entry(name: str, value: Node, at: Scalar) -> Entry:
    """A field that the user did not write under that name, at the place that led to it."""
    return Scalar(name, "", at.start, at.end), value
