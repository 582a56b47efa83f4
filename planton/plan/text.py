"""Renders a plan as text for people, in the manifest's terms."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from planton.diagnostics.diagnostic import printable
from planton.manifest.blocks import PointInTimeRecovery, Replica, ResourcePolicy
from planton.manifest.enums import AccessRole, InputFormat, ProjectionType
from planton.manifest.facts import facts
from planton.manifest.grants import reads_stream
from planton.manifest.principals import parse_principal
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from planton.plan import policy_summary as policies
from planton.plan.alarm_plan import AlarmPlan
from planton.plan.data import to_data
from planton.plan.scaling_plan import ScalingPlan, SchedulePlan
from planton.plan.table_plan import (
    GlobalIndexPlan,
    ImportPlan,
    InsightsPlan,
    KeyAttribute,
    KinesisPlan,
    LocalIndexPlan,
    MaximumPlan,
    PolicyPlan,
    RecoveryPlan,
    ReplicaPlan,
    RestorePlan,
    TablePlan,
    WarmPlan,
)


def describe(plan: TablePlan, region: str | None, account_id: str | None = None) -> str:
    """What would be created, one line for each decision. The table's account decides what a grant
    becomes."""
    lines = [f"table {plan.table_name} in {region or 'the region of the AWS provider'}"]
    lines += [f"  {label:<22} {printable(value)}" for label, value in _lines(plan, account_id)]
    return "\n".join(lines) + "\n"


def _lines(plan: TablePlan, account_id: str | None) -> Iterator[tuple[str, str]]:
    if plan.logical_name != plan.table_name:
        yield "resource name", plan.logical_name
    if plan.source:
        yield "data source", _source(plan.source)
    yield "key", _keys(plan.keys) or "the source's key"
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
    yield "TTL", f"on attribute {plan.ttl.attribute_name}" if plan.ttl.enabled else "off"
    yield "stream", plan.stream_view_type.value if plan.stream_view_type else "off"
    yield "point-in-time recovery", _recovery(plan.point_in_time_recovery)
    yield "encryption", _encryption(plan)
    yield from _labelled(Spec, plan)
    if plan.is_retained:
        yield "deletion policy", "retain: stays in AWS when the stack is destroyed"
    yield from (("contributor insights", _insights(one)) for one in plan.contributor_insights)
    if not plan.contributor_insights:
        yield "contributor insights", "off"
    yield from _features(plan, account_id)
    yield from _alarms(plan)
    if plan.imported:
        changed = " and ".join(plan.imported.may_change) or "nothing that it has"
        yield "existing table", f"imported by `pulumi up`, which may change {changed}"
    if plan.allow_replacement:
        yield "replacement", f"allowed if {' or '.join(plan.allow_replacement)} differs"
    yield from (("tag", f"{key}={value}") for key, value in plan.tags)


def _labelled(block: type[BaseModel], plan: object) -> Iterator[tuple[str, str]]:
    """The label of each field of a block that has one, and what the plan decides for the field."""
    decided = to_data(plan)
    for name, field in fields(block).items():
        if label := facts(field).label:
            value = decided[name]
            on_or_off = facts(field).on if value else "off"
            shown = on_or_off if isinstance(value, bool) else str(value)
            yield label.replace("{}", shown), shown


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


def _projected(kind: ProjectionType, names: tuple[str, ...]) -> str:
    match kind:
        case ProjectionType.ALL:
            return "projects all attributes"
        case ProjectionType.KEYS_ONLY:
            return "projects the keys only"
        case _:
            return f"projects the keys and {', '.join(names)}"


def _global(index: GlobalIndexPlan, standalone: bool) -> str:
    parts = [f"{index.name}: {_keys(index.keys)}"]
    parts.append(_projected(index.projection_type, index.non_key_attributes))
    if index.throughput:
        parts.append(_rates(index.throughput.read, index.throughput.write))
    parts += _limits(index.maximum)
    parts += [f"warm for {_warm(index.warm)}"] if index.warm else []
    if standalone:
        parts.append("standalone resource")
    return "; ".join(parts)


def _local(index: LocalIndexPlan) -> str:
    projected = _projected(index.projection_type, index.non_key_attributes)
    return f"{index.name}: sort key {index.range_key}; {projected}"


def _scaling(scaling: ScalingPlan) -> str:
    owner = "table" if scaling.index is None else f"index {scaling.index}"
    bounds = f"{scaling.min_capacity} to {scaling.max_capacity} {scaling.dimension} units"
    cooldowns = (("in", scaling.scale_in_cooldown), ("out", scaling.scale_out_cooldown))
    waits = "".join(f", scale-{way} cooldown {n} s" for way, n in cooldowns if n is not None)
    named = f", policy {scaling.policy_name}" if scaling.policy_name else ""
    return f"{owner}: {bounds} at {scaling.target_utilization} %{waits}{named}"


def _scheduled(scaling: ScalingPlan, one: SchedulePlan) -> str:
    owner = "table" if scaling.index is None else f"index {scaling.index}"
    limits = (("minimum", one.min_capacity), ("maximum", one.max_capacity))
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
        of = f" in account {source.bucket_owner}" if source.bucket_owner else ""
        files = f"s3://{source.bucket}/{source.key_prefix or ''}{of}"
        return f"{files} ({source.format.value}{packed}{_csv(source)})"
    if source.backup_arn:
        return f"backup {source.backup_arn}"
    moment = f"at {source.date_time}" if source.date_time else "at the latest restorable time"
    return f"table {source.table_name or source.table_arn} {moment}"


_BLANKS = {"\t": "a tab", " ": "a space"}


def _csv(source: ImportPlan) -> str:
    """A comma is AWS's default."""
    if source.format is not InputFormat.CSV:
        return ""
    delimiter = source.delimiter or ","
    headers = ", ".join(json.dumps(one, ensure_ascii=False) for one in source.headers)
    columns = f"columns {headers}" if headers else "headers in the files"
    return f"; delimiter {_BLANKS.get(delimiter, repr(delimiter))}; {columns}"


