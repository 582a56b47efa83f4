"""The stand-in for the provider against the types of pulumi-aws, and its diff of a change."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pulumi_aws
import pytest
from pulumi import _types

from tests.emulated.provider.provider import KINDS
from tests.engine.diffs import changed, details, problems, replaced
from tests.engine.facts import FACTS, INDEX, REPLICA, RESOURCE_POLICY, SCHEDULED, TABLE
from tests.engine.ordering import in_provider_order
from tests.engine.wire import Json, as_recorded

CLASSES = {
    "aws:dynamodb/table:Table": pulumi_aws.dynamodb.Table,
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": (
        pulumi_aws.dynamodb.GlobalSecondaryIndex
    ),
    "aws:dynamodb/tableReplica:TableReplica": pulumi_aws.dynamodb.TableReplica,
    "aws:dynamodb/resourcePolicy:ResourcePolicy": pulumi_aws.dynamodb.ResourcePolicy,
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": (
        pulumi_aws.dynamodb.KinesisStreamingDestination
    ),
    "aws:dynamodb/contributorInsights:ContributorInsights": pulumi_aws.dynamodb.ContributorInsights,
    "aws:appautoscaling/target:Target": pulumi_aws.appautoscaling.Target,
    "aws:appautoscaling/policy:Policy": pulumi_aws.appautoscaling.Policy,
    "aws:appautoscaling/scheduledAction:ScheduledAction": pulumi_aws.appautoscaling.ScheduledAction,
}
STATE: Json = {
    "name": "orders",
    "billingMode": "PAY_PER_REQUEST",
    "hashKey": "pk",
    "attributes": [{"name": "pk", "type": "S"}, {"name": "who", "type": "S"}],
    "globalSecondaryIndexes": [
        {
            "name": "who",
            "hashKey": "who",
            "keySchemas": [{"attributeName": "who", "keyType": "HASH"}],
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["a", "b"],
            "readCapacity": 0,
            "writeCapacity": 0,
        }
    ],
    "localSecondaryIndexes": [
        {
            "name": "by",
            "rangeKey": "at",
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["a", "b"],
        }
    ],
    "readCapacity": 0,
    "writeCapacity": 0,
    "ttl": {"enabled": True, "attributeName": "expires"},
    "pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 0},
    "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:key"},
    "streamEnabled": False,
    "streamViewType": "KEYS_ONLY",
    "tableClass": "STANDARD",
    "deletionProtectionEnabled": False,
    "tags": {},
    "region": "us-east-1",
}
INPUTS: Json = {
    "name": "orders",
    "billingMode": "PAY_PER_REQUEST",
    "hashKey": "pk",
    "attributes": STATE["attributes"][::-1],
    "globalSecondaryIndexes": [
        {
            "name": "who",
            "keySchemas": [{"attributeName": "who", "keyType": "HASH"}],
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["b", "a"],
        }
    ],
    "localSecondaryIndexes": STATE["localSecondaryIndexes"],
    "ttl": {"enabled": True, "attributeName": "expires"},
    "serverSideEncryption": {"enabled": True},
}


LOCAL_TURNED: Json = {
    "name": "by",
    "rangeKey": "other",
    "projectionType": "INCLUDE",
    "nonKeyAttributes": ["b", "a"],
}
"""Another index under the same name."""
NAMED: Json = {"attributeName": "expires"}


def _paths(types: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Every property of a class, and whether it is a list."""
    for name, hint in types.items():
        hint = _types.unwrap_type(hint)
        inner = [_types.unwrap_type(argument) for argument in typing.get_args(hint)]
        yield prefix + name, typing.get_origin(hint) is not None
        for candidate in [hint, *inner]:
            if isinstance(candidate, type) and _types.is_output_type(candidate):
                yield from _paths(_types.output_type_types(candidate), f"{prefix}{name}.")


def test_the_stand_in_has_every_type_that_the_program_creates() -> None:
    assert FACTS.keys() == CLASSES.keys()
    assert FACTS.keys() <= KINDS.keys()


