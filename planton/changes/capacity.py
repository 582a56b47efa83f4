"""Billing mode, units, maximums, warm throughput and autoscaling of an existing table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.enums import BillingMode
from planton.plan.scaling_plan import ScalingPlan, SchedulePlan
from planton.plan.table_plan import GlobalIndexPlan, MaximumPlan, TablePlan, Throughput, WarmPlan


def capacity_changes(old: Snapshot, new: Snapshot) -> Differences:
    """What a table, or an index that exists before and after, can serve."""
    provisioned = new.plan.billing_mode is BillingMode.PROVISIONED
    scaled_before, scaled_after = _scaling(old), _scaling(new)
    if old.plan.billing_mode is not new.plan.billing_mode:
        code = "billing-mode"
        if provisioned and old.plan.standalone_indexes:
            # They are there until the table has changed, also if the manifest drops them.
            code = "billing-and-standalone-indexes"
        elif (
            provisioned
            and old.plan.inline_indexes
            and (new.plan.standalone_indexes or scaled_after.keys() - _OF_TABLE)
        ):
            code = "billing-and-index-scaling"
        elif provisioned and scaled_after.keys() & _OF_TABLE:
            code = "billing-and-scaling"
        was, is_ = old.plan.billing_mode.value, new.plan.billing_mode.value
        yield code, "spec.billingMode", was, is_
    elif provisioned:
        yield from _units(old, new, scaled_after)
    owners = tuple(owner for _, owner, _, _ in _holders(old, new))
    for key in sorted(scaled_before.keys() | scaled_after.keys()):
        if key.startswith(owners):  # otherwise it is added or removed with its index
            before, after = scaled_before.get(key), scaled_after.get(key)
            if provisioned:
                yield from _autoscaling(key, before, after, new)
            if before and after:
                yield from _policy_name(key, before, after)
                yield from _schedules(key, before.schedules, after.schedules)
    yield from _limits(old, new)


_TABLE = "table/"
"""The prefix of the table's own scaling."""
_OF_TABLE = {"table/read", "table/write"}
_Holder = TablePlan | GlobalIndexPlan


def _holders(old: Snapshot, new: Snapshot) -> Iterator[tuple[str, str, _Holder, _Holder]]:
    """What has capacity before and after: its path, the prefix of its scaling, and both states."""
    yield "spec", _TABLE, old.plan, new.plan
    was, is_ = old.global_indexes, new.global_indexes
    for name in was:
        if name in is_:
            yield f"spec.globalSecondaryIndexes, {name}", f"index/{name}/", was[name], is_[name]


def _units(old: Snapshot, new: Snapshot, scaled: Mapping[str, ScalingPlan]) -> Differences:
    for place, owner, before, after in _holders(old, new):
        was, is_ = _provisioned(before.throughput), _provisioned(after.throughput)
        for dimension in was:
            if was[dimension] != is_[dimension]:
                code = "scaled-capacity" if f"{owner}{dimension}" in scaled else "capacity"
                unit = f"{place}.provisionedThroughput.{dimension}CapacityUnits"
                yield code, unit, was[dimension], is_[dimension]


def _provisioned(units: Throughput | None) -> dict[str, str]:
    read, write = (units.read, units.write) if units else ("none", "none")
    return {"read": str(read), "write": str(write)}


def _scaling(side: Snapshot) -> dict[str, ScalingPlan]:
    """Autoscaling in the table's region: replicas scale like the table."""
    return {scaling.key: scaling for scaling in side.plan.scaling_here}


def _autoscaling(
    key: str, old: ScalingPlan | None, new: ScalingPlan | None, side: Snapshot
) -> Differences:
    was, is_ = _bounds(old), _bounds(new)
    if was == is_:
        return
    code = "autoscaling"
    if old is None or new is None:
        code = "autoscaling-on" if new else "autoscaling-off"
        # Its schedules are added or removed with it, and reported only here.
        was, is_ = was + _adjusted(old), is_ + _adjusted(new)
        is_ += "" if new else _fixed(key, side)
    elif new.schedules and _range(old) != _range(new):
        code = "scheduled-bounds"
    yield code, f"autoscaling of {key}", was, is_


def _policy_name(key: str, old: ScalingPlan, new: ScalingPlan) -> Differences:
    if old.policy_name != new.policy_name:
        code = "policy-name" if new.policy_name else "policy-name-kept"
        yield code, f"policyName of {key}", old.policy_name or "none", new.policy_name or "none"


