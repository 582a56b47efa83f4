"""Rules between fields, as far as a JSON Schema can say them without hiding what is meant.

Left to `planton validate` is what compares two values: names that must be declared or be unique,
bounds against each other, sums.
"""

from __future__ import annotations

from planton.contract import Contract
from planton.model.key_rules import (
    MAX_GLOBAL_INDEXES,
    MAX_KEY_PARTS,
    MAX_LOCAL_INDEXES,
    MAX_NON_KEY_ATTRIBUTES,
)
from planton.schema.replica_rules import REPLICA_DEFINITIONS
from planton.schema.source_rules import RESTORED, SOURCE_DEFINITIONS
from planton.schema.values import Json
from planton.schema.words import (
    ARN,
    FILLED,
    FILLED_LIST,
    MAPPING,
    NAMED,
    NOT_ZERO,
    ON_DEMAND,
    PROVISIONED,
    SCALES,
    TRUE,
    all_of,
    also,
    either,
    every,
    given,
    named,
    needed,
    ref,
    refused,
    some,
    when,
    wherever,
)

_ONE_UNIT: Json = {"type": ["integer", "string"], "minimum": 1, "pattern": "[1-9]"}
_UNITS = ("readCapacityUnits", "writeCapacityUnits")
_MAXIMA = ("maxReadRequestUnits", "maxWriteRequestUnits")
_INCLUDE = named("INCLUDE", "PROJECTION_TYPE_")
_HASH, _RANGE = named("HASH", "KEY_TYPE_"), named("RANGE", "KEY_TYPE_")
_MAX_PARTS = 2 * MAX_KEY_PARTS


def _kind(said: Json, message: str) -> Json:
    return wherever("keyType", {**said, "errorMessage": message})


