"""Errors about single values: their code, message and help."""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError

from planton.diagnostics.diagnostic import quote


def problem(code: str, message: str, help: str = "") -> PydanticCustomError:
    """An error about one value: the code, message and help of the diagnostic that reports it.

    The texts are passed as context, because pydantic interprets braces in its templates.
    """
    # mypy sees a LiteralString parameter; the code is one of this package's own constants.
    return PydanticCustomError(code, "{message}", {"message": message, "help": help})


def kind(value: object) -> str:
    """A value as messages show it, with its YAML type unless it is a string."""
    match value:
        case None:
            return "null"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {quote(value)[1:-1]}"
        case str():
            return quote(value)
        case dict():
            return "a mapping"
        case _:
            return "a list"


_AS_TEXT = {
    "a mapping": re.compile(r"\s*(?:\{|[\"']?[\w.$-]{1,100}[\"']?:(?:\s|$))"),
    "a list": re.compile(r"\s*(?:\[|- )"),
}
"""How the YAML or JSON of a mapping and of a list begins."""


def not_as_text(value: object, expected: str, write: str = "") -> str:
    """Help for a string that holds the YAML or JSON of the mapping or list that is expected; empty
    for any other value. `write` is what to write instead of the string.

    The string is not read, because what is wrong in it would have no position.
    """
    if not isinstance(value, str) or not _AS_TEXT[expected].match(value):
        return ""
    return (
        f"write {write or f'the {expected[2:]}'} itself, not a string with it: remove the quotes "
        "or the '|'; JSON is valid YAML"
    )


IN_QUOTES = "put it in double quotes"
LOOSE_DIGITS = "a number with a leading zero, which YAML 1.1 reads as octal"
