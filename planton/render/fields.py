"""Warnings about the fields of a manifest that a control plane does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planton.manifest.alarms import Alarms
from planton.manifest.facts import ControlPlane, facts
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.shape import fields
from planton.manifest.spec import Spec


def unsupported_fields(
    spec: Spec, by: ControlPlane, left_out: Collection[str] = ()
) -> Iterator[Finding]:
    """A warning for each field that the manifest sets and the control plane does not have, unless
    its whole block is left out."""
    for finding in _unsupported(spec, by, ("spec",)):
        if finding.path[1] not in left_out:
            yield finding


def _unsupported(block: BaseModel, by: ControlPlane, path: Path) -> Iterator[Finding]:
    known = fields(type(block))
    for (name, field), value in zip(known.items(), dict(block).values(), strict=True):
        at = (*path, name)
        if not _has_effect(value, field):
            continue
        # The older name of a block's `enabled` is as unsupported as the block.
        of = facts(known.get(facts(field).block, field))
        if unsupported := of.unsupported(by):
            message = unsupported.message.replace("{}", str(value))
            yield Finding(at, message, unsupported.help)
        elif isinstance(value, BaseModel):
            yield from _unsupported(value, by, at)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _unsupported(item, by, (*at, i))


def _has_effect(value: Any, field: FieldInfo) -> bool:
    """Whether a value differs from an absent field. A block that is disabled does not, nor one
    whose numbers are all 0."""
    if isinstance(value, BaseModel):
        if getattr(value, "enabled", True) is False:
            return False
        if isinstance(value, Alarms):
            return True  # an empty block asks for the default alarms
        inner = type(value).model_fields.values()
        return any(map(_has_effect, dict(value).values(), inner))
    return value not in (None, [], {}, field.default, facts(field).absent_means)
