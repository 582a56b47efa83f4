"""Registers the tables of a stack and everything around them, and returns the stack's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import appautoscaling, cloudwatch, dynamodb, iam

from planton.changes.existing_indexes import former_indexes
from planton.changes.record import FORMER_INDEXES, RETAINED_TABLE
from planton.changes.stack_state import StackState
from planton.changes.state_changes import state_changes
from planton.plan import outputs
from planton.plan.table_plan import TablePlan
from planton.reading.program_input import ProgramInput
from planton.resources import guard, provider
from planton.resources.access import create_access, policy_documents
from planton.resources.alarms import create_alarms
from planton.resources.autoscaling import create_autoscaling
from planton.resources.aws import Aws, advice
from planton.resources.features import create_features
from planton.resources.indexes import create_standalone_indexes
from planton.resources.live_table import known_arn, live_table, warn_of_difference
from planton.resources.own_state import read_own_state
from planton.resources.policies import create_policies
from planton.resources.preparation import PreparedTable, prepare
from planton.resources.replica_features import create_replica_features
from planton.resources.replicas import create_replicas, replica_arns, replica_stream_arns
from planton.resources.table import create_table


def create(program: ProgramInput, *, state: StackState | None = None) -> dict[str, Any]:
    """Registers all resources of the program; returns the stack's outputs by their names.

    Nothing is registered before every table has been compared with the stack's own state, which is
    `state` if it has been read before, and no provider and no table before the guards of all tables
    have allowed the update.

    Raises pulumi.RunError, before anything is registered, if the update would lose a table that no
    record is about, or would go to an emulated AWS although the table is in AWS.
    """
    tables = prepare(program, read_own_state() if state is None else state)
    for table in tables:
        for text in table.messages:
            pulumi.log.info(text)
        for text in table.warnings:
            pulumi.log.warn(text)
    guard_hooks = guard.GuardHooks()
    guards = {
        table.guard_name: _create_guard(table, guard_hooks, among_others=len(tables) > 1)
        for table in tables
    }
    providers = _create_providers(program, tables, guards.values())
    hooks = advice(f"{guard.LOGICAL_NAME}-refused")
    created = {
        table.plan.logical_name: _create_table(
            table,
            guards[table.guard_name],
            Aws(providers[table.provider_name], hooks, table.state, table.existing),
            # Those of a hundred tables would be thousands of lines after every update.
            with_documents=not program.together,
        )
        for table in tables
    }
    if program.together:
        return {outputs.TABLES: created}
    (only,) = created.values()
    return only


def _create_guard(
    table: PreparedTable, hooks: guard.GuardHooks, *, among_others: bool
) -> guard.Guard:
    return guard.Guard(
        table.guard_name,
        table.wanted,
        hooks,
        is_protected=table.plan.is_protected,
        state=table.state,
        changes=state_changes(table.state, table.wanted)
        if table.state.has_record(table.guard_name)
        else (),
        is_import=table.existing.table_id is not None,
        among_others=among_others,
    )


def _create_providers(
    program: ProgramInput, tables: Sequence[PreparedTable], guards: Iterable[guard.Guard]
) -> dict[str, pulumi.ProviderResource]:
    """One provider for each region and account, by its name. A provider is a process of the size of
    the AWS plugin, so tables share it."""
    guards = [*guards]
    dependencies = pulumi.Output.all(*(one.dependency() for one in guards)).apply(
        lambda all_: [resource for resources in all_ for resource in resources]
    )
    providers: dict[str, pulumi.ProviderResource] = {}
    for table in tables:
        if table.provider_name not in providers:
            region = table.stack_input.region
            passed = pulumi.Output.all(*(one.gate(region) for one in guards))
            providers[table.provider_name] = provider.create_provider(
                table.provider_name,
                table.stack_input,
                region=passed.apply(lambda regions: regions[0]),
                depends_on=dependencies,
                settings=program.accounts.get(table.place.account_id or ""),
            )
    return providers


def _create_table(
    prepared: PreparedTable, verdict: guard.Guard, aws: Aws, *, with_documents: bool
) -> dict[str, Any]:
    """Registers one table and everything around it; returns its outputs, `with_documents` of IAM
    policies."""
    plan, access, state = prepared.plan, prepared.access, prepared.state
    name = aws.existing.compared(verdict.gate(plan.table_name), aws.provider)
    table = create_table(plan, aws, name=name)
    live = live_table(table)
    outputs_of_guard: dict[str, Any] = dict(live)
    if plan.is_retained:
        outputs_of_guard[RETAINED_TABLE] = verdict.retained(table.urn)
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
    documents = {outputs.IAM_POLICY_DOCUMENTS: policy_documents(access, table)}
    return {
        **_outputs(plan, table, replicas, aws),
        **(documents if with_documents else {}),
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
