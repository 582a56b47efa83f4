"""What AWS has after the Pulumi program, the ACK controllers or Crossplane created one table.

Each has its own emulated AWS. The program's requests are those of its rehearsal. The ACK
controllers are imitated: a Table is a CreateTable and one update for each thing that CreateTable
does not take. Crossplane runs the same provider as Pulumi, so its objects are taken back to that
provider's inputs; what AWS refuses at first is asked for again when the others are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Call, Json
from planton.render.rendered import Data
from tests.emulated.cloud import Cloud
from tests.rehearsal.existing_table import POLICY, TABLE, TARGET

READING = ("Describe", "List")


def by_pulumi(cloud: Cloud, calls: Iterable[Call]) -> None:
    """Sends the requests of a rehearsal once more."""
    for call in calls:
        if not call.operation.startswith(READING):
            cloud.call(
                call.service,
                call.operation,
                call.parameters,
                account_id=call.account_id,
                region=call.region,
            )


# ACK

_SPELLED = {
    "kmsMasterKeyID": "KMSMasterKeyId",
    "resourceID": "ResourceId",
    "sseSpecification": "SSESpecification",
    "sseType": "SSEType",
}
"""Where a parameter is not the field with a capital."""


def by_ack(cloud: Cloud, objects: Iterable[Data]) -> None:
    """Does what the controllers of DynamoDB and of Application Auto Scaling do."""
    for one in objects:
        region = one["metadata"]["annotations"]["services.k8s.aws/region"]
        arn = ""
        for service, operation, parameters in _REQUESTS[one["kind"]](one["spec"]):
            if operation == "PutResourcePolicy":
                parameters = {"ResourceArn": arn, **parameters}
            answer = cloud.call(service, operation, parameters, region=region)
            arn = answer.get("TableDescription", {}).get("TableArn", arn)


_Requests = list[tuple[str, str, Json]]


def _table(spec: Data) -> _Requests:
    spec = dict(spec)
    ttl = spec.pop("timeToLive", None)
    backups = spec.pop("continuousBackups", None)
    insights = spec.pop("contributorInsights", None)
    policy = spec.pop("resourcePolicy", None)
    replicas = spec.pop("tableReplicas", [])
    name = {"TableName": spec["tableName"]}
    requests = [("dynamodb", "CreateTable", _spelled(spec))]
    for operation, member, value in (
        ("UpdateTimeToLive", "TimeToLiveSpecification", ttl),
        ("UpdateContinuousBackups", "PointInTimeRecoverySpecification", backups),
        ("UpdateContributorInsights", "ContributorInsightsAction", insights),
    ):
        # What is off in AWS and off in the object differs in nothing.
        if value not in (None, "DISABLE"):
            requests.append(("dynamodb", operation, {**name, member: _spelled(value)}))
    if policy:
        requests.append(("dynamodb", "PutResourcePolicy", {"Policy": policy}))
    for replica in replicas:
        update = {**name, "ReplicaUpdates": [{"Create": _spelled(replica)}]}
        requests.append(("dynamodb", "UpdateTable", update))
    return requests


def _target(spec: Data) -> _Requests:
    return [("application-autoscaling", "RegisterScalableTarget", _spelled(spec))]


def _policy(spec: Data) -> _Requests:
    return [("application-autoscaling", "PutScalingPolicy", _spelled(spec))]


_REQUESTS: dict[str, Callable[[Data], _Requests]] = {
    "Table": _table,
    "ScalableTarget": _target,
    "ScalingPolicy": _policy,
}


def _spelled(data: Any) -> Any:
    match data:
        case dict():
            return {
                _SPELLED.get(key, key[0].upper() + key[1:]): _spelled(value)
                for key, value in data.items()
            }
        case list():
            return [_spelled(item) for item in data]
        case _:
            return data


# Crossplane

_SEVERAL = {
    "attribute": "attributes",
    "globalSecondaryIndex": "globalSecondaryIndexes",
    "keySchema": "keySchemas",
    "headerList": "headerLists",
    "localSecondaryIndex": "localSecondaryIndexes",
    "replica": "replicas",
}
"""What Pulumi's provider calls in the plural."""

_TYPES = {"Table": TABLE, "Target": TARGET, "Policy": POLICY}


def by_crossplane(cloud: Cloud, objects: Iterable[Data]) -> None:
    """Does what the provider does with new objects: `initProvider` counts at the beginning.

    What AWS refuses it asks for again when the others are there, of the Table what is left to do.
    """
    waiting = [one for one in objects if not _exists(cloud, one)]
    while waiting:
        left = [one for one in waiting if not _exists(cloud, one)]
        assert len(left) < len(waiting)
        waiting = left


