"""What AWS has of a table and of everything around it, in a form that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planton.rehearsal.aws.requests import DYNAMODB, Call, Json
from tests.emulated.cloud import Cloud

_NEVER_ALIKE = frozenset(
    {
        "CreationDateTime",
        "CreationTime",
        "LastUpdateDateTime",
        "LastUpdateToPayPerRequestDateTime",
        "LatestStreamArn",
        "LatestStreamLabel",
        "PolicyARN",
        "Alarms",
        "AlarmARN",
        "RoleARN",
        "ScalableTargetARN",
        "ScheduledActionARN",
        "TableId",
        "RestoreSummary",
        "RevisionId",
        "EarliestRestorableDateTime",
        "LatestRestorableDateTime",
        "NumberOfDecreasesToday",
        "ReplicaInaccessibleDateTime",
    }
)
"""Times, ids and what is made of them."""

_BY = ("IndexName", "AttributeName", "RegionName", "StreamArn", "Key")
"""What tells the items of a list apart whose order means nothing."""


def aws_state(cloud: Cloud, regions: Iterable[str]) -> dict[str, Any]:
    """By region, everything that the emulated AWS has of every table."""
    return {region: _region(cloud, region) for region in regions}


def writes(cloud: Cloud, since: int) -> list[Call]:
    """The requests that were to change something, whatever came of them, after so many requests."""
    reading = ("Describe", "Get", "List")
    return [call for call in cloud.calls[since:] if not call.operation.startswith(reading)]


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """The paths at which two states differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for key in sorted(one.keys() | other.keys())
            for found in differences(one.get(key), other.get(key), f"{path}/{key}")
        ]
    return [] if one == other else [path]


def _region(cloud: Cloud, region: str) -> Json:
    """The tables by a request each. What else there is, is looked up: requests take too long."""
    services = cloud.services
    names = cloud.call(DYNAMODB, "ListTables", {}, region=region)["TableNames"]
    scaling: dict[str, Mapping[tuple[Any, ...], Any]] = {
        "target": services.scaling.targets,
        "policy": services.scaling.policies,
        "action": services.scaling.actions,
    }
    compared: Json = _comparable(
        {
            "tables": {name: _table(cloud, region, name) for name in names},
            "insights": _of(region, services.insights.modes),
            "kinesis": {
                name: precision or "MILLISECOND"
                for name, precision in _of(region, services.streaming.precisions).items()
            },
            "policies": {
                arn: policy
                for arn, (policy, _) in services.policies.policies.items()
                if arn.split(":")[3] == region
            },
            "scaling": {kind: _of(region, found) for kind, found in scaling.items()},
        }
    )
    return compared


def _table(cloud: Cloud, region: str, name: str) -> Json:
    def asked(operation: str, **parameters: Any) -> Json:
        return cloud.call(DYNAMODB, operation, parameters, region=region)

    described = asked("DescribeTable", TableName=name)["Table"]
    backups = asked("DescribeContinuousBackups", TableName=name)["ContinuousBackupsDescription"]
    return {
        "table": described,
        "ttl": asked("DescribeTimeToLive", TableName=name)["TimeToLiveDescription"],
        "recovery": backups["PointInTimeRecoveryDescription"],
        "tags": asked("ListTagsOfResource", ResourceArn=described["TableArn"])["Tags"],
    }


def _of(region: str, found: Mapping[tuple[Any, ...], Any]) -> Json:
    """What is kept by keys in which the region is the second part."""
    flat = {_flat(key): value for key, value in found.items()}
    return {" ".join(key[2:]): value for key, value in flat.items() if key[1] == region}


def _flat(key: tuple[Any, ...]) -> tuple[str, ...]:
    (first, *rest) = key
    return (*first, *rest) if isinstance(first, tuple) else key


def _comparable(value: Any) -> Any:
    """Without what is never alike; lists whose order means nothing are mappings."""
    match value:
        case dict():
            return {
                key: _comparable(item)
                for key, item in value.items()
                if key not in _NEVER_ALIKE and item not in ([], {}, None)
            }
        case list() if value and isinstance(value[0], dict):
            items = [_comparable(item) for item in value]
            by = next((key for key in _BY if key in value[0]), None)
            return items if by is None or "KeyType" in value[0] else {one[by]: one for one in items}
        case list():
            return sorted(value)
        case _:
            return value
