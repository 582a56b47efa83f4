"""Resource policies of the table, its stream and its replicas."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import dynamodb

from planton.changes.kept_values import same_document
from planton.changes.stack_state import RESOURCE_POLICY_TYPE
from planton.manifest.access_documents import replica_arn, with_policy_arn, with_table_arn
from planton.plan.access import AccessPlan
from planton.plan.logical_names import resource_policy_name, stream_policy_name
from planton.plan.table_plan import PolicyPlan, ReplicaPolicyPlan, TablePlan
from planton.resources.aws import Aws
from planton.resources.live_table import known_arn, known_stream_arn


def create_policies(
    plan: TablePlan,
    access: AccessPlan,
    table: dynamodb.Table,
    replicas: Mapping[str, dynamodb.TableReplica],
    aws: Aws,
) -> None:
    """Creates the policies of `access`, which have the grants to other accounts, and those of the
    replicas; `replicas` are the standalone ones.

    Each goes with what it belongs to. A stream can be read for 24 hours after its table is deleted,
    by whom its policy allows it.
    """
    if policy := access.table_policy:
        logical_name = resource_policy_name(plan.logical_name)
        _create(logical_name, policy, known_arn(table), aws, deleted_with=table)
    if policy := access.stream_policy:
        logical_name = stream_policy_name(plan.logical_name)
        _create(logical_name, policy, known_stream_arn(table), aws, deleted_with=table)
    for of_replica in plan.replica_policies:
        _create_of_replica(plan, of_replica, table, replicas, aws)


def _create(
    logical_name: str,
    policy: PolicyPlan,
    arn: pulumi.Output[str],
    aws: Aws,
    *,
    region: str | None = None,
    **options: object,
) -> None:
    def text(arn: str) -> str:
        return same_document(aws.state, logical_name, with_policy_arn(policy.text, arn))

    dynamodb.ResourcePolicy(
        logical_name,
        region=region,
        resource_arn=arn,
        policy=arn.apply(text),
        confirm_remove_self_resource_access=policy.confirm_remove_self_access,
        opts=aws.options(aliases=aws.aliases(RESOURCE_POLICY_TYPE, logical_name), **options),
    )


def _create_of_replica(
    plan: TablePlan,
    policy: ReplicaPolicyPlan,
    table: dynamodb.Table,
    replicas: Mapping[str, dynamodb.TableReplica],
    aws: Aws,
) -> None:
    """A standalone replica that is recreated takes its policy along, because the policy gets its
    ARN. An inline one is recreated by an update of the table, for another key: so the policy is
    recreated with the key, and deletes before it replaces, because both have one ARN.
    """
    region = policy.region
    logical_name = resource_policy_name(plan.logical_name, region=region)
    if standalone := replicas.get(region):
        _create(
            logical_name, policy.policy, standalone.arn, aws, region=region, deleted_with=standalone
        )
        return
    (replica,) = (one for one in plan.inline_replicas if one.region == region)
    arn = known_arn(table).apply(lambda arn: with_table_arn(replica_arn(region), arn))
    _create(
        logical_name,
        policy.policy,
        arn,
        aws,
        region=region,
        deleted_with=table,
        delete_before_replace=True,
        replacement_trigger=replica.kms_key_arn,
    )
