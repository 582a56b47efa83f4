"""Checks a request against AWS's own service model, which is part of botocore.

botocore checks required members, types and some minimums before it sends a request, and moto
accepts most of the rest. AWS refuses a misspelled enum value and a list that is too long, so the
whole model is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (str,),  # a string, so that a recorded request is plain data
}


def violations(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """What the shape (botocore.model.Shape) does not allow, each naming the parameter."""
    if not _is_a(shape.type_name, value):
        yield f"Value at '{path}' must be a {shape.type_name}, not {type(value).__name__}"
        return
    yield from _limits(shape, value, path)
    match shape.type_name:
        case "structure":
            yield from _structure(shape, value, path)
        case "list":
            for position, item in enumerate(value):
                yield from violations(shape.member, item, f"{path}[{position}]")
        case "map":
            for key, item in value.items():
                yield from violations(shape.key, key, f"{path} (key)")
                yield from violations(shape.value, item, f"{path}[{key!r}]")


def _is_a(type_name: str, value: Any) -> bool:
    expected = _TYPES[type_name]
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


def _structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if name not in value:
            yield _failed("null", prefix + name, "Member must not be null")
    for name, item in value.items():
        if name in shape.members:
            yield from violations(shape.members[name], item, prefix + name)
        else:
            yield f"Unknown parameter '{prefix}{name}'"


def _limits(shape: Any, value: Any, path: str) -> Iterator[str]:
    limits = shape.metadata
    if "enum" in limits and value not in limits["enum"]:
        allowed = ", ".join(limits["enum"])
        yield _failed(value, path, f"Member must satisfy enum value set: [{allowed}]")
    size, noun = (value, "value") if isinstance(value, int | float) else (len(value), "length")
    if "min" in limits and size < limits["min"]:
        least = limits["min"]
        yield _failed(value, path, f"Member must have {noun} greater than or equal to {least}")
    if "max" in limits and size > limits["max"]:
        most = limits["max"]
        yield _failed(value, path, f"Member must have {noun} less than or equal to {most}")
    if "pattern" in limits and not _compiled(limits["pattern"]).fullmatch(value):
        pattern = limits["pattern"]
        yield _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _failed(value: Any, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The patterns are Java's: with classes of characters, and with surrogate pairs beyond 16
    bits."""
    pattern = pattern.replace(r"\p{Print}", r"[ -~]")
    for java, ours in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", " ")):
        pattern = pattern.replace(java, ours)
    return re.compile(pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"))
