"""IAM policies for access to the table, and their attachments to roles."""

from __future__ import annotations

from functools import partial

import pulumi
from pulumi_aws import dynamodb, iam

from planton.changes.existing_snapshot import ExistingTable
from planton.changes.stack_state import ACCESS_POLICY_TYPE
from planton.manifest.access_documents import with_table_arn
from planton.plan.access import AccessPlan
from planton.plan.table_plan import TablePlan
from planton.resources.aws import Aws, kept_with
from planton.resources.live_table import known_arn


def create_access(
    plan: TablePlan, access: AccessPlan, table: dynamodb.Table, aws: Aws
) -> dict[str, iam.Policy]:
    """Returns the IAM policies by role.

    With a retained table they stay, and so do their attachments: whoever uses the table goes on.
    """
    kept = kept_with(plan, table)
    policies: dict[str, iam.Policy] = {}
    for policy in access.policies:
        policies[policy.role.value] = iam.Policy(
            policy.logical_name,
            name=policy.name,
            policy=_with_arn(policy.text, table),
            tags=dict(plan.tags),
            opts=aws.options(
                deleted_with=kept,
                transforms=aws.existing.if_found(
                    ACCESS_POLICY_TYPE, policy.logical_name, partial(_import_id, policy.name)
                ),
            ),
        )
    for attachment in access.attachments:
        iam.RolePolicyAttachment(
            attachment.logical_name,
            role=attachment.iam_role,
            policy_arn=policies[attachment.role.value].arn,
            opts=aws.options(deleted_with=kept),
        )
    return policies


def _import_id(name: str, existing: ExistingTable) -> str | None:
    return existing.policy_arns.get(name)


def policy_documents(access: AccessPlan, table: dynamodb.Table) -> pulumi.Output[dict[str, str]]:
    """Maps each role to the JSON of its IAM policy: one output, because each takes time."""
    return known_arn(table).apply(
        lambda arn: {role.value: with_table_arn(text, arn) for role, text in access.documents}
    )


def _with_arn(text: str, table: dynamodb.Table) -> pulumi.Output[str]:
    return known_arn(table).apply(partial(with_table_arn, text))
