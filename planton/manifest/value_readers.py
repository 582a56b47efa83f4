"""Readers of single values.

Pydantic's own int accepts True and 5.0, and its messages do not explain. These readers accept what
the wrapper and people write ("5", PROVISIONED, BILLING_MODE_PROVISIONED) and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from pydantic import BeforeValidator

from planton.diagnostics.diagnostic import did_you_mean, one_of, quote
from planton.document.nodes import LooseDigits
from planton.manifest.enums import OTHER_SPELLINGS, PREFIXES
from planton.manifest.value_problem import IN_QUOTES, LOOSE_DIGITS, kind, problem


def read_text(value: object) -> object:
    """A string. Rejects values that YAML reads as another type."""
    if isinstance(value, LooseDigits):
        raise problem("type", f"must be a string, got {LOOSE_DIGITS}", IN_QUOTES)
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        raise problem("type", f"must be a string, got {kind(value)}", IN_QUOTES)
    raise problem("type", f"must be a string, got {kind(value)}")


def read_optional_text(value: object) -> object:
    """A string; an empty one counts as absent, as in the protobuf contract."""
    return None if value == "" or value is None else read_text(value)


def read_bool(value: object) -> object:
    """A boolean: true or false."""
    if isinstance(value, bool):
        return value
    help = ""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        help = "remove the quotes" if value in ("true", "false") else f"write {value.lower()}"
    elif isinstance(value, str) and value.lower() in ("yes", "on", "y"):
        help = "write true"
    elif isinstance(value, str) and value.lower() in ("no", "off", "n"):
        help = "write false"
    raise problem("type", f"must be true or false, got {kind(value)}", help)


_LOOSE_DECIMAL = re.compile(r" *\+?0*([1-9][0-9]{0,12}) *")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,999})")


def read_int(value: object) -> object:
    """An integer, or one as a decimal string, which is how protobuf's JSON writes an int64."""
    if isinstance(value, bool):
        raise problem("type", f"must be an integer, got {kind(value)}")
    if isinstance(value, int):
        return value
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return int(value)
    help = ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        help = f"write {int(value)}"
    elif isinstance(value, str) and (digits := _LOOSE_DECIMAL.fullmatch(value)):
        help = f"write {digits[1]}"
    raise problem("type", f"must be an integer, got {kind(value)}", help)


def read_int_or_zero(value: object) -> object:
    """The same; 0 counts as absent, as in the protobuf contract."""
    return None if value is None or (number := read_int(value)) == 0 else number


def enum_reader(enum: type[Enum]) -> Callable[[object], Enum | None]:
    """A reader of an enum's values: bare, with the protobuf prefix, or in another spelling.

    The protobuf zero value, `…_UNSPECIFIED`, counts as absent, and so does an empty string.
    """
    prefix = PREFIXES[enum]
    values = [str(member.value) for member in enum]
    spellings = {value: enum(value) for value in values}
    spellings |= {prefix + value: enum(value) for value in values}
    spellings |= {other: enum(value) for other, value in OTHER_SPELLINGS.get(enum, {}).items()}
    absent = (None, "", prefix + "UNSPECIFIED")

    def read(value: object) -> Enum | None:
        if isinstance(value, str) and value in spellings:
            return spellings[value]
        if value in absent:
            return None
        help = ""
        if isinstance(value, str):
            meant = did_you_mean(value, spellings)
            if meant is not None:
                help = f"did you mean '{spellings[meant].value}'?"
        elif isinstance(value, bool) and not value and "N" in values:
            help = 'write "N" in quotes: YAML 1.1 reads a bare N as false'
        shown = quote(value) if isinstance(value, str) else kind(value)
        raise problem("enum", f"{shown} is not one of {one_of(values)}", help)

    return read


def required(reader: Callable[[object], object]) -> BeforeValidator:
    """Rejects empty values that the plain reader accepts."""

    def read(value: object) -> object:
        if (found := reader(value)) is None:
            raise problem("missing", "is required")
        return found

    return BeforeValidator(read)
