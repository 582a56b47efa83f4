"""Scheduled adjustments of autoscaling's bounds."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import CRON, RATE, SCHEDULED_ACTION, SCHEDULED_SCALING, contract


def _scaled(*adjustments: str, block: str = "read: {maxCapacity: 50}") -> str:
    """A table with autoscaling and the given scheduled adjustments."""
    head = (
        "spec:\n"
        "  billingMode: PROVISIONED\n"
        "  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}\n"
        "  autoscaling:\n"
        f"    {block}\n"
        "    scheduledAdjustments:\n"
    )
    return head + "".join(f"      - {{{adjustment}}}\n" for adjustment in adjustments)


_MORNING = 'name: morning, dimension: READ, schedule: "cron(0 6 ? * MON-FRI *)"'

SCHEDULES = (
    explain(
        "scheduled_adjustments_require_dimension_target",
        "An adjustment of a dimension that does not scale",
        """
        An adjustment changes the bounds within which autoscaling works. So the dimension that it
        names, `READ` or `WRITE`, must have bounds in the same block: an adjustment in an index's
        block changes that index's bounds.
        """,
        contract("scheduled_adjustments_require_dimension_target"),
        SCHEDULED_ACTION,
        bad=_scaled(f"{_MORNING.replace('READ', 'WRITE')}, minCapacity: 20"),
        good=_scaled(f"{_MORNING}, minCapacity: 20"),
    ),
    explain(
        "schedule-bounds",
        "An adjustment without bounds, or with bounds reversed",
        """
        An adjustment sets `minCapacity`, `maxCapacity` or both; a bound that it leaves out stays as
        it is at that time. The lower bound must not be above the upper one. The bounds hold until
        the next adjustment of the dimension, so an adjustment for the morning usually needs another
        one that ends it.
        """,
        SCHEDULED_ACTION,
        bad=_scaled(f"{_MORNING}, minCapacity: 50, maxCapacity: 20"),
        good=_scaled(f"{_MORNING}, minCapacity: 20, maxCapacity: 50"),
    ),
    explain(
        "schedule-time",
        "Times of an adjustment that contradict each other",
        """
        `endTime` must be after `startTime`; the adjustment runs only between the two. Both are in
        UTC. `timezone` says in which zone `at()` and `cron()` are read; a `rate()` is the same in
        every zone.
        """,
        SCHEDULED_ACTION,
        bad=_scaled(
            "name: half-daily, dimension: READ, schedule: rate(12 hours), timezone: Asia/Tokyo,\n"
            "         minCapacity: 20"
        ),
        good=_scaled(
            "name: half-daily, dimension: READ, schedule: rate(12 hours), minCapacity: 20"
        ),
    ),
    explain(
        "duplicate-schedule-name",
        "Two adjustments with one name",
        """
        Names identify the adjustments of a table or of an index: in AWS, a second one with the same
        name would replace the first. Adjustments of different indexes may have the same name.
        """,
        SCHEDULED_ACTION,
        bad=_scaled(
            f"{_MORNING}, minCapacity: 20",
            'name: morning, dimension: READ, schedule: "cron(0 9 ? * MON-FRI *)", minCapacity: 5',
        ),
        good=_scaled(
            f"{_MORNING}, minCapacity: 20",
            'name: later, dimension: READ, schedule: "cron(0 9 ? * MON-FRI *)", minCapacity: 5',
        ),
    ),
    explain(
        "schedule",
        "Not a valid schedule",
        """
        A schedule is one time, `at(2026-12-24T18:00:00)`; an interval in minutes, hours or days,
        `rate(12 hours)`; or six fields, `cron(0 18 ? * MON-FRI *)`: minute, hour, day of month,
        month, day of week, year. One of the two days must be `?`, which means that the other one
        decides; Sunday is 1 or `SUN`. This is not Unix cron, which has five fields and no `?`. A
        rate of 1 has a singular unit, any other a plural one.
        """,
        SCHEDULED_ACTION,
        SCHEDULED_SCALING,
        CRON,
        RATE,
        bad=_scaled("name: morning, dimension: READ, schedule: 0 6 * * 1-5, minCapacity: 20"),
        good=_scaled(f"{_MORNING}, minCapacity: 20"),
    ),
    explain(
        "timezone",
        "Not the name of a time zone",
        """
        Time zones have names such as `Europe/Berlin` or `Etc/GMT+9`, so that a schedule follows
        daylight saving time; an offset alone is not a name. Only AWS can tell whether it knows the
        zone. The default is UTC.
        """,
        SCHEDULED_ACTION,
        bad=_scaled(f'{_MORNING}, timezone: "+01:00", minCapacity: 20'),
        good=_scaled(f"{_MORNING}, timezone: Europe/Berlin, minCapacity: 20"),
    ),
)
