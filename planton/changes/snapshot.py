"""A plan's decisions about a table, as plain values that the engine can store and compare.

Keys are camelCase, lists hold mappings, and no key is a name from the manifest: the engine diffs
these values, and the change guard and `planton diff` compare them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planton.plan.table_plan import (
    GlobalIndexPlan,
    ImportPlan,
    KeyAttribute,
    MaximumPlan,
    ReplicaPlan,
    RestorePlan,
    SchedulePlan,
    TablePlan,
    WarmPlan,
)

Decisions = dict[str, Any]
Shape = list[Decisions]
"""A key, or local indexes."""
Found = Iterator["tuple[str, str, str, str]"]
"""Changes: the code of the kind, the path, the old and the new value."""


def decisions(plan: TablePlan, *, region: str | None, account_id: str | None) -> Decisions:
    """Everything about the table whose change can have an effect."""
    types = dict(plan.attributes)
    types |= {key.name: key.type for index in plan.global_indexes for key in index.keys}
    return {
        "metadataName": plan.logical_name,
        "tableName": plan.table_name,
        "region": region,
        "accountId": account_id,
        "allowReplacement": list(plan.allow_replacement),
        "attributes": [{"name": name, "type": types[name].value} for name in sorted(types)],
        "keySchema": _keys(plan.keys),
        "localSecondaryIndexes": [
            {
                "name": index.name,
                "rangeKey": index.range_key,
                "projectionType": index.projection_type.value,
                "nonKeyAttributes": list(index.non_key_attributes),
            }
            for index in sorted(plan.local_indexes, key=lambda index: index.name)
        ],
        "globalSecondaryIndexes": [
            *_indexes(plan.inline_indexes, standalone=False),
            *_indexes(plan.standalone_indexes, standalone=True),
        ],
        "billingMode": plan.billing_mode.value,
        "readCapacityUnits": plan.throughput.read if plan.throughput else None,
        "writeCapacityUnits": plan.throughput.write if plan.throughput else None,
        **_limits(plan.maximum),
        **_limits(plan.warm),
        "autoscaling": [
            {
                "dimension": scaling.key,
                "minCapacity": scaling.min_capacity,
                "maxCapacity": scaling.max_capacity,
                "targetUtilizationPercent": scaling.target_utilization,
                "scaleInCooldownSeconds": scaling.scale_in_cooldown,
                "scaleOutCooldownSeconds": scaling.scale_out_cooldown,
                # Replicas scale like the table, and are added and removed with their region.
                "schedules": [_schedule(schedule) for schedule in scaling.schedules],
            }
            for scaling in plan.scaling_here
        ],
        "ttlEnabled": plan.ttl.enabled,
        "ttlAttributeName": plan.ttl.attribute_name,
        "streamViewType": plan.stream_view_type.value if plan.stream_view_type else None,
        "pointInTimeRecoveryEnabled": plan.point_in_time_recovery.enabled,
        "recoveryPeriodInDays": plan.point_in_time_recovery.period_in_days,
        "serverSideEncryptionEnabled": plan.encryption.enabled,
        "kmsKeyArn": plan.encryption.kms_key_arn,
        "tableClass": plan.table_class.value,
        "deletionProtectionEnabled": plan.deletion_protection,
        "contributorInsights": [
            {"index": watched.index, "mode": watched.mode.value}
            for watched in plan.contributor_insights
        ],
        "resourcePolicy": plan.policy.text if plan.policy else None,
        # Null if it is off, so that nothing changes for stacks that do not use it.
        "confirmRemoveSelfResourceAccess": (
            True if plan.policy and plan.policy.confirm_remove_self_access else None
        ),
        "kinesisStreamArn": plan.kinesis.stream_arn if plan.kinesis else None,
        "kinesisPrecision": plan.kinesis.precision.value if plan.kinesis else None,
        "replicas": [
            *_replicas(plan.inline_replicas, standalone=False),
            *_replicas(plan.standalone_replicas, standalone=True),
        ],
        "witnessRegion": plan.witness_region,
        "source": _source(plan.source),
        "restored": isinstance(plan.source, RestorePlan) or None,
        "tags": [{"key": key, "value": value} for key, value in plan.tags],
    }


def _keys(keys: tuple[KeyAttribute, ...]) -> list[Decisions]:
    return [{"attributeName": key.name, "keyType": key.key_type.value} for key in keys]


def _limits(limits: MaximumPlan | WarmPlan | None) -> Decisions:
    return dict(limits.units) if limits else {}


def _schedule(schedule: SchedulePlan) -> Decisions:
    return {
        "name": schedule.name,
        "schedule": schedule.schedule,
        "timezone": schedule.timezone,
        "minCapacity": schedule.min_capacity,
        "maxCapacity": schedule.max_capacity,
        "startTime": schedule.start_time,
        "endTime": schedule.end_time,
    }


def _replicas(replicas: Iterable[ReplicaPlan], *, standalone: bool) -> list[Decisions]:
    return [
        {
            "region": replica.region,
            "kmsKeyArn": replica.kms_key_arn,
            "pointInTimeRecoveryEnabled": replica.point_in_time_recovery,
            "deletionProtectionEnabled": replica.deletion_protection,
            "propagateTags": replica.propagate_tags,
            "consistencyMode": replica.consistency_mode.value,
            "standalone": standalone,
        }
        for replica in replicas
    ]


def _source(source: ImportPlan | RestorePlan | None) -> str | None:
    """The data source of a new table, in one line."""
    match source:
        case None:
            return None
        case ImportPlan():
            files = f"s3://{source.bucket}/{source.key_prefix or ''}"
            return f"import of {source.format.value} from {files}"
        case _:
            moment = f" at {source.date_time}" if source.date_time else ""
            return f"{source.backup_arn or source.table_arn or source.table_name}{moment}"


def _indexes(indexes: Iterable[GlobalIndexPlan], *, standalone: bool) -> list[Decisions]:
    return [
        {
            "name": index.name,
            "keySchema": _keys(index.keys),
            "projectionType": index.projection_type.value,
            "nonKeyAttributes": list(index.non_key_attributes),
            "readCapacityUnits": index.throughput.read if index.throughput else None,
            "writeCapacityUnits": index.throughput.write if index.throughput else None,
            **_limits(index.maximum),
            **_limits(index.warm),
            "standalone": standalone,
        }
        for index in indexes
    ]


def plain(value: Any) -> Any:
    """A value from the engine, with integers restored: the engine has only floats.

    The engine may leave out nulls, so they are dropped.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    return value


def differs(old: Decisions, new: Decisions, *fields: str) -> bool:
    """Whether any of the fields differs; both sides are without nulls."""
    return any(old.get(field) != new.get(field) for field in fields)


def by(items: list[Decisions], field: str) -> dict[str, Decisions]:
    """The items by the value of a field."""
    return {item[field]: item for item in items}


def unordered(shape: Shape) -> Shape:
    """A key or local indexes without the order of projected attributes.

    The order has no meaning: AWS may report another one, and the provider ignores it.
    """
    return [
        {**one, "nonKeyAttributes": sorted(one["nonKeyAttributes"])}
        if "nonKeyAttributes" in one
        else one
        for one in shape
    ]
