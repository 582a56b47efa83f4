"""A manifest as data, for expressions."""

from __future__ import annotations

from typing import Any

from planton.manifest.spec import BLOCKS
from planton.organization.fields import State, Subject, parse_field

_FILLED = tuple(
    parse_field(f"spec.{name}")
    for name in ("region", "tableName", "billingMode", "tableClass", "deletionPolicy")
)
"""Fields that have a value even where the manifest does not say it."""


def to_data(subject: Subject) -> dict[str, Any]:
    """The manifest under today's names: what it leaves out has the value that the program gives
    it, and what has none is absent."""
    manifest = subject.manifest
    assert manifest is not None
    spec = manifest.spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    for field in _FILLED:
        for _, value in field.values(subject):
            if not isinstance(value, State):
                spec[field.parts[-1]] = getattr(value, "value", value)
    for flag, block in BLOCKS.items():
        enabled = spec.pop(flag, False)
        spec.setdefault(block, {"enabled": enabled})
    return {"metadata": {**subject.metadata, "labels": dict(subject.labels)}, "spec": spec}
