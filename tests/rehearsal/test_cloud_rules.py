"""What AWS refuses beyond its service model: each rule applies alone, and its near miss passes."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from tests.emulated.cloud import Cloud

PK = {"AttributeName": "pk", "AttributeType": "S"}
SK = {"AttributeName": "sk", "AttributeType": "N"}
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


def keys(*names: str) -> list[Json]:
    """`keys("pk", "sk")`: one HASH, the rest RANGE; `+name` is another HASH."""
    return [
        {
            "AttributeName": name.lstrip("+"),
            "KeyType": "HASH" if position == 0 or name.startswith("+") else "RANGE",
        }
        for position, name in enumerate(names)
    ]


def create(**changes: Any) -> Json:
    request = {
        "TableName": "orders",
        "AttributeDefinitions": [PK, SK],
        "KeySchema": keys("pk", "sk"),
        "BillingMode": "PAY_PER_REQUEST",
        **changes,
    }
    return {name: value for name, value in request.items() if value is not None}


def index(name: str = "by-x", *key: str, projection: Json | None = None, **more: Any) -> Json:
    return {
        "IndexName": name,
        "KeySchema": keys(*(key or ("sk", "pk"))),
        "Projection": projection or {"ProjectionType": "ALL"},
        **more,
    }


def include(*names: str) -> Json:
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(names)}


def definitions(*names: str) -> list[Json]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def provisioned(**changes: Any) -> Json:
    return create(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS, **changes)


def tags(*keys_: str, value: str = "v") -> list[Json]:
    return [{"Key": key, "Value": value} for key in keys_]


MANY = [f"a{number}" for number in range(11)]
MULTI = create(
    AttributeDefinitions=[PK, SK, *definitions("h1", "h2", "h3", "h4", "r1", "r2", "r3", "r4")],
    GlobalSecondaryIndexes=[index("i-1", "h1", "+h2", "+h3", "+h4", "r1", "r2", "r3", "r4")],
)

CREATE_TABLE: list[Any] = [
    ("'TableName'", create(TableName="a b"), create(TableName="...")),
    ("'TableName'", create(TableName="ab"), create(TableName="abc")),
    ("'TableName'", create(TableName="abc\n"), create(TableName="-x-")),
    ("'TableName'", create(TableName="a" * 256), create(TableName="a" * 255)),
    ("must not be empty", create(AttributeDefinitions=None), create()),
    ("must not be empty", create(KeySchema=None), create()),
    ("Duplicate AttributeName", create(AttributeDefinitions=[PK, SK, PK]), create()),
    ("not used", create(AttributeDefinitions=[PK, SK, *definitions("x")]), create()),
    ("not defined", create(AttributeDefinitions=[PK]), create()),
    ("Invalid KeySchema", create(KeySchema=keys("pk", "+sk")), create()),
    ("Invalid KeySchema", create(KeySchema=keys("pk", "sk")[::-1]), create()),
    (
        "Invalid KeySchema",
        create(AttributeDefinitions=[PK, SK, *definitions("x")], KeySchema=keys("pk", "sk", "x")),
        create(),
    ),
    (
        "appears more than once",
        create(AttributeDefinitions=[PK], KeySchema=keys("pk", "pk")),
        create(),
    ),
    (
        "Invalid GlobalSecondaryIndexes",
        create(
            AttributeDefinitions=[PK, SK, *definitions("x")],
            GlobalSecondaryIndexes=[index("i-1", "sk", "pk", "+x")],
        ),
        MULTI,
    ),
    (
        "Invalid GlobalSecondaryIndexes",
        create(
            AttributeDefinitions=[PK, SK, *definitions("a", "b", "c")],
            GlobalSecondaryIndexes=[index("i-1", "pk", "+sk", "+a", "+b", "+c")],
        ),
        MULTI,
    ),
    (
        "Invalid GlobalSecondaryIndexes",
        create(
            AttributeDefinitions=[PK, SK, *definitions("a", "b", "c", "d")],
            GlobalSecondaryIndexes=[index("i-1", "pk", "sk", "a", "b", "c", "d")],
        ),
        MULTI,
    ),
    (
        "Duplicate index name",
        create(GlobalSecondaryIndexes=[index("by-x"), index("by-x")]),
        create(GlobalSecondaryIndexes=[index("by-x"), index("By-X"), index("orders")]),
    ),
    (
        "Duplicate index name",
        create(
            GlobalSecondaryIndexes=[index("by-x")],
            LocalSecondaryIndexes=[index("by-x", "pk", "sk")],
        ),
        create(
            GlobalSecondaryIndexes=[index("by-x")],
            LocalSecondaryIndexes=[index("by-y", "pk", "sk")],
        ),
    ),
    (
        "local secondary indexes 6",
        create(LocalSecondaryIndexes=[index(f"i-{n}", "pk", "sk") for n in range(6)]),
        create(LocalSecondaryIndexes=[index(f"i-{n}", "pk", "sk") for n in range(5)]),
    ),
    (
        "global indexes 21",
        create(GlobalSecondaryIndexes=[index(f"i-{n}") for n in range(21)]),
        create(GlobalSecondaryIndexes=[index(f"i-{n}") for n in range(20)]),
    ),
    (
        "does not have a range key, which a local index needs",
        create(KeySchema=keys("pk"), LocalSecondaryIndexes=[index("by-x", "pk", "sk")]),
        create(LocalSecondaryIndexes=[index("by-x", "pk", "sk")]),
    ),
    (
        "Index KeySchema does not have a range key",
        create(LocalSecondaryIndexes=[index("by-x", "pk")]),
        create(LocalSecondaryIndexes=[index("by-x", "pk", "sk")]),
    ),
    (
        "same leading hash key",
        create(LocalSecondaryIndexes=[index("by-x", "sk", "pk")]),
        create(LocalSecondaryIndexes=[index("by-x", "pk", "sk")]),
    ),
    (
        "Unknown ProjectionType: null",
        create(GlobalSecondaryIndexes=[{**index(), "Projection": {}}]),
        create(GlobalSecondaryIndexes=[index()]),
    ),
    (
        "must be specified with INCLUDE",
        create(GlobalSecondaryIndexes=[index(projection={"ProjectionType": "INCLUDE"})]),
        create(GlobalSecondaryIndexes=[index(projection=include("pk", "a"))]),
    ),
    (
        "ProjectionType is KEYS_ONLY",
        create(
            GlobalSecondaryIndexes=[
                index(projection={"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["a"]})
            ]
        ),
        create(GlobalSecondaryIndexes=[index(projection={"ProjectionType": "KEYS_ONLY"})]),
    ),
    (
        "Duplicate NonKeyAttribute",
        create(GlobalSecondaryIndexes=[index(projection=include("a", "a"))]),
        create(GlobalSecondaryIndexes=[index(projection=include("a", "A"))]),
    ),
    (
        "NonKeyAttributes 110",
        create(
            GlobalSecondaryIndexes=[index(f"i-{n}", projection=include(*MANY)) for n in range(10)]
        ),
        create(
            GlobalSecondaryIndexes=[
                index(f"i-{n}", projection=include(*MANY[:10])) for n in range(10)
            ]
        ),
    ),
    (
        "ProvisionedThroughput is required",
        create(BillingMode="PROVISIONED"),
        provisioned(),
    ),
    ("ProvisionedThroughput is required", create(BillingMode=None), provisioned()),
    (
        "ProvisionedThroughput is required with PROVISIONED at 'GlobalSecondaryIndexes[0]'",
        provisioned(GlobalSecondaryIndexes=[index()]),
        provisioned(GlobalSecondaryIndexes=[index(ProvisionedThroughput=UNITS)]),
    ),
    (
        "Neither ReadCapacityUnits nor",
        create(ProvisionedThroughput=UNITS),
        create(),
    ),
    (
        "at 'GlobalSecondaryIndexes[0]'",
        create(GlobalSecondaryIndexes=[index(ProvisionedThroughput=UNITS)]),
        create(GlobalSecondaryIndexes=[index()]),
    ),
    (
        "is above",
        provisioned() | {"ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": 10**12 + 1}},
        provisioned() | {"ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": 10**12}},
    ),
    (
        "OnDemandThroughput cannot",
        provisioned(OnDemandThroughput={"MaxReadRequestUnits": 5}),
        create(OnDemandThroughput={"MaxReadRequestUnits": 5}),
    ),
    (
        "MaxReadRequestUnits must be at least 1",
        create(OnDemandThroughput={"MaxReadRequestUnits": -2}),
        create(OnDemandThroughput={"MaxReadRequestUnits": -1}),
    ),
    (
        "ReadUnitsPerSecond must be at least 12000",
        create(WarmThroughput={"ReadUnitsPerSecond": 11999, "WriteUnitsPerSecond": 4000}),
        create(WarmThroughput={"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}),
    ),
    (
        "StreamViewType must be specified",
        create(StreamSpecification={"StreamEnabled": True}),
        create(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}),
    ),
    (
        "StreamViewType cannot be specified",
        create(StreamSpecification={"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}),
        create(StreamSpecification={"StreamEnabled": False}),
    ),
    (
        "only when SSESpecification is enabled",
        create(SSESpecification={"Enabled": False, "KMSMasterKeyId": "k", "SSEType": "KMS"}),
        create(SSESpecification={"Enabled": True, "KMSMasterKeyId": "k", "SSEType": "KMS"}),
    ),
    (
        "only with SSEType KMS",
        create(SSESpecification={"Enabled": True, "KMSMasterKeyId": "k"}),
        create(SSESpecification={"Enabled": True}),
    ),
    (
        "Too many Tags: 51",
        create(Tags=tags(*(f"k{n}" for n in range(51)))),
        create(Tags=tags(*(f"k{n}" for n in range(50)))),
    ),
    ("more than one value", create(Tags=tags("k", "k")), create(Tags=tags("k", "K"))),
    ("must not begin with aws:", create(Tags=tags("aws:x")), create(Tags=tags("aws-x"))),
    (
        "characters that are not allowed",
        create(Tags=tags("a#b")),
        create(Tags=tags("Grüße 日本_.:/=+-@1")),
    ),
    (
        "characters that are not allowed",
        create(Tags=tags("k", value="a\nb")),
        create(Tags=tags("k", value="")),
    ),
]


@pytest.mark.parametrize(("message", "refused", "accepted"), CREATE_TABLE)
def test_a_create_table_request_is_accepted_or_refused(
    cloud: Cloud, message: str, refused: Json, accepted: Json
) -> None:
    with pytest.raises(Refused) as caught:
        cloud.call("dynamodb", "CreateTable", refused)
    assert caught.value.code == "ValidationException"
    assert message in caught.value.message
    assert "; " not in caught.value.message  # no other rule
    cloud.call("dynamodb", "CreateTable", accepted)
    assert [call.outcome for call in cloud.calls] == ["refused", "done"]


def update(cloud: Cloud, **parameters: Any) -> None:
    cloud.call("dynamodb", "UpdateTable", {"TableName": "orders", **parameters})


STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
OFF = {"StreamEnabled": False}
NEW_INDEX = {"Create": index("by-new", "new")}
NEW_ATTRIBUTES = [PK, SK, *definitions("new")]

UPDATE_TABLE: list[Any] = [
    ("At least one of", create(), {}, {"DeletionProtectionEnabled": True}),
    (
        "SSESpecification modification must be the only",
        create(),
        {"SSESpecification": {"Enabled": True}, "DeletionProtectionEnabled": True},
        {"SSESpecification": {"Enabled": True}},
    ),
    (
        "TableClass modification must be the only",
        create(),
        {"TableClass": "STANDARD_INFREQUENT_ACCESS", "DeletionProtectionEnabled": True},
        {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
    ),
    (
        "already has an enabled stream",
        create(StreamSpecification=STREAM),
        {"StreamSpecification": {**STREAM, "StreamViewType": "OLD_IMAGE"}},
        {"StreamSpecification": OFF},
    ),
    (
        "already has a disabled stream",
        create(),
        {"StreamSpecification": OFF},
        {"StreamSpecification": STREAM},
    ),
    (
        "Neither ReadCapacityUnits nor",
        create(),
        {"ProvisionedThroughput": UNITS},
        {"ProvisionedThroughput": UNITS, "BillingMode": "PROVISIONED"},
    ),
    (
        "ProvisionedThroughput is required",
        create(),
        {"BillingMode": "PROVISIONED"},
        {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS},
    ),
    (
        "will not change",
        provisioned(),
        {"ProvisionedThroughput": UNITS},
        {"ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": 6}},
    ),
    (
        "ProvisionedThroughput must be specified for by-x",
        create(GlobalSecondaryIndexes=[index()]),
        {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS},
        {
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": [
                {"Update": {"IndexName": "by-x", "ProvisionedThroughput": UNITS}}
            ],
        },
    ),
    (
        "lower than current",
        create(WarmThroughput={"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}),
        {"WarmThroughput": {"ReadUnitsPerSecond": 14000, "WriteUnitsPerSecond": 5000}},
        {"WarmThroughput": {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 6000}},
    ),
    (
        "which already exists: by-x",
        create(GlobalSecondaryIndexes=[index()]),
        {"GlobalSecondaryIndexUpdates": [{"Create": index()}]},
        {
            "AttributeDefinitions": NEW_ATTRIBUTES,
            "GlobalSecondaryIndexUpdates": [NEW_INDEX],
        },
    ),
    (
        "not defined in AttributeDefinitions",
        create(),
        {"GlobalSecondaryIndexUpdates": [NEW_INDEX]},
        {
            "AttributeDefinitions": definitions("new"),
            "GlobalSecondaryIndexUpdates": [NEW_INDEX],
        },
    ),
    (
        "ProvisionedThroughput is required",
        provisioned(),
        {
            "AttributeDefinitions": NEW_ATTRIBUTES,
            "GlobalSecondaryIndexUpdates": [NEW_INDEX],
        },
        {
            "AttributeDefinitions": NEW_ATTRIBUTES,
            "GlobalSecondaryIndexUpdates": [
                {"Create": index("by-new", "new", ProvisionedThroughput=UNITS)}
            ],
        },
    ),
    (
        "at 'GlobalSecondaryIndexUpdates[0].Update'",
        create(GlobalSecondaryIndexes=[index()]),
        {
            "GlobalSecondaryIndexUpdates": [
                {"Update": {"IndexName": "by-x", "ProvisionedThroughput": UNITS}}
            ]
        },
        {
            "GlobalSecondaryIndexUpdates": [
                {"Update": {"IndexName": "by-x", "OnDemandThroughput": {"MaxReadRequestUnits": 5}}}
            ]
        },
    ),
    (
        "Cannot create or delete index while updating throughput",
        provisioned(GlobalSecondaryIndexes=[index(ProvisionedThroughput=UNITS)]),
        {
            "ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": 6},
            "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-x"}}],
        },
        {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-x"}}]},
    ),
]


@pytest.mark.parametrize(("message", "before", "refused", "accepted"), UPDATE_TABLE)
def test_an_update_table_request_is_accepted_or_refused(
    cloud: Cloud, message: str, before: Json, refused: Json, accepted: Json
) -> None:
    cloud.call("dynamodb", "CreateTable", before)
    with pytest.raises(Refused) as caught:
        update(cloud, **refused)
    assert caught.value.code == "ValidationException"
    assert message in caught.value.message
    assert "; " not in caught.value.message  # no other rule
    update(cloud, **accepted)


def test_two_indexes_are_not_built_in_one_request(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", create(GlobalSecondaryIndexes=[index()]))
    updates = [{"Delete": {"IndexName": "by-x"}}, NEW_INDEX]
    with pytest.raises(Refused) as caught:
        update(cloud, AttributeDefinitions=NEW_ATTRIBUTES, GlobalSecondaryIndexUpdates=updates)
    assert caught.value.code == "LimitExceededException"
    for one in updates:
        update(cloud, AttributeDefinitions=NEW_ATTRIBUTES, GlobalSecondaryIndexUpdates=[one])


def test_the_definitions_of_a_new_index_are_added_to_the_existing_ones(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", create())
    updates = [NEW_INDEX]
    update(cloud, AttributeDefinitions=definitions("new"), GlobalSecondaryIndexUpdates=updates)
    table = cloud.call("dynamodb", "DescribeTable", {"TableName": "orders"})["Table"]
    assert table["AttributeDefinitions"] == [PK, SK, *definitions("new")]


@pytest.mark.parametrize("action", ["Update", "Delete"])
def test_a_missing_index_is_not_found(cloud: Cloud, action: str) -> None:
    cloud.call("dynamodb", "CreateTable", create(GlobalSecondaryIndexes=[index()]))
    with pytest.raises(Refused) as caught:
        update(cloud, GlobalSecondaryIndexUpdates=[{action: {"IndexName": "by-y"}}])
    assert caught.value.code == "ResourceNotFoundException"
    update(cloud, GlobalSecondaryIndexUpdates=[{action: {"IndexName": "by-x"}}])


def test_a_missing_table_is_not_found(cloud: Cloud) -> None:
    with pytest.raises(Refused) as caught:
        update(cloud, DeletionProtectionEnabled=True)
    assert caught.value.code == "ResourceNotFoundException"


def test_an_existing_table_is_in_use(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", create())
    with pytest.raises(Refused) as caught:
        cloud.call("dynamodb", "CreateTable", create())
    assert caught.value.code == "ResourceInUseException"


def test_a_protected_table_is_not_deleted(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", create(DeletionProtectionEnabled=True))
    with pytest.raises(Refused, match="DeletionProtectionEnabled"):
        cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"})


def expire(cloud: Cloud, attribute: str, *, on: bool) -> None:
    specification = {"Enabled": on, "AttributeName": attribute}
    parameters = {"TableName": "orders", "TimeToLiveSpecification": specification}
    cloud.call("dynamodb", "UpdateTimeToLive", parameters)


def test_ttl_can_only_be_turned_on_or_off(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", create())
    with pytest.raises(Refused, match="TimeToLive is already disabled"):
        expire(cloud, "exp", on=False)
    expire(cloud, "exp", on=True)
    with pytest.raises(Refused, match="TimeToLive is already enabled"):
        expire(cloud, "exp", on=True)
    for on in (True, False):
        with pytest.raises(Refused, match="different AttributeName: exp"):
            expire(cloud, "other", on=on)
    expire(cloud, "exp", on=False)
    expire(cloud, "other", on=True)


def test_a_recovery_period_needs_recovery(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", create())

    def recover(**specification: Any) -> None:
        parameters = {"TableName": "orders", "PointInTimeRecoverySpecification": specification}
        cloud.call("dynamodb", "UpdateContinuousBackups", parameters)

    with pytest.raises(Refused, match="RecoveryPeriodInDays"):
        recover(PointInTimeRecoveryEnabled=False, RecoveryPeriodInDays=7)
    with pytest.raises(Refused, match="less than or equal to 35"):
        recover(PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=36)
    recover(PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=35)


def target(resource: str = "table/orders", least: int = 1, most: int = 10) -> Json:
    kind = "index" if "/index/" in resource else "table"
    return {
        "ServiceNamespace": "dynamodb",
        "ResourceId": resource,
        "ScalableDimension": f"dynamodb:{kind}:ReadCapacityUnits",
        "MinCapacity": least,
        "MaxCapacity": most,
    }


@pytest.mark.parametrize(
    ("message", "refused", "accepted"),
    [
        ("cannot be less than minimum", target(least=5, most=4), target(least=5, most=5)),
        ("cannot be less than 1", target(least=0), target(least=1)),
        ("does not exist: table/nowhere", target("table/nowhere"), target()),
        (
            "does not exist: table/orders/index/by-y",
            target("table/orders/index/by-y"),
            target("table/orders/index/by-x"),
        ),
        ("does not exist: orders", {**target(), "ResourceId": "orders"}, target()),
        (
            "are required for a new",
            {name: value for name, value in target().items() if name != "MaxCapacity"},
            target(),
        ),
    ],
)
def test_a_register_scalable_target_request_is_accepted_or_refused(
    cloud: Cloud, message: str, refused: Json, accepted: Json
) -> None:
    table = provisioned(GlobalSecondaryIndexes=[index(ProvisionedThroughput=UNITS)])
    cloud.call("dynamodb", "CreateTable", table)
    with pytest.raises(Refused, match=message):
        cloud.call("application-autoscaling", "RegisterScalableTarget", refused)
    cloud.call("application-autoscaling", "RegisterScalableTarget", accepted)


def test_one_bound_of_a_registered_target_can_be_updated(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", provisioned())
    cloud.call("application-autoscaling", "RegisterScalableTarget", target())
    one = {name: value for name, value in target(most=20).items() if name != "MinCapacity"}
    cloud.call("application-autoscaling", "RegisterScalableTarget", one)


def test_a_policy_needs_its_target(cloud: Cloud) -> None:
    cloud.call("dynamodb", "CreateTable", provisioned())
    where = {name: target()[name] for name in list(target())[:3]}
    policy = {
        **where,
        "PolicyName": "reads",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0},
    }
    for operation, parameters in (
        ("PutScalingPolicy", policy),
        ("DeleteScalingPolicy", {**where, "PolicyName": "reads"}),
        ("DeregisterScalableTarget", where),
    ):
        with pytest.raises(Refused) as caught:
            cloud.call("application-autoscaling", operation, parameters)
        assert caught.value.code == "ObjectNotFoundException"
    cloud.call("application-autoscaling", "RegisterScalableTarget", target())
    cloud.call("application-autoscaling", "PutScalingPolicy", policy)
    cloud.call("application-autoscaling", "DeleteScalingPolicy", {**where, "PolicyName": "reads"})
    cloud.call("application-autoscaling", "DeregisterScalableTarget", where)
