"""Pulumi's wire values and plain Python values, one into the other."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]  # has no stubs
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]  # likewise

Json = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for what is not known before it is made."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"


def from_struct(struct: Any) -> Json:
    """Secrets without their wrapping, unknowns as UNKNOWN, whole numbers as floats."""
    values: Json = _plain(MessageToDict(struct))
    return values


def to_struct(values: Json) -> Any:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def is_known(value: Any) -> bool:
    """Whether nothing in it, at any depth, is unknown."""
    match value:
        case dict():
            return all(is_known(item) for item in value.values())
        case list():
            return all(is_known(item) for item in value)
        case _:
            return bool(value != UNKNOWN)


def _plain(value: Any) -> Any:
    match value:
        case dict() if value.get(_SIGNATURE) == _SECRET:
            return _plain(value["value"])
        case dict():
            return {key: _plain(item) for key, item in value.items() if item is not None}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
