"""Who is told what: changes to CloudWatch alarms, which never touch the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.alarm_kinds import ALARMS
from planton.plan.alarm_plan import AlarmPlan
from planton.plan.text import alarm_settings


def alarm_changes(old: Snapshot, new: Snapshot) -> Differences:
    """One change for all alarms of a kind that are added, changed or removed, and one for the
    topics of those that stay."""
    before, after = ({one.key: one for one in side.plan.alarms} for side in (old, new))
    for kind in ALARMS:
        was, is_ = ({k: a for k, a in side.items() if a.kind == kind} for side in (before, after))
        place = f"spec.alarms.{kind}"
        if added := [alarm for key, alarm in is_.items() if key not in was]:
            yield "alarms-added", place, "none", _listed(added)
        if removed := [alarm for key, alarm in was.items() if key not in is_]:
            yield "alarms-removed", place, _listed(removed), "none"
        changed = [key for key in was if key in is_ and _silent(was[key]) != _silent(is_[key])]
        if changed:
            one, other = ([side[key] for key in changed] for side in (was, is_))
            yield "alarms-changed", place, _listed(one), _listed(other)
    yield from _topics(before, after)


def _topics(before: dict[str, AlarmPlan], after: dict[str, AlarmPlan]) -> Differences:
    staying = [key for key in before if key in after]
    was, is_ = (
        {topic for key in staying for topic in side[key].topics} for side in (before, after)
    )
    if was != is_:
        code = "alarm-topics" if is_ else "alarm-topics-removed"
        shown, shown_now = (", ".join(sorted(one)) or "none" for one in (was, is_))
        yield code, "spec.alarms.topics", shown, shown_now


def _silent(alarm: AlarmPlan) -> AlarmPlan:
    return replace(alarm, topics=())


def _listed(alarms: Iterable[AlarmPlan]) -> str:
    """The places of the alarms, those with the same settings together."""
    places: dict[str, list[str]] = {}
    for alarm in alarms:
        places.setdefault(alarm_settings(alarm), []).append(_place(alarm))
    return "; ".join(f"{', '.join(of)}: {settings}" for settings, of in places.items())


def _place(alarm: AlarmPlan) -> str:
    owner = "table" if alarm.index is None else f"index {alarm.index}"
    where = f" in {alarm.region}" if alarm.region else ""
    return owner + where + (f" to {alarm.receiving_region}" if alarm.receiving_region else "")


KINDS: dict[str, ChangeKind] = {
    "alarms-added": ChangeKind(
        "an alarm added",
        Effect.IN_PLACE,
        "CloudWatch watches from now on; each alarm is billed",
    ),
    "alarms-changed": ChangeKind(
        "the threshold, periods or missing data of an alarm",
        Effect.IN_PLACE,
        "the alarm keeps its state until CloudWatch evaluates it again",
    ),
    "alarms-removed": ChangeKind(
        "an alarm removed or switched off",
        Effect.IN_PLACE,
        "CloudWatch no longer watches this, and notifies no one of it",
        "make sure that something else does",
        warns=True,
    ),
    "alarm-topics": ChangeKind(
        "alarms.topics", Effect.IN_PLACE, "the alarms notify these topics from now on"
    ),
    "alarm-topics-removed": ChangeKind(
        "all of alarms.topics removed",
        Effect.IN_PLACE,
        "the alarms change their state and notify no topic",
        "keep a topic unless an EventBridge rule handles the state changes",
        warns=True,
    ),
}
