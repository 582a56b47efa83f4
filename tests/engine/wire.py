"""Pulumi's wire values and plain Python values, one into the other, and its paths to be ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]  # has no stubs
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]  # likewise

from planton.rehearsal.provider.properties import Block, Blocks, Property
from tests.emulated.provider.drift import key_of

Json = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that is unknown until the resource exists."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_STEP = re.compile(r"[^.\[\]]+|\[[^\]]*\]")


def from_struct(struct: Any) -> Json:
    """Secrets without their wrapping, unknowns as UNKNOWN, integers as floats."""
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


def as_recorded(shape: Block, state: Json, inputs: Json, ignored: Iterable[str]) -> Json:
    """`ignoreChanges` as Pulumi's bridge to the provider understands it.

    An ignored path is as it is in the state, whatever the inputs say, and also where there never
    was an input: the engine has put the last inputs there already, but it is the state that counts.
    Items of a list are matched by what tells them apart; a position is that of the new inputs.
    """
    for path in ignored:
        steps = [step.strip("[]\"'") for step in _STEP.findall(path)]
        inputs = _kept(shape, state, inputs, steps)
    return inputs


def _kept(shape: Block, state: Json, inputs: Json, steps: list[str]) -> Json:
    name, *rest = steps
    kind, before, wanted = shape.properties.get(name), state.get(name), inputs.get(name)
    others = {key: value for key, value in inputs.items() if key != name}
    if kind is None:
        return inputs
    if not rest:
        return others if before is None else {**others, name: _bare(kind, before)}
    match kind, wanted:
        case Block(), dict():
            return {**others, name: _kept(kind, before or {}, wanted, rest)}
        case Blocks(), list():
            existing = {item[key_of(kind)]: item for item in before or []}
            items = [
                _kept_item(kind, existing.get(item[key_of(kind)]), item, rest[1:])
                if rest[0] in ("*", str(position))
                else item
                for position, item in enumerate(wanted)
            ]
            return {**others, name: items}
        case _, dict() if len(rest) == 1:
            existing, kept = before or {}, {k: v for k, v in wanted.items() if k != rest[0]}
            return {
                **others,
                name: {**kept, **({rest[0]: existing[rest[0]]} if rest[0] in existing else {})},
            }
    return inputs


def _kept_item(kind: Blocks, before: Json | None, item: Json, steps: list[str]) -> Json:
    if before is None:
        return item
    bare: Json = _bare(kind.item, before)
    return _kept(kind.item, before, item, steps) if steps else bare


def _bare(kind: Property, value: Any) -> Any:
    """Without the outputs of the provider."""
    match kind, value:
        case Block(), dict():
            return {
                name: _bare(kind.properties[name], item)
                for name, item in value.items()
                if name in kind.properties
            }
        case Blocks(), list():
            return [_bare(kind.item, item) for item in value]
        case _:
            return value
