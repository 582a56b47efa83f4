"""The tables of a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from planton.adopt.found import FoundTable, LeftOut

_TYPES_SHOWN = 10


@dataclass(frozen=True)
class FoundTables:
    """The tables of a file; those of which no manifest can be written, each with the reason; and
    what is left out and belongs to none of them."""

    tables: tuple[FoundTable, ...]
    incomplete: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]


class UnreadableSource(Exception):
    """A file that is a template or state, but of a kind that cannot be read, and what to do."""

    def __init__(self, message: str, help: str) -> None:
        self.message = message
        self.help = help
        super().__init__(message)


def counted(types: Counter[str], place: str) -> list[LeftOut]:
    """A note on the resources of other types."""
    if not types:
        return []
    shown = [f"{name} ({count:,})" for name, count in sorted(types.items())[:_TYPES_SHOWN]]
    if len(types) > _TYPES_SHOWN:
        shown.append(f"{len(types) - _TYPES_SHOWN:,} more types")
    return [LeftOut(place, f"resources of these types are not read: {', '.join(shown)}")]
