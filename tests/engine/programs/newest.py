"""A stack as the newest of project-planton's Go modules makes it.

The same logical names, types and parents, and the same names in AWS: the table's logical name is
`table`, whatever the manifest calls it, and every provisioned table has a target for both
dimensions.
"""

import json
import os
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import appautoscaling, dynamodb

target = json.loads(os.environ["STACK_INPUT_YAML"])
spec = target["spec"]
name = target["metadata"]["name"]
provider = aws.Provider("classic-provider", region="us-east-1")
of_provider = pulumi.ResourceOptions(provider=provider)
is_provisioned = spec["billingMode"] == "PROVISIONED"


def key_types(schema: Any) -> dict[str, str]:
    return {part["keyType"]: part["attributeName"] for part in schema}


def capacity(holder: Any) -> dict[str, Any]:
    units = holder.get("provisionedThroughput", {})
    return {
        "read_capacity": units.get("readCapacityUnits"),
        "write_capacity": units.get("writeCapacityUnits"),
    }


keys = key_types(spec["keySchema"])
recovery, expiry = spec.get("pointInTimeRecovery"), spec.get("ttl")
table = dynamodb.Table(
    "table",
    name=name,
    billing_mode=spec["billingMode"],
    attributes=[
        dynamodb.TableAttributeArgs(name=attribute["name"], type=attribute["type"])
        for attribute in spec["attributeDefinitions"]
    ],
    hash_key=keys["HASH"],
    range_key=keys.get("RANGE"),
    **capacity(spec),
    global_secondary_indexes=[
        dynamodb.TableGlobalSecondaryIndexArgs(
            name=index["name"],
            key_schemas=[
                dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(
                    attribute_name=part["attributeName"], key_type=part["keyType"]
                )
                for part in index["keySchema"]
            ],
            projection_type=index["projection"]["type"],
            **capacity(index),
        )
        for index in spec["globalSecondaryIndexes"]
    ]
    or None,
    stream_enabled=spec.get("streamEnabled", False),
    stream_view_type=spec.get("streamViewType"),
    point_in_time_recovery=recovery
    and dynamodb.TablePointInTimeRecoveryArgs(enabled=recovery["enabled"]),
    ttl=expiry
    and dynamodb.TableTtlArgs(
        enabled=expiry["enabled"], attribute_name=expiry.get("attributeName")
    ),
    deletion_protection_enabled=spec.get("deletionProtectionEnabled", False),
    tags={"Name": name, "resource": "true", "resource_kind": "AwsDynamodb"},
    opts=pulumi.ResourceOptions(
        provider=provider,
        ignore_changes=["readCapacity", "writeCapacity"] if is_provisioned else None,
    ),
)


def scale(dimension: str, units: int) -> appautoscaling.Target:
    """The target, with bounds or pinned to the units, and the policy of a dimension with bounds."""
    unit = f"{dimension.capitalize()}Capacity"
    bounds = spec.get("autoscaling", {}).get(dimension)
    scaled = appautoscaling.Target(
        f"{dimension}-target",
        service_namespace="dynamodb",
        resource_id=pulumi.Output.concat("table/", table.name),
        scalable_dimension=f"dynamodb:table:{unit}Units",
        min_capacity=bounds["minCapacity"] if bounds else units,
        max_capacity=bounds["maxCapacity"] if bounds else units,
        opts=pulumi.ResourceOptions(provider=provider, parent=table),
    )
    if bounds:
        metric = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(  # noqa: E501
            predefined_metric_type=f"DynamoDB{unit}Utilization"
        )
        appautoscaling.Policy(
            f"{dimension}-utilization-policy",
            name=f"{name}-{dimension}-utilization",
            policy_type="TargetTrackingScaling",
            service_namespace=scaled.service_namespace,
            resource_id=scaled.resource_id,
            scalable_dimension=scaled.scalable_dimension,
            target_tracking_scaling_policy_configuration=(
                appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                    target_value=bounds.get("targetUtilizationPercent", 70),
                    predefined_metric_specification=metric,
                )
            ),
            opts=pulumi.ResourceOptions(provider=provider, parent=scaled),
        )
    return scaled


if is_provisioned:
    units = spec["provisionedThroughput"]
    targets = {
        "READ": scale("read", units["readCapacityUnits"]),
        "WRITE": scale("write", units["writeCapacityUnits"]),
    }
    for adjustment in spec.get("autoscaling", {}).get("scheduledAdjustments", []):
        scaled = targets[adjustment["dimension"]]
        appautoscaling.ScheduledAction(
            f"scheduled-adjustment-{adjustment['name']}",
            name=adjustment["name"],
            service_namespace="dynamodb",
            resource_id=pulumi.Output.concat("table/", table.name),
            scalable_dimension=f"dynamodb:table:{adjustment['dimension'].capitalize()}CapacityUnits",
            schedule=adjustment["schedule"],
            timezone=adjustment.get("timezone"),
            start_time=adjustment.get("startTime"),
            scalable_target_action=appautoscaling.ScheduledActionScalableTargetActionArgs(
                min_capacity=adjustment.get("minCapacity"),
                max_capacity=adjustment.get("maxCapacity"),
            ),
            opts=pulumi.ResourceOptions(provider=provider, parent=scaled),
        )

if "resourcePolicy" in spec:
    document = json.dumps(spec["resourcePolicy"]["policy"], separators=(",", ":"), sort_keys=True)
    dynamodb.ResourcePolicy(
        "resource-policy",
        resource_arn=table.arn,
        policy=table.arn.apply(lambda arn: document.replace("${table_arn}", arn)),
        confirm_remove_self_resource_access=False,
        opts=of_provider,
    )
if "kinesisStreamingDestination" in spec:
    dynamodb.KinesisStreamingDestination(
        "kinesis-streaming-destination",
        table_name=table.name,
        stream_arn=spec["kinesisStreamingDestination"]["streamArn"],
        opts=of_provider,
    )
if insights := spec.get("contributorInsights"):
    for index in (None, *insights.get("gsiIndexNames", [])):
        dynamodb.ContributorInsights(
            f"contributor-insights-{index}" if index else "contributor-insights",
            table_name=table.name,
            index_name=index,
            mode=insights.get("mode"),
            opts=of_provider,
        )
pulumi.export("table_name", table.name)
