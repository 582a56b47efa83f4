"""Bounds of single values: of numbers, of a string's length, and patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from pydantic import AfterValidator

from planton.diagnostics.diagnostic import quote
from planton.manifest.value_check import ValueCheck
from planton.manifest.value_problem import problem

MAX_UNITS = 10**12
"""DynamoDB refuses throughput units above this, whatever the account's quota."""


def between(low: int, high: int) -> ValueCheck:
    """Bounds of an integer, both inclusive."""

    def check(value: int) -> int:
        if not low <= value <= high:
            raise problem(
                "range", f"must be between {low:,} and {high:,}, got {quote(f'{value:,}')[1:-1]}"
            )
        return value

    return ValueCheck(check, {"minimum": low, "maximum": high})


def zero_or_up_to(high: int) -> ValueCheck:
    """Bounds of an integer after `read_int_or_zero`, which has read 0 as absent."""
    return ValueCheck(between(1, high).func, {"minimum": 0, "maximum": high})


def multiple_of(step: int, high: int) -> ValueCheck:
    """Bounds of a period in seconds after `read_int_or_zero`, which has read 0 as absent."""

    def check(value: int) -> int:
        if value % step or not step <= value <= high:
            shown = quote(f"{value:,}")[1:-1]
            raise problem(
                "alarm-period",
                f"must be {step} or a multiple of it, up to {high:,}, got {shown}",
                "DynamoDB's metrics have at most one value a minute: write 60, 300 or the like",
            )
        return value

    return ValueCheck(check, {"minimum": 0, "maximum": high, "multipleOf": step})


def zero_or_from(low: int) -> ValueCheck:
    """0, which counts as absent, or an integer of at least `low`."""

    def check(value: int) -> int:
        if value and not low <= value <= MAX_UNITS:
            bounds = f"0 or between {low:,} and {MAX_UNITS:,}"
            raise problem("range", f"must be {bounds}, got {quote(f'{value:,}')[1:-1]}")
        return value

    between_them = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": low}
    return ValueCheck(check, {"minimum": 0, "maximum": MAX_UNITS, "not": between_them})


def up_to(high: int) -> ValueCheck:
    """The maximum length, in characters, of a string that may be empty."""

    def check(value: str) -> str:
        if len(value) > high:
            raise problem("length", f"must have at most {high} characters, got {len(value)}")
        return value

    return ValueCheck(check, {"maxLength": high})


def length(low: int, high: int) -> ValueCheck:
    """Bounds of a string's length in characters, both inclusive."""

    def check(value: str) -> str:
        if not value:
            raise problem("missing", "must not be empty")
        if not low <= len(value) <= high:
            raise problem("length", f"must have {low} to {high} characters, got {len(value)}")
        return value

    return ValueCheck(check, {"minLength": low, "maxLength": high})


def bytes_up_to(high: int) -> AfterValidator:
    """The maximum size of a string in UTF-8."""

    def check(value: str) -> str:
        size = len(value) if value.isascii() else len(value.encode(errors="surrogatepass"))
        if size > high:
            raise problem("length", f"must have at most {high} bytes in UTF-8, got {size}")
        return value

    return AfterValidator(check)


def matching(
    pattern: str,
    allowed: str,
    code: str = "pattern",
    *,
    help: Callable[[str], str] = lambda _: "",
) -> ValueCheck:
    """A string that matches the pattern. Otherwise the message is the value, followed by `allowed`,
    and `help` returns the help for the value."""
    compiled = cache(partial(re.compile, pattern))  # a manifest needs few of the patterns

    def check(value: str) -> str:
        if not compiled().fullmatch(value):
            raise problem(code, f"{quote(value)} {allowed}", help(value))
        return value

    says = {"pattern": f"^{pattern}$", "patternErrorMessage": f"This {allowed}."}
    return ValueCheck(check, says)
