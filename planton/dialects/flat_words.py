"""Translates messages of the rules, which name today's fields, into the flat shape of 2024."""

from __future__ import annotations

from collections.abc import Set

_WORDS = (
    # Today's field, its text in a message, and the text for the flat shape; longer ones first.
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
        "add a key in that region:",
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


def translate(text: str, used: Set[str]) -> str:
    """The text with the flat shape's names of fields instead of today's.

    `used` are the fields in the manifest: a field that it names as today is not translated.
    """
    for field, today, flat in _WORDS:
        if field not in used:
            text = text.replace(today, flat)
    return text
