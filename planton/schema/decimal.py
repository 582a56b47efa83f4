"""Patterns for integers as decimal strings, which is how protobuf's JSON writes an int64."""

from __future__ import annotations

from collections.abc import Iterator


def pattern(low: int, high: int, *, or_zero: bool = False) -> str:
    """A pattern that matches exactly the decimal strings of the integers from `low` to `high`."""
    zero = ["-?0"] if or_zero else []
    return f"^(?:{'|'.join([*zero, *_alternatives(low, high)])})$"


def _alternatives(low: int, high: int) -> Iterator[str]:
    if low < 0:
        yield f"-(?:{'|'.join(_positive(max(1, -high), -low))})"
    if low <= 0 <= high:
        yield "-?0"
    if high > 0:
        yield from _positive(max(1, low), high)


def _positive(low: int, high: int) -> Iterator[str]:
    """Patterns for positive integers; digit counts that are entirely in range share one pattern."""
    whole = [n for n in range(1, len(str(high)) + 1) if low <= 10 ** (n - 1) and 10**n - 1 <= high]
    if whole:
        yield "[1-9]" + _digits(whole[0] - 1, whole[-1] - 1)
    for n in range(len(str(low)), len(str(high)) + 1):
        if n not in whole:
            first, last = max(low, 10 ** (n - 1)), min(high, 10**n - 1)
            yield from _same_length(str(first), str(last))


def _same_length(low: str, high: str) -> Iterator[str]:
    if low == high:
        yield low
    elif set(low) == {"0"} and set(high) == {"9"}:
        yield _digits(len(low), len(low))
    elif low[0] == high[0]:
        yield from (low[0] + rest for rest in _same_length(low[1:], high[1:]))
    else:
        first, last, rest = int(low[0]), int(high[0]), len(low) - 1
        if rest and set(low[1:]) != {"0"}:
            yield from (low[0] + more for more in _same_length(low[1:], "9" * rest))
            first += 1
        upper: list[str] = []
        if rest and set(high[1:]) != {"9"}:
            upper = [high[0] + more for more in _same_length("0" * rest, high[1:])]
            last -= 1
        if first <= last:
            one = str(first) if first == last else f"[{first}-{last}]"
            yield one + _digits(rest, rest)
        yield from upper


def _digits(least: int, most: int) -> str:
    if most == 0:
        return ""
    if least == most:
        return "[0-9]" if most == 1 else f"[0-9]{{{most}}}"
    return f"[0-9]{{{least},{most}}}"
