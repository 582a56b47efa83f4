"""Types of values in special formats: times, schedules, ARNs, policies, names in other services."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WrapValidator

from planton.diagnostics.diagnostic import quote
from planton.manifest.cron import CRON, FIELDS, wrong_field
from planton.manifest.reference import S3_BUCKET
from planton.manifest.types import StandIn, Text
from planton.manifest.value_bounds import length, matching
from planton.manifest.value_check import ValueCheck
from planton.manifest.value_problem import kind, not_as_text, problem
from planton.manifest.value_readers import read_optional_text

_Optional = BeforeValidator(read_optional_text)
_ARN = "arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[a-zA-Z0-9_.-]{3,255}"


def read_time(value: object) -> object:
    """A string. The help for a number does not suggest quotes, which would not make it a time."""
    if isinstance(value, (bool, int, float)):
        help = 'write an RFC 3339 time in UTC such as "2026-11-26T08:00:00Z"'
        raise problem("type", f"must be a time, got {kind(value)}", help)
    return read_optional_text(value)


def _existing_time(value: str) -> str:
    """Rejects times that do not exist, such as 30 February."""
    try:
        datetime.strptime(value.removesuffix("Z"), "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise problem("time", f"{quote(value)} is not a valid date or time") from None
    return value


_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_FRACTION = r"(?:\.[0-9]+)?"
_LOOSE_TIME = re.compile(rf"({_TIME}){_FRACTION}(?:Z|([+-])([0-9]{{2}}):?([0-9]{{2}}))")


def _in_utc(value: str) -> str:
    """Help for a complete time that is not in UTC."""
    if not (parts := _LOOSE_TIME.fullmatch(value)):
        return ""
    time, sign, hours, minutes = parts.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime.strptime(time, "%Y-%m-%dT%H:%M:%S")
        utc = local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return "convert it to UTC"
    return f"convert it to UTC: {utc.isoformat()}Z"


def _whole_seconds(value: str) -> str:
    """The time without its fraction of a second."""
    return _existing_time(f"{value.removesuffix('Z').partition('.')[0]}Z")


Time = Annotated[
    Text,
    matching(
        f"{_TIME}{_FRACTION}Z",
        "is not a time in UTC such as '2026-11-26T08:00:00Z'",
        "time",
        help=_in_utc,
    ),
    AfterValidator(_whole_seconds),
]
OptionalTime = Annotated[Time | None, BeforeValidator(read_time)]
"""A time in UTC. The contract allows fractions of a second, which are dropped: a table is restored
to a whole second (Developer Guide, point-in-time recovery)."""

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
    Annotated[Text, matching("[0-9]{12}", "is not an AWS account ID (12 digits)", "account-id")]
    | None,
    _Optional,
]


def _dots(value: str) -> str:
    is_address = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", value)
    return "do not use two '.' in a row or an IP address" if ".." in value or is_address else ""


Bucket = Annotated[
    str,
    matching(
        r"(?!.*\.\.)(?![0-9]{1,3}(?:\.[0-9]{1,3}){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "is not the name of an S3 bucket: 3 to 63 lower-case letters, digits, '.' and '-'",
        "bucket",
        help=_dots,
    ),
    WrapValidator(S3_BUCKET),
]
OptionalKeyPrefix = Annotated[Annotated[Text, length(1, 1024)] | None, _Optional]
"""The prefix of the files' keys (ImportTable, S3KeyPrefix)."""


def _tab(value: str) -> str:
    return 'write a tab in double quotes: "\\t"' if value in ("\\t", "tab", "TAB") else ""


OptionalDelimiter = Annotated[
    Annotated[
        Text,
        matching(
            r"[,;:|\t ]",
            "is not one of ',' ';' ':' '|', a tab or a space",
            "delimiter",
            help=_tab,
        ),
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
        "may not contain ':', '/', '|' or control characters, or begin or end with a space",
        "name",
    ),
]
"""The name of a scheduled action (PutScheduledAction, ScheduledActionName)."""

MAX_POLICY_NAME = 255
"""AWS accepts one character more (PutScalingPolicy, PolicyName), the AWS provider does not
(appautoscaling/policy.go)."""
OptionalPolicyName = Annotated[
    Annotated[
        Text,
        length(1, MAX_POLICY_NAME),
        matching(
            "[ -~]+",
            "may contain only the printable characters of ASCII: letters A-Z and a-z, digits, "
            "spaces and punctuation",
            "name",
        ),
    ]
    | None,
    _Optional,
]
"""The name of a scaling policy (PutScalingPolicy, PolicyName)."""

