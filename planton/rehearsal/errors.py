"""What ends a request on the emulated AWS, sorted by whose fault it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planton.rehearsal.records import Made

VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFoundException"
LIMIT = "LimitExceededException"
IMPORT_NOT_FOUND = "ImportNotFoundException"
POLICY_NOT_FOUND = "PolicyNotFoundException"
TABLE_NOT_FOUND = "TableNotFoundException"
OBJECT_NOT_FOUND = "ObjectNotFoundException"


class Refused(Exception):
    """AWS, or the provider on the way there, said no: the request is at fault, not this program.

    `by` names who refused ("dynamodb CreateTable", "provider"), `code` is AWS's error code, and
    `made` is what exists all the same: the table that was made before its TTL was refused.
    """

    def __init__(self, by: str, code: str, message: str, *, made: Made | None = None) -> None:
        super().__init__(f"{by}: {code}: {message}")
        self.by = by
        self.code = code
        self.message = message
        self.made = made


class PropertyError(Exception):
    """The program sends something that the emulation cannot vouch for: a fault of one of the two.

    Dropping it instead would turn the rehearsal into a lie.
    """


class UnknownProperty(PropertyError):
    """A property that the emulation does not carry out, at any depth."""

    def __init__(self, path: str, known: Iterable[str]) -> None:
        super().__init__(f"{path}: not emulated (known here: {', '.join(sorted(known))})")
        self.path = path


class MistypedProperty(PropertyError):
    """A value of another type than the provider's schema gives the property."""

    def __init__(self, path: str, expected: str, value: object) -> None:
        super().__init__(f"{path}: expected {expected}, not {type(value).__name__}")
        self.path = path


class MissingProperty(PropertyError):
    """A property without which the provider's schema does not take the resource."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: required")
        self.path = path


class UnknownResource(PropertyError):
    """A type of resource, or a function, that the emulation does not have."""


class NetworkRefused(Exception):
    """A request that the emulator did not answer and that would have left this machine."""
