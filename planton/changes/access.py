"""Who else reads and writes an existing table: policies, grants and its Kinesis data stream."""

from __future__ import annotations

from dataclasses import replace

from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.access_documents import ROLE_ACTIONS
from planton.manifest.enums import AccessRole, Precision
from planton.manifest.principals import parse_principal
from planton.plan import policy_summary
from planton.plan.table_plan import KinesisPlan, PolicyPlan, TablePlan


def access_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Policies of the table, its stream and its replicas, grants and the Kinesis destination."""
    before, after = old.plan, new.plan
    yield from _policy("resource-policy", "spec.resourcePolicy", before.policy, after.policy)
    place = "spec.streamResourcePolicy"
    yield from _policy("stream-policy", place, before.stream_policy, after.stream_policy)
    was, is_ = _of_replicas(before), _of_replicas(after)
    for region in sorted({*was, *is_}):
        # The policy of a replica comes and goes with it.
        if region in new.replicas and region in old.replicas:
            place = f"spec.replicas, {region}.resourcePolicy"
            yield from _policy("replica-policy", place, was.get(region), is_.get(region))
    yield from _policies(before, after)
    yield from _grants(before, after, new.account_id)
    place = "spec.kinesisStreamingDestination"
    yield from kinesis_changes(before.kinesis, after.kinesis, place)


def _of_replicas(plan: TablePlan) -> dict[str, PolicyPlan]:
    return {one.region: one.policy for one in plan.replica_policies}


def _policy(
    code: str, place: str, before: PolicyPlan | None, after: PolicyPlan | None
) -> Differences:
    """A switch for lock-outs counts only where there is a policy."""
    was, is_ = (one.text if one else policy_summary.NO_POLICY for one in (before, after))
    if was != is_:
        yield code, place, was, is_
    allowed = before is not None and before.confirm_remove_self_access
    if after and after.confirm_remove_self_access != allowed:
        place = f"{place}.confirmRemoveSelfResourceAccess"
        if after.confirm_remove_self_access:
            yield "lock-out-allowed", place, "off", "on"
        else:
            yield "lock-out-refused", place, "on", "off"


POLICY_CODES = ("resource-policy", "stream-policy", "replica-policy")
"""The codes of changes whose old and new values are whole policies."""

_Roles = tuple[str, ...]


_NONE = "none"


def _policies(old: TablePlan, new: TablePlan) -> Differences:
    """What accessPolicies lists. The policies that grants need follow from these."""
    was, is_ = set(old.access_policies), set(new.access_policies)
    for role in AccessRole:
        if role in is_ - was:
            yield "access-policy", "spec.accessPolicies", _NONE, role.value
        if role in was - is_:
            still = any(granted is role for granted, _ in new.grants)
            code = "access-policy-of-grants" if still else "access-policy-removed"
            yield code, "spec.accessPolicies", role.value, _NONE


def _grants(old: TablePlan, new: TablePlan, account: str | None) -> Differences:
    """By principal: another role for the same one is a change."""
    before, after = _roles(old, account), _roles(new, account)
    written = {_principal(arn, account): arn for plan in (old, new) for _, arn in plan.grants}
    for principal in sorted({*before, *after}):
        was, is_ = before.get(principal, ()), after.get(principal, ())
        if was != is_:
            place = f"spec.grants for {written[principal]}"
            yield _grant(was, is_), place, ", ".join(was) or _NONE, ", ".join(is_) or _NONE


def _grant(was: _Roles, is_: _Roles) -> str:
    if not was or not is_:
        return "grant-removed" if was else "grant"
    return "grant-changed" if _actions(was) - _actions(is_) else "grant-extended"


def _actions(roles: _Roles) -> set[str]:
    return {action for role in roles for action in ROLE_ACTIONS[AccessRole(role)].names}


def _roles(plan: TablePlan, account: str | None) -> dict[str, _Roles]:
    """The roles of each principal, in their usual order."""
    found: dict[str, _Roles] = {}
    for role, arn in plan.grants:
        principal = _principal(arn, account)
        found[principal] = (*found.get(principal, ()), role.value)
    return found


def _principal(arn: str, account: str | None) -> str:
    """The same for every ARN of a principal. A role of the table's account gets its policy by its
    name, whatever the path in its ARN."""
    principal = parse_principal(arn)
    if principal.is_of_other_account(account) is False:
        return arn.replace(f"role/{principal.path}", "role/")
    return arn


def kinesis_changes(old: KinesisPlan | None, new: KinesisPlan | None, place: str) -> Differences:
    """Changes to the destination of the table or of a replica, whose path is `place`. Of the same
    stream the provider keeps a precision that is left out. Milliseconds are what AWS uses then,
    too."""
    if old == new:
        return
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
    "stream-policy": ChangeKind(
        "streamResourcePolicy",
        Effect.IN_PLACE,
        "access to the table's stream changes within seconds",
    ),
    "replica-policy": ChangeKind(
        "resourcePolicy of a replica",
        Effect.IN_PLACE,
        "access to the replica changes within seconds",
    ),
    "lock-out-allowed": ChangeKind(
        "confirmRemoveSelfResourceAccess of a policy on",
        Effect.IN_PLACE,
        "AWS no longer refuses a policy whose author could not change it again, so a mistake can "
        "lock this program out",
        "turn it off unless the policy is meant to do that",
        warns=True,
    ),
    "lock-out-refused": ChangeKind(
        "confirmRemoveSelfResourceAccess of a policy off",
        Effect.IN_PLACE,
        "AWS refuses a policy whose author could not change it again",
    ),
    "access-policy": ChangeKind(
        "accessPolicies, one more",
        Effect.IN_PLACE,
        "an IAM policy of the role is created; policy_arns has its ARN",
    ),
    "access-policy-removed": ChangeKind(
        "accessPolicies, one less",
        Effect.IN_PLACE,
        "the IAM policy of the role is deleted, which IAM refuses while it is attached to anything "
        "that this program did not attach it to",
        "detach it first: aws iam list-entities-for-policy --policy-arn ARN",
        warns=True,
    ),
    "access-policy-of-grants": ChangeKind(
        "accessPolicies, one less that grants still need",
        Effect.IN_PLACE,
        "the IAM policy stays if one of the role's grants is to a role of the table's account",
    ),
    "grant": ChangeKind(
        "grants, a new principal", Effect.IN_PLACE, "the principal gets access within seconds"
    ),
    "grant-extended": ChangeKind(
        "grants, a role that allows more",
        Effect.IN_PLACE,
        "the principal gets more access within seconds, and loses none",
    ),
    "grant-changed": ChangeKind(
        "grants, another role",
        Effect.IN_PLACE,
        "what the principal may do changes within seconds, and what its old role alone allowed is "
        "denied",
        "check what the principal still needs",
        warns=True,
    ),
    "grant-removed": ChangeKind(
        "grants, a principal less",
        Effect.IN_PLACE,
        "the principal loses its access within seconds, unless other policies allow it. If the "
        "manifest needs a role's IAM policy no more, it is deleted, which IAM refuses while it is "
        "attached to anything else",
        "check first that nothing runs with it any more",
        warns=True,
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
