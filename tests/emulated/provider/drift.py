"""The inputs that would make a resource as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import Block, Blocks, Leaf, Property

_KEYS = ("attributeName", "regionName", "name", "id")


def key_of(blocks: Blocks) -> str:
    """The property that distinguishes the items of a list."""
    return next(name for name in _KEYS if name in blocks.item.properties)


def inputs_now(shape: Block, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
    """The inputs of which `outputs` would be the result.

    As in a refresh, only properties of `inputs` count: what the program never set cannot drift.
    Lists of objects keep the program's order, with new items at the end: the provider's sets have
    no order.
    """
    now: Json = {}
    for name, before in inputs.items():
        kind = shape.properties[name]
        after = outputs.get(name)
        if after is None:
            # AWS describes nothing that is off, and nothing that only the provider knows.
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
    present = {item[key_of(kind)]: item for item in after}
    kept = [
        inputs_now(kind.item, item, present.pop(item[key_of(kind)]))
        for item in before
        if item[key_of(kind)] in present
    ]
    return kept + [inputs_of(kind.item, item) for item in present.values()]


def inputs_of(shape: Block, outputs: Mapping[str, Any]) -> Json:
    """The outputs without what only the provider can know: the inputs of an import."""
    return {
        name: _inputs(shape.properties[name], value)
        for name, value in outputs.items()
        if name in shape.properties
    }


def _inputs(kind: Property, value: Any) -> Any:
    match kind:
        case Block():
            return inputs_of(kind, value)
        case Blocks():
            return [inputs_of(kind.item, item) for item in value]
    return value


def _is_off(before: Any) -> bool:
    return isinstance(before, Mapping) and before.get("enabled") is False
