"""Features of DynamoDB that the AWS provider (pulumi-aws) does not have, by their keys in AWS's API
and in other tools."""

from __future__ import annotations

from collections.abc import Mapping

from planton.dialects.other_names import shape

_VECTORS = "the AWS provider has no vector indexes"
_ACCOUNTS = (
    "the AWS provider has no global tables across accounts: all replicas are in the table's account"
)
_READ_CAPACITY = (
    "the AWS provider cannot set the read capacity of a replica: it has the table's, with the "
    "table's autoscaling"
)
_READ_MAXIMUM = "the AWS provider cannot set the read maximum of a replica: it has the table's"
_CLASS = "the AWS provider cannot set the table class of a replica: it has the table's"

_GAPS: Mapping[str, Mapping[str, str]] = {
    "spec": {
        "vectorIndexes": _VECTORS,
        "vectorIndex": _VECTORS,
        "globalTableSourceArn": _ACCOUNTS,
        "globalTableSettingsReplicationMode": _ACCOUNTS,
        "disassociationProtectionEnabled": _ACCOUNTS,
    },
    "replicas": {
        "tableClass": _CLASS,
        "tableClassOverride": _CLASS,
        "provisionedThroughput": _READ_CAPACITY,
        "provisionedThroughputOverride": _READ_CAPACITY,
        "readCapacity": _READ_CAPACITY,
        "readCapacityUnits": _READ_CAPACITY,
        "onDemandThroughput": _READ_MAXIMUM,
        "onDemandThroughputOverride": _READ_MAXIMUM,
        "maxReadRequestUnits": _READ_MAXIMUM,
        "globalTableSourceArn": _ACCOUNTS,
        "accountId": _ACCOUNTS,
    },
}


def gap(key: str, block: str) -> str | None:
    """What the provider lacks, if an unknown key in a block asks for it."""
    known = {shape(name): why for name, why in _GAPS.get(block, {}).items()}
    return known.get(shape(key))
