"""A manifest as AWS requests, word for word: no rule is applied and none of the program is used.

What a manifest says nothing about is left out of the request. As in protobuf, an empty text, an
empty list and 0/0 units say nothing.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""A manifest's data in camelCase, as the generator makes it."""

Request: TypeAlias = dict[str, Any]


def create_table(manifest: Manifest) -> Request:
    """The CreateTable request that a manifest describes, valid or not."""
    spec, metadata = manifest["spec"], manifest["metadata"]
    # v1's own; v1alpha1 has none, nor has the API.
    default = "ALL" if manifest["apiVersion"].endswith("/v1") else None
    return _compact(
        {
            "TableName": spec.get("tableName") or metadata.get("name"),
            "BillingMode": spec.get("billingMode"),
            "AttributeDefinitions": [
                _compact({"AttributeName": a.get("name"), "AttributeType": a.get("type")})
                for a in spec.get("attributeDefinitions", [])
            ],
            "KeySchema": _keys(spec),
            **_capacity(spec),
            "GlobalSecondaryIndexes": [
                {**_index(index, default), **_compact(_capacity(index))}
                for index in spec.get("globalSecondaryIndexes", [])
            ],
            "LocalSecondaryIndexes": [
                {**_index(index, default), **_compact({"KeySchema": _local_key(index, spec)})}
                for index in spec.get("localSecondaryIndexes", [])
            ],
            "StreamSpecification": _stream(spec),
            "SSESpecification": _encryption(spec.get("serverSideEncryption")),
            "TableClass": spec.get("tableClass"),
            "DeletionProtectionEnabled": spec.get("deletionProtectionEnabled"),
            "Tags": _tags(metadata, spec),
        }
    )


def update_time_to_live(manifest: Manifest) -> Request | None:
    """The request that follows, if there is one: a new table's TTL is off."""
    ttl = manifest["spec"].get("ttl") or {}
    if not ttl.get("enabled"):
        return None
    return {
        "TableName": create_table(manifest).get("TableName"),
        "TimeToLiveSpecification": _compact(
            {"Enabled": True, "AttributeName": ttl.get("attributeName")}
        ),
    }


def _compact(request: Request) -> Request:
    return {key: value for key, value in request.items() if value not in (None, "", [])}


def _keys(data: Manifest) -> list[Request]:
    return [
        _compact({"AttributeName": key.get("attributeName"), "KeyType": key.get("keyType")})
        for key in data.get("keySchema", [])
    ]


def _local_key(index: Manifest, spec: Manifest) -> list[Request]:
    """What is written, or the table's partition key with the sort key that stands alone."""
    if not index.get("rangeKey"):
        return _keys(index)
    return [*_keys(spec)[:1], {"AttributeName": index["rangeKey"], "KeyType": "RANGE"}]


def _index(index: Manifest, default: str | None) -> Request:
    projection = index.get("projection") or {}
    return _compact(
        {
            "IndexName": index.get("name"),
            "KeySchema": _keys(index),
            "Projection": _compact(
                {
                    "ProjectionType": projection.get("type") or default,
                    "NonKeyAttributes": projection.get("nonKeyAttributes"),
                }
            ),
        }
    )


def _capacity(data: Manifest) -> Request:
    return {"ProvisionedThroughput": _units(data), "OnDemandThroughput": _maxima(data)}


def _maxima(data: Manifest) -> Request | None:
    """-1 removes a maximum: there is none yet."""
    block = data.get("onDemandThroughput") or {}
    maxima = {
        "MaxReadRequestUnits": block.get("maxReadRequestUnits"),
        "MaxWriteRequestUnits": block.get("maxWriteRequestUnits"),
    }
    return {name: most for name, most in maxima.items() if most not in (None, 0, -1)} or None


def _units(data: Manifest) -> Request | None:
    block = data.get("provisionedThroughput") or {}
    read, write = block.get("readCapacityUnits", 0), block.get("writeCapacityUnits", 0)
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write} if read or write else None


def _stream(spec: Manifest) -> Request | None:
    enabled, view = spec.get("streamEnabled", False), spec.get("streamViewType")
    return _compact({"StreamEnabled": enabled, "StreamViewType": view}) if enabled or view else None


def _encryption(block: Manifest | None) -> Request | None:
    if not block:
        return None
    enabled, key = block.get("enabled", False), block.get("kmsKeyArn")
    # A key is sent with its type.
    return _compact({"Enabled": enabled, "SSEType": key and "KMS", "KMSMasterKeyId": key})


def _tags(metadata: Manifest, spec: Manifest) -> list[Request]:
    tags = {
        "planton.ai/resource": "true",
        "planton.ai/organization": metadata.get("org"),
        "planton.ai/environment": metadata.get("env"),
        "planton.ai/resource-kind": "AwsDynamodb",
        "planton.ai/resource-id": metadata.get("id"),
    }
    tags = {key: value for key, value in tags.items() if value} | spec.get("tags", {})
    if len(tags) < 50:
        tags.setdefault("Name", metadata["name"])
    return [{"Key": key, "Value": value} for key, value in tags.items()]
