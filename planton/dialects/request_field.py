"""What is known about one field of a request to a Kratix platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

MAX_UNITS = 40_000
"""The units that a request may ask for: the account's default quota."""

DEFAULT_UNITS = 5
DEFAULT_BILLING_MODE = "PAY_PER_REQUEST"
DEFAULT_DELETION_POLICY = "delete"

Kind = Literal["text", "filled", "number", "enum", "bool", "tags", "document"]
"""The type of a field. `filled` is a string that may be empty in a manifest, not in a request; a
`document` is a mapping with any values."""


@dataclass(frozen=True)
class Field:
    """One field of a request: its name in a manifest, and the fields below it."""

    today: str
    kind: Kind = "text"
    below: RequestFields | None = None
    bounds: tuple[int, int] | None = None
    """Bounds that are narrower than a manifest's."""
    default: str | int | None = None
    fixed: bool = False
    """Whether the field cannot change after the table is created."""


RequestFields: TypeAlias = Mapping[str, Field]
