"""moto's Application Auto Scaling, with what it forgets kept and what it gets wrong put right.

Each deviation has its test, which fails as soon as moto no longer needs the correction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from planton.rehearsal.emulator import Emulator
from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import AUTOSCALING, DYNAMODB

_UNITS = {"ReadCapacityUnits", "WriteCapacityUnits"}


class MotoAutoscaling:
    """The requests that moto knows, and the tags that it does not keep."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._tags: dict[str, dict[str, str]] = {}

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError, or Refused."""
        if "ResourceARN" in request.parameters:
            return self._answer_on_tags(request)
        former = self._policy_state(request) if request.operation == "PutScalingPolicy" else None
        times = self._times(request)
        response = self._raw(request)
        match request.operation:
            case "RegisterScalableTarget":
                self._move_capacity(request)
                tags = self._tags.setdefault(response["ScalableTargetARN"], {})
                tags.update(request.parameters.get("Tags", {}))
            case "DescribeScalableTargets":
                for target in response["ScalableTargets"]:
                    target.setdefault("RoleARN", _service_role(request))
            case "DeregisterScalableTarget":
                self._delete_policies(request)
                self._delete_actions(request)
            case "PutScheduledAction":
                self._keep_times(request, times)
            case "DescribeScheduledActions":
                for action in response["ScheduledActions"]:
                    action["ScheduledActionARN"] = _with_id(action["ScheduledActionARN"])
            case "PutScalingPolicy" if former is not None:
                # moto gives a changed policy a new ARN, and leaves the alarms of the old one.
                self._policy_state(request).policy_arn = former.policy_arn
                response["PolicyARN"] = former.policy_arn
                former.delete_alarms(request.account_id, request.region)
        return response

    def _answer_on_tags(self, request: Request) -> Json:
        """TagResource, UntagResource and ListTagsForResource, which moto lacks."""
        arn = request.parameters["ResourceARN"]
        if arn not in self._tags:
            raise Refused(request.name, NOT_FOUND, f"No scalable target found: {arn}")
        tags = self._tags[arn]
        if request.operation == "ListTagsForResource":
            return {"Tags": dict(tags)}
        tags.update(request.parameters.get("Tags", {}))
        for key in request.parameters.get("TagKeys", ()):
            tags.pop(key, None)
        return {}

    def target(self, request: Request, resource_id: str, dimension: str) -> Json | None:
        """The scalable target as AWS describes it, or None."""
        asked = replace(
            request,
            service=AUTOSCALING,
            operation="DescribeScalableTargets",
            parameters={
                "ServiceNamespace": DYNAMODB,
                "ResourceIds": [resource_id],
                "ScalableDimension": dimension,
            },
        )
        return next(iter(self.send(asked)["ScalableTargets"]), None)

    def policies(self, request: Request, resource_id: str, dimension: str) -> list[Json]:
        """The scaling policies as AWS describes them."""
        asked = replace(
            request,
            service=AUTOSCALING,
            operation="DescribeScalingPolicies",
            parameters={
                "ServiceNamespace": DYNAMODB,
                "ResourceId": resource_id,
                "ScalableDimension": dimension,
            },
        )
        found: list[Json] = self.send(asked)["ScalingPolicies"]
        return found

    def policy(self, request: Request, resource_id: str, dimension: str, name: str) -> Json | None:
        """The scaling policy as AWS describes it, or None."""
        policies = self.policies(request, resource_id, dimension)
        return next((policy for policy in policies if policy["PolicyName"] == name), None)

    def _raw(self, request: Request) -> Json:
        client = self._emulator.client(AUTOSCALING, request.account_id, request.region)
        response: Json = client._make_api_call(request.operation, request.parameters)
        return response

    def _policy_states(self, request: Request) -> dict[str, Any]:
        backend = self._emulator.backend(AUTOSCALING, request.account_id, request.region)
        policies: dict[str, Any] = backend.policies
        return policies

    def _policy_state(self, request: Request) -> Any:
        asked = request.parameters
        for policy in self._policy_states(request).values():
            if (
                policy.policy_name == asked["PolicyName"]
                and policy.resource_id == asked["ResourceId"]
                and policy.scalable_dimension == asked["ScalableDimension"]
            ):
                return policy
        return None

    def _delete_policies(self, request: Request) -> None:
        """AWS deletes a target's policies with it, moto keeps them."""
        gone = request.parameters["ResourceId"], request.parameters["ScalableDimension"]
        policies = self._policy_states(request)
        for key, policy in list(policies.items()):
            if (policy.resource_id, policy.scalable_dimension) == gone:
                policy.delete_alarms(request.account_id, request.region)
                del policies[key]

    def _actions(self, request: Request) -> list[Any]:
        """The target's scheduled actions, or the one that the request names."""
        asked = request.parameters
        backend = self._emulator.backend(AUTOSCALING, request.account_id, request.region)
        return [
            action
            for action in backend.scheduled_actions
            if (action.resource_id, action.scalable_dimension)
            == (asked["ResourceId"], asked["ScalableDimension"])
            and asked.get("ScheduledActionName") in (None, action.scheduled_action_name)
        ]

    def _times(self, request: Request) -> tuple[Any, Any]:
        """When a scheduled action that is to be changed begins and ends."""
        if request.operation != "PutScheduledAction":
            return None, None
        there = self._actions(request)
        return (there[0].start_time, there[0].end_time) if there else (None, None)

    def _keep_times(self, request: Request, before: tuple[Any, Any]) -> None:
        """What a change does not name stays, in moto the times go."""
        (action,) = self._actions(request)
        action.start_time = action.start_time or before[0]
        action.end_time = action.end_time or before[1]

    def _delete_actions(self, request: Request) -> None:
        """Like the policies."""
        backend = self._emulator.backend(AUTOSCALING, request.account_id, request.region)
        gone = self._actions(request)
        backend.scheduled_actions = [a for a in backend.scheduled_actions if a not in gone]

    def action(self, request: Request, resource_id: str, dimension: str, name: str) -> Json | None:
        """The scheduled action as AWS describes it, or None."""
        asked = replace(
            request,
            service=AUTOSCALING,
            operation="DescribeScheduledActions",
            parameters={
                "ServiceNamespace": DYNAMODB,
                "ResourceId": resource_id,
                "ScalableDimension": dimension,
                "ScheduledActionNames": [name],
            },
        )
        return next(iter(self.send(asked)["ScheduledActions"]), None)

    def _move_capacity(self, request: Request) -> None:
        """Registering a target brings the present capacity within its bounds; in moto it stays."""
        _, resource, unit = request.parameters["ScalableDimension"].split(":")
        parts = request.parameters["ResourceId"].split("/")
        scaled: Any = self._emulator.backend(DYNAMODB, request.account_id, request.region)
        scaled = scaled.tables.get(parts[1])
        if scaled is None or unit not in _UNITS or scaled.billing_mode != "PROVISIONED":
            return
        if resource == "index":
            scaled = next(index for index in scaled.global_indexes if index.name == parts[3])
        described = self.target(
            request, request.parameters["ResourceId"], request.parameters["ScalableDimension"]
        )
        assert described is not None
        least, most = described["MinCapacity"], described["MaxCapacity"]
        present = scaled.throughput[unit]
        scaled.throughput = {**scaled.throughput, unit: max(least, min(most, present))}


def _service_role(request: Request) -> str:
    """The role that AWS makes where none is given."""
    from moto.utilities.utils import get_partition

    name = "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
    path = f"aws-service-role/dynamodb.application-autoscaling.amazonaws.com/{name}"
    return f"arn:{get_partition(request.region)}:iam::{request.account_id}:role/{path}"


def _with_id(arn: str) -> str:
    """moto leaves out the id in `…:scheduledAction:ID:resource/dynamodb/table/…`."""
    head, resource = arn.split(":scheduledAction:")
    return f"{head}:scheduledAction:{uuid5(NAMESPACE_URL, arn)}:resource/{resource}"
