"""Converts records of the guard's first form, which had no version, to today's.

They were flat: `readCapacityUnits`, `ttlEnabled`, `kinesisStreamArn` and the like stood beside
`tableName`. What they left out follows from the rest, except for the data source, of which they
kept one line of text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.data import without_absent

_Data = dict[str, Any]
_PROVISIONED = ("readCapacityUnits", "writeCapacityUnits")
_ON_DEMAND = ("maxReadRequestUnits", "maxWriteRequestUnits")
_WARM = ("readUnitsPerSecond", "writeUnitsPerSecond")


def from_version_1(kept: Mapping[str, Any]) -> _Data:
    """The record in today's form, as a plan's data."""
    old: _Data = without_absent(dict(kept))
    types = {one["name"]: one["type"] for one in old.get("attributes", [])}
    scaling = [_scaling(one) for one in old.get("autoscaling", [])]
    indexes = [_index(one, types, scaling) for one in old.get("globalSecondaryIndexes", [])]
    local = old.get("localSecondaryIndexes", [])
    replicas = [_replica(one) for one in old.get("replicas", [])]
    regions = [None, *(replica["region"] for replica in replicas)]
    keys = _keys(old, types)
    of_table = {key["name"] for key in keys} | {index["rangeKey"] for index in local}
    standalone = any(index["standalone"] for index in indexes)
    return {
        **{
            key: old.get(key)
            for key in (
                "region",
                "accountId",
                "tableName",
                "billingMode",
                "streamViewType",
                "tableClass",
                "deletionProtectionEnabled",
                "contributorInsights",
                "witnessRegion",
                "tags",
                "allowReplacement",
            )
        },
        "logicalName": old.get("metadataName"),
        "attributes": [
            {"name": name, "type": type_}
            for name, type_ in types.items()
            if not standalone or name in of_table
        ],
        "keys": keys,
        **_capacity(old),
        "inlineIndexes": [index for index in indexes if not index["standalone"]],
        "standaloneIndexes": [index for index in indexes if index["standalone"]],
        "localIndexes": local,
        "ttl": {"enabled": old.get("ttlEnabled"), "attributeName": old.get("ttlAttributeName")},
        "pointInTimeRecovery": _recovery(old),
        "serverSideEncryption": {
            "enabled": old.get("serverSideEncryptionEnabled"),
            "kmsKeyArn": old.get("kmsKeyArn"),
        },
        "resourcePolicy": {
            "policy": old["resourcePolicy"],
            "confirmRemoveSelfResourceAccess": old.get("confirmRemoveSelfResourceAccess"),
        }
        if "resourcePolicy" in old
        else None,
        "kinesisStreamingDestination": {
            "streamArn": old["kinesisStreamArn"],
            "approximateCreationDateTimePrecision": old["kinesisPrecision"],
        }
        if "kinesisStreamArn" in old
        else None,
        "inlineReplicas": [one for one in replicas if not one["standalone"]],
        "standaloneReplicas": [one for one in replicas if one["standalone"]],
        "source": _source(old["source"]) if "source" in old else None,
        # Replicas scale like the table.
        "autoscaling": [{**one, "region": region} for region in regions for one in scaling],
    }


def _keys(holder: _Data, types: Mapping[str, str]) -> list[_Data]:
    return [
        {"name": name, "type": types[name], "keyType": key["keyType"]}
        for key in holder.get("keySchema", [])
        for name in [key["attributeName"]]
    ]


def _capacity(holder: _Data) -> _Data:
    """The units of a table or an index, which stood in no blocks."""
    blocks = {
        "provisionedThroughput": _PROVISIONED,
        "onDemandThroughput": _ON_DEMAND,
        "warmThroughput": _WARM,
    }
    return {
        block: {unit: holder.get(unit) for unit in units}
        for block, units in blocks.items()
        if holder.keys() & {*units}
    }


def _scaling(one: _Data) -> _Data:
    *_, dimension = parts = one["dimension"].split("/")  # table/read or index/NAME/read
    return {**one, "dimension": dimension, "index": parts[1] if len(parts) > 2 else None}


def _index(one: _Data, types: Mapping[str, str], scaling: list[_Data]) -> _Data:
    return {
        **one,
        "standalone": one.get("standalone", False),
        "keys": _keys(one, types),
        **_capacity(one),
        "autoscaled": [each["dimension"] for each in scaling if each["index"] == one["name"]],
    }


def _recovery(old: _Data) -> _Data:
    enabled = "pointInTimeRecoveryEnabled" in old
    days = old.get("recoveryPeriodInDays", MAX_RECOVERY_DAYS)
    return {"enabled": enabled, "recoveryPeriodInDays": days if enabled else None}


def _replica(one: _Data) -> _Data:
    return {
        **one,
        "standalone": one.get("standalone", False),
        "pointInTimeRecovery": one.get("pointInTimeRecoveryEnabled"),
    }


_IMPORT = re.compile(r"import of (?P<format>\w+) from s3://(?P<bucket>[^/]*)/(?P<prefix>.*)", re.S)


def _source(text: str) -> _Data:
    """A data source with the same text; which key holds a restored source's name is unknown."""
    if not (files := _IMPORT.fullmatch(text)):
        name, _, moment = text.partition(" at ")
        return {"kind": "restore", "tableName": name, "dateTime": moment or None}
    return {
        "kind": "import",
        "inputFormat": files["format"],
        "s3Bucket": files["bucket"],
        "s3KeyPrefix": files["prefix"] or None,
        "inputCompressionType": "NONE",
    }
