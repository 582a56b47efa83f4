"""Scheduled adjustments that are over at a time.

This is none of the rules: their verdict on a manifest never changes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planton.diagnostics.diagnostic import quote
from planton.manifest.cron import MONTHS
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding
from planton.manifest.rules.schedules import adjustments, titled

_LATER = "remove it, or set a time in the future"


def adjustments_that_are_over(manifest: Manifest, now: datetime) -> Iterator[Finding]:
    """The adjustments that do not fire at `now` or later."""
    for path, adjustment, scaling in adjustments(manifest):
        if not scaling.enabled:
            continue  # there is no target
        what = f"{titled(manifest, adjustment)} is over: "
        last, zone, end = _last_time(adjustment.schedule), adjustment.timezone, adjustment.end_time
        if last is not None and last < _local(now, zone):
            schedule = quote(adjustment.schedule) + (f" in {zone}" if zone else "")
            yield Finding((*path, "schedule"), f"{what}{schedule} is in the past", _LATER)
        elif end is not None and datetime.fromisoformat(end.replace("Z", "+00:00")) < now:
            yield Finding((*path, "endTime"), f"{what}endTime {end} is in the past", _LATER)


def _last_time(schedule: str) -> datetime | None:
    """The local time after which a schedule does not fire; None for a rate()."""
    if schedule.startswith("rate("):
        return None
    if schedule.startswith("at("):
        return datetime.fromisoformat(schedule[3:-1])
    return last_time_of_cron(schedule)


def last_time_of_cron(cron: str) -> datetime:
    """A local time after which a cron() does not fire. It may fire for the last time up to a month
    earlier: days such as FRI or L count as the last day of the month."""
    minute, hour, day, month, _, year = cron[5:-1].upper().split(" ")
    for number, name in enumerate(MONTHS.split(), start=1):
        month = month.replace(name, str(number))
    last_year, last_month = _greatest(year, 2199), _greatest(month, 12)
    last_day = min(_greatest(day, 31), monthrange(last_year, last_month)[1])
    return datetime(last_year, last_month, last_day, _greatest(hour, 23), _greatest(minute, 59))


def _greatest(values: str, last: int) -> int:
    """The greatest value of a field, `last` if it has a value other than numbers and ranges."""
    found = []
    for value in values.split(","):
        plain = re.fullmatch(r"(?:([0-9]+)-)?([0-9]+)|([0-9]+)-([0-9]+)/[0-9]+", value)
        first, end = (plain[1] or plain[3] or 0, plain[2] or plain[4]) if plain else (0, last)
        found.append(int(end) if int(first) <= int(end) else last)
    return max(found)


def _local(now: datetime, zone: str | None) -> datetime:
    """The local time in a zone. In a zone that this system does not know, it is the time where it
    is earliest, so that nothing is over that may still come."""
    try:
        here = now.astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, OSError, ValueError):
        here = now.astimezone(timezone(timedelta(hours=-12)))
    return here.replace(tzinfo=None)
