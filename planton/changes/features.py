"""Changes to what an existing table can do: stream, TTL, recovery, encryption and the like."""

from __future__ import annotations

from collections.abc import Iterable

from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.enums import ConsistencyMode, DeletionPolicy
from planton.plan.table_plan import EncryptionPlan, InsightsPlan, TablePlan, TagPlan, TtlPlan


def feature_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Features that can be turned on and off at any time, or nearly so."""
    was, is_ = old.plan, new.plan
    if was.ttl != is_.ttl:
        yield _ttl_change(was, is_), "spec.ttl", _ttl(was.ttl), _ttl(is_.ttl)
    if was.stream_view_type is not is_.stream_view_type:
        # Strongly consistent replicas do not read it (global tables, How it works).
        reads = any(one.consistency_mode is ConsistencyMode.EVENTUAL for one in was.replicas)
        code = "stream-of-replicas" if reads else "stream"
        yield code, "spec.streamViewType", _stream(was), _stream(is_)
    yield from _recovery(old, new)
    if was.encryption != is_.encryption:
        place = "spec.serverSideEncryption"
        yield _encryption(old, new), place, _key(was.encryption), _key(is_.encryption)
    if was.table_class is not is_.table_class:
        yield "table-class", "spec.tableClass", was.table_class.value, is_.table_class.value
    if was.deletion_protection != is_.deletion_protection:
        code = "deletion-protection" if is_.deletion_protection else "deletion-protection-off"
        before, after = _switch(was.deletion_protection), _switch(is_.deletion_protection)
        yield code, "spec.deletionProtectionEnabled", before, after
    if was.deletion_policy is not is_.deletion_policy:
        code = "deletion-policy-retain" if is_.is_retained else "deletion-policy-delete"
        before, after = (one.deletion_policy or DeletionPolicy.DELETE for one in (was, is_))
        yield code, "spec.deletionPolicy", before.value, after.value
    before, after = (shown_insights(one.contributor_insights) for one in (was, is_))
    if before != after:
        yield "insights", "contributor insights", before, after
    before, after = _tags(was, is_), _tags(is_, was)
    if before != after:
        yield "tags", "tags", before, after


def _stream(plan: TablePlan) -> str:
    return plan.stream_view_type.value if plan.stream_view_type else "off"


def _tags(plan: TablePlan, other: TablePlan) -> str:
    """Without the Name that follows from `metadata.name`, if that is what differs."""
    is_renamed = plan.logical_name != other.logical_name
    return shown_tags(tag for tag in plan.tags if not (is_renamed and tag == plan.default_name))


def shown_tags(tags: Iterable[TagPlan]) -> str:
    """Tags in one line."""
    return ", ".join(f"{tag.key}={tag.value}" for tag in tags)


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _ttl_change(was: TablePlan, is_: TablePlan) -> str:
    if not is_.ttl.enabled:
        return "ttl-off"
    if was.ttl.enabled:
        return "ttl-attribute"
    strong = any(one.consistency_mode is ConsistencyMode.STRONG for one in was.replicas)
    return "ttl-and-strong-replicas" if strong else "ttl-on"


def _ttl(ttl: TtlPlan) -> str:
    return f"attribute {ttl.attribute_name}" if ttl.enabled else "off"


def _recovery(old: Snapshot, new: Snapshot) -> Differences:
    was, is_ = old.plan.point_in_time_recovery, new.plan.point_in_time_recovery
    if was.enabled != is_.enabled:
        code = "recovery-on" if is_.enabled else "recovery-off"
        before, after = _switch(was.enabled), _switch(is_.enabled)
        yield code, "spec.pointInTimeRecoveryEnabled", before, after
    elif was.period_in_days and is_.period_in_days and was != is_:
        shorter = is_.period_in_days < was.period_in_days
        code = "recovery-shorter" if shorter else "recovery-longer"
        before, after = f"{was.period_in_days} days", f"{is_.period_in_days} days"
        yield code, "the recovery period", before, after


def _encryption(old: Snapshot, new: Snapshot) -> str:
    """The provider changes the kind of key of inline replicas together with the table's: its
    acceptance tests Replica_singleDefaultKeyEncryptedAmazonOwned and Replica_doubleAddCMK do.

    Of standalone replicas, the table's update knows only what its state happens to hold: nothing
    until a refresh or another update, and never their new keys (resourceTableUpdate in table.go).
    So it sends a new customer managed key as SSESpecification, which AWS refuses of a table with
    replicas: customer managed keys "can only be updated through ReplicaUpdates parameter"
    (terraform-provider-aws, issue 21726). Between AWS's own keys it changes the type of encryption,
    which AWS keeps alike in all regions (global tables, synchronized settings).
    """
    was, is_ = old.plan.encryption, new.plan.encryption
    standalone = old.plan.standalone_replicas and new.plan.standalone_replicas
    if standalone and (was.kms_key_arn or is_.kms_key_arn):
        return "replica-encryption"
    copies, copies_before = (
        {replica.region for replica in side.plan.inline_replicas} for side in (new, old)
    )
    removed = old.replicas.keys() - new.replicas.keys()
    if copies - copies_before or (is_.kms_key_arn and removed):
        return "encryption-and-replica"
    return "managed-key" if was.kms_key_arn and _key(is_) == _MANAGED_KEY else "encryption"


_MANAGED_KEY = "aws/dynamodb"


def _key(encryption: EncryptionPlan) -> str:
    return (encryption.kms_key_arn or _MANAGED_KEY) if encryption.enabled else "AWS owned key"


def shown_insights(watched: tuple[InsightsPlan, ...]) -> str:
    """What is monitored, and how."""
    shown = ["the table" if one.index is None else f"index {one.index}" for one in watched]
    return ", ".join(shown + sorted({one.mode.value for one in watched})) or "off"


KINDS: dict[str, ChangeKind] = {
    "ttl-attribute": ChangeKind(
        "ttl.attributeName while TTL is on",
        Effect.TWO_STEPS,
        "AWS does not rename the attribute while TTL is on",
        "set ttl: {enabled: false} and run `pulumi up`; an hour later set the new attribute: AWS "
        "accepts one TTL change an hour",
    ),
    "ttl-and-strong-replicas": ChangeKind(
        "TTL on together with the removal of strongly consistent replicas",
        Effect.TWO_STEPS,
        "the AWS provider turns TTL on before it removes the replicas, and AWS has no TTL for "
        "tables with strongly consistent replicas",
        "remove the replicas and run `pulumi up`, then turn TTL on",
    ),
    "managed-key": ChangeKind(
        "from a customer managed key to aws/dynamodb",
        Effect.TWO_STEPS,
        "the AWS provider sees no change in a key that is left out: the table would stay encrypted "
        "with the customer managed key, and be lost if that key is deleted",
        "set serverSideEncryption: {enabled: false} and run `pulumi up`, then {enabled: true}",
    ),
    "replica-encryption": ChangeKind(
        "a customer managed key of a table whose replicas are standalone resources",
        Effect.TWO_STEPS,
        "AWS changes the keys of all regions together, and the AWS provider does so only where the "
        "replicas are part of the table resource, which they are under PAY_PER_REQUEST",
        "remove the replicas and run `pulumi up`; change serverSideEncryption and run `pulumi up`; "
        "add the replicas again. The rotation of a KMS key needs none of this: its ARN stays",
    ),
    "encryption-and-replica": ChangeKind(
        "serverSideEncryption changed together with the set of replicas",
        Effect.TWO_STEPS,
        "the AWS provider changes the encryption and waits for it in the regions of the new "
        "manifest while AWS still has those of the old one, and fails",
        "remove the replicas that are to go and run `pulumi up`; change serverSideEncryption and "
        "the keys of the remaining replicas and run `pulumi up`; then add the new replicas",
    ),
    "stream-of-replicas": ChangeKind(
        "the stream changed together with the removal of the replicas",
        Effect.TWO_STEPS,
        "the AWS provider disables the stream first, also to change what its records hold, and AWS "
        "refuses that while there are replicas",
        "remove the replicas and run `pulumi up`, then change the stream",
    ),
    "stream": ChangeKind(
        "stream",
        Effect.IN_PLACE,
        "the stream_arn changes or becomes empty: readers of the old stream must move",
    ),
    "ttl-on": ChangeKind(
        "TTL on",
        Effect.IN_PLACE,
        "items whose attribute holds a time in the past are deleted within days",
        "check the attribute's values first: seconds since 1970, not milliseconds",
        warns=True,
    ),
    "ttl-off": ChangeKind(
        "TTL off", Effect.IN_PLACE, "items no longer expire; AWS accepts one TTL change an hour"
    ),
    "recovery-off": ChangeKind(
        "point-in-time recovery off",
        Effect.IN_PLACE,
        "the table can no longer be restored to an earlier time",
        "keep it on unless the data may be lost",
        warns=True,
    ),
    "recovery-on": ChangeKind(
        "point-in-time recovery on", Effect.IN_PLACE, "the table can be restored from now on"
    ),
    "recovery-shorter": ChangeKind(
        "pointInTimeRecovery.recoveryPeriodInDays, shorter",
        Effect.IN_PLACE,
        "the table can no longer be restored to times before the shorter period",
        "keep the longer period unless this is intended",
        warns=True,
    ),
    "recovery-longer": ChangeKind(
        "pointInTimeRecovery.recoveryPeriodInDays, longer",
        Effect.IN_PLACE,
        "the backups grow to the longer period day by day",
    ),
    "encryption": ChangeKind(
        "serverSideEncryption",
        Effect.IN_PLACE,
        "re-encrypted in the background; readers need permissions for the new key",
    ),
    "table-class": ChangeKind("tableClass", Effect.IN_PLACE, "AWS accepts two changes in 30 days"),
    "deletion-protection": ChangeKind(
        "deletionProtectionEnabled on",
        Effect.IN_PLACE,
        "AWS refuses to delete the table, and Pulumi to destroy or replace it",
    ),
    "deletion-protection-off": ChangeKind(
        "deletionProtectionEnabled off",
        Effect.IN_PLACE,
        "the table can be deleted, also by `pulumi destroy`",
    ),
    "deletion-policy-retain": ChangeKind(
        "deletionPolicy retain",
        Effect.IN_PLACE,
        "once this update is done, the table stays in AWS when the stack is destroyed, with its "
        "items, indexes, replicas and autoscaling, whether it is protected or not",
    ),
    "deletion-policy-delete": ChangeKind(
        "deletionPolicy delete",
        Effect.IN_PLACE,
        "once this update is done, `pulumi destroy` deletes the table with all its data, unless it "
        "is protected",
    ),
    "insights": ChangeKind(
        "contributor insights",
        Effect.IN_PLACE,
        "CloudWatch starts or stops reporting the most accessed keys",
    ),
    "tags": ChangeKind("tags", Effect.IN_PLACE, "changed on every resource that takes tags"),
}
