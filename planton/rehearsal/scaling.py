"""aws:appautoscaling/target:Target and policy:Policy, for tables and their global indexes."""

from __future__ import annotations

from planton.rehearsal.errors import OBJECT_NOT_FOUND, Refused
from planton.rehearsal.properties import FLAG, NUMBER, TEXT, TEXT_MAP, WHOLE, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.session import Session


class Target:
    """Its id is the scaled resource's, so the read and the write target of a table share one."""

    type = "aws:appautoscaling/target:Target"
    inputs = block(
        "minCapacity maxCapacity resourceId scalableDimension serviceNamespace",
        minCapacity=WHOLE,
        maxCapacity=WHOLE,
        resourceId=TEXT,
        scalableDimension=TEXT,
        serviceNamespace=TEXT,
        roleArn=TEXT,
        tags=TEXT_MAP,
        region=TEXT,
    )
    replaced_by = frozenset({"resourceId", "scalableDimension", "serviceNamespace", "region"})

    def create(self, session: Session, inputs: Json) -> Made:
        request = _registration(inputs)
        if tags := session.all_tags(inputs):
            request["Tags"] = tags
        session.autoscaling("RegisterScalableTarget", **request)
        return self._made(session, inputs)

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        found = session.autoscaling(
            "DescribeScalableTargets",
            ServiceNamespace=state["serviceNamespace"],
            ResourceIds=[id_],
            ScalableDimension=state["scalableDimension"],
        )["ScalableTargets"]
        if not found:
            return None
        arn = found[0]["ScalableTargetARN"]
        tags = session.autoscaling("ListTagsForResource", ResourceARN=arn)["Tags"]
        return {
            "arn": arn,
            "minCapacity": found[0]["MinCapacity"],
            "maxCapacity": found[0]["MaxCapacity"],
            "resourceId": found[0]["ResourceId"],
            "roleArn": found[0]["RoleARN"],
            "scalableDimension": found[0]["ScalableDimension"],
            "serviceNamespace": found[0]["ServiceNamespace"],
            **session.tag_outputs(tags),
        }

    def update(self, session: Session, _id: str, state: Json, inputs: Json) -> Made:
        self._update_tags(session, state, session.all_tags(inputs))
        # An absent role stays as AWS told it.
        asked = _registration({**inputs, "roleArn": inputs.get("roleArn", state.get("roleArn"))})
        if asked != _registration(state):
            session.autoscaling("RegisterScalableTarget", **asked)
        return self._made(session, inputs)

    def delete(self, session: Session, id_: str, state: Json) -> None:
        try:
            session.autoscaling(
                "DeregisterScalableTarget",
                ServiceNamespace=state["serviceNamespace"],
                ResourceId=id_,
                ScalableDimension=state["scalableDimension"],
            )
        except Refused as refused:
            if refused.code != OBJECT_NOT_FOUND:
                raise

    def _update_tags(self, session: Session, state: Json, new: dict[str, str]) -> None:
        arn, old = state["arn"], state.get("tagsAll", {})
        if removed := sorted(old.keys() - new.keys()):
            session.autoscaling("UntagResource", ResourceARN=arn, TagKeys=removed)
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        if changed:
            session.autoscaling("TagResource", ResourceARN=arn, Tags=changed)

    def _made(self, session: Session, inputs: Json) -> Made:
        outputs = self.read(session, inputs["resourceId"], inputs)
        assert outputs is not None
        return Made(inputs["resourceId"], outputs)


def _registration(data: Json) -> Json:
    request = {
        "ServiceNamespace": data["serviceNamespace"],
        "ResourceId": data["resourceId"],
        "ScalableDimension": data["scalableDimension"],
        "MinCapacity": data["minCapacity"],
        "MaxCapacity": data["maxCapacity"],
    }
    if data.get("roleArn"):
        request["RoleARN"] = data["roleArn"]
    return request


class Policy:
    """Target tracking only: the one type that a table's capacity takes."""

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
            scaleInCooldown=WHOLE,
            scaleOutCooldown=WHOLE,
        ),
        region=TEXT,
    )
    replaced_by = frozenset(
        {"name", "resourceId", "scalableDimension", "serviceNamespace", "region"}
    )

    def create(self, session: Session, inputs: Json) -> Made:
        session.autoscaling("PutScalingPolicy", **_policy(inputs))
        return self._made(session, inputs)

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        found = session.autoscaling(
            "DescribeScalingPolicies",
            ServiceNamespace=state["serviceNamespace"],
            ResourceId=state["resourceId"],
            ScalableDimension=state["scalableDimension"],
        )["ScalingPolicies"]
        for policy in found:
            if policy["PolicyName"] == id_:
                return _policy_outputs(policy)
        return None

    def update(self, session: Session, _id: str, state: Json, inputs: Json) -> Made:
        if _policy(inputs) != _policy(state):
            session.autoscaling("PutScalingPolicy", **_policy(inputs))
        return self._made(session, inputs)

    def delete(self, session: Session, id_: str, state: Json) -> None:
        if self.read(session, id_, state) is None:
            return
        session.autoscaling(
            "DeleteScalingPolicy",
            PolicyName=id_,
            ServiceNamespace=state["serviceNamespace"],
            ResourceId=state["resourceId"],
            ScalableDimension=state["scalableDimension"],
        )

    def _made(self, session: Session, inputs: Json) -> Made:
        outputs = self.read(session, inputs["name"], inputs)
        assert outputs is not None
        return Made(inputs["name"], outputs)


def _policy(data: Json) -> Json:
    request: Json = {
        "PolicyName": data["name"],
        "PolicyType": data.get("policyType", "StepScaling"),
        "ServiceNamespace": data["serviceNamespace"],
        "ResourceId": data["resourceId"],
        "ScalableDimension": data["scalableDimension"],
    }
    tracking = data.get("targetTrackingScalingPolicyConfiguration")
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
        configuration[member] = tracking.get(name, 0)  # none and 0 seconds are the same
    request["TargetTrackingScalingPolicyConfiguration"] = configuration
    return request


def _policy_outputs(policy: Json) -> Json:
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    configuration: Json = {
        "targetValue": tracking["TargetValue"],
        "disableScaleIn": tracking.get("DisableScaleIn", False),
        "scaleInCooldown": tracking.get("ScaleInCooldown", 0),
        "scaleOutCooldown": tracking.get("ScaleOutCooldown", 0),
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
