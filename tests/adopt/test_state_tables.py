"""States are read whatever is missing in them, and what a manifest needs of them is an error."""

from __future__ import annotations

from typing import Any

import pytest

from planton.adopt.found import LeftOut
from planton.adopt.sources import SourceTables, read_source
from planton.adopt.state.terraform import read_shown
from planton.manifest.enums import InsightsMode
from planton.plan.table_plan import (
    InsightsPlan,
    KinesisPlan,
    ReplicaFeaturesPlan,
    TagPlan,
    WarmPlan,
)
from tests.adopt.states import ACCOUNT, Data, export, tfstate

ARN = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/orders"
TABLE: Data = {
    "name": "orders",
    "arn": ARN,
    "billingMode": "PAY_PER_REQUEST",
    "hashKey": "pk",
    "attributes": [{"name": "pk", "type": "S"}],
}
PROVISIONED = TABLE | {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 6}
INDEX: Data = {
    "tableName": "orders",
    "indexName": "by-sk",
    "keySchemas": [{"attributeName": "sk", "attributeType": "N", "keyType": "HASH"}],
    "projection": {"projectionType": "ALL"},
}


def resource(kind: str, outputs: Data, **others: Any) -> Data:
    return {"urn": f"urn:pulumi:a::b::{kind}::r", "type": kind, "outputs": outputs, **others}


def table(**changes: Any) -> Data:
    return resource("aws:dynamodb/table:Table", TABLE | changes)


def index(**changes: Any) -> Data:
    kind = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
    return resource(kind, INDEX | changes)


def found(*resources: Data) -> SourceTables:
    return read_source("stack.json", export(list(resources)), {})


def missing(*resources: Data) -> list[tuple[str, str]]:
    return [(one.path.partition("::r")[2], one.message) for one in found(*resources).diagnostics]


def notes(*resources: Data) -> list[tuple[str, str]]:
    (only,) = found(*resources).tables
    return [(one.place.partition("::r")[2], one.reason) for one in only.left_out]


@pytest.mark.parametrize(
    ("resources", "place", "message"),
    [
        ([table(hashKey="id")], "", "the key attribute 'id' has no type"),
        ([table(hashKey="")], ".hashKey", "it is required"),
        ([table(attributes=[])], ".attributes", "it is required"),
        (
            [table(billingMode="PROVISIONED", readCapacity=5)],
            ".writeCapacity",
            "it is required",
        ),
        ([table(replicas=[{}])], ".replicas[0].regionName", "it is required"),
        ([table(), index(projection=None)], ".projection", "it is required"),
        ([table(), index(keySchemas=[])], ".keySchemas", "it is required"),
        (
            [table(**PROVISIONED), index()],
            ".provisionedThroughput",
            "it is required with PROVISIONED",
        ),
        (
            [table(), resource("aws:dynamodb/tableReplica:TableReplica", {"globalTableArn": ARN})],
            ".region",
            "it is required",
        ),
    ],
)
def test_a_table_without_what_a_manifest_needs_is_an_error(
    resources: list[Data], place: str, message: str
) -> None:
    assert missing(*resources) == [(place, message)]


def test_a_billing_mode_that_is_absent_is_provisioned() -> None:
    (only,) = found(table(**PROVISIONED | {"billingMode": ""})).tables
    assert only.throughput is not None
    assert (only.throughput.read, only.throughput.write) == (5, 6)


@pytest.mark.parametrize("mode", ["FREE", {"a": 1}])
def test_an_unknown_billing_mode_is_an_error(mode: object) -> None:
    assert [place for place, _ in missing(table(billingMode=mode))] == [".billingMode"]


def test_a_standalone_index_has_its_types_and_replaces_the_inline_one() -> None:
    inline = {"name": "by-sk", "hashKey": "sk", "projectionType": "KEYS_ONLY"}
    (only,) = found(table(globalSecondaryIndexes=[inline]), index()).tables
    assert [(one.name, one.projection_type.value) for one in only.global_indexes] == [
        ("by-sk", "ALL")
    ]
    assert [tuple(one) for one in only.attributes] == [("pk", "S"), ("sk", "N")]


def test_the_data_with_which_a_table_was_created_is_left_out() -> None:
    assert notes(table(restoreSourceName="old", importTable={"inputFormat": "CSV"})) == [
        ("." + one, "it had an effect only when the table was created")
        for one in ("importTable", "restoreSourceName")
    ]


