"""An existing table, imported by `pulumi up`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, SECONDS, Stack
from tests.engine.manifests import (
    IMPORT,
    NAME,
    PROVISIONED,
    SCALED,
    UNITS,
    importing,
    index,
    key,
    manifest,
)
from tests.engine.refusals import BASE, CLASSIC, refusal_of
from tests.engine.standin import StandIn

TABLE = f"Table {NAME}"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


AUTOSCALED: dict[str, Any] = {
    **PROVISIONED,
    "autoscaling": SCALED,
    "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
}


SPECS: dict[str, dict[str, Any]] = {
    "on demand": {},
    "all features": {
        "ttl": {"enabled": True, "attributeName": "expires"},
        "streamViewType": "NEW_IMAGE",
        "streamEnabled": True,
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "deletionProtectionEnabled": True,
        "contributorInsights": {"enabled": True},
        "kinesisStreamingDestination": {"streamArn": STREAM},
        "globalSecondaryIndexes": [index("who"), index("when", "who", "at")],
        "localSecondaryIndexes": [index("amount", "pk", "amount")],
        "tags": {"team": "shop"},
    },
    "AWS managed key": {"serverSideEncryption": {"enabled": True}},
    "replicas": {
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "streamEnabled": True,
        "replicas": [
            {"regionName": "us-west-2", "pointInTimeRecovery": True, "propagateTags": True},
            {"regionName": "eu-west-1", "deletionProtectionEnabled": True},
        ],
    },
    "provisioned": {
        **PROVISIONED,
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
    },
    "autoscaling": {
        **PROVISIONED,
        "autoscaling": SCALED,
        "globalSecondaryIndexes": [
            index("who", provisionedThroughput=UNITS),
            index("when", "who", "at", provisionedThroughput=UNITS),
        ],
    },
    "autoscaling and replicas": {
        **PROVISIONED,
        "autoscaling": SCALED,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "streamEnabled": True,
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
        "replicas": [{"regionName": "us-west-2", "propagateTags": True}],
    },
}


ITEM = {"pk": {"S": "1"}, "sk": {"S": "1"}}


def create(first: Stack, cloud: Cloud, **spec: Any) -> None:
    """Creates the table in the other stack, with an item."""
    made = first.up(manifest(**spec))
    assert made.ok, made.explained()
    name = spec.get("tableName", NAME)
    cloud.call(DYNAMODB, "PutItem", {"TableName": name, "Item": ITEM})


def assert_kept(stack: Stack, cloud: Cloud, before: Any) -> None:
    """Checks that AWS has what it had, and the stack nothing that it could delete."""
    assert looks.table(cloud) == before
    assert looks.items(cloud) == [ITEM]
    assert stack.destroy().ok
    assert looks.items(cloud) == [ITEM]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_an_imported_table_is_then_unchanged(
    spec: dict[str, Any], first: Stack, stack: Stack, cloud: Cloud
) -> None:
    create(first, cloud, **spec)
    before = looks.table(cloud)
    text = manifest(annotations=IMPORT, **spec)
    previewed = stack.preview(text)
    assert previewed.ok, previewed.explained()
    assert next(one.op for one in previewed.steps if one.resource == TABLE) == "import"

    sent = len(looks.writes(cloud))
    taken = stack.up(text)
    assert taken.ok, taken.explained()
    assert {*looks.writes(cloud)[sent:]} <= REPEATABLE
    assert looks.table(cloud) == before
    assert looks.items(cloud) == [ITEM]
    for again in (text, manifest(**spec)):
        assert stack.preview(again).is_unchanged
        report = stack.up(again)
        assert report.is_unchanged, report.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()


REPEATABLE = {
    "PutScalingPolicy",
    "RegisterScalableTarget",
    "TagResource",
    "UpdateContributorInsights",
}
"""What is created although AWS has it, which changes nothing there."""

ALL = SPECS["all features"]
INDEXED = {"globalSecondaryIndexes": ALL["globalSecondaryIndexes"]}
TURNED_OFF = (
    "deletionProtectionEnabled, pointInTimeRecovery, serverSideEncryption, streamViewType, "
    "tableClass, ttl"
)
DIFFERENCES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "key": (
        {},
        {"keySchema": key("id")},
        ["spec.keySchema: pk HASH, sk RANGE → id HASH"],
    ),
    "local index": (
        {},
        {"localSecondaryIndexes": [index("amount", "pk", "amount")]},
        ["spec.localSecondaryIndexes: none → amount"],
    ),
    "everything off": (
        ALL,
        {"localSecondaryIndexes": ALL["localSecondaryIndexes"]},
        [
            "spec.globalSecondaryIndexes, who: the last global index",
            "spec.ttl: attribute expires → off",
            "spec.streamViewType: NEW_IMAGE → off",
            "spec.pointInTimeRecoveryEnabled: on → off",
            f"spec.serverSideEncryption: {KEY} → AWS owned key",
            "spec.tableClass: STANDARD_INFREQUENT_ACCESS → STANDARD",
            "spec.deletionProtectionEnabled: on → off",
        ],
    ),
    "customer managed key, to aws/dynamodb": (
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
        {"serverSideEncryption": {"enabled": True}},
        [f"spec.serverSideEncryption: {KEY} → aws/dynamodb"],
    ),
    "projection of an index": (
        {"globalSecondaryIndexes": [index("who")]},
        {"globalSecondaryIndexes": [index("who", projection={"type": "KEYS_ONLY"})]},
        ["spec.globalSecondaryIndexes, who: "],
    ),
    "key of a standalone index": (
        AUTOSCALED,
        {**AUTOSCALED, "globalSecondaryIndexes": [index("who", "at", provisionedThroughput=UNITS)]},
        ["spec.globalSecondaryIndexes, who: "],
    ),
    "capacity": (
        PROVISIONED,
        {**PROVISIONED, "provisionedThroughput": {"readCapacityUnits": 1, "writeCapacityUnits": 5}},
        ["spec.provisionedThroughput.readCapacityUnits: 5 → 1"],
    ),
    "billing mode": (PROVISIONED, {}, ["spec.billingMode: PROVISIONED → PAY_PER_REQUEST"]),
    "protection of a replica": (
        SPECS["replicas"],
        {
            **SPECS["replicas"],
            "replicas": [{"regionName": "us-west-2"}, {"regionName": "eu-west-1"}],
        },
        ["spec.replicas, eu-west-1: ", "spec.replicas, us-west-2: "],
    ),
    "a replica less": (
        SPECS["replicas"],
        {**SPECS["replicas"], "replicas": []},
        ["spec.replicas, us-west-2: "],
    ),
}


@pytest.mark.parametrize(("there", "wanted", "says"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_table_that_differs_is_not_imported(
    there: dict[str, Any],
    wanted: dict[str, Any],
    says: list[str],
    first: Stack,
    stack: Stack,
    cloud: Cloud,
) -> None:
    created = first.up(manifest(**there))
    assert created.ok, created.explained()
    before = looks.table(cloud)
    refusal = refusal_of(stack, cloud, manifest(annotations=IMPORT, **wanted))
    for line in says:
        assert line in refusal, refusal
    corrected = stack.preview(manifest(annotations=IMPORT, **there))
    assert corrected.ok, corrected.explained()
    assert TABLE not in corrected.resources
    assert stack.destroy().ok
    assert looks.table(cloud) == before


def test_a_table_whose_key_has_another_type_is_not_imported(
    first: Stack, stack: Stack, cloud: Cloud
) -> None:
    assert first.up(manifest(keySchema=key("pk", "amount"))).ok
    text = manifest(annotations=IMPORT, keySchema=key("pk", "amount"))
    refusal = refusal_of(stack, cloud, text.replace('"N"', '"S"'))
    assert "spec.attributeDefinitions, amount: N → S" in refusal, refusal


def test_a_table_that_does_not_exist_is_not_imported(stack: Stack, cloud: Cloud) -> None:
    refusal = refusal_of(stack, cloud, manifest(annotations=IMPORT))
    assert f"AWS has no table '{NAME}' in us-east-1 that could be imported" in refusal
    assert looks.tables(cloud) == []


@pytest.mark.parametrize(
    ("there", "wanted", "allowed"),
    [
        (ALL, {"localSecondaryIndexes": ALL["localSecondaryIndexes"]} | INDEXED, TURNED_OFF),
        (PROVISIONED, {}, "billingMode"),
        ({}, {"ttl": {"enabled": True, "attributeName": "at"}}, "ttl"),
    ],
    ids=["everything off", "billing mode", "TTL on"],
)
def test_an_import_may_change_what_the_annotation_names(
    there: dict[str, Any],
    wanted: dict[str, Any],
    allowed: str,
    first: Stack,
    stack: Stack,
    cloud: Cloud,
) -> None:
    create(first, cloud, **there)
    refusal = refusal_of(stack, cloud, manifest(annotations=IMPORT, **wanted))
    assert f'/import: "{allowed}"}}' in refusal
    taken = stack.up(manifest(annotations=importing(allowed), **wanted))
    assert taken.ok, taken.explained()
    assert looks.items(cloud) == [ITEM]
    again = stack.up(manifest(**wanted))
    assert again.is_unchanged, again.explained()


def test_an_import_adds_tags_and_protection_in_the_same_update(
    first: Stack, stack: Stack, cloud: Cloud
) -> None:
    create(first, cloud)
    more: dict[str, Any] = {
        "tags": {"team": "shop"},
        "deletionProtectionEnabled": True,
        "pointInTimeRecoveryEnabled": True,
        "streamEnabled": True,
        "streamViewType": "KEYS_ONLY",
        "globalSecondaryIndexes": [index("who")],
    }
    taken = stack.up(manifest(annotations=IMPORT, **more))
    assert taken.ok, taken.explained()
    assert looks.tags(cloud)["team"] == "shop"
    assert looks.recovery(cloud) == "ENABLED"
    assert looks.table(cloud)["DeletionProtectionEnabled"]
    assert [*looks.indexes(cloud)] == ["who"]
    assert looks.items(cloud) == [ITEM]
    assert stack.up(manifest(**more)).is_unchanged
    assert not stack.destroy().ok


def test_an_import_creates_the_indexes_and_replicas_that_are_missing(
    first: Stack, stack: Stack, cloud: Cloud
) -> None:
    scaled = {**AUTOSCALED, "streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
    create(first, cloud, **scaled)
    more: dict[str, Any] = {
        **scaled,
        "globalSecondaryIndexes": [
            *AUTOSCALED["globalSecondaryIndexes"],
            index("when", provisionedThroughput=UNITS),
        ],
        "replicas": [{"regionName": "us-west-2"}],
    }
    taken = stack.up(manifest(annotations=IMPORT, **more))
    assert taken.ok, taken.explained()
    operations = {one.resource: one.op for one in taken.steps}
    assert operations["GlobalSecondaryIndex orders-when"] == "create"
    assert operations["TableReplica orders-us-west-2"] == "create"
    assert looks.writes(cloud).count("UpdateTable") == 3
    assert stack.up(manifest(**more)).is_unchanged


@pytest.mark.parametrize("allowed", ["true", "kinesisStreamingDestination"])
def test_a_kinesis_destination_is_imported_unless_the_annotation_names_it(
    allowed: str, first: Stack, stack: Stack, cloud: Cloud
) -> None:
    kinesis = {"kinesisStreamingDestination": {"streamArn": STREAM}}
    exists = allowed == "true"
    create(first, cloud, **(kinesis if exists else {}))
    refused = stack.up(
        manifest(
            annotations=importing("ttl" if not exists else "kinesisStreamingDestination"), **kinesis
        )
    )
    assert not refused.ok
    taken = stack.up(manifest(annotations=importing(allowed), **kinesis))
    assert taken.ok, taken.explained()
    assert looks.destinations(cloud) == [STREAM]
    assert stack.up(manifest(**kinesis)).is_unchanged


@pytest.mark.parametrize("named", ["orders", "orders-of-acme"])
def test_a_stack_with_the_table_under_another_name_imports_none(
    named: str, first: Stack, stack: Stack, cloud: Cloud
) -> None:
    """The engine would delete the stack's table for the one that is imported."""
    create(first, cloud, tableName=named)
    stack.program = CLASSIC
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    both = looks.tables(cloud)
    assert len(both) == 2
    text = manifest(annotations=IMPORT, tableName=named)
    for _ in range(2):
        refusal = refusal_of(stack, cloud, text)
        assert f"and the manifest names '{named}'" in refusal
        assert looks.tables(cloud) == both
        assert stack.up(BASE).ok  # and with a record it is refused as well
    own = next(name for name in both if name != named)
    settled = stack.up(manifest(annotations=IMPORT, tableName=own))
    assert settled.ok, settled.explained()
    assert looks.tables(cloud) == both
    assert looks.items(cloud, named) == [ITEM]


