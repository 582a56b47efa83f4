"""A table's inputs as DynamoDB's request parameters, as the real provider forms them."""

from __future__ import annotations

from collections.abc import Mapping

from planton.rehearsal.errors import Refused
from planton.rehearsal.records import Json

PROVISIONED = "PROVISIONED"


def creation(inputs: Json, tags: Mapping[str, str]) -> Json:
    """The CreateTable request. Raises Refused where the provider itself stops."""
    billing_mode = inputs.get("billingMode", PROVISIONED)
    request: Json = {
        "TableName": inputs["name"],
        "BillingMode": billing_mode,
        "KeySchema": key_schema(inputs),
    }
    if inputs.get("tableClass", "STANDARD") != "STANDARD":  # else the provider sees no difference
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
    """Of a table or of an index; `keySchemas` wins over `hashKey`."""
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


def units(data: Json, least: int = 0) -> Json:
    return {
        "ReadCapacityUnits": data.get("readCapacity", 0) or least,
        "WriteCapacityUnits": data.get("writeCapacity", 0) or least,
    }


def on_demand(data: Json) -> Json:
    """The maxima that are named; -1 takes one away."""
    maximum = data.get("onDemandThroughput") or {}
    named = {
        "MaxReadRequestUnits": maximum.get("maxReadRequestUnits"),
        "MaxWriteRequestUnits": maximum.get("maxWriteRequestUnits"),
    }
    return {name: amount for name, amount in named.items() if amount}


def on_demand_changed(old: Json, new: Json) -> bool:
    """Whether the provider sees a change: none in taking away one maximum that is not there.

    A block where AWS describes none is always one, also if it takes both away.
    """
    if bool(old.get("onDemandThroughput")) != bool(new.get("onDemandThroughput")):
        return True
    before, after = on_demand(old), on_demand(new)
    taken = {name: amount for name, amount in after.items() if amount != -1 or name in before}
    return before != taken


def warm_throughput(data: Json) -> Json:
    warm = data.get("warmThroughput") or {}
    named = {
        "ReadUnitsPerSecond": warm.get("readUnitsPerSecond"),
        "WriteUnitsPerSecond": warm.get("writeUnitsPerSecond"),
    }
    return {name: amount for name, amount in named.items() if amount}


def projection(data: Json) -> Json:
    form: Json = {"ProjectionType": data["projectionType"]}
    if attributes := data.get("nonKeyAttributes"):
        form["NonKeyAttributes"] = list(attributes)
    return form


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
    """An index with a new table, or to be created on a living one.

    Raises Refused where the provider itself stops.
    """
    form: Json = {
        "IndexName": index["name"],
        "KeySchema": key_schema(index),
        "Projection": projection(index),
    }
    if billing_mode == PROVISIONED:
        form["ProvisionedThroughput"] = index_units(index)
    elif maximum := on_demand(index):
        form["OnDemandThroughput"] = maximum
    if warm := warm_throughput(index):
        form["WarmThroughput"] = warm
    return form


def index_units(index: Json) -> Json:
    """Raises Refused: the provider asks for an index's units before AWS does."""
    form = units(index)
    for word, unit in (("write", "WriteCapacityUnits"), ("read", "ReadCapacityUnits")):
        if form[unit] < 1:
            raise Refused(
                "provider",
                "InvalidIndexThroughput",
                f"index {index['name']}: {word} capacity must be > 0 when billing mode is"
                f" {PROVISIONED}",
            )
    return form


def stream(data: Json) -> Json:
    form: Json = {"StreamEnabled": bool(data.get("streamEnabled"))}
    if form["StreamEnabled"] and data.get("streamViewType"):
        form["StreamViewType"] = data["streamViewType"]
    return form


def encryption(data: Json) -> Json:
    """Off is AWS's own key; on without a key is the account's `aws/dynamodb`."""
    form: Json = {"Enabled": data["enabled"]}
    if data["enabled"] and data.get("kmsKeyArn"):
        form.update(KMSMasterKeyId=data["kmsKeyArn"], SSEType="KMS")
    return form


def time_to_live(name: str, ttl: Json) -> Json:
    specification = {
        "Enabled": bool(ttl.get("enabled")),
        "AttributeName": ttl.get("attributeName", ""),
    }
    return {"TableName": name, "TimeToLiveSpecification": specification}


def recovery(name: str, data: Json) -> Json:
    specification: Json = {"PointInTimeRecoveryEnabled": data["enabled"]}
    if data["enabled"] and data.get("recoveryPeriodInDays"):
        specification["RecoveryPeriodInDays"] = data["recoveryPeriodInDays"]
    return {"TableName": name, "PointInTimeRecoverySpecification": specification}


def tag_list(tags: Mapping[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
