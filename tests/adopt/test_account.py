"""Reading tables asks only what is needed, and goes on where a request is not allowed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from planton.account.requests import AccountError, RequestError, pages
from planton.account.scaling import ScalingOfAllTables, ScalingOfOneTable
from planton.account.tables import TableReader, table_names
from planton.adopt.aws_values import Json, UnreadableTable
from planton.adopt.found import LeftOut
from planton.adopt.manifest import write_manifest
from planton.manifest.enums import ConsistencyMode
from planton.plan.table_plan import EncryptionPlan, ReplicaPlan, ScalingPlan, SchedulePlan
from tests.adopt.emulated_account import REGION, EmulatedAccount, create
from tests.adopt.found_tables import read_back
from tests.conftest import ROOT
from tests.emulated.cloud import Cloud

KEY = f"arn:aws:kms:{REGION}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PERMISSIONS = ROOT / "docs" / "permissions.md"
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(region=REGION) as cloud:
        yield cloud


@pytest.fixture
def account(cloud: Cloud) -> EmulatedAccount:
    return EmulatedAccount(cloud)


def index(name: str, **more: Any) -> Json:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        **more,
    }


def scale(cloud: Cloud, resource: str, dimension: str, *, region: str = REGION) -> None:
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
                "PolicyName": "mine",
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


def create_everything(cloud: Cloud) -> None:
    """A table with every feature of one region, created without Pulumi."""
    names = ("pk", "sk")
    create(
        cloud,
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
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY},
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    name = {"TableName": "orders"}
    arn = f"arn:aws:dynamodb:{REGION}:123456789012:table/orders"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "dynamodb:GetItem",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stream = f"arn:aws:kinesis:{REGION}:123456789012:stream/changes"
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
        cloud.call("dynamodb", operation, parameters)
    scale(cloud, "table/orders", "Write")
    scale(cloud, "table/orders/index/scaled", "Write")


EVERYTHING = f"""\
apiVersion: "aws.planton.dev/v1alpha1"
kind: "AwsDynamodb"
metadata:
  name: "orders"
spec:
  region: "eu-west-1"
  billingMode: "PROVISIONED"
  attributeDefinitions:
  - name: "pk"
    type: "S"
  - name: "sk"
    type: "S"
  keySchema:
  - attributeName: "pk"
    keyType: "HASH"
  - attributeName: "sk"
    keyType: "RANGE"
  provisionedThroughput:
    readCapacityUnits: 5
    writeCapacityUnits: 5
  globalSecondaryIndexes:
  - name: "scaled"
    keySchema:
    - attributeName: "sk"
      keyType: "HASH"
    projection:
      type: "ALL"
    provisionedThroughput:
      readCapacityUnits: 5
      writeCapacityUnits: 5
  - name: "fixed"
    keySchema:
    - attributeName: "sk"
      keyType: "HASH"
    projection:
      type: "ALL"
    provisionedThroughput:
      readCapacityUnits: 5
      writeCapacityUnits: 5
    autoscaling:
      enabled: false
  localSecondaryIndexes:
  - name: "local"
    rangeKey: "sk"
    projection:
      type: "ALL"
  ttl:
    enabled: true
    attributeName: "exp"
  streamEnabled: true
  streamViewType: "OLD_IMAGE"
  pointInTimeRecovery:
    enabled: true
    recoveryPeriodInDays: 7
  serverSideEncryption:
    enabled: true
    kmsKeyArn: "{KEY}"
  tableClass: "STANDARD_INFREQUENT_ACCESS"
  deletionProtectionEnabled: true
  contributorInsights:
    enabled: true
    gsiIndexNames:
    - "fixed"
  autoscaling:
    write:
      minCapacity: 5
      maxCapacity: 50
      targetUtilizationPercent: 60
    scheduledAdjustments:
    - name: "night-Write"
      dimension: "WRITE"
      schedule: "cron(0 22 * * ? *)"
      maxCapacity: 10
  resourcePolicy:
    policy:
      Statement:
      - Action: "dynamodb:GetItem"
        Effect: "Allow"
        Principal:
          AWS: "111122223333"
        Resource: "${{table_arn}}"
      Version: "2012-10-17"
  kinesisStreamingDestination:
    streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/changes"
    approximateCreationDateTimePrecision: "MICROSECOND"
  tags:
    team: "shop"
