"""Features of the table that are separate resources: insights, Kinesis."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import dynamodb

from planton.changes.stack_state import INSIGHTS_TYPE, KINESIS_TYPE
from planton.plan.logical_names import insights_name, kinesis_name
from planton.plan.table_plan import InsightsPlan, KinesisPlan, TablePlan
from planton.resources.aws import Aws, kept_with

_CREATED = "kinesisStreamingDestination"
"""In the import annotation: AWS does not have the destination, so it is created."""


def create_features(
    plan: TablePlan,
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    aws: Aws,
) -> None:
    """Creates contributor insights and the Kinesis destination."""
    for watched in plan.contributor_insights:
        index = indexes.get(watched.index or "")
        create_insights(plan, watched, index, table, aws, depends_on=[index or table])
    if plan.kinesis:
        logical_name = kinesis_name(plan.logical_name)
        import_id = destination_id(plan, plan.kinesis, logical_name, aws)
        create_destination(plan, plan.kinesis, logical_name, table, aws, import_=import_id)


def create_insights(
    plan: TablePlan,
    watched: InsightsPlan,
    standalone: dynamodb.GlobalSecondaryIndex | None,
    table: dynamodb.Table,
    aws: Aws,
    *,
    region: str = "",
    owner: pulumi.Resource | None = None,
    **options: object,
) -> None:
    """Creates insights of the table, or in the `region` of a replica, whose `owner` is the resource
    that it belongs to.

    Deletes before it replaces: deleting the old resource afterwards would turn off the insights
    that the new one has turned on.

    The insights of a standalone index get its name from the index, so that they are recreated with
    it: AWS deletes them with the index.
    """
    logical_name = insights_name(plan.logical_name, watched.index or "", region)
    dynamodb.ContributorInsights(
        logical_name,
        table_name=table.name,
        index_name=standalone.index_name if standalone else watched.index,
        mode=watched.mode.value,
        region=region or None,
        opts=aws.options(
            deleted_with=standalone or owner or table,
            delete_before_replace=True,
            aliases=aws.aliases(INSIGHTS_TYPE, logical_name),
            **options,
        ),
    )


def destination_id(
    plan: TablePlan, kinesis: KinesisPlan, logical_name: str, aws: Aws, region: str = ""
) -> str | None:
    """The import id of a destination that is imported; behind the `@` stands a replica's region."""
    import_id = f"{plan.table_name},{kinesis.stream_arn}" + (f"@{region}" if region else "")
    return aws.existing.id_of(KINESIS_TYPE, logical_name, import_id, _CREATED)


def create_destination(
    plan: TablePlan,
    kinesis: KinesisPlan,
    logical_name: str,
    table: dynamodb.Table,
    aws: Aws,
    *,
    region: str | None = None,
    **options: object,
) -> None:
    """Creates the destination of the table, or of the replica in a `region`.

    A table sends to one stream, so the old destination is deleted before the new one is created.

    It is deleted even when the table is deleted too, unless that is retained. Otherwise a destroy
    that is refused at the table would leave the destination enabled and out of the state, and AWS
    refuses to enable it a second time.
    """
    dynamodb.KinesisStreamingDestination(
        logical_name,
        table_name=table.name,
        stream_arn=kinesis.stream_arn,
        approximate_creation_date_time_precision=kinesis.precision.value
        if kinesis.precision
        else None,
        region=region,
        opts=aws.options(
            delete_before_replace=True,
            deleted_with=kept_with(plan, table),
            aliases=aws.aliases(KINESIS_TYPE, logical_name),
            **options,
        ),
    )
