"""The request parameters that the real provider sends for a table's inputs.

In the inputs false, 0, "" and an empty list count as absent, unless a docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.session import tag_list

PROVISIONED = "PROVISIONED"


def creation(inputs: Json, tags: Mapping[str, str]) -> Json:
    """The CreateTable request."""
    billing_mode = inputs.get("billingMode", PROVISIONED)
    request: Json = {
        "TableName": inputs["name"],
        "BillingMode": billing_mode,
        "KeySchema": key_schema(inputs),
    }
    if inputs.get("tableClass", "STANDARD") != "STANDARD":  # the provider's default
        request["TableClass"] = inputs["tableClass"]
    if attributes := inputs.get("attributes"):
        request["AttributeDefinitions"] = definitions(attributes)
    if billing_mode == PROVISIONED:
        request["ProvisionedThroughput"] = units(inputs)
    if maximum := on_demand(inputs):
        request["OnDemandThroughput"] = maximum
    if warm := warm_throughput(inputs):
        request["WarmThroughput"] = warm
    if local := local_indexes(inputs):
        request["LocalSecondaryIndexes"] = local
    if indexes := inputs.get("globalSecondaryIndexes"):
        request["GlobalSecondaryIndexes"] = [global_index(i, billing_mode) for i in indexes]
    if inputs.get("streamEnabled"):
        request["StreamSpecification"] = stream(inputs)
    if "serverSideEncryption" in inputs:
        request["SSESpecification"] = encryption(inputs["serverSideEncryption"])
    if inputs.get("deletionProtectionEnabled"):
        request["DeletionProtectionEnabled"] = True
    if tags:
        request["Tags"] = tag_list(tags)
    return request


def key_schema(data: Json) -> list[Json]:
    """The key of a table or of an index; `keySchemas` overrides `hashKey`."""
    schema = [
        {"AttributeName": key["attributeName"], "KeyType": key["keyType"]}
        for key in data.get("keySchemas", [])
    ]
    if data.get("hashKey") and not schema:
        schema.append({"AttributeName": data["hashKey"], "KeyType": "HASH"})
    if data.get("rangeKey"):
        schema.append({"AttributeName": data["rangeKey"], "KeyType": "RANGE"})
    return schema


def definitions(attributes: list[Json]) -> list[Json]:
    return [{"AttributeName": a["name"], "AttributeType": a["type"]} for a in attributes]


def units(data: Json) -> Json:
    return {
        "ReadCapacityUnits": data.get("readCapacity", 0),
        "WriteCapacityUnits": data.get("writeCapacity", 0),
    }


def on_demand(data: Json) -> Json:
    """The maxima that are set; -1 removes one."""
    maximum = data.get("onDemandThroughput") or {}
    named = {
        "MaxReadRequestUnits": maximum.get("maxReadRequestUnits"),
        "MaxWriteRequestUnits": maximum.get("maxWriteRequestUnits"),
    }
    return {name: amount for name, amount in named.items() if amount}


def warm_throughput(data: Json) -> Json:
    warm = data.get("warmThroughput") or {}
    named = {
        "ReadUnitsPerSecond": warm.get("readUnitsPerSecond"),
        "WriteUnitsPerSecond": warm.get("writeUnitsPerSecond"),
    }
    return {name: amount for name, amount in named.items() if amount}


def projection(data: Json) -> Json:
    request: Json = {"ProjectionType": data["projectionType"]}
    if attributes := data.get("nonKeyAttributes"):
        request["NonKeyAttributes"] = list(attributes)
    return request


def local_indexes(inputs: Json) -> list[Json]:
    hash_key = inputs.get("hashKey", "")
    return [_local_index(index, hash_key) for index in inputs.get("localSecondaryIndexes", [])]


def _local_index(index: Json, hash_key: str) -> Json:
    return {
        "IndexName": index["name"],
        "KeySchema": key_schema({"hashKey": hash_key, "rangeKey": index["rangeKey"]}),
        "Projection": projection(index),
    }


def global_index(index: Json, billing_mode: str) -> Json:
    """A global index of a new table, or one that is added to an existing table."""
    request: Json = {
        "IndexName": index["name"],
        "KeySchema": key_schema(index),
        "Projection": projection(index),
    }
    if billing_mode == PROVISIONED:
        request["ProvisionedThroughput"] = units(index)
    elif maximum := on_demand(index):
        request["OnDemandThroughput"] = maximum
    if warm := warm_throughput(index):
        request["WarmThroughput"] = warm
    return request


def stream(data: Json) -> Json:
    request: Json = {"StreamEnabled": bool(data.get("streamEnabled"))}
    if request["StreamEnabled"] and data.get("streamViewType"):
        request["StreamViewType"] = data["streamViewType"]
    return request


def encryption(data: Json) -> Json:
    """Disabled is the AWS owned key; enabled without a key is the AWS managed key."""
    request: Json = {"Enabled": data["enabled"]}
    if data["enabled"] and data.get("kmsKeyArn"):
        request.update(KMSMasterKeyId=data["kmsKeyArn"], SSEType="KMS")
    return request


def time_to_live(name: str, ttl: Json) -> Json:
    specification = {
        "Enabled": bool(ttl.get("enabled")),
        "AttributeName": ttl.get("attributeName", ""),
    }
    return {"TableName": name, "TimeToLiveSpecification": specification}
