"""The CreateTable request of a replica, from the description of its table."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.aws.requests import Json

_DEFAULT_WARM = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}


def replica_creation(table: Json, replica: Json, *, streams: bool) -> Json:
    """`replica` is the action of the UpdateTable request that adds the replica."""
    creation = table_creation(table)
    creation["TableClass"] = replica.get("TableClassOverride", class_of(table))
    if streams:
        creation["StreamSpecification"] = table["StreamSpecification"]
    if "KMSMasterKeyId" in replica:
        creation["SSESpecification"] = customer_key(replica["KMSMasterKeyId"])
    elif "SSEDescription" in table:
        creation["SSESpecification"] = {"Enabled": True}
    return creation


def table_creation(table: Json) -> Json:
    """The part of CreateTable with the table's keys, indexes and throughput."""
    creation: Json = {
        "TableName": table["TableName"],
        "AttributeDefinitions": table["AttributeDefinitions"],
        "KeySchema": table["KeySchema"],
        "BillingMode": table["BillingModeSummary"]["BillingMode"],
        **_throughput(table, table),
    }
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if indexes := [_index(index, table) for index in table.get(kind, ())]:
            creation[kind] = indexes
    return creation


def _index(index: Json, table: Json) -> Json:
    creation: Json = {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
    if "ProvisionedThroughput" in index:
        creation.update(_throughput(index, table))
    return creation


def _throughput(described: Json, table: Json) -> Json:
    """The throughput of a table or of a global index, as a request specifies it."""
    request: Json = {}
    if table["BillingModeSummary"]["BillingMode"] == "PROVISIONED":
        units = described["ProvisionedThroughput"]
        request["ProvisionedThroughput"] = {
            unit: units[unit] for unit in ("ReadCapacityUnits", "WriteCapacityUnits")
        }
    if "OnDemandThroughput" in described:
        request["OnDemandThroughput"] = described["OnDemandThroughput"]
    warm = described.get("WarmThroughput", {})
    warm = {unit: warm.get(unit, 0) for unit in _DEFAULT_WARM}
    if warm != _DEFAULT_WARM and all(warm[unit] >= least for unit, least in _DEFAULT_WARM.items()):
        request["WarmThroughput"] = warm
    return request


def class_of(table: Json) -> Any:
    return table["TableClassSummary"]["TableClass"]


def customer_key(key: str) -> Json:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
