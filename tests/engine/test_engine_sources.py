"""Tables restored or imported: created by two updates, and never recreated by accident."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, UNITS, allowing, index, key, manifest
from tests.engine.report import Report

TABLE = "Table orders"
IMPORT = {"importTable": {"s3Bucket": "exports", "s3KeyPrefix": "2026/", "inputFormat": "ION"}}
RESTORE = {"restoreSourceName": "old-orders", "restoreToLatestTime": True}
STREAM = {"streamEnabled": True, "streamViewType": "KEYS_ONLY"}
PROTECTED = {"deletionProtectionEnabled": True}


def _source(cloud: Cloud) -> None:
    """A table to restore from: with a sort key, an index of each kind, and provisioned capacity."""
    units = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 7}
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    cloud.call(
        DYNAMODB,
        "CreateTable",
        {
            "TableName": "old-orders",
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": units,
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "at", "who")
            ],
            "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "local-at",
                    "KeySchema": [
                        {"AttributeName": "pk", "KeyType": "HASH"},
                        {"AttributeName": "at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "who",
                    "KeySchema": [{"AttributeName": "who", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": units,
                }
            ],
        },
    )
    cloud.call(
        DYNAMODB,
        "UpdateContinuousBackups",
        {
            "TableName": "old-orders",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        },
    )


def _asked(cloud: Cloud, operation: str) -> list[dict[str, Any]]:
    return [call.parameters for call in cloud.calls if call.operation == operation]


def _unchanged(stack: Stack, text: str) -> None:
    again = stack.up(text)
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(text)
    assert after.is_unchanged, after.explained()


def test_an_import_is_requested_once_and_the_second_update_completes_it(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {**IMPORT, **STREAM, **PROTECTED, "tags": {"team": "a"}}
    first = stack.up(manifest(**spec))
    assert first.ok, first.explained()
    assert [w for w in first.warnings if "without its tags, the stream" in w]
    (asked,) = _asked(cloud, "ImportTable")
    assert asked["S3BucketSource"] == {"S3Bucket": "exports", "S3KeyPrefix": "2026/"}
    assert asked["InputFormat"] == "ION"
    assert _asked(cloud, "CreateTable") == []
    table = looks.table(cloud)
    assert (table.get("StreamSpecification"), table["DeletionProtectionEnabled"]) == (None, False)

    second = stack.up(manifest(**spec))
    assert second.changes == {TABLE: "update"}
    assert set(second.diffs(TABLE)) == {
        "deletionProtectionEnabled",
        "streamEnabled",
        "tags",
    }
    assert looks.table(cloud)["DeletionProtectionEnabled"]
    assert looks.tags(cloud)["team"] == "a"
    _unchanged(stack, manifest(**spec))
    assert len(_asked(cloud, "ImportTable")) == 1


@pytest.mark.parametrize(
    ("source", "spec"),
    # Of a table elsewhere the emulated AWS assumes this key.
    [(IMPORT, {}), (RESTORE, {"keySchema": key("id")})],
    ids=["import", "restore"],
)
def test_the_data_source_can_be_removed_afterwards(
    stack: Stack, cloud: Cloud, source: dict[str, Any], spec: dict[str, Any]
) -> None:
    """The provider would replace the table for it."""
    stack.up(manifest(**source, **spec))
    stack.up(manifest(**source, **spec))
    _unchanged(stack, manifest(**source, **spec))
    off = stack.up(manifest(**spec))
    assert off.ok, off.explained()
    assert off.changes == {}
    _unchanged(stack, manifest(**spec))
    assert "DeleteTable" not in looks.writes(cloud)


@pytest.mark.parametrize("source", [IMPORT, RESTORE], ids=["import", "restore"])
def test_a_data_source_is_refused_for_an_existing_table(
    stack: Stack, cloud: Cloud, source: dict[str, Any]
) -> None:
    stack.up(manifest())
    before = len(looks.writes(cloud))
    for operation in (stack.preview, stack.up):
        refused = operation(manifest(**source))
        assert not refused.ok
        assert "nothing can be brought into an existing one" in refused.text
    allowed = stack.up(manifest(annotations=allowing("keySchema"), **source))
    assert not allowed.ok
    assert len(looks.writes(cloud)) == before


def test_an_allowed_replacement_fills_the_new_table_from_the_source(
    stack: Stack, cloud: Cloud
) -> None:
    stack.up(manifest())
    other = [{"attributeName": "other", "keyType": "HASH"}]
    replacement = manifest(annotations=allowing("keySchema"), keySchema=other, **IMPORT)
    report = stack.up(replacement)
    assert report.ok, report.explained()
    assert report.changes == {TABLE: "replace"}
    (asked,) = _asked(cloud, "ImportTable")
    (element,) = asked["TableCreationParameters"]["KeySchema"]
    assert element == {"AttributeName": "other", "KeyType": "HASH"}


def test_a_restored_table_that_names_no_key_keeps_the_key_of_its_source(
    stack: Stack, cloud: Cloud
) -> None:
    """Sort key and local index come with the data, and the manifest knows of neither: without care
    the next run would delete the table for them."""
    _source(cloud)
    spec = {**RESTORE, "keySchema": [], "serverSideEncryption": {"enabled": True}, **PROTECTED}
    first = stack.up(manifest(**spec))
    assert first.ok, first.explained()
    (asked,) = _asked(cloud, "RestoreTableToPointInTime")
    assert asked == {
        "SourceTableName": "old-orders",
        "TargetTableName": NAME,
        "UseLatestRestorableTime": True,
        "SSESpecificationOverride": {"Enabled": True},
    }
    table = looks.table(cloud)
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert [held["IndexName"] for held in table["LocalSecondaryIndexes"]] == ["local-at"]
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"

    second = stack.up(manifest(**spec))
    assert second.ok, second.explained()
    assert second.changes == {TABLE: "update"}
    assert looks.table(cloud)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert looks.table(cloud)["DeletionProtectionEnabled"]
    _unchanged(stack, manifest(**spec))
    named = stack.up(
        manifest(**PROTECTED, serverSideEncryption={"enabled": True})
    )  # the key is named, the source is not
    assert named.ok, named.explained()
    assert named.changes == {}
    assert "DeleteTable" not in looks.writes(cloud)
    assert [held["IndexName"] for held in looks.table(cloud)["LocalSecondaryIndexes"]] == [
        "local-at"
    ]


def _of_another(report: Report) -> list[str]:
    return [text for text in report.warnings if " has another " in text]


def test_no_annotation_allows_the_replacement_of_a_restored_table(
    stack: Stack, cloud: Cloud
) -> None:
    """Its key is its source's, whatever the manifest says: a table with the manifest's would never
    come out of the restore, however often it is recreated."""
    _source(cloud)
    spec: dict[str, Any] = {**RESTORE, "keySchema": key("pk")}
    stack.up(manifest(**spec))
    settled = stack.up(manifest(**spec))
    assert settled.ok
    assert _of_another(settled) == [
        "warning: table 'orders' has another keySchema in AWS than in the manifest, and keeps "
        "it\n"
        "  in AWS: pk HASH, sk RANGE\n"
        "  in the manifest: pk HASH\n"
        "  fix: write what AWS has into the manifest; the change guard allows that\n"
    ]
    for allowed_change in ("keySchema", "localSecondaryIndexes"):
        for more in ({}, {"tags": {"a": "b"}}, {"keySchema": key("other")}):
            refused = stack.up(manifest(**{**spec, **more}, annotations=allowing(allowed_change)))
            assert not refused.ok
    assert (
        "every update would delete it with all its data and restore it with that same key"
        in refused.text
    )

    mended = stack.up(manifest(**RESTORE))
    assert mended.ok, mended.explained()
    assert (mended.changes, _of_another(mended)) == ({}, [])
    later = stack.up(manifest())
    assert later.changes == {}
    assert [text.splitlines()[:3] for text in _of_another(later)] == [
        [
            "warning: table 'orders' has another localSecondaryIndexes in AWS than in the "
            "manifest, and keeps it",
            "  in AWS: local-at (at; KEYS_ONLY)",
            "  in the manifest: none",
        ]
    ]
    assert "DeleteTable" not in looks.writes(cloud)


def test_a_table_is_replaced_by_a_restored_one_only_with_a_new_name(
    stack: Stack, cloud: Cloud
) -> None:
    _source(cloud)
    stack.up(manifest(keySchema=key("other")))
    writes = looks.writes(cloud)
    refused = stack.up(manifest(**RESTORE, annotations=allowing("keySchema")))
    assert not refused.ok
    assert looks.writes(cloud) == writes
    named = {**RESTORE, "tableName": "orders-2"}
    replaced = stack.up(manifest(**named, annotations=allowing("keySchema", "tableName")))
    assert replaced.ok, replaced.explained()
    assert sorted(looks.tables(cloud)) == ["old-orders", "orders-2"]
    assert len(_asked(cloud, "RestoreTableToPointInTime")) == 1
    settled = stack.up(manifest(**named))
    assert settled.ok, settled.explained()
    _unchanged(stack, manifest(**named))
    assert len(_asked(cloud, "RestoreTableToPointInTime")) == 1


def test_only_the_named_indexes_of_the_source_are_restored(stack: Stack, cloud: Cloud) -> None:
    _source(cloud)
    held = index("who", provisionedThroughput=UNITS)
    spec = {**RESTORE, **PROVISIONED, "globalSecondaryIndexes": [held]}
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    (asked,) = _asked(cloud, "RestoreTableToPointInTime")
    assert [held["IndexName"] for held in asked["GlobalSecondaryIndexOverride"]] == ["who"]
    assert list(looks.indexes(cloud)) == ["who"]


def test_aws_refuses_a_named_index_in_another_billing_mode_than_the_source(
    stack: Stack, cloud: Cloud
) -> None:
    """The provider sends no billing mode with a restore."""
    _source(cloud)
    report = stack.up(manifest(**RESTORE, globalSecondaryIndexes=[index("who")]))
    assert not report.ok
    assert "Must specify provisioned throughput for index who" in report.text
    assert NAME not in looks.tables(cloud)


def test_a_backup_is_restored_by_its_arn(stack: Stack, cloud: Cloud) -> None:
    _source(cloud)
    details = cloud.call(
        DYNAMODB, "CreateBackup", {"TableName": "old-orders", "BackupName": "monday"}
    )["BackupDetails"]
    report = stack.up(manifest(restoreBackupArn=details["BackupArn"]))
    assert report.ok, report.explained()
    (asked,) = _asked(cloud, "RestoreTableFromBackup")
    assert asked["BackupArn"] == details["BackupArn"]
    assert NAME in looks.tables(cloud)


def test_a_key_changed_outside_pulumi_does_not_delete_the_table(stack: Stack, cloud: Cloud) -> None:
    """A table that was recreated outside Pulumi with a sort key: its state differs from the
    manifest in what the provider replaces tables for."""
    hash_only = {"keySchema": [{"attributeName": "pk", "keyType": "HASH"}]}
    stack.up(manifest(**hash_only))
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    by_hand = {
        "TableName": NAME,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
        "KeySchema": [{"AttributeName": n, "KeyType": k} for n, k in keys],
    }
    cloud.call(DYNAMODB, "CreateTable", by_hand)
    stack.refresh()
    up = stack.up(manifest(**hash_only))
    assert up.ok, up.explained()
    assert looks.writes(cloud).count("DeleteTable") == 1
    assert [key["AttributeName"] for key in looks.table(cloud)["KeySchema"]] == ["pk", "sk"]
