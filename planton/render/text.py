"""A plan as a person reads it, in the manifest's words."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics import printable
from planton.model.types import ProjectionType
from planton.plan import (
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    LocalIndexPlan,
    MaximumPlan,
    RecoveryPlan,
    ScalingPlan,
    TablePlan,
)


def describe(plan: TablePlan, region: str | None) -> str:
    """What would be made, one line a decision."""
    lines = [f"table {plan.table_name} in {region or 'the region of the AWS provider'}"]
    lines += [f"  {label:<21} {printable(value)}" for label, value in _lines(plan)]
    return "\n".join(lines) + "\n"


def _lines(plan: TablePlan) -> Iterator[tuple[str, str]]:
    if plan.logical_name != plan.table_name:
        yield "resource name", plan.logical_name
    yield "key", _keys(plan.keys)
    yield "billing mode", plan.billing_mode.value + _units(plan)
    yield from (
        ("global index", _global(index, index in plan.standalone_indexes))
        for index in plan.global_indexes
    )
    yield from (("local index", _local(index)) for index in plan.local_indexes)
    yield from (("autoscaling", _scaling(scaling)) for scaling in plan.scaling)
    yield "expiry (TTL)", f"by {plan.ttl.attribute_name}" if plan.ttl.enabled else "off"
    yield "stream", plan.stream_view_type.value if plan.stream_view_type else "off"
    yield "recovery", _recovery(plan.point_in_time_recovery)
    yield "encryption", _encryption(plan)
    yield "table class", plan.table_class.value
    yield "deletion protection", "on" if plan.deletion_protection else "off"
    yield from (("contributor insights", _insights(one)) for one in plan.contributor_insights)
    if not plan.contributor_insights:
        yield "contributor insights", "off"
    yield from (("tag", f"{key}={value}") for key, value in plan.tags)


def _keys(keys: tuple[KeyAttribute, ...]) -> str:
    return ", ".join(f"{key.name} ({key.type.value}) {key.key_type.value}" for key in keys)


def _units(plan: TablePlan) -> str:
    units = f", {_rates(plan.throughput.read, plan.throughput.write)}" if plan.throughput else ""
    return "; ".join([units, *_limits(plan.maximum)])


def _limits(maximum: MaximumPlan | None) -> Iterator[str]:
    if maximum:
        limits = (("read", maximum.read), ("write", maximum.write))
        shown = [f"{n if n > 0 else 'any'} {what}" for what, n in limits if n is not None]
        yield f"at most {' and '.join(shown)} request units"


def _rates(read: int, write: int) -> str:
    return f"{read} read and {write} write units"


def _held(kind: ProjectionType, names: tuple[str, ...]) -> str:
    match kind:
        case ProjectionType.ALL:
            return "holds all attributes"
        case ProjectionType.KEYS_ONLY:
            return "holds the keys"
        case _:
            return f"holds the keys and {', '.join(names)}"


def _global(index: GlobalIndexPlan, standalone: bool) -> str:
    parts = [f"{index.name}: {_keys(index.keys)}"]
    parts.append(_held(index.projection_type, index.non_key_attributes))
    if index.throughput:
        parts.append(_rates(index.throughput.read, index.throughput.write))
    parts += _limits(index.maximum)
    if standalone:
        parts.append("a resource of its own")
    return "; ".join(parts)


def _local(index: LocalIndexPlan) -> str:
    held = _held(index.projection_type, index.non_key_attributes)
    return f"{index.name}: sorted by {index.range_key}; {held}"


def _scaling(scaling: ScalingPlan) -> str:
    owner = "table" if scaling.index is None else f"index {scaling.index}"
    bounds = f"{scaling.min_capacity} to {scaling.max_capacity} {scaling.dimension} units"
    return f"{owner}: {bounds} at {scaling.target_utilization} %"


def _recovery(recovery: RecoveryPlan) -> str:
    if not recovery.enabled:
        return "off"
    return f"to any second of the last {recovery.period_in_days} days"


def _insights(watched: InsightsPlan) -> str:
    of = "of the table" if watched.index is None else f"of the index {watched.index}"
    return f"{of}, {watched.mode.value}"


def _encryption(plan: TablePlan) -> str:
    if not plan.encryption.enabled:
        return "with a key that AWS owns"
    return f"with {plan.encryption.kms_key_arn or 'the AWS managed key aws/dynamodb'}"
