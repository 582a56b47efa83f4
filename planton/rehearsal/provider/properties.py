"""The schemas of the emulated inputs, and the check of a resource's inputs against its schema.

As on the wire, names are in camelCase, and integers may be floats. Names and types are those of the
real provider; a test compares every schema with the type metadata of pulumi-aws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.property_errors import (
    MissingProperty,
    MistypedProperty,
    UnknownProperty,
)


class Leaf(Enum):
    """The type of a property that is not an object."""

    TEXT = "a string"
    INTEGER = "an integer"
    NUMBER = "a number"
    FLAG = "a boolean"
    TEXTS = "a list of strings"
    TEXT_MAP = "a map of strings"


TEXT, INTEGER, NUMBER, FLAG, TEXTS, TEXT_MAP = Leaf


@dataclass(frozen=True)
class Block:
    """An object: its properties by name, and the names of those that are required."""

    properties: Mapping[str, Property]
    required: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Blocks:
    """A list of objects with the same schema."""

    item: Block


Property = Leaf | Block | Blocks


def block(required: str = "", /, **properties: Property) -> Block:
    """`block("name type", name=TEXT, type=TEXT)`."""
    return Block(properties, frozenset(required.split()))


def check(schema: Block, values: Mapping[str, Any], path: str) -> Json:
    """The inputs without nulls and with every integer as int.

    Raises:
        PropertyError: a property that is unknown, of the wrong type, or missing.
    """
    checked: Json = {}
    for name, value in values.items():
        inner = f"{path}.{name}"
        if name not in schema.properties:
            raise UnknownProperty(inner, schema.properties)
        if value is not None:
            checked[name] = _value(schema.properties[name], value, inner)
    if missing := sorted(schema.required - checked.keys()):
        raise MissingProperty(f"{path}.{missing[0]}")
    return checked


def _value(schema: Property, value: Any, path: str) -> Any:
    match schema:
        case Block():
            if not isinstance(value, Mapping):
                raise MistypedProperty(path, "an object", value)
            return check(schema, value, path)
        case Blocks():
            items = _items(value, "a list of objects", path)
            return [_value(schema.item, item, f"{path}[{i}]") for i, item in enumerate(items)]
        case Leaf.TEXTS:
            items = _items(value, schema.value, path)
            return [_value(TEXT, item, f"{path}[{i}]") for i, item in enumerate(items)]
        case Leaf.TEXT_MAP:
            if not isinstance(value, Mapping):
                raise MistypedProperty(path, schema.value, value)
            return {key: _value(TEXT, item, f"{path}[{key!r}]") for key, item in value.items()}
    return _scalar(schema, value, path)


def _items(value: Any, expected: str, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise MistypedProperty(path, expected, value)
    return value


def _scalar(schema: Leaf, value: Any, path: str) -> Any:
    if schema is TEXT and isinstance(value, str):
        return value
    if schema is FLAG and isinstance(value, bool):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and schema in (INTEGER, NUMBER):
        if isinstance(value, int) or value.is_integer():
            return int(value)
        if schema is NUMBER:
            return value
    raise MistypedProperty(path, schema.value, value)
