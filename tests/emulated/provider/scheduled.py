"""Scheduled actions over their whole life."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.scheduled import ScheduledAction, action_of, bounds, times
from planton.rehearsal.provider.session import Session
from tests.emulated.codes import OBJECT_NOT_FOUND
from tests.emulated.provider.lifecycle import ignoring


class ScheduledActionLifecycle(ScheduledAction):
    """An update sends what has changed, and the times whenever there are any."""

    replaced_by = frozenset(
        {"name", "resourceId", "scalableDimension", "serviceNamespace", "region"}
    )

    def read(self, session: Session, _id: str, state: Json) -> Json | None:
        found = session.autoscaling(
            "DescribeScheduledActions",
            ResourceId=state["resourceId"],
            ScalableDimension=state["scalableDimension"],
            ScheduledActionNames=[state["name"]],
            ServiceNamespace=state["serviceNamespace"],
        )["ScheduledActions"]
        return self.outputs(session, state) if found else None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        changes = times(inputs)
        if bounds(inputs) != bounds(state):
            changes["ScalableTargetAction"] = bounds(inputs)
        if inputs["schedule"] != state["schedule"]:
            changes["Schedule"] = inputs["schedule"]
        if (timezone := inputs.get("timezone", "UTC")) != state["timezone"]:
            changes["Timezone"] = timezone
        session.autoscaling("PutScheduledAction", **action_of(inputs), **changes)
        return ResourceState(id_, self.outputs(session, inputs))

    def delete(self, session: Session, _id: str, state: Json) -> None:
        with ignoring(OBJECT_NOT_FOUND):
            session.autoscaling("DeleteScheduledAction", **action_of(state))
