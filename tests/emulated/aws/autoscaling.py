"""Application Auto Scaling whose targets can be deleted, and move the capacity of their table."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.aws.autoscaling import AutoscalingApi, Dimension, dimension_of
from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.requests import DYNAMODB, Json, Request
from tests.emulated.aws.dynamodb import backend
from tests.emulated.aws.global_tables import FullGlobalTables

_UNITS = {"ReadCapacityUnits", "WriteCapacityUnits"}


class FullAutoscaling(AutoscalingApi):
    """Deleting and tagging too. Whether something exists is left to the rules."""

    def __init__(self, tables: FullGlobalTables) -> None:
        super().__init__()
        self._tables = tables
        self.operations |= {
            "DeregisterScalableTarget": self.deregister_target,
            "DeleteScalingPolicy": self.delete_policy,
            "DeleteScheduledAction": self.delete_action,
            "TagResource": self.tag,
            "UntagResource": self.untag,
        }

    def target(self, request: Request, resource_id: str, dimension: str) -> Json | None:
        """The scalable target, or None."""
        return self.targets.get(_dimension(request, resource_id, dimension))

    def policy(self, request: Request, resource_id: str, dimension: str, name: str) -> Json | None:
        """The scaling policy, or None."""
        return self.policies.get((_dimension(request, resource_id, dimension), name))

    def policy_names(self, request: Request, resource_id: str, dimension: str) -> list[str]:
        """The names of the scaling policies of a dimension."""
        wanted = _dimension(request, resource_id, dimension)
        return [name for key, name in self.policies if key == wanted]

    def action(self, request: Request, resource_id: str, dimension: str, name: str) -> Json | None:
        """The scheduled action, or None."""
        return self.actions.get((_dimension(request, resource_id, dimension), name))

    def is_scaled(self, request: Request, resource_id: str, dimension: str) -> bool:
        """Whether there is both a target and a policy."""
        key = _dimension(request, resource_id, dimension)
        return key in self.targets and any(other == key for other, _ in self.policies)

    def register_target(self, request: Request) -> Json:
        response = super().register_target(request)
        self._move_capacity(request)
        self._tables.align_units(request, request.parameters["ResourceId"].split("/")[1])
        return response

    def deregister_target(self, request: Request) -> Json:
        """Deletes the target's policies and actions too."""
        key = dimension_of(request)
        del self.tags[self.targets.pop(key)["ScalableTargetARN"]]
        self.policies = {k: v for k, v in self.policies.items() if k[0] != key}
        self.actions = {k: v for k, v in self.actions.items() if k[0] != key}
        return {}

    def delete_policy(self, request: Request) -> Json:
        del self.policies[dimension_of(request), request.parameters["PolicyName"]]
        return {}

    def delete_action(self, request: Request) -> Json:
        del self.actions[dimension_of(request), request.parameters["ScheduledActionName"]]
        return {}

    def list_tags(self, request: Request) -> Json:
        self._tags_of(request)
        return super().list_tags(request)

    def tag(self, request: Request) -> Json:
        self._tags_of(request).update(request.parameters["Tags"])
        return {}

    def untag(self, request: Request) -> Json:
        tags = self._tags_of(request)
        for key in request.parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    def _tags_of(self, request: Request) -> dict[str, str]:
        arn = request.parameters["ResourceARN"]
        if arn not in self.tags:
            raise Refused(request.name, NOT_FOUND, f"No scalable target found: {arn}")
        return self.tags[arn]

    def _move_capacity(self, request: Request) -> None:
        """Registering a target moves the current capacity into its bounds."""
        _, resource, unit = request.parameters["ScalableDimension"].split(":")
        parts = request.parameters["ResourceId"].split("/")
        scaled: Any = backend(DYNAMODB, request.account_id, request.region).tables.get(parts[1])
        if scaled is None or unit not in _UNITS or scaled.billing_mode != "PROVISIONED":
            return
        if resource == "index":
            scaled = next(index for index in scaled.global_indexes if index.name == parts[3])
        target = self.targets[dimension_of(request)]
        least, most, present = target["MinCapacity"], target["MaxCapacity"], scaled.throughput[unit]
        scaled.throughput = {**scaled.throughput, unit: max(least, min(most, present))}
        self._tables.dynamodb.forget_descriptions()


def _dimension(request: Request, resource_id: str, dimension: str) -> Dimension:
    return request.account_id, request.region, resource_id, dimension
