"""How a request to the emulated AWS fails."""

from __future__ import annotations

VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFoundException"


class Refused(Exception):
    """AWS, or the provider before it, refused a request: the manifest is wrong, not the program.

    `by` says who refused ("dynamodb CreateTable", "provider"), `code` is AWS's error code.
    """

    def __init__(self, by: str, code: str, message: str) -> None:
        super().__init__(f"{by}: {code}: {message}")
        self.by = by
        self.code = code
        self.message = message


class NetworkRefused(Exception):
    """The emulator has no answer to a request, which would have left this machine."""
