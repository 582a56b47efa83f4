"""Global indexes as standalone resources, which an autoscaler or AWS may change."""

from __future__ import annotations

from functools import partial

import pulumi
from pulumi_aws import dynamodb

from planton.changes.existing_snapshot import ExistingTable
from planton.changes.stack_state import INDEX_TYPE
from planton.plan.logical_names import index_name
from planton.plan.table_plan import GlobalIndexPlan, TablePlan
from planton.resources.aws import Aws

BUILD_TIMEOUT = "6h"
"""Building an index of a large table takes hours."""


def create_standalone_indexes(
    plan: TablePlan, table: dynamodb.Table, aws: Aws
) -> dict[str, dynamodb.GlobalSecondaryIndex]:
    """Returns the indexes by name. Each waits for the one before: DynamoDB builds one at a time."""
    indexes: dict[str, dynamodb.GlobalSecondaryIndex] = {}
    previous: list[pulumi.Resource] = []
    for index in plan.standalone_indexes:
        indexes[index.name] = _create(plan, index, table, aws, previous)
        previous = [indexes[index.name]]
    return indexes


def _create(
    plan: TablePlan,
    index: GlobalIndexPlan,
    table: dynamodb.Table,
    aws: Aws,
    previous: list[pulumi.Resource],
) -> dynamodb.GlobalSecondaryIndex:
    logical_name = index_name(plan.logical_name, index.name)
    import_id = partial(_import_id, index.name)
    return dynamodb.GlobalSecondaryIndex(
        logical_name,
        table_name=table.name,
        index_name=index.name,
        key_schemas=[
            dynamodb.GlobalSecondaryIndexKeySchemaArgs(
                attribute_name=key.name,
                attribute_type=key.type.value,
                key_type=key.key_type.value,
            )
            for key in index.keys
        ],
        projection=dynamodb.GlobalSecondaryIndexProjectionArgs(
            projection_type=index.projection_type.value,
            non_key_attributes=list(index.non_key_attributes) or None,
        ),
        provisioned_throughput=dynamodb.GlobalSecondaryIndexProvisionedThroughputArgs(
            read_capacity_units=index.throughput.read, write_capacity_units=index.throughput.write
        )
        if index.throughput
        else None,
        on_demand_throughput=dynamodb.GlobalSecondaryIndexOnDemandThroughputArgs(
            max_read_request_units=index.maximum.read, max_write_request_units=index.maximum.write
        )
        if index.maximum
        else None,
        warm_throughput=dynamodb.GlobalSecondaryIndexWarmThroughputArgs(
            read_units_per_second=index.warm.reads, write_units_per_second=index.warm.writes
        )
        if index.warm and index.warm.reads and index.warm.writes
        else None,
        # The provider reads its timeouts from here and ignores custom_timeouts.
        timeouts=dynamodb.GlobalSecondaryIndexTimeoutsArgs(
            create=BUILD_TIMEOUT, update=BUILD_TIMEOUT
        ),
        opts=aws.options(
            depends_on=previous,
            deleted_with=table,
            delete_before_replace=True,
            transforms=aws.existing.if_found(INDEX_TYPE, logical_name, import_id),
            ignore_changes=list(index.ignore_changes),
        ),
    )


def _import_id(name: str, existing: ExistingTable) -> str | None:
    return f"{existing.table['name']},{name}" if name in existing.global_indexes else None
