"""Application Auto Scaling of the table and its indexes: a target and a policy a dimension."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import appautoscaling, dynamodb

from planton.plan import ScalingPlan, TablePlan, policy_name

_NAMESPACE = "dynamodb"


def create_autoscaling(
    plan: TablePlan,
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    provider: pulumi.ProviderResource,
) -> dict[str, appautoscaling.Policy]:
    """Each policy by the key under which the outputs name it."""
    return {
        scaling.key: _create(
            plan, scaling, table, indexes[scaling.index] if scaling.index else table, provider
        )
        for scaling in plan.scaling
    }


def _create(
    plan: TablePlan,
    scaling: ScalingPlan,
    table: dynamodb.Table,
    owner: pulumi.Resource,
    provider: pulumi.ProviderResource,
) -> appautoscaling.Policy:
    # No role is named: AWS makes its service-linked one.
    title = scaling.dimension.capitalize()
    kind = "table" if scaling.index is None else "index"
    suffix = "" if scaling.index is None else f"/index/{scaling.index}"
    parts = (plan.logical_name, scaling.index, scaling.dimension)
    logical_name = "-".join(part for part in parts if part)
    target = appautoscaling.Target(
        logical_name,
        service_namespace=_NAMESPACE,
        resource_id=pulumi.Output.concat("table/", table.name, suffix),
        scalable_dimension=f"dynamodb:{kind}:{title}CapacityUnits",
        min_capacity=scaling.min_capacity,
        max_capacity=scaling.max_capacity,
        tags=dict(plan.tags),
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[owner]),
    )
    metric = f"DynamoDB{title}CapacityUtilization"
    return appautoscaling.Policy(
        logical_name,
        name=target.resource_id.apply(lambda scaled: policy_name(metric, scaled)),
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
                        predefined_metric_type=metric
                    )
                ),
            )
        ),
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[target]),
    )
