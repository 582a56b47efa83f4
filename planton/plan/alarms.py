"""Decides which CloudWatch alarms there are: of the table, its global indexes and its replicas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planton.manifest.alarm_kinds import ALARMS, AUTOSCALED_PERCENT, Scope, Source
from planton.manifest.alarm_settings import is_on, settings
from planton.manifest.alarms import Alarms
from planton.manifest.enums import ConsistencyMode
from planton.manifest.partitions import region_in
from planton.plan.alarm_plan import AlarmPlan
from planton.plan.scaling_plan import Dimension, ScalingPlan
from planton.plan.table_plan import MaximumPlan, TablePlan, Throughput

_DIMENSIONS: dict[str, Dimension] = {"readCapacity": "read", "writeCapacity": "write"}


def plan_alarms(alarms: Alarms | None, plan: TablePlan, home: str | None) -> tuple[AlarmPlan, ...]:
    """The alarms of a table that is planned otherwise; `home` is its region, if that is known."""
    if alarms is None:
        return ()
    replicas = [replica.region for replica in plan.replicas]
    return tuple(
        alarm
        for region in (None, *replicas)
        for name in ALARMS
        if is_on(alarms, name)
        for alarm in _alarms(alarms, plan, name, region, home)
    )


def _alarms(
    alarms: Alarms, plan: TablePlan, name: str, region: str | None, home: str | None
) -> Iterator[AlarmPlan]:
    """The alarms of one kind in one region."""
    kind, chosen = ALARMS[name], settings(alarms, name)
    for index, receiving, capacity in _watched(plan, name, region, home):
        threshold = chosen.threshold
        assert threshold is not None  # rule missing
        if capacity:
            block = alarms.block(name)
            own = None if block is None else block.threshold
            percent = own or (AUTOSCALED_PERCENT if capacity.autoscaled else threshold)
            threshold = capacity.units * chosen.period * percent // 100
        yield AlarmPlan(
            region=region,
            index=index,
            kind=name,
            receiving_region=receiving,
            metric=kind.metric,
            statistic=chosen.statistic,
            period=chosen.period,
            periods=chosen.periods,
            datapoints=chosen.datapoints,
            threshold=threshold,
            missing=chosen.missing,
            topics=_topics(alarms, plan, region),
        )


def _topics(alarms: Alarms, plan: TablePlan, region: str | None) -> tuple[str, ...]:
    """The topics of one region. What is in no replica's is in the table's own."""
    replicas = {replica.region for replica in plan.replicas}
    here = {
        topic
        for topic in alarms.topics
        if (region_in(topic) not in replicas if region is None else region_in(topic) == region)
    }
    return tuple(sorted(here))


@dataclass(frozen=True)
class _Capacity:
    """Units per second, and whether autoscaling may still raise them."""

    units: int
    autoscaled: bool = False


_Watched = tuple["str | None", "str | None", "_Capacity | None"]
"""An index or None, a receiving region or None, and a capacity or None."""


def _watched(
    plan: TablePlan, name: str, region: str | None, home: str | None
) -> Iterator[_Watched]:
    """Of what in one region there is an alarm of this kind."""
    kind = ALARMS[name]
    if kind.scope is Scope.OTHER_REGIONS:
        yield from ((None, other, None) for other in _receiving(plan, region, home))
    elif kind.is_percentage:
        for index, capacity in _capacities(plan, _DIMENSIONS[name]):
            yield index, None, capacity
    elif kind.source is Source.QUERY:
        # Each region has its own Kinesis destination, or none.
        if region in _streaming(plan):
            yield None, None, None
    else:
        yield None, None, None
        if kind.scope is Scope.TABLE_AND_INDEXES:
            yield from ((index.name, None, None) for index in plan.global_indexes)


def _streaming(plan: TablePlan) -> set[str | None]:
    """The regions with a Kinesis destination; None is the table's own."""
    replicas: set[str | None] = {one.region for one in plan.replica_features if one.kinesis}
    return replicas | ({None} if plan.kinesis else set())


def _receiving(plan: TablePlan, region: str | None, home: str | None) -> Iterator[str]:
    """The other regions to which writes are copied later. Strongly consistent replicas have each
    write before it succeeds. If the table's own region is unknown, it cannot be named."""
    later = [r.region for r in plan.replicas if r.consistency_mode is ConsistencyMode.EVENTUAL]
    if later and home and region is not None:
        yield home
    yield from (other for other in later if other != region)


def _capacities(plan: TablePlan, dimension: Dimension) -> Iterator[tuple[str | None, _Capacity]]:
    """What the table and each global index can serve, where there is such a number. It is the same
    in every region."""
    scaled = {one.index: one for one in plan.scaling_here if one.dimension == dimension}
    owners: list[tuple[str | None, Throughput | None, MaximumPlan | None]] = [
        (None, plan.throughput, plan.maximum),
        *((index.name, index.throughput, index.maximum) for index in plan.global_indexes),
    ]
    for index, provisioned, maximum in owners:
        if index in scaled:
            yield index, _Capacity(_highest(scaled[index]), autoscaled=True)
        elif provisioned:
            yield index, _Capacity(getattr(provisioned, dimension))
        elif maximum and (units := getattr(maximum, dimension) or 0) > 0:
            yield index, _Capacity(units)


def _highest(scaling: ScalingPlan) -> int:
    """The highest maximum that a schedule sets: below it, an alarm would go off in each scheduled
    peak."""
    scheduled = [one.max_capacity or 0 for one in scaling.schedules]
    return max([scaling.max_capacity, *scheduled])
