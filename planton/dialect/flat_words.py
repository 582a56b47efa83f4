"""Findings of the rules, which speak today's language, in the words of the flat shape of 2024."""

from __future__ import annotations

_WORDS = (
    # From the longest to the shortest: what is replaced is not looked at again as a whole.
    (
        "keySchema: [{attributeName: pk, keyType: HASH}], and pk to attributeDefinitions",
        "hashKey: {name: pk, type: S}",
    ),
    ("provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}", "readCapacity: 5 and "
     "writeCapacity: 5"),
    ("keySchema: [{attributeName: …, keyType: HASH}]", "hashKey"),
    ("a RANGE attribute to spec.keySchema", "a rangeKey"),
    ("pointInTimeRecoveryEnabled: true", "pointInTimeRecovery: {isEnabled: true}"),
    ("spec.attributeDefinitions", "attributes"),
    ("attributeDefinitions", "attributes"),
    ("provisionedThroughput", "readCapacity and writeCapacity"),
    ("readCapacityUnits", "readCapacity"),
    ("writeCapacityUnits", "writeCapacity"),
    ("targetUtilizationPercent", "targetUtilization"),
    ("streamEnabled", "enableStreams"),
    ("autoscaling: {", "autoScale: {"),
    ("add autoscaling", "add autoScale"),
    ("keySchema", "hashKey"),
    ("enabled: ", "isEnabled: "),
)  # fmt: skip


def in_its_words(text: str) -> str:
    """The text with the names that the flat shape has for today's fields."""
    for today, flat in _WORDS:
        text = text.replace(today, flat)
    return text
