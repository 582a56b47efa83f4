"""Application Auto Scaling: targets, policies and scheduled actions are kept as they were put.

moto's own would need more corrections than this has lines, and loads all of EC2, which takes a
second; a test fails when it no longer does. Nothing is scaled.
"""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import count
from uuid import NAMESPACE_URL, uuid5

from planton.rehearsal.aws.emulator import partition
from planton.rehearsal.aws.requests import AUTOSCALING, Json, Request

Dimension = tuple[str, str, str, str]
"""Account, region, scaled resource and scalable dimension."""

_SERVICE_ROLE = (
    "role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
)
_ALARMS = ("AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow")
_TIMES = ("StartTime", "EndTime")


class AutoscalingApi:
    """A second request for what exists already changes what it names."""

    def __init__(self) -> None:
        self.targets: dict[Dimension, Json] = {}
        self.policies: dict[tuple[Dimension, str], Json] = {}
        self.actions: dict[tuple[Dimension, str], Json] = {}
        self.tags: dict[str, dict[str, str]] = {}
        """By the target's ARN."""
        self._numbers = count()
        self.operations = {
            "RegisterScalableTarget": self.register_target,
            "PutScalingPolicy": self.put_policy,
            "PutScheduledAction": self.put_action,
            "DescribeScalableTargets": self.describe_targets,
            "DescribeScalingPolicies": self.describe_policies,
            "DescribeScheduledActions": self.describe_actions,
            "ListTagsForResource": self.list_tags,
        }

    def register_target(self, request: Request) -> Json:
        key = dimension_of(request)
        target = self.targets.get(key) or self._new_target(request)
        parameters = {k: v for k, v in request.parameters.items() if k != "Tags"}
        self.targets[key] = {**target, **parameters}
        arn = target["ScalableTargetARN"]
        self.tags.setdefault(arn, {}).update(request.parameters.get("Tags", {}))
        return {"ScalableTargetARN": arn}

    def _new_target(self, request: Request) -> Json:
        return {
            "ScalableTargetARN": _arn(request, AUTOSCALING, f"scalable-target/{self._new_id()}"),
            "RoleARN": _arn(request, "iam", _SERVICE_ROLE),
            "CreationTime": datetime.now(timezone.utc),
        }

    def put_policy(self, request: Request) -> Json:
        key = dimension_of(request), request.parameters["PolicyName"]
        policy = self.policies.get(key) or self._new_policy(request)
        self.policies[key] = {**policy, **request.parameters}
        return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}

    def _new_policy(self, request: Request) -> Json:
        resource, name = (request.parameters[key] for key in ("ResourceId", "PolicyName"))
        path = f"{self._new_id()}:resource/dynamodb/{resource}:policyName/{name}"
        alarms = [f"TargetTracking-{resource}-{kind}-{self._new_id()}" for kind in _ALARMS]
        return {
            "PolicyARN": _arn(request, "autoscaling", f"scalingPolicy:{path}"),
            "Alarms": [
                {"AlarmName": alarm, "AlarmARN": _arn(request, "cloudwatch", f"alarm:{alarm}")}
                for alarm in alarms
            ],
            "CreationTime": datetime.now(timezone.utc),
        }

    def put_action(self, request: Request) -> Json:
        key = dimension_of(request), request.parameters["ScheduledActionName"]
        times = {k: _datetime(request.parameters[k]) for k in _TIMES if k in request.parameters}
        action = self.actions.get(key) or self._new_action(request)
        self.actions[key] = {**action, **request.parameters, **times}
        return {}

    def _new_action(self, request: Request) -> Json:
        resource, name = (request.parameters[key] for key in ("ResourceId", "ScheduledActionName"))
        path = f"{self._new_id()}:resource/dynamodb/{resource}:scheduledActionName/{name}"
        return {
            "ScheduledActionARN": _arn(request, "autoscaling", f"scheduledAction:{path}"),
            "CreationTime": datetime.now(timezone.utc),
        }

    def _new_id(self) -> str:
        """The same in every rehearsal."""
        return str(uuid5(NAMESPACE_URL, f"{AUTOSCALING}/{next(self._numbers)}"))

    def describe_targets(self, request: Request) -> Json:
        names = request.parameters.get("ResourceIds")
        found = [
            target
            for key, target in self.targets.items()
            if _matches(key, request) and (names is None or target["ResourceId"] in names)
        ]
        return {"ScalableTargets": found}

    def describe_policies(self, request: Request) -> Json:
        found = [policy for (key, _), policy in self.policies.items() if _matches(key, request)]
        return {"ScalingPolicies": found}

    def describe_actions(self, request: Request) -> Json:
        names = request.parameters.get("ScheduledActionNames")
        found = [
            action
            for (key, name), action in self.actions.items()
            if _matches(key, request) and names in (None, [name])
        ]
        return {"ScheduledActions": found}

    def list_tags(self, request: Request) -> Json:
        return {"Tags": dict(self.tags[request.parameters["ResourceARN"]])}


def dimension_of(request: Request) -> Dimension:
    resource, dimension = (request.parameters[k] for k in ("ResourceId", "ScalableDimension"))
    return request.account_id, request.region, resource, dimension


def _matches(key: Dimension, request: Request) -> bool:
    """Whether a request's filters select a scaled dimension; one that is left out selects all."""
    asked = request.parameters
    return key == (
        request.account_id,
        request.region,
        asked.get("ResourceId", key[2]),
        asked.get("ScalableDimension", key[3]),
    )


def _arn(request: Request, service: str, path: str) -> str:
    region = "" if service == "iam" else request.region
    return f"arn:{partition(request.region)}:{service}:{region}:{request.account_id}:{path}"


def _datetime(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
