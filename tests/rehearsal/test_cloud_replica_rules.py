"""What AWS refuses of replicas: each rule applies, and its near miss passes."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from tests.emulated.cloud import Cloud
from tests.rehearsal.test_cloud_global_tables import (
    BOTH_IMAGES,
    CREATE,
    FAR,
    HOME,
    INDEX,
    LOCAL,
    NEAR,
    UNITS,
    Orders,
)

STRONG: Json = {"MultiRegionConsistency": "STRONG"}
PROVISIONED: Json = {**CREATE, "BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}


@pytest.fixture
def orders(cloud: Cloud) -> Orders:
    return Orders(cloud)


def replicas(action: str, *regions: str, **more: Any) -> Json:
    return {"ReplicaUpdates": [{action: {"RegionName": region, **more}} for region in regions]}


def witness(action: str, region: str) -> Json:
    return {"GlobalTableWitnessUpdates": [{action: {"RegionName": region}}]}


def key(region: str, name: str = "key/1") -> str:
    return f"arn:aws:kms:{region}:123456789012:{name}"


def encrypted(region: str = HOME) -> Json:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key(region)}


def messages(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    assert refused.value.code == "ValidationException"
    return refused.value.message.split("; ")


REGIONAL: list[tuple[Json, list[str]]] = [
    (replicas("Create", NEAR), []),
    (
        {**replicas("Create", NEAR), "DeletionProtectionEnabled": True},
        ["Requests that modify replicas or witnesses must not also modify other fields"],
    ),
    (
        replicas("Create", NEAR, FAR),
        ["Update table operation with more than one create or delete replica actions not allowed"],
    ),
    (
        {"ReplicaUpdates": [{"Create": {"RegionName": NEAR}, "Delete": {"RegionName": FAR}}]},
        ["Update table operation with more than one type of replica actions not allowed."],
    ),
    (
        replicas("Create", HOME),
        [
            "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable,"
            " DeleteTable, or UpdateTable as required."
        ],
    ),
    (
        replicas("Delete", NEAR),
        [
            "Replica specified in the Replica Update or Replica Delete action of the request was"
            " not found."
        ],
    ),
    (
        {**replicas("Create", NEAR), **witness("Create", FAR)},
        [
            "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter"
            " is present."
        ],
    ),
    (
        {**STRONG, **replicas("Create", NEAR)},
        ["Unsupported replica count for global tables with MultiRegionConsistency set to STRONG."],
    ),
    (
        {**STRONG, **replicas("Create", NEAR), **witness("Create", NEAR)},
        ["Cannot target multiple regions with the same action"],
    ),
    (
        {**STRONG, **replicas("Create", NEAR), **witness("Create", HOME)},
        [
            "Cannot add a witness in the same region as an existing replica when creating a global"
            " table with MultiRegionConsistency set to STRONG."
        ],
    ),
    (
        {**STRONG, **replicas("Create", NEAR, "us-west-1")},
        [
            "Unsupported Region(s) specified for global tables with MultiRegionConsistency set to"
            " STRONG: [us-west-1]."
        ],
    ),
    ({**STRONG, **replicas("Create", NEAR, FAR)}, []),
    ({**STRONG, **replicas("Create", NEAR), **witness("Create", FAR)}, []),
    (
        replicas("Create", NEAR, KMSMasterKeyId=key(NEAR)),
        [
            "One or more parameter values were invalid: KMSMasterKeyId must be specified for each"
            " replica."
        ],
    ),
]


@pytest.mark.parametrize(("request_", "expected"), REGIONAL, ids=str)
def test_a_request_for_a_single_table_is_accepted_or_refused(
    orders: Orders, request_: Json, expected: list[str]
) -> None:
    orders.call("CreateTable", **CREATE)
    if not expected:
        orders.update(**request_)
        return
    with pytest.raises(Refused) as refused:
        orders.update(**request_)
    assert messages(refused) == expected


def test_a_group_names_the_replicas_that_do_not_belong_to_it(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    with pytest.raises(Refused) as refused:
        orders.update(**replicas("Delete", FAR))
    assert messages(refused) == [
        "Update global table operation failed because one or more replicas were not part of the"
        f" global table. Please retry the request without these replicas: [{FAR}]."
    ]


def test_consistency_and_witness_alone_change_nothing(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    for request in (STRONG, {**STRONG, **witness("Create", NEAR)}):
        with pytest.raises(Refused, match="At least one of"):
            orders.update(**request)


def test_an_unknown_region_accepts_no_replica(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    with pytest.raises(Refused, match="Region mars-1 is not supported"):
        orders.replicate("mars-1")


def test_a_second_table_of_the_name_in_the_region_is_refused(cloud: Cloud, orders: Orders) -> None:
    text = (
        "Failed to create a the new replica of table with name: ‘orders’ because one or more"
        " replicas already existed as tables."
    )
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    orders.call("CreateTable", FAR, **CREATE)
    for region in (NEAR, FAR):
        with pytest.raises(Refused) as refused:
            orders.replicate(region)
        assert messages(refused) == [text]


def test_provisioned_writes_must_be_autoscaled(cloud: Cloud, orders: Orders) -> None:
    """Target and policy, of the table and of every global index."""
    index = {**INDEX, "ProvisionedThroughput": UNITS}
    orders.call("CreateTable", **PROVISIONED, GlobalSecondaryIndexes=[index])
    table = "Table write capacity should either be Pay-Per-Request or AutoScaled."
    of_index = "GSI write capacity should either be Pay-Per-Request or AutoScaled."
    with pytest.raises(Refused) as refused:
        orders.replicate(NEAR)
    assert messages(refused) == [table, of_index]
    target = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
        "MinCapacity": 1,
        "MaxCapacity": 9,
    }
    cloud.call("application-autoscaling", "RegisterScalableTarget", target)
    with pytest.raises(Refused) as refused:
        orders.replicate(NEAR)
    assert messages(refused) == [table, of_index]
    orders.scale()
    with pytest.raises(Refused) as refused:
        orders.replicate(NEAR)
    assert messages(refused) == [of_index]
    orders.scale("table/orders/index/by-sk", "dynamodb:index:WriteCapacityUnits")
    orders.replicate(NEAR)


@pytest.mark.parametrize(
    ("own", "of_replica", "message"),
    [
        (None, None, None),
        ({"Enabled": True}, None, None),
        (encrypted(), key(NEAR), None),
        (encrypted(), None, "KMSMasterKeyId must be specified for each replica."),
        ({"Enabled": True}, key(NEAR), "All replica keys must either be Customer Managed CMK or"),
        (encrypted(), key(HOME), "KMS validation error for region us-east-2: .*Invalid arn us-eas"),
    ],
)
def test_all_members_have_the_same_kind_of_key(
    orders: Orders, own: Json | None, of_replica: str | None, message: str | None
) -> None:
    creation = {**CREATE, "SSESpecification": own} if own else CREATE
    orders.call("CreateTable", **creation)
    more = {"KMSMasterKeyId": of_replica} if of_replica else {}
    if message is None:
        orders.replicate(NEAR, **more)
        return
    with pytest.raises(Refused, match=message):
        orders.replicate(NEAR, **more)


def test_one_key_among_several_cannot_change(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE, SSESpecification=encrypted())
    orders.replicate(NEAR, KMSMasterKeyId=key(NEAR))
    with pytest.raises(Refused, match="KMSMasterKeyId must be specified for each replica"):
        orders.update(**replicas("Update", NEAR, KMSMasterKeyId=key(NEAR, "key/2")))


@pytest.mark.parametrize("keyed", [False, True], ids=["AWS's before", "a customer's before"])
def test_customer_keys_of_a_group_cannot_be_set_through_its_table(
    orders: Orders, keyed: bool
) -> None:
    key_of_table = {"SSESpecification": encrypted()} if keyed else {}
    orders.call("CreateTable", **{**CREATE, **key_of_table})
    orders.replicate(NEAR, **({"KMSMasterKeyId": key(NEAR)} if keyed else {}))
    with pytest.raises(Refused, match="cannot be updated through SSESpecification parameter"):
        orders.update(SSESpecification=encrypted())


def test_an_update_of_a_replica_must_change_something(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    with pytest.raises(Refused, match="There are no actions specified in the Replica Update"):
        orders.update(**replicas("Update", NEAR))
    orders.update(**replicas("Update", NEAR, TableClassOverride="STANDARD"))


@pytest.mark.parametrize("region", [HOME, NEAR])
def test_the_stream_of_a_member_stays_on(orders: Orders, region: str) -> None:
    orders.call("CreateTable", **CREATE, StreamSpecification=BOTH_IMAGES)
    orders.replicate(NEAR)
    with pytest.raises(Refused, match="Disabling Stream is not allowed for a Global Table replica"):
        orders.update(region, StreamSpecification={"StreamEnabled": False})
    orders.update(**replicas("Delete", NEAR))
    orders.update(StreamSpecification={"StreamEnabled": False})


SOURCE = (
    "Replica cannot be deleted because it has acted as a source region for new replica(s) being"
    " added to the table in the last 24 hours."
)


def test_the_source_of_a_replica_stays_as_long_as_the_replica(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    orders.update(NEAR, **replicas("Create", FAR))
    with pytest.raises(Refused) as refused:
        orders.call("DeleteTable")
    assert messages(refused) == [SOURCE]
    with pytest.raises(Refused) as refused:
        orders.update(**replicas("Delete", NEAR))
    assert messages(refused) == [SOURCE]
    orders.update(**replicas("Delete", FAR))
    orders.update(**replicas("Delete", NEAR))
    orders.call("DeleteTable")


def test_a_protected_replica_is_not_deleted(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.replicate(NEAR)
    orders.update(NEAR, DeletionProtectionEnabled=True)
    with pytest.raises(Refused) as refused:
        orders.update(**replicas("Delete", NEAR))
    assert messages(refused) == [
        f"Cannot delete table orders in region {NEAR} because it has deletion protection enabled."
        " Disable deletion protection first."
    ]
    orders.update(NEAR, DeletionProtectionEnabled=False)
    orders.update(**replicas("Delete", NEAR))


LONELY = (
    "Deletion of only one table replica is not supported for global tables with"
    " MultiRegionConsistency set to STRONG."
)


def test_strong_consistency_allows_no_local_indexes_and_no_ttl(orders: Orders) -> None:
    strong = {**STRONG, **replicas("Create", NEAR, FAR)}
    orders.call("CreateTable", **CREATE, LocalSecondaryIndexes=[LOCAL])
    lifetime: Json = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "exp"}}
    orders.call("UpdateTimeToLive", **lifetime)
    with pytest.raises(Refused) as refused:
        orders.update(**strong)
    assert messages(refused) == [
        f"{what} supported for global tables with MultiRegionConsistency set to STRONG."
        for what in ("Local secondary indexes are not", "TimeToLive is not")
    ]
    orders.call("DeleteTable")
    orders.call("CreateTable", **CREATE)
    orders.update(**strong)
    with pytest.raises(Refused, match="TimeToLive is not supported"):
        orders.call("UpdateTimeToLive", region=NEAR, **lifetime)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            replicas("Create", "us-west-1"),
            "Cannot add replicas to a global table with strong MultiRegionConsistency",
        ),
        (
            {**STRONG, **replicas("Delete", NEAR, FAR)},
            "Only Replica Create actions are supported when MultiRegionConsistency parameter is"
            " provided.",
        ),
        (replicas("Delete", NEAR), LONELY),
        (
            {**replicas("Delete", NEAR, FAR), **witness("Delete", "eu-west-1")},
            "Update global table operation failed because one or more witnesses were not part of"
            " the global table. Please retry the request without these witnesses: [eu-west-1].",
        ),
    ],
    ids=str,
)
def test_a_strongly_consistent_group_never_changes(
    orders: Orders, request_: Json, message: str
) -> None:
    orders.call("CreateTable", **CREATE)
    orders.update(**STRONG, **replicas("Create", NEAR, FAR))
    with pytest.raises(Refused) as refused:
        orders.update(**request_)
    assert messages(refused) == [message]


def test_a_strongly_consistent_group_is_removed_as_a_whole(orders: Orders) -> None:
    orders.call("CreateTable", **CREATE)
    orders.update(**STRONG, **replicas("Create", NEAR), **witness("Create", FAR))
    for region in (HOME, NEAR):
        with pytest.raises(Refused) as refused:
            orders.call("DeleteTable", region)
        assert messages(refused) == [LONELY]
    with pytest.raises(Refused, match="Update table delete operation does not include all witness"):
        orders.update(**replicas("Delete", NEAR))
    with pytest.raises(Refused, match="MultiRegionConsistency parameter is unsupported"):
        orders.update(**STRONG, **replicas("Create", "eu-west-1"), **witness("Create", FAR))
    orders.update(**replicas("Delete", NEAR), **witness("Delete", FAR))
    orders.call("DeleteTable")
