"""aws:appautoscaling/target:Target and policy:Policy, for tables and their global indexes."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import FLAG, INTEGER, NUMBER, TEXT, TEXT_MAP, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session


class Target:
    """Its id is the scaled resource's, so the read and the write target of a table share one."""

    type = "aws:appautoscaling/target:Target"
    inputs = block(
        "minCapacity maxCapacity resourceId scalableDimension serviceNamespace",
        minCapacity=INTEGER,
        maxCapacity=INTEGER,
        resourceId=TEXT,
        scalableDimension=TEXT,
        serviceNamespace=TEXT,
        roleArn=TEXT,
        tags=TEXT_MAP,
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        request = registration(inputs)
        if tags := session.all_tags(inputs):
            request["Tags"] = tags
        session.autoscaling("RegisterScalableTarget", **request)
        return ResourceState(inputs["resourceId"], self.outputs(session, inputs))

    def outputs(self, session: Session, inputs: Json) -> Json:
        (target,) = session.autoscaling(
            "DescribeScalableTargets",
            ServiceNamespace=inputs["serviceNamespace"],
            ResourceIds=[inputs["resourceId"]],
            ScalableDimension=inputs["scalableDimension"],
        )["ScalableTargets"]
        arn = target["ScalableTargetARN"]
        tags = session.autoscaling("ListTagsForResource", ResourceARN=arn)["Tags"]
        return {
            "arn": arn,
            "minCapacity": target["MinCapacity"],
            "maxCapacity": target["MaxCapacity"],
            "resourceId": target["ResourceId"],
            "roleArn": target["RoleARN"],
            "scalableDimension": target["ScalableDimension"],
            "serviceNamespace": target["ServiceNamespace"],
            **session.tag_outputs(tags),
        }


def registration(inputs: Json) -> Json:
    """The RegisterScalableTarget request, without tags."""
    request = {
        "ServiceNamespace": inputs["serviceNamespace"],
        "ResourceId": inputs["resourceId"],
        "ScalableDimension": inputs["scalableDimension"],
        "MinCapacity": inputs["minCapacity"],
        "MaxCapacity": inputs["maxCapacity"],
    }
    if inputs.get("roleArn"):
        request["RoleARN"] = inputs["roleArn"]
    return request


class Policy:
    """Target tracking only: DynamoDB supports no other type."""

    type = "aws:appautoscaling/policy:Policy"
    inputs = block(
        "name resourceId scalableDimension serviceNamespace",
        name=TEXT,
        policyType=TEXT,
        resourceId=TEXT,
        scalableDimension=TEXT,
        serviceNamespace=TEXT,
        targetTrackingScalingPolicyConfiguration=block(
            "targetValue",
            targetValue=NUMBER,
            predefinedMetricSpecification=block(
                "predefinedMetricType", predefinedMetricType=TEXT, resourceLabel=TEXT
            ),
            disableScaleIn=FLAG,
            scaleInCooldown=INTEGER,
            scaleOutCooldown=INTEGER,
        ),
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        session.autoscaling("PutScalingPolicy", **policy_request(inputs))
        return ResourceState(inputs["name"], self.outputs(session, inputs))

    def outputs(self, session: Session, inputs: Json) -> Json:
        policies = session.autoscaling(
            "DescribeScalingPolicies",
            ServiceNamespace=inputs["serviceNamespace"],
            ResourceId=inputs["resourceId"],
            ScalableDimension=inputs["scalableDimension"],
        )["ScalingPolicies"]
        (policy,) = [policy for policy in policies if policy["PolicyName"] == inputs["name"]]
        return _policy_outputs(policy)


def policy_request(inputs: Json) -> Json:
    """The PutScalingPolicy request."""
    request: Json = {
        "PolicyName": inputs["name"],
        "PolicyType": inputs.get("policyType", "StepScaling"),
        "ServiceNamespace": inputs["serviceNamespace"],
        "ResourceId": inputs["resourceId"],
        "ScalableDimension": inputs["scalableDimension"],
    }
    tracking = inputs.get("targetTrackingScalingPolicyConfiguration")
    if tracking is None:
        return request
    configuration: Json = {
        "TargetValue": float(tracking["targetValue"]),
        "DisableScaleIn": tracking.get("disableScaleIn", False),
    }
    if metric := tracking.get("predefinedMetricSpecification"):
        specification = {"PredefinedMetricType": metric["predefinedMetricType"]}
        if metric.get("resourceLabel"):
            specification["ResourceLabel"] = metric["resourceLabel"]
        configuration["PredefinedMetricSpecification"] = specification
    for name, member in (
        ("scaleInCooldown", "ScaleInCooldown"),
        ("scaleOutCooldown", "ScaleOutCooldown"),
    ):
        configuration[member] = tracking.get(name, 0)  # absent and 0 seconds are the same
    request["TargetTrackingScalingPolicyConfiguration"] = configuration
    return request


def _policy_outputs(policy: Json) -> Json:
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    configuration: Json = {
        "targetValue": tracking["TargetValue"],
        "disableScaleIn": tracking["DisableScaleIn"],
        "scaleInCooldown": tracking["ScaleInCooldown"],
        "scaleOutCooldown": tracking["ScaleOutCooldown"],
    }
    if metric := tracking.get("PredefinedMetricSpecification"):
        configuration["predefinedMetricSpecification"] = {
            "predefinedMetricType": metric["PredefinedMetricType"],
            "resourceLabel": metric.get("ResourceLabel", ""),
        }
    return {
        "arn": policy["PolicyARN"],
        "alarmArns": [alarm["AlarmARN"] for alarm in policy["Alarms"]],
        "name": policy["PolicyName"],
        "policyType": policy["PolicyType"],
        "resourceId": policy["ResourceId"],
        "scalableDimension": policy["ScalableDimension"],
        "serviceNamespace": policy["ServiceNamespace"],
        "targetTrackingScalingPolicyConfiguration": configuration,
    }
