"""Global indexes as standalone resources, which an autoscaler or AWS may change."""

from __future__ import annotations

import pulumi
from pulumi_aws import dynamodb

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
    return dynamodb.GlobalSecondaryIndex(
        f"{plan.logical_name}-{index.name}",
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
            ignore_changes=[
                *(f"provisionedThroughput.{dimension}CapacityUnits" for dimension in index.ignored),
                # AWS raises it with the load, and rebuilds the index for a value below its own.
                "warmThroughput",
            ],
        ),
    )