@pytest.mark.parametrize("token", sorted(FACTS))
def test_every_property_of_the_stand_in_exists_in_the_provider(token: str) -> None:
    facts, theirs = FACTS[token], dict(_paths(_types.resource_types(CLASSES[token])))
    assert facts.computed | facts.sets | facts.defaults.keys() <= theirs.keys()
    assert all(theirs[path] for path in facts.sets)
    assert not facts.autonamed or "name" in theirs


def test_equal_inputs_are_no_change() -> None:
    assert changed(TABLE, STATE, INPUTS) == []


@pytest.mark.parametrize(
    ("difference", "names"),
    [
        ({"tags": {"team": "a"}}, ["tags", "tagsAll"]),
        ({"ttl": {"enabled": False}}, ["ttl"]),
        ({"ttl": None}, []),
        ({"serverSideEncryption": {"enabled": False}}, ["serverSideEncryption"]),
        ({"globalSecondaryIndexes": None}, []),
        ({"globalSecondaryIndexes": []}, []),
        ({"attributes": [{"name": "pk", "type": "N"}]}, []),
        ({"streamViewType": "NEW_IMAGE"}, ["streamViewType", "streamArn"]),
        (
            {
                "attributes": [{"name": "pk", "type": "N"}, {"name": "who", "type": "S"}],
                "globalSecondaryIndexes": [
                    {**INPUTS["globalSecondaryIndexes"][0], "nonKeyAttributes": ["c"]}
                ],
            },
            ["globalSecondaryIndexes"],
        ),
        ({"onDemandThroughput": {"maxReadRequestUnits": -1}}, ["onDemandThroughput"]),
        ({"localSecondaryIndexes": [LOCAL_TURNED]}, []),
        ({"localSecondaryIndexes": [{**LOCAL_TURNED, "name": "other"}]}, ["localSecondaryIndexes"]),
        ({"billingMode": None}, ["billingMode"]),
        ({"tableClass": "STANDARD"}, []),
        ({"pointInTimeRecovery": {"enabled": False}}, []),
        ({"localSecondaryIndexes": None}, ["localSecondaryIndexes"]),
    ],
    ids=str,
)
def test_differences_are_detected_as_the_provider_detects_them(
    difference: Json, names: list[str]
) -> None:
    inputs = {key: value for key, value in {**INPUTS, **difference}.items() if value is not None}
    assert changed(TABLE, STATE, inputs) == names


@pytest.mark.parametrize(
    ("difference", "paths"),
    [
        ({"tags": {"a": "1"}}, {"tags.a": "add", "tagsAll.a": "add"}),
        ({"tags": {"p/a": "1"}}, {'tags["p/a"]': "add", 'tagsAll["p/a"]': "add"}),
        (
            {"ttl": {"enabled": False}},
            {"ttl.attributeName": "delete", "ttl.enabled": "update"},
        ),
        (
            {"ttl": {"enabled": True, "attributeName": "ends"}},
            {"ttl.attributeName": "update"},
        ),
        ({"onDemandThroughput": {"maxReadRequestUnits": 5}}, {"onDemandThroughput": "add"}),
        (
            {"streamViewType": "NEW_IMAGE"},
            {"streamViewType": "update", "streamArn": "update"},
        ),
        ({"hashKey": "id"}, {"hashKey": "update-replace"}),
        ({"rangeKey": "at"}, {"rangeKey": "add-replace"}),
        ({"localSecondaryIndexes": []}, {"localSecondaryIndexes": "delete-replace"}),
    ],
    ids=str,
)
def test_a_difference_is_reported_path_by_path(difference: Json, paths: dict[str, str]) -> None:
    assert details(TABLE, STATE, {**INPUTS, **difference}) == paths


