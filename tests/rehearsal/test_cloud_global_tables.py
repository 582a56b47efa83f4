"""Tables that replicate each other in the emulated AWS: what each member describes and receives."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from tests.emulated.cloud import Cloud

HOME, NEAR, FAR = "us-east-1", "us-east-2", "us-west-2"
CREATE: Json = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
BOTH_IMAGES: Json = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
INDEX: Json = {
    "IndexName": "by-sk",
    "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
LOCAL: Json = {
    "IndexName": "local",
    "KeySchema": CREATE["KeySchema"],
    "Projection": {"ProjectionType": "ALL"},
}
UNITS: Json = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
WRITES = "dynamodb:table:WriteCapacityUnits"


class Orders:
    """The table `orders` in several regions."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(self, operation: str, region: str = HOME, **parameters: Any) -> Json:
        asked = {"TableName": "orders", **parameters}
        return self._cloud.call("dynamodb", operation, asked, region=region)

    def update(self, region: str = HOME, **parameters: Any) -> Json:
        return self.call("UpdateTable", region, **parameters)

    def replicate(self, *regions: str, **more: Any) -> None:
        for region in regions:
            self.update(ReplicaUpdates=[{"Create": {"RegionName": region, **more}}])

    def table(self, region: str = HOME) -> Json:
        described: Json = self.call("DescribeTable", region)["Table"]
        return described

    def scale(self, resource: str = "table/orders", dimension: str = WRITES) -> None:
        """A target and a policy, as a table of provisioned units needs them."""
        place = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": resource,
            "ScalableDimension": dimension,
        }
        bounds = {"MinCapacity": 1, "MaxCapacity": 9}
        tracking: Json = {"TargetValue": 70.0}
        policy = {
            "PolicyName": "p",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": tracking,
        }
        service = "application-autoscaling"
        self._cloud.call(service, "RegisterScalableTarget", {**place, **bounds})
        self._cloud.call(service, "PutScalingPolicy", {**place, **policy})


@pytest.fixture
def orders(cloud: Cloud) -> Orders:
    return Orders(cloud)


def regions(table: Json) -> list[str]:
    return [replica["RegionName"] for replica in table.get("Replicas", [])]


def test_a_table_without_replicas_describes_none(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    assert (
        orders.table()
        .keys()
        .isdisjoint(
            {
                "Replicas",
                "GlobalTableVersion",
                "GlobalTableSettingsReplicationMode",
                "GlobalTableWitnesses",
                "MultiRegionConsistency",
            }
        )
    )


def test_each_member_lists_the_others(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR, FAR)
    assert [regions(orders.table(region)) for region in (HOME, NEAR, FAR)] == [
        [NEAR, FAR],
        [HOME, FAR],
        [HOME, NEAR],
    ]
    table = orders.table()
    assert "MultiRegionConsistency" not in table
    assert table["GlobalTableVersion"] == "2019.11.21"
    assert table["Replicas"][0] == {
        "RegionName": NEAR,
        "ReplicaStatus": "ACTIVE",
        "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
    }


def test_a_replica_is_a_table_with_the_same_definitions(orders: Orders) -> None:
    on_demand = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}
    warm = {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}
    orders.call(
        "CreateTable",
        **CREATE,
        LocalSecondaryIndexes=[LOCAL],
        GlobalSecondaryIndexes=[{**INDEX, "OnDemandThroughput": on_demand}],
        OnDemandThroughput=on_demand,
        WarmThroughput=warm,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    orders.call(
        "UpdateTimeToLive",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "exp"},
    )
    orders.replicate(NEAR)
    home_table, near_table = orders.table(), orders.table(NEAR)
    own = {
        "TableArn",
        "CreationDateTime",
        "LatestStreamArn",
        "LatestStreamLabel",
        "Replicas",
        "DeletionProtectionEnabled",
    }
    for table in (home_table, near_table):
        for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
            table[kind][0].pop("IndexArn")
    assert {k: v for k, v in near_table.items() if k not in own} == {
        k: v for k, v in home_table.items() if k not in own
    }
    assert near_table["TableArn"] == f"arn:aws:dynamodb:{NEAR}:123456789012:table/orders"
    assert (home_table["DeletionProtectionEnabled"], near_table["DeletionProtectionEnabled"]) == (
        True,
        False,
    )
    lifetime = orders.call("DescribeTimeToLive", NEAR)["TimeToLiveDescription"]
    assert lifetime == {"TimeToLiveStatus": "ENABLED", "AttributeName": "exp"}


