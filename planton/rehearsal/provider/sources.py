"""Tables that are created from a source: another table, a backup, or files in S3.

The provider sends the one request and no more: a restored table is created without tags, stream,
class, protection, maxima and warm throughput, an imported one without these and without local
indexes (but with its on-demand maximum). The table's next update sends most of them. The client
token that the provider generates for an import is left out.
"""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider import table_requests as requests
from planton.rehearsal.provider.properties import FLAG, TEXT, TEXTS, Property, block
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.table_requests import PROVISIONED

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
"""Inputs of the creation only. AWS does not describe them, so the outputs repeat the inputs."""


def outputs(inputs: Json) -> Json:
    return {name: inputs[name] for name in INPUTS if inputs.get(name) is not None}


def create(session: Session, inputs: Json) -> bool:
    """Creates the table from the source in its inputs, if there is one. Raises Refused."""
    if inputs.get("restoreSourceName") or inputs.get("restoreSourceTableArn"):
        session.dynamodb("RestoreTableToPointInTime", **_point_in_time(inputs))
    elif inputs.get("restoreBackupArn"):
        session.dynamodb("RestoreTableFromBackup", **_backup(inputs))
    elif "importTable" in inputs:
        session.dynamodb("ImportTable", **_import(inputs))
    else:
        return False
    return True


def _point_in_time(inputs: Json) -> Json:
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
    """A guess: the provider's source that was available is older than this input."""
    request = {"TargetTableName": inputs["name"], "BackupArn": inputs["restoreBackupArn"]}
    return {**request, **_overrides(inputs)}


def _overrides(inputs: Json) -> Json:
    """Without the billing mode: the provider reads it and does not send it."""
    billing_mode = inputs.get("billingMode", PROVISIONED)
    request: Json = {}
    if inputs.get("readCapacity") and inputs.get("writeCapacity") and billing_mode == PROVISIONED:
        request["ProvisionedThroughputOverride"] = requests.units(inputs)
    if local := requests.local_indexes(inputs):
        request["LocalSecondaryIndexOverride"] = local
    if indexes := inputs.get("globalSecondaryIndexes"):
        request["GlobalSecondaryIndexOverride"] = [
            requests.global_index(index, billing_mode) for index in indexes
        ]
    if "serverSideEncryption" in inputs:
        request["SSESpecificationOverride"] = requests.encryption(inputs["serverSideEncryption"])
    return request


def _import(inputs: Json) -> Json:
    billing_mode = inputs.get("billingMode", PROVISIONED)
    table: Json = {
        "TableName": inputs["name"],
        "BillingMode": billing_mode,
        "KeySchema": requests.key_schema({k: inputs.get(k) for k in ("hashKey", "rangeKey")}),
        # AWS requires the member, so the provider sends an empty list if there are none.
        "AttributeDefinitions": requests.definitions(inputs.get("attributes", [])),
    }
    if billing_mode == PROVISIONED:
        table["ProvisionedThroughput"] = requests.units(inputs)
    if "serverSideEncryption" in inputs:
        table["SSESpecification"] = requests.encryption(inputs["serverSideEncryption"])
    if indexes := inputs.get("globalSecondaryIndexes"):
        table["GlobalSecondaryIndexes"] = [requests.global_index(i, billing_mode) for i in indexes]
    if maximum := requests.on_demand(inputs):
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
        set_ = {name: value for name, value in options.items() if value}
        request["InputFormatOptions"] = {"Csv": set_}
    return request
