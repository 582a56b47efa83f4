"""Looks up the fields of a model and their types."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def fields(annotation: Any) -> dict[str, FieldInfo]:
    """A model's fields by their names in a manifest; empty for any other type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {field.alias or name: field for name, field in annotation.model_fields.items()}
    return {}


def bare(annotation: Any) -> Any:
    """The type without its validators and without None."""
    while hasattr(annotation, "__metadata__") or get_origin(annotation) in (Union, UnionType):
        annotation = get_args(annotation)[0]
    return annotation


def model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, itself or in a list."""
    kind = bare(annotation)
    if get_origin(kind) is list:
        kind = bare(get_args(kind)[0])
    return kind if fields(kind) else None


def models(root: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A model and all models below it, by name."""
    found = {root.__name__: root}
    for field in root.model_fields.values():
        if inner := model(field.annotation):
            found |= models(inner)
    return found