def test_a_maximum_of_zero_or_less_is_none() -> None:
    limits = {"maxReadRequestUnits": 0, "maxWriteRequestUnits": -1}
    (only,) = found(table(onDemandThroughput=limits)).tables
    assert only.maximum is None


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("serverSideEncryption", {"enabled": False, "kmsKeyArn": "arn:aws:kms:a"}),
        ("ttl", {"enabled": False, "attributeName": "expires"}),
        ("pointInTimeRecovery", {"enabled": False, "recoveryPeriodInDays": 7}),
        ("streamViewType", "NEW_IMAGE"),
        ("localSecondaryIndexes", []),
    ],
)
def test_a_setting_that_is_off_is_off_whatever_it_has(setting: str, value: object) -> None:
    assert found(table(**{setting: value})) == found(table())


def test_a_local_index_notes_what_a_manifest_does_not_have() -> None:
    index = {"name": "x", "rangeKey": "pk", "projectionType": "ALL", "other": 1}
    assert notes(table(localSecondaryIndexes=[index])) == [
        (".localSecondaryIndexes[0].other", "a manifest has no such setting")
    ]


def test_a_stack_says_which_warm_throughput_was_set() -> None:
    units = {"readUnitsPerSecond": 14000, "writeUnitsPerSecond": 0}
    outputs = TABLE | {"warmThroughput": units}
    kind = "aws:dynamodb/table:Table"
    (only,) = found(resource(kind, outputs, inputs={"warmThroughput": units})).tables
    assert only.warm == WarmPlan(14000, None)
    (only,) = found(resource(kind, outputs)).tables
    assert (only.warm, only.left_out) == (None, ())
    none = {"warmThroughput": {"readUnitsPerSecond": 0}}
    (only,) = found(resource(kind, outputs, inputs=none)).tables
    assert only.warm is None


@pytest.mark.parametrize(
    ("kind", "outputs", "place", "reason"),
    [
        ("tag:Tag", {"resourceArn": ARN, "value": "b"}, None, None),
        (
            "resourcePolicy:ResourcePolicy",
            {"resourceArn": ARN, "policy": ""},
            None,
            None,
        ),
        (
            "contributorInsights:ContributorInsights",
            {"tableName": "orders", "mode": "SOME"},
            ".mode",
            "must be 'ACCESSED_AND_THROTTLED_KEYS' or 'THROTTLED_KEYS', got 'SOME'",
        ),
        (
            "kinesisStreamingDestination:KinesisStreamingDestination",
            {"tableName": "orders"},
            None,
            None,
        ),
    ],
)
def test_what_is_around_a_table_may_be_incomplete(
    kind: str, outputs: Data, place: str | None, reason: str | None
) -> None:
    name, _, _ = kind.partition(":")
    assert notes(table(), resource(f"aws:dynamodb/{kind}", outputs)) == (
        [(place, reason)] if place else []
    ), name


def test_a_replica_with_the_tags_of_the_table_propagates_them() -> None:
    replica = resource(
        "aws:dynamodb/tableReplica:TableReplica",
        {"globalTableArn": ARN, "region": "eu-west-1", "tags": {"a": "b"}},
    )
    (only,) = found(table(tags={"a": "b"}), replica).tables
    assert [(one.region, one.propagate_tags) for one in only.replicas] == [("eu-west-1", True)]
    (only,) = found(table(tags={"a": "c"}), replica).tables
    assert [one.propagate_tags for one in only.replicas] == [False]


def test_tables_of_one_name_differ_by_their_region() -> None:
    def insights(**where: str) -> Data:
        kind = "aws:dynamodb/contributorInsights:ContributorInsights"
        return resource(kind, {"tableName": "orders", "mode": "THROTTLED_KEYS", **where})

    def target(where: str) -> list[Data]:
        scaled = {
            "arn": f"arn:aws:application-autoscaling:{where}:{ACCOUNT}:x/y",
            "serviceNamespace": "dynamodb",
            "resourceId": "table/orders",
            "scalableDimension": "dynamodb:table:ReadCapacityUnits",
        }
        bounds = {"minCapacity": 1, "maxCapacity": 9}
        tracking = {
            "targetValue": 70,
            "predefinedMetricSpecification": {
                "predefinedMetricType": "DynamoDBReadCapacityUtilization"
            },
        }
        return [
            resource("aws:appautoscaling/target:Target", scaled | bounds),
            resource(
                "aws:appautoscaling/policy:Policy",
                scaled | {"targetTrackingScalingPolicyConfiguration": tracking},
            ),
        ]

    tables = found(
        table(),
        table(arn=ARN.replace("eu-central-1", "us-east-1")),
        insights(region="us-east-1"),
        *target("eu-central-1"),
        *target("eu-west-9"),
    )
    assert [
        (one.region, len(one.contributor_insights), len(one.scaling)) for one in tables.tables
    ] == [("eu-central-1", 0, 1), ("us-east-1", 1, 0)]
    what = "it scales 'table/orders', which is not in this file"
    assert tables.left_out == (LeftOut("aws:appautoscaling/target:Target::r", what),)


