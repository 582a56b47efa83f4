"""Scalable targets and scaling policies over their whole life."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.scaling import Policy, Target, policy_request, registration
from planton.rehearsal.provider.session import Session
from tests.emulated.codes import OBJECT_NOT_FOUND
from tests.emulated.provider.lifecycle import ignoring


class TargetLifecycle(Target):
    replaced_by = frozenset({"resourceId", "scalableDimension", "serviceNamespace", "region"})

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        found = session.autoscaling(
            "DescribeScalableTargets",
            ServiceNamespace=state["serviceNamespace"],
            ResourceIds=[id_],
            ScalableDimension=state["scalableDimension"],
        )["ScalableTargets"]
        return self.outputs(session, {**state, "resourceId": id_}) if found else None

    def update(self, session: Session, _id: str, state: Json, inputs: Json) -> ResourceState:
        self._update_tags(session, state, session.all_tags(inputs))
        # A role that is left out stays as AWS described it.
        asked = registration({**inputs, "roleArn": inputs.get("roleArn", state.get("roleArn"))})
        if asked != registration(state):
            session.autoscaling("RegisterScalableTarget", **asked)
        return ResourceState(inputs["resourceId"], self.outputs(session, inputs))

    def delete(self, session: Session, id_: str, state: Json) -> None:
        with ignoring(OBJECT_NOT_FOUND):
            session.autoscaling(
                "DeregisterScalableTarget",
                ServiceNamespace=state["serviceNamespace"],
                ResourceId=id_,
                ScalableDimension=state["scalableDimension"],
            )

    def _update_tags(self, session: Session, state: Json, new: dict[str, str]) -> None:
        arn, old = state["arn"], state.get("tagsAll", {})
        if removed := sorted(old.keys() - new.keys()):
            session.autoscaling("UntagResource", ResourceARN=arn, TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            session.autoscaling("TagResource", ResourceARN=arn, Tags=changed)


class ScalingPolicyLifecycle(Policy):
    replaced_by = frozenset(
        {"name", "resourceId", "scalableDimension", "serviceNamespace", "region"}
    )

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        found = session.autoscaling(
            "DescribeScalingPolicies",
            ServiceNamespace=state["serviceNamespace"],
            ResourceId=state["resourceId"],
            ScalableDimension=state["scalableDimension"],
        )["ScalingPolicies"]
        exists = any(policy["PolicyName"] == id_ for policy in found)
        return self.outputs(session, {**state, "name": id_}) if exists else None

    def update(self, session: Session, _id: str, state: Json, inputs: Json) -> ResourceState:
        if policy_request(inputs) != policy_request(state):
            session.autoscaling("PutScalingPolicy", **policy_request(inputs))
        return ResourceState(inputs["name"], self.outputs(session, inputs))

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