_FORMS = "'at(2035-12-24T18:00:00)', 'rate(12 hours)' or 'cron(0 18 ? * MON-FRI *)'"
_UNITS = r"(?:1 (?:minute|hour|day)|(?:[2-9]|[1-9][0-9]{1,8}) (?:minutes|hours|days))"
_AT_OR_RATE = rf"at\({_TIME}\)|rate\({_UNITS}\)"
_LOOSE_RATE = r"rate\(([1-9][0-9]{0,8}) (minute|hour|day)s?\)"
_CRON = r"cron\([^ ()]+( [^ ()]+){5}\)"
_CRON_FIELDS = f"fields: {', '.join(field.name for field in FIELDS)}"


def _is_schedule(value: str) -> str:
    if value.startswith("cron("):
        return _cron(value)
    if not re.fullmatch(_AT_OR_RATE, value):
        help = f"write {_FORMS}"
        if rate := re.fullmatch(_LOOSE_RATE, value):
            number, unit = rate.groups()
            help = f"write rate({number} {unit}{'' if number == '1' else 's'})"
        raise problem("schedule", f"{quote(value)} is not a schedule", help)
    if value.startswith("at("):
        _existing_time(value[3:-1])
    return value


def _cron(value: str) -> str:
    if not re.fullmatch(_CRON, value):
        message = f"{quote(value)} is not a schedule"
        raise problem("schedule", message, f"write six fields and ')'; {_CRON_FIELDS}")
    fields = value[5:-1].split(" ")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise problem(
            "schedule",
            f"{quote(value)} must have '?' in exactly one of day of month and day of week",
            _CRON_FIELDS,
        )
    if wrong := wrong_field(fields):
        seen, field = wrong
        raise problem(
            "schedule",
            f"{quote(value)} has the invalid {field.name} {quote(seen)}",
            f"allowed for {field.name}: {field.allowed}; {_CRON_FIELDS}",
        )
    return value


Schedule = Annotated[
    Text,
    length(1, 1600),
    ValueCheck(
        _is_schedule,
        {
            "pattern": f"^(?:{_AT_OR_RATE}|{CRON})$",
            "patternErrorMessage": f"This must be a schedule such as {_FORMS}.",
        },
    ),
    StandIn("rate(1 day)"),
]
"""The time of an adjustment (PutScheduledAction, Schedule)."""

OptionalTimezone = Annotated[
    Annotated[
        Text,
        length(1, 1600),
        matching(
            "(?:[A-Za-z]+([_-][A-Za-z]+)*(/[A-Za-z0-9_+-]+){0,2}|[A-Z]{3}[0-9][A-Z]{3}|GMT[+-]?0)",
            "is not the name of a time zone such as 'Europe/Berlin'",
            "timezone",
        ),
    ]
    | None,
    _Optional,
]


_PRINCIPAL = (
    r"arn:aws[a-z-]*:iam::[0-9]{12}:"
    r"(?:root|(?:role|user)/(?:[!-)+->@-~]+/)?[A-Za-z0-9_+=,.@-]{1,64})"
)
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([A-Za-z0-9_+=,.@-]+)/.*")


def _meant_principal(value: str) -> str:
    if session := _SESSION.fullmatch(value):
        return f"name the role of the session: arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    if re.fullmatch("[0-9]{12}", value):
        return f"write arn:aws:iam::{value}:root for the whole account"
    if "*" in value or "?" in value:
        return "name each principal: IAM allows no wildcards in it"
    if ":group/" in value:
        return "grant to a role instead: a group is not a principal"
    return ""


Principal = Annotated[
    Text,
    length(1, 2048),
    matching(
        _PRINCIPAL,
        "is not the ARN of an IAM role, user or account ('arn:aws:iam::ACCOUNT:role/NAME')",
        "principal",
        help=_meant_principal,
    ),
    StandIn("arn:aws:iam::111122223333:role/stand-in"),
]
"""Without wildcards, which IAM does not allow in a principal (IAM user guide, Principal), and as
long as an ARN in IAM may be (API Reference, arnType)."""


def read_document(value: object) -> object:
    """A policy as a mapping. Errors in a JSON string would not have their own positions."""
    if isinstance(value, dict):
        if "Statement" not in value and ("valueFrom" in value or "value" in value):
            raise problem(
                "type",
                "must be the policy itself, got a reference or a mapping that contains it",
                "write Version and Statement here: references are not supported",
            )
        return value
    help = not_as_text(value, "a mapping")
    raise problem("type", f"must be a mapping, got {kind(value)}", help)


PolicyDocument = Annotated[dict[str, Any], BeforeValidator(read_document), StandIn({})]
