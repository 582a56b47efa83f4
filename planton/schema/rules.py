"""Rules that compare fields, if a JSON Schema can express them legibly.

Only `planton validate` compares two values: names that must be declared or unique, lower and upper
bounds, sums.
"""

from __future__ import annotations

from planton.dialects.contract import Contract
from planton.manifest.enums import BillingMode
from planton.manifest.rules.indexes import (
    MAX_GLOBAL_INDEXES,
    MAX_LOCAL_INDEXES,
    MAX_NON_KEY_ATTRIBUTES,
)
from planton.manifest.rules.keys import MAX_KEY_PARTS
from planton.manifest.shape import models as below
from planton.manifest.spec import BLOCKS, Spec
from planton.schema.alarm_rules import ALARM_DEFINITIONS, WITHIN_ALARMS
from planton.schema.keywords import (
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
    every,
    extend,
    has,
    if_present,
    named,
    needed,
    ref,
    refused,
    some,
    when,
)
from planton.schema.only_with import only_with_switch, refused_with
from planton.schema.replica_rules import REPLICA_DEFINITIONS
from planton.schema.source_rules import RESTORED, SOURCE_DEFINITIONS
from planton.schema.value_schemas import Json

_ONE_UNIT: Json = {"type": ["integer", "string"], "minimum": 1, "pattern": "[1-9]"}
_UNITS = ("readCapacityUnits", "writeCapacityUnits")
_INCLUDE = named("INCLUDE", "PROJECTION_TYPE_")
_HASH, _RANGE = named("HASH", "KEY_TYPE_"), named("RANGE", "KEY_TYPE_")
_NO_STREAM_CONSUMER: Json = {
    "not": named("streamConsumer", "ACCESS_ROLE_"),
    "errorMessage": "streamConsumer needs streamEnabled: true.",
}
_MAX_PARTS = 2 * MAX_KEY_PARTS


def _kind(constraint: Json, message: str) -> Json:
    return if_present("keyType", {**constraint, "errorMessage": message})


