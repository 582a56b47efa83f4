"""Generates the fields of a request, planton/dialects/request_fields.py, from the models, and those
that it does not have, planton/dialects/not_in_request.py.

They are modules, because the dialects do not know the models, and reading every model costs time
that `planton validate` does not have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields as parts
from dataclasses import replace
from enum import Enum
from textwrap import wrap
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planton.dialects.request_field import (
    DEFAULT_BILLING_MODE,
    DEFAULT_UNITS,
    MAX_UNITS,
    Field,
    Kind,
    RequestFields,
)
from planton.manifest.facts import Unsupported, facts
from planton.manifest.shape import bare, fields, model
from planton.manifest.spec import Spec

_HEAD = '''"""The fields of a request's spec. Generated from the models by `./dev docs`."""

from __future__ import annotations

from planton.dialects.request_field import Field, RequestFields

'''

_REFUSED_HEAD = '''"""The fields that no request has, by block, with reason and help.
Generated from the models by `./dev docs`.
"""

from __future__ import annotations

from collections.abc import Mapping

'''

_UNITS = {"bounds": (1, MAX_UNITS), "default": DEFAULT_UNITS}
_OWN: dict[str, dict[str, Any]] = {
    "region": {"kind": "text"},  # a rule requires it
    "billingMode": {"default": DEFAULT_BILLING_MODE},
    "readCapacityUnits": _UNITS,
    "writeCapacityUnits": _UNITS,
}
"""What applies to a request only. The API sets no other defaults: they would hide those of an
organization, which count where a request says nothing."""

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
        if not (facts(info).block or _why_not(info))
    }


def _why_not(info: FieldInfo) -> Unsupported | None:
    """Why no request has the field, and what to do instead; None if requests have it."""
    why = facts(info).not_in_request or facts(info).ack
    return Unsupported(why) if isinstance(why, str) else why


def not_in_request(
    of: type[BaseModel] = Spec, path: str = "spec"
) -> dict[str, dict[str, Unsupported]]:
    """The fields of a manifest that no request has, by their block."""
    refused: dict[str, Unsupported] = {}
    found: dict[str, dict[str, Unsupported]] = {}
    for name, info in fields(of).items():
        if block := facts(info).block:
            refused[name] = Unsupported(f"it has {block}", f"write {block}: {{enabled: true}}")
        elif why := _why_not(info):
            refused[name] = why
        elif below := model(info.annotation):
            found |= not_in_request(below, f"{path}.{name}")
    return {path: refused, **found} if refused else found


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
        return "document" if get_args(kind)[1] is Any else "tags"
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


def refused_module() -> str:
    """Returns the whole module of the fields that no request has."""
    lines = [_REFUSED_HEAD + "NOT_IN_REQUEST: Mapping[str, Mapping[str, tuple[str, str]]] = {"]
    for path, names in not_in_request().items():
        lines.append(f"    {_literal(path)}: {{")
        for name, why in names.items():
            line = f"        {_literal(name)}: ({', '.join(map(_literal, why))}),"
            if len(line) <= _WIDTH:
                lines.append(line)
                continue
            lines.append(f"        {_literal(name)}: (")
            for text in why:
                *parts, last = map(_literal, _split(text, _WIDTH - 15))
                lines += [*(f"            {part}" for part in parts), f"            {last},"]
            lines.append("        ),")
        lines.append("    },")
    return "\n".join([*lines, "}"]) + "\n"


def _split(text: str, width: int) -> list[str]:
    """The text in parts that fit on a line, each but the last with the space at its end."""
    *parts, last = wrap(text, width, break_on_hyphens=False) or [""]
    return [*(f"{part} " for part in parts), last]


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
    return json.dumps(value) if isinstance(value, str) else repr(value)
