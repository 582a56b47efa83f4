"""Resource policies of streams and of replicas under the engine: they come, follow and go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.global_tables import (
    IRELAND,
    MUMBAI,
    REPLICA,
    SCALED_EVERYWHERE,
    STREAM,
    assert_settled,
    replica,
    up,
)
from tests.engine.harness import Stack
from tests.engine.manifests import allowing, key, manifest
from tests.engine.sequences import DENIED
from tests.engine.specs import policy, stream_policy
from tests.engine.test_engine_access import grants, of_table, settled
from tests.engine.test_engine_access import up as up_in_account

TABLE = "Table orders"
OF_STREAM = "ResourcePolicy orders/stream-policy"
OF_REPLICA = f"ResourcePolicy orders@{IRELAND}-policy"
HERE = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
THERE = f"arn:aws:dynamodb:{IRELAND}:123456789012:table/orders"
NEW = {"streamEnabled": True, "streamViewType": "NEW_IMAGE"}
KEYS = {"streamEnabled": True, "streamViewType": "KEYS_ONLY"}


def allowed(cloud: Cloud) -> dict[str, Any]:
    """What each policy in AWS allows on what, by the ARN that it is attached to."""
    found = {}
    for arn, (text, _) in cloud.services.policies.policies.items():
        (statement,) = json.loads(text)["Statement"]
        found[arn] = (statement["Action"], statement["Resource"])
    return found


def stream_arn(cloud: Cloud) -> str:
    found: str = looks.table(cloud)["LatestStreamArn"]
    return found


def in_ireland(action: str, **more: Any) -> dict[str, Any]:
    """A replica with a policy."""
    return replica(IRELAND, **policy(action), **more)


def test_a_stream_policy_is_created_changed_and_deleted(stack: Stack, cloud: Cloud) -> None:
    up(stack, **NEW)
    arn = stream_arn(cloud)
    assert up(stack, **NEW, **stream_policy("dynamodb:GetRecords")) == {OF_STREAM: "create"}
    assert allowed(cloud) == {arn: ("dynamodb:GetRecords", [arn])}
    assert_settled(stack, **NEW, **stream_policy("dynamodb:GetRecords"))
    assert up(stack, **NEW, **stream_policy("dynamodb:DescribeStream")) == {OF_STREAM: "update"}
    assert allowed(cloud) == {arn: ("dynamodb:DescribeStream", [arn])}
    assert up(stack, **NEW) == {OF_STREAM: "delete"}
    assert allowed(cloud) == {}


def test_a_stream_policy_is_created_and_deleted_with_the_stream(stack: Stack, cloud: Cloud) -> None:
    reading = stream_policy("dynamodb:GetRecords")
    up(stack)
    assert stack.preview(manifest(**NEW, **reading)).changes == {
        TABLE: "update",
        OF_STREAM: "create",
    }
    assert up(stack, **NEW, **reading) == {TABLE: "update", OF_STREAM: "create"}
    assert [*allowed(cloud)] == [stream_arn(cloud)]
    assert up(stack) == {TABLE: "update", OF_STREAM: "delete"}
    assert allowed(cloud) == {}
    assert up(stack, **NEW, **reading) == {TABLE: "update", OF_STREAM: "create"}
    assert [*allowed(cloud)] == [stream_arn(cloud)]
    assert_settled(stack, **NEW, **reading)
    assert stack.destroy().ok
    assert looks.is_empty(cloud)


def test_a_stream_policy_follows_to_a_stream_with_another_view(stack: Stack, cloud: Cloud) -> None:
    """The old stream, which the table no longer has, does not keep its policy from going."""
    reading = stream_policy("dynamodb:GetRecords")
    up(stack, **NEW, **reading)
    old, before = stream_arn(cloud), len(looks.writes(cloud))
    assert up(stack, **KEYS, **reading) == {TABLE: "update", OF_STREAM: "replace"}
    new = stream_arn(cloud)
    assert new != old
    assert allowed(cloud) == {new: ("dynamodb:GetRecords", [new])}
    assert looks.writes(cloud)[before:] == [
        *("UpdateTable", "UpdateTable", "PutResourcePolicy", "DeleteResourcePolicy")
    ]
    assert "ResourceNotFoundException" in {call.code for call in cloud.calls}
    assert_settled(stack, **KEYS, **reading)


def test_a_replaced_table_has_the_policies_of_the_old_one(stack: Stack, cloud: Cloud) -> None:
    spec = {**NEW, **policy("dynamodb:GetItem"), **stream_policy("dynamodb:GetRecords")}
    up(stack, **spec)
    old = stream_arn(cloud)
    other = {**spec, "keySchema": key("id")}
    report = stack.up(manifest(annotations=allowing("keySchema"), **other))
    assert report.ok, report.explained()
    new = stream_arn(cloud)
    assert new != old
    assert allowed(cloud) == {
        HERE: ("dynamodb:GetItem", [HERE]),
        new: ("dynamodb:GetRecords", [new]),
    }
    up(stack, **other)
    assert_settled(stack, **other)
    assert stack.destroy().ok
    assert looks.is_empty(cloud)


def test_a_grant_to_read_the_stream_is_in_the_streams_policy(stack: Stack, cloud: Cloud) -> None:
    reader, root = (f"arn:aws:iam::444455556666:{one}" for one in ("role/lambda", "root"))
    up_in_account(stack, **NEW)
    one = {**NEW, **grants(("streamConsumer", reader))}
    assert up_in_account(stack, **one) == {OF_STREAM: "create"}
    arn = stream_arn(cloud)
    given = {
        "Sid": "GrantStreamConsumerStreams",
        "Effect": "Allow",
        "Action": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        "Resource": [arn],
        "Principal": {"AWS": [reader]},
    }
    assert json.loads(looks.policy(cloud, arn) or "")["Statement"] == [given]
    assert of_table(cloud) == {}
    settled(stack, **one)
    both = {
        **NEW,
        **stream_policy("dynamodb:GetRecords"),
        **grants(("streamConsumer", reader), ("reader", root)),
    }
    assert up_in_account(stack, **both) == {
        OF_STREAM: "update",
        "ResourcePolicy orders-policy": "create",
    }
    own, merged = json.loads(looks.policy(cloud, arn) or "")["Statement"]
    assert (own["Resource"], merged) == ([arn], given)
    assert {one["Principal"]["AWS"][0] for one in of_table(cloud)["Statement"]} == {root}
    settled(stack, **both)
    assert up_in_account(stack, **NEW) == {
        OF_STREAM: "delete",
        "ResourcePolicy orders-policy": "delete",
    }


on_demand_and_scaled = pytest.mark.parametrize(
    "table", [STREAM, SCALED_EVERYWHERE], ids=["inline", "standalone"]
)


@on_demand_and_scaled
def test_a_replica_policy_is_created_changed_and_deleted(
    stack: Stack, cloud: Cloud, table: dict[str, Any]
) -> None:
    up(stack, **table, replicas=[replica(IRELAND)])
    first = {**table, "replicas": [in_ireland("dynamodb:GetItem")]}
    assert up(stack, **first) == {OF_REPLICA: "create"}
    assert allowed(cloud) == {THERE: ("dynamodb:GetItem", [THERE])}
    put = [call for call in cloud.calls if call.operation == "PutResourcePolicy"]
    assert [call.region for call in put] == [IRELAND]
    assert_settled(stack, **first)
    second = {**table, "replicas": [in_ireland("dynamodb:Query")]}
    assert up(stack, **second) == {OF_REPLICA: "update"}
    assert allowed(cloud) == {THERE: ("dynamodb:Query", [THERE])}
    assert up(stack, **table, replicas=[replica(IRELAND)]) == {OF_REPLICA: "delete"}
    assert allowed(cloud) == {}


@on_demand_and_scaled
def test_a_replica_policy_is_created_and_deleted_with_its_replica(
    stack: Stack, cloud: Cloud, table: dict[str, Any]
) -> None:
    both = {
        **table,
        **policy("dynamodb:Scan"),
        "replicas": [in_ireland("dynamodb:GetItem"), replica(MUMBAI)],
    }
    up(stack, **table)
    created = up(stack, **both)
    assert created[OF_REPLICA] == "create"
    assert allowed(cloud) == {
        THERE: ("dynamodb:GetItem", [THERE]),
        HERE: ("dynamodb:Scan", [HERE]),
    }
    assert_settled(stack, **both)
    gone = up(stack, **table, **policy("dynamodb:Scan"), replicas=[replica(MUMBAI)])
    assert gone[OF_REPLICA] == "delete"
    assert allowed(cloud) == {HERE: ("dynamodb:Scan", [HERE])}
    assert up(stack, **both)[OF_REPLICA] == "create"
    assert stack.destroy().ok
    assert looks.is_empty(cloud)


@on_demand_and_scaled
def test_a_recreated_replica_gets_its_policy_again(
    stack: Stack, cloud: Cloud, table: dict[str, Any]
) -> None:
    """AWS deletes the policy with the replica."""
    arn = "arn:aws:kms:{}:123456789012:key/{}1111111-2222-3333-4444-555555555555"
    encryption = {"enabled": True, "kmsKeyArn": arn.format("us-east-1", 1)}

    def spec(key: int) -> dict[str, Any]:
        there = in_ireland("dynamodb:GetItem", kmsKeyArn=arn.format(IRELAND, key))
        return {**table, "serverSideEncryption": encryption, "replicas": [there]}

    up(stack, **spec(1))
    assert_settled(stack, **spec(1))
    changes = up(stack, **spec(2))
    assert changes[OF_REPLICA] == "replace"
    assert changes.get(REPLICA, changes.get(TABLE)) in ("replace", "update")
    assert allowed(cloud) == {THERE: ("dynamodb:GetItem", [THERE])}
    assert_settled(stack, **spec(2))


@on_demand_and_scaled
def test_a_retained_table_keeps_the_policies_of_stream_and_replica(
    stack: Stack, cloud: Cloud, table: dict[str, Any]
) -> None:
    spec = {
        **table,
        **stream_policy("dynamodb:GetRecords"),
        "replicas": [in_ireland("dynamodb:GetItem")],
        "deletionPolicy": "retain",
    }
    up(stack, **spec)
    before, writes = allowed(cloud), looks.writes(cloud)
    assert [*before] == [stream_arn(cloud), THERE] or [*before] == [THERE, stream_arn(cloud)]
    assert stack.destroy().ok
    assert (allowed(cloud), looks.writes(cloud)) == (before, writes)


def test_a_removed_policy_of_a_retained_table_is_deleted(stack: Stack, cloud: Cloud) -> None:
    kept = {**STREAM, "deletionPolicy": "retain"}
    spec = {**stream_policy("dynamodb:GetRecords"), "replicas": [in_ireland("dynamodb:GetItem")]}
    up(stack, **kept, **spec)
    assert up(stack, **kept, replicas=[replica(IRELAND)]) == {
        OF_STREAM: "delete",
        OF_REPLICA: "delete",
    }
    assert allowed(cloud) == {}


def test_a_stream_that_failed_to_start_gets_its_policy_after_a_refresh(
    stack: Stack, cloud: FaultyCloud
) -> None:
    spec = {**NEW, **stream_policy("dynamodb:GetRecords")}
    up(stack)
    cloud.refuse("UpdateTable", DENIED, "not authorized")
    assert not stack.up(manifest(**spec)).ok
    again = stack.up(manifest(**spec))
    assert not again.ok
    assert "the state does not have the stream's ARN" in again.text
    assert "run `pulumi up --refresh`" in again.text
    wanted = manifest(**spec)
    refreshed = stack.start("up", wanted, arguments=("--refresh",)).report()
    assert refreshed.ok, refreshed.explained()
    assert [*allowed(cloud)] == [stream_arn(cloud)]
    assert_settled(stack, **spec)
