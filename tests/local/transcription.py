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
    """The CreateTable request that a manifest asks for, valid or not."""
    spec, metadata = manifest["spec"], manifest["metadata"]
    # v1's own; v1alpha1 has none, nor has the API.
    default = "ALL" if manifest["apiVersion"].endswith("/v1") else None
    return _said(
        {
            "TableName": spec.get("tableName") or metadata.get("name"),
            "BillingMode": spec.get("billingMode"),
            "AttributeDefinitions": [
                _said({"AttributeName": a.get("name"), "AttributeType": a.get("type")})
                for a in spec.get("attributeDefinitions", [])
            ],
            "KeySchema": _keys(spec),
            **_capacity(spec),
            "GlobalSecondaryIndexes": [
                {**_index(index, default), **_said(_capacity(index))}
                for index in spec.get("globalSecondaryIndexes", [])
            ],
            "LocalSecondaryIndexes": [
                {**_index(index, default), **_said({"KeySchema": _local_key(index, spec)})}
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
    """The request that follows, if there is one: a new table's expiry is off."""
    ttl = manifest["spec"].get("ttl") or {}
    if not ttl.get("enabled"):
        return None
    return {
        "TableName": create_table(manifest).get("TableName"),
        "TimeToLiveSpecification": _said(
            {"Enabled": True, "AttributeName": ttl.get("attributeName")}
        ),
    }


def _said(request: Request) -> Request:
    return {key: value for key, value in request.items() if value not in (None, "", [])}


def _keys(data: Manifest) -> list[Request]:
    return [
        _said({"AttributeName": key.get("attributeName"), "KeyType": key.get("keyType")})
        for key in data.get("keySchema", [])
    ]


def _local_key(index: Manifest, spec: Manifest) -> list[Request]:
    """What is written, or the table's partition key with the sort key that stands alone."""
    if not index.get("rangeKey"):
        return _keys(index)
    return [*_keys(spec)[:1], {"AttributeName": index["rangeKey"], "KeyType": "RANGE"}]


def _index(index: Manifest, default: str | None) -> Request:
    projection = index.get("projection") or {}
    return _said(
        {
            "IndexName": index.get("name"),
            "KeySchema": _keys(index),
            "Projection": _said(
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
    """-1 takes a maximum away: there is none yet."""
    given = data.get("onDemandThroughput") or {}
    maxima = {
        "MaxReadRequestUnits": given.get("maxReadRequestUnits"),
        "MaxWriteRequestUnits": given.get("maxWriteRequestUnits"),
    }
    return {name: most for name, most in maxima.items() if most not in (None, 0, -1)} or None


def _units(data: Manifest) -> Request | None:
    given = data.get("provisionedThroughput") or {}
    read, write = given.get("readCapacityUnits", 0), given.get("writeCapacityUnits", 0)
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write} if read or write else None


def _stream(spec: Manifest) -> Request | None:
    enabled, view = spec.get("streamEnabled", False), spec.get("streamViewType")
    return _said({"StreamEnabled": enabled, "StreamViewType": view}) if enabled or view else None


def _encryption(given: Manifest | None) -> Request | None:
    if not given:
        return None
    enabled, key = given.get("enabled", False), given.get("kmsKeyArn")
    # A key is sent with its type.
    return _said({"Enabled": enabled, "SSEType": key and "KMS", "KMSMasterKeyId": key})


def _tags(metadata: Manifest, spec: Manifest) -> list[Request]:
    tags = {
        "planton.ai/resource": "true",
        "planton.ai/organization": metadata.get("org"),
        "planton.ai/environment": metadata.get("env"),
        "planton.ai/resource-kind": "AwsDynamodb",
        "planton.ai/resource-id": metadata.get("id"),
    }
    tags = {key: value for key, value in tags.items() if value} | spec.get("tags", {})
    return [{"Key": key, "Value": value} for key, value in tags.items()]
