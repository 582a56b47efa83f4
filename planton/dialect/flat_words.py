"""Findings of the rules, which speak today's language, in the words of the flat shape of 2024."""

from __future__ import annotations

from collections.abc import Set

_WORDS = (
    # Today's field, how a finding speaks of it, and the flat shape's word; longer ones first.
    (
        "keySchema",
        "keySchema: [{attributeName: pk, keyType: HASH}], and pk to attributeDefinitions",
        "hashKey: {name: pk, type: S}",
    ),
    (
        "provisionedThroughput",
        "provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}",
        "readCapacity: 5 and writeCapacity: 5",
    ),
    ("keySchema", "keySchema: [{attributeName: …, keyType: HASH}]", "hashKey"),
    ("keySchema", "a RANGE attribute to spec.keySchema", "a rangeKey"),
    (
        "pointInTimeRecoveryEnabled",
        "pointInTimeRecoveryEnabled: true",
        "pointInTimeRecovery: {isEnabled: true}",
    ),
    ("attributeDefinitions", "spec.attributeDefinitions", "attributes"),
    ("attributeDefinitions", "attributeDefinitions", "attributes"),
    ("provisionedThroughput", "provisionedThroughput", "readCapacity and writeCapacity"),
    ("readCapacityUnits", "readCapacityUnits", "readCapacity"),
    ("writeCapacityUnits", "writeCapacityUnits", "writeCapacity"),
    ("targetUtilizationPercent", "targetUtilizationPercent", "targetUtilization"),
    ("streamEnabled", "streamEnabled", "enableStreams"),
    (
        "replicas",
        "name a key of that region:",
        "instead of replicaRegionNames write replicas: [{regionName: …, kmsKeyArn: …}]:",
    ),
    ("headerList", "headerList", "headers"),
    (
        "autoscaling",
        "autoscaling: {write: {maxCapacity: …}}",
        "autoScale: {isEnabled: true, writeCapacity: {maxCapacity: …}}",
    ),
    ("autoscaling", "autoscaling: {", "autoScale: {"),
    ("autoscaling", "add autoscaling", "add autoScale"),
    ("keySchema", "keySchema", "hashKey"),
    ("enabled", "enabled: ", "isEnabled: "),
)


def in_its_words(text: str, used: Set[str]) -> str:
    """The text with the names that the flat shape has for today's fields.

    `used` are the fields that the manifest has: what it says in today's words stays as it is.
    """
    for field, today, flat in _WORDS:
        if field not in used:
            text = text.replace(today, flat)
    return text