"""


def test_a_table_with_every_feature_is_written_whole(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create_everything(cloud)

    found = account.read()

    written = write_manifest(found, source_name="orders.yaml")
    assert (written.text, written.left_out) == (EVERYTHING, ())
    assert read_back(written.text) == with_platform_tags(found)


def with_platform_tags(found: Any) -> Any:
    """The tags that the program adds to every table."""
    more = (("planton.ai/resource", "true"), ("planton.ai/resource-kind", "AwsDynamodb"))
    kind = type(found.tags[0])
    return replace(found, tags=tuple(sorted((*found.tags, *(kind(*tag) for tag in more)))))


def test_each_thing_is_asked_once(cloud: Cloud, account: EmulatedAccount) -> None:
    create_everything(cloud)

    account.read()

    dynamodb, scaling = "dynamodb", "application-autoscaling"
    assert account.asked == Counter(
        {
            (dynamodb, "DescribeTable"): 1,
            (dynamodb, "DescribeTimeToLive"): 1,
            (dynamodb, "DescribeContinuousBackups"): 1,
            (dynamodb, "DescribeContributorInsights"): 3,
            (dynamodb, "DescribeKinesisStreamingDestination"): 1,
            (dynamodb, "GetResourcePolicy"): 1,
            (dynamodb, "ListTagsOfResource"): 1,
            (scaling, "DescribeScalableTargets"): 1,
            (scaling, "DescribeScalingPolicies"): 2,
            (scaling, "DescribeScheduledActions"): 2,
            ("kms", "DescribeKey"): 1,
        }
    )


def test_the_documented_policy_allows_every_request_and_no_other(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    _, text = re.findall(r"^```json\n(.*?)^```$", PERMISSIONS.read_text(), re.M | re.S)
    listed = [statement["Action"] for statement in json.loads(text)["Statement"]]
    create_everything(cloud)

    for name in table_names(account, REGION):
        account.read(name)

    asked = {f"{service}:{operation}" for service, operation in account.asked}
    assert asked == {one for part in listed for one in ([part] if isinstance(part, str) else part)}


# What is not allowed


@pytest.mark.parametrize(
    ("service", "operation", "place", "lines"),
    [
        ("dynamodb", "DescribeTimeToLive", "ttl", ("ttl:", "exp")),
        ("dynamodb", "DescribeContinuousBackups", "pointInTimeRecovery", ("pointInTime",)),
        ("dynamodb", "DescribeContributorInsights", "contributorInsights", ("contributorIns",)),
        (
            "dynamodb",
            "DescribeKinesisStreamingDestination",
            "kinesisStreamingDestination",
            ("kinesis",),
        ),
        ("dynamodb", "GetResourcePolicy", "resourcePolicy", ("resourcePolicy", "Statement")),
        ("dynamodb", "ListTagsOfResource", "tags", ("tags", "team")),
        ("application-autoscaling", "DescribeScalableTargets", "autoscaling", ("autoscaling",)),
        ("application-autoscaling", "DescribeScalingPolicies", "autoscaling", ("autoscaling",)),
        ("application-autoscaling", "DescribeScheduledActions", "autoscaling", ("autoscaling",)),
    ],
)
def test_without_one_permission_the_rest_is_written(
    service: str,
    operation: str,
    place: str,
    lines: tuple[str, ...],
    cloud: Cloud,
    account: EmulatedAccount,
) -> None:
    create_everything(cloud)
    whole = account.read()
    account.refused[operation] = "AccessDeniedException"

    written = write_manifest(account.read(), source_name="orders.yaml")

    reason = f"it could not be read: the permission {service}:{operation} is missing"
    assert written.left_out == (LeftOut(place, reason),)
    assert written.is_valid
    expected = write_manifest(whole, source_name="orders.yaml").text
    assert all(line in expected and line not in written.text for line in lines)
    kept = set(written.text.splitlines()) - set(expected.splitlines())
    assert kept == set()


def test_a_key_that_may_not_be_described_is_written(cloud: Cloud, account: EmulatedAccount) -> None:
    create_everything(cloud)
    whole = account.read()
    account.refused["DescribeKey"] = "AccessDeniedException"

    assert account.read() == replace(
        whole,
        left_out=(
            LeftOut(
                "serverSideEncryption: whose the key is",
                "it could not be read: the permission kms:DescribeKey is missing",
            ),
        ),
    )


@pytest.mark.parametrize("code", ["UnknownOperationException", "404", "500", "501"])
def test_a_stand_in_for_aws_may_lack_a_request(
    code: str, cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud)
    account.refused["DescribeTimeToLive"] = code

    assert account.read().left_out == (
        LeftOut(
            "ttl",
            "it could not be read: the endpoint does not know dynamodb:DescribeTimeToLive",
        ),
    )


@pytest.mark.parametrize(
    "operation",
    ["DescribeTable", "DescribeTimeToLive", "DescribeScalableTargets", "ListTagsOfResource"],
)
def test_any_other_error_ends_the_table(
    operation: str, cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud)
    account.refused[operation] = "ThrottlingException"

    with pytest.raises(RequestError, match=f"{operation} failed: ThrottlingException: not today"):
        account.read()


def test_without_the_permission_to_describe_it_there_is_no_table(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud)
    account.refused["DescribeTable"] = "AccessDeniedException"

    with pytest.raises(RequestError, match=r"the permission dynamodb:DescribeTable is missing"):
        account.read()


def test_a_missing_table_is_named_with_its_region(account: EmulatedAccount) -> None:
    with pytest.raises(UnreadableTable) as refused:
        account.read()

    assert str(refused.value) == "there is no such table in eu-west-1"


def test_nothing_more_is_asked_about_a_table_that_is_being_created(
    account: EmulatedAccount,
) -> None:
    account.answers["DescribeTable"] = {"Table": {"TableStatus": "CREATING"}}

    with pytest.raises(UnreadableTable, match="it is being created"):
        account.read()

    assert account.asked == Counter({("dynamodb", "DescribeTable"): 1})


# Keys


def test_the_default_key_of_the_account_is_asked_for_once(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    encryption = {"Enabled": True, "SSEType": "KMS"}
    create(cloud, SSESpecification=encryption)
    create(cloud, SSESpecification=encryption, TableName="others")
    reader = TableReader(account, ScalingOfOneTable(account))

    found = [reader.read(name, REGION).encryption for name in ("orders", "others")]

    assert found == [EncryptionPlan(True, None)] * 2
    assert account.asked["kms", "DescribeKey"] == 1


# Replicas


def add_replica(cloud: Cloud, region: str) -> None:
    updates = [{"Create": {"RegionName": region}}]
    parameters = {"TableName": "orders", "ReplicaUpdates": updates}
    cloud.call("dynamodb", "UpdateTable", parameters)


BOTH = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_a_replica_is_read_in_its_region(cloud: Cloud, account: EmulatedAccount) -> None:
    create(cloud, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS, StreamSpecification=BOTH)
    scale(cloud, "table/orders", "Write")
    add_replica(cloud, "us-east-1")
    scale(cloud, "table/orders", "Write", region="us-east-1")
    recovery = {"PointInTimeRecoveryEnabled": True}
    for operation, parameters in (
        ("UpdateContinuousBackups", {"PointInTimeRecoverySpecification": recovery}),
        ("UpdateTable", {"DeletionProtectionEnabled": True}),
    ):
        name = {"TableName": "orders", **parameters}
        cloud.call("dynamodb", operation, name, region="us-east-1")

    found = account.read()

    night = SchedulePlan("night-Write", "cron(0 22 * * ? *)", None, None, 10, None, None)
    write = ScalingPlan(None, None, "write", 5, 50, 60, None, None, (night,))
    assert found.replicas == (
        ReplicaPlan("us-east-1", None, True, True, False, ConsistencyMode.EVENTUAL),
    )
    assert found.scaling == (write, replace(write, region="us-east-1"))
    assert found.left_out == ()


@pytest.mark.parametrize("operation", ["DescribeTable", "DescribeTimeToLive"])
def test_a_replica_that_may_not_be_read_is_named(
    operation: str, cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud, StreamSpecification=BOTH)
    add_replica(cloud, "us-east-1")
    account.refused[f"us-east-1 {operation}"] = "AccessDeniedException"

    found = account.read()

    (left_out,) = found.left_out
    assert left_out.place.startswith("the replica in us-east-1")
    assert left_out.reason == (
        f"it could not be read: the permission dynamodb:{operation} is missing"
    )
    assert [one.region for one in found.replicas] == ["us-east-1"]


def test_a_failing_request_in_a_replicas_region_ends_the_table(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud, StreamSpecification=BOTH)
    add_replica(cloud, "us-east-1")
    account.refused["us-east-1 DescribeTable"] = "ThrottlingException"

    with pytest.raises(RequestError, match="ThrottlingException"):
        account.read()


# Many tables


def test_the_scaling_of_all_tables_takes_three_requests(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create_everything(cloud)
    create(cloud, TableName="plain")
    one_by_one = [account.read(name).scaling for name in ("orders", "plain")]
    account.asked.clear()
    reader = TableReader(account, ScalingOfAllTables(account))

    found = [reader.read(name, REGION).scaling for name in ("orders", "plain")]

    assert found == one_by_one
    assert {what: n for what, n in account.asked.items() if what[0] != "dynamodb"} == {
        ("kms", "DescribeKey"): 1,
        ("application-autoscaling", "DescribeScalableTargets"): 1,
        ("application-autoscaling", "DescribeScalingPolicies"): 1,
        ("application-autoscaling", "DescribeScheduledActions"): 1,
    }


def test_a_refusal_of_all_scaling_is_asked_for_once_and_named_for_each(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud)
    account.refused["DescribeScalingPolicies"] = "AccessDeniedException"
    reader = TableReader(account, ScalingOfAllTables(account))

    places = [[gap.place for gap in reader.read("orders", REGION).left_out] for _ in range(2)]

    assert places == [["autoscaling"], ["autoscaling"]]
    assert account.asked["application-autoscaling", "DescribeScalingPolicies"] == 1


def test_all_names_of_a_region_are_listed(cloud: Cloud, account: EmulatedAccount) -> None:
    create(cloud)
    create(cloud, TableName="archive")
    create(cloud, TableName="elsewhere", region="us-east-1")

    assert sorted(table_names(account, REGION)) == ["archive", "orders"]


def test_every_page_of_a_list_is_read() -> None:
    asked = []

    def send(service: str, region: str, operation: str, parameters: Json) -> Json:
        asked.append((service, region, operation, parameters))
        if "Start" not in parameters:
            return {"Names": ["a", "b"], "Last": "b"}
        return {"Names": ["c"]}

    found = list(pages(send, "s3", "r", "List", {"x": 1}, "Names", token=("Last", "Start")))

    assert found == ["a", "b", "c"]
    assert asked == [("s3", "r", "List", {"x": 1}), ("s3", "r", "List", {"x": 1, "Start": "b"})]


def test_an_unusable_account_ends_everything(cloud: Cloud, account: EmulatedAccount) -> None:
    create(cloud)

    def send(service: str, region: str, operation: str, parameters: Json) -> Json:
        if operation == "DescribeTimeToLive":
            raise AccountError("the token has expired")
        return account(service, region, operation, parameters)

    with pytest.raises(AccountError):
        TableReader(send, ScalingOfOneTable(send)).read("orders", REGION)
