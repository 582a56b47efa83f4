"""Generates the fields of a request, planton/dialects/request_fields.py, from the models.

A module of its own, because the dialects do not know the models, and reading every model costs time
that `planton validate` does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as parts
from dataclasses import replace
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planton.dialects.request_field import (
    DEFAULT_BILLING_MODE,
    DEFAULT_DELETION_POLICY,
    DEFAULT_UNITS,
    MAX_UNITS,
    Field,
    Kind,
    RequestFields,
)
from planton.manifest.facts import facts
from planton.manifest.shape import bare, fields, model
from planton.manifest.spec import Spec

_HEAD = '''"""The fields of a request's spec. Generated from the models by `./dev docs`."""

from __future__ import annotations

from planton.dialects.request_field import Field, RequestFields

'''

_UNITS = {"bounds": (1, MAX_UNITS), "default": DEFAULT_UNITS}
_OWN: dict[str, dict[str, Any]] = {
    "region": {"kind": "text"},  # a rule requires it
    "billingMode": {"default": DEFAULT_BILLING_MODE},
    "deletionPolicy": {"default": DEFAULT_DELETION_POLICY},
    "readCapacityUnits": _UNITS,
    "writeCapacityUnits": _UNITS,
}
"""What applies to a request only."""

_FIRST = ("tableName", "region", "attributeDefinitions", "keySchema", "billingMode")
"""The fields with which most requests begin."""


_WIDTH = 100


def request_fields() -> RequestFields:
    """The fields of a request's spec, by their names there."""
    names = _names(Spec)
    order = {today: i for i, today in enumerate(_FIRST)}
    return dict(sorted(names.items(), key=lambda item: order.get(item[1].today, len(order))))


def _names(of: type[BaseModel]) -> dict[str, Field]:
    """A request has every field of a manifest that ACK has and that has no reason against it."""
    return {
        facts(info).request or today: _field(today, info)
        for today, info in fields(of).items()
        if not (facts(info).block or facts(info).ack or facts(info).not_in_request)
    }


def _field(today: str, info: FieldInfo) -> Field:
    below = model(info.annotation)
    field = Field(
        today,
        "text" if below else _kind(info),
        _names(below) if below else None,
        fixed=facts(info).fixed,
    )
    return replace(field, **_OWN.get(today, {}))


def _kind(info: FieldInfo) -> Kind:
    kind = bare(info.annotation)
    if get_origin(kind) is dict:
        return "tags"
    if get_origin(kind) is list:
        return "text"
    if issubclass(kind, Enum):
        return "enum"
    if kind is str and type(None) in get_args(info.annotation):
        return "filled"
    kinds: dict[type, Kind] = {bool: "bool", int: "number", str: "text"}
    return kinds[kind]


def module() -> str:
    """Returns the whole module."""
    lines = [_HEAD + "SPEC: RequestFields = {", *_written(request_fields(), 1), "}"]
    return "\n".join(lines) + "\n"


def _written(names: RequestFields, depth: int) -> Iterator[str]:
    """The lines of a mapping, as `ruff format` leaves them."""
    indent = "    " * depth
    for name, field in names.items():
        options = [
            f"{part.name}={_literal(getattr(field, part.name))}"
            for part in parts(Field)
            if part.name not in ("today", "below") and getattr(field, part.name) != part.default
        ]
        shown = [_literal(field.today), *options]
        line = f"{indent}{_literal(name)}: Field({', '.join(shown)}),"
        if field.below is None and len(line) <= _WIDTH:
            yield line
            continue
        yield f"{indent}{_literal(name)}: Field("
        if field.below is None:
            yield f"{indent}    {', '.join(shown)}"
        else:
            yield from (f"{indent}    {part}," for part in shown)
            yield f"{indent}    below={{"
            yield from _written(field.below, depth + 2)
            yield f"{indent}    }},"
        yield f"{indent}),"


def _literal(value: object) -> str:
    return repr(value).replace("'", '"')
