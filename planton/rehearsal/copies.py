"""A table once more: the CreateTable request that what DescribeTable says of it amounts to."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.records import Json

_DEFAULT_WARM = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}


def replica_creation(table: Json, wanted: Json, *, streams: bool) -> Json:
    """The CreateTable request of a replica, from what DescribeTable says of the table."""
    creation = table_creation(table)
    creation["TableClass"] = wanted.get("TableClassOverride", class_of(table))
    if streams:
        creation["StreamSpecification"] = table["StreamSpecification"]
    if "KMSMasterKeyId" in wanted:
        creation["SSESpecification"] = customer_key(wanted["KMSMasterKeyId"])
    elif "SSEDescription" in table:
        creation["SSESpecification"] = {"Enabled": True}
    return creation


def table_creation(table: Json) -> Json:
    """The part of CreateTable that makes a table of the same definitions and throughput."""
    creation: Json = {
        "TableName": table["TableName"],
        "AttributeDefinitions": table["AttributeDefinitions"],
        "KeySchema": table["KeySchema"],
        "BillingMode": table["BillingModeSummary"]["BillingMode"],
        **_throughput(table),
    }
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if indexes := [_index(index, table) for index in table.get(kind, ())]:
            creation[kind] = indexes
    return creation


def _index(index: Json, table: Json) -> Json:
    form: Json = {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
    if "ProvisionedThroughput" in index:
        form.update(_throughput(index, table))
    return form


def _throughput(holder: Json, table: Json | None = None) -> Json:
    """Of a table or of a global index, as a request gives it."""
    form: Json = {}
    if (table or holder)["BillingModeSummary"]["BillingMode"] == "PROVISIONED":
        form["ProvisionedThroughput"] = _units(holder)
    if "OnDemandThroughput" in holder:
        form["OnDemandThroughput"] = holder["OnDemandThroughput"]
    warm = holder.get("WarmThroughput", {})
    warm = {unit: warm.get(unit, 0) for unit in _DEFAULT_WARM}
    if warm != _DEFAULT_WARM and all(warm[unit] >= least for unit, least in _DEFAULT_WARM.items()):
        form["WarmThroughput"] = warm
    return form


def _units(holder: Json) -> dict[str, Any]:
    given = holder["ProvisionedThroughput"]
    return {unit: given[unit] for unit in ("ReadCapacityUnits", "WriteCapacityUnits")}


def class_of(table: Json) -> Any:
    return table["TableClassSummary"]["TableClass"]


def customer_key(key: str) -> Json:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