def test_the_diff_of_a_replaced_table_includes_its_attributes() -> None:
    other = [*STATE["attributes"], {"name": "id", "type": "S"}]
    assert changed(TABLE, STATE, {**INPUTS, "attributes": other}) == []
    assert changed(TABLE, STATE, {**INPUTS, "attributes": other, "hashKey": "id"}) == [
        "attributes",
        "hashKey",
    ]


AT: Json = {"name": "at", "type": "N"}
WHERE: Json = {"name": "where", "type": "S"}
LIVE: Json = {
    "globalSecondaryIndexes": [
        {"name": "where", "keySchemas": [{"attributeName": "where", "keyType": "HASH"}]}
    ]
}


@pytest.mark.parametrize(
    ("difference", "live", "messages"),
    [
        ({}, {}, []),
        ({"attributes": [*STATE["attributes"], AT, WHERE]}, LIVE, []),
        (
            {"attributes": [*STATE["attributes"], AT, WHERE]},
            {},
            ['all attributes must be indexed. Unused attributes: ["where"]'],
        ),
        (
            {"attributes": [AT, STATE["attributes"][1]]},
            {},
            ['all indexes must match a defined attribute. Unmatched indexes: ["pk"]'],
        ),
    ],
    ids=["as they are", "of a standalone index", "without an index", "without an attribute"],
)
def test_attributes_and_keys_must_match(difference: Json, live: Json, messages: list[str]) -> None:
    inputs = {**INPUTS, "attributes": [*STATE["attributes"], AT], **difference}
    assert problems(STATE, inputs, live) == messages


def test_only_some_changes_replace_a_table() -> None:
    more = [*STATE["localSecondaryIndexes"], {**LOCAL_TURNED, "name": "other"}]
    for indexes in ([], more, more[1:]):
        assert replaced(TABLE, STATE, {**INPUTS, "localSecondaryIndexes": indexes}) == [
            "localSecondaryIndexes"
        ]
    assert replaced(TABLE, STATE, {**INPUTS, "hashKey": "id"}) == ["hashKey"]
    assert replaced(TABLE, STATE, {**INPUTS, "tags": {"team": "a"}}) == []
    warm = {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}
    lower = {**warm, "readUnitsPerSecond": 13000}
    state, inputs = {**STATE, "warmThroughput": warm}, {**INPUTS, "warmThroughput": lower}
    assert replaced(TABLE, state, inputs) == ["warmThroughput"]


def test_sets_are_returned_in_their_own_order() -> None:
    ordered = in_provider_order(TABLE, STATE)
    assert ordered["attributes"] != STATE["attributes"] or (
        ordered["globalSecondaryIndexes"][0]["nonKeyAttributes"] != ["a", "b"]
    )
    assert changed(TABLE, ordered, INPUTS) == []
    assert ordered["localSecondaryIndexes"] == STATE["localSecondaryIndexes"]


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


REPLICAS: list[Json] = [
    {
        "regionName": region,
        "arn": f"arn:{region}",
        "kmsKeyArn": "",
        "pointInTimeRecovery": False,
        "deletionProtectionEnabled": True,
        "propagateTags": False,
        "consistencyMode": "EVENTUAL",
        "streamArn": f"arn:{region}/stream",
        "streamLabel": "label",
    }
    for region in ("eu-west-1", "eu-west-2")
]


@pytest.mark.parametrize(
    ("replicas", "names"),
    [
        ([{"regionName": "eu-west-2"}, {"regionName": "eu-west-1"}], []),
        (
            [
                {"regionName": "eu-west-1", "consistencyMode": "EVENTUAL"},
                {"regionName": "eu-west-2", "pointInTimeRecovery": False},
            ],
            [],
        ),
        ([{"regionName": "eu-west-1"}], ["replicas"]),
        ([{"regionName": "eu-west-1"}, {"regionName": "eu-west-3"}], ["replicas"]),
        (
            [
                {"regionName": "eu-west-1"},
                {"regionName": "eu-west-2", "deletionProtectionEnabled": False},
            ],
            ["replicas"],
        ),
        ([], ["replicas"]),
        (None, ["replicas"]),
    ],
    ids=str,
)
def test_replicas_that_are_left_out_are_removed(
    replicas: list[Json] | None, names: list[str]
) -> None:
    inputs = {} if replicas is None else {"replicas": replicas}
    state = {**STATE, "replicas": REPLICAS, "globalTableWitness": {"regionName": "eu-west-3"}}
    assert changed(TABLE, state, {**INPUTS, **inputs}) == names
    assert replaced(TABLE, state, {**INPUTS, **inputs}) == []


