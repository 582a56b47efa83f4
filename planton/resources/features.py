"""Features of the table that are separate resources: insights, Kinesis."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_aws import dynamodb

from planton.changes.stack_state import INSIGHTS_TYPE, KINESIS_TYPE
from planton.plan.logical_names import insights_name, kinesis_name
from planton.plan.table_plan import InsightsPlan, KinesisPlan, TablePlan
from planton.resources.aws import Aws, kept_with

CREATED = "kinesisStreamingDestination"
"""In the import annotation: AWS does not have the destination, so it is created."""


def create_features(
    plan: TablePlan,
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    aws: Aws,
) -> None:
    """Creates contributor insights and the Kinesis destination."""
    for watched in plan.contributor_insights:
        _create_insights(plan, watched, indexes.get(watched.index or ""), table, aws)
    if plan.kinesis:
        _create_destination(plan, plan.kinesis, table, aws)


def _create_insights(
    plan: TablePlan,
    watched: InsightsPlan,
    standalone: dynamodb.GlobalSecondaryIndex | None,
    table: dynamodb.Table,
    aws: Aws,
) -> None:
    """Deletes before it replaces: deleting the old resource afterwards would turn off the insights
    that the new one has turned on.

    The insights of a standalone index get its name from the index, so that they are recreated with
    it: AWS deletes them with the index.
    """
    owner = standalone or table
    logical_name = insights_name(plan.logical_name, watched.index or "")
    dynamodb.ContributorInsights(
        logical_name,
        table_name=table.name,
        index_name=standalone.index_name if standalone else watched.index,
        mode=watched.mode.value,
        opts=aws.options(
            depends_on=[owner],
            deleted_with=owner,
            delete_before_replace=True,
            aliases=aws.aliases(INSIGHTS_TYPE, logical_name),
        ),
    )


def _create_destination(
    plan: TablePlan, kinesis: KinesisPlan, table: dynamodb.Table, aws: Aws
) -> None:
    """A table sends to one stream, so the old destination is deleted before the new one is created.

    It is deleted even when the table is deleted too, unless that is retained. Otherwise a destroy
    that is refused at the table would leave the destination enabled and out of the state, and AWS
    refuses to enable it a second time.
    """
    logical_name = kinesis_name(plan.logical_name)
    import_id = f"{plan.table_name},{kinesis.stream_arn}"
    dynamodb.KinesisStreamingDestination(
        logical_name,
        table_name=table.name,
        stream_arn=kinesis.stream_arn,
        approximate_creation_date_time_precision=kinesis.precision.value
        if kinesis.precision
        else None,
        opts=aws.options(
            delete_before_replace=True,
            deleted_with=kept_with(plan, table),
            import_=aws.existing.id_of(KINESIS_TYPE, logical_name, import_id, CREATED),
            aliases=aws.aliases(KINESIS_TYPE, logical_name),
        ),
    )
