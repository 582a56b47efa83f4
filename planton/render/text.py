"""A plan as a person reads it, in the manifest's words."""

from __future__ import annotations

import json
from collections.abc import Iterator

from planton import policies
from planton.diagnostics import printable
from planton.model.enums import InputFormat, ProjectionType
from planton.plan import (
    GlobalIndexPlan,
    ImportPlan,
    InsightsPlan,
    KeyAttribute,
    LocalIndexPlan,
    MaximumPlan,
    RecoveryPlan,
    ReplicaPlan,
    RestorePlan,
    ScalingPlan,
    SchedulePlan,
    TablePlan,
    WarmPlan,
)


def describe(plan: TablePlan, region: str | None) -> str:
    """What would be made, one line a decision."""
    lines = [f"table {plan.table_name} in {region or 'the region of the AWS provider'}"]
    lines += [f"  {label:<21} {printable(value)}" for label, value in _lines(plan)]
    return "\n".join(lines) + "\n"


def _lines(plan: TablePlan) -> Iterator[tuple[str, str]]:
    if plan.logical_name != plan.table_name:
        yield "resource name", plan.logical_name
    if plan.source:
        yield "made from", _source(plan.source)
    yield "key", _keys(plan.keys) or "that of the source"
    yield "billing mode", plan.billing_mode.value + _units(plan)
    if plan.warm:
        yield "warm throughput", _warm(plan.warm)
    yield from (
        ("global index", _global(index, index in plan.standalone_indexes))
        for index in plan.global_indexes
    )
    yield from (("local index", _local(index)) for index in plan.local_indexes)
    for scaling in plan.scaling_here:
        yield "autoscaling", _scaling(scaling)
        yield from (("scheduled", _scheduled(scaling, one)) for one in scaling.schedules)
    yield "expiry (TTL)", f"by {plan.ttl.attribute_name}" if plan.ttl.enabled else "off"
    yield "stream", plan.stream_view_type.value if plan.stream_view_type else "off"
    yield "recovery", _recovery(plan.point_in_time_recovery)
    yield "encryption", _encryption(plan)
    yield "table class", plan.table_class.value
    yield "deletion protection", "on" if plan.deletion_protection else "off"
    yield from (("contributor insights", _insights(one)) for one in plan.contributor_insights)
    if not plan.contributor_insights:
        yield "contributor insights", "off"
    yield from _around(plan)
    if plan.allow_replacement:
        yield "replacement", f"consented to for another {', '.join(plan.allow_replacement)}"
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
    parts += [f"warm for {_warm(index.warm)}"] if index.warm else []
    if standalone:
        parts.append("a resource of its own")
    return "; ".join(parts)


def _local(index: LocalIndexPlan) -> str:
    held = _held(index.projection_type, index.non_key_attributes)
    return f"{index.name}: sorted by {index.range_key}; {held}"


def _scaling(scaling: ScalingPlan) -> str:
    owner = "table" if scaling.index is None else f"index {scaling.index}"
    bounds = f"{scaling.min_capacity} to {scaling.max_capacity} {scaling.dimension} units"
    ways = (("in", scaling.scale_in_cooldown), ("out", scaling.scale_out_cooldown))
    waits = "".join(f", {way} after {n} s" for way, n in ways if n is not None)
    return f"{owner}: {bounds} at {scaling.target_utilization} %{waits}"


def _scheduled(scaling: ScalingPlan, one: SchedulePlan) -> str:
    owner = "table" if scaling.index is None else f"index {scaling.index}"
    limits = (("least", one.min_capacity), ("most", one.max_capacity))
    bounds = ", ".join(f"{word} {n}" for word, n in limits if n is not None)
    times = [one.timezone or ""]
    times += [f"from {one.start_time}"] if one.start_time else []
    times += [f"until {one.end_time}"] if one.end_time else []
    when = " ".join(part for part in (one.schedule, *times) if part)
    return f"{owner}: {one.name}, {bounds} {scaling.dimension} units, {when}"


def _warm(warm: WarmPlan) -> str:
    return " and ".join(
        f"{n} {what} a second"
        for what, n in (("reads", warm.reads), ("writes", warm.writes))
        if n is not None
    )


def _source(source: ImportPlan | RestorePlan) -> str:
    if isinstance(source, ImportPlan):
        packed = f", {source.compression.value}" if source.compression.value != "NONE" else ""
        of = f" of account {source.bucket_owner}" if source.bucket_owner else ""
        files = f"s3://{source.bucket}/{source.key_prefix or ''}{of}"
        return f"{files} ({source.format.value}{packed}{_csv(source)})"
    if source.backup_arn:
        return f"the backup {source.backup_arn}"
    moment = f"at {source.date_time}" if source.date_time else "at the latest moment there is"
    return f"the table {source.table_name or source.table_arn} {moment}"


_BLANKS = {"\t": "a tab", " ": "a blank"}


def _csv(source: ImportPlan) -> str:
    """A comma is what AWS takes where nothing is said."""
    if source.format is not InputFormat.CSV:
        return ""
    given = source.delimiter or ","
    headers = ", ".join(json.dumps(one, ensure_ascii=False) for one in source.headers)
    columns = f"the columns {headers}" if headers else "headers in the files"
    return f"; {_BLANKS.get(given, repr(given))} between values; {columns}"


def _around(plan: TablePlan) -> Iterator[tuple[str, str]]:
    """What there is beside the table in its region, and in others."""
    if plan.policy:
        head, *statements = policies.listed(plan.policy.text)
        yield "resource policy", head
        yield from (("policy statement", one) for one in statements)
        if plan.policy.confirm_remove_self_access:
            yield "policy may lock out", "whoever sets it from changing it again"
    if plan.kinesis:
        yield "Kinesis stream", f"{plan.kinesis.stream_arn}, {plan.kinesis.precision.value}"
    for replica in plan.replicas:
        parts = [f"{replica.region}: {replica.consistency_mode.value}"]
        parts += [f"key {replica.kms_key_arn}"] if replica.kms_key_arn else []
        parts += ["recovery"] if replica.point_in_time_recovery else []
        parts += ["deletion protection"] if replica.deletion_protection else []
        parts += ["the table's tags"] if replica.propagate_tags else []
        parts += ["a resource of its own"] if replica in plan.standalone_replicas else []
        parts += _scaling_there(plan, replica)
        yield "replica", "; ".join(parts)
    if plan.witness_region:
        yield "witness", plan.witness_region


def _scaling_there(plan: TablePlan, replica: ReplicaPlan) -> list[str]:
    """A replica has targets, policies and adjustments of its own."""
    there = [scaling for scaling in plan.scaling if scaling.region == replica.region]
    if not there:
        return []
    adjusted = any(scaling.schedules for scaling in there)
    return [f"autoscaling {'and adjustments ' if adjusted else ''}as above"]


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
