"""Makes every decision about the table, once, from a valid manifest.

The same manifest gives the same plan, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planton.manifest.blocks import (
    ContributorInsights,
    KinesisStreamingDestination,
    PointInTimeRecovery,
    ResourcePolicy,
)
from planton.manifest.enums import (
    AccessRole,
    AttributeType,
    BillingMode,
    DeletionPolicy,
    InputCompression,
    InsightsMode,
    TableClass,
)
from planton.manifest.indexes import (
    GlobalSecondaryIndex,
    KeySchemaElement,
    LocalSecondaryIndex,
    Projection,
)
from planton.manifest.manifest import Manifest
from planton.manifest.metadata import IMPORT_ONLY
from planton.manifest.rules.alarms import home_region
from planton.manifest.rules.policy.document import policy_text
from planton.manifest.spec import Spec
from planton.manifest.tags import resource_tags
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.alarms import plan_alarms
from planton.plan.capacity import (
    indexes_are_standalone,
    plan_maximum,
    plan_scaling,
    plan_throughput,
    plan_warm,
    plan_warm_index,
)
from planton.plan.ignored import ignored_properties
from planton.plan.index_form import with_standalone_indexes
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    GrantPlan,
    ImportedPlan,
    ImportPlan,
    InsightsPlan,
    KeyAttribute,
    KinesisPlan,
    LocalIndexPlan,
    PolicyPlan,
    RecoveryPlan,
    ReplicaFeaturesPlan,
    ReplicaPlan,
    ReplicaPolicyPlan,
    RestorePlan,
    TablePlan,
    TagPlan,
    TtlPlan,
)


def make_plan(manifest: Manifest) -> TablePlan:
    """The plan of a manifest that `load` accepted."""
    spec = manifest.spec
    assert manifest.billing_mode is not None  # rule billing_mode_set
    types = {attribute.name: attribute.type for attribute in spec.attribute_definitions}
    scaling = tuple(plan_scaling(spec))
    indexes = tuple(
        GlobalIndexPlan(
            name=index.name,
            keys=_keys(index.key_schema, types),
            projection_type=_projection(index).effective_type,
            non_key_attributes=tuple(sorted(_projection(index).non_key_attributes)),
            throughput=plan_throughput(index.provisioned_throughput),
            maximum=plan_maximum(index.on_demand_throughput),
            warm=plan_warm_index(index),
            ignored=tuple(s.dimension for s in scaling if s.index == index.name),
        )
        for index in spec.global_secondary_indexes
    )
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
    tags = resource_tags(manifest.metadata, manifest.kind, spec.tags)
    plan = TablePlan(
        logical_name=manifest.metadata.name,
        table_name=manifest.table_name,
        billing_mode=manifest.billing_mode,
        attributes=tuple(AttributePlan(name, types[name]) for name in sorted(types)),
        keys=keys,
        throughput=plan_throughput(spec.provisioned_throughput),
        maximum=plan_maximum(spec.on_demand_throughput),
        warm=plan_warm(spec.warm_throughput),
        inline_indexes=indexes,
        standalone_indexes=(),
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
        deletion_policy=spec.deletion_policy
        if spec.deletion_policy is DeletionPolicy.RETAIN
        else None,
        contributor_insights=_insights(
            spec.contributor_insights
            or ContributorInsights(enabled=spec.contributor_insights_enabled)
        ),
        policy=_policy(spec.resource_policy),
        stream_policy=_policy(spec.stream_resource_policy),
        replica_policies=tuple(_replica_policies(spec)),
        access_policies=tuple(role for role in AccessRole if role in spec.access_policies),
        grants=_grants(spec),
        kinesis=_kinesis(spec.kinesis_streaming_destination),
        # AWS creates replicas of a provisioned table only once its writes have autoscaling.
        inline_replicas=() if provisioned else replicas,
        standalone_replicas=replicas if provisioned else (),
        replica_features=_replica_features(spec),
        witness_region=spec.global_table_witness.region_name if spec.global_table_witness else None,
        source=_source(spec),
        scaling=(*scaling, *(replace(s, region=r.region) for r in replicas for s in scaling)),
        alarms=(),
        tags=_tags(tags),
        imported=_imported(manifest),
        allow_replacement=allowed,
        ignore_changes=ignored_properties(manifest, scaling, allowed),
    )
    plan = replace(plan, alarms=plan_alarms(spec.alarms, plan, home_region(manifest)))
    return with_standalone_indexes(plan) if indexes_are_standalone(spec) else plan


def _imported(manifest: Manifest) -> ImportedPlan | None:
    names = manifest.metadata.import_existing
    if not names:
        return None
    return ImportedPlan(tuple(sorted({*names} - {IMPORT_ONLY})))


def _recovery(spec: Spec) -> RecoveryPlan:
    """Always sets the period: without it, AWS would keep an earlier, shorter one."""
    block = spec.point_in_time_recovery or PointInTimeRecovery(
        enabled=spec.point_in_time_recovery_enabled
    )
    if not block.enabled:
        return RecoveryPlan(False, None)
    return RecoveryPlan(True, block.recovery_period_in_days or MAX_RECOVERY_DAYS)


def _insights(block: ContributorInsights | None) -> tuple[InsightsPlan, ...]:
    """Always sets the mode: without it, AWS would keep an earlier one."""
    if block is None or not block.enabled:
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


def _tags(tags: Mapping[str, str]) -> tuple[TagPlan, ...]:
    return tuple(TagPlan(key, tags[key]) for key in sorted(tags))


def _replica_features(spec: Spec) -> tuple[ReplicaFeaturesPlan, ...]:
    """Likewise sorted, without replicas that have nothing for themselves."""
    plans = (
        ReplicaFeaturesPlan(
            region=replica.region_name,
            contributor_insights=_insights(replica.contributor_insights),
            kinesis=_kinesis(replica.kinesis_streaming_destination),
            tags=_tags(replica.tags),
        )
        for replica in sorted(spec.replicas, key=lambda replica: replica.region_name)
    )
    return tuple(plan for plan in plans if plan.contributor_insights or plan.kinesis or plan.tags)


def _policy(block: ResourcePolicy | None) -> PolicyPlan | None:
    if block is None:
        return None
    return PolicyPlan(policy_text(block.policy), block.confirm_remove_self_resource_access)


def _replica_policies(spec: Spec) -> Iterator[ReplicaPolicyPlan]:
    """Sorted like the replicas."""
    for replica in sorted(spec.replicas, key=lambda replica: replica.region_name):
        if policy := _policy(replica.resource_policy):
            yield ReplicaPolicyPlan(replica.region_name, policy)


def _grants(spec: Spec) -> tuple[GrantPlan, ...]:
    """The grants sorted, so that their order in the manifest has no effect."""
    order = list(AccessRole)
    plans = (GrantPlan(grant.role, grant.principal) for grant in spec.grants)
    return tuple(sorted(plans, key=lambda one: (order.index(one.role), one.principal)))


def _kinesis(block: KinesisStreamingDestination | None) -> KinesisPlan | None:
    """Leaves a precision that is not set to AWS: the provider disables and enables a destination
    again when one is set, although AWS uses milliseconds anyway."""
    if block is None:
        return None
    return KinesisPlan(block.stream_arn, block.approximate_creation_date_time_precision)


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
