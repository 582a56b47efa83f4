"""Changes to the capacity of an existing table; part of planton.changes.compare."""

from __future__ import annotations

from collections.abc import Iterator

from planton.changes.snapshot import Decisions, Found, by, differs


def capacity_changes(old: Decisions, new: Decisions) -> Found:
    """Billing mode, units, autoscaling with its schedules, maximums and warm throughput."""
    yield from _capacity(old, new)
    yield from _limits(old, new)


_DIMENSIONS = (("read", "readCapacityUnits"), ("write", "writeCapacityUnits"))


def _unit(holder: Decisions, unit: str) -> str:
    return str(holder.get(unit, "none"))


def _capacity(old: Decisions, new: Decisions) -> Found:
    scaled_before, scaled_after = (by(s.get("autoscaling", []), "dimension") for s in (old, new))
    if differs(old, new, "billingMode"):
        was, is_ = old.get("billingMode", ""), new.get("billingMode", "")
        standalone = any(index["standalone"] for index in new.get("globalSecondaryIndexes", []))
        code = "billing-mode"
        if is_ == "PROVISIONED" and (scaled_after or standalone):
            code = "billing-and-standalone-indexes" if standalone else "billing-and-scaling"
        yield code, "spec.billingMode", was, is_
    elif new.get("billingMode") == "PROVISIONED":
        for place, owner, before, after in _holders(old, new):
            for dimension, unit in _DIMENSIONS:
                if differs(before, after, unit):
                    scaled = f"{owner}{dimension}" in scaled_after
                    code = "scaled-capacity" if scaled else "capacity"
                    place_of_unit = f"{place}.provisionedThroughput.{unit}"
                    yield code, place_of_unit, _unit(before, unit), _unit(after, unit)
    owners = {owner for _, owner, _, _ in _holders(old, new)}
    for key in sorted(scaled_before.keys() | scaled_after.keys()):
        if not any(key.startswith(owner) for owner in owners):
            continue  # it is added or removed with its index
        was, is_ = _bounds(scaled_before.get(key)), _bounds(scaled_after.get(key))
        if was != is_ and new.get("billingMode") == "PROVISIONED":
            code = "autoscaling"
            if "off" in (was, is_):
                code = "autoscaling-off" if is_ == "off" else "autoscaling-on"
                # Its schedules are added or removed with it, and reported only here.
                was += _adjusted(scaled_before.get(key))
                is_ += _adjusted(scaled_after.get(key))
            elif _moved_by_schedule(scaled_before[key], scaled_after[key]):
                code = "scheduled-bounds"
            yield code, f"autoscaling of {key}", was, is_
        yield from _scheduled(key, scaled_before.get(key), scaled_after.get(key))


def _adjusted(scaling: Decisions | None) -> str:
    names = [one["name"] for one in scaling.get("schedules", [])] if scaling else []
    return f", adjusted by {', '.join(names)}" if names else ""


def _moved_by_schedule(old: Decisions, new: Decisions) -> bool:
    """Whether the bounds changed although a schedule sets them."""
    return bool(new.get("schedules")) and differs(old, new, "minCapacity", "maxCapacity")


def _holders(old: Decisions, new: Decisions) -> Iterator[tuple[str, str, Decisions, Decisions]]:
    """What has capacity before and after: its path, the prefix of its scaling, and both states."""
    yield "spec", "table/", old, new
    was, is_ = (by(side.get("globalSecondaryIndexes", []), "name") for side in (old, new))
    for name in was:
        if name in is_:
            yield f"spec.globalSecondaryIndexes, {name}", f"index/{name}/", was[name], is_[name]


def _limits(old: Decisions, new: Decisions) -> Found:
    """Maximums under PAY_PER_REQUEST, and warm throughput, of table and indexes."""
    for place, _, before, after in _holders(old, new):
        if new.get("billingMode") == old.get("billingMode") == "PAY_PER_REQUEST":
            was, is_ = (_maxima(side) for side in (before, after))
            if was != is_:
                gone = any(before.get(u, -1) > 0 and u not in after for u in _MAXIMA)
                code = "maximum-removed" if gone else "maximum"
                yield code, f"{place}.onDemandThroughput", was, is_
        if differs(before, after, *_WARM):
            raised = any(after.get(unit, 0) > before.get(unit, 0) for unit in _WARM)
            code = "warm-throughput" if raised else "warm-throughput-lower"
            yield code, f"{place}.warmThroughput", _warm(before), _warm(after)


_MAXIMA = ("maxReadRequestUnits", "maxWriteRequestUnits")
_WARM = ("readUnitsPerSecond", "writeUnitsPerSecond")


def _warm(holder: Decisions) -> str:
    return _pair(*(holder.get(unit) for unit in _WARM))


def _maxima(holder: Decisions) -> str:
    read, write = (holder.get(unit, -1) for unit in _MAXIMA)
    return _pair(read if read > 0 else None, write if write > 0 else None)


def _pair(read: int | None, write: int | None) -> str:
    parts = [f"{read} read" if read else "", f"{write} write" if write else ""]
    return " and ".join(part for part in parts if part) or "none"


def _scheduled(place: str, old: Decisions | None, new: Decisions | None) -> Found:
    """Scheduled adjustments of one dimension that has autoscaling before and after."""
    was, is_ = (side.get("schedules", []) if side else [] for side in (old, new))
    if old is None or new is None or was == is_:
        return
    code = "schedules" if is_ else "schedules-off"
    yield code, f"scheduledAdjustments of {place}", _times(was), _times(is_)


def _times(schedules: list[Decisions]) -> str:
    return "; ".join(_adjustment(one) for one in schedules) or "none"


def _adjustment(one: Decisions) -> str:
    low, high = (one.get(bound) for bound in ("minCapacity", "maxCapacity"))
    bounds = ", ".join(
        f"{word} {n}" for word, n in (("minimum", low), ("maximum", high)) if n is not None
    )
    zone = f" {one['timezone']}" if "timezone" in one else ""
    times = [f" {word} {one[f]}" for word, f in _LIMITS_OF_TIME if f in one]
    return f"{one['name']}: {bounds}, {one['schedule']}{zone}{''.join(times)}"


_LIMITS_OF_TIME = (("from", "startTime"), ("until", "endTime"))


def _bounds(scaling: Decisions | None) -> str:
    if scaling is None:
        return "off"
    text = f"{scaling['minCapacity']} to {scaling['maxCapacity']}"
    text += f" at {scaling['targetUtilizationPercent']} %"
    for field, word in (("scaleInCooldownSeconds", "in"), ("scaleOutCooldownSeconds", "out")):
        if field in scaling:
            text += f", scale-{word} cooldown {scaling[field]} s"
    return text
