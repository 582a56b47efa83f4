"""Decides what a table and its indexes can serve: units, limits and autoscaling."""

from __future__ import annotations

from planton.manifest.capacity import (
    Autoscaling,
    OnDemandThroughput,
    ProvisionedThroughput,
    ScalingDimension,
    WarmThroughput,
)
from planton.manifest.indexes import GlobalSecondaryIndex
from planton.manifest.spec import Spec
from planton.plan.scaling_plan import Dimension, ScalingPlan, SchedulePlan
from planton.plan.table_plan import MaximumPlan, Throughput, WarmPlan


def plan_throughput(units: ProvisionedThroughput | None) -> Throughput | None:
    if units is None or not units.is_set:
        return None
    return Throughput(units.read_capacity_units, units.write_capacity_units)


def plan_maximum(block: OnDemandThroughput | None) -> MaximumPlan | None:
    """Leaves a maximum out if it is not set: AWS may refuse -1 when it creates a table."""
    if block is None or not (block.max_read_request_units or block.max_write_request_units):
        return None
    return MaximumPlan(block.max_read_request_units or None, block.max_write_request_units or None)


def plan_warm(block: WarmThroughput | None) -> WarmPlan | None:
    if block is None or not block.is_set:
        return None
    return WarmPlan(block.read_units_per_second or None, block.write_units_per_second or None)


WARM_MINIMUM = (12_000, 4_000)
"""Reads and writes per second that AWS can always serve."""


def plan_warm_index(index: GlobalSecondaryIndex) -> WarmPlan | None:
    """The provider needs both numbers of an index: one that is not set becomes what AWS can serve
    in any case."""
    warm, units = plan_warm(index.warm_throughput), index.provisioned_throughput
    if warm is None:
        return None
    reads, writes = (units.read_capacity_units, units.write_capacity_units) if units else (0, 0)
    return WarmPlan(
        warm.reads or max(WARM_MINIMUM[0], reads), warm.writes or max(WARM_MINIMUM[1], writes)
    )


def indexes_are_standalone(spec: Spec) -> bool:
    """Whether the global indexes are standalone resources instead of part of the table resource.

    They are if an autoscaling block applies to one of them, enabled or not, or if one sets its warm
    throughput: the program cannot ignore changes to capacity and warm throughput of one inline
    index. The provider takes all indexes in one form or the other, and switching `enabled` must not
    change the form. An inline index would be rebuilt once AWS has raised its warm throughput.
    """
    indexes = spec.global_secondary_indexes
    return bool(indexes) and (
        spec.autoscaling is not None
        or any(index.autoscaling or plan_warm(index.warm_throughput) for index in indexes)
    )


def plan_scaling(spec: Spec) -> list[ScalingPlan]:
    """The table's dimensions, then each index's; an index without a block uses the table's."""
    found = _dimensions(None, spec.autoscaling, spec.provisioned_throughput)
    for index in spec.global_secondary_indexes:
        block = index.autoscaling or spec.autoscaling
        found += _dimensions(index.name, block, index.provisioned_throughput)
    return found


def _dimensions(
    index: str | None, block: Autoscaling | None, units: ProvisionedThroughput | None
) -> list[ScalingPlan]:
    if block is None or not block.enabled or units is None:
        return []
    dimensions: tuple[tuple[Dimension, ScalingDimension | None, int], ...] = (
        ("read", block.read, units.read_capacity_units),
        ("write", block.write, units.write_capacity_units),
    )
    return [
        ScalingPlan(
            region=None,
            index=index,
            dimension=dimension,
            min_capacity=bounds.min_capacity or provisioned,
            max_capacity=bounds.max_capacity,
            target_utilization=bounds.target_utilization_percent,
            scale_in_cooldown=bounds.scale_in_cooldown_seconds,
            scale_out_cooldown=bounds.scale_out_cooldown_seconds,
            policy_name=bounds.policy_name,
            schedules=_schedules(block, dimension),
        )
        for dimension, bounds, provisioned in dimensions
        if bounds is not None
    ]


def _schedules(block: Autoscaling, dimension: Dimension) -> tuple[SchedulePlan, ...]:
    return tuple(
        SchedulePlan(
            name=adjustment.name,
            schedule=adjustment.schedule,
            timezone=adjustment.timezone,
            min_capacity=adjustment.min_capacity,
            max_capacity=adjustment.max_capacity,
            start_time=adjustment.start_time,
            end_time=adjustment.end_time,
        )
        for adjustment in block.scheduled_adjustments
        if adjustment.dimension.value.lower() == dimension
    )
