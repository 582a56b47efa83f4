"""What stands beside the table: insights, its resource policy, a Kinesis destination."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import dynamodb

from planton.model.policy_rules import TABLE_ARN
from planton.plan import InsightsPlan, KinesisPlan, PolicyPlan, TablePlan
from planton.resources.as_made import known_arn
from planton.resources.aws import Aws


def create_around(
    plan: TablePlan,
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    aws: Aws,
) -> None:
    """Everything that hangs on the table and goes with it."""
    for watched in plan.contributor_insights:
        owner = indexes.get(watched.index, table) if watched.index else table
        _create_insights(plan, watched, owner, table, aws)
    if plan.policy:
        _create_policy(plan, plan.policy, table, aws)
    if plan.kinesis:
        _create_destination(plan, plan.kinesis, table, aws)


def _create_insights(
    plan: TablePlan,
    watched: InsightsPlan,
    owner: pulumi.Resource,
    table: dynamodb.Table,
    aws: Aws,
) -> None:
    """Contributor insights are a resource of their own. One that is replaced goes first: the old
    one's end would switch off the new one's beginning."""
    parts = (plan.logical_name, watched.index, "insights")
    dynamodb.ContributorInsights(
        "-".join(part for part in parts if part),
        table_name=table.name,
        index_name=watched.index,
        mode=watched.mode.value,
        opts=aws.options(depends_on=[owner], deleted_with=owner, delete_before_replace=True),
    )


def _create_policy(plan: TablePlan, policy: PolicyPlan, table: dynamodb.Table, aws: Aws) -> None:
    arn = known_arn(table)
    dynamodb.ResourcePolicy(
        f"{plan.logical_name}-policy",
        resource_arn=arn,
        policy=arn.apply(lambda arn: policy.text.replace(TABLE_ARN, arn)),
        confirm_remove_self_resource_access=policy.confirm_remove_self_access,
        opts=aws.options(deleted_with=table),
    )


def _create_destination(
    plan: TablePlan, kinesis: KinesisPlan, table: dynamodb.Table, aws: Aws
) -> None:
    """A table sends to one stream: another one waits until the old one is off.

    It is switched off also where the table goes: a destroy that is refused at the table would leave
    it on without the state knowing, and AWS does not switch on what is on.
    """
    dynamodb.KinesisStreamingDestination(
        f"{plan.logical_name}-kinesis",
        table_name=table.name,
        stream_arn=kinesis.stream_arn,
        approximate_creation_date_time_precision=kinesis.precision.value,
        opts=aws.options(delete_before_replace=True),
    )
