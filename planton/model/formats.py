"""What is written in a form of its own: times, schedules, ARNs and names of other services."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from planton.diagnostics import quote
from planton.model.check import Check
from planton.model.types import (
    StandIn,
    Text,
    kind,
    length,
    matching,
    problem,
    read_needed_reference,
    read_optional_text,
)

_Optional = BeforeValidator(read_optional_text)
_ARN = "arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[a-zA-Z0-9_.-]{3,255}"


def _real_time(value: str) -> str:
    """A time that there is: no 30 February."""
    try:
        datetime.strptime(value.removesuffix("Z"), "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise problem("time", f"{quote(value)} is a time that there is not") from None
    return value


_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
Time = Annotated[
    Text,
    matching(f"{_TIME}Z", "is not a time in UTC such as '2026-11-26T08:00:00Z'", "time"),
    AfterValidator(_real_time),
]
OptionalTime = Annotated[Time | None, _Optional]
"""To the second and in UTC: the provider takes no other (restore_date_time, start_time)."""

OptionalTableArn = Annotated[
    Annotated[
        Text,
        matching(
            _ARN,
            "is not the ARN of a table ('arn:aws:dynamodb:REGION:ACCOUNT:table/NAME')",
            "table-arn",
        ),
    ]
    | None,
    _Optional,
]
OptionalBackupArn = Annotated[
    Annotated[
        Text,
        matching(
            f"{_ARN}/backup/[0-9]+-[0-9a-f]+",
            "is not the ARN of a backup "
            "('arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/backup/0123…-abcd…')",
            "backup-arn",
        ),
    ]
    | None,
    _Optional,
]
OptionalAccountId = Annotated[
    Annotated[Text, matching("[0-9]{12}", "is not the id of an account: 12 digits", "account-id")]
    | None,
    _Optional,
]
Bucket = Annotated[
    str,
    matching(
        "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "is not the name of an S3 bucket: 3 to 63 lower-case letters, digits, '.' and '-'",
        "bucket",
    ),
    BeforeValidator(read_needed_reference),
]
OptionalKeyPrefix = Annotated[Annotated[Text, length(1, 1024)] | None, _Optional]
"""The beginning of the names of the files (ImportTable, S3KeyPrefix)."""
OptionalDelimiter = Annotated[
    Annotated[
        Text, matching(r"[,;:|\t ]", "is not one of ',' ';' ':' '|', a tab or a blank", "delimiter")
    ]
    | None,
    _Optional,
]
Header = Annotated[Text, length(1, 65_536)]

ActionName = Annotated[
    Text,
    length(1, 256),
    matching(
        r"[^\x00-\x1f\x7f-\x9f:/| ]([^\x00-\x1f\x7f-\x9f:/|]*[^\x00-\x1f\x7f-\x9f:/| ])?",
        "may hold no ':', '/', '|' or control character, and no blank at its ends",
        "name",
    ),
]
"""A scheduled action's name (PutScheduledAction, ScheduledActionName)."""

_FORMS = "'at(2026-12-24T18:00:00)', 'rate(12 hours)' or 'cron(0 18 ? * MON-FRI *)'"
_FIELD = r"[0-9A-Za-z*?,/#LW-]+"
_AT_OR_RATE = rf"at\({_TIME}\)|rate\([1-9][0-9]{{0,8}} (minutes?|hours?|days?)\)"
_SCHEDULE = rf"{_AT_OR_RATE}|cron\({_FIELD}( {_FIELD}){{5}}\)"
_NAMED_DAY = rf"(?!\? ){_FIELD}"
_ONE_DAY = rf"(?:\? {_FIELD} {_NAMED_DAY}|{_NAMED_DAY} {_FIELD} \?)"


def _schedule(value: str) -> str:
    """What the pattern cannot say: a time that there is, one of a cron's two days left open."""
    if value.startswith("at("):
        _real_time(value[3:-1])
    if value.startswith("cron("):
        _, _, day, _, weekday, _ = value[5:-1].split(" ")
        if (day == "?") == (weekday == "?"):
            raise problem(
                "schedule",
                f"{quote(value)} must have '?' as exactly one of day of month and day of week",
                "fields: minute, hour, day of month, month, day of week, year",
            )
    return value


def _is_schedule(value: str) -> str:
    if not re.fullmatch(_SCHEDULE, value):
        help = f"write {_FORMS}"
        if value.startswith("cron("):
            help = "fields: minute, hour, day of month, month, day of week, year; then ')'"
        raise problem("schedule", f"{quote(value)} is not a schedule", help)
    return _schedule(value)


Schedule = Annotated[
    Text,
    length(1, 1600),
    Check(
        _is_schedule,
        {
            "pattern": rf"^(?:{_AT_OR_RATE}|cron\({_FIELD} {_FIELD} {_ONE_DAY} {_FIELD}\))$",
            "patternErrorMessage": f"This must be a schedule such as {_FORMS}.",
        },
    ),
    StandIn("rate(1 day)"),
]
"""When an adjustment is made (PutScheduledAction, Schedule)."""

OptionalTimezone = Annotated[
    Annotated[
        Text,
        length(1, 1600),
        matching(
            "(?:[A-Za-z]+(_[A-Za-z]+)*(/[A-Za-z0-9_+-]+){0,2}|[A-Z]{3}[0-9][A-Z]{3}|GMT[+-]?0)",
            "is not the name of a time zone such as 'Europe/Berlin'",
            "timezone",
        ),
    ]
    | None,
    _Optional,
]


def read_document(value: object) -> object:
    """A policy as a mapping: its JSON as text would be one value whose faults have no place."""
    if isinstance(value, dict):
        return value
    help = ""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        help = "write the document itself here: JSON is YAML, without the quotes around it"
    raise problem("type", f"must be a mapping, is {kind(value)}", help)


PolicyDocument = Annotated[dict[str, Any], BeforeValidator(read_document), StandIn({})]
