"""Finds the fields of a canonical document where the user wrote them, and names them alike."""

from __future__ import annotations

from typing import Any, NamedTuple

from planton.dialects.key_case import camel
from planton.document.nodes import Mapping, Node, Origin, Scalar, Sequence, path_of, resolve
from planton.manifest.rules.rule import Path
from planton.manifest.shape import fields


class Location(NamedTuple):
    """Where a path leads: the node to point at, the value that was reached, and what is missing."""

    node: Node
    value: Node
    missing: Path


class Places:
    """The places of one document."""

    def __init__(self, document: Mapping, top: Origin) -> None:
        """`top` is the origin from which paths are shown."""
        self._document = document
        self._top = top

    def locate(self, path: Path, *, key: bool) -> Location:
        """The node at the path, or the nearest one above it, and the missing part of the path.

        With `key`, or if a part is missing, the node is the key of a mapping's field.
        """
        here: Node = self._document
        name: Scalar | None = None
        for i, part in enumerate(path):
            entry: tuple[Scalar | None, Node] | None = None
            if isinstance(here, Mapping):
                entry = next((e for e in here.entries if e[0].text == part), None)
            elif isinstance(here, Sequence) and isinstance(part, int):
                entry = None, here.items[part]
            if entry is None:
                return Location(name or here, here, path[i:])
            if entry[0] and isinstance(entry[1], Scalar) and resolve(entry[1]) is None:
                return Location(entry[0], entry[1], path[i + 1 :])
            name, here = entry
        return Location(name if key and name else here, here, ())

    def shown(self, origin: Origin, missing: Path = ()) -> str:
        """The user's path to a node, and to what is missing below it."""
        for part in missing:
            origin = (origin, part)
        return path_of(origin, self._top)

    def name(self, path: Path) -> str | int:
        """The last part of a path, named as in the user's shape where the name differs."""
        last = path[-1]
        if isinstance(last, int):
            return last
        at = self.locate(path, key=True)
        if at.missing:
            return named(at)[-1]
        written = at.node.origin[1]
        return written if isinstance(written, str) and camel(written) not in ("", last) else last

    def known(self, path: Path, model: Any) -> dict[str, str]:
        """The allowed fields at a path in the user's shape, with today's name of each. `model` is
        the type of the value there."""
        known = {name: name for name in fields(model)}
        value = self.locate(path, key=False).value
        if isinstance(value, Mapping) and value.shape:
            known = {name: name for name in known if name not in value.shape.names}
            known |= value.shape.known
        return known


def named(at: Location) -> Path:
    """The missing part of a path, its first field named as in the user's shape."""
    if not (at.missing and isinstance(at.value, Mapping) and at.value.shape):
        return at.missing
    first, *below = at.missing
    return (at.value.shape.names.get(str(first), first), *below)