def test_resources_that_are_not_as_terraform_writes_them_are_skipped() -> None:
    state = tfstate(
        [
            "a string",  # type: ignore[list-item]
            {"mode": "managed", "type": "aws_dynamodb_table", "instances": ["a string"]},
            {"mode": "managed", "type": "aws_dynamodb_table", "instances": {"a": 1}},
            {"mode": "managed", "type": "aws_dynamodb_table", "instances": [{"attributes": None}]},
            {
                "mode": "managed",
                "type": "aws_dynamodb_table",
                "name": "orders",
                "instances": [
                    {
                        "attributes": {
                            "name": "orders",
                            "arn": ARN,
                            "billing_mode": "PAY_PER_REQUEST",
                            "hash_key": "pk",
                            "attribute": [{"name": "pk", "type": "S"}],
                            "ttl": [{"attribute_name": "t", "enabled": True}],
                        },
                        "sensitive_attributes": [
                            [],
                            [{"type": "get_attr", "value": "nowhere"}],
                            [
                                {"type": "get_attr", "value": "ttl"},
                                {"type": "index", "value": {"value": 0, "type": "number"}},
                                {"type": "get_attr", "value": "attribute_name"},
                            ],
                            [
                                {"type": "get_attr", "value": "attribute"},
                                {"type": "index", "value": {"value": 7, "type": "number"}},
                            ],
                        ],
                    }
                ],
            },
        ]
    )
    assert [one.message for one in read_source("state", state, {}).diagnostics] == [
        "Terraform marks it as sensitive"
    ]


def test_modules_that_are_not_as_terraform_shows_them_are_skipped() -> None:
    assert read_shown({"values": {"root_module": [1]}}).tables == ()
    assert read_shown({"values": [1]}).tables == ()


def test_a_secret_in_place_of_a_block_or_list_is_open() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    assert missing(table(globalSecondaryIndexes=secret)) == [
        (".globalSecondaryIndexes", "it is a secret in the stack")
    ]
    assert missing(table(globalSecondaryIndexes=[secret])) == [
        (".globalSecondaryIndexes[0]", "it is a secret in the stack")
    ]
    assert notes(table(serverSideEncryption=secret, warmThroughput=secret)) == [
        (".serverSideEncryption", "it is a secret in the stack")
    ]


def test_what_a_replica_has_for_itself_is_read_in_its_region() -> None:
    stream = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/changes"
    there = {"tableName": "orders", "region": "eu-west-1"}
    arn = ARN.replace("eu-central-1", "eu-west-1")
    around = [
        resource("aws:dynamodb/contributorInsights:ContributorInsights", there),
        resource(
            "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
            {**there, "streamArn": stream},
        ),
        resource("aws:dynamodb/tag:Tag", {"resourceArn": arn, "key": "b", "value": "2"}),
        resource("aws:dynamodb/tag:Tag", {"resourceArn": arn, "key": "a", "value": "1"}),
    ]
    insights = (InsightsPlan(None, InsightsMode.ACCESSED_AND_THROTTLED_KEYS),)
    tags = (TagPlan("a", "1"), TagPlan("b", "2"))

    (only,) = found(table(replicas=[{"regionName": "eu-west-1"}]), *around).tables
    (without,) = found(table(), *around).tables

    assert only.replica_features == (
        ReplicaFeaturesPlan("eu-west-1", insights, KinesisPlan(stream, None), tags),
    )
    assert (only.contributor_insights, only.kinesis, only.tags) == ((), None, ())
    assert without.replica_features == ()


def test_other_tags_of_a_standalone_replica_are_its_own() -> None:
    replica = resource(
        "aws:dynamodb/tableReplica:TableReplica",
        {"globalTableArn": ARN, "region": "eu-west-1", "tags": {"a": "b", "c": "d"}},
    )
    (only,) = found(table(tags={"a": "b"}), replica).tables
    assert [one.propagate_tags for one in only.replicas] == [False]
    assert [dict(one.tags) for one in only.replica_features] == [{"a": "b", "c": "d"}]
    (only,) = found(table(tags={"a": "b", "c": "d"}), replica).tables
    assert [one.propagate_tags for one in only.replicas] == [True]
    assert only.replica_features == ()
