"""What the real AWS provider's schema says of its resources, beyond the names of their properties.

Taken from the provider's source, terraform-provider-aws 6.4x: table.go, table_replica.go,
resource_policy.go, kinesis_streaming_destination.go and global_secondary_index.go in
internal/service/dynamodb, and internal/service/appautoscaling. A test holds every path in here to
the installed pulumi-aws. That a backup's ARN replaces like a source's name is a guess.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from planton.rehearsal.properties import Block, Blocks, Leaf, Property
from planton.rehearsal.provider import KINDS
from tests.engine.wire import Json

TABLE = "aws:dynamodb/table:Table"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
KINESIS = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"


@dataclass(frozen=True)
class Facts:
    """Paths are dotted; the items of a list have the list's path."""

    computed: frozenset[str] = frozenset()
    """Optional and computed: left out means "as it is", not "none"."""
    sets: frozenset[str] = frozenset()
    """Lists whose order means nothing, and which come back in the provider's own."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    times: frozenset[str] = frozenset()
    """Text that is the same in every time zone."""
    autonamed: bool = False
    """Whether a `name` that is left out is made up, with a random suffix."""


FACTS: Mapping[str, Facts] = {
    TABLE: Facts(
        computed=frozenset(
            {
                "attributes",
                "globalSecondaryIndexes",
                "globalSecondaryIndexes.hashKey",
                "globalSecondaryIndexes.keySchemas",
                # Not computed, but a difference in it alone is cleared where there are key schemas.
                "globalSecondaryIndexes.rangeKey",
                "globalSecondaryIndexes.readCapacity",
                "globalSecondaryIndexes.warmThroughput",
                "globalSecondaryIndexes.writeCapacity",
                "globalTableWitness",
                "globalTableWitness.regionName",
                "hashKey",
                "globalSecondaryIndexes.onDemandThroughput.maxReadRequestUnits",
                "globalSecondaryIndexes.onDemandThroughput.maxWriteRequestUnits",
                "onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxWriteRequestUnits",
                "pointInTimeRecovery",
                "pointInTimeRecovery.recoveryPeriodInDays",
                "readCapacity",
                "region",
                "replicas.deletionProtectionEnabled",
                "replicas.kmsKeyArn",
                "serverSideEncryption",
                "serverSideEncryption.kmsKeyArn",
                "streamViewType",
                "ttl",
                "warmThroughput",
                "writeCapacity",
            }
        ),
        sets=frozenset(
            {
                "attributes",
                "globalSecondaryIndexes",
                "globalSecondaryIndexes.nonKeyAttributes",
                "importTable.inputFormatOptions.csv.headerLists",
                "localSecondaryIndexes",
                "replicas",
            }
        ),
        defaults={
            "billingMode": "PROVISIONED",
            "replicas.consistencyMode": "EVENTUAL",
            "tableClass": "STANDARD",
        },
        autonamed=True,
    ),
    INDEX: Facts(
        computed=frozenset(
            {
                "onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxWriteRequestUnits",
                "provisionedThroughput.readCapacityUnits",
                "provisionedThroughput.writeCapacityUnits",
                "region",
                "warmThroughput",
            }
        ),
        sets=frozenset({"projection.nonKeyAttributes"}),
    ),
    REPLICA: Facts(computed=frozenset({"deletionProtectionEnabled", "kmsKeyArn", "region"})),
    RESOURCE_POLICY: Facts(computed=frozenset({"confirmRemoveSelfResourceAccess", "region"})),
    KINESIS: Facts(computed=frozenset({"approximateCreationDateTimePrecision", "region"})),
    INSIGHTS: Facts(computed=frozenset({"mode", "region"})),
    TARGET: Facts(computed=frozenset({"region", "roleArn"})),
    POLICY: Facts(
        computed=frozenset({"region"}), defaults={"policyType": "StepScaling"}, autonamed=True
    ),
    SCHEDULED: Facts(
        computed=frozenset({"region"}),
        defaults={"timezone": "UTC"},
        times=frozenset({"startTime", "endTime"}),
        autonamed=True,
    ),
}


def changed(token: str, state: Json, inputs: Json) -> list[str]:
    """The properties that the provider would change, given what it last reported as `state`."""
    shape, facts = KINDS[token].inputs, FACTS[token]
    plan = _settled(shape, facts, "", state, inputs)
    found = [
        name
        for name, kind in shape.properties.items()
        if _canonical(kind, facts, name, state.get(name))
        != _canonical(kind, facts, name, plan.get(name))
    ]
    if token == TABLE and "globalSecondaryIndexes" not in found:
        # The provider clears it: definitions are changed with the indexes that use them.
        found = [name for name in found if name != "attributes"]
    return found


def replaced(token: str, state: Json, inputs: Json) -> list[str]:
    """Those among the changed properties that only another resource can have."""
    kind = KINDS[token]
    forced = [name for name in changed(token, state, inputs) if name in kind.replaced_by]
    if token == TABLE and _is_cooled(state.get("warmThroughput"), inputs.get("warmThroughput")):
        forced.append("warmThroughput")
    if token == TABLE:
        # An import's details may change, which does nothing; a source may be taken away.
        if bool(state.get("importTable")) != bool(inputs.get("importTable")):
            forced.append("importTable")
        forced += [
            name for name in _SOURCES if inputs.get(name) and inputs[name] != state.get(name, "")
        ]
    return forced


def in_provider_order(token: str, values: Json) -> Json:
    """Sets come back in the order of a hash of their items."""
    ordered = _ordered(KINDS[token].inputs, FACTS[token], "", values)
    return {**values, **ordered}


def _settled(shape: Block, facts: Facts, prefix: str, state: Json, inputs: Json) -> Json:
    """What the resource is to be: as given, else as it is where computed, else as by default."""
    plan: Json = {}
    for name, kind in shape.properties.items():
        path = prefix + name
        before, given = state.get(name), inputs.get(name)
        if given is None or given == []:  # blocks that are none are not there at all
            plan[name] = before if path in facts.computed else facts.defaults.get(path)
        elif isinstance(kind, Block):
            plan[name] = _settled(kind, facts, f"{path}.", before or {}, given)
        elif isinstance(kind, Blocks) and isinstance(given, list):
            there = {item[kind.key]: item for item in before or []}
            plan[name] = [
                _settled(kind.item, facts, f"{path}.", there.get(item[kind.key], {}), item)
                for item in given
            ]
        else:
            plan[name] = given
    return plan


def _canonical(kind: Property, facts: Facts, path: str, value: Any) -> Any:
    """A form in which what means the same is equal.

    To the provider zero values are none, and of a feature that is off nothing else is looked at.
    """
    match kind, value:
        case Block(), dict():
            if value.get("enabled") is False:
                return None
            items = {
                name: _canonical(inner, facts, f"{path}.{name}", value.get(name))
                for name, inner in kind.properties.items()
            }
            return {name: item for name, item in items.items() if item is not None} or None
        case Blocks(), list():
            blocks = [_canonical(kind.item, facts, path, item) for item in value]
            if path in facts.sets:
                return {item[kind.key]: item for item in blocks} or None
            return blocks or None
        case Leaf.TEXTS, list() if path in facts.sets:
            return sorted(value) or None
        case Leaf.TEXT, str() if path in facts.times and value:
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        case _ if path.rpartition(".")[2] in _MAXIMA and value == -1:
            return None  # no maximum
        case _:
            return value or None


_SOURCES = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")
_MAXIMA = ("maxReadRequestUnits", "maxWriteRequestUnits")


def _ordered(shape: Block, facts: Facts, prefix: str, values: Json) -> Json:
    ordered: Json = {}
    for name, value in values.items():
        kind, path = shape.properties.get(name), prefix + name
        ordered[name] = value
        match kind, value:
            case Block(), dict():
                ordered[name] = _ordered(kind, facts, f"{path}.", value)
            case Blocks(), list():
                items = [_ordered(kind.item, facts, f"{path}.", item) for item in value]
                if path in facts.sets:
                    hashed = {_hash(item[kind.key]): item for item in items}
                    items = [hashed[key] for key in sorted(hashed)]
                ordered[name] = items
            case Leaf.TEXTS, list() if path in facts.sets:
                ordered[name] = sorted(value, key=_hash)
    return ordered


def _hash(text: str) -> str:
    """As the order of a set: of little meaning to a reader, and always the same."""
    return f"{zlib.crc32(text.encode())}-{text}"


def _is_cooled(before: Json | None, after: Json | None) -> bool:
    """Warm throughput can only grow; the provider makes a lower one a replacement."""
    before, after = before or {}, after or {}
    return any(after.get(unit) and after[unit] < amount for unit, amount in before.items())
