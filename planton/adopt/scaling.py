"""The autoscaling of an existing table as blocks of a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.policy_name import named_otherwise
from planton.manifest.enums import BillingMode
from planton.plan.data import to_data, without_absent
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import Throughput

Data = dict[str, Any]

_BOUNDS = (
    "minCapacity",
    "maxCapacity",
    "targetUtilizationPercent",
    "scaleInCooldownSeconds",
    "scaleOutCooldownSeconds",
    "policyName",
)


@dataclass(frozen=True)
class ScalingBlocks:
    """The block of the table and those of the indexes that do not scale like the table."""

    table: Data | None
    indexes: dict[str, Data]
    left_out: tuple[LeftOut, ...]


def scaling_blocks(found: FoundTable) -> ScalingBlocks:
    """An index without its own block scales like the table, and a replica always does."""
    if found.billing_mode is BillingMode.PAY_PER_REQUEST:
        reason = "it has no effect with PAY_PER_REQUEST; it stays in AWS"
        useless = (LeftOut("autoscaling", reason),) if found.scaling else ()
        return ScalingBlocks(None, {}, useless)
    left_out: list[LeftOut] = []
    table = _block(found, None, left_out)
    indexes: dict[str, Data] = {}
    for name in (index.name for index in found.global_indexes):
        own = _block(found, name, left_out)
        if _comparable(own) != _comparable(table):
            indexes[name] = own or {"enabled": False}
    left_out += _other_replicas(found)
    return ScalingBlocks(table or None, indexes, tuple(left_out))


def units_within_bounds(found: FoundTable, index: str | None, units: Throughput) -> Throughput:
    """The current capacity of the table or an index; where it scales, the nearest one that its
    bounds allow."""
    for scaling in found.scaling:
        if (scaling.region, scaling.index) == (None, index):
            current = getattr(units, scaling.dimension)
            kept = min(max(current, scaling.min_capacity), scaling.max_capacity)
            units = replace(units, **{scaling.dimension: kept})
    return units


def _block(found: FoundTable, index: str | None, left_out: list[LeftOut]) -> Data:
    """Empty if the table or index does not scale."""
    block: Data = {}
    adjustments: dict[str, Data] = {}
    for scaling in found.scaling:
        if (scaling.region, scaling.index) != (None, index):
            continue
        data = to_data(scaling)
        block[scaling.dimension] = without_absent({name: data[name] for name in _BOUNDS})
        for schedule in scaling.schedules:
            if schedule.name in adjustments:
                reason = (
                    "adjustments of reads and of writes need different names in a manifest; it "
                    "stays in AWS as it is"
                )
                place = f"{scaling.key}: scheduled action {schedule.name!r}"
                left_out.append(LeftOut(place, reason))
                continue
            adjustment = without_absent(to_data(schedule))
            name = adjustment.pop("name")
            dimension = scaling.dimension.upper()
            adjustments[name] = {"name": name, "dimension": dimension, **adjustment}
    if adjustments:
        block["scheduledAdjustments"] = list(adjustments.values())
    return block


def _comparable(block: Data) -> Data:
    """Adjustments have no order in AWS."""
    adjustments = block.get("scheduledAdjustments", ())
    return {**block, "scheduledAdjustments": sorted(adjustments, key=lambda one: str(one["name"]))}


def _other_replicas(found: FoundTable) -> Iterator[LeftOut]:
    """The replicas that do not scale like the table, and policies of replicas with other names."""
    here = _by_dimension(found, None)
    for replica in found.replicas:
        there = _by_dimension(found, replica.region)
        for key in sorted(here.keys() & there.keys()):
            if here[key].policy_name != there[key].policy_name:
                at_replica = replace(there[key], region=replica.region)
                yield named_otherwise(at_replica, here[key], found.name)
        if _unnamed(there) != _unnamed(here):
            yield LeftOut(
                f"autoscaling in {replica.region}",
                "it differs from the table's; in a manifest, replicas scale like the table, and "
                "`pulumi up` changes that",
            )


def _unnamed(scaling: dict[str, ScalingPlan]) -> dict[str, ScalingPlan]:
    return {key: replace(one, policy_name=None) for key, one in scaling.items()}


def _by_dimension(found: FoundTable, region: str | None) -> dict[str, ScalingPlan]:
    return {
        replace(scaling, region=None).key: replace(
            scaling, region=None, schedules=tuple(sorted(scaling.schedules, key=lambda s: s.name))
        )
        for scaling in found.scaling
        if scaling.region == region
    }
