"""The stand-in's diff of a table."""

from __future__ import annotations

import pytest

from tests.engine.diffs import changed, details, problems, replaced
from tests.engine.facts import TABLE
from tests.engine.ordering import in_provider_order
from tests.engine.wire import Json

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
