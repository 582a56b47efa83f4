"""Changes of autoscaling's bounds at known times."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import CRON, RATE, SCHEDULED_ACTION, SCHEDULED_SCALING, contract


def _scaled(*adjustments: str, block: str = "read: {maxCapacity: 50}") -> str:
    """The lines of a table that scales, with adjustments."""
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
        "An adjustment of something that does not scale",
        """
        An adjustment moves the bounds within which autoscaling works. So the dimension that it
        names, `READ` or `WRITE`, must have bounds in the same block: an adjustment that stands with
        an index moves those of the index.
        """,
        contract("scheduled_adjustments_require_dimension_target"),
        SCHEDULED_ACTION,
        bad=_scaled(f"{_MORNING.replace('READ', 'WRITE')}, minCapacity: 20"),
        good=_scaled(f"{_MORNING}, minCapacity: 20"),
    ),
    explain(
        "schedule-bounds",
        "An adjustment that changes nothing, or bounds the wrong way round",
        """
        An adjustment sets `minCapacity`, `maxCapacity` or both; what it leaves out stays as it is
        at the time. Of the two, the lower bound is at most the upper one. They hold until the next
        adjustment of the dimension, so what begins in the morning mostly needs one that ends it.
        """,
        SCHEDULED_ACTION,
        bad=_scaled(f"{_MORNING}, minCapacity: 50, maxCapacity: 20"),
        good=_scaled(f"{_MORNING}, minCapacity: 20, maxCapacity: 50"),
    ),
    explain(
        "schedule-time",
        "Times of an adjustment that contradict each other",
        """
        `endTime` lies after `startTime`; nothing happens before the one and after the other. Both
        are in UTC. A `timezone` says when it is six o'clock, for `at()` and `cron()`: a `rate()` is
        the same everywhere.
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
        The name tells the adjustments of a table, or of an index, from each other: in AWS the
        second of the same name would replace the first. Those of different indexes may have the
        same name.
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
        "Not a schedule",
        """
        A schedule is one time, `at(2026-12-24T18:00:00)`; a distance, `rate(12 hours)` in minutes,
        hours or days; or six fields, `cron(0 18 ? * MON-FRI *)`: minute, hour, day of month, month,
        day of week, year. One of the two days is `?`, which leaves it to the other; Sunday is 1 or
        `SUN`. That is not the cron of Unix, which has five fields and no `?`. A rate of 1 has its
        unit in the singular, any other in the plural.
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
        Zones have names such as `Europe/Berlin` or `Etc/GMT+9`, so that a schedule keeps to summer
        and winter time; a bare offset is none. Whether AWS knows the zone, only AWS can tell.
        Without one it is UTC.
        """,
        SCHEDULED_ACTION,
        bad=_scaled(f'{_MORNING}, timezone: "+01:00", minCapacity: 20'),
        good=_scaled(f"{_MORNING}, timezone: Europe/Berlin, minCapacity: 20"),
    ),
)
