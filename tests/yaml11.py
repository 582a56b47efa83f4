"""YAML as Kubernetes reads it: what `kubectl` makes of a text before any schema sees it.

Its reader is go-yaml 2, which takes more plain words for something else than text than YAML 1.2 or
PyYAML do: `N` and `y` are booleans, `1e3` is a number, `0o17`, `0x1f` and `1_000` are as well.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE"), True),
    **dict.fromkeys(("on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE"), False),
    **dict.fromkeys(("off", "Off", "OFF"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{f"{sign}{word}": float(f"{sign}inf") for sign in ("", "+", "-")
       for word in (".inf", ".Inf", ".INF")},
}  # fmt: skip
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INT = re.compile(r"([-+]?)(0b[01]+|0o?[0-7]+|0x[0-9A-Fa-f]+|0|[1-9][0-9]*)")


def read_all(text: str) -> list[Any]:
    """The documents of a text."""
    return [_value(node) for node in yaml.compose_all(text, Loader=yaml.SafeLoader)]


def _value(node: Any) -> Any:
    match node:
        case yaml.MappingNode():
            return {_key(key): _value(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_value(item) for item in node.value]
        case _:
            # In quotes, and as a block, a text is a text.
            return plain(node.value) if node.style is None else node.value


def _key(node: Any) -> str:
    """Keys of JSON are text, whatever was read."""
    key = _value(node)
    return key if isinstance(key, str) else {True: "true", False: "false"}.get(key, str(key))


def plain(text: str) -> Any:
    """What a bare word is."""
    if text in _WORDS:
        return _WORDS[text]
    number = text.replace("_", "")
    if found := _INT.fullmatch(number):
        sign, digits = found.groups()
        if digits.isdigit() and digits.startswith("0"):
            digits = f"0o{digits[1:] or '0'}"
        return int(f"{sign}{digits}", 0)
    if _FLOAT.fullmatch(number):
        return float(number)
    return text
