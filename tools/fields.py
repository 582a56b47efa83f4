"""Generates docs/fields.md from the models."""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planton.dialects.annotations import EXTENSIONS, PREFIX
from planton.dialects.contract import API_VERSIONS, KIND, Contract
from planton.manifest.facts import facts
from planton.manifest.metadata import Metadata
from planton.manifest.shape import bare, fields
from planton.manifest.spec import Spec

_HEAD = f"""\
# Every field of a manifest

Generated from the models by `./dev docs`; [guide.md](guide.md) helps to choose between them.

`kind` is `{KIND}`; `apiVersion` is one of {", ".join(f"`{version}`" for version in API_VERSIONS)}.

Keys may be written in camelCase or snake_case, enum values without (`PROVISIONED`) or with their
protobuf prefix (`BILLING_MODE_PROVISIONED`), integers as numbers or as strings of decimal digits. A
key without a value counts as absent, with a warning. A key that is not listed here is an error.

The versions differ in what they require: [versions.md](versions.md). Fields marked *not in v1* are
unknown to the v1 contract, and the project-planton wrapper refuses them under `spec` of a v1
manifest. To use them with the wrapper, write them as YAML into an annotation; they are read as if
they were under `spec`. The same field in both places is an error:

```yaml
metadata:
  annotations:
    {EXTENSIONS}: |
      tableName: orders-2026
      tags:
        team: checkout
```
"""


def page() -> str:
    """Returns the whole page."""
    parts = [_HEAD, _section(["metadata"], Metadata), _section(["spec"], Spec)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _section(paths: list[str], model: type[BaseModel]) -> str:
    """Fields of one block that hold the same model have one section."""
    rows = ["| field | value | default | |", "| --- | --- | --- | --- |"]
    below: dict[type[BaseModel], list[str]] = {}
    for key, field in fields(model).items():
        description = field.description or ""
        if not facts(field).is_of(Contract.V1):
            description = f"*not in v1* {description}"
        rows.append(f"| `{key}` | {_value(key, field)} | {_default(field)} | {description} |")
        child, mark = _child(field.annotation)
        if child is not None:
            below.setdefault(child, []).extend(f"{path}.{key}{mark}" for path in paths)
    intro = (model.__doc__ or "").split("\n\n")[0].replace("\n    ", " ")
    heading = ", ".join(f"`{path}`" for path in paths)
    sections = (_section(found, child) for child, found in below.items())
    return "\n".join([f"## {heading}", "", intro, "", *rows, "", *sections])


def _child(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """Returns the model that a field holds, and the suffix of its path if it is a list."""
    kind = bare(annotation)
    if get_origin(kind) is list:
        return _child(get_args(kind)[0])[0], "[]"
    return (kind if fields(kind) else None), ""


def _value(key: str, field: FieldInfo) -> str:
    # Annotations are strings, whatever is parsed from them.
    return "string" if key.startswith(PREFIX) else _type(field.annotation)


def _type(annotation: Any) -> str:
    kind = bare(annotation)
    if get_origin(kind) is list:
        return f"list of {_type(get_args(kind)[0])}s"
    if get_origin(kind) is dict:
        return "mapping" if get_args(kind)[1] is Any else "mapping of strings to strings"
    if fields(kind):
        return "mapping"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return {str: "string", int: "integer", bool: "`true`, `false`"}[kind]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    match field.default:
        case None | [] | {}:
            return ""
        case bool():
            return f"`{str(field.default).lower()}`"
        case _:
            return f"`{field.default}`"
