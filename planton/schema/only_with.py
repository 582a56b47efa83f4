"""Clauses about fields that are only allowed with something, from the facts at the fields."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planton.manifest.enums import BillingMode
from planton.manifest.facts import facts
from planton.manifest.reference import ReferenceReader
from planton.manifest.shape import bare, fields, model
from planton.schema.keywords import (
    ARN,
    FILLED,
    MAPPING,
    NAMED,
    NOT_ZERO,
    SCALES,
    TRUE,
    either,
    has,
    needed,
    refused,
    when,
)
from planton.schema.value_schemas import Json


def only_with_switch(of: type[BaseModel]) -> Iterator[Json]:
    """The clauses about fields of a model that need a boolean beside them."""
    for name, field in fields(of).items():
        switch = facts(field).only_with
        if switch and not isinstance(switch, BillingMode):
            message = f"{name} is only allowed with {switch}: true."
            yield when(has(name, _is_set(field)), needed(switch, TRUE, message))


def refused_with(mode: BillingMode, of: type[BaseModel]) -> Iterator[Json]:
    """The clauses about fields of a model that need another billing mode."""
    for name, field in fields(of).items():
        other = facts(field).only_with
        if isinstance(other, BillingMode) and other is not mode:
            message = f"{name} is only allowed with billingMode {other.value}."
            yield when(has(name, _is_set(field)), refused(name, message))


def _is_set(field: FieldInfo) -> Json:
    """The values that do not count as absent."""
    kind = bare(field.annotation)
    if inner := fields(model(kind)):
        if any(part.is_required() for part in inner.values()):
            return MAPPING
        one, other, *_ = inner
        return SCALES if one == "enabled" else either(has(one, NOT_ZERO), has(other, NOT_ZERO))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return NAMED
    if kind is int:
        return NOT_ZERO
    is_reference = any(
        isinstance(getattr(one, "func", None), ReferenceReader) for one in field.metadata
    )
    return ARN if is_reference else FILLED
