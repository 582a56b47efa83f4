"""The stand-in's diff of resources beside the table."""

from __future__ import annotations

from tests.engine.diffs import changed, replaced
from tests.engine.facts import INDEX, REPLICA, RESOURCE_POLICY, SCHEDULED


def test_a_standalone_index_keeps_values_that_are_left_out() -> None:
    state = {
        "tableName": "orders",
        "indexName": "who",
        "keySchemas": [{"attributeName": "who", "attributeType": "S", "keyType": "HASH"}],
        "projection": {"projectionType": "ALL"},
        "provisionedThroughput": {"readCapacityUnits": 5, "writeCapacityUnits": 5},
        "warmThroughput": {"readUnitsPerSecond": 12000, "writeUnitsPerSecond": 4000},
        "region": "us-east-1",
    }
    inputs = {name: state[name] for name in ("tableName", "indexName", "keySchemas", "projection")}
    partial = {**inputs, "provisionedThroughput": {"readCapacityUnits": 5}}
    assert changed(INDEX, state, partial) == []
    assert changed(INDEX, state, inputs) == ["provisionedThroughput"]


def test_a_standalone_replica_keeps_values_that_are_left_out_but_its_class() -> None:
    state = {
        "globalTableArn": "arn:table",
        "kmsKeyArn": "arn:key",
        "deletionProtectionEnabled": True,
        "pointInTimeRecovery": False,
        "region": "eu-west-1",
    }
    inputs = {"globalTableArn": "arn:table"}
    assert changed(REPLICA, state, inputs) == []
    standard = {**inputs, "tableClassOverride": "STANDARD"}
    assert replaced(REPLICA, state, standard) == ["tableClassOverride"]
    assert replaced(REPLICA, state, {**inputs, "kmsKeyArn": "arn:other"}) == ["kmsKeyArn"]


def test_a_policy_changes_in_place() -> None:
    state = {"resourceArn": "arn:table", "policy": "{}", "confirmRemoveSelfResourceAccess": False}
    assert changed(RESOURCE_POLICY, state, {"resourceArn": "arn:table", "policy": "{}"}) == []
    other = {"resourceArn": "arn:table", "policy": "{ }"}
    assert (changed(RESOURCE_POLICY, state, other), replaced(RESOURCE_POLICY, state, other)) == (
        ["policy"],
        [],
    )


def test_the_time_of_an_action_is_equal_in_every_time_zone() -> None:
    state = {
        "name": "night",
        "schedule": "rate(1 day)",
        "timezone": "UTC",
        "startTime": "2027-01-01T00:00:00Z",
    }
    inputs = {"name": "night", "schedule": "rate(1 day)"}
    same = {**inputs, "startTime": "2027-01-01T01:00:00+01:00"}
    other = {**inputs, "startTime": "2027-01-01T01:00:00Z"}
    assert changed(SCHEDULED, state, same) == []
    assert changed(SCHEDULED, state, other) == ["startTime"]
