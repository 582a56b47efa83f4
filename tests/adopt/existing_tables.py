"""Tables in the emulated AWS that are created without Pulumi."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planton.adopt.aws_values import Json
from planton.plan.policy_names import default_policy_name
from tests.adopt.emulated_account import REGION
from tests.emulated.cloud import Cloud

KEY = "arn:aws:kms:{}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
"""The ARN of a customer's key, without its region."""
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
BOTH = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def create(cloud: Cloud, region: str = REGION, **more: object) -> None:
    """Creates the table `orders` with the key pk; `more` are further parameters."""
    parameters: Mapping[str, object] = {
        "TableName": "orders",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **more,
    }
    cloud.call("dynamodb", "CreateTable", parameters, region=region)


def index(name: str, **more: Any) -> Json:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        **more,
    }


def scale(
    cloud: Cloud, resource: str, dimension: str, *, region: str = REGION, policy: str = ""
) -> None:
    """Registers a target with a policy and a scheduled action."""
    kind = "index" if "/index/" in resource else "table"
    scaled = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": resource,
        "ScalableDimension": f"dynamodb:{kind}:{dimension}CapacityUnits",
    }
    metric = {"PredefinedMetricType": f"DynamoDB{dimension}CapacityUtilization"}
    tracking = {"TargetValue": 60, "PredefinedMetricSpecification": metric}
    for operation, more in (
        ("RegisterScalableTarget", {"MinCapacity": 5, "MaxCapacity": 50}),
        (
            "PutScalingPolicy",
            {
                "PolicyName": policy
                or default_policy_name(metric["PredefinedMetricType"], resource),
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": tracking,
            },
        ),
        (
            "PutScheduledAction",
            {
                "ScheduledActionName": f"night-{dimension}",
                "Schedule": "cron(0 22 * * ? *)",
                "ScalableTargetAction": {"MaxCapacity": 10},
            },
        ),
    ):
        cloud.call("application-autoscaling", operation, {**scaled, **more}, region=region)


def create_everything(cloud: Cloud, region: str = REGION) -> None:
    """A table with every feature of one region, created without Pulumi."""
    names = ("pk", "sk")
    create(
        cloud,
        region,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        BillingMode="PROVISIONED",
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexes=[
            index("scaled", ProvisionedThroughput=UNITS),
            index("fixed", ProvisionedThroughput=UNITS),
        ],
        LocalSecondaryIndexes=[
            {
                **index("local"),
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY.format(region)},
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    name = {"TableName": "orders"}
    arn = f"arn:aws:dynamodb:{region}:123456789012:table/orders"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "dynamodb:GetItem",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stream = f"arn:aws:kinesis:{region}:123456789012:stream/changes"
    recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
    precision = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    ttl = {"Enabled": True, "AttributeName": "exp"}
    monitored = {**name, "ContributorInsightsAction": "ENABLE"}
    for operation, parameters in (
        ("UpdateTimeToLive", {**name, "TimeToLiveSpecification": ttl}),
        ("UpdateContinuousBackups", {**name, "PointInTimeRecoverySpecification": recovery}),
        ("UpdateContributorInsights", monitored),
        ("UpdateContributorInsights", {**monitored, "IndexName": "fixed"}),
        (
            "EnableKinesisStreamingDestination",
            {**name, "StreamArn": stream, "EnableKinesisStreamingConfiguration": precision},
        ),
        ("PutResourcePolicy", {"ResourceArn": arn, "Policy": policy}),
    ):
        cloud.call("dynamodb", operation, parameters, region=region)
    scale(cloud, "table/orders", "Write", region=region)
    scale(cloud, "table/orders/index/scaled", "Write", region=region)


def add_replica(cloud: Cloud, replica: str, region: str = REGION) -> None:
    """Adds a replica in another region."""
    updates = [{"Create": {"RegionName": replica}}]
    parameters = {"TableName": "orders", "ReplicaUpdates": updates}
    cloud.call("dynamodb", "UpdateTable", parameters, region=region)