def _fixed(key: str, side: Snapshot) -> str:
    """The units that the manifest gives to what no longer scales."""
    owner, _, dimension = key.rpartition("/")
    index = side.global_indexes.get(owner.removeprefix("index/"))
    units = _provisioned((index or side.plan).throughput)[dimension]
    return f", {units} units"


def _range(scaling: ScalingPlan) -> tuple[int, int]:
    return scaling.min_capacity, scaling.max_capacity


def _bounds(scaling: ScalingPlan | None) -> str:
    if scaling is None:
        return "off"
    text = f"{scaling.min_capacity} to {scaling.max_capacity} at {scaling.target_utilization} %"
    cooldowns = (("in", scaling.scale_in_cooldown), ("out", scaling.scale_out_cooldown))
    waits = (f", scale-{way} cooldown {n} s" for way, n in cooldowns if n is not None)
    return text + "".join(waits)


def _adjusted(scaling: ScalingPlan | None) -> str:
    names = [one.name for one in scaling.schedules] if scaling else []
    return f", adjusted by {', '.join(names)}" if names else ""


def _schedules(
    key: str, old: tuple[SchedulePlan, ...], new: tuple[SchedulePlan, ...]
) -> Differences:
    if old != new:
        code = "schedules" if new else "schedules-off"
        yield code, f"scheduledAdjustments of {key}", _times(old), _times(new)


def _times(schedules: tuple[SchedulePlan, ...]) -> str:
    return "; ".join(_adjustment(one) for one in schedules) or "none"


def _adjustment(one: SchedulePlan) -> str:
    limits = (("minimum", one.min_capacity), ("maximum", one.max_capacity))
    bounds = ", ".join(f"{word} {n}" for word, n in limits if n is not None)
    zone = f" {one.timezone}" if one.timezone else ""
    times = (("from", one.start_time), ("until", one.end_time))
    moments = (f" {word} {time}" for word, time in times if time)
    return f"{one.name}: {bounds}, {one.schedule}{zone}{''.join(moments)}"


def _limits(old: Snapshot, new: Snapshot) -> Differences:
    """Maximums under PAY_PER_REQUEST, and warm throughput."""
    on_demand = old.plan.billing_mode is new.plan.billing_mode is BillingMode.PAY_PER_REQUEST
    for place, _, before, after in _holders(old, new):
        was, is_ = _maxima(before.maximum), _maxima(after.maximum)
        if on_demand and was != is_:
            code = "maximum-removed" if _loses_maximum(before, after) else "maximum"
            yield code, f"{place}.onDemandThroughput", was, is_
        if before.warm != after.warm:
            raised = _exceeds(after.warm, before.warm)
            code = "warm-throughput" if raised else "warm-throughput-lower"
            yield code, f"{place}.warmThroughput", _warm(before.warm), _warm(after.warm)


def _loses_maximum(old: _Holder, new: _Holder) -> bool:
    """Whether a maximum is left out that was set."""
    was, is_ = (side.maximum.units if side.maximum else {} for side in (old, new))
    return any(units > 0 and unit not in is_ for unit, units in was.items())


def _exceeds(one: WarmPlan | None, other: WarmPlan | None) -> bool:
    held, less = (warm.units if warm else {} for warm in (one, other))
    return any(units > less.get(unit, 0) for unit, units in held.items())


def _warm(warm: WarmPlan | None) -> str:
    return _pair(warm.reads, warm.writes) if warm else "none"


def _maxima(maximum: MaximumPlan | None) -> str:
    """-1 is no maximum."""
    if maximum is None:
        return "none"
    return _pair(max(maximum.read or 0, 0), max(maximum.write or 0, 0))


def _pair(read: int | None, write: int | None) -> str:
    parts = [f"{read} read" if read else "", f"{write} write" if write else ""]
    return " and ".join(part for part in parts if part) or "none"