def _by(role: AccessRole, principal: str, account_id: str | None) -> str:
    """What a grant becomes, which depends on the table's account."""
    parsed = parse_principal(principal)
    other = parsed.is_of_other_account(account_id)
    own = "the stream's policy" if reads_stream((role, parsed)) else "the table's policy"
    if other is None:
        return f"by an IAM policy in the table's account, else by {own}"
    return f"by {own}" if other else "by an IAM policy"


def _policy(label: str, policy: PolicyPlan | None) -> Iterator[tuple[str, str]]:
    if policy is None:
        return
    head, *statements = policies.listed(policy.text)
    yield label, head
    yield from (("policy statement", one) for one in statements)
    yield from (line for line in _labelled(ResourcePolicy, policy) if line[1] != "off")


def _features(plan: TablePlan, account_id: str | None) -> Iterator[tuple[str, str]]:
    """The resource policies, access, the Kinesis destination and the replicas."""
    yield from _policy("resource policy", plan.policy)
    yield from _policy("stream policy", plan.stream_policy)
    if plan.access_policies:
        yield "access policies", ", ".join(role.value for role in plan.access_policies)
    for role, principal in plan.grants:
        yield "grant", f"{role.value} to {principal}, {_by(role, principal, account_id)}"
    if plan.kinesis:
        yield "Kinesis destination", _destination(plan.kinesis)
    for replica in plan.replicas:
        parts = [f"{replica.region}: {replica.consistency_mode.value}"]
        parts += [f"key {replica.kms_key_arn}"] if replica.kms_key_arn else []
        parts += [label for label, shown in _labelled(Replica, replica) if shown != "off"]
        parts += ["standalone resource"] if replica in plan.standalone_replicas else []
        parts += _replica_scaling(plan, replica)
        yield "replica", "; ".join(parts)
        of_replica = (one.policy for one in plan.replica_policies if one.region == replica.region)
        yield from _policy(f"policy in {replica.region}", next(of_replica, None))
        yield from _replica_features(plan, replica.region)
    if plan.witness_region:
        yield "witness", plan.witness_region


def _replica_features(plan: TablePlan, region: str) -> Iterator[tuple[str, str]]:
    """What a replica has for itself."""
    for found in plan.replica_features:
        if found.region != region:
            continue
        for watched in found.contributor_insights:
            yield "contributor insights", f"{region}: {_insights(watched)}"
        if found.kinesis:
            yield "Kinesis destination", f"{region}: {_destination(found.kinesis)}"
        yield from (("tag", f"{region}: {key}={value}") for key, value in found.tags)


def _destination(kinesis: KinesisPlan) -> str:
    return kinesis.stream_arn + (f", {kinesis.precision.value}" if kinesis.precision else "")


def _alarms(plan: TablePlan) -> Iterator[tuple[str, str]]:
    """Each of the table's own, and how many there are in each other region."""
    for region in dict.fromkeys(alarm.region for alarm in plan.alarms):
        found = [alarm for alarm in plan.alarms if alarm.region == region]
        where = f" in {region}" if region else ""
        notified = ", ".join(found[0].topics) or "no topic"
        yield "alarms", f"{len(found)}{where}, which notify {notified}"
        if region is None:
            yield from (("alarm", f"{alarm.key}: {alarm_settings(alarm)}") for alarm in found)


def alarm_settings(alarm: AlarmPlan) -> str:
    """When an alarm goes off."""
    return (
        f"{alarm.metric} {alarm.statistic.value} > {alarm.threshold} in {alarm.datapoints} of "
        f"{alarm.periods} periods of {alarm.period} s, missing data {alarm.missing.value}"
    )


def _replica_scaling(plan: TablePlan, replica: ReplicaPlan) -> list[str]:
    """Each replica has its own targets, policies and scheduled adjustments."""
    scalings = [scaling for scaling in plan.scaling if scaling.region == replica.region]
    if not scalings:
        return []
    adjusted = any(scaling.schedules for scaling in scalings)
    return [f"autoscaling {'and adjustments ' if adjusted else ''}as above"]


def _recovery(recovery: RecoveryPlan) -> str:
    if not recovery.enabled:
        return "off"
    return "; ".join(label for label, _ in _labelled(PointInTimeRecovery, recovery))


def _insights(watched: InsightsPlan) -> str:
    of = "of the table" if watched.index is None else f"of the index {watched.index}"
    return f"{of}, {watched.mode.value}"


def _encryption(plan: TablePlan) -> str:
    if not plan.encryption.enabled:
        return "AWS owned key"
    return plan.encryption.kms_key_arn or "AWS managed key aws/dynamodb"