def test_the_annotation_does_nothing_on_a_stack_that_has_the_table(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    sent = looks.writes(cloud)
    for annotation in ("true", "ttl", "billingMode, ttl"):
        report = stack.up(manifest(annotations=importing(annotation)))
        assert report.is_unchanged, report.explained()
        refusal_of(stack, cloud, manifest(keySchema=key("id"), annotations=importing(annotation)))
    assert looks.writes(cloud) == sent
    assert stack.refresh().is_unchanged


def test_the_annotation_allows_nothing_on_a_stack_that_has_the_table(
    stack: Stack, cloud: Cloud
) -> None:
    """What a later update turns off is compared with the record, as without it."""
    assert stack.up(manifest(deletionProtectionEnabled=True)).ok
    text = manifest(annotations=importing("deletionProtectionEnabled"), keySchema=key("id"))
    assert "spec.keySchema: pk HASH, sk RANGE → id HASH" in refusal_of(stack, cloud, text)


@pytest.mark.parametrize("spec", [{}, AUTOSCALED], ids=["on demand", "autoscaling"])
def test_an_import_heals_an_update_that_was_killed(
    spec: dict[str, Any], stack: Stack, cloud: FaultyCloud
) -> None:
    done = cloud.hang_after("CreateTable")
    running = stack.start("up", manifest(**spec))
    assert done.wait(SECONDS)
    running.kill()
    stack.cancel()
    cloud.call(DYNAMODB, "PutItem", {"TableName": NAME, "Item": ITEM})
    assert "Table already exists" in stack.up(manifest(**spec)).text
    healed = stack.up(manifest(annotations=IMPORT, **spec))
    assert healed.ok, healed.explained()
    assert looks.items(cloud) == [ITEM]
    stack.call("refresh", "--clear-pending-creates", "--yes")
    assert stack.up(manifest(**spec)).is_unchanged


def test_an_import_that_fails_halfway_goes_on_with_the_next_update(
    first: Stack, stack: Stack, cloud: FaultyCloud
) -> None:
    create(first, cloud, **AUTOSCALED)
    text = manifest(annotations=IMPORT, **AUTOSCALED)
    cloud.refuse("RegisterScalableTarget", "ValidationException", "not now")
    assert not stack.up(text).ok
    finished = stack.up(text)
    assert finished.ok, finished.explained()
    assert stack.up(manifest(**AUTOSCALED)).is_unchanged
    assert "DeleteTable" not in looks.writes(cloud)
    assert looks.items(cloud) == [ITEM]


def test_what_the_provider_does_not_tell_is_not_taken_for_off(
    first: Stack, stack: Stack, cloud: Cloud, untold_indexes: Callable[[], None]
) -> None:
    create(first, cloud)
    untold_indexes()
    report = stack.up(manifest(annotations=IMPORT))
    assert not report.ok
    assert "function getTable does not tell globalSecondaryIndexes" in report.text
    assert TABLE not in report.resources


def test_a_table_that_may_not_be_read_is_not_imported(
    first: Stack, stack: Stack, cloud: FaultyCloud, stand_in: StandIn
) -> None:
    create(first, cloud)
    cloud.refuse("DescribeTable", "AccessDeniedException", "not authorized", times=20)
    report = stack.up(manifest(annotations=IMPORT))
    assert not report.ok
    assert "the existing table cannot be read: " in report.text
    assert "not authorized" in report.text
    assert TABLE not in report.resources


def test_nothing_is_imported_while_the_state_cannot_be_read(
    unseeing: Path, stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    stack.program = unseeing
    refusal = refusal_of(stack, cloud, manifest(annotations=IMPORT))
    assert "whether the stack has the table already" in refusal
