"""Everything around one table, and what the stack gives out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import appautoscaling, dynamodb

from planton import outputs
from planton.decisions import decisions
from planton.plan import TablePlan
from planton.resources import guard, provider
from planton.resources.autoscaling import create_autoscaling
from planton.resources.indexes import create_standalone_indexes
from planton.resources.table import create_table
from planton.stack_input import StackInput


def create(
    given: StackInput,
    plan: TablePlan,
    *,
    guard_name: str = guard.LOGICAL_NAME,
    provider_name: str = provider.LOGICAL_NAME,
) -> dict[str, Any]:
    """Registers all resources of the plan; returns the stack's outputs by their names.

    The logical names are parameters for programs that hold several tables in one stack.
    """
    made = decisions(plan, region=given.region, account_id=given.account_id)
    verdict = guard.Guard(guard_name, made)
    aws = provider.create_provider(provider_name, given, region=verdict.gate(given.region))
    table = create_table(plan, aws, name=verdict.gate(plan.table_name))
    warn_of_leftovers(plan, table)
    indexes = create_standalone_indexes(plan, table, aws)
    if plan.contributor_insights:
        _create_insights(plan, table, aws)
    policies = create_autoscaling(plan, table, indexes, aws)
    return _outputs(plan, table, policies)


def warn_of_leftovers(plan: TablePlan, table: dynamodb.Table) -> None:
    """Says which global indexes AWS still has although the manifest has none.

    The provider takes an empty list for one that is not its business, so the last index of a table
    resource is never deleted; without this line nobody would notice.
    """
    if plan.global_indexes:
        return

    def warn(state: list[Any]) -> None:
        name: str = state[0]
        found: Sequence[Mapping[str, Any]] | None = state[1]
        for index in found or []:
            pulumi.log.warn(
                f"the index '{index['name']}' is no longer in the manifest, but still in AWS, where "
                "the provider leaves it; delete it: aws dynamodb update-table --table-name "
                f"{name} --global-secondary-index-updates "
                f'\'[{{"Delete": {{"IndexName": "{index["name"]}"}}}}]\', then `pulumi refresh`',
                table,
            )

    pulumi.Output.all(table.name, table.global_secondary_indexes).apply(warn)


def _create_insights(plan: TablePlan, table: dynamodb.Table, aws: pulumi.ProviderResource) -> None:
    """Contributor insights are a resource of their own."""
    dynamodb.ContributorInsights(
        f"{plan.logical_name}-insights",
        table_name=table.name,
        opts=pulumi.ResourceOptions(provider=aws, deleted_with=table),
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
