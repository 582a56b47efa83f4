"""The defaults that a manifest got."""

from __future__ import annotations

from typing import NamedTuple


class Applied(NamedTuple):
    """A default that a manifest got: its field or tag, and where the default is written."""

    path: str
    value: str
    where: str

    @property
    def field(self) -> str:
        """The field of spec."""
        return self.path.split(".")[1]


def is_about(path: str, default: Applied) -> bool:
    """Whether a path of a diagnostic leads to a default, into it, or to the tags with it."""
    field = f"spec.{default.field}"
    return path in (field, default.path) or path.startswith(
        (f"{default.path}.", f"{default.path}[")
    )
