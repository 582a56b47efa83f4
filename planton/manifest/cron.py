"""The six fields of a cron() and the values of each (EventBridge User Guide, Cron expressions
reference, to which the Application Auto Scaling User Guide refers).

The check of steps and ranges is lenient: everything refused here is also refused by AWS.
"""

from __future__ import annotations

import re
from typing import NamedTuple


def _names(names: str) -> str:
    """A pattern for names in any case; a JSON Schema pattern has no flag for that."""
    return "|".join("".join(f"[{c}{c.lower()}]" for c in name) for name in names.split())


_DAY = "0?[1-9]|[12][0-9]|3[01]"
_WEEKDAY = f"[1-7]|{_names('SUN MON TUE WED THU FRI SAT')}"
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
_MONTH = f"0?[1-9]|1[0-2]|{_names(MONTHS)}"


def _field(value: str, *others: str) -> str:
    """A pattern for comma-separated values, ranges, steps, stars and other forms."""
    item = "|".join((rf"(?:\*|(?:{value})(?:-(?:{value}))?)(?:/[0-9]+)?", *others))
    return f"(?:{item})(?:,(?:{item}))*"


class CronField(NamedTuple):
    """One field: its name, its allowed values in words, and its pattern."""

    name: str
    allowed: str
    pattern: str


_DAY_ALONE = _field(_DAY, "[lL](?:-[0-9]+)?[wW]?", f"(?:{_DAY})[wW]")
_WEEKDAY_ALONE = f"(?:{_field(_WEEKDAY, f'(?:{_WEEKDAY})?[lL]')}|(?:{_WEEKDAY})#[1-5])"

FIELDS = (
    CronField("minute", "0-59", _field("[0-5]?[0-9]")),
    CronField("hour", "0-23", _field("[01]?[0-9]|2[0-3]")),
    CronField("day of month", "1-31, L, LW or a form such as 15W", rf"(?:\?|{_DAY_ALONE})"),
    CronField("month", "1-12 or JAN-DEC", _field(_MONTH)),
    CronField(
        "day of week",
        "1-7 or SUN-SAT (1 is SUN), L or a form such as 6#3",
        rf"(?:\?|{_WEEKDAY_ALONE})",
    ),
    CronField("year", "1970-2199", _field("19[7-9][0-9]|2[01][0-9]{2}")),
)

_MINUTE, _HOUR, _, _MONTH_FIELD, _, _YEAR = (field.pattern for field in FIELDS)
CRON = (
    rf"cron\({_MINUTE} {_HOUR} "
    rf"(?:\? {_MONTH_FIELD} {_WEEKDAY_ALONE}|{_DAY_ALONE} {_MONTH_FIELD} \?) {_YEAR}\)"
)
"""A complete cron(), in which one of the two day fields is '?'."""


def wrong_field(fields: list[str]) -> tuple[str, CronField] | None:
    """The first invalid value of the six fields, and its field."""
    for value, field in zip(fields, FIELDS, strict=True):
        if not re.fullmatch(field.pattern, value):
            return value, field
    return None
