"""Rules about alarms that a JSON Schema can express."""

from __future__ import annotations

from planton.manifest.alarm_kinds import ALARMS, Scope, Source
from planton.schema.keywords import (
    FILLED_LIST,
    MAPPING,
    SCALES,
    either,
    has,
    if_present,
    needed,
    some,
    when,
)
from planton.schema.value_schemas import Json

NUMBER: Json = {"type": ["integer", "string"]}

WITHIN_ALARMS: list[Json] = [
    if_present(
        name,
        when(SCALES, needed("threshold", NUMBER, f"threshold is required: {name} has no default.")),
    )
    for name, kind in ALARMS.items()
    if kind.defaults.threshold is None
]
"""Rules within the block `alarms`."""

_WATCHED: dict[str, tuple[str, Json]] = {
    **{
        name: ("kinesisStreamingDestination", MAPPING)
        for name, kind in ALARMS.items()
        if kind.source is Source.QUERY
    },
    **{
        name: ("replicas", FILLED_LIST)
        for name, kind in ALARMS.items()
        if kind.scope is Scope.OTHER_REGIONS
    },
}

_STREAMING_REPLICA = some("replicas", has("kinesisStreamingDestination", MAPPING))
"""With such a replica there is what every one of these alarms watches."""

ALARM_DEFINITIONS: dict[str, Json] = {
    "RequiredAlarmFields": {
        "allOf": [
            when(
                has("alarms", has(name, SCALES)),
                either(
                    _STREAMING_REPLICA,
                    needed(field, constraint, f"The alarm {name} needs {field}."),
                ),
            )
            for name, (field, constraint) in _WATCHED.items()
        ]
    }
}
"""What alarms watch must be there."""
