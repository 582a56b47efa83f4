"""Dataclasses as JSON data and back, by one walk over their fields.

A field's key is its name in camelCase, or the `Key` of its type. The keys are API: they are in what
`planton plan --format json` prints and in the change guard's record, and docs/json.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from planton.manifest.reference import Reference


@dataclass(frozen=True)
class Key:
    """The key of a field, in `Annotated`: the manifest's name for what the field holds."""

    name: str


def to_data(value: Any) -> Any:
    """The value as JSON data: every field has its key, and an absent one is null."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Reference):
        return value.data
    if is_dataclass(value) or hasattr(value, "_fields"):
        return {one.key: to_data(getattr(value, one.name)) for one in _fields(value.__class__)}
    if isinstance(value, (list, tuple)):
        return [to_data(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_data(item) for key, item in value.items()}
    return value


def without_absent(data: Any) -> Any:
    """The data without the keys of what is absent, off or empty."""
    if isinstance(data, list):
        return [without_absent(item) for item in data]
    if isinstance(data, dict):
        kept = {key: without_absent(item) for key, item in data.items()}
        return {key: item for key, item in kept.items() if not _is_absent(item)}
    return data


def _is_absent(item: Any) -> bool:
    return item is None or item is False or item in ([], {})


def from_data(kind: Any, data: Any) -> Any:
    """A value of the type from its JSON data, whether or not that has the keys of what is absent.

    Keys that the type does not have are ignored. Numbers may be floats: Pulumi's engine has no
    others. Raises ValueError for a value that the type cannot have.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        members = [member for member in arguments if member is not NoneType]
        return None if data is None else from_data(_member(members, data), data)
    if origin is tuple:
        return tuple(from_data(arguments[0], item) for item in data or ())
    if origin is Literal:
        return data
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        held = data or {}
        return kind(**{one.name: from_data(one.kind, held.get(one.key)) for one in _fields(kind)})
    if kind is str and isinstance(data, Mapping):
        return Reference.of(data["valueFrom"])
    return bool(data) if kind is bool else kind(data)


def _member(members: list[Any], data: Any) -> Any:
    """The one of several dataclasses that the key `kind` names."""
    if len(members) == 1:
        return members[0]
    for member in members:
        kinds = next(one.kind for one in _fields(member) if one.key == "kind")
        if data.get("kind") in get_args(kinds):
            return member
    raise ValueError(f"{data.get('kind')!r} is not a kind of {members}")


@dataclass(frozen=True)
class _Field:
    name: str
    key: str
    kind: Any


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(name, hint) for name, hint in hints.items())


def _field(name: str, hint: Any) -> _Field:
    if get_origin(hint) is Annotated:
        hint, key = get_args(hint)
        return _Field(name, key.name, hint)
    first, *rest = name.split("_")
    return _Field(name, first + "".join(part.capitalize() for part in rest), hint)
