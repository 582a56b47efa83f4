"""The real provider's outputs for DynamoDB's descriptions.

As with the real provider, absent properties of a block stay absent, and other strings that AWS does
not describe are "".
"""

from __future__ import annotations

from planton.rehearsal.aws.moto_dynamodb import DEFAULT_KEY
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.recovery import recovery_outputs

_DEFAULT_WARM = (12000, 4000)


def table_outputs(table: Json, backups: Json, ttl: Json) -> Json:
    """The arguments are the descriptions of the table, of its backups and of its TTL."""
    keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
    stream = table.get("StreamSpecification", {"StreamEnabled": False})
    throughput = table["ProvisionedThroughput"]
    outputs: Json = {
        "arn": table["TableArn"],
        "name": table["TableName"],
        "billingMode": table["BillingModeSummary"]["BillingMode"],
        "attributes": [
            {"name": a["AttributeName"], "type": a["AttributeType"]}
            for a in table["AttributeDefinitions"]
        ],
        "hashKey": keys["HASH"],
        "readCapacity": throughput["ReadCapacityUnits"],
        "writeCapacity": throughput["WriteCapacityUnits"],
        "localSecondaryIndexes": [
            _local_index(index) for index in table.get("LocalSecondaryIndexes", [])
        ],
        "globalSecondaryIndexes": [
            _global_index(index) for index in table.get("GlobalSecondaryIndexes", [])
        ],
        "streamEnabled": stream["StreamEnabled"],
        "streamViewType": stream.get("StreamViewType", ""),
        "streamArn": table.get("LatestStreamArn", ""),
        "streamLabel": table.get("LatestStreamLabel", ""),
        "tableClass": table["TableClassSummary"]["TableClass"],
        "deletionProtectionEnabled": table["DeletionProtectionEnabled"],
        "pointInTimeRecovery": recovery_outputs(backups["PointInTimeRecoveryDescription"]),
        "ttl": {
            "enabled": ttl["TimeToLiveStatus"] == "ENABLED",
            "attributeName": ttl.get("AttributeName", ""),
        },
    }
    if "RANGE" in keys:
        outputs["rangeKey"] = keys["RANGE"]
    if len(witnesses := table.get("GlobalTableWitnesses", [])) == 1:
        outputs["globalTableWitness"] = {"regionName": witnesses[0]["RegionName"]}
    if "SSEDescription" in table:
        outputs["serverSideEncryption"] = _encryption(table["SSEDescription"])
    return {**outputs, **_throughputs(table)}


def _encryption(description: Json) -> Json:
    """The AWS managed key is left out: as an output it would look like a customer managed key."""
    key = description["KMSMasterKeyArn"]
    return {
        "enabled": description["Status"] == "ENABLED",
        "kmsKeyArn": "" if key.endswith(DEFAULT_KEY) else key,
    }


def _throughputs(described: Json) -> Json:
    """On-demand maximum and warm throughput of a table or of a global index, where set."""
    outputs: Json = {}
    if maximum := described.get("OnDemandThroughput"):
        outputs["onDemandThroughput"] = {
            "maxReadRequestUnits": maximum.get("MaxReadRequestUnits", 0),
            "maxWriteRequestUnits": maximum.get("MaxWriteRequestUnits", 0),
        }
    warm = described.get("WarmThroughput", {})
    reads, writes = warm.get("ReadUnitsPerSecond", 0), warm.get("WriteUnitsPerSecond", 0)
    if (reads, writes) != _DEFAULT_WARM and (reads >= 12000 or writes >= 4000):
        outputs["warmThroughput"] = {"readUnitsPerSecond": reads, "writeUnitsPerSecond": writes}
    return outputs


def _local_index(index: Json) -> Json:
    keys = {key["KeyType"]: key["AttributeName"] for key in index["KeySchema"]}
    return {
        "name": index["IndexName"],
        "rangeKey": keys["RANGE"],
        "projectionType": index["Projection"]["ProjectionType"],
        "nonKeyAttributes": index["Projection"].get("NonKeyAttributes", []),
    }


def _global_index(index: Json) -> Json:
    outputs: Json = {
        "name": index["IndexName"],
        "keySchemas": [
            {"attributeName": key["AttributeName"], "keyType": key["KeyType"]}
            for key in index["KeySchema"]
        ],
        "projectionType": index["Projection"]["ProjectionType"],
        "nonKeyAttributes": index["Projection"].get("NonKeyAttributes", []),
        "readCapacity": index["ProvisionedThroughput"]["ReadCapacityUnits"],
        "writeCapacity": index["ProvisionedThroughput"]["WriteCapacityUnits"],
    }
    for name, kind in (("hashKey", "HASH"), ("rangeKey", "RANGE")):
        attributes = [k["AttributeName"] for k in index["KeySchema"] if k["KeyType"] == kind]
        if len(attributes) == 1:
            outputs[name] = attributes[0]
    return {**outputs, **_throughputs(index)}
