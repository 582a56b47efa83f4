"""The names that messages use for fields that an older contract names differently."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, fields, replace

from planton.dialects.contract import Contract


def _of(today: str, text: str) -> str:
    """A text about a field, whose current name is `today`."""
    word: str = field(default=text, metadata={"today": today})
    return word


@dataclass(frozen=True, slots=True)
class Words:
    """The names of fields, and examples of their use, in messages. The defaults are today's."""

    attribute_definitions: str = _of("attributeDefinitions", "attributeDefinitions")
    definitions_path: str = _of("attributeDefinitions", "spec.attributeDefinitions")
    autoscaling: str = _of("autoscaling", "autoscaling")
    write_scaling_example: str = _of("autoscaling", "autoscaling: {write: {maxCapacity: …}}")
    enabled: str = _of("enabled", "enabled")
    header_list: str = _of("headerList", "headerList")
    key_schema: str = _of("keySchema", "keySchema")
    key_example: str = _of(
        "keySchema",
        "keySchema: [{attributeName: pk, keyType: HASH}], and pk to attributeDefinitions",
    )
    hash_example: str = _of("keySchema", "keySchema: [{attributeName: …, keyType: HASH}]")
    range_example: str = _of("keySchema", "a RANGE attribute to spec.keySchema")
    provisioned_throughput: str = _of("provisionedThroughput", "provisionedThroughput")
    units_example: str = _of(
        "provisionedThroughput",
        "provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}",
    )
    read_capacity_units: str = _of("readCapacityUnits", "readCapacityUnits")
    write_capacity_units: str = _of("writeCapacityUnits", "writeCapacityUnits")
    recovery_block: str = _of("pointInTimeRecovery", "pointInTimeRecovery: {enabled: true}")
    recovery_flag: str = _of("pointInTimeRecoveryEnabled", "pointInTimeRecoveryEnabled: true")
    replica_key_example: str = _of("replicas", "add a key in that region")
    replica_example: str = _of("replicas", "replicas: [{{regionName: {}, {}, …}}]")
    stream_enabled: str = _of("streamEnabled", "streamEnabled")
    table_name: str = _of("tableName", "tableName")

    def units(self, name: str) -> str:
        """The name of `readCapacityUnits` or `writeCapacityUnits`."""
        read = name == "readCapacityUnits"
        return self.read_capacity_units if read else self.write_capacity_units


TODAY = Words()

_FLAT = Words(
    attribute_definitions="attributes",
    definitions_path="attributes",
    autoscaling="autoScale",
    write_scaling_example="autoScale: {isEnabled: true, writeCapacity: {maxCapacity: …}}",
    enabled="isEnabled",
    header_list="headers",
    key_schema="hashKey",
    key_example="hashKey: {name: pk, type: S}",
    hash_example="hashKey",
    range_example="a rangeKey",
    provisioned_throughput="readCapacity and writeCapacity",
    units_example="readCapacity: 5 and writeCapacity: 5",
    read_capacity_units="readCapacity",
    write_capacity_units="writeCapacity",
    recovery_block="pointInTimeRecovery: {isEnabled: true}",
    recovery_flag="pointInTimeRecovery: {isEnabled: true}",
    replica_key_example="instead of replicaRegionNames write replicas: [{regionName: …, "
    "kmsKeyArn: …}]",
    replica_example="replicas: [{{regionName: {}, {}, …}}], instead of replicaRegionNames",
    stream_enabled="enableStreams",
)
_REQUEST = Words(
    provisioned_throughput="provisioned",
    units_example="provisioned: {readCapacity: 5, writeCapacity: 5}",
    read_capacity_units="readCapacity",
    write_capacity_units="writeCapacity",
    table_name="name",
)


def words_of(contract: Contract, used: Set[str]) -> Words:
    """The words for messages about a manifest that uses the fields `used`.

    The flat shape of 2024 accepts today's names as well: a field that the manifest names as today
    is called that.
    """
    if contract is Contract.REQUEST:
        return _REQUEST
    if contract is not Contract.FLAT:
        return TODAY
    kept = {
        word.name: getattr(TODAY, word.name)
        for word in fields(Words)
        if word.metadata["today"] in used
    }
    return replace(_FLAT, **kept)
