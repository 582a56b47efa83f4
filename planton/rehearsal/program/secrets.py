"""Values between the program and the engine, and the masking of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MASK = "[secret]"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Pulumi's mark for an unknown value, such as the output of a resource that was not created."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_KIND = "1b47061264138c4ac30d75fd1eb44270"
_SHORTEST_IN_TEXT = 4


def unwrapped(value: Any) -> Any:
    """The plain value: secrets unwrapped, integral floats as int, names sorted.

    Their order in a message changes from run to run.
    """
    match value:
        case {"value": inner, **rest} if rest.get(_SIGNATURE) == _KIND:
            return unwrapped(inner)
        case Mapping():
            return {key: unwrapped(value[key]) for key in sorted(value)}
        case list():
            return [unwrapped(item) for item in value]
        case float() if value.is_integer():
            return int(value)
    return value


def masked(value: Any) -> Any:
    """The value for the result: secrets masked, integral floats as int, names sorted."""
    match value:
        case {"value": _, **rest} if rest.get(_SIGNATURE) == _KIND:
            return MASK
        case Mapping():
            return {key: masked(value[key]) for key in sorted(value)}
        case list():
            return [masked(item) for item in value]
    return unwrapped(value)


def is_unknown(value: Any) -> bool:
    """Whether the value, or anything in it, is unknown."""
    match value:
        case Mapping():
            return any(is_unknown(item) for item in value.values())
        case list():
            return any(is_unknown(item) for item in value)
    return bool(value == UNKNOWN)


class Secrets:
    """Every secret value of a run, to be masked wherever else it occurs."""

    def __init__(self) -> None:
        self._values: set[str | int | float] = set()

    def learn(self, value: Any) -> None:
        """Remembers the secrets in a value of a message."""
        match value:
            case {"value": inner, **rest} if rest.get(_SIGNATURE) == _KIND:
                self._remember(unwrapped(inner))
            case Mapping():
                for item in value.values():
                    self.learn(item)
            case list():
                for item in value:
                    self.learn(item)

    def _remember(self, value: Any) -> None:
        match value:
            case Mapping():
                for item in value.values():
                    self._remember(item)
            case list():
                for item in value:
                    self._remember(item)
            case bool() | None | "":
                pass  # too common to be masked elsewhere
            case _:
                self._values.add(value)

    def mask(self, value: Any) -> Any:
        """The value with every secret masked: whole values, and parts of longer strings.

        In a longer string very short secrets stay: a single letter occurs everywhere.
        """
        match value:
            case Mapping():
                return {self.mask(key): self.mask(item) for key, item in value.items()}
            case list():
                return [self.mask(item) for item in value]
            case bool() | None:
                return value
        if value in self._values:
            return MASK
        return self.mask_text(value) if isinstance(value, str) else value

    def mask_text(self, text: str) -> str:
        """Longer secrets are masked first: a shorter one may be a part of them."""
        for secret in sorted(map(str, self._values), key=len, reverse=True):
            if len(secret) >= _SHORTEST_IN_TEXT:
                text = text.replace(secret, MASK)
        return text
