"""Rules about scheduled changes of the autoscaling bounds."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from planton.diagnostics.diagnostic import quote
from planton.manifest.capacity import Autoscaling, ScheduledAdjustment
from planton.manifest.manifest import Manifest
from planton.manifest.rules.capacity import BOUND_FIELDS, lower_bounds, scalings
from planton.manifest.rules.rule import Finding, Path, rule

_BLOCKS = ("autoscaling", "globalSecondaryIndexes.autoscaling")
_ADJUSTMENTS = tuple(f"{block}.scheduledAdjustments" for block in _BLOCKS)
_EACH = ("globalSecondaryIndexes",)
_NAMES = ("globalSecondaryIndexes.name",)


def _fields(*names: str) -> tuple[str, ...]:
    return tuple(f"{adjustments}.{name}" for adjustments in _ADJUSTMENTS for name in names)


_SHOWN = (*_NAMES, *_fields("name"))


def adjustments(
    manifest: Manifest,
) -> Iterator[tuple[Path, ScheduledAdjustment, Autoscaling]]:
    """Each adjustment with its path and its autoscaling block."""
    for path, _, scaling in scalings(manifest):
        if scaling is not None:
            for i, adjustment in enumerate(scaling.scheduled_adjustments):
                yield (*path, "scheduledAdjustments", i), adjustment, scaling


def titled(manifest: Manifest, adjustment: ScheduledAdjustment) -> str:
    return manifest.titled("the adjustment", adjustment.name)


@rule(
    "scheduled-adjustments-require-dimension-target",
    *_fields("dimension"),
    *(f"{block}.{field}" for block in _BLOCKS for field in ("enabled", "read", "write")),
    says=_NAMES,
    each=_EACH,
)
def scheduled_adjustments_require_dimension_target(manifest: Manifest) -> Iterator[Finding]:
    """An adjustment changes the bounds of a dimension that scales (PutScheduledAction)."""
    for path, adjustment, scaling in adjustments(manifest):
        if scaling.enabled and not (scaling.read or scaling.write):
            continue  # autoscaling_has_a_dimension reports it
        field = adjustment.dimension.value.lower()
        if getattr(scaling, field) is None:
            yield Finding(
                (*path, "dimension"),
                f"dimension is {adjustment.dimension.value}, but autoscaling has no {field}",
                f"add {field}: {{maxCapacity: …}}, or use the other dimension",
            )


@rule("schedule-bounds", *_fields("minCapacity", "maxCapacity"), says=_SHOWN, each=_EACH)
def adjustment_sets_bounds(manifest: Manifest) -> Iterator[Finding]:
    """An adjustment sets one bound or both, and the lower one is not above the upper one
    (PutScheduledAction, ScalableTargetAction)."""
    for path, adjustment, _ in adjustments(manifest):
        low, high = adjustment.min_capacity, adjustment.max_capacity
        if low is None and high is None:
            yield Finding(
                path,
                f"{titled(manifest, adjustment)} changes nothing",
                "set minCapacity, maxCapacity or both",
            )
        elif low is not None and high is not None and low > high:
            yield Finding(
                (*path, "minCapacity"),
                f"minCapacity {low:,} of {titled(manifest, adjustment)} is above maxCapacity "
                f"{high:,}",
            )


@rule(
    "schedule-beyond-target",
    *_fields("dimension", "minCapacity", "maxCapacity"),
    *BOUND_FIELDS,
    says=_SHOWN,
    each=_EACH,
)
def adjustment_fits_target(manifest: Manifest) -> Iterator[Finding]:
    """When a schedule fires, AWS refuses a bound beyond the other bound that the target has then
    (ScalableTargetAction). Another adjustment may have moved that one, so only a bound that fits
    none of them is reported."""
    for path, adjustment, scaling in adjustments(manifest):
        field = adjustment.dimension.value.lower()
        bounds = getattr(scaling, field)
        if not scaling.enabled or bounds is None:
            continue  # there is no target
        low, high = adjustment.min_capacity, adjustment.max_capacity
        others = [o for o in scaling.scheduled_adjustments if o.dimension is adjustment.dimension]
        highest = max(bounds.max_capacity, *(o.max_capacity or 0 for o in others))
        if low is not None and high is None and low > highest:
            yield Finding(
                (*path, "minCapacity"),
                f"minCapacity {low:,} of {titled(manifest, adjustment)} is above maxCapacity "
                f"{highest:,} of {field}: AWS refuses it when the schedule fires",
                "set maxCapacity of the adjustment too, or a lower minCapacity",
            )
        lows = [o.min_capacity for o in others if o.min_capacity is not None]
        what, lowest = max(lower_bounds(manifest, path[:-2], field), key=itemgetter(1))
        if high is not None and low is None and high < min([lowest, *lows]):
            yield Finding(
                (*path, "maxCapacity"),
                f"maxCapacity {high:,} of {titled(manifest, adjustment)} is below the lowest "
                f"{field} capacity {lowest:,} of {what}: AWS refuses it when the schedule fires",
                "set minCapacity of the adjustment too, or a higher maxCapacity",
            )


@rule("schedule-time", *_fields("startTime", "endTime"), says=_SHOWN, each=_EACH)
def schedule_ends_after_start(manifest: Manifest) -> Iterator[Finding]:
    """PutScheduledAction refuses an end that is not after the start."""
    for path, adjustment, _ in adjustments(manifest):
        start, end = adjustment.start_time, adjustment.end_time
        if start is not None and end is not None and end <= start:
            yield Finding(
                (*path, "endTime"),
                f"endTime {end} of {titled(manifest, adjustment)} is not after startTime {start}",
            )


@rule("schedule-time", *_fields("schedule", "timezone"), says=_NAMES, each=_EACH)
def rate_without_timezone(manifest: Manifest) -> Iterator[Finding]:
    """A time zone is only allowed with at() and cron() (PutScheduledAction, Timezone)."""
    for path, adjustment, _ in adjustments(manifest):
        if adjustment.timezone and adjustment.schedule.startswith("rate("):
            yield Finding(
                (*path, "timezone"),
                "timezone is set, but a rate() schedule has no time zone",
                "remove it, or use cron()",
            )


@rule("duplicate-schedule-name", *_fields("name"), says=_NAMES, each=_EACH)
def adjustment_names_unique(manifest: Manifest) -> Iterator[Finding]:
    """In AWS, a second adjustment of the same name replaces the first (PutScheduledAction)."""
    seen: set[tuple[Path, str]] = set()
    for path, adjustment, _ in adjustments(manifest):
        named = (path[:-1], adjustment.name)
        if named in seen:
            yield Finding(
                (*path, "name"),
                f"the adjustment name {quote(adjustment.name)} is used twice",
                "choose another name",
            )
        seen.add(named)


SCHEDULE_RULES = (
    scheduled_adjustments_require_dimension_target,
    adjustment_sets_bounds,
    adjustment_fits_target,
    schedule_ends_after_start,
    rate_without_timezone,
    adjustment_names_unique,
)