FILES: Json = {"inputFormat": "ION", "s3BucketSource": {"bucket": "data"}}
SOURCES: Json = {
    "restoreSourceName": "source",
    "restoreDateTime": "2027-01-01T00:00:00Z",
    "restoreToLatestTime": True,
    "importTable": FILES,
}


@pytest.mark.parametrize(
    ("difference", "names"),
    [
        ({}, []),
        ({"restoreSourceName": None}, []),
        ({"restoreSourceName": "other"}, ["restoreSourceName"]),
        ({"restoreBackupArn": "arn:backup"}, ["restoreBackupArn"]),
        ({"restoreDateTime": None}, ["restoreDateTime"]),
        ({"restoreToLatestTime": None}, ["restoreToLatestTime"]),
        ({"importTable": {**FILES, "inputFormat": "CSV"}}, []),
        ({"importTable": None}, ["importTable"]),
    ],
    ids=str,
)
def test_a_changed_data_source_replaces_a_table_or_not(difference: Json, names: list[str]) -> None:
    inputs = {**INPUTS, **SOURCES, **difference}
    state = {**STATE, **SOURCES}
    assert replaced(TABLE, state, {k: v for k, v in inputs.items() if v is not None}) == names


def test_importing_into_an_existing_table_replaces_it() -> None:
    assert replaced(TABLE, STATE, {**INPUTS, "importTable": FILES}) == ["importTable"]


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


@pytest.mark.parametrize(
    ("path", "inputs", "seen"),
    [
        ("replicas", {}, {"replicas": [{"regionName": "eu-west-1", "kmsKeyArn": "arn:key"}]}),
        ("replicas", {"replicas": []}, None),
        ("readCapacity", {"readCapacity": 9}, {"readCapacity": 5}),
        ("writeCapacity", {"writeCapacity": 9}, {}),
        ("ttl.attributeName", {"ttl": {"enabled": False}}, {"ttl": {"enabled": False, **NAMED}}),
        ("ttl.attributeName", {}, {}),
        ('tags["a"]', {"tags": {"a": "2", "b": "2"}}, {"tags": {"a": "1", "b": "2"}}),
        ("tags.b", {"tags": {"a": "2", "b": "2"}}, {"tags": {"a": "2"}}),
        (
            "globalSecondaryIndexes[*].readCapacity",
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 9}]},
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 3}]},
        ),
        (
            "globalSecondaryIndexes[0].readCapacity",
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 9}]},
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 9}]},
        ),
        (
            "globalSecondaryIndexes[0]",
            {"globalSecondaryIndexes": [{"name": "a", "readCapacity": 9}]},
            {"globalSecondaryIndexes": [{"name": "a", "readCapacity": 3}]},
        ),
        ("noSuchThing", {"readCapacity": 9}, {"readCapacity": 9}),
    ],
    ids=str,
)
def test_ignored_properties_keep_the_value_in_the_state(
    path: str, inputs: Json, seen: Json | None
) -> None:
    state = {
        "readCapacity": 5,
        "ttl": {"enabled": True, **NAMED},
        "tags": {"a": "1"},
        "globalSecondaryIndexes": [{"name": "a", "readCapacity": 3}],
        "replicas": [{"regionName": "eu-west-1", "kmsKeyArn": "arn:key", "arn": "arn:told"}],
    }
    if seen is None:
        seen = as_recorded(KINDS[TABLE].inputs, state, {}, [path])
    assert as_recorded(KINDS[TABLE].inputs, state, inputs, [path]) == seen
