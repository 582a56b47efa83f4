"""Plans to vary: a table with the keys pk and sk, and whatever a test says of it."""

from __future__ import annotations

import json
from typing import Any

from planton.manifest.manifest import Manifest
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from tests.loading import load

INDEX_LIST = ("attributes", "globalSecondaryIndexes")
KEPT = (
    "name",
    "hashKey",
    "rangeKey",
    "localSecondaryIndexes",
    "importTable",
    "restoreBackupArn",
    "restoreDateTime",
    "restoreSourceName",
    "restoreSourceTableArn",
    "restoreToLatestTime",
    "warmThroughput",
)
"""The ignored properties of every existing table, spelled out."""

UNITS = {"readCapacityUnits": 5, "writeCapacityUnits": 6}


def key(*names: str) -> list[dict[str, str]]:
    """A partition key and perhaps a sort key."""
    kinds = ("HASH", "RANGE")
    return [{"attributeName": n, "keyType": k} for n, k in zip(names, kinds, strict=False)]


def index(name: str, *keys: str, **more: Any) -> dict[str, Any]:
    """An index of all attributes."""
    return {"name": name, "keySchema": key(*keys), **more}


def manifest(*, metadata: dict[str, Any] | None = None, **spec: Any) -> Manifest:
    """The manifest of a table with the keys pk and sk and the fields of `spec`."""
    names = {"pk", "sk"} | {
        part["attributeName"]
        for field in ("globalSecondaryIndexes", "localSecondaryIndexes")
        for one in spec.get(field, [])
        for part in one["keySchema"]
    }
    written = {
        "apiVersion": "aws.project-planton.org/v1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders", **(metadata or {})},
        "spec": {
            "billingMode": "PAY_PER_REQUEST",
            "keySchema": key("pk", "sk"),
            "attributeDefinitions": [{"name": name, "type": "S"} for name in sorted(names)],
            **spec,
        },
    }
    return load(json.dumps(written), filename="x.yaml").manifest


def table(*, metadata: dict[str, Any] | None = None, **spec: Any) -> TablePlan:
    """The plan of the same."""
    return make_plan(manifest(metadata=metadata, **spec))


def provisioned(*indexes: dict[str, Any], **spec: Any) -> TablePlan:
    """The plan of the same with provisioned capacity of the table and the indexes."""
    return table(
        billingMode="PROVISIONED",
        provisionedThroughput=UNITS,
        globalSecondaryIndexes=[{"provisionedThroughput": UNITS, **one} for one in indexes],
        **spec,
    )
