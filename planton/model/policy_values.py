"""The values in a resource policy: those that nobody can be sure of, and walking all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planton.diagnostics import did_you_mean, quote
from planton.document import LooseDigits
from planton.model.rule import Finding, Path
from planton.model.types import IN_QUOTES, LOOSE_DIGITS


def is_unclear(value: object) -> bool:
    """Whether `unclear` says what is wrong with the value, so that nobody else need."""
    return value is None or isinstance(value, LooseDigits)


def unclear(document: Any, path: Path) -> Iterator[Finding]:
    """Values that are not there, and digits of which readers make different numbers.

    In the rest of a manifest a null counts as absent. Left out of a policy it could be all that
    restricts a grant.
    """
    for at, value in leaves(document, path):
        if isinstance(value, LooseDigits):
            yield Finding(at, f"the value must be text, is {LOOSE_DIGITS}", IN_QUOTES)
        elif value is None:
            name = "an item of a list" if isinstance(at[-1], int) else quote(at[-1])
            help = "give it a value, or remove it; are the lines below it indented?"
            yield Finding(at, f"{name} has no value", help, at_key=True)


def leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Everything that is no mapping or list."""
    match value:
        case dict():
            for key, below in value.items():
                yield from leaves(below, (*path, key))
        case list():
            for i, below in enumerate(value):
                yield from leaves(below, (*path, i))
        case _:
            yield path, value


def items(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The items of a list, or the one value that stands for a list; without what is unclear."""
    if isinstance(value, list):
        yield from (((*path, i), item) for i, item in enumerate(value) if not is_unclear(item))
    elif not is_unclear(value):
        yield path, value


def unknown_keys(
    given: dict[str, Any], known: tuple[str, ...], path: Path, what: str
) -> Iterator[Finding]:
    """Keys that IAM does not have there: it reads them with their case."""
    for key in given:
        if key not in known:
            meant = did_you_mean(key, known)
            help = f"did you mean '{meant}'?" if meant else f"{what} has {', '.join(known)}"
            yield Finding((*path, key), f"unknown key {quote(key)}", help, at_key=True)


def meant(given: dict[str, Any], known: tuple[str, ...]) -> set[str | None]:
    """The known keys that unknown ones stand for: none of them is missing besides."""
    return {did_you_mean(key, known) for key in given if key not in known}
