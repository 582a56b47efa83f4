"""Who else reads and writes an existing table: its resource policy and its Kinesis data stream."""

from __future__ import annotations

from dataclasses import replace

from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.enums import Precision
from planton.plan import policy_summary
from planton.plan.table_plan import KinesisPlan


def access_changes(old: Snapshot, new: Snapshot) -> Differences:
    """A switch for lock-outs counts only where there is a policy."""
    before, after = old.plan.policy, new.plan.policy
    was, is_ = (one.text if one else policy_summary.NO_POLICY for one in (before, after))
    if was != is_:
        yield RESOURCE_POLICY, "spec.resourcePolicy", was, is_
    allowed = before is not None and before.confirm_remove_self_access
    if after and after.confirm_remove_self_access != allowed:
        place = "spec.resourcePolicy.confirmRemoveSelfResourceAccess"
        if after.confirm_remove_self_access:
            yield "lock-out-allowed", place, "off", "on"
        else:
            yield "lock-out-refused", place, "on", "off"
    yield from _kinesis(old.plan.kinesis, new.plan.kinesis)


RESOURCE_POLICY = "resource-policy"


def _kinesis(old: KinesisPlan | None, new: KinesisPlan | None) -> Differences:
    """Of the same stream the provider keeps a precision that is left out. Milliseconds are what
    AWS uses then, too."""
    if old == new:
        return
    place = "spec.kinesisStreamingDestination"
    if old and new and new == replace(old, precision=None):
        if old.precision is Precision.MICROSECOND:
            place += ".approximateCreationDateTimePrecision"
            yield "kinesis-precision-kept", place, old.precision.value, "not set"
        return
    code = "kinesis" if old and new else "kinesis-on" if new else "kinesis-off"
    yield code, place, _destination(old), _destination(new)


def in_milliseconds(kinesis: KinesisPlan | None) -> KinesisPlan | None:
    """The destination with the precision that AWS uses where none is set."""
    if kinesis is None or kinesis.precision:
        return kinesis
    return replace(kinesis, precision=Precision.MILLISECOND)


def _destination(kinesis: KinesisPlan | None) -> str:
    if kinesis is None:
        return "off"
    return kinesis.stream_arn + (f", {kinesis.precision.value}" if kinesis.precision else "")


KINDS: dict[str, ChangeKind] = {
    "resource-policy": ChangeKind(
        "resourcePolicy",
        Effect.IN_PLACE,
        "access to the table changes within seconds",
    ),
    "lock-out-allowed": ChangeKind(
        "resourcePolicy.confirmRemoveSelfResourceAccess on",
        Effect.IN_PLACE,
        "AWS no longer refuses a policy whose author could not change it again, so a mistake can "
        "lock this program out",
        "turn it off unless the policy is meant to do that",
        warns=True,
    ),
    "lock-out-refused": ChangeKind(
        "resourcePolicy.confirmRemoveSelfResourceAccess off",
        Effect.IN_PLACE,
        "AWS refuses a policy whose author could not change it again",
    ),
    "kinesis-on": ChangeKind(
        "kinesisStreamingDestination on", Effect.IN_PLACE, "sends changes from now on"
    ),
    "kinesis": ChangeKind(
        "another stream or precision of kinesisStreamingDestination",
        Effect.IN_PLACE,
        "a table has one destination: the old one is disabled first, and changes that happen "
        "before the new one is enabled are sent to neither",
        "read the missing changes from the table's own stream, if it has one",
        warns=True,
    ),
    "kinesis-precision-kept": ChangeKind(
        "MICROSECOND of kinesisStreamingDestination left out",
        Effect.LEFT_BEHIND,
        "the AWS provider keeps a precision that is left out: timestamps stay in microseconds",
        "write approximateCreationDateTimePrecision: MILLISECOND for milliseconds, MICROSECOND to "
        "keep what the table has",
        warns=True,
    ),
    "kinesis-off": ChangeKind(
        "kinesisStreamingDestination off",
        Effect.IN_PLACE,
        "no changes are sent to Kinesis from now on: readers of that stream get nothing more",
        "move its readers to the table's own stream, if it has one",
        warns=True,
    ),
}
