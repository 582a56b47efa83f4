"""Rules about replicas that a JSON Schema can express."""

from __future__ import annotations

from planton.schema.keywords import (
    ARN,
    FILLED_LIST,
    MAPPING,
    ON_DEMAND,
    PROVISIONED,
    SCALES,
    TRUE,
    all_of,
    every,
    has,
    if_present,
    named,
    needed,
    ref,
    refused,
    some,
    when,
)
from planton.schema.value_schemas import Json

_STRONG = has("consistencyMode", named("STRONG", "CONSISTENCY_MODE_"))
_BOTH_IMAGES = named("NEW_AND_OLD_IMAGES", "STREAM_VIEW_TYPE_")
_WITNESS = has("globalTableWitness", MAPPING)
_ARE_STRONG = some("replicas", _STRONG)
_OWN_KEY = all_of(has("enabled", TRUE), has("kmsKeyArn", ARN))
_TOPOLOGY = "Strong consistency needs two replicas, or one and a globalTableWitness."
_KEYS = "A table and its replicas need the same type of key: set one for each, or none."
_NO_TAGS: Json = {
    # A key without a value counts as absent.
    "additionalProperties": {"type": "null"},
    "errorMessage": "With propagateTags, a replica has the tags of the table only.",
}
_WRITES = "A table with replicas needs autoscaling of its write capacity."

REPLICA_DEFINITIONS: dict[str, Json] = {
    "ScaledWrites": all_of(SCALES, has("write", MAPPING)),
    "ReplicaFields": all_of(
        when(
            _ARE_STRONG,
            all_of(
                every(
                    "replicas",
                    needed(
                        "consistencyMode",
                        named("STRONG", "CONSISTENCY_MODE_"),
                        "All replicas need the same consistencyMode; absent means EVENTUAL.",
                    ),
                ),
                if_present("replicas", {"maxItems": 2, "errorMessage": _TOPOLOGY}),
                when(_WITNESS, if_present("replicas", {"maxItems": 1, "errorMessage": _TOPOLOGY})),
                when(
                    has("localSecondaryIndexes", FILLED_LIST),
                    refused(
                        "localSecondaryIndexes",
                        "Local indexes are not allowed with strong consistency.",
                    ),
                ),
                when(
                    has("ttl", has("enabled", TRUE)),
                    refused("ttl", "TTL is not allowed with strong consistency."),
                ),
                when(
                    PROVISIONED,
                    refused(
                        "billingMode", "Strong consistency needs billing mode PAY_PER_REQUEST."
                    ),
                ),
            ),
        ),
        when(
            has("serverSideEncryption", _OWN_KEY),
            every("replicas", needed("kmsKeyArn", ARN, _KEYS)),
        ),
        every(
            "replicas",
            when(has("propagateTags", TRUE), if_present("tags", _NO_TAGS)),
        ),
        when(
            PROVISIONED,
            when(
                has("replicas", FILLED_LIST),
                every(
                    "globalSecondaryIndexes",
                    when(
                        has("autoscaling", MAPPING),
                        needed("autoscaling", ref("ScaledWrites"), _WRITES),
                    ),
                ),
            ),
        ),
    ),
    "RequiredReplicaFields": all_of(
        when(
            has("replicas", FILLED_LIST),
            all_of(
                needed("streamEnabled", TRUE, "Replicas need streamEnabled: true."),
                needed(
                    "streamViewType",
                    _BOTH_IMAGES,
                    "Replicas need streamViewType: NEW_AND_OLD_IMAGES.",
                ),
                when(PROVISIONED, needed("autoscaling", ref("ScaledWrites"), _WRITES)),
            ),
        ),
        when(
            _ARE_STRONG,
            {"if": _WITNESS, "else": needed("replicas", {"minItems": 2}, _TOPOLOGY)},
        ),
        when(
            _WITNESS,
            needed(
                "replicas",
                {"type": "array", "contains": _STRONG},
                "A witness needs a replica of consistencyMode STRONG.",
            ),
        ),
        when(
            some("replicas", has("kmsKeyArn", ARN)),
            needed(
                "serverSideEncryption",
                all_of(needed("enabled", TRUE, _KEYS), needed("kmsKeyArn", ARN, _KEYS)),
                _KEYS,
            ),
        ),
    ),
    "RequiredReplicaFieldsInV1alpha1": when(
        has("replicas", FILLED_LIST),
        {
            "if": ON_DEMAND,
            "else": all_of(
                needed("autoscaling", ref("ScaledWrites"), _WRITES),
                {
                    "if": _ARE_STRONG,
                    "then": needed(
                        "billingMode",
                        named("PAY_PER_REQUEST", "BILLING_MODE_"),
                        "Strong consistency needs billing mode PAY_PER_REQUEST.",
                    ),
                },
            ),
        },
    ),
}
"""Definitions that the rules use, by name."""
