"""What to write instead of a key that older forms of the manifest, AWS's API and other tools have.

A similar name is suggested without this; here are the keys that resemble none of the allowed ones,
or the wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from planton.dialects.words import Words


class Instead(NamedTuple):
    """The field that a key means, and how to write it. An empty field means that there is none;
    None means that the key contains the fields of its block."""

    field: str | None
    help: str


_UNITS = (
    *("readCapacity", "writeCapacity", "readCapacityUnits", "writeCapacityUnits"),
    *("capacity", "throughput"),
)


def _all(names: tuple[str, ...], field: str | None, help: str) -> dict[str, Instead]:
    return {shape(name): Instead(field, help) for name in names}


def shape(name: str) -> str:
    """The key without its case and separators."""
    return name.replace("_", "").replace("-", "").lower()


def _of_keys() -> dict[str, Instead]:
    return {
        **_all(
            ("hashKey", "partitionKey", "primaryKey", "hash"),
            "keySchema",
            "write keySchema: [{attributeName: …, keyType: HASH}] and attributeDefinitions: "
            "[{name: …, type: S}]",
        ),
        **_all(
            ("rangeKey", "sortKey", "range"),
            "keySchema",
            "add {attributeName: …, keyType: RANGE} to keySchema and {name: …, type: S} to "
            "attributeDefinitions",
        ),
    }


def _of_projection() -> dict[str, Instead]:
    return {
        **_all(("projectionType",), "projection", "write projection: {type: …}"),
        **_all(
            ("nonKeyAttributes", "projectionAttributes"),
            "projection",
            "write projection: {type: INCLUDE, nonKeyAttributes: […]}",
        ),
        **_all(("indexName",), "name", "write name"),
    }


_BOUNDS = {
    **_all(("min", "minimum"), "minCapacity", "write minCapacity"),
    **_all(("max", "maximum"), "maxCapacity", "write maxCapacity"),
    **_all(
        ("target", "targetValue", "utilization"),
        "targetUtilizationPercent",
        "write targetUtilizationPercent",
    ),
}

IN_BLOCKS: Mapping[str, Mapping[str, Instead]] = {
    "spec": {
        **_of_keys(),
        **_all(_UNITS, "provisionedThroughput", "write {units}"),
        **_all(
            ("attributes", "attribute"),
            "attributeDefinitions",
            "write attributeDefinitions: [{name: …, type: S}], with the attributes of keys only",
        ),
        **_all(
            ("autoScale", "scaling"),
            "autoscaling",
            "write autoscaling: {read: {minCapacity: …, maxCapacity: …}, write: {…}}",
        ),
        **_all(
            ("enableStreams", "stream", "streams", "streamSpecification"),
            "streamEnabled",
            "write streamEnabled: true and streamViewType: NEW_AND_OLD_IMAGES",
        ),
        **_all(
            ("replicaRegionNames", "replicaRegions", "replicationRegions", "globalReplicas"),
            "replicas",
            "write replicas: [{regionName: …}]",
        ),
        **_all(
            ("witness", "witnessRegion"),
            "globalTableWitness",
            "write globalTableWitness: {regionName: …}",
        ),
        **_all(("table", "forProvider"), None, "write its fields directly under spec"),
        **_all(
            ("awsCredentialId", "providerConfigRef"),
            "",
            "remove it: credentials come with the stack input or from the environment",
        ),
        **_all(
            ("encryption", "encryptionKey", "sse", "sseSpecification"),
            "serverSideEncryption",
            "write serverSideEncryption: {enabled: true}, with kmsKeyArn for a customer managed "
            "key",
        ),
        **_all(
            ("kmsKeyArn", "kmsKeyId", "kmsKey", "kmsMasterKeyId"),
            "serverSideEncryption",
            "write serverSideEncryption: {enabled: true, kmsKeyArn: …}",
        ),
        **_all(
            ("pitr", "pointInTimeRecoverySpecification", "continuousBackups"),
            "pointInTimeRecovery",
            "write {recovery}",
        ),
        **_all(
            ("timeToLive", "timeToLiveSpecification", "timeToLiveAttribute", "ttlAttribute"),
            "ttl",
            "write ttl: {enabled: true, attributeName: …}",
        ),
        **_all(
            ("gsi", "gsis", "globalIndexes"),
            "globalSecondaryIndexes",
            "write globalSecondaryIndexes: [{name: …, keySchema: […]}]",
        ),
        **_all(
            ("lsi", "lsis", "localIndexes"),
            "localSecondaryIndexes",
            "write localSecondaryIndexes: [{name: …, keySchema: […]}]",
        ),
        **_all(
            ("contributorInsightsSpecification", "insights"),
            "contributorInsights",
            "write contributorInsights: {enabled: true}",
        ),
        **_all(
            ("kinesisStream", "kinesisStreamArn", "kinesisStreamSpecification"),
            "kinesisStreamingDestination",
            "write kinesisStreamingDestination: {streamArn: …}",
        ),
        **_all(
            ("policy", "resourcePolicyDocument"),
            "resourcePolicy",
            "write resourcePolicy: {policy: {Version: …, Statement: […]}}",
        ),
        **_all(
            ("streamPolicy", "streamPolicyDocument"),
            "streamResourcePolicy",
            "write streamResourcePolicy: {policy: {Version: …, Statement: […]}}",
        ),
        **_all(
            ("maxReadRequestUnits", "maxWriteRequestUnits"),
            "onDemandThroughput",
            "write onDemandThroughput: {maxReadRequestUnits: …, maxWriteRequestUnits: …}",
        ),
        **_all(
            ("removalPolicy", "retainOnDelete", "skipDestroy"),
            "deletionPolicy",
            "write deletionPolicy: retain to leave the table in AWS when its stack is destroyed",
        ),
        **_all(
            ("preventDestroy",),
            "deletionProtectionEnabled",
            "write deletionProtectionEnabled: true to keep the table",
        ),
        **_all(
            ("name",), "tableName", "write tableName, or metadata.name, which is also its default"
        ),
        **_all(("labels",), "tags", "write tags"),
        **_all(
            ("importSourceSpecification",),
            "importTable",
            "write importTable: {s3Bucket: …, inputFormat: …}",
        ),
    },
    "globalSecondaryIndexes": {
        **_of_keys(),
        **_of_projection(),
        **_all(_UNITS, "provisionedThroughput", "write {units}"),
    },
    "localSecondaryIndexes": {
        **_of_projection(),
        **_all(
            ("rangeKey", "sortKey", "range"),
            "keySchema",
            "write keySchema: [{attributeName: …, keyType: HASH}, {attributeName: …, "
            "keyType: RANGE}]",
        ),
        **_all(
            ("hashKey", "partitionKey"),
            "",
            "remove it: a local index has the table's partition key",
        ),
    },
    "attributeDefinitions": {
        **_all(("attributeName",), "name", "write name"),
        **_all(("attributeType",), "type", "write type"),
    },
    "keySchema": {
        **_all(("name",), "attributeName", "write attributeName"),
        **_all(
            ("type",),
            "keyType",
            "write keyType: HASH or RANGE; the attribute's type is in attributeDefinitions",
        ),
    },
    "autoscaling": {
        **_all(("readCapacity",), "read", "write read: {minCapacity: …, maxCapacity: …}"),
        **_all(("writeCapacity",), "write", "write write: {minCapacity: …, maxCapacity: …}"),
        **_all(
            ("scheduledActions", "schedules"),
            "scheduledAdjustments",
            "write scheduledAdjustments: [{name: …, dimension: READ, schedule: …, minCapacity: …}]",
        ),
    },
    "read": _BOUNDS,
    "write": _BOUNDS,
    "serverSideEncryption": {
        **_all(("kmsKeyId", "kmsMasterKeyId", "key"), "kmsKeyArn", "write kmsKeyArn"),
        **_all(
            ("sseType",),
            "enabled",
            "write enabled: true, with kmsKeyArn for a customer managed key",
        ),
    },
    "replicas": {
        **_all(("name",), "regionName", "write regionName"),
        **_all(("kmsKeyId", "kmsMasterKeyId"), "kmsKeyArn", "write kmsKeyArn"),
        **_all(
            ("policy", "resourcePolicyDocument"),
            "resourcePolicy",
            "write resourcePolicy: {policy: {Version: …, Statement: […]}}",
        ),
    },
    **{
        block: _all(
            ("Version", "Statement", "Id", "document", "policyDocument"),
            "policy",
            f"write {block}: {{policy: {{Version: …, Statement: […]}}}}",
        )
        for block in ("resourcePolicy", "streamResourcePolicy")
    },
    "kinesisStreamingDestination": {
        **_all(("arn", "kinesisStreamArn"), "streamArn", "write streamArn"),
        **_all(
            ("precision",),
            "approximateCreationDateTimePrecision",
            "write approximateCreationDateTimePrecision",
        ),
    },
    "alarms": {
        **_all(("actions", "alarmActions", "snsTopics", "notify"), "topics", "write topics"),
        **_all(
            ("userErrors",),
            "",
            "remove it: the metric counts the whole account, so one alarm is enough for all tables",
        ),
    },
    "importTable": {
        **_all(
            ("s3BucketSource",),
            "s3Bucket",
            "write s3Bucket, s3BucketOwner and s3KeyPrefix here, without the block",
        ),
        **_all(("inputFormatOptions",), "csv", "write csv: {delimiter: …, headerList: […]}"),
    },
    "pointInTimeRecovery": _all(
        ("pointInTimeRecoveryEnabled", "status"), "enabled", "write enabled: true"
    ),
}
"""For each block, the keys in lower case and what they mean."""


def instead_of(key: str, block: str, known: Mapping[str, str], words: Words) -> Instead | None:
    """What to write instead of an unknown key in a block, if a field of the block has its meaning.

    `known` are the names of the block's fields, with what each is called today. A key that only
    differs in case from one of them is a misspelling of that.
    """
    found = IN_BLOCKS.get(block, {}).get(shape(key))
    if found is None or shape(key) in map(shape, known):
        return None
    if found.field and found.field not in known.values():
        return None
    help = found.help.replace("{units}", words.units_example)
    return found._replace(help=help.replace("{recovery}", words.recovery_block))
