"""Converts capacity and autoscaling of the flat shape of 2024 to today's."""

from __future__ import annotations

from planton.dialects.reshape import (
    Entry,
    Fields,
    Reshaper,
    entry,
    fields,
    gather,
    new_scalar,
    with_fields,
)
from planton.document.nodes import Mapping, Node, Scalar

_UNITS = {"readCapacity": "readCapacityUnits", "writeCapacity": "writeCapacityUnits"}
_SCALING = {"readCapacity": "read", "writeCapacity": "write"}
_TARGET = {"targetUtilization": "targetUtilizationPercent"}
_DEFAULT_UNITS = "5"
_DEFAULT_BOUNDS = {
    "minCapacity": _DEFAULT_UNITS,
    "maxCapacity": "20",
    "targetUtilizationPercent": "50",
}
"""The defaults of that shape's own module."""


def reshape_throughput(
    entries: Fields,
    parent: Node,
    what: str,
    on_demand: bool,
    scaling: Mapping | None,
    tools: Reshaper,
) -> None:
    """Converts readCapacity and writeCapacity to provisionedThroughput."""
    if on_demand:
        for name in _UNITS:
            if name in entries:
                tools.report(
                    "flat-shape",
                    f"{name} of {what} is ignored: PAY_PER_REQUEST has no provisioned capacity",
                    entries.pop(name)[0],
                    "remove it",
                )
        return
    units = tools.gather_fields("provisionedThroughput", _UNITS, entries, parent)
    if units:
        entries["provisionedThroughput"] = units[0], completed(units[1], units[0], scaling)


def completed(block: Node, at: Scalar, scaling: Mapping | None) -> Mapping:
    """The block with its missing units set to the lowest capacity of autoscaling, if any."""
    assert isinstance(block, Mapping)
    inner = fields(block)
    for dimension, unit in (("read", "readCapacityUnits"), ("write", "writeCapacityUnits")):
        bounds = scaling.get(dimension) if scaling else None
        lowest = bounds.get("minCapacity") if isinstance(bounds, Mapping) else None
        if unit not in inner and lowest is not None:
            inner[unit] = entry(unit, lowest, at)
    return with_fields(block, inner)


def default_throughput(key: Scalar, scaling: Mapping | None, tools: Reshaper) -> Entry:
    """The capacity of a table that sets none."""
    at, block = gather("provisionedThroughput", {}, key, key, {v: k for k, v in _UNITS.items()})
    whole = completed(block, key, scaling)
    inner = fields(whole)
    if len(inner) < len(_UNITS):
        for unit in _UNITS.values():
            inner.setdefault(unit, entry(unit, new_scalar(_DEFAULT_UNITS, key), key))
        tools.report(
            "flat-shape",
            f"no capacity is set: it defaults to {_DEFAULT_UNITS} read and {_DEFAULT_UNITS} "
            f"write units, "
            "as in the module for that shape",
            key,
            "add readCapacity and writeCapacity, or use billingMode: PAY_PER_REQUEST",
        )
    return at, with_fields(whole, inner)


def reshape_scaling(entries: Fields, on_demand: bool, tools: Reshaper) -> Mapping | None:
    """The block in today's shape with that shape's defaults; None if it has no effect."""
    if "autoscaling" not in entries or not isinstance(block := entries["autoscaling"][1], Mapping):
        return None
    key = entries["autoscaling"][0]
    if on_demand:
        del entries["autoscaling"]
        tools.report(
            "flat-shape",
            "autoScale is ignored: PAY_PER_REQUEST scales automatically",
            key,
            "remove autoScale",
        )
        return None
    inner = tools.rename(fields(block), _SCALING)
    if "enabled" not in inner:
        inner["enabled"] = entry("enabled", new_scalar("false", key), key)
        tools.report(
            "flat-shape",
            "autoScale has no isEnabled, so it is disabled",
            key,
            "add isEnabled: true, or isEnabled: false if that is intended",
        )
    for dimension in _SCALING.values():
        at, bounds = inner.get(
            dimension, entry(dimension, Mapping((), key.start, key.end, key.origin), key)
        )
        if not isinstance(bounds, Mapping):
            continue
        named = tools.rename(fields(bounds), _TARGET)
        for name, value in _DEFAULT_BOUNDS.items():
            named.setdefault(name, entry(name, new_scalar(value, at), at))
        name_, target = named["targetUtilizationPercent"]
        named["targetUtilizationPercent"] = name_, _whole(target)
        inner[dimension] = at, with_fields(bounds, named)
    scaling = with_fields(block, inner)
    entries["autoscaling"] = key, scaling
    return scaling


def _whole(node: Node) -> Node:
    """That shape's target is a float; 70.0 is today's 70."""
    if isinstance(node, Scalar) and not node.style and node.text.endswith(".0"):
        return node._replace(text=node.text.removesuffix(".0"))
    return node