def test_a_replica_turns_the_stream_on_and_it_stays_on(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    assert orders.table()["StreamSpecification"] == BOTH_IMAGES
    assert orders.table(NEAR)["StreamSpecification"] == BOTH_IMAGES
    orders.update(ReplicaUpdates=[{"Delete": {"RegionName": NEAR}}])
    assert orders.table()["StreamSpecification"] == BOTH_IMAGES


def test_a_stream_with_other_images_is_kept(orders: Orders) -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    orders.call("CreateTable", **CREATE, StreamSpecification=stream)
    orders.replicate(NEAR)
    assert orders.table(NEAR)["StreamSpecification"] == stream


def test_strongly_consistent_members_keep_their_own_streams(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.update(
        MultiRegionConsistency="STRONG",
        ReplicaUpdates=[{"Create": {"RegionName": NEAR}}],
        GlobalTableWitnessUpdates=[{"Create": {"RegionName": FAR}}],
    )
    orders.update(StreamSpecification=BOTH_IMAGES)
    table = orders.table(NEAR)
    assert "StreamSpecification" not in table
    assert table["MultiRegionConsistency"] == "STRONG"
    assert table["GlobalTableWitnesses"] == [{"RegionName": FAR, "WitnessStatus": "ACTIVE"}]
    assert regions(table) == [HOME]


@pytest.mark.parametrize("region", [HOME, NEAR])
def test_shared_settings_are_applied_to_every_member(orders: Orders, region: str) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR, FAR)
    definitions = CREATE["AttributeDefinitions"]
    orders.update(
        region,
        AttributeDefinitions=definitions,
        GlobalSecondaryIndexUpdates=[{"Create": INDEX}],
    )
    orders.update(
        region,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by-sk", "ProvisionedThroughput": UNITS}}
        ],
    )
    orders.update(region, SSESpecification={"Enabled": True})
    lifetime = {"Enabled": True, "AttributeName": "exp"}
    orders.call("UpdateTimeToLive", region, TimeToLiveSpecification=lifetime)
    for place in (HOME, NEAR, FAR):
        table = orders.table(place)
        assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
        (index,) = table["GlobalSecondaryIndexes"]
        for holder in (table, index):
            assert holder["ProvisionedThroughput"].items() >= UNITS.items()
        key = f"arn:aws:kms:{place}:123456789012:alias/aws/dynamodb"
        assert table["SSEDescription"]["KMSMasterKeyArn"] == key
        description = orders.call("DescribeTimeToLive", place)["TimeToLiveDescription"]
        assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "exp"}
    orders.update(region, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-sk"}}])
    assert not any(orders.table(place)["GlobalSecondaryIndexes"] for place in (HOME, NEAR, FAR))


def test_other_settings_stay_with_their_member(cloud: Cloud, orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    before = orders.table(NEAR)
    orders.update(DeletionProtectionEnabled=True)
    orders.call(
        "UpdateContinuousBackups",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    orders.call("UpdateContributorInsights", ContributorInsightsAction="ENABLE")
    arn = orders.table()["TableArn"]
    tags = {"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "1"}]}
    cloud.call("dynamodb", "TagResource", tags)
    assert orders.table(NEAR) == before
    backups = orders.call("DescribeContinuousBackups", NEAR)["ContinuousBackupsDescription"]
    status = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    insights = orders.call("DescribeContributorInsights", NEAR)["ContributorInsightsStatus"]
    listed = cloud.call(
        "dynamodb", "ListTagsOfResource", {"ResourceArn": before["TableArn"]}, region=NEAR
    )
    assert (status, insights, listed["Tags"]) == ("DISABLED", "DISABLED", [])


def test_a_class_is_applied_to_replicas_only_from_the_first_member(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    orders.update(NEAR, TableClass="STANDARD_INFREQUENT_ACCESS")
    (replica,) = orders.table()["Replicas"]
    assert replica["ReplicaTableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert orders.table()["TableClassSummary"] == {"TableClass": "STANDARD"}
    orders.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    orders.update(TableClass="STANDARD")
    assert orders.table(NEAR)["TableClassSummary"] == {"TableClass": "STANDARD"}


def test_a_target_scales_writes_of_all_members_and_reads_of_one(
    cloud: Cloud, orders: Orders
) -> None:
    provisioned = {**CREATE, "BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}
    orders.call("CreateTable", **provisioned)
    orders.scale()
    orders.replicate(NEAR)
    for unit in ("Read", "Write"):
        target = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": "table/orders",
            "ScalableDimension": f"dynamodb:table:{unit}CapacityUnits",
            "MinCapacity": 8,
            "MaxCapacity": 9,
        }
        cloud.call("application-autoscaling", "RegisterScalableTarget", target)
    assert [
        orders.table(region)["ProvisionedThroughput"].items() >= units.items()
        for region, units in (
            (HOME, {"ReadCapacityUnits": 8, "WriteCapacityUnits": 8}),
            (NEAR, {"ReadCapacityUnits": 5, "WriteCapacityUnits": 8}),
        )
    ] == [True, True]


def test_a_deleted_replica_is_gone_with_its_resources(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR, FAR)
    orders.call("UpdateContributorInsights", NEAR, ContributorInsightsAction="ENABLE")
    orders.update(FAR, ReplicaUpdates=[{"Delete": {"RegionName": NEAR}}])
    with pytest.raises(Refused, match="Table: orders not found"):
        orders.table(NEAR)
    assert [regions(orders.table(region)) for region in (HOME, FAR)] == [[FAR], [HOME]]
    orders.replicate(NEAR)
    insights = orders.call("DescribeContributorInsights", NEAR)
    assert insights["ContributorInsightsStatus"] == "DISABLED"


def test_a_replica_can_be_deleted_in_its_own_region(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    orders.call("DeleteTable", NEAR)
    assert regions(orders.table()) == []
    orders.call("DeleteTable")


def test_the_keys_of_all_members_change_in_one_request(orders: Orders) -> None:
    def key(region: str, number: int) -> str:
        return f"arn:aws:kms:{region}:123456789012:key/{number}"

    own = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key(HOME, 1)}
    orders.call("CreateTable", **CREATE, SSESpecification=own)
    orders.replicate(NEAR, KMSMasterKeyId=key(NEAR, 1))
    orders.update(
        ReplicaUpdates=[
            {"Update": {"RegionName": region, "KMSMasterKeyId": key(region, 2)}}
            for region in (HOME, NEAR)
        ]
    )
    assert [
        orders.table(region)["SSEDescription"]["KMSMasterKeyArn"] for region in (HOME, NEAR)
    ] == [key(HOME, 2), key(NEAR, 2)]
    assert orders.table()["Replicas"][0]["KMSMasterKeyId"] == key(NEAR, 2)


def test_accounts_have_their_own_replicas(cloud: Cloud, orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    other = {"account_id": "999988887777", "region": HOME}
    cloud.call("dynamodb", "CreateTable", {"TableName": "orders", **CREATE}, **other)
    description = cloud.call("dynamodb", "DescribeTable", {"TableName": "orders"}, **other)
    assert "Replicas" not in description["Table"]