DEFINITIONS: dict[str, Json] = {
    "HashThenRange": {
        "prefixItems": [
            _kind(_HASH, "The first attribute of a key must be HASH."),
            _kind(_RANGE, "The second attribute of a key must be RANGE."),
        ]
    },
    "HashesThenRanges": {
        "maxItems": _MAX_PARTS,
        "prefixItems": [_kind(_HASH, "The first attribute of a key must be HASH.")],
        "allOf": [
            *(
                {"contains": has("keyType", kind), "minContains": 0, "maxContains": MAX_KEY_PARTS}
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
    "Range": has("keyType", _RANGE),
    "RangeAfterRange": _kind(
        _RANGE, "All HASH attributes of a key must be before the first RANGE."
    ),
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
    # The same fields of an index have the same facts.
    "WithoutCapacity": all_of(*refused_with(BillingMode.PAY_PER_REQUEST, Spec)),
    "WithoutMaxima": all_of(*refused_with(BillingMode.PROVISIONED, Spec)),
    "NoMaxima": all_of(ref("WithoutMaxima"), every("globalSecondaryIndexes", ref("WithoutMaxima"))),
    "Projected": needed(
        "projection",
        {**MAPPING, **needed("type", NAMED, "The projection is required.")},
        "The projection is required.",
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
    "SpecFields": all_of(
        when(PROVISIONED, every("globalSecondaryIndexes", ref("WithCapacity"))),
        when(PROVISIONED, if_present("provisionedThroughput", ref("BothUnits"))),
        when(PROVISIONED, ref("NoMaxima")),
        when(ON_DEMAND, ref("WithoutCapacity")),
        when(ON_DEMAND, every("globalSecondaryIndexes", ref("WithoutCapacity"))),
        ref("ReplicaFields"),
        ref("SourceFields"),
        when(
            has("keySchema", {"type": "array", "minItems": 1, "maxItems": 1}),
            when(
                has("localSecondaryIndexes", FILLED_LIST),
                refused("localSecondaryIndexes", "A local index needs a table with a sort key."),
            ),
        ),
    ),
    "SpecFieldsInV1": all_of(
        ref("SpecFields"),
        every("globalSecondaryIndexes", ref("GlobalIndexInV1")),
        if_present(
            "ttl",
            when(
                has("attributeName", FILLED),
                needed("enabled", TRUE, "attributeName is only allowed with enabled: true."),
            ),
        ),
    ),
    "SpecFieldsInV1alpha1": all_of(
        ref("SpecFields"),
        every("globalSecondaryIndexes", ref("GlobalIndexInV1alpha1")),
        every("localSecondaryIndexes", ref("Projected")),
    ),
    "RequiredSpecFields": all_of(
        {
            "if": all_of(RESTORED, {"not": has("localSecondaryIndexes", FILLED_LIST)}),
            "else": all_of(
                needed("keySchema", FILLED_LIST, "keySchema is required: a table needs a key."),
                needed("attributeDefinitions", FILLED_LIST, "Every key attribute must be defined."),
            ),
        },
        ref("RequiredReplicaFields"),
        ref("RequiredSourceFields"),
        ref("RequiredAlarmFields"),
        when(
            has("streamEnabled", TRUE),
            needed(
                "streamViewType", NAMED, "streamViewType is required when streamEnabled is true."
            ),
        ),
        *only_with_switch(Spec),
        when(
            {"not": has("streamEnabled", TRUE)},
            all_of(
                every("accessPolicies", _NO_STREAM_CONSUMER),
                every("grants", if_present("role", _NO_STREAM_CONSUMER)),
            ),
        ),
    ),
    "RequiredSpecFieldsInV1": all_of(
        ref("RequiredSpecFields"),
        needed("billingMode", NAMED, "billingMode is required: PAY_PER_REQUEST or PROVISIONED."),
        when(PROVISIONED, ref("WithCapacity")),
    ),
    "RequiredSpecFieldsInV1alpha1": all_of(
        ref("RequiredSpecFields"),
        ref("RequiredReplicaFieldsInV1alpha1"),
        needed("region", FILLED, "region is required in v1alpha1."),
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
    **ALARM_DEFINITIONS,
}
"""Definitions that the rules use, by name."""

RULES_OF_FIELDS = {
    Contract.V1: ref("SpecFieldsInV1"),
    Contract.V1ALPHA1: ref("SpecFieldsInV1alpha1"),
}
"""Rules that a field of `spec` can break."""

RULES_OF_MISSING_FIELDS = {
    Contract.V1: ref("RequiredSpecFieldsInV1"),
    Contract.V1ALPHA1: ref("RequiredSpecFieldsInV1alpha1"),
}
"""Rules that a missing field of `spec` can break. The field may be in the extensions annotation,
which a schema cannot read."""


def add_to(models: dict[str, Json]) -> None:
    """Adds the rules within one model, which apply to every version of the contract."""
    for (model, field), bounds in _BOUNDS.items():
        models[model]["properties"][field] |= bounds
    for name, constraint in _WITHIN.items():
        extend(models[name], *constraint)
    for name, of in below(Spec).items():
        if of is not Spec and (clauses := list(only_with_switch(of))):
            extend(models[name], *clauses)


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
_INCLUDES = "nonKeyAttributes are required with type INCLUDE, and otherwise not allowed."
_DIMENSIONS = {"read": "READ", "write": "WRITE"}
_WITHIN: dict[str, list[Json]] = {
    "Alarms": WITHIN_ALARMS,
    "Autoscaling": [
        *(
            when(
                some(
                    "scheduledAdjustments",
                    has("dimension", named(dimension, "SCALING_DIMENSION_")),
                ),
                needed(
                    field, MAPPING, f"An adjustment of {dimension} needs autoscaling of {field}."
                ),
            )
            for field, dimension in _DIMENSIONS.items()
        ),
        when(
            SCALES,
            {
                "if": has("write", MAPPING),
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
            has("csv", MAPPING),
            needed(
                "inputFormat",
                named("CSV", "INPUT_FORMAT_"),
                "csv is only allowed with inputFormat CSV.",
            ),
        )
    ],
    "LocalSecondaryIndex": [
        {
            "if": has("rangeKey", FILLED),
            "then": when(
                has("keySchema", FILLED_LIST),
                refused("rangeKey", "keySchema is also set: keep one of the two."),
            ),
            "else": needed(
                "keySchema",
                {"type": "array", "minItems": 2},
                "keySchema must be the table's HASH and its own RANGE.",
            ),
        }
    ],
    "Projection": [
        when(has("type", _INCLUDE), needed("nonKeyAttributes", FILLED_LIST, _INCLUDES)),
        when(has("nonKeyAttributes", FILLED_LIST), needed("type", _INCLUDE, _INCLUDES)),
    ],
    "ScheduledAdjustment": [
        {
            "if": has("minCapacity", NOT_ZERO),
            "else": needed(
                "maxCapacity", NOT_ZERO, "An adjustment needs minCapacity, maxCapacity or both."
            ),
        },
        when(
            has("schedule", {"type": "string", "pattern": "^rate"}),
            when(
                has("timezone", FILLED),
                refused("timezone", "timezone is not allowed with a rate() schedule."),
            ),
        ),
    ],
    "Spec": [
        when(
            has(block, MAPPING),
            when(
                has(flag, {"type": "boolean"}),
                refused(flag, f"{block} is the same setting and has more options: keep it."),
            ),
        )
        for flag, block in BLOCKS.items()
    ],
    "Ttl": [
        when(
            has("enabled", TRUE),
            needed("attributeName", FILLED, "attributeName is required when ttl is enabled."),
        )
    ],
}