KINDS: dict[str, ChangeKind] = {
    "billing-and-standalone-indexes": ChangeKind(
        "billingMode to PROVISIONED with indexes that are, or were until this update, standalone "
        "resources",
        Effect.TWO_STEPS,
        "AWS needs the capacity of the table and of its indexes in one request, which does not "
        "include standalone indexes; those that the manifest drops are deleted only afterwards",
        "remove the indexes, run `pulumi up` and `pulumi refresh`; set PROVISIONED with "
        "provisionedThroughput and run `pulumi up`; add the indexes again with their autoscaling: "
        "they are rebuilt",
    ),
    "billing-and-index-scaling": ChangeKind(
        "billingMode to PROVISIONED together with an autoscaling block of indexes",
        Effect.SECOND_RUN,
        "AWS needs the capacity of the table and of its indexes in one request, which is the "
        "table's: this update sends it. The next one makes the indexes standalone resources, so "
        "that later updates do not reset their capacity",
        "run `pulumi up` again after this update: it changes nothing in AWS",
    ),
    "billing-and-scaling": ChangeKind(
        "billingMode to PROVISIONED together with autoscaling",
        Effect.IN_PLACE,
        "this update sends the manifest's units, and from then on the autoscaler sets the capacity",
    ),
    "maximum-removed": ChangeKind(
        "a maximum of onDemandThroughput removed",
        Effect.TWO_STEPS,
        "the AWS provider keeps a maximum that is left out, or sends an empty one, which AWS "
        "refuses",
        "set it to -1, which removes it, and run `pulumi up`; then leave it out",
    ),
    "warm-throughput": ChangeKind(
        "warmThroughput of an existing table or index, set or raised",
        Effect.LEFT_BEHIND,
        "warmThroughput applies only when the table or index is created. Afterwards AWS raises it "
        "with the load and never lowers it, and for a value below AWS's own the AWS provider would "
        "replace the table",
        "to raise it: aws dynamodb update-table --table-name TABLE --warm-throughput "
        "ReadUnitsPerSecond=N,WriteUnitsPerSecond=N (of an index: "
        "--global-secondary-index-updates)",
        warns=True,
    ),
    "warm-throughput-lower": ChangeKind(
        "warmThroughput of an existing table or index, lowered or removed",
        Effect.LEFT_BEHIND,
        "AWS never lowers warm throughput: nothing changes, and there is nothing to do",
    ),
    "scheduled-bounds": ChangeKind(
        "bounds of autoscaling that a schedule changes",
        Effect.LEFT_BEHIND,
        "the bounds apply only when autoscaling is created. Afterwards the schedule sets them",
        "change the bounds of the scheduled adjustments; or remove these, run `pulumi up`, "
        "`pulumi refresh` and `pulumi up`, and add them again",
        warns=True,
    ),
    "billing-mode": ChangeKind(
        "billingMode",
        Effect.IN_PLACE,
        "AWS accepts a change to PAY_PER_REQUEST four times a day, and to PROVISIONED at any time; "
        "autoscaling is removed with PROVISIONED",
    ),
    "capacity": ChangeKind("provisionedThroughput", Effect.IN_PLACE, "takes effect within minutes"),
    "scaled-capacity": ChangeKind(
        "provisionedThroughput under autoscaling",
        Effect.IN_PLACE,
        "the autoscaler sets the capacity: the new units take effect when it is turned off",
    ),
    "autoscaling-on": ChangeKind(
        "autoscaling on", Effect.IN_PLACE, "from now on the autoscaler sets the capacity"
    ),
    "autoscaling-off": ChangeKind(
        "autoscaling off",
        Effect.IN_PLACE,
        "the scaling is removed together with its scheduledAdjustments. The capacity returns to "
        "the manifest's units, whatever it was scaled to, with the first update after a "
        "`pulumi refresh`",
        "set provisionedThroughput to what the load needs",
        warns=True,
    ),
    "autoscaling": ChangeKind("autoscaling", Effect.IN_PLACE, "takes effect at the next scaling"),
    "policy-name": ChangeKind(
        "policyName of autoscaling",
        Effect.IN_PLACE,
        "AWS cannot rename a scaling policy: unless it has this name already, it is deleted and "
        "then created. The capacity stays, and is not scaled in between",
    ),
    "policy-name-kept": ChangeKind(
        "policyName of autoscaling removed",
        Effect.LEFT_BEHIND,
        "the scaling policy keeps its name",
    ),
    "schedules": ChangeKind(
        "scheduledAdjustments",
        Effect.IN_PLACE,
        "the bounds change at the new times",
    ),
    "schedules-off": ChangeKind(
        "scheduledAdjustments, the last one of a dimension removed",
        Effect.IN_PLACE,
        "the bounds stay as the last adjustment set them until the first update after a "
        "`pulumi refresh`",
        "run `pulumi refresh`, then `pulumi up`",
        warns=True,
    ),
    "maximum": ChangeKind(
        "onDemandThroughput",
        Effect.IN_PLACE,
        "requests above the maximum are throttled",
    ),
}
