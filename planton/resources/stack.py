"""Everything around one table, and what the stack gives out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi_aws import appautoscaling, cloudwatch, dynamodb, iam

from planton.changes.emulated import refusal_of_endpoint
from planton.changes.existing_indexes import former_indexes
from planton.changes.go_module import deregistration, pinned_targets, with_own_names
from planton.changes.index_form import SECOND_UPDATE, in_form_of_stack
from planton.changes.record import FORMER_INDEXES, RETAINED_TABLE
from planton.changes.replacement import ANNOTATION
from planton.changes.snapshot import snapshot
from planton.changes.stack_state import StackState
from planton.changes.state_changes import state_changes
from planton.changes.takeover import refusal_without_record
from planton.plan import outputs
from planton.plan.access import plan_access, refusal_of_names
from planton.plan.table_plan import TablePlan
from planton.reading.stack_input import StackInput
from planton.resources import guard, provider
from planton.resources.access import create_access, policy_documents
from planton.resources.alarms import create_alarms
from planton.resources.autoscaling import create_autoscaling
from planton.resources.aws import Aws, advice
from planton.resources.existing import Existing
from planton.resources.features import create_features
from planton.resources.indexes import create_standalone_indexes
from planton.resources.live_table import known_arn, live_table, warn_of_difference
from planton.resources.own_state import read_own_state
from planton.resources.policies import create_policies
from planton.resources.replica_features import create_replica_features
from planton.resources.replicas import create_replicas, replica_arns, replica_stream_arns
from planton.resources.table import create_table


def create(
    stack_input: StackInput,
    plan: TablePlan,
    *,
    state: StackState | None = None,
    siblings: Iterable[str] = (),
    guard_name: str = guard.LOGICAL_NAME,
    provider_name: str = provider.LOGICAL_NAME,
) -> dict[str, Any]:
    """Registers all resources of the plan; returns the stack's outputs by their names.

    The other parameters are for programs with several tables in one stack: `state`, which
    `read_own_state` returns, is read once for all of them, and `siblings` are the logical names of
    the other tables.

    Raises pulumi.RunError, before anything is registered, if the update would lose a table in the
    state of which there is no record, or would go to an emulated AWS although the table is in AWS.
    """
    siblings = [*siblings]
    state = read_own_state() if state is None else state
    credentials = stack_input.credentials
    access_key_id = credentials.access_key_id if credentials else None
    if refusal := refusal_of_endpoint(state, stack_input.endpoint, access_key_id):
        raise pulumi.RunError(refusal)
    state = with_own_names(state, plan, siblings)
    of_manifest, plan = plan, in_form_of_stack(plan, state)
    wanted = snapshot(plan, region=stack_input.region, account_id=stack_input.account_id)
    if refusal := refusal_without_record(state, wanted, guard_name=guard_name, siblings=siblings):
        raise pulumi.RunError(refusal)
    access = plan_access(
        plan,
        account_id=stack_input.account_id,
        region=stack_input.region,
        stack=pulumi.get_stack(),
    )
    if refusal := refusal_of_names(access):
        raise pulumi.RunError(refusal)
    may_change = plan.imported.may_change if plan.imported else None
    existing = Existing(wanted, state, may_change, access.policies, guard_name=guard_name)
    if plan.inline_indexes and of_manifest.standalone_indexes:
        pulumi.log.warn(SECOND_UPDATE)
    if targets := pinned_targets(state, plan):
        pulumi.log.info(deregistration(targets))
    if plan.allow_replacement:
        pulumi.log.warn(
            f"{ANNOTATION} is set: if "
            f"{' or '.join(plan.allow_replacement)} differs, the table is deleted with all its "
            "data and recreated empty. Remove the annotation after this update"
        )
    verdict = guard.Guard(
        guard_name,
        wanted,
        is_protected=plan.is_protected,
        state=state,
        changes=state_changes(state, wanted, siblings=siblings)
        if state.has_record(guard_name)
        else (),
        siblings=siblings,
        is_import=existing.table_id is not None,
    )
    aws = Aws(
        provider.create_provider(
            provider_name,
            stack_input,
            region=verdict.gate(stack_input.region),
            depends_on=verdict.dependency(),
        ),
        hooks=advice(f"{guard_name}-refused"),
        existing=existing,
        state=state,
    )
    name = existing.compared(verdict.gate(plan.table_name), aws.provider)
    table = create_table(plan, aws, name=name)
    live = live_table(table)
    outputs_of_guard: dict[str, Any] = dict(live)
    if plan.is_retained:
        outputs_of_guard[RETAINED_TABLE] = table.urn
    if former := former_indexes(plan, state):
        outputs_of_guard[FORMER_INDEXES] = former
    verdict.complete(outputs_of_guard)
    warn_of_difference(plan, live)
    indexes = create_standalone_indexes(plan, table, aws)
    create_features(plan, table, indexes, aws)
    access_policies = create_access(plan, access, table, aws)
    policies = create_autoscaling(plan, plan.scaling_here, table, indexes, aws)
    # AWS makes a replica of a provisioned table only after its writes, and its indexes', scale.
    replicas = create_replicas(plan, table, [*indexes.values(), *policies.values()], aws)
    create_replica_features(plan, table, indexes, replicas, aws)
    for region, replica in replicas.items():
        scaling = [one for one in plan.scaling if one.region == region]
        policies |= create_autoscaling(plan, scaling, table, indexes, aws, after=replica)
    create_policies(plan, access, table, replicas, aws)
    alarms = create_alarms(plan, table, aws)
    return {
        **_outputs(plan, table, replicas, aws),
        outputs.IAM_POLICY_DOCUMENTS: policy_documents(access, table),
        **_arns(outputs.POLICY_ARNS, access_policies),
        **_arns(outputs.AUTOSCALING_POLICY_ARNS, policies),
        **_arns(outputs.ALARM_ARNS, alarms),
    }


def _outputs(
    plan: TablePlan,
    table: dynamodb.Table,
    replicas: Mapping[str, dynamodb.TableReplica],
    aws: Aws,
) -> dict[str, Any]:
    """Of the table, its indexes and its replicas."""
    arn = known_arn(table)
    streaming = plan.stream_view_type is not None
    found: dict[str, Any] = {
        outputs.TABLE_NAME: table.name,
        outputs.TABLE_ARN: arn,
        outputs.TABLE_ID: table.id,
        outputs.AWS_REGION: table.region,
        # A stream that was switched off leaves its ARN in the provider's state.
        outputs.STREAM_ARN: table.stream_arn if streaming else "",
        outputs.STREAM_LABEL: table.stream_label if streaming else "",
    }
    if plan.global_indexes:
        found[outputs.GLOBAL_SECONDARY_INDEX_ARNS] = {
            index.name: _index_arn(arn, index.name) for index in plan.global_indexes
        }
    if plan.local_indexes:
        found[outputs.LOCAL_SECONDARY_INDEX_ARNS] = {
            index.name: _index_arn(arn, index.name) for index in plan.local_indexes
        }
    if plan.replicas:
        found[outputs.REPLICA_ARNS] = replica_arns(plan, table, replicas)
        found[outputs.REPLICA_STREAM_ARNS] = replica_stream_arns(plan, table, replicas, aws)
    return found


def _arns(
    output: str,
    resources: Mapping[str, appautoscaling.Policy | cloudwatch.MetricAlarm | iam.Policy],
) -> dict[str, dict[str, pulumi.Output[str]]]:
    """The output with the resources' ARNs, if there are any."""
    return {output: {key: one.arn for key, one in resources.items()}} if resources else {}


def _index_arn(table_arn: pulumi.Output[str], name: str) -> pulumi.Output[str]:
    return pulumi.Output.concat(table_arn, "/index/", name)
