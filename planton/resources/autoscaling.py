"""Application Auto Scaling of the table and its indexes: one target and policy per dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import appautoscaling, dynamodb

from planton.changes.kept_values import keeps_policy_name
from planton.changes.stack_state import POLICY_TYPE, SCHEDULE_TYPE, TARGET_TYPE
from planton.plan.logical_names import scaling_name, schedule_name
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import TablePlan
from planton.resources.aws import Aws, kept_with

_NAMESPACE = "dynamodb"


def create_autoscaling(
    plan: TablePlan,
    scaled: Sequence[ScalingPlan],
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    aws: Aws,
    *,
    after: pulumi.Resource | None = None,
) -> dict[str, appautoscaling.Policy]:
    """Returns the policies by their keys in the outputs. `after` is the replica that they scale, if
    any."""
    policies: dict[str, appautoscaling.Policy] = {}
    for scaling in scaled:
        owner = indexes.get(scaling.index or "", table)
        target = _create_target(plan, scaling, table, [owner, *([after] if after else [])], aws)
        policies[scaling.key] = policy = _create_policy(plan, scaling, table, target, aws)
        _create_schedules(plan, scaling, table, target, policy, aws)
    return policies


def _logical_name(plan: TablePlan, scaling: ScalingPlan) -> str:
    return scaling_name(
        plan.logical_name,
        scaling.dimension,
        index=scaling.index or "",
        region=scaling.region or "",
    )


def _create_target(
    plan: TablePlan,
    scaling: ScalingPlan,
    table: dynamodb.Table,
    after: list[pulumi.Resource],
    aws: Aws,
) -> appautoscaling.Target:
    # Names no role: AWS creates the service-linked one.
    logical_name = _logical_name(plan, scaling)
    return appautoscaling.Target(
        logical_name,
        service_namespace=_NAMESPACE,
        resource_id=pulumi.Output.concat("table/", table.name, scaling.place),
        scalable_dimension=scaling.scalable_dimension,
        min_capacity=scaling.min_capacity,
        max_capacity=scaling.max_capacity,
        tags=dict(plan.tags),
        region=scaling.region,
        opts=aws.options(
            depends_on=after,
            # A schedule changes them. If they were reset, its load would meet the old bounds.
            ignore_changes=["minCapacity", "maxCapacity"] if scaling.schedules else None,
            deleted_with=kept_with(plan, table),
            aliases=aws.aliases(TARGET_TYPE, logical_name),
        ),
    )


def _create_policy(
    plan: TablePlan,
    scaling: ScalingPlan,
    table: dynamodb.Table,
    target: appautoscaling.Target,
    aws: Aws,
) -> appautoscaling.Policy:
    logical_name = _logical_name(plan, scaling)
    keeps_name = keeps_policy_name(aws.state, logical_name, scaling)
    return appautoscaling.Policy(
        logical_name,
        name=target.resource_id.apply(scaling.new_policy_name),
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        target_tracking_scaling_policy_configuration=(
            appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=scaling.target_utilization,
                scale_in_cooldown=scaling.scale_in_cooldown,
                scale_out_cooldown=scaling.scale_out_cooldown,
                predefined_metric_specification=(
                    appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                        predefined_metric_type=scaling.metric
                    )
                ),
            )
        ),
        region=scaling.region,
        opts=aws.options(
            depends_on=[target],
            # AWS refuses a second policy that tracks the same metric.
            delete_before_replace=True,
            deleted_with=kept_with(plan, table),
            ignore_changes=["name"] if keeps_name else None,
            aliases=aws.aliases(POLICY_TYPE, logical_name),
        ),
    )


def _create_schedules(
    plan: TablePlan,
    scaling: ScalingPlan,
    table: dynamodb.Table,
    target: appautoscaling.Target,
    policy: appautoscaling.Policy,
    aws: Aws,
) -> None:
    """Creates the scheduled adjustments one after the other: AWS refuses two simultaneous requests
    for one target (ConcurrentUpdateException)."""
    previous: pulumi.Resource = policy
    for schedule in scaling.schedules:
        logical_name = schedule_name(_logical_name(plan, scaling), schedule.name)
        previous = appautoscaling.ScheduledAction(
            logical_name,
            name=schedule.name,
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            schedule=schedule.schedule,
            timezone=schedule.timezone,
            start_time=schedule.start_time,
            end_time=schedule.end_time,
            scalable_target_action=appautoscaling.ScheduledActionScalableTargetActionArgs(
                min_capacity=schedule.min_capacity, max_capacity=schedule.max_capacity
            ),
            region=scaling.region,
            opts=aws.options(
                depends_on=[previous],
                deleted_with=kept_with(plan, table),
                aliases=aws.aliases(SCHEDULE_TYPE, logical_name),
            ),
        )
