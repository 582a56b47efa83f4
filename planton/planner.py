"""Every decision about the table, taken once from a valid manifest.

The same manifest gives the same plan, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace

from planton.model.blocks import WarmThroughput
from planton.model.enums import (
    AttributeType,
    BillingMode,
    InputCompression,
    InsightsMode,
    Precision,
    TableClass,
)
from planton.model.policy_rules import policy_text
from planton.model.spec import (
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
from planton.model.types import TABLE_NAME
from planton.plan import (
    MAX_RECOVERY_DAYS,
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
    Throughput,
    TtlPlan,
    WarmPlan,
)
from planton.tags import platform_tags


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
    own = {key.name for key in keys} | {index.range_key for index in local}
    return TablePlan(
        logical_name=manifest.metadata.name,
        table_name=manifest.table_name,
        billing_mode=manifest.billing_mode,
        attributes=tuple(
            sorted((name, kind) for name, kind in types.items() if not standalone or name in own)
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
        # AWS makes replicas of a provisioned table only after its writes scale.
        inline_replicas=() if provisioned else replicas,
        standalone_replicas=replicas if provisioned else (),
        witness_region=spec.global_table_witness.region_name if spec.global_table_witness else None,
        source=_source(spec),
        scaling=(*scaling, *(replace(s, region=r.region) for r in replicas for s in scaling)),
        tags=tuple(
            sorted({**platform_tags(manifest.metadata, manifest.kind), **spec.tags}.items())
        ),
        allow_replacement=allowed,
        ignore_changes=_ignored(manifest, scaling, allowed),
    )


def _recovery(spec: Spec) -> RecoveryPlan:
    """The period is always given: one that is left out would keep a shorter one from before."""
    block = spec.point_in_time_recovery or PointInTimeRecovery(
        enabled=spec.point_in_time_recovery_enabled
    )
    if not block.enabled:
        return RecoveryPlan(False, None)
    return RecoveryPlan(True, block.recovery_period_in_days or MAX_RECOVERY_DAYS)


def _insights(spec: Spec) -> tuple[InsightsPlan, ...]:
    """The mode is always given: one that is left out would keep another from before."""
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


def _maximum(given: OnDemandThroughput | None) -> MaximumPlan | None:
    """What is not named is not sent: AWS may refuse a -1 for a table that is yet to be made."""
    if given is None or not (given.max_read_request_units or given.max_write_request_units):
        return None
    return MaximumPlan(given.max_read_request_units or None, given.max_write_request_units or None)


def _warm(given: WarmThroughput | None) -> WarmPlan | None:
    if given is None or not given.given:
        return None
    return WarmPlan(given.read_units_per_second or None, given.write_units_per_second or None)


_WARM_ANYWAY = (12_000, 4_000)
"""Reads and writes a second that AWS can always serve."""


def _warm_index(index: GlobalSecondaryIndex) -> WarmPlan | None:
    """The provider wants both numbers of an index: the one that is not given is what is warm
    anyway."""
    warm, units = _warm(index.warm_throughput), index.provisioned_throughput
    if warm is None:
        return None
    reads, writes = (units.read_capacity_units, units.write_capacity_units) if units else (0, 0)
    return WarmPlan(
        warm.reads or max(_WARM_ANYWAY[0], reads), warm.writes or max(_WARM_ANYWAY[1], writes)
    )


def _replicas(spec: Spec) -> tuple[ReplicaPlan, ...]:
    """By region: their order means nothing, and another order must change nothing."""
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
    given = spec.resource_policy
    return PolicyPlan(policy_text(given.policy), given.confirm_remove_self_resource_access)


def _kinesis(spec: Spec) -> KinesisPlan | None:
    """The precision is always given: one that is left out would keep another from before."""
    given = spec.kinesis_streaming_destination
    if given is None:
        return None
    precision = given.approximate_creation_date_time_precision or Precision.MILLISECOND
    return KinesisPlan(given.stream_arn, precision)


def _source(spec: Spec) -> ImportPlan | RestorePlan | None:
    if spec.is_restored:
        return RestorePlan(
            table_name=spec.restore_source_name,
            table_arn=spec.restore_source_table_arn,
            backup_arn=spec.restore_backup_arn,
            date_time=spec.restore_date_time,
            to_latest_time=spec.restore_to_latest_time,
        )
    if (given := spec.import_table) is None:
        return None
    return ImportPlan(
        bucket=given.s3_bucket,
        bucket_owner=given.s3_bucket_owner,
        key_prefix=given.s3_key_prefix,
        format=given.input_format,
        compression=given.input_compression_type or InputCompression.NONE,
        delimiter=given.csv.delimiter if given.csv else None,
        headers=tuple(given.csv.header_list) if given.csv else (),
    )


def _indexes_are_standalone(spec: Spec) -> bool:
    """Capacity and warm throughput of one inline index cannot be left to AWS.

    As soon as an autoscaling block reaches one index, enabled or not, or one names its warm
    throughput, all of them are resources of their own: the provider takes one kind or the other,
    and switching `enabled` must not move any. A warm throughput that AWS has raised meanwhile would
    rebuild an inline index.
    """
    indexes = spec.global_secondary_indexes
    return bool(indexes) and (
        spec.autoscaling is not None
        or any(index.autoscaling or _warm(index.warm_throughput) for index in indexes)
    )


def _scaling(spec: Spec) -> list[ScalingPlan]:
    """The table's dimensions, then each index's; an index without a block takes the table's."""
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
            name=given.name,
            schedule=given.schedule,
            timezone=given.timezone,
            min_capacity=given.min_capacity,
            max_capacity=given.max_capacity,
            start_time=given.start_time,
            end_time=given.end_time,
        )
        for given in block.scheduled_adjustments
        if given.dimension.value.lower() == dimension
    )


_ONLY_AT_CREATION = (
    "importTable",
    "restoreBackupArn",
    "restoreDateTime",
    "restoreSourceName",
    "restoreSourceTableArn",
    "restoreToLatestTime",
)
"""The provider would replace a living table for a change of these, their going away included."""

_FIXED = {"keySchema": ("hashKey", "rangeKey"), "localSecondaryIndexes": ("localSecondaryIndexes",)}
"""What a replacement is consented to, and what the provider replaces the table for."""


def _ignored(
    manifest: AwsDynamodb, scaling: tuple[ScalingPlan, ...], allowed: tuple[str, ...]
) -> tuple[str, ...]:
    """Property paths in the engine's spelling: below the top level it does not translate.

    What is decided at creation is left alone; a table that is made anew takes it from the manifest
    all the same. Only a consent makes the engine see another name or key and other local indexes as
    a reason to do that. For a restored table no consent does: it has the key and the local indexes
    of its source, whatever the manifest knows of them, and would be restored again in every run.
    The warm throughput too: AWS raises it with the load, and for a value below AWS's the provider
    would replace the table. What the autoscaler moves is the autoscaler's. Expiry is switched off
    under the attribute that AWS has, whatever the manifest calls it meanwhile. Replicas of a
    provisioned table are resources of their own, which the table's state shows.
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
