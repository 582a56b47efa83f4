"""aws:appautoscaling/scheduledAction:ScheduledAction: new bounds for a target, at a time.

It does not run by itself: no time passes in a rehearsal.
"""

from __future__ import annotations

from planton.rehearsal.errors import OBJECT_NOT_FOUND, Refused
from planton.rehearsal.properties import TEXT, WHOLE, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.session import Session

_TIMES = (("startTime", "StartTime"), ("endTime", "EndTime"))


class ScheduledAction:
    """An update names what has changed, and the times whenever there are any."""

    type = "aws:appautoscaling/scheduledAction:ScheduledAction"
    inputs = block(
        "name resourceId scalableDimension scalableTargetAction schedule serviceNamespace",
        name=TEXT,
        resourceId=TEXT,
        scalableDimension=TEXT,
        serviceNamespace=TEXT,
        scalableTargetAction=block(minCapacity=WHOLE, maxCapacity=WHOLE),
        schedule=TEXT,
        startTime=TEXT,
        endTime=TEXT,
        timezone=TEXT,
        region=TEXT,
    )
    replaced_by = frozenset(
        {"name", "resourceId", "scalableDimension", "serviceNamespace", "region"}
    )

    def create(self, session: Session, inputs: Json) -> Made:
        self._put(session, inputs, _changes({}, inputs))
        id_ = "-".join(inputs[key] for key in ("name", "serviceNamespace", "resourceId"))
        return self._made(session, id_, inputs)

    def read(self, session: Session, _id: str, state: Json) -> Json | None:
        found = session.autoscaling(
            "DescribeScheduledActions",
            ResourceId=state["resourceId"],
            ScalableDimension=state["scalableDimension"],
            ScheduledActionNames=[state["name"]],
            ServiceNamespace=state["serviceNamespace"],
        )["ScheduledActions"]
        if not found:
            return None
        (action,) = found
        bounds = action["ScalableTargetAction"]
        outputs = {
            "arn": action["ScheduledActionARN"],
            "name": action["ScheduledActionName"],
            "resourceId": action["ResourceId"],
            "scalableDimension": action["ScalableDimension"],
            "serviceNamespace": action["ServiceNamespace"],
            "scalableTargetAction": {
                name: bounds[member]
                for name, member in (("minCapacity", "MinCapacity"), ("maxCapacity", "MaxCapacity"))
                if member in bounds
            },
            "schedule": action["Schedule"],
            "timezone": action["Timezone"],
        }
        for name, member in _TIMES:
            if member in action:
                outputs[name] = action[member].strftime("%Y-%m-%dT%H:%M:%SZ")
        return outputs

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> Made:
        self._put(session, inputs, _changes(state, inputs))
        return self._made(session, id_, inputs)

    def delete(self, session: Session, _id: str, state: Json) -> None:
        try:
            session.autoscaling("DeleteScheduledAction", **_place(state))
        except Refused as refused:
            if refused.code != OBJECT_NOT_FOUND:
                raise

    def _put(self, session: Session, inputs: Json, changes: Json) -> None:
        session.autoscaling("PutScheduledAction", **_place(inputs), **changes)

    def _made(self, session: Session, id_: str, inputs: Json) -> Made:
        outputs = self.read(session, id_, inputs)
        assert outputs is not None
        return Made(id_, outputs)


def _place(data: Json) -> Json:
    return {
        "ScheduledActionName": data["name"],
        "ServiceNamespace": data["serviceNamespace"],
        "ResourceId": data["resourceId"],
        "ScalableDimension": data["scalableDimension"],
    }


def _changes(state: Json, inputs: Json) -> Json:
    changes: Json = {}
    for name, member in _TIMES:
        if inputs.get(name):
            changes[member] = inputs[name]
    if _bounds(inputs) != _bounds(state):
        changes["ScalableTargetAction"] = _bounds(inputs)
    if inputs["schedule"] != state.get("schedule"):
        changes["Schedule"] = inputs["schedule"]
    if (timezone := inputs.get("timezone", "UTC")) != state.get("timezone"):
        changes["Timezone"] = timezone
    return changes


def _bounds(data: Json) -> Json:
    """0 is a bound here: the provider tells it from none."""
    given = data.get("scalableTargetAction", {})
    named = {"MinCapacity": given.get("minCapacity"), "MaxCapacity": given.get("maxCapacity")}
    return {member: amount for member, amount in named.items() if amount is not None}
