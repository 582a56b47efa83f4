"""aws:appautoscaling/scheduledAction:ScheduledAction: new bounds for a target, at a time.

It is never executed: no time passes in a rehearsal.
"""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import INTEGER, TEXT, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session

TIMES = (("startTime", "StartTime"), ("endTime", "EndTime"))
_BOUNDS = (("minCapacity", "MinCapacity"), ("maxCapacity", "MaxCapacity"))


class ScheduledAction:
    type = "aws:appautoscaling/scheduledAction:ScheduledAction"
    inputs = block(
        "name resourceId scalableDimension scalableTargetAction schedule serviceNamespace",
        name=TEXT,
        resourceId=TEXT,
        scalableDimension=TEXT,
        serviceNamespace=TEXT,
        scalableTargetAction=block(minCapacity=INTEGER, maxCapacity=INTEGER),
        schedule=TEXT,
        startTime=TEXT,
        endTime=TEXT,
        timezone=TEXT,
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        request = {**action_of(inputs), **times(inputs)}
        if target_action := bounds(inputs):
            request["ScalableTargetAction"] = target_action
        request["Schedule"] = inputs["schedule"]
        request["Timezone"] = inputs.get("timezone", "UTC")
        session.autoscaling("PutScheduledAction", **request)
        id_ = "-".join(inputs[key] for key in ("name", "serviceNamespace", "resourceId"))
        return ResourceState(id_, self.outputs(session, inputs))

    def outputs(self, session: Session, inputs: Json) -> Json:
        (action,) = session.autoscaling(
            "DescribeScheduledActions",
            ResourceId=inputs["resourceId"],
            ScalableDimension=inputs["scalableDimension"],
            ScheduledActionNames=[inputs["name"]],
            ServiceNamespace=inputs["serviceNamespace"],
        )["ScheduledActions"]
        target_action = action["ScalableTargetAction"]
        outputs = {
            "arn": action["ScheduledActionARN"],
            "name": action["ScheduledActionName"],
            "resourceId": action["ResourceId"],
            "scalableDimension": action["ScalableDimension"],
            "serviceNamespace": action["ServiceNamespace"],
            "scalableTargetAction": {
                name: target_action[member] for name, member in _BOUNDS if member in target_action
            },
            "schedule": action["Schedule"],
            "timezone": action["Timezone"],
        }
        for name, member in TIMES:
            if member in action:
                outputs[name] = action[member].strftime("%Y-%m-%dT%H:%M:%SZ")
        return outputs


def action_of(inputs: Json) -> Json:
    """The parameters that name an action."""
    return {
        "ScheduledActionName": inputs["name"],
        "ServiceNamespace": inputs["serviceNamespace"],
        "ResourceId": inputs["resourceId"],
        "ScalableDimension": inputs["scalableDimension"],
    }


def times(inputs: Json) -> Json:
    return {member: inputs[name] for name, member in TIMES if inputs.get(name)}


def bounds(inputs: Json) -> Json:
    """0 is a bound here, unlike in other inputs: the provider distinguishes it from an absent one.

    Without bounds the provider leaves ScalableTargetAction out.
    """
    target_action = inputs.get("scalableTargetAction", {})
    return {
        member: target_action[name]
        for name, member in _BOUNDS
        if target_action.get(name) is not None
    }
