"""Walks the values of a resource policy, and reports the ambiguous ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.document.nodes import LooseDigits
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.value_problem import IN_QUOTES, LOOSE_DIGITS


def is_unclear(value: object) -> bool:
    """Whether `unclear` reports the value, so that no other check needs to."""
    return value is None or isinstance(value, LooseDigits)


def unclear(document: Any, path: Path) -> Iterator[Finding]:
    """Reports missing values, and digits that parsers read as different numbers.

    In the rest of a manifest a null counts as absent. In a policy it could be the only restriction
    of a grant.
    """
    for at, value in leaves(document, path):
        if isinstance(value, LooseDigits):
            yield Finding(at, f"the value must be a string, got {LOOSE_DIGITS}", IN_QUOTES)
        elif value is None:
            name = "a list item" if isinstance(at[-1], int) else quote(at[-1])
            help = "give it a value or remove it, and check that the lines below it are indented"
            yield Finding(at, f"{name} has no value", help, at_key=True)


def leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every value that is not a mapping or list."""
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
    """The items of a list, or a single value; without ambiguous values."""
    if isinstance(value, list):
        yield from (((*path, i), item) for i, item in enumerate(value) if not is_unclear(item))
    elif not is_unclear(value):
        yield path, value


def unknown_keys(
    block: dict[str, Any], known: tuple[str, ...], path: Path, what: str
) -> Iterator[Finding]:
    """Reports keys that are unknown to IAM; they are case-sensitive."""
    for key in block:
        if key not in known:
            meant = did_you_mean(key, known)
            help = f"did you mean '{meant}'?" if meant else f"allowed in {what}: {', '.join(known)}"
            yield Finding((*path, key), f"unknown key {quote(key)}", help, at_key=True)


def meant(block: dict[str, Any], known: tuple[str, ...]) -> set[str | None]:
    """The known keys that unknown ones misspell: they are not reported as missing."""
    return {did_you_mean(key, known) for key in block if key not in known}


def is_everybody(principal: Any) -> bool:
    """Whether a Principal names everybody."""
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return named == "*" or (isinstance(named, list) and "*" in named)