DEFINITIONS: dict[str, Json] = {
    "HashThenRange": {
        "prefixItems": [
            _kind(_HASH, "The first part of a key must be HASH."),
            _kind(_RANGE, "The second part of a key must be RANGE."),
        ]
    },
    "HashesThenRanges": {
        "maxItems": _MAX_PARTS,
        "prefixItems": [_kind(_HASH, "The first part of a key must be HASH.")],
        "allOf": [
            *(
                {"contains": given("keyType", kind), "minContains": 0, "maxContains": MAX_KEY_PARTS}
                for kind in (_HASH, _RANGE)
            ),
            *(
                when(
                    {"prefixItems": [*[True] * i, ref("Range")], "minItems": i + 2},
                    {"prefixItems": [*[True] * (i + 1), ref("RangeAfterRange")]},
                )
                for i in range(1, _MAX_PARTS - 1)
            ),
        ],
    },
    "Range": given("keyType", _RANGE),
    "RangeAfterRange": _kind(_RANGE, "Every HASH of a key stands before the first RANGE."),
    "BothUnits": {
        "type": "object",
        "allOf": [
            needed(unit, _ONE_UNIT, f"Billing mode PROVISIONED needs {unit} of at least 1.")
            for unit in _UNITS
        ],
    },
    "WithCapacity": needed(
        "provisionedThroughput",
        ref("BothUnits"),
        "Billing mode PROVISIONED needs provisionedThroughput, here and for each global index.",
    ),
    "WithoutCapacity": all_of(
        when(
            given("provisionedThroughput", either(*(given(unit, _ONE_UNIT) for unit in _UNITS))),
            refused("provisionedThroughput", "PAY_PER_REQUEST takes no provisionedThroughput."),
        ),
        when(
            given("autoscaling", SCALES),
            refused("autoscaling", "PAY_PER_REQUEST takes no autoscaling: it scales by itself."),
        ),
    ),
    "WithoutMaxima": when(
        given("onDemandThroughput", either(*(given(unit, NOT_ZERO) for unit in _MAXIMA))),
        refused("onDemandThroughput", "onDemandThroughput goes with PAY_PER_REQUEST only."),
    ),
    "NoMaxima": all_of(ref("WithoutMaxima"), every("globalSecondaryIndexes", ref("WithoutMaxima"))),
    "Projected": needed(
        "projection",
        {**MAPPING, **needed("type", NAMED, "The projection must be given.")},
        "The projection must be given.",
    ),
    "GlobalIndexInV1": needed(
        "keySchema",
        {**FILLED_LIST, "maxItems": 2, **ref("HashThenRange")},
        "keySchema must be one HASH, then at most one RANGE.",
    ),
    "GlobalIndexInV1alpha1": all_of(
        needed(
            "keySchema",
            {**FILLED_LIST, **ref("HashesThenRanges")},
            f"keySchema must be 1 to {MAX_KEY_PARTS} HASH, then at most {MAX_KEY_PARTS} RANGE.",
        ),
        ref("Projected"),
    ),
    "SpecAsItIs": all_of(
        when(PROVISIONED, every("globalSecondaryIndexes", ref("WithCapacity"))),
        when(PROVISIONED, wherever("provisionedThroughput", ref("BothUnits"))),
        when(PROVISIONED, ref("NoMaxima")),
        when(ON_DEMAND, ref("WithoutCapacity")),
        when(ON_DEMAND, every("globalSecondaryIndexes", ref("WithoutCapacity"))),
        ref("ReplicasAsTheyAre"),
        ref("SourcesAsTheyAre"),
        when(
            given("keySchema", {"type": "array", "minItems": 1, "maxItems": 1}),
            when(
                given("localSecondaryIndexes", FILLED_LIST),
                refused(
                    "localSecondaryIndexes", "A local index needs a table that has a sort key."
                ),
            ),
        ),
    ),
    "SpecAsItIsInV1": all_of(
        ref("SpecAsItIs"),
        every("globalSecondaryIndexes", ref("GlobalIndexInV1")),
        wherever(
            "ttl",
            when(
                given("attributeName", FILLED),
                needed("enabled", TRUE, "attributeName goes with enabled: true only."),
            ),
        ),
    ),
    "SpecAsItIsInV1alpha1": all_of(
        ref("SpecAsItIs"),
        every("globalSecondaryIndexes", ref("GlobalIndexInV1alpha1")),
        every("localSecondaryIndexes", ref("Projected")),
    ),
    "WholeSpec": all_of(
        {
            "if": all_of(RESTORED, {"not": given("localSecondaryIndexes", FILLED_LIST)}),
            "else": all_of(
                needed("keySchema", FILLED_LIST, "keySchema must be given: a table needs a key."),
                needed(
                    "attributeDefinitions", FILLED_LIST, "The attributes of keys must be defined."
                ),
            ),
        },
        ref("WholeReplicas"),
        ref("WholeSources"),
        when(
            given("streamEnabled", TRUE),
            needed("streamViewType", NAMED, "A stream that is on needs a streamViewType."),
        ),
        when(
            given("streamViewType", NAMED),
            needed("streamEnabled", TRUE, "streamViewType goes with streamEnabled: true only."),
        ),
    ),
    "WholeSpecInV1": all_of(
        ref("WholeSpec"),
        needed("billingMode", NAMED, "billingMode must be given: PAY_PER_REQUEST or PROVISIONED."),
        when(PROVISIONED, ref("WithCapacity")),
    ),
    "WholeSpecInV1alpha1": all_of(
        ref("WholeSpec"),
        ref("WholeReplicasInV1alpha1"),
        needed("region", FILLED, "region must be given in v1alpha1."),
        when(
            {"not": ON_DEMAND},
            all_of(
                ref("WithCapacity"),
                every("globalSecondaryIndexes", ref("WithCapacity")),
                ref("NoMaxima"),
            ),
        ),
    ),
    **REPLICA_DEFINITIONS,
    **SOURCE_DEFINITIONS,
}
"""Parts of the rules, by their names."""

OF_WHAT_IS_GIVEN = {
    Contract.V1: ref("SpecAsItIsInV1"),
    Contract.V1ALPHA1: ref("SpecAsItIsInV1alpha1"),
}
"""Rules of `spec` that are broken by what stands there."""

OF_WHAT_IS_MISSING = {
    Contract.V1: ref("WholeSpecInV1"),
    Contract.V1ALPHA1: ref("WholeSpecInV1alpha1"),
}
"""Rules of `spec` that are broken by what does not stand there. A field can stand in the annotation
with extensions instead, which is text to a schema."""


