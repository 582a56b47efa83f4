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
from planton.plan.scaling_plan import ScalingPlan, SchedulePlan
from planton.plan.table_plan import EncryptionPlan, ReplicaPlan
from tests.adopt.emulated_account import REGION, EmulatedAccount
from tests.adopt.existing_tables import (
    BOTH,
    KEY,
    UNITS,
    add_replica,
    create,
    create_everything,
    scale,
)
from tests.adopt.found_tables import read_back
from tests.conftest import ROOT
from tests.emulated.cloud import Cloud

PERMISSIONS = ROOT / "docs" / "permissions.md"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(region=REGION) as cloud:
        yield cloud


@pytest.fixture
def account(cloud: Cloud) -> EmulatedAccount:
    return EmulatedAccount(cloud)


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
    kmsKeyArn: "{KEY.format(REGION)}"
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
    more = (
        ("Name", found.name),
        ("planton.ai/resource", "true"),
        ("planton.ai/resource-kind", "AwsDynamodb"),
    )
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


def test_nothing_is_asked_about_an_index_that_is_being_deleted(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create_everything(cloud)
    described = cloud.call("dynamodb", "DescribeTable", {"TableName": "orders"})
    for one in described["Table"]["GlobalSecondaryIndexes"]:
        one["IndexStatus"] = "DELETING"
    account.answers["DescribeTable"] = described

    found = account.read()

    assert account.asked["dynamodb", "DescribeContributorInsights"] == 1
    assert [one.index for one in found.scaling] == [None]
    assert [one.place for one in found.left_out] == ["the index 'scaled'", "the index 'fixed'"]


def test_more_resources_than_one_request_may_name_take_another() -> None:
    asked: list[Json] = []

    def send(service: str, region: str, operation: str, parameters: Json) -> Json:
        asked.append(parameters)
        return {}

    indexes = [f"index-{number}" for number in range(50)]
    ScalingOfOneTable(send)(REGION, "orders", indexes)

    assert {parameters["ServiceNamespace"] for parameters in asked} == {"dynamodb"}
    named = [parameters["ResourceIds"] for parameters in asked]
    assert named == [
        ["table/orders", *(f"table/orders/index/{name}" for name in indexes[:49])],
        ["table/orders/index/index-49"],
    ]


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
    described = {
        "TableName": "orders",
        "TableArn": "",
        "TableStatus": "CREATING",
        "AttributeDefinitions": [],
        "KeySchema": [],
    }
    account.answers["DescribeTable"] = {"Table": described}

    with pytest.raises(UnreadableTable, match="it is being created"):
        account.read()

    assert account.asked == Counter({("dynamodb", "DescribeTable"): 1})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "the endpoint's answer is not DynamoDB's: it lacks TableName"),
        (
            {"Table": {"TableName": "orders", "TableArn": ""}},
            "the endpoint's answer is not DynamoDB's: it lacks TableStatus",
        ),
    ],
)
def test_an_endpoint_that_is_not_dynamodb_is_named(
    answer: Json, message: str, account: EmulatedAccount
) -> None:
    account.answers["DescribeTable"] = answer

    with pytest.raises(UnreadableTable) as refused:
        account.read()

    assert str(refused.value) == message


def test_the_description_of_another_table_is_refused(
    cloud: Cloud, account: EmulatedAccount
) -> None:
    create(cloud)
    described = cloud.call("dynamodb", "DescribeTable", {"TableName": "orders"})
    account.answers["DescribeTable"] = described

    with pytest.raises(UnreadableTable, match="the endpoint describes another table"):
        account.read("others")


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
    write = ScalingPlan(None, None, "write", 5, 50, 60, None, None, None, (night,))
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


def test_a_list_without_end_is_a_gap() -> None:
    answers = iter([{"NextToken": "49"}, {"NextToken": "50"}, {"NextToken": "49"}])

    with pytest.raises(RequestError) as refused:
        list(pages(lambda *_: next(answers), "s3", "r", "List", {}, "Names"))

    assert refused.value.is_gap
    assert refused.value.reason == "it could not be read: the endpoint answers s3:List without end"


def test_an_unusable_account_ends_everything(cloud: Cloud, account: EmulatedAccount) -> None:
    create(cloud)

    def send(service: str, region: str, operation: str, parameters: Json) -> Json:
        if operation == "DescribeTimeToLive":
            raise AccountError("the token has expired")
        return account(service, region, operation, parameters)

    with pytest.raises(AccountError):
        TableReader(send, ScalingOfOneTable(send)).read("orders", REGION)
