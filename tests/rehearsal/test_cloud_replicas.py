"""The inline replicas of a table, in the requests of the real provider."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import Incomplete
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import CreateTable, Inputs
from tests.rehearsal.existing_table import TABLE, placed_changes

HOME, NEAR, FAR = "eu-west-1", "eu-west-2", "eu-central-1"
STREAM: Json = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}


def key(region: str, number: int = 1) -> str:
    return f"arn:aws:kms:{region}:123456789012:key/{number}"


def encrypted(number: int = 1) -> Json:
    return {"serverSideEncryption": {"enabled": True, "kmsKeyArn": key(HOME, number)}}


def replica(region: str = NEAR, **more: Any) -> Json:
    return {"regionName": region, **more}


def strong(*regions: str, **more: Any) -> list[Json]:
    return [replica(region, consistencyMode="STRONG", **more) for region in regions]


def updates(action: str, *members: Json, **more: Any) -> tuple[str, str, Json]:
    return HOME, "UpdateTable", {**more, "ReplicaUpdates": [{action: m} for m in members]}


def recovered(region: str, enabled: bool = False) -> tuple[str, str, Json]:
    specification = {"PointInTimeRecoveryEnabled": enabled}
    parameters = {"PointInTimeRecoverySpecification": specification}
    return region, "UpdateContinuousBackups", parameters


def protected(region: str, enabled: bool = False) -> tuple[str, str, Json]:
    return region, "UpdateTable", {"DeletionProtectionEnabled": enabled}


@pytest.fixture
def update_requests(cloud: Cloud, create_table: CreateTable, table: Inputs) -> Any:
    """The requests, with their regions, that update a table from some inputs to others."""

    def update_requests(before: Json, after: Json) -> list[tuple[str, str, Json]]:
        orders = create_table(table(**{**STREAM, **before}))
        number = len(cloud.calls)
        orders.update(table(**{**STREAM, **after}))
        return placed_changes(cloud.calls[number:])

    return update_requests


def test_replicas_are_created_one_by_one(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    replicas = [
        replica(FAR, pointInTimeRecovery=True, deletionProtectionEnabled=True),
        replica(NEAR),
    ]
    aws.create(TABLE, table(**STREAM, replicas=replicas))
    assert placed_changes(cloud.calls)[1:] == [
        updates("Create", {"RegionName": FAR}),
        recovered(FAR, enabled=True),
        protected(FAR, enabled=True),
        updates("Create", {"RegionName": NEAR}),
        recovered(NEAR),
        protected(NEAR),
    ]


def test_a_replica_has_these_outputs(aws: Provider, table: Inputs) -> None:
    created = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR, pointInTimeRecovery=True)]))
    (outputs,) = created.outputs["replicas"]
    label = outputs.pop("streamLabel")
    arn = f"arn:aws:dynamodb:{NEAR}:123456789012:table/orders"
    assert outputs == {
        "regionName": NEAR,
        "arn": arn,
        "streamArn": f"{arn}/stream/{label}",
        "kmsKeyArn": "",
        "pointInTimeRecovery": True,
        "deletionProtectionEnabled": False,
        "propagateTags": False,
        "consistencyMode": "EVENTUAL",
    }


def test_a_read_queries_each_replica_in_its_region(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    inputs = table(**STREAM, replicas=[replica(NEAR, propagateTags=True), replica(FAR)])
    created = aws.create(TABLE, inputs)
    number = len(cloud.calls)
    found = aws.read(TABLE, created.id, created.outputs, inputs)
    assert [(call.region, call.operation) for call in cloud.calls[number:]] == [
        (HOME, "DescribeTable"),
        (NEAR, "DescribeContinuousBackups"),
        (FAR, "DescribeContinuousBackups"),
        (NEAR, "DescribeTable"),
        (FAR, "DescribeTable"),
        (HOME, "DescribeContinuousBackups"),
        (HOME, "DescribeTimeToLive"),
        (HOME, "ListTagsOfResource"),
    ]
    assert found is not None
    assert (found.inputs, found.outputs) == (inputs, created.outputs)


def test_strong_replicas_are_created_together_and_never_protected(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    replicas = strong(NEAR, FAR, deletionProtectionEnabled=True)
    created = aws.create(TABLE, table(replicas=replicas))
    assert placed_changes(cloud.calls)[1:] == [
        updates(
            "Create",
            {"RegionName": NEAR},
            {"RegionName": FAR},
            MultiRegionConsistency="STRONG",
        ),
        recovered(NEAR),
        recovered(FAR),
    ]
    assert [
        (item["consistencyMode"], item["deletionProtectionEnabled"])
        for item in created.outputs["replicas"]
    ] == [("STRONG", False), ("STRONG", False)]


def test_the_next_update_sets_a_protection_that_creation_skipped(update_requests: Any) -> None:
    inputs = {"replicas": strong(NEAR, FAR, deletionProtectionEnabled=True)}
    assert update_requests(inputs, inputs) == [
        protected(NEAR, enabled=True),
        protected(FAR, enabled=True),
    ]


def test_a_witness_is_created_and_deleted_with_its_replica(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    inputs = table(replicas=strong(NEAR), globalTableWitness={"regionName": FAR})
    created = aws.create(TABLE, inputs)
    witness = [{"Create": {"RegionName": FAR}}]
    assert placed_changes(cloud.calls)[1] == updates(
        "Create",
        {"RegionName": NEAR},
        MultiRegionConsistency="STRONG",
        GlobalTableWitnessUpdates=witness,
    )
    assert created.outputs["globalTableWitness"] == {"regionName": FAR}
    number = len(cloud.calls)
    aws.delete(TABLE, created.id, created.outputs)
    witness = [{"Delete": {"RegionName": FAR}}]
    assert placed_changes(cloud.calls[number:]) == [
        updates("Delete", {"RegionName": NEAR}, GlobalTableWitnessUpdates=witness),
        (HOME, "DeleteTable", {}),
    ]


@pytest.mark.parametrize(
    ("replicas", "witness", "message"),
    [
        ([*strong(NEAR), replica(FAR)], None, "or 1 replica and 1 witness region.$"),
        (strong(NEAR), None, "count of 1 was provided but no Witness region was provided"),
        (strong(NEAR, FAR), "eu-west-3", "count of 2 was provided and a Witness region was also"),
        (strong(NEAR, FAR, "eu-west-3"), None, "Too many Replicas were provided 3"),
    ],
)
def test_the_provider_counts_strongly_consistent_replicas_itself(
    cloud: Cloud,
    aws: Provider,
    table: Inputs,
    replicas: list[Json],
    witness: str | None,
    message: str,
) -> None:
    place = None if witness is None else {"regionName": witness}
    with pytest.raises(Incomplete, match=message) as caught:
        aws.create(TABLE, table(replicas=replicas, globalTableWitness=place))
    assert caught.value.by == "provider"
    assert len(placed_changes(cloud.calls)) == 1


def test_the_order_of_replicas_does_not_matter(update_requests: Any) -> None:
    replicas = [replica(NEAR, pointInTimeRecovery=True), replica(FAR)]
    assert update_requests({"replicas": replicas}, {"replicas": replicas[::-1]}) == []


def test_replicas_are_removed_before_others_are_added(update_requests: Any) -> None:
    assert update_requests({"replicas": [replica(NEAR)]}, {"replicas": [replica(FAR)]}) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Create", {"RegionName": FAR}),
        recovered(FAR),
        protected(FAR),
    ]


def test_the_last_replica_is_deleted_if_the_inputs_have_none(update_requests: Any) -> None:
    assert update_requests({"replicas": [replica(NEAR)]}, {}) == [
        updates("Delete", {"RegionName": NEAR})
    ]


@pytest.mark.parametrize(
    ("change", "requests"),
    [
        ({"pointInTimeRecovery": True}, [recovered(NEAR, enabled=True)]),
        ({"deletionProtectionEnabled": True}, [protected(NEAR, enabled=True)]),
        (
            {"pointInTimeRecovery": True, "deletionProtectionEnabled": True},
            [recovered(NEAR, enabled=True)],
        ),
        ({"propagateTags": True}, []),
    ],
    ids=str,
)
def test_one_setting_of_each_replica_changes(
    update_requests: Any, change: Json, requests: list[tuple[str, str, Json]]
) -> None:
    assert update_requests({"replicas": [replica()]}, {"replicas": [replica(**change)]}) == requests


def test_a_replica_with_a_changed_key_is_recreated(update_requests: Any) -> None:
    old, new = replica(kmsKeyArn=key(NEAR)), replica(kmsKeyArn=key(NEAR, 2))
    assert update_requests(
        {**encrypted(), "replicas": [old]}, {**encrypted(), "replicas": [new]}
    ) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Create", {"RegionName": NEAR, "KMSMasterKeyId": key(NEAR, 2)}),
        recovered(NEAR),
        protected(NEAR),
    ]


def test_keys_of_a_table_and_its_replicas_change_together_and_once_more(
    update_requests: Any,
) -> None:
    """The provider does not see that its first request did it, and recreates the replica."""
    old, new = replica(kmsKeyArn=key(NEAR)), replica(kmsKeyArn=key(NEAR, 2))
    first, *others = update_requests(
        {**encrypted(), "replicas": [old]}, {**encrypted(2), "replicas": [new]}
    )
    assert first == updates(
        "Update",
        {"RegionName": NEAR, "KMSMasterKeyId": key(NEAR, 2)},
        {"RegionName": HOME, "KMSMasterKeyId": key(HOME, 2)},
    )
    assert [request[2].get("ReplicaUpdates") for request in others[:2]] == [
        [{"Delete": {"RegionName": NEAR}}],
        [{"Create": {"RegionName": NEAR, "KMSMasterKeyId": key(NEAR, 2)}}],
    ]


def test_a_change_of_encryption_is_refused_with_a_new_replica(
    cloud: Cloud, create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(**STREAM))
    managed = {"serverSideEncryption": {"enabled": True}}
    with pytest.raises(Refused, match="not found"):
        orders.update(table(**STREAM, **managed, replicas=[replica()]))
    assert not any("ReplicaUpdates" in call.parameters for call in cloud.calls)


def test_a_key_that_is_left_out_stays_only_while_nothing_else_changes(
    cloud: Cloud, create_table: CreateTable, table: Inputs
) -> None:
    whole = table(**STREAM, **encrypted(), replicas=[replica(kmsKeyArn=key(NEAR))])
    orders = create_table(whole)
    assert orders.update({**whole, "replicas": [replica()]}) == []
    with pytest.raises(Refused, match="KMSMasterKeyId must be specified for each replica"):
        orders.update({**whole, "replicas": [replica(pointInTimeRecovery=True)]})
    assert [call.parameters["ReplicaUpdates"] for call in cloud.calls[-8:] if call.code] == [
        [{"Create": {"RegionName": NEAR}}]
    ]


def test_a_changed_consistency_recreates_the_replicas(update_requests: Any) -> None:
    before = {"replicas": [replica(NEAR), replica(FAR)]}
    assert update_requests(before, {"replicas": strong(NEAR, FAR)}) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Delete", {"RegionName": FAR}),
        updates(
            "Create", {"RegionName": NEAR}, {"RegionName": FAR}, MultiRegionConsistency="STRONG"
        ),
        recovered(NEAR),
        recovered(FAR),
    ]


def test_tags_are_propagated_to_the_replicas_that_ask_for_them(
    cloud: Cloud, create_table: CreateTable, table: Inputs
) -> None:
    whole = table(**STREAM, replicas=[replica(NEAR, propagateTags=True), replica(FAR)])
    orders = create_table({**whole, "tags": {"a": "1", "b": "1"}})
    number = len(cloud.calls)
    orders.update({**whole, "tags": {"b": "2"}})
    places = [f"arn:aws:dynamodb:{region}:123456789012:table/orders" for region in (HOME, NEAR)]
    assert placed_changes(cloud.calls[number:]) == [
        (region, operation, {"ResourceArn": place, **what})
        for region, place in zip((HOME, NEAR), places, strict=True)
        for operation, what in (
            ("UntagResource", {"TagKeys": ["a"]}),
            ("TagResource", {"Tags": [{"Key": "b", "Value": "2"}]}),
        )
    ]


def test_replicas_are_deleted_before_their_table(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    created = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR), replica(FAR)]))
    number = len(cloud.calls)
    aws.delete(TABLE, created.id, created.outputs)
    assert placed_changes(cloud.calls[number:]) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Delete", {"RegionName": FAR}),
        (HOME, "DeleteTable", {}),
    ]
    assert [
        cloud.call("dynamodb", "ListTables", {}, region=region)["TableNames"]
        for region in (HOME, NEAR, FAR)
    ] == [[], [], []]


def test_a_protected_replica_keeps_its_table_but_not_the_other_replica(
    aws: Provider, table: Inputs
) -> None:
    replicas = [replica(NEAR, deletionProtectionEnabled=True), replica(FAR)]
    created = aws.create(TABLE, table(**STREAM, replicas=replicas))
    with pytest.raises(Refused, match="in region eu-west-2 because it has deletion protection"):
        aws.delete(TABLE, created.id, created.outputs)
    found = aws.read(TABLE, created.id, created.outputs)
    assert found is not None
    assert [item["regionName"] for item in found.outputs["replicas"]] == [NEAR]


def test_an_existing_replica_is_adopted_as_the_tables(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    created = aws.create(TABLE, table(**STREAM))
    addition = {"TableName": "orders", "ReplicaUpdates": [{"Create": {"RegionName": NEAR}}]}
    cloud.call("dynamodb", "UpdateTable", addition, region=HOME)
    number = len(cloud.calls)
    created = aws.update(TABLE, created.id, created.outputs, table(**STREAM, replicas=[replica()]))
    assert placed_changes(cloud.calls[number:]) == [
        updates("Create", {"RegionName": NEAR}),
        updates("Update", {"RegionName": NEAR}),
        recovered(NEAR),
        protected(NEAR),
    ]
    assert [item["regionName"] for item in created.outputs["replicas"]] == [NEAR]


def test_an_unrelated_table_is_not_adopted_as_a_replica(aws: Provider, table: Inputs) -> None:
    aws.create(TABLE, table(region=NEAR))
    with pytest.raises(Refused, match="action of the request was not found"):
        aws.create(TABLE, table(**STREAM, replicas=[replica()]))


def test_replicas_that_are_already_gone_do_not_keep_their_table(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    """As after a refresh, which records the standalone replicas."""
    created = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR), replica(FAR)]))
    for region in (NEAR, FAR):
        cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"}, region=region)
    aws.delete(TABLE, created.id, created.outputs)
    assert aws.read(TABLE, created.id, created.outputs) is None


def test_a_missing_replica_keeps_its_table_while_another_exists(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    created = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR), replica(FAR)]))
    cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"}, region=NEAR)
    with pytest.raises(Refused, match=r"not part of the global table.*\[eu-west-2\]"):
        aws.delete(TABLE, created.id, created.outputs)
