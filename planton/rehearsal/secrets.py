"""Values as they travel between the program and the engine, and the covering of secret ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COVER = "[secret]"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that is not known: the output of a resource that was not made."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_KIND = "1b47061264138c4ac30d75fd1eb44270"
_SHORTEST_IN_TEXT = 4


def opened(value: Any) -> Any:
    """The plain value: secrets unwrapped, whole floats as int, names in order.

    On the way names have no order, so a run would differ from the next.
    """
    match value:
        case {"value": inner, **rest} if rest.get(_SIGNATURE) == _KIND:
            return opened(inner)
        case Mapping():
            return {key: opened(value[key]) for key in sorted(value)}
        case list():
            return [opened(item) for item in value]
        case float() if value.is_integer():
            return int(value)
    return value


def covered(value: Any) -> Any:
    """The value to show: secrets covered, whole floats as int, names in order."""
    match value:
        case {"value": _, **rest} if rest.get(_SIGNATURE) == _KIND:
            return COVER
        case Mapping():
            return {key: covered(value[key]) for key in sorted(value)}
        case list():
            return [covered(item) for item in value]
    return opened(value)


def is_unknown(value: Any) -> bool:
    """Whether the value, or anything in it, is not known."""
    match value:
        case Mapping():
            return any(is_unknown(item) for item in value.values())
        case list():
            return any(is_unknown(item) for item in value)
    return bool(value == UNKNOWN)


class Secrets:
    """Every secret value that was seen, to be covered wherever else it turns up."""

    def __init__(self) -> None:
        self._values: set[str | int | float] = set()

    def learn(self, value: Any) -> None:
        """Remember the secrets in a value as it travels."""
        match value:
            case {"value": inner, **rest} if rest.get(_SIGNATURE) == _KIND:
                self._remember(opened(inner))
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
                pass  # nothing that could be told from any other
            case _:
                self._values.add(value)

    def cover(self, value: Any) -> Any:
        """The value without any secret: as a whole value, or within a longer text.

        Within a text only secrets of some length are looked for: one letter is everywhere.
        """
        match value:
            case Mapping():
                return {self.cover(key): self.cover(item) for key, item in value.items()}
            case list():
                return [self.cover(item) for item in value]
            case bool() | None:
                return value
        if value in self._values:
            return COVER
        return self.cover_text(value) if isinstance(value, str) else value

    def cover_text(self, text: str) -> str:
        """A longer secret goes first: a shorter one may be a part of it."""
        for secret in sorted(map(str, self._values), key=len, reverse=True):
            if len(secret) >= _SHORTEST_IN_TEXT:
                text = text.replace(secret, COVER)
        return text
