"""Properties, resources and functions that the emulated provider cannot check."""

from __future__ import annotations

from collections.abc import Iterable


class PropertyError(Exception):
    """The program sends something that the emulation cannot check: one of the two is wrong.

    If it were ignored, the rehearsal would report a success that nothing supports.
    """


class UnknownProperty(PropertyError):
    """A property that the emulation does not have, at any depth."""

    def __init__(self, path: str, known: Iterable[str]) -> None:
        super().__init__(f"{path}: not emulated (emulated: {', '.join(sorted(known))})")
        self.path = path


class MistypedProperty(PropertyError):
    """A value whose type differs from the provider's schema."""

    def __init__(self, path: str, expected: str, value: object) -> None:
        super().__init__(f"{path}: expected {expected}, got {type(value).__name__}")
        self.path = path


class MissingProperty(PropertyError):
    """A property that the provider's schema requires."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: required")
        self.path = path


class UnknownResource(PropertyError):
    """A type of resource, or a function, that the emulation does not have."""