def _exists(cloud: Cloud, one: Data) -> bool:
    spec = one["spec"]
    inputs = _plural({**spec["forProvider"], **spec.get("initProvider", {})})
    aws, type_ = cloud.provider({"region": inputs.pop("region")}), _TYPES[one["kind"]]
    annotations = one["metadata"].get("annotations", {})
    if one["kind"] != "Target":
        inputs["name"] = annotations.get("crossplane.io/external-name", one["metadata"]["name"])
    existing = aws.read(type_, inputs["name"]) if type_ == TABLE else None
    try:
        if existing:
            aws.update(type_, existing.id, existing.outputs, inputs)
        else:
            aws.create(type_, inputs)
    except Refused:
        return False
    return True


def _plural(data: Any) -> Any:
    match data:
        case dict():
            return {_SEVERAL.get(key, key): _plural(value) for key, value in data.items()}
        case list():
            return [_plural(item) for item in data]
        case _:
            return data


# What is there then

_PASSING = {
    "AlarmARN",
    "AlarmName",
    "CreationDateTime",
    "CreationTime",
    "EarliestRestorableDateTime",
    "LatestRestorableDateTime",
    "LatestStreamArn",
    "LatestStreamLabel",
    "PolicyARN",
    "ScalableTargetARN",
    "ScheduledActionARN",
    "TableId",
}
"""What is another each time."""


def described(cloud: Cloud, name: str, region: str) -> Json:
    """Everything that AWS describes of the table and its replicas, in a fixed order."""
    here = _described(cloud, name, region)
    replicas = [replica["RegionName"] for replica in here["table"].get("Replicas", [])]
    others = {other: _described(cloud, name, other) for other in replicas if other != region}
    settled: Json = _settled({**here, "replicas": others})
    return settled


_DEFAULTS_OF_TRACKING = {"DisableScaleIn": False, "ScaleInCooldown": 0, "ScaleOutCooldown": 0}


def _described(cloud: Cloud, name: str, region: str) -> Json:
    def table(operation: str, **parameters: Any) -> Json:
        request = {"TableName": name, **parameters}
        return cloud.call("dynamodb", operation, request, region=region)

    def scaling(operation: str, **parameters: Any) -> Json:
        return cloud.call("application-autoscaling", operation, parameters, region=region)

    found = table("DescribeTable")["Table"]
    arn = found["TableArn"]
    tags = cloud.call("dynamodb", "ListTagsOfResource", {"ResourceArn": arn}, region=region)["Tags"]
    indexes = {index["IndexName"]: {"IndexName": index["IndexName"]}
               for index in found.get("GlobalSecondaryIndexes", [])}  # fmt: skip
    targets = scaling("DescribeScalableTargets", ServiceNamespace="dynamodb")["ScalableTargets"]
    policies = scaling("DescribeScalingPolicies", ServiceNamespace="dynamodb")["ScalingPolicies"]
    actions = scaling("DescribeScheduledActions", ServiceNamespace="dynamodb")["ScheduledActions"]
    for policy in policies:
        # What AWS takes where nothing is said.
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        for member, value in _DEFAULTS_OF_TRACKING.items():
            tracking.setdefault(member, value)
    return {
        "table": found,
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
        "ttl": table("DescribeTimeToLive")["TimeToLiveDescription"],
        "backups": table("DescribeContinuousBackups")["ContinuousBackupsDescription"],
        "insights": {
            place: table("DescribeContributorInsights", **index)
            for place, index in {"the table": {}, **indexes}.items()
        },
        "policy": _policy_of(cloud, arn, region),
        "kinesis": table("DescribeKinesisStreamingDestination"),
        "targets": {_place(target): target for target in targets},
        "targetTags": {
            _place(target): scaling("ListTagsForResource", ResourceARN=target["ScalableTargetARN"])[
                "Tags"
            ]
            for target in targets
        },
        "policies": {_place(policy): policy for policy in policies},
        "adjustments": {f"{_place(one)} {one['ScheduledActionName']}": one for one in actions},
    }


def _policy_of(cloud: Cloud, arn: str, region: str) -> Any:
    try:
        answer = cloud.call("dynamodb", "GetResourcePolicy", {"ResourceArn": arn}, region=region)
    except Refused as refused:
        if refused.code != "PolicyNotFoundException":
            raise
        return None
    return json.loads(answer["Policy"])


def _place(scaled: Json) -> str:
    return f"{scaled['ResourceId']} {scaled['ScalableDimension']}"


def _settled(data: Any) -> Any:
    match data:
        case dict():
            return {key: _settled(value) for key, value in data.items() if key not in _PASSING}
        case list():
            # The order of a key's parts counts, no other.
            items = [_settled(item) for item in data]
            return items if items and "KeyType" in items[0] else sorted(items, key=repr)
        case _:
            return data


def differences(one: Any, other: Any, *path: str) -> set[tuple[str, ...]]:
    """The paths at which two descriptions are not the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            found
            for key in one.keys() | other.keys()
            for found in differences(one.get(key), other.get(key), *path, key)
        }
    return set() if one == other else {path}
