"""What the emulated AWS has, read from it directly."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine.manifests import NAME
from tests.engine.wire import Json

_READING = ("Describe", "List")


def table(cloud: Cloud, name: str = NAME, region: str | None = None) -> Json:
    asked = {"TableName": name}
    described: Json = cloud.call(DYNAMODB, "DescribeTable", asked, region=region)["Table"]
    return described


def replicas(cloud: Cloud, region: str | None = None) -> list[str]:
    """The regions of the table's other members, in the order in which they joined."""
    return [replica["RegionName"] for replica in table(cloud, region=region).get("Replicas", [])]


def tables(cloud: Cloud, region: str | None = None) -> list[str]:
    names: list[str] = cloud.call(DYNAMODB, "ListTables", {}, region=region)["TableNames"]
    return names


def indexes(cloud: Cloud, name: str = NAME) -> dict[str, Json]:
    found = table(cloud, name).get("GlobalSecondaryIndexes", [])
    return {index["IndexName"]: index for index in found}


def units(holder: Json) -> tuple[int, int]:
    """Of a table or an index: read and write."""
    throughput = holder["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def time_to_live(cloud: Cloud) -> Json:
    asked = {"TableName": NAME}
    described: Json = cloud.call(DYNAMODB, "DescribeTimeToLive", asked)["TimeToLiveDescription"]
    return described


def recovery(cloud: Cloud, region: str | None = None) -> str:
    asked = {"TableName": NAME}
    backups = cloud.call(DYNAMODB, "DescribeContinuousBackups", asked, region=region)
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


def insights_mode(cloud: Cloud, index: str | None = None, region: str | None = None) -> str | None:
    """The mode of the table's or the index's insights, None if they are off."""
    asked = {"TableName": NAME} | ({"IndexName": index} if index else {})
    described = cloud.call(DYNAMODB, "DescribeContributorInsights", asked, region=region)
    if described["ContributorInsightsStatus"] == "DISABLED":
        return None
    mode: str = described["ContributorInsightsMode"]
    return mode


def tags(cloud: Cloud, region: str | None = None) -> dict[str, str]:
    asked = {"ResourceArn": table(cloud, region=region)["TableArn"]}
    listed = cloud.call(DYNAMODB, "ListTagsOfResource", asked, region=region)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def own_tags(cloud: Cloud, region: str | None = None) -> dict[str, str]:
    """The tags without those that the program sets on every table."""
    return {
        key: value
        for key, value in tags(cloud, region).items()
        if not key.startswith("planton.ai/") and (key, value) != ("Name", NAME)
    }


def policy(cloud: Cloud, arn: str | None = None) -> str | None:
    """The resource policy of the table, or of what the ARN names."""
    asked = {"ResourceArn": arn or table(cloud)["TableArn"]}
    try:
        document: str = cloud.call(DYNAMODB, "GetResourcePolicy", asked)["Policy"]
    except Refused:
        return None
    return document


def destinations(cloud: Cloud, region: str | None = None) -> list[str]:
    """The Kinesis streams that the table streams to."""
    asked = {"TableName": NAME}
    described = cloud.call(DYNAMODB, "DescribeKinesisStreamingDestination", asked, region=region)
    listed = described["KinesisDataStreamDestinations"]
    return [item["StreamArn"] for item in listed if item["DestinationStatus"] == "ACTIVE"]


def schedules(cloud: Cloud, region: str | None = None) -> dict[str, tuple[str, Json]]:
    """When a scaled dimension gets which bounds, by the scheduled action's name."""
    asked = {"ServiceNamespace": DYNAMODB}
    listed = cloud.call(AUTOSCALING, "DescribeScheduledActions", asked, region=region)
    return {
        action["ScheduledActionName"]: (action["Schedule"], action["ScalableTargetAction"])
        for action in listed["ScheduledActions"]
    }


def move(cloud: Cloud, resource: str, dimension: str, least: int, most: int) -> None:
    """What a scheduled action does when its time has come: new bounds for a target."""
    place = {
        "ServiceNamespace": DYNAMODB,
        "ResourceId": resource,
        "ScalableDimension": dimension,
    }
    bounds = {"MinCapacity": least, "MaxCapacity": most}
    cloud.call(AUTOSCALING, "RegisterScalableTarget", {**place, **bounds})


def targets(cloud: Cloud, region: str | None = None) -> dict[str, tuple[int, int]]:
    """The bounds of each scaled dimension, by `table/NAME read` and the like."""
    asked = {"ServiceNamespace": DYNAMODB}
    answer = cloud.call(AUTOSCALING, "DescribeScalableTargets", asked, region=region)
    listed = answer["ScalableTargets"]
    return {_scaled(target): (target["MinCapacity"], target["MaxCapacity"]) for target in listed}


def policies(cloud: Cloud, region: str | None = None) -> set[str]:
    """The scaled dimensions that have a policy."""
    asked = {"ServiceNamespace": DYNAMODB}
    answer = cloud.call(AUTOSCALING, "DescribeScalingPolicies", asked, region=region)
    listed = answer["ScalingPolicies"]
    return {_scaled(policy) for policy in listed}


def is_empty(cloud: Cloud) -> bool:
    """Whether nothing is left in any region that was spoken to."""
    asked = {"ServiceNamespace": DYNAMODB}
    return not cloud.services.policies.policies and not any(
        tables(cloud, region)
        or cloud.call(AUTOSCALING, "DescribeScalableTargets", asked, region=region)[
            "ScalableTargets"
        ]
        or cloud.call(AUTOSCALING, "DescribeScalingPolicies", asked, region=region)[
            "ScalingPolicies"
        ]
        or schedules(cloud, region)
        for region in sorted({call.region for call in cloud.calls})
    )


def writes(cloud: Cloud) -> list[str]:
    """The requests so far that were to change something, in order, whatever came of them."""
    return [c.operation for c in cloud.calls if not c.operation.startswith(_READING)]


def _scaled(holder: Any) -> str:
    unit = holder["ScalableDimension"].rpartition(":")[2]
    return f"{holder['ResourceId']} {unit.removesuffix('CapacityUnits').lower()}"


def items(cloud: Cloud, name: str = NAME) -> list[Json]:
    """Every item of the table."""
    found: list[Json] = cloud.call(DYNAMODB, "Scan", {"TableName": name})["Items"]
    return found
