"""Tables that are made from something: a table's past, a backup, or files in S3.

The provider sends what the one request takes and nothing else: a restored table comes without tags,
stream, class, protection, maxima and warm throughput, an imported one without these and without
local indexes (but with its on-demand maximum). Its next update sends most of them. The client's
token, which the provider makes up for an import, is left out.
"""

from __future__ import annotations

from planton.rehearsal import table_requests as form
from planton.rehearsal.properties import FLAG, TEXT, TEXTS, Property, block
from planton.rehearsal.records import Json
from planton.rehearsal.session import Session
from planton.rehearsal.table_requests import PROVISIONED

INPUTS: dict[str, Property] = {
    "importTable": block(
        "inputFormat s3BucketSource",
        inputFormat=TEXT,
        inputCompressionType=TEXT,
        inputFormatOptions=block(csv=block(delimiter=TEXT, headerLists=TEXTS)),
        s3BucketSource=block("bucket", bucket=TEXT, bucketOwner=TEXT, keyPrefix=TEXT),
    ),
    "restoreSourceName": TEXT,
    "restoreSourceTableArn": TEXT,
    "restoreDateTime": TEXT,
    "restoreToLatestTime": FLAG,
    "restoreBackupArn": TEXT,
}
"""What only creation looks at: AWS tells none of it, so the state keeps it as it was given."""


def kept(data: Json) -> Json:
    return {name: data[name] for name in INPUTS if data.get(name) is not None}


def create(session: Session, inputs: Json) -> bool:
    """Makes the table from what the inputs name, if they name anything. Raises Refused."""
    if inputs.get("restoreSourceName") or inputs.get("restoreSourceTableArn"):
        session.dynamodb("RestoreTableToPointInTime", **_past(inputs))
    elif inputs.get("restoreBackupArn"):
        session.dynamodb("RestoreTableFromBackup", **_backup(inputs))
    elif "importTable" in inputs:
        session.dynamodb("ImportTable", **_import(inputs))
    else:
        return False
    return True


def _past(inputs: Json) -> Json:
    request: Json = {"TargetTableName": inputs["name"]}
    for name, member in (
        ("restoreSourceName", "SourceTableName"),
        ("restoreSourceTableArn", "SourceTableArn"),
        ("restoreDateTime", "RestoreDateTime"),
        ("restoreToLatestTime", "UseLatestRestorableTime"),
    ):
        if inputs.get(name):
            request[member] = inputs[name]
    return {**request, **_overrides(inputs)}


def _backup(inputs: Json) -> Json:
    """A guess: the provider's source that could be read is older than this input."""
    request = {"TargetTableName": inputs["name"], "BackupArn": inputs["restoreBackupArn"]}
    return {**request, **_overrides(inputs)}


def _overrides(inputs: Json) -> Json:
    """No billing mode: the provider looks at it and does not send it."""
    billing_mode = inputs.get("billingMode", PROVISIONED)
    request: Json = {}
    if inputs.get("readCapacity") and inputs.get("writeCapacity") and billing_mode == PROVISIONED:
        request["ProvisionedThroughputOverride"] = form.units(inputs)
    if local := form.local_indexes(inputs):
        request["LocalSecondaryIndexOverride"] = local
    if indexes := inputs.get("globalSecondaryIndexes"):
        request["GlobalSecondaryIndexOverride"] = [
            form.global_index(index, billing_mode) for index in indexes
        ]
    if "serverSideEncryption" in inputs:
        request["SSESpecificationOverride"] = form.encryption(inputs["serverSideEncryption"])
    return request


def _import(inputs: Json) -> Json:
    billing_mode = inputs.get("billingMode", PROVISIONED)
    table: Json = {
        "TableName": inputs["name"],
        "BillingMode": billing_mode,
        "KeySchema": form.key_schema({k: inputs.get(k) for k in ("hashKey", "rangeKey")}),
        # Required by AWS, so that none is sent as an empty list is told from here.
        "AttributeDefinitions": form.definitions(inputs.get("attributes", [])),
    }
    if billing_mode == PROVISIONED:
        table["ProvisionedThroughput"] = form.units(inputs)
    if "serverSideEncryption" in inputs:
        table["SSESpecification"] = form.encryption(inputs["serverSideEncryption"])
    if indexes := inputs.get("globalSecondaryIndexes"):
        table["GlobalSecondaryIndexes"] = [form.global_index(i, billing_mode) for i in indexes]
    if maximum := form.on_demand(inputs):
        table["OnDemandThroughput"] = maximum
    return {**_files(inputs["importTable"]), "TableCreationParameters": table}


def _files(data: Json) -> Json:
    source = data["s3BucketSource"]
    bucket = {
        "S3Bucket": source["bucket"],
        "S3BucketOwner": source.get("bucketOwner"),
        "S3KeyPrefix": source.get("keyPrefix"),
    }
    request: Json = {
        "InputFormat": data["inputFormat"],
        "S3BucketSource": {name: value for name, value in bucket.items() if value},
    }
    if data.get("inputCompressionType"):
        request["InputCompressionType"] = data["inputCompressionType"]
    if (csv := data.get("inputFormatOptions", {}).get("csv")) is not None:
        options = {"Delimiter": csv.get("delimiter"), "HeaderList": csv.get("headerLists")}
        given = {name: value for name, value in options.items() if value}
        request["InputFormatOptions"] = {"Csv": given}
    return request
