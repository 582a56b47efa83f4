"""Tables restored from another table or a backup, and tables imported from S3."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import Incomplete
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import TABLE, changes

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/source"
BACKUP = f"{ARN}/backup/01234567890123-abcdef01"
LATEST: Json = {"restoreSourceName": "source", "restoreToLatestTime": True}
PAST: Json = {"SourceTableName": "source", "UseLatestRestorableTime": True}
ENCRYPTED: Json = {"Enabled": True}
EVERYTHING: Json = {
    "streamEnabled": True,
    "streamViewType": "NEW_IMAGE",
    "tableClass": "STANDARD_INFREQUENT_ACCESS",
    "deletionProtectionEnabled": True,
    "onDemandThroughput": {"maxReadRequestUnits": 5},
    "warmThroughput": {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000},
    "serverSideEncryption": {"enabled": True},
    "tags": {"team": "shop"},
}
INDEX: Json = {
    "name": "by-sk",
    "keySchemas": [{"attributeName": "sk", "keyType": "HASH"}],
    "projectionType": "ALL",
}
LOCAL: Json = {"name": "local", "rangeKey": "sk", "projectionType": "ALL"}
SENT_INDEX: Json = {
    "IndexName": "by-sk",
    "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
SENT_LOCAL: Json = {
    "IndexName": "local",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "ALL"},
}


def first(cloud: Cloud) -> tuple[str, Json, str]:
    call = next(c for c in cloud.calls if c.operation.startswith(("Restore", "Import")))
    return call.operation, call.parameters, call.outcome


@pytest.fixture
def source(aws: Provider, table: Inputs) -> Any:
    """A table to restore, with recovery on by default."""

    def make(**more: Any) -> None:
        recovery = {"pointInTimeRecovery": {"enabled": True}}
        aws.create(TABLE, table(**{"name": "source", **recovery, **more}))

    return make


@pytest.mark.parametrize(
    ("inputs", "operation", "sent"),
    [
        (LATEST, "RestoreTableToPointInTime", PAST),
        (
            {"restoreSourceTableArn": ARN, "restoreDateTime": "2027-01-02T03:04:05Z"},
            "RestoreTableToPointInTime",
            {"SourceTableArn": ARN, "RestoreDateTime": "2027-01-02T03:04:05Z"},
        ),
        ({"restoreBackupArn": BACKUP}, "RestoreTableFromBackup", {"BackupArn": BACKUP}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_restore_sends_its_source_and_its_overrides(
    cloud: Cloud, aws: Provider, table: Inputs, inputs: Json, operation: str, sent: Json
) -> None:
    indexes = {"globalSecondaryIndexes": [INDEX], "localSecondaryIndexes": [LOCAL]}
    created = aws.create(TABLE, table(**inputs, **indexes, **EVERYTHING))
    assert first(cloud) == (
        operation,
        {
            "TargetTableName": "orders",
            **sent,
            "GlobalSecondaryIndexOverride": [SENT_INDEX],
            "LocalSecondaryIndexOverride": [SENT_LOCAL],
            "SSESpecificationOverride": ENCRYPTED,
        },
        "not emulated",
    )
    assert {name: created.outputs[name] for name in inputs} == inputs
    assert (created.outputs["tags"], created.outputs["streamEnabled"]) == ({}, False)
    assert (created.outputs["tableClass"], created.outputs["deletionProtectionEnabled"]) == (
        "STANDARD",
        False,
    )


def test_the_next_update_sets_what_a_restore_leaves_out(
    cloud: Cloud, aws: Provider, table: Inputs, source: Any
) -> None:
    source()
    inputs = table(**LATEST, **{**EVERYTHING, "warmThroughput": None})
    created = aws.create(TABLE, inputs)
    number = len(cloud.calls)
    created = aws.update(TABLE, created.id, created.outputs, inputs)
    tags = [{"Key": "team", "Value": "shop"}]
    assert changes(cloud.calls[number:]) == [
        ("TagResource", {"ResourceArn": created.outputs["arn"], "Tags": tags}),
        ("UpdateTable", {"TableClass": "STANDARD_INFREQUENT_ACCESS"}),
        (
            "UpdateTable",
            {
                "DeletionProtectionEnabled": True,
                "OnDemandThroughput": {"MaxReadRequestUnits": 5},
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            },
        ),
    ]
    number = len(cloud.calls)
    aws.update(TABLE, created.id, created.outputs, inputs)
    assert changes(cloud.calls[number:]) == []


def test_recovery_and_ttl_follow_the_restore(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    aws.create(
        TABLE,
        table(
            **LATEST,
            ttl={"enabled": True, "attributeName": "exp"},
            pointInTimeRecovery={"enabled": True},
        ),
    )
    assert [operation for operation, _ in changes(cloud.calls)] == [
        "RestoreTableToPointInTime",
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
    ]


@pytest.mark.parametrize("where", [LATEST, {"restoreBackupArn": BACKUP}], ids=str)
def test_an_emulated_table_is_restored_with_its_definitions(
    cloud: Cloud, aws: Provider, table: Inputs, source: Any, where: Json
) -> None:
    attributes = [{"name": name, "type": "S"} for name in ("pk", "sk", "other")]
    key = "arn:aws:kms:eu-west-1:123456789012:key/1"
    units = {"readCapacity": 5, "writeCapacity": 6}
    others = [
        {**INDEX, **units},
        {
            **INDEX,
            **units,
            "name": "by-other",
            "keySchemas": [{"attributeName": "other", "keyType": "HASH"}],
        },
    ]
    source(
        billingMode="PROVISIONED",
        **units,
        attributes=attributes,
        globalSecondaryIndexes=others,
        localSecondaryIndexes=[LOCAL],
        serverSideEncryption={"enabled": True, "kmsKeyArn": key},
    )
    created = aws.create(TABLE, {"name": "orders", **where})
    assert first(cloud)[2] == "done"
    known = ("hashKey", "rangeKey", "billingMode", "readCapacity", "writeCapacity")
    assert {name: created.outputs[name] for name in known} == {
        "hashKey": "pk",
        "rangeKey": "sk",
        "billingMode": "PROVISIONED",
        **units,
    }
    indexes = created.outputs["globalSecondaryIndexes"]
    assert [index["name"] for index in indexes] == ["by-sk", "by-other"]
    assert [index["name"] for index in created.outputs["localSecondaryIndexes"]] == ["local"]
    assert created.outputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}


def test_an_override_restricts_the_indexes(aws: Provider, table: Inputs, source: Any) -> None:
    attributes = [{"name": name, "type": "S"} for name in ("pk", "sk", "other")]
    other = {
        **INDEX,
        "name": "by-other",
        "keySchemas": [{"attributeName": "other", "keyType": "HASH"}],
    }
    source(attributes=attributes, globalSecondaryIndexes=[INDEX, other])
    created = aws.create(TABLE, table(**LATEST, globalSecondaryIndexes=[INDEX]))
    assert [index["name"] for index in created.outputs["globalSecondaryIndexes"]] == ["by-sk"]
    assert created.outputs["attributes"] == attributes[:2]


def test_the_key_of_a_table_elsewhere_is_assumed(aws: Provider) -> None:
    created = aws.create(TABLE, {"name": "orders", **LATEST})
    units = {"readCapacity": 5, "writeCapacity": 6}
    other = aws.create(
        TABLE,
        {
            "name": "others",
            **LATEST,
            **units,
            "globalSecondaryIndexes": [{**INDEX, **units}],
        },
    )
    assert (created.outputs["hashKey"], created.outputs["billingMode"]) == ("id", "PAY_PER_REQUEST")
    assert (other.outputs["billingMode"], other.outputs["writeCapacity"]) == ("PROVISIONED", 6)


RULES: list[tuple[Json, str, str]] = [
    (
        {"restoreSourceName": "source"},
        "ValidationException",
        "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be"
        " specified, but not both",
    ),
    (
        {**LATEST, "restoreSourceTableArn": ARN},
        "ValidationException",
        "Must provide exactly one of: sourceTableArn, sourceTableName",
    ),
    ({**LATEST, "name": "source"}, "TableAlreadyExistsException", "Table already exists: source"),
    (
        {"restoreBackupArn": ARN},
        "ValidationException",
        "Invalid Backup ARN",
    ),
    (
        {"restoreBackupArn": BACKUP.replace("eu-west-1", "eu-west-2")},
        "ValidationException",
        "Invalid Request: sseSpecificationOverride must be provided for cross-region restores",
    ),
    (
        {**LATEST, "globalSecondaryIndexes": [{**INDEX, "name": "new"}]},
        "ValidationException",
        "Invalid Request: Index new does not match a secondary index that existed in the source"
        " table and cannot be created during the restore operation",
    ),
    (
        {**LATEST, "billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5},
        "ValidationException",
        "Invalid Request: Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED",
    ),
]


@pytest.mark.parametrize(("inputs", "code", "message"), RULES, ids=lambda value: str(value)[:40])
def test_a_restore_that_aws_refuses_creates_nothing(
    cloud: Cloud,
    aws: Provider,
    table: Inputs,
    source: Any,
    inputs: Json,
    code: str,
    message: str,
) -> None:
    source(attributes=table()["attributes"])
    with pytest.raises(Refused) as caught:
        aws.create(TABLE, table(**inputs))
    assert (caught.value.code, caught.value.message) == (code, message)
    assert not isinstance(caught.value, Incomplete)


def test_a_table_without_recovery_cannot_be_restored(
    aws: Provider, table: Inputs, source: Any
) -> None:
    source(pointInTimeRecovery={"enabled": False})
    with pytest.raises(Refused) as caught:
        aws.create(TABLE, table(**LATEST))
    assert caught.value.code == "PointInTimeRecoveryUnavailableException"


FILES: Json = {
    "inputFormat": "CSV",
    "inputCompressionType": "GZIP",
    "inputFormatOptions": {"csv": {"delimiter": ";", "headerLists": ["pk", "sk"]}},
    "s3BucketSource": {"bucket": "data", "bucketOwner": "111122223333", "keyPrefix": "orders/"},
}


def test_an_import_creates_the_table_and_reads_no_file(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    indexes = {"globalSecondaryIndexes": [INDEX], "localSecondaryIndexes": [LOCAL]}
    created = aws.create(TABLE, table(importTable=FILES, **indexes, **EVERYTHING))
    assert first(cloud) == (
        "ImportTable",
        {
            "InputFormat": "CSV",
            "InputCompressionType": "GZIP",
            "InputFormatOptions": {"Csv": {"Delimiter": ";", "HeaderList": ["pk", "sk"]}},
            "S3BucketSource": {
                "S3Bucket": "data",
                "S3BucketOwner": "111122223333",
                "S3KeyPrefix": "orders/",
            },
            "TableCreationParameters": {
                "TableName": "orders",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": SENT_LOCAL["KeySchema"],
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "N"},
                ],
                "SSESpecification": ENCRYPTED,
                "GlobalSecondaryIndexes": [SENT_INDEX],
                "OnDemandThroughput": {"MaxReadRequestUnits": 5},
            },
        },
        "not emulated",
    )
    assert created.outputs["importTable"] == FILES
    assert created.outputs["localSecondaryIndexes"] == []
    assert (created.outputs["tags"], created.outputs["streamEnabled"]) == ({}, False)
    assert created.outputs["onDemandThroughput"]["maxReadRequestUnits"] == 5


def test_an_import_of_provisioned_units_sends_them(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    files = {"inputFormat": "DYNAMODB_JSON", "s3BucketSource": {"bucket": "data"}}
    units = {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 6}
    aws.create(TABLE, table(importTable=files, **units))
    _, sent, _ = first(cloud)
    parameters = sent.pop("TableCreationParameters")
    assert parameters["ProvisionedThroughput"] == {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    assert sent == {"InputFormat": "DYNAMODB_JSON", "S3BucketSource": {"S3Bucket": "data"}}


def test_an_imported_table_must_satisfy_the_rules_of_tables(aws: Provider, table: Inputs) -> None:
    files = {"inputFormat": "ION", "s3BucketSource": {"bucket": "data"}}
    attributes = [{"name": "pk", "type": "S"}]
    with pytest.raises(Refused, match="not defined in AttributeDefinitions: AttributeName: sk"):
        aws.create(TABLE, table(importTable=files, attributes=attributes))
    with pytest.raises(Refused, match="'InputFormat' failed to satisfy constraint"):
        aws.create(TABLE, table(importTable={**files, "inputFormat": "XML"}))


def test_a_source_can_be_removed_from_the_inputs(
    cloud: Cloud, aws: Provider, table: Inputs, source: Any
) -> None:
    source()
    created = aws.create(TABLE, table(**LATEST))
    number = len(cloud.calls)
    created = aws.update(TABLE, created.id, created.outputs, table(restoreToLatestTime=True))
    assert changes(cloud.calls[number:]) == []
    assert "restoreSourceName" not in created.outputs


def test_an_import_can_be_described(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    """It completes at once, as the provider, which waits for its end, is told."""
    request = {
        "InputFormat": "ION",
        "S3BucketSource": {"S3Bucket": "data"},
        "TableCreationParameters": {
            "TableName": "orders",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        },
    }
    begun = cloud.call("dynamodb", "ImportTable", request)["ImportTableDescription"]
    asked = {"ImportArn": begun["ImportArn"]}
    description = cloud.call("dynamodb", "DescribeImport", asked)["ImportTableDescription"]
    assert description == {
        "ImportArn": begun["ImportArn"],
        "ImportStatus": "COMPLETED",
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
    }
    with pytest.raises(Refused) as caught:
        cloud.call("dynamodb", "DescribeImport", {"ImportArn": f"{begun['ImportArn']}1"})
    assert caught.value.code == "ImportNotFoundException"
