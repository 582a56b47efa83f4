"""Makes every decision about the table, once, from a valid manifest.

The same manifest gives the same plan, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace

from planton.manifest.blocks import WarmThroughput
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    InputCompression,
    InsightsMode,
    Precision,
    TableClass,
)
from planton.manifest.rules.policy.document import policy_text
from planton.manifest.spec import (
    Autoscaling,
    AwsDynamodb,
    ContributorInsights,
    GlobalSecondaryIndex,
    KeySchemaElement,
    LocalSecondaryIndex,
    OnDemandThroughput,
    PointInTimeRecovery,
    Projection,
    ProvisionedThroughput,
    ScalingDimension,
    Spec,
)
from planton.manifest.tags import platform_tags
from planton.manifest.types import TABLE_NAME
from planton.plan.table_plan import (
    MAX_RECOVERY_DAYS,
    AttributePlan,
    Dimension,
    EncryptionPlan,
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
    ScalingPlan,
    SchedulePlan,
    TablePlan,
    TagPlan,
    Throughput,
    TtlPlan,
    WarmPlan,
)


def make_plan(manifest: AwsDynamodb) -> TablePlan:
    """The plan of a manifest that `load` accepted."""
    spec = manifest.spec
    assert manifest.billing_mode is not None  # rule billing_mode_set
    types = {attribute.name: attribute.type for attribute in spec.attribute_definitions}
    scaling = tuple(_scaling(spec))
    indexes = tuple(
        GlobalIndexPlan(
            name=index.name,
            keys=_keys(index.key_schema, types),
            projection_type=_projection(index).effective_type,
            non_key_attributes=tuple(sorted(_projection(index).non_key_attributes)),
            throughput=_throughput(index.provisioned_throughput),
            maximum=_maximum(index.on_demand_throughput),
            warm=_warm_index(index),
            ignored=tuple(s.dimension for s in scaling if s.index == index.name),
        )
        for index in spec.global_secondary_indexes
    )
    standalone = _indexes_are_standalone(spec)
    keys = _keys(spec.key_schema, types)
    local = tuple(
        LocalIndexPlan(
            name=index.name,
            range_key=index.range_key or index.key_schema[1].attribute_name,
            projection_type=_projection(index).effective_type,
            non_key_attributes=tuple(_projection(index).non_key_attributes),
        )
        for index in spec.local_secondary_indexes
    )
    allowed = tuple(sorted(manifest.metadata.allow_replacement))
    replicas = _replicas(spec)
    provisioned = manifest.billing_mode is BillingMode.PROVISIONED
    tags = {**platform_tags(manifest.metadata, manifest.kind), **spec.tags}
    own = {key.name for key in keys} | {index.range_key for index in local}
    return TablePlan(
        logical_name=manifest.metadata.name,
        table_name=manifest.table_name,
        billing_mode=manifest.billing_mode,
        attributes=tuple(
            AttributePlan(name, types[name])
            for name in sorted(types)
            if not standalone or name in own
        ),
        keys=keys,
        throughput=_throughput(spec.provisioned_throughput),
        maximum=_maximum(spec.on_demand_throughput),
        warm=_warm(spec.warm_throughput),
        inline_indexes=() if standalone else indexes,
        standalone_indexes=indexes if standalone else (),
        local_indexes=local,
        ttl=TtlPlan(True, spec.ttl.attribute_name)
        if spec.ttl and spec.ttl.enabled
        else TtlPlan(False, None),
        stream_view_type=spec.stream_view_type,
        point_in_time_recovery=_recovery(spec),
        encryption=EncryptionPlan(
            spec.server_side_encryption.enabled, spec.server_side_encryption.kms_key_arn
        )
        if spec.server_side_encryption
        else EncryptionPlan(False, None),
        table_class=spec.table_class or TableClass.STANDARD,
        deletion_protection=spec.deletion_protection_enabled,
        contributor_insights=_insights(spec),
        policy=_policy(spec),
        kinesis=_kinesis(spec),
        # AWS creates replicas of a provisioned table only once its writes have autoscaling.
        inline_replicas=() if provisioned else replicas,
        standalone_replicas=replicas if provisioned else (),
        witness_region=spec.global_table_witness.region_name if spec.global_table_witness else None,
        source=_source(spec),
        scaling=(*scaling, *(replace(s, region=r.region) for r in replicas for s in scaling)),
        tags=tuple(TagPlan(key, tags[key]) for key in sorted(tags)),
        allow_replacement=allowed,
        ignore_changes=_ignored(manifest, scaling, allowed),
    )


def _recovery(spec: Spec) -> RecoveryPlan:
    """Always sets the period: without it, AWS would keep an earlier, shorter one."""
    block = spec.point_in_time_recovery or PointInTimeRecovery(
        enabled=spec.point_in_time_recovery_enabled
    )
    if not block.enabled:
        return RecoveryPlan(False, None)
    return RecoveryPlan(True, block.recovery_period_in_days or MAX_RECOVERY_DAYS)


def _insights(spec: Spec) -> tuple[InsightsPlan, ...]:
    """Always sets the mode: without it, AWS would keep an earlier one."""
    block = spec.contributor_insights or ContributorInsights(
        enabled=spec.contributor_insights_enabled
    )
    if not block.enabled:
        return ()
    mode = block.mode or InsightsMode.ACCESSED_AND_THROTTLED_KEYS
    return tuple(InsightsPlan(index, mode) for index in (None, *block.gsi_index_names))


def _keys(
    schema: list[KeySchemaElement], types: dict[str, AttributeType]
) -> tuple[KeyAttribute, ...]:
    return tuple(
        KeyAttribute(key.attribute_name, types[key.attribute_name], key.key_type) for key in schema
    )


def _projection(index: GlobalSecondaryIndex | LocalSecondaryIndex) -> Projection:
    return index.projection or Projection()


def _throughput(units: ProvisionedThroughput | None) -> Throughput | None:
    if units is None or not units.given:
        return None
    return Throughput(units.read_capacity_units, units.write_capacity_units)


def _maximum(block: OnDemandThroughput | None) -> MaximumPlan | None:
    """Sends no maximum that is not set: AWS may refuse -1 when it creates a table."""
    if block is None or not (block.max_read_request_units or block.max_write_request_units):
        return None
    return MaximumPlan(block.max_read_request_units or None, block.max_write_request_units or None)


def _warm(block: WarmThroughput | None) -> WarmPlan | None:
    if block is None or not block.given:
        return None
    return WarmPlan(block.read_units_per_second or None, block.write_units_per_second or None)


_WARM_MINIMUM = (12_000, 4_000)
"""Reads and writes a second that AWS can always serve."""


def _warm_index(index: GlobalSecondaryIndex) -> WarmPlan | None:
    """The provider needs both numbers of an index: one that is not set becomes what AWS can serve
    in any case."""
    warm, units = _warm(index.warm_throughput), index.provisioned_throughput
    if warm is None:
        return None
    reads, writes = (units.read_capacity_units, units.write_capacity_units) if units else (0, 0)
    return WarmPlan(
        warm.reads or max(_WARM_MINIMUM[0], reads), warm.writes or max(_WARM_MINIMUM[1], writes)
    )


def _replicas(spec: Spec) -> tuple[ReplicaPlan, ...]:
    """The replicas sorted by region, so that their order in the manifest has no effect."""
    return tuple(
        ReplicaPlan(
            region=replica.region_name,
            kms_key_arn=replica.kms_key_arn,
            point_in_time_recovery=replica.point_in_time_recovery,
            deletion_protection=replica.deletion_protection_enabled,
            propagate_tags=replica.propagate_tags,
            consistency_mode=replica.mode,
        )
        for replica in sorted(spec.replicas, key=lambda replica: replica.region_name)
    )


def _policy(spec: Spec) -> PolicyPlan | None:
    if spec.resource_policy is None:
        return None
    block = spec.resource_policy
    return PolicyPlan(policy_text(block.policy), block.confirm_remove_self_resource_access)


def _kinesis(spec: Spec) -> KinesisPlan | None:
    """Always sets the precision: without it, AWS would keep an earlier one."""
    block = spec.kinesis_streaming_destination
    if block is None:
        return None
    precision = block.approximate_creation_date_time_precision or Precision.MILLISECOND
    return KinesisPlan(block.stream_arn, precision)


def _source(spec: Spec) -> ImportPlan | RestorePlan | None:
    if spec.is_restored:
        return RestorePlan(
            table_name=spec.restore_source_name,
            table_arn=spec.restore_source_table_arn,
            backup_arn=spec.restore_backup_arn,
            date_time=spec.restore_date_time,
            to_latest_time=spec.restore_to_latest_time,
        )
    if (block := spec.import_table) is None:
        return None
    return ImportPlan(
        bucket=block.s3_bucket,
        bucket_owner=block.s3_bucket_owner,
        key_prefix=block.s3_key_prefix,
        format=block.input_format,
        compression=block.input_compression_type or InputCompression.NONE,
        delimiter=block.csv.delimiter if block.csv else None,
        headers=tuple(block.csv.header_list) if block.csv else (),
    )


def _indexes_are_standalone(spec: Spec) -> bool:
    """Whether the global indexes are standalone resources instead of part of the table resource.

    They are if an autoscaling block applies to one of them, enabled or not, or if one sets its warm
    throughput: the program cannot ignore changes to capacity and warm throughput of one inline
    index. The provider takes all indexes in one form or the other, and switching `enabled` must not
    change the form. An inline index would be rebuilt once AWS has raised its warm throughput.
    """
    indexes = spec.global_secondary_indexes
    return bool(indexes) and (
        spec.autoscaling is not None
        or any(index.autoscaling or _warm(index.warm_throughput) for index in indexes)
    )


def _scaling(spec: Spec) -> list[ScalingPlan]:
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


_ONLY_AT_CREATION = (
    "importTable",
    "restoreBackupArn",
    "restoreDateTime",
    "restoreSourceName",
    "restoreSourceTableArn",
    "restoreToLatestTime",
)
"""The provider would replace an existing table for a change or removal of these."""

_FIXED = {"keySchema": ("hashKey", "rangeKey"), "localSecondaryIndexes": ("localSecondaryIndexes",)}
"""What a replacement is allowed for, and the properties for which the provider replaces."""


def _ignored(
    manifest: AwsDynamodb, scaling: tuple[ScalingPlan, ...], allowed: tuple[str, ...]
) -> tuple[str, ...]:
    """Property paths whose changes are ignored. Below the top level they are in the engine's
    spelling, because it does not translate them there.

    - Properties that apply at creation only. A table that is replaced takes them from the manifest
      all the same.
    - Name, key and local indexes, unless the annotation allows a replacement for them. The key and
      local indexes of a restored table always: it has those of its source, whatever the manifest
      says, and would otherwise be restored again in every run.
    - Warm throughput: AWS raises it with the load, and for a value below AWS's own the provider
      would replace the table.
    - Capacity that the autoscaler sets.
    - The attribute of TTL that is off: TTL is turned off on the attribute that AWS has.
    - Replicas of a provisioned table: they are standalone resources, but the table's state lists
      them.
    """
    spec = manifest.spec
    paths = [] if TABLE_NAME in allowed else ["name"]
    seen = () if spec.is_restored else allowed
    paths += [path for field, fixed in _FIXED.items() if field not in seen for path in fixed]
    paths += _ONLY_AT_CREATION
    paths.append("warmThroughput")
    paths += [f"{s.dimension}Capacity" for s in scaling if s.index is None]
    if spec.ttl is None or not spec.ttl.enabled:
        paths.append("ttl.attributeName")
    if manifest.billing_mode is BillingMode.PROVISIONED:
        paths.append("replicas")
    return tuple(paths)
