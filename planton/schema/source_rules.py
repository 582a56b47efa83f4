"""Rules about the source of a new table's data that a JSON Schema can express."""

from __future__ import annotations

from itertools import combinations

from planton.manifest.rules.import_and_restore import SOURCES
from planton.schema.keywords import (
    FILLED,
    FILLED_LIST,
    MAPPING,
    NOT_ZERO,
    TRUE,
    all_of,
    either,
    every,
    has,
    needed,
    refused,
    when,
)
from planton.schema.value_schemas import Json

_IMPORT = has("importTable", MAPPING)
_BY_NAME, _BY_ARN, _BACKUP = (has(field, FILLED) for field in SOURCES[:3])
_OF_TABLE = either(_BY_NAME, _BY_ARN)
_GIVEN = dict(zip(SOURCES, (_BY_NAME, _BY_ARN, _BACKUP, _IMPORT), strict=True))
_LATEST, _MOMENT = has("restoreToLatestTime", TRUE), has("restoreDateTime", FILLED)
_WARM = either(*(has(field, NOT_ZERO) for field in ("readUnitsPerSecond", "writeUnitsPerSecond")))
_NO_SOURCE = "This needs restoreSourceName or restoreSourceTableArn."
_INDEXES = (
    "The indexes are restored with the table: autoscaling and warmThroughput are not allowed."
)

RESTORED = either(_OF_TABLE, _BACKUP)
"""The table, and so its key, is restored from another table or from a backup."""

SOURCE_DEFINITIONS: dict[str, Json] = {
    "SourceFields": all_of(
        *(
            when(_GIVEN[one], when(_GIVEN[other], refused(other, f"{one} is also set.")))
            for one, other in combinations(SOURCES, 2)
        ),
        when(
            _MOMENT,
            when(_LATEST, refused("restoreToLatestTime", "restoreDateTime is also set.")),
        ),
        when(
            _IMPORT,
            when(
                has("localSecondaryIndexes", FILLED_LIST),
                refused("localSecondaryIndexes", "An import cannot create local indexes."),
            ),
        ),
        when(
            either(_IMPORT, RESTORED),
            all_of(
                when(
                    has("replicas", FILLED_LIST),
                    refused(
                        "replicas",
                        "Replicas need a stream, which is only added in a second update.",
                    ),
                ),
                when(
                    has("streamResourcePolicy", MAPPING),
                    refused(
                        "streamResourcePolicy",
                        "It needs the stream, which is only added in a second update.",
                    ),
                ),
            ),
        ),
        when(
            RESTORED,
            all_of(
                when(
                    has("autoscaling", MAPPING),
                    when(
                        has("globalSecondaryIndexes", FILLED_LIST),
                        refused("globalSecondaryIndexes", _INDEXES),
                    ),
                ),
                every(
                    "globalSecondaryIndexes",
                    all_of(
                        when(has("autoscaling", MAPPING), refused("autoscaling", _INDEXES)),
                        when(has("warmThroughput", _WARM), refused("warmThroughput", _INDEXES)),
                    ),
                ),
            ),
        ),
    ),
    "RequiredSourceFields": all_of(
        when(
            _OF_TABLE,
            {
                "if": _LATEST,
                "else": needed(
                    "restoreDateTime",
                    FILLED,
                    "A source table needs restoreToLatestTime: true or restoreDateTime.",
                ),
            },
        ),
        when(
            either(_LATEST, _MOMENT),
            {"if": _BY_NAME, "else": needed("restoreSourceTableArn", FILLED, _NO_SOURCE)},
        ),
    ),
}
"""Definitions that the rules use, by name."""