def add_to(models: dict[str, Json]) -> None:
    """Adds what holds in every version of the contract and within one model."""
    for (model, field), bounds in _BOUNDS.items():
        models[model]["properties"][field] |= bounds
    for model, said in _WITHIN.items():
        also(models[model], *said)


_PAIR: Json = {"maxItems": 2, "allOf": [ref("HashThenRange")]}
_BOUNDS: dict[tuple[str, str], Json] = {
    ("Spec", "attributeDefinitions"): {"uniqueItems": True},
    ("Spec", "keySchema"): _PAIR,
    ("Spec", "globalSecondaryIndexes"): {"maxItems": MAX_GLOBAL_INDEXES},
    ("Spec", "localSecondaryIndexes"): {"maxItems": MAX_LOCAL_INDEXES},
    ("GlobalSecondaryIndex", "keySchema"): {"uniqueItems": True},
    ("LocalSecondaryIndex", "keySchema"): _PAIR,
    ("Projection", "nonKeyAttributes"): {"maxItems": MAX_NON_KEY_ATTRIBUTES, "uniqueItems": True},
    ("ContributorInsights", "gsiIndexNames"): {"uniqueItems": True},
    ("CsvOptions", "headerList"): {"maxItems": 1},
}
_INCLUDES = "nonKeyAttributes are given exactly with the type INCLUDE."
_DIMENSIONS = {"read": "READ", "write": "WRITE"}
_WITHIN: dict[str, list[Json]] = {
    "Autoscaling": [
        *(
            when(
                some(
                    "scheduledAdjustments",
                    given("dimension", named(dimension, "SCALING_DIMENSION_")),
                ),
                needed(field, MAPPING, f"An adjustment of {dimension} needs {field}."),
            )
            for field, dimension in _DIMENSIONS.items()
        ),
        when(
            SCALES,
            {
                "if": given("write", MAPPING),
                "else": needed(
                    "read",
                    MAPPING,
                    "Autoscaling needs read: {maxCapacity: …} or write: {maxCapacity: …}.",
                ),
            },
        ),
    ],
    "ImportTable": [
        when(
            given("csv", MAPPING),
            needed("inputFormat", named("CSV", "INPUT_FORMAT_"), "csv goes with CSV only."),
        )
    ],
    "LocalSecondaryIndex": [
        {
            "if": given("rangeKey", FILLED),
            "then": when(
                given("keySchema", FILLED_LIST),
                refused("rangeKey", "keySchema is given as well: keep one of the two."),
            ),
            "else": needed(
                "keySchema",
                {"type": "array", "minItems": 2},
                "keySchema must be the table's HASH and a RANGE of its own.",
            ),
        }
    ],
    "PointInTimeRecovery": [
        when(
            given("recoveryPeriodInDays", FILLED),
            needed("enabled", TRUE, "recoveryPeriodInDays goes with enabled: true only."),
        )
    ],
    "Projection": [
        when(given("type", _INCLUDE), needed("nonKeyAttributes", FILLED_LIST, _INCLUDES)),
        when(given("nonKeyAttributes", FILLED_LIST), needed("type", _INCLUDE, _INCLUDES)),
    ],
    "ScheduledAdjustment": [
        {
            "if": given("minCapacity", FILLED),
            "else": needed(
                "maxCapacity", FILLED, "An adjustment changes minCapacity, maxCapacity or both."
            ),
        },
        when(
            given("schedule", {"type": "string", "pattern": "^rate"}),
            when(
                given("timezone", FILLED),
                refused("timezone", "A rate is the same in every time zone."),
            ),
        ),
    ],
    "ServerSideEncryption": [
        when(
            given("kmsKeyArn", ARN),
            needed("enabled", TRUE, "kmsKeyArn goes with enabled: true only."),
        )
    ],
    "Spec": [
        when(
            given(block, MAPPING),
            when(
                given(f"{block}Enabled", {"type": "boolean"}),
                refused(f"{block}Enabled", f"{block} says the same: keep it, it says more."),
            ),
        )
        for block in ("pointInTimeRecovery", "contributorInsights")
    ],
    "Ttl": [
        when(
            given("enabled", TRUE),
            needed("attributeName", FILLED, "attributeName must be given when ttl is enabled."),
        )
    ],
}
