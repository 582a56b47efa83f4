"""Everything around one table, and what the stack gives out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import appautoscaling, dynamodb

from planton import outputs
from planton.plan import TablePlan
from planton.resources.autoscaling import create_autoscaling
from planton.resources.indexes import create_standalone_indexes
from planton.resources.table import create_table


def create(plan: TablePlan, provider: pulumi.ProviderResource) -> dict[str, Any]:
    """Registers all resources of the plan; returns the stack's outputs by their names."""
    table = create_table(plan, provider)
    indexes = create_standalone_indexes(plan, table, provider)
    if plan.contributor_insights:
        create_insights(plan, table, provider)
    policies = create_autoscaling(plan, table, indexes, provider)
    return _outputs(plan, table, policies)


def create_insights(
    plan: TablePlan, table: dynamodb.Table, provider: pulumi.ProviderResource
) -> None:
    """Contributor insights of the table are a resource of their own."""
    dynamodb.ContributorInsights(
        f"{plan.logical_name}-insights",
        table_name=table.name,
        opts=pulumi.ResourceOptions(provider=provider, deleted_with=table),
    )


def _outputs(
    plan: TablePlan, table: dynamodb.Table, policies: Mapping[str, appautoscaling.Policy]
) -> dict[str, Any]:
    streaming = plan.stream_view_type is not None
    found: dict[str, Any] = {
        outputs.TABLE_NAME: table.name,
        outputs.TABLE_ARN: table.arn,
        outputs.TABLE_ID: table.id,
        outputs.AWS_REGION: table.region,
        # A stream that was switched off leaves its ARN in the provider's state.
        outputs.STREAM_ARN: table.stream_arn if streaming else "",
        outputs.STREAM_LABEL: table.stream_label if streaming else "",
    }
    if plan.global_indexes:
        found[outputs.GLOBAL_SECONDARY_INDEX_ARNS] = {
            index.name: _index_arn(table, index.name) for index in plan.global_indexes
        }
    if plan.local_indexes:
        found[outputs.LOCAL_SECONDARY_INDEX_ARNS] = {
            index.name: _index_arn(table, index.name) for index in plan.local_indexes
        }
    if policies:
        found[outputs.AUTOSCALING_POLICY_ARNS] = {
            key: policy.arn for key, policy in policies.items()
        }
    return found


def _index_arn(table: dynamodb.Table, name: str) -> pulumi.Output[str]:
    return pulumi.Output.concat(table.arn, "/index/", name)
