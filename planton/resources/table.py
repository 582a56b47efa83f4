"""The table resource."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_aws import dynamodb

from planton.changes.stack_state import TABLE_TYPE
from planton.plan.table_plan import GlobalIndexPlan, ImportPlan, ReplicaPlan, RestorePlan, TablePlan
from planton.resources.aws import Aws

UPDATE_TIMEOUT = "6h"
"""Building indexes of a large table takes hours; the provider's default is far shorter."""


def create_table(plan: TablePlan, aws: Aws, *, name: pulumi.Input[str]) -> dynamodb.Table:
    """Creates the table; `name` is the plan's, passed through the guard.

    What is off is passed as such: AWS keeps the settings of a block that is left out."""
    return dynamodb.Table(
        plan.logical_name,
        name=name,
        billing_mode=plan.billing_mode.value,
        attributes=[
            dynamodb.TableAttributeArgs(name=name, type=kind.value)
            for name, kind in plan.attributes
        ]
        or None,
        hash_key=plan.hash_key,
        range_key=plan.range_key,
        read_capacity=plan.throughput.read if plan.throughput else None,
        write_capacity=plan.throughput.write if plan.throughput else None,
        on_demand_throughput=dynamodb.TableOnDemandThroughputArgs(
            max_read_request_units=plan.maximum.read, max_write_request_units=plan.maximum.write
        )
        if plan.maximum
        else None,
        warm_throughput=dynamodb.TableWarmThroughputArgs(
            read_units_per_second=plan.warm.reads, write_units_per_second=plan.warm.writes
        )
        if plan.warm
        else None,
        global_secondary_indexes=[_inline_index(index) for index in plan.inline_indexes] or None,
        local_secondary_indexes=[
            dynamodb.TableLocalSecondaryIndexArgs(
                name=index.name,
                range_key=index.range_key,
                projection_type=index.projection_type.value,
                non_key_attributes=list(index.non_key_attributes) or None,
            )
            for index in plan.local_indexes
        ]
        or None,
        ttl=dynamodb.TableTtlArgs(enabled=plan.ttl.enabled, attribute_name=plan.ttl.attribute_name),
        stream_enabled=plan.stream_view_type is not None,
        stream_view_type=plan.stream_view_type.value if plan.stream_view_type else None,
        point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(
            enabled=plan.point_in_time_recovery.enabled,
            recovery_period_in_days=plan.point_in_time_recovery.period_in_days,
        ),
        server_side_encryption=dynamodb.TableServerSideEncryptionArgs(
            enabled=plan.encryption.enabled, kms_key_arn=plan.encryption.kms_key_arn
        ),
        table_class=plan.table_class.value,
        deletion_protection_enabled=plan.deletion_protection,
        replicas=[_inline_replica(replica) for replica in plan.inline_replicas] or None,
        global_table_witness=dynamodb.TableGlobalTableWitnessArgs(region_name=plan.witness_region)
        if plan.witness_region
        else None,
        import_table=_import(plan.source) if isinstance(plan.source, ImportPlan) else None,
        **(_restore(plan.source) if isinstance(plan.source, RestorePlan) else {}),
        tags=dict(plan.tags),
        opts=aws.options(
            aliases=aws.aliases(TABLE_TYPE, plan.logical_name),
            protect=plan.is_protected,
            import_=aws.existing.table_id,
            retain_on_delete=plan.is_retained,
            ignore_changes=list(plan.ignore_changes),
            custom_timeouts=pulumi.CustomTimeouts(update=UPDATE_TIMEOUT),
        ),
    )


def _inline_index(index: GlobalIndexPlan) -> dynamodb.TableGlobalSecondaryIndexArgs:
    return dynamodb.TableGlobalSecondaryIndexArgs(
        name=index.name,
        key_schemas=[
            dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(
                attribute_name=key.name, key_type=key.key_type.value
            )
            for key in index.keys
        ],
        projection_type=index.projection_type.value,
        non_key_attributes=list(index.non_key_attributes) or None,
        read_capacity=index.throughput.read if index.throughput else None,
        write_capacity=index.throughput.write if index.throughput else None,
        on_demand_throughput=dynamodb.TableGlobalSecondaryIndexOnDemandThroughputArgs(
            max_read_request_units=index.maximum.read, max_write_request_units=index.maximum.write
        )
        if index.maximum
        else None,
    )


def _inline_replica(replica: ReplicaPlan) -> dynamodb.TableReplicaArgs:
    return dynamodb.TableReplicaArgs(
        region_name=replica.region,
        kms_key_arn=replica.kms_key_arn,
        point_in_time_recovery=replica.point_in_time_recovery,
        deletion_protection_enabled=replica.deletion_protection,
        propagate_tags=replica.propagate_tags,
        consistency_mode=replica.consistency_mode.value,
    )


def _import(source: ImportPlan) -> dynamodb.TableImportTableArgs:
    return dynamodb.TableImportTableArgs(
        input_format=source.format.value,
        input_compression_type=source.compression.value,
        input_format_options=dynamodb.TableImportTableInputFormatOptionsArgs(
            csv=dynamodb.TableImportTableInputFormatOptionsCsvArgs(
                delimiter=source.delimiter, header_lists=list(source.headers) or None
            )
        )
        if source.delimiter or source.headers
        else None,
        s3_bucket_source=dynamodb.TableImportTableS3BucketSourceArgs(
            bucket=source.bucket, bucket_owner=source.bucket_owner, key_prefix=source.key_prefix
        ),
    )


def _restore(source: RestorePlan) -> dict[str, Any]:
    """Arguments of the table itself, because the provider has no block for them."""
    return {
        "restore_source_name": source.table_name,
        "restore_source_table_arn": source.table_arn,
        "restore_backup_arn": source.backup_arn,
        "restore_date_time": source.date_time,
        "restore_to_latest_time": source.to_latest_time or None,
    }
