"""Features of the table that are separate resources: insights, resource policy, Kinesis."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_aws import dynamodb

from planton.changes.kept_values import same_document
from planton.changes.stack_state import INSIGHTS_TYPE, KINESIS_TYPE, RESOURCE_POLICY_TYPE
from planton.manifest.rules.policy.document import TABLE_ARN
from planton.plan.logical_names import insights_name, kinesis_name, resource_policy_name
from planton.plan.table_plan import InsightsPlan, KinesisPlan, PolicyPlan, TablePlan
from planton.resources.aws import Aws, kept_with
from planton.resources.live_table import known_arn

CREATED = "kinesisStreamingDestination"
"""In the import annotation: AWS does not have the destination, so it is created."""


def create_features(
    plan: TablePlan,
    policy: PolicyPlan | None,
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    aws: Aws,
) -> None:
    """Creates contributor insights, the resource policy and the Kinesis destination. `policy` is
    the plan's with the grants to other accounts."""
    for watched in plan.contributor_insights:
        _create_insights(plan, watched, indexes.get(watched.index or ""), table, aws)
    if policy:
        _create_policy(plan, policy, table, aws)
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


def _create_policy(plan: TablePlan, policy: PolicyPlan, table: dynamodb.Table, aws: Aws) -> None:
    arn = known_arn(table)
    logical_name = resource_policy_name(plan.logical_name)

    def text(arn: str) -> str:
        return same_document(aws.state, logical_name, policy.text.replace(TABLE_ARN, arn))

    dynamodb.ResourcePolicy(
        logical_name,
        resource_arn=arn,
        policy=arn.apply(text),
        confirm_remove_self_resource_access=policy.confirm_remove_self_access,
        opts=aws.options(
            deleted_with=table, aliases=aws.aliases(RESOURCE_POLICY_TYPE, logical_name)
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
