"""The smallest pair of each kind of change that is refused, and pairs that are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.engine.manifests import index, key
from tests.engine.specs import encrypted, indexed, maximum, streaming
from tests.pairs.manifests import (
    MORNING,
    PROVISIONED,
    REGION,
    REPLICAS,
    SCALED,
    Features,
    Pair,
    kms_key,
    pair_of,
    policy,
    stream,
    units,
)

EAST, WEST = REPLICAS
BOTH_IMAGES = stream("NEW_AND_OLD_IMAGES")
WHO = index("by-who", "who")
KEYS_ONLY = {**WHO, "projection": {"type": "KEYS_ONLY"}}
CAPACITY = units(5, 5)
OFF: Features = {"autoscaling": {"enabled": False}}
NAMED: Features = {
    "autoscaling": {
        name: {**block, "policyName": f"{name}s"} for name, block in SCALED["autoscaling"].items()
    }
}
KEY = kms_key(REGION, 1)


def provisioned(*indexes: Features) -> dict[str, Any]:
    """A provisioned table, and its indexes with capacity."""
    found: dict[str, Any] = {"mode": PROVISIONED, "units": CAPACITY}
    if indexes:
        found["global"] = indexed(*({**one, **CAPACITY} for one in indexes))
    return found


def replicated(*replicas: Any, **more: Any) -> dict[str, Any]:
    items = [{"regionName": one} if isinstance(one, str) else one for one in replicas]
    return {"stream": BOTH_IMAGES, "replicas": {"replicas": items, **more}}


def strong(*regions: str) -> dict[str, Any]:
    return replicated(*({"regionName": one, "consistencyMode": "STRONG"} for one in regions))


def ttl(attribute: str) -> Features:
    return {"ttl": {"enabled": True, "attributeName": attribute}}


def customers(*regions: str) -> dict[str, Any]:
    """The table and its replicas with customer managed keys."""
    replicas = [{"regionName": one, "kmsKeyArn": kms_key(one, 1)} for one in regions]
    return {"encryption": encrypted(enabled=True, kmsKeyArn=KEY), **replicated(*replicas)}


LOCAL = {"localSecondaryIndexes": [{**index("l-at", "pk", "at")}]}
OTHER_LOCAL = {
    "localSecondaryIndexes": [{**index("l-at", "pk", "at"), "projection": {"type": "KEYS_ONLY"}}]
}

FOUND: Mapping[str, Pair] = {
    "last-index-with-billing": pair_of({"global": indexed(WHO)}, provisioned()),
    "last-index-with-replica": pair_of(
        {**provisioned(WHO), "stream": BOTH_IMAGES},
        {**provisioned(), "autoscaling": SCALED, **replicated(EAST)},
    ),
    "index-removed-with-replica": pair_of(
        {**provisioned({**WHO, **OFF}), "stream": BOTH_IMAGES},
        {**provisioned(), "autoscaling": SCALED, **replicated(EAST)},
    ),
    "stream-of-replicas": pair_of(replicated(EAST), {"stream": stream("KEYS_ONLY")}),
    "ttl-and-strong-replicas": pair_of(
        strong(EAST, WEST), {"stream": BOTH_IMAGES, "ttl": ttl("expires")}
    ),
    "billing-and-standalone-indexes": pair_of(
        {
            "global": indexed(
                {
                    **WHO,
                    "warmThroughput": {"readUnitsPerSecond": 15_000, "writeUnitsPerSecond": 5_000},
                }
            )
        },
        provisioned(),
    ),
    "table-name": pair_of({}, {"name": {"tableName": "named-otherwise"}}),
    "source": pair_of({}, {"source": {"restoreSourceName": "old", "restoreToLatestTime": True}}),
    "key-schema": pair_of({}, {"key": {"keySchema": key("pk")}}),
    "local-indexes": pair_of({}, {"local": LOCAL}),
    "local-index-changed": pair_of({"local": LOCAL}, {"local": OTHER_LOCAL}),
    "attribute-type": pair_of({}, {"types": ("pk",)}),
    "maximum-removed": pair_of({"maximum": maximum(100, 50)}, {}),
    "ttl-attribute": pair_of({"ttl": ttl("expires")}, {"ttl": ttl("until")}),
    "managed-key": pair_of(
        {"encryption": encrypted(enabled=True, kmsKeyArn=KEY)},
        {"encryption": encrypted(enabled=True)},
    ),
    "replica-encryption": pair_of(
        {**provisioned(), "autoscaling": SCALED, **replicated(EAST)},
        {**provisioned(), "autoscaling": SCALED, **customers(EAST)},
    ),
    "encryption-and-replica": pair_of(
        replicated(EAST), {**replicated(EAST, WEST), "encryption": encrypted(enabled=True)}
    ),
    "index-removed-with-move": pair_of(
        provisioned(WHO, index("by-what", "what")), provisioned({**WHO, **OFF})
    ),
    "index-changed-with-move": pair_of(provisioned(WHO), provisioned({**KEYS_ONLY, **OFF})),
    "replica-to-standalone": pair_of(
        replicated(EAST), {**provisioned(), "autoscaling": SCALED, **replicated(EAST)}
    ),
    "replica-to-inline": pair_of(
        {**provisioned(), "autoscaling": SCALED, **replicated(EAST)}, replicated(EAST)
    ),
    "replica-removed-with-mode": pair_of(
        {**provisioned(), "autoscaling": SCALED, **replicated(EAST)}, {"stream": BOTH_IMAGES}
    ),
    "consistency": pair_of(replicated(EAST, WEST), strong(EAST, WEST)),
    "strong-replica-key": pair_of(
        {**strong(EAST, WEST), "encryption": encrypted(enabled=True, kmsKeyArn=KEY)},
        {
            **replicated(
                {"regionName": EAST, "consistencyMode": "STRONG", "kmsKeyArn": kms_key(EAST, 2)},
                {"regionName": WEST, "consistencyMode": "STRONG"},
            ),
            "encryption": encrypted(enabled=True, kmsKeyArn=KEY),
        },
    ),
    "protected-replica": pair_of(
        replicated({"regionName": EAST, "deletionProtectionEnabled": True}),
        {"stream": BOTH_IMAGES},
    ),
}

WATCHED = {"contributorInsights": {"enabled": True, "gsiIndexNames": ["by-who"]}}
TO_A, TO_B = streaming("a"), streaming("b")

SCALED_IA = {
    **provisioned(),
    "autoscaling": SCALED,
    "class": {"tableClass": "STANDARD_INFREQUENT_ACCESS"},
}

HARMLESS: Mapping[str, Pair] = {
    "many features on": pair_of(
        {"global": indexed(WHO), "tags": {"tags": {"team": "a"}}},
        {
            "global": indexed(WHO, index("by-what", "what", "at")),
            "ttl": ttl("expires"),
            "kinesis": TO_A,
            "policy": policy("dynamodb:GetItem"),
            "insights": {"contributorInsights": {"enabled": True}},
            "recovery": {"pointInTimeRecovery": {"enabled": True}},
            "tags": {"tags": {"team": "b"}},
            "class": {"tableClass": "STANDARD_INFREQUENT_ACCESS"},
            **replicated(EAST),
        },
    ),
    "many features off": pair_of(
        {
            **provisioned({**WHO, "autoscaling": SCALED["autoscaling"]}, index("by-at", "at")),
            "autoscaling": {
                "autoscaling": {**SCALED["autoscaling"], "scheduledAdjustments": [MORNING]}
            },
            "insights": WATCHED,
            "kinesis": TO_A,
            "policy": policy("dynamodb:GetItem"),
        },
        provisioned({**WHO, **OFF}),
    ),
    "a standalone index rebuilt, with its insights": pair_of(
        {**provisioned({**WHO, **OFF}), "insights": WATCHED},
        {**provisioned({**KEYS_ONLY, **OFF}), "insights": WATCHED},
    ),
    "a standalone replica rebuilt": pair_of(
        {**provisioned(), "autoscaling": SCALED, **customers(EAST)},
        {
            **provisioned(),
            "autoscaling": SCALED,
            "encryption": encrypted(enabled=True, kmsKeyArn=KEY),
            **replicated({"regionName": EAST, "kmsKeyArn": kms_key(EAST, 2)}),
        },
    ),
    "a standalone replica of an infrequent-access table": pair_of(
        {**SCALED_IA, **replicated(EAST)}, {**SCALED_IA, **replicated(EAST), "ttl": ttl("expires")}
    ),
    "another destination": pair_of({"kinesis": TO_A}, {"kinesis": TO_B}),
    "on demand": pair_of(
        {**provisioned(WHO), "autoscaling": SCALED}, {"maximum": maximum(100, 50)}
    ),
    "inline indexes become standalone": pair_of(
        provisioned(WHO, index("by-what", "what")),
        {**provisioned(WHO, index("by-what", "what")), "autoscaling": SCALED},
    ),
    "standalone indexes without autoscaling": pair_of(
        provisioned({**WHO, **OFF}), provisioned(WHO, index("by-what", "what"))
    ),
    "standalone indexes on demand": pair_of(
        {**provisioned(WHO), "autoscaling": SCALED}, {"global": indexed(WHO)}
    ),
    "provisioned with autoscaling": pair_of({}, {**provisioned(), "autoscaling": SCALED}),
    "provisioned with autoscaling of indexes": pair_of(
        {"global": indexed(WHO)}, {**provisioned(WHO), "autoscaling": SCALED}
    ),
    "another name of a policy": pair_of(
        {**provisioned(WHO), "autoscaling": SCALED, **replicated(EAST)},
        {**provisioned(WHO), "autoscaling": NAMED, **replicated(EAST)},
    ),
    "a policy without its name": pair_of(
        {**provisioned(), "autoscaling": NAMED}, {**provisioned(), "autoscaling": SCALED}
    ),
    "an attribute of another type": pair_of(
        provisioned({**WHO, **OFF}), {**provisioned({**WHO, **OFF}), "types": ("who",)}
    ),
}
"""Pairs that are allowed, for the order in which the engine carries them out."""
