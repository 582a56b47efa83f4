"""The replicas that a table has inline, in the requests of the real provider."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import Incomplete
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs, Live
from tests.rehearsal.living import TABLE, placed_changes

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
def become(cloud: Cloud, live: Live, table: Inputs) -> Any:
    """The requests, with their regions, that take a table from some inputs to others."""

    def become(before: Json, after: Json) -> list[tuple[str, str, Json]]:
        there = live(table(**{**STREAM, **before}))
        number = len(cloud.calls)
        there.become(table(**{**STREAM, **after}))
        return placed_changes(cloud.calls[number:])

    return become


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
    made = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR, pointInTimeRecovery=True)]))
    (outputs,) = made.outputs["replicas"]
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


def test_a_read_asks_each_replica_in_its_region(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    inputs = table(**STREAM, replicas=[replica(NEAR, propagateTags=True), replica(FAR)])
    made = aws.create(TABLE, inputs)
    number = len(cloud.calls)
    found = aws.read(TABLE, made.id, made.outputs, inputs)
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
    assert (found.inputs, found.outputs) == (inputs, made.outputs)


def test_strongly_consistent_replicas_are_created_at_once_and_never_protected(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    replicas = strong(NEAR, FAR, deletionProtectionEnabled=True)
    made = aws.create(TABLE, table(replicas=replicas))
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
        for item in made.outputs["replicas"]
    ] == [("STRONG", False), ("STRONG", False)]


def test_a_protection_that_creation_passed_over_comes_with_the_next_update(become: Any) -> None:
    inputs = {"replicas": strong(NEAR, FAR, deletionProtectionEnabled=True)}
    assert become(inputs, inputs) == [protected(NEAR, enabled=True), protected(FAR, enabled=True)]


def test_a_witness_is_created_with_the_one_replica_and_goes_with_it(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    inputs = table(replicas=strong(NEAR), globalTableWitness={"regionName": FAR})
    made = aws.create(TABLE, inputs)
    witness = [{"Create": {"RegionName": FAR}}]
    assert placed_changes(cloud.calls)[1] == updates(
        "Create",
        {"RegionName": NEAR},
        MultiRegionConsistency="STRONG",
        GlobalTableWitnessUpdates=witness,
    )
    assert made.outputs["globalTableWitness"] == {"regionName": FAR}
    number = len(cloud.calls)
    aws.delete(TABLE, made.id, made.outputs)
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


def test_the_same_replicas_in_any_order_change_nothing(become: Any) -> None:
    replicas = [replica(NEAR, pointInTimeRecovery=True), replica(FAR)]
    assert become({"replicas": replicas}, {"replicas": replicas[::-1]}) == []


def test_removed_replicas_go_before_added_ones_come(become: Any) -> None:
    assert become({"replicas": [replica(NEAR)]}, {"replicas": [replica(FAR)]}) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Create", {"RegionName": FAR}),
        recovered(FAR),
        protected(FAR),
    ]


def test_the_last_replica_goes_when_there_are_none_in_the_inputs(become: Any) -> None:
    assert become({"replicas": [replica(NEAR)]}, {}) == [updates("Delete", {"RegionName": NEAR})]


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
def test_of_each_replica_one_thing_changes(
    become: Any, change: Json, requests: list[tuple[str, str, Json]]
) -> None:
    assert become({"replicas": [replica()]}, {"replicas": [replica(**change)]}) == requests


def test_a_replica_with_another_key_is_made_anew(become: Any) -> None:
    old, new = replica(kmsKeyArn=key(NEAR)), replica(kmsKeyArn=key(NEAR, 2))
    assert become({**encrypted(), "replicas": [old]}, {**encrypted(), "replicas": [new]}) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Create", {"RegionName": NEAR, "KMSMasterKeyId": key(NEAR, 2)}),
        recovered(NEAR),
        protected(NEAR),
    ]


def test_the_keys_of_a_table_and_its_replicas_change_together_and_then_once_more(
    become: Any,
) -> None:
    """The provider does not see that its first request has done it, and makes the replica anew."""
    old, new = replica(kmsKeyArn=key(NEAR)), replica(kmsKeyArn=key(NEAR, 2))
    first, *others = become({**encrypted(), "replicas": [old]}, {**encrypted(2), "replicas": [new]})
    assert first == updates(
        "Update",
        {"RegionName": NEAR, "KMSMasterKeyId": key(NEAR, 2)},
        {"RegionName": HOME, "KMSMasterKeyId": key(HOME, 2)},
    )
    assert [request[2].get("ReplicaUpdates") for request in others[:2]] == [
        [{"Delete": {"RegionName": NEAR}}],
        [{"Create": {"RegionName": NEAR, "KMSMasterKeyId": key(NEAR, 2)}}],
    ]


def test_a_change_of_encryption_waits_in_vain_for_a_replica_that_is_yet_to_come(
    cloud: Cloud, live: Live, table: Inputs
) -> None:
    there = live(table(**STREAM))
    managed = {"serverSideEncryption": {"enabled": True}}
    with pytest.raises(Refused, match="not found"):
        there.become(table(**STREAM, **managed, replicas=[replica()]))
    assert not any("ReplicaUpdates" in call.parameters for call in cloud.calls)


def test_a_key_that_is_left_out_stays_only_while_nothing_else_changes(
    cloud: Cloud, live: Live, table: Inputs
) -> None:
    whole = table(**STREAM, **encrypted(), replicas=[replica(kmsKeyArn=key(NEAR))])
    there = live(whole)
    assert there.become({**whole, "replicas": [replica()]}) == []
    with pytest.raises(Refused, match="KMSMasterKeyId must be specified for each replica"):
        there.become({**whole, "replicas": [replica(pointInTimeRecovery=True)]})
    assert [call.parameters["ReplicaUpdates"] for call in cloud.calls[-8:] if call.code] == [
        [{"Create": {"RegionName": NEAR}}]
    ]


def test_another_consistency_is_other_replicas(become: Any) -> None:
    before = {"replicas": [replica(NEAR), replica(FAR)]}
    assert become(before, {"replicas": strong(NEAR, FAR)}) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Delete", {"RegionName": FAR}),
        updates(
            "Create", {"RegionName": NEAR}, {"RegionName": FAR}, MultiRegionConsistency="STRONG"
        ),
        recovered(NEAR),
        recovered(FAR),
    ]


def test_tags_reach_the_replicas_that_want_them(cloud: Cloud, live: Live, table: Inputs) -> None:
    whole = table(**STREAM, replicas=[replica(NEAR, propagateTags=True), replica(FAR)])
    there = live({**whole, "tags": {"a": "1", "b": "1"}})
    number = len(cloud.calls)
    there.become({**whole, "tags": {"b": "2"}})
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
    made = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR), replica(FAR)]))
    number = len(cloud.calls)
    aws.delete(TABLE, made.id, made.outputs)
    assert placed_changes(cloud.calls[number:]) == [
        updates("Delete", {"RegionName": NEAR}),
        updates("Delete", {"RegionName": FAR}),
        (HOME, "DeleteTable", {}),
    ]
    assert [
        cloud.call("dynamodb", "ListTables", {}, region=region)["TableNames"]
        for region in (HOME, NEAR, FAR)
    ] == [[], [], []]


def test_a_protected_replica_keeps_its_table_and_not_the_other_replica(
    aws: Provider, table: Inputs
) -> None:
    replicas = [replica(NEAR, deletionProtectionEnabled=True), replica(FAR)]
    made = aws.create(TABLE, table(**STREAM, replicas=replicas))
    with pytest.raises(Refused, match="in region eu-west-2 because it has deletion protection"):
        aws.delete(TABLE, made.id, made.outputs)
    found = aws.read(TABLE, made.id, made.outputs)
    assert found is not None
    assert [item["regionName"] for item in found.outputs["replicas"]] == [NEAR]


def test_a_replica_that_is_there_already_is_taken_for_the_tables(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    made = aws.create(TABLE, table(**STREAM))
    addition = {"TableName": "orders", "ReplicaUpdates": [{"Create": {"RegionName": NEAR}}]}
    cloud.call("dynamodb", "UpdateTable", addition, region=HOME)
    number = len(cloud.calls)
    made = aws.update(TABLE, made.id, made.outputs, table(**STREAM, replicas=[replica()]))
    assert placed_changes(cloud.calls[number:]) == [
        updates("Create", {"RegionName": NEAR}),
        updates("Update", {"RegionName": NEAR}),
        recovered(NEAR),
        protected(NEAR),
    ]
    assert [item["regionName"] for item in made.outputs["replicas"]] == [NEAR]


def test_a_table_that_is_none_of_its_own_is_no_replica(aws: Provider, table: Inputs) -> None:
    aws.create(TABLE, table(region=NEAR))
    with pytest.raises(Refused, match="action of the request was not found"):
        aws.create(TABLE, table(**STREAM, replicas=[replica()]))


def test_replicas_that_are_gone_already_do_not_keep_their_table(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    """As after a refresh, which records the replicas that are resources of their own."""
    made = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR), replica(FAR)]))
    for region in (NEAR, FAR):
        cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"}, region=region)
    aws.delete(TABLE, made.id, made.outputs)
    assert aws.read(TABLE, made.id, made.outputs) is None


def test_a_replica_that_is_gone_keeps_its_table_while_another_is_there(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    made = aws.create(TABLE, table(**STREAM, replicas=[replica(NEAR), replica(FAR)]))
    cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"}, region=NEAR)
    with pytest.raises(Refused, match=r"not part of the global table.*\[eu-west-2\]"):
        aws.delete(TABLE, made.id, made.outputs)
