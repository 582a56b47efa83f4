"""The inputs that the emulation knows, as trees, and the walk that holds a resource to them.

Wire form: camelCase names, whole numbers perhaps as floats. The names and types are those of the
provider's schema; a test compares every tree with pulumi-aws' own type metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from planton.rehearsal.errors import MissingProperty, MistypedProperty, UnknownProperty
from planton.rehearsal.records import Json


class Leaf(Enum):
    """What a property without properties of its own may be."""

    TEXT = "a string"
    WHOLE = "a whole number"
    NUMBER = "a number"
    FLAG = "a boolean"
    TEXTS = "a list of strings"
    TEXT_MAP = "a map of strings"


TEXT, WHOLE, NUMBER, FLAG, TEXTS, TEXT_MAP = Leaf


@dataclass(frozen=True)
class Block:
    """An object: its properties by name, and those it cannot do without."""

    properties: Mapping[str, Property]
    required: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Blocks:
    """A list of objects of one shape; `key` is what tells them apart."""

    item: Block
    key: str = "name"


Property = Leaf | Block | Blocks


def block(required: str = "", /, **properties: Property) -> Block:
    """`block("name type", name=TEXT, type=TEXT)`."""
    return Block(properties, frozenset(required.split()))


def check(shape: Block, values: Mapping[str, Any], where: str) -> Json:
    """The same inputs without nulls and with whole numbers as int.

    Raises:
        PropertyError: a property that is unknown, of the wrong type, or missing.
    """
    checked: Json = {}
    for name, value in values.items():
        path = f"{where}.{name}"
        if name not in shape.properties:
            raise UnknownProperty(path, shape.properties)
        if value is not None:
            checked[name] = _value(shape.properties[name], value, path)
    for name in sorted(shape.required - checked.keys()):
        raise MissingProperty(f"{where}.{name}")
    return checked


def _value(shape: Property, value: Any, path: str) -> Any:
    match shape:
        case Block():
            if not isinstance(value, Mapping):
                raise MistypedProperty(path, "an object", value)
            return check(shape, value, path)
        case Blocks():
            items = _items(value, "a list of objects", path)
            return [_value(shape.item, item, f"{path}[{i}]") for i, item in enumerate(items)]
        case Leaf.TEXTS:
            items = _items(value, shape.value, path)
            return [_value(TEXT, item, f"{path}[{i}]") for i, item in enumerate(items)]
        case Leaf.TEXT_MAP:
            if not isinstance(value, Mapping):
                raise MistypedProperty(path, shape.value, value)
            return {key: _value(TEXT, item, f"{path}[{key!r}]") for key, item in value.items()}
        case Leaf():
            return _scalar(shape, value, path)


def _items(value: Any, expected: str, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise MistypedProperty(path, expected, value)
    return value


def _scalar(shape: Leaf, value: Any, path: str) -> Any:
    if shape is TEXT and isinstance(value, str):
        return value
    if shape is FLAG and isinstance(value, bool):
        return value
    if shape in (WHOLE, NUMBER) and isinstance(value, int | float) and not isinstance(value, bool):
        if isinstance(value, int) or value.is_integer():
            return int(value)
        if shape is NUMBER:
            return value
    raise MistypedProperty(path, shape.value, value)


def inputs_now(shape: Block, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
    """What `inputs` would have to be for the resource to be as `outputs` says it is.

    Only what was given before is looked at, as in a refresh: what the program never said anything
    about is no drift. Lists of objects keep the program's order, with strangers at the end: the
    provider's sets have no order.
    """
    now: Json = {}
    for name, before in inputs.items():
        kind = shape.properties[name]
        after = outputs.get(name)
        if after is None:
            # AWS says nothing of what is off, and nothing of what only the provider knows.
            if name == "timeouts" or before in (False, "", [], {}) or _is_off(before):
                now[name] = before
            continue
        match kind:
            case Block():
                now[name] = inputs_now(kind, before, after)
            case Blocks():
                now[name] = _items_now(kind, before, after)
            case Leaf.TEXTS if sorted(before) == sorted(after):
                now[name] = before
            case _:
                now[name] = after
    return now


def _items_now(kind: Blocks, before: list[Json], after: list[Json]) -> list[Json]:
    there = {item[kind.key]: item for item in after}
    kept = [
        inputs_now(kind.item, item, there.pop(item[kind.key]))
        for item in before
        if item[kind.key] in there
    ]
    strangers = [
        {name: value for name, value in item.items() if name in kind.item.properties}
        for item in there.values()
    ]
    return kept + strangers


def _is_off(before: Any) -> bool:
    return isinstance(before, Mapping) and before.get("enabled") is False
