"""Manifests of one table that differ in what a test is about."""

from __future__ import annotations

import json
from typing import Any

NAME = "orders"
UNITS = {"readCapacityUnits": 5, "writeCapacityUnits": 5}
PROVISIONED: dict[str, Any] = {"billingMode": "PROVISIONED", "provisionedThroughput": UNITS}
SCALED = {
    "read": {"minCapacity": 5, "maxCapacity": 100},
    "write": {"minCapacity": 5, "maxCapacity": 100},
}

_NUMBERS = ("at", "amount")


def manifest(*, annotations: Any = None, **spec: Any) -> str:
    """On demand, with a key `pk`, `sk`, unless the spec differs.

    The attributes are defined as the keys need them, as strings but for a few numbers.
    """
    whole: dict[str, Any] = {
        "billingMode": "PAY_PER_REQUEST",
        "keySchema": key("pk", "sk"),
        "globalSecondaryIndexes": [],
        "localSecondaryIndexes": [],
        **spec,
    }
    indexes = [*whole["globalSecondaryIndexes"], *whole["localSecondaryIndexes"]]
    schemas = [whole["keySchema"], *(index["keySchema"] for index in indexes)]
    attributes = sorted({part["attributeName"] for schema in schemas for part in schema})
    whole["attributeDefinitions"] = [
        {"name": name, "type": "N" if name in _NUMBERS else "S"} for name in attributes
    ]
    return json.dumps(
        {
            "apiVersion": "aws.project-planton.org/v1",
            "kind": "AwsDynamodb",
            "metadata": {"name": NAME, "annotations": annotations or {}},
            "spec": whole,
        },
        indent=1,
    )


def key(hash_key: str, range_key: str | None = None) -> list[dict[str, str]]:
    schema = [{"attributeName": hash_key, "keyType": "HASH"}]
    if range_key:
        schema.append({"attributeName": range_key, "keyType": "RANGE"})
    return schema


def index(name: str, *keys: str, **more: Any) -> dict[str, Any]:
    """Named after its key, projecting everything by default."""
    whole = {"name": name, "keySchema": key(*(keys or (name,))), "projection": {"type": "ALL"}}
    return {**whole, **more}


def allowing(*changes: str) -> dict[str, str]:
    """The annotation that allows the replacement of the table."""
    return {"dynamodb.project-planton.org/allow-replacement": ",".join(changes)}


def importing(may_change: str) -> dict[str, str]:
    """The annotation that imports the table and may change the named fields."""
    return {"dynamodb.project-planton.org/import": may_change}


IMPORT = importing("true")
