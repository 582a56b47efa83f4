"""What the emulated AWS has, asked of it directly."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.cloud import Cloud
from planton.rehearsal.session import AUTOSCALING, DYNAMODB
from tests.engine.manifests import NAME
from tests.engine.wire import Json

_READING = ("Describe", "List")


def table(cloud: Cloud, name: str = NAME) -> Json:
    described: Json = cloud.call(DYNAMODB, "DescribeTable", {"TableName": name})["Table"]
    return described


def tables(cloud: Cloud, region: str | None = None) -> list[str]:
    names: list[str] = cloud.call(DYNAMODB, "ListTables", {}, region=region)["TableNames"]
    return names


def indexes(cloud: Cloud, name: str = NAME) -> dict[str, Json]:
    found = table(cloud, name).get("GlobalSecondaryIndexes", [])
    return {index["IndexName"]: index for index in found}


def units(holder: Json) -> tuple[int, int]:
    """Of a table or an index: read and write."""
    given = holder["ProvisionedThroughput"]
    return given["ReadCapacityUnits"], given["WriteCapacityUnits"]


def time_to_live(cloud: Cloud) -> Json:
    asked = {"TableName": NAME}
    described: Json = cloud.call(DYNAMODB, "DescribeTimeToLive", asked)["TimeToLiveDescription"]
    return described


def recovery(cloud: Cloud) -> str:
    backups = cloud.call(DYNAMODB, "DescribeContinuousBackups", {"TableName": NAME})
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    status: str = recovery["PointInTimeRecoveryStatus"]
    return status


def recovery_period(cloud: Cloud) -> int:
    """Days."""
    backups = cloud.call(DYNAMODB, "DescribeContinuousBackups", {"TableName": NAME})
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    days: int = recovery["RecoveryPeriodInDays"]
    return days


def insights(cloud: Cloud) -> str:
    asked = {"TableName": NAME}
    status: str = cloud.call(DYNAMODB, "DescribeContributorInsights", asked)[
        "ContributorInsightsStatus"
    ]
    return status


def insights_mode(cloud: Cloud, index: str | None = None) -> str | None:
    """Of the table or of an index: how it is watched, None where it is not."""
    asked = {"TableName": NAME} | ({"IndexName": index} if index else {})
    described = cloud.call(DYNAMODB, "DescribeContributorInsights", asked)
    if described["ContributorInsightsStatus"] == "DISABLED":
        return None
    mode: str = described["ContributorInsightsMode"]
    return mode


def tags(cloud: Cloud) -> dict[str, str]:
    asked = {"ResourceArn": table(cloud)["TableArn"]}
    listed = cloud.call(DYNAMODB, "ListTagsOfResource", asked)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def targets(cloud: Cloud) -> dict[str, tuple[int, int]]:
    """The bounds of each scaled dimension, by `table/NAME read` and the like."""
    asked = {"ServiceNamespace": DYNAMODB}
    listed = cloud.call(AUTOSCALING, "DescribeScalableTargets", asked)["ScalableTargets"]
    return {_scaled(target): (target["MinCapacity"], target["MaxCapacity"]) for target in listed}


def policies(cloud: Cloud) -> set[str]:
    """The scaled dimensions that have a policy."""
    asked = {"ServiceNamespace": DYNAMODB}
    listed = cloud.call(AUTOSCALING, "DescribeScalingPolicies", asked)["ScalingPolicies"]
    return {_scaled(policy) for policy in listed}


def is_empty(cloud: Cloud) -> bool:
    """Whether nothing is left in any region that was spoken to."""
    asked = {"ServiceNamespace": DYNAMODB}
    return not any(
        tables(cloud, region)
        or cloud.call(AUTOSCALING, "DescribeScalableTargets", asked, region=region)[
            "ScalableTargets"
        ]
        or cloud.call(AUTOSCALING, "DescribeScalingPolicies", asked, region=region)[
            "ScalingPolicies"
        ]
        for region in sorted({call.region for call in cloud.calls})
    )


def writes(cloud: Cloud) -> list[str]:
    """The requests so far that were to change something, in order, whatever came of them."""
    return [c.operation for c in cloud.calls if not c.operation.startswith(_READING)]


def _scaled(holder: Any) -> str:
    unit = holder["ScalableDimension"].rpartition(":")[2]
    return f"{holder['ResourceId']} {unit.removesuffix('CapacityUnits').lower()}"
