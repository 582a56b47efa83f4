"""Changes to the replicas of an existing table."""

from __future__ import annotations

from dataclasses import replace

from planton.changes.kind import UNPROTECT, ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.enums import ConsistencyMode
from planton.plan.table_plan import ReplicaPlan


def replica_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Replicas added, removed and changed."""
    was, is_ = old.replicas, new.replicas
    if was and is_ and _consistency(old) != _consistency(new):
        yield "consistency", "spec.replicas", _consistency(old), _consistency(new)
        return
    witness, new_witness = (side.plan.witness_region or "none" for side in (old, new))
    if witness != new_witness:
        yield "witness", "spec.globalTableWitness", witness, new_witness
    mode_changes = old.plan.billing_mode is not new.plan.billing_mode
    for region in [*was, *(region for region in is_ if region not in was)]:
        place = f"spec.replicas, {region}"
        before, after = was.get(region), is_.get(region)
        if before is None or after is None:
            code = "replica-added"
            if before:
                code = "replica-removed-with-mode" if mode_changes else "replica-removed"
                code = "protected-replica" if before.deletion_protection else code
            elif after and after.consistency_mode is ConsistencyMode.STRONG:
                code = "strong-replica-added"
            yield code, place, _text(before), _text(after)
        elif before in old.plan.standalone_replicas and after in new.plan.inline_replicas:
            yield "replica-to-inline", place, "", ""
        elif before in old.plan.inline_replicas and after in new.plan.standalone_replicas:
            yield "replica-to-standalone", place, "", ""
        elif before.kms_key_arn != after.kms_key_arn:
            if _is_rebuilt(before, after, after in new.plan.standalone_replicas):
                key, new_key = (one.kms_key_arn or "none" for one in (before, after))
                yield _rebuild(before), f"{place}.kmsKeyArn", key, new_key
        elif before != after:
            yield from _settings(place, before, after, after in new.plan.standalone_replicas)


def _is_rebuilt(old: ReplicaPlan, new: ReplicaPlan, standalone: bool) -> bool:
    """Whether the provider recreates a replica whose key is another or left out.

    A change of the kind of key is reported for the table, too. The provider keeps an inline
    replica whose key is left out, unless something else of the replica changes; its key then
    follows the table's.
    """
    if standalone:
        return bool(old.kms_key_arn and new.kms_key_arn)
    return bool(new.kms_key_arn) or replace(old, kms_key_arn=None) != new


def _rebuild(old: ReplicaPlan) -> str:
    if old.consistency_mode is ConsistencyMode.STRONG:
        return "strong-replica-key"
    return "protected-replica" if old.deletion_protection else "replica-key"


def _settings(place: str, old: ReplicaPlan, new: ReplicaPlan, standalone: bool) -> Differences:
    code = "replica"
    if not standalone:
        if (
            old.point_in_time_recovery != new.point_in_time_recovery
            and old.deletion_protection != new.deletion_protection
        ):
            code = "replica-in-two-runs"
        if old.propagate_tags and not new.propagate_tags:
            yield "replica-tags-kept", f"{place}.propagateTags", "on", "off"
    yield code, place, _text(old), _text(new)


def _consistency(side: Snapshot) -> str:
    """The table's consistency mode; if it is STRONG, with its regions."""
    modes = {replica.consistency_mode for replica in side.plan.replicas}
    if modes != {ConsistencyMode.STRONG}:
        return "EVENTUAL"
    witness = side.plan.witness_region
    regions = ", ".join(side.replicas)
    return f"STRONG in {regions}" + (f", witness in {witness}" if witness else "")


def _text(replica: ReplicaPlan | None) -> str:
    if replica is None:
        return "none"
    key = f", key {replica.kms_key_arn}" if replica.kms_key_arn else ""
    settings = (
        ("point-in-time recovery", replica.point_in_time_recovery),
        ("protection", replica.deletion_protection),
        ("tags", replica.propagate_tags),
    )
    switches = (f", {word} {'on' if on else 'off'}" for word, on in settings)
    return f"{replica.consistency_mode.value}{key}{''.join(switches)}"


KINDS: dict[str, ChangeKind] = {
    "protected-replica": ChangeKind(
        "a replica removed or recreated while it is protected from deletion",
        Effect.TWO_STEPS,
        "AWS refuses to delete the replica, and the update would fail halfway",
        UNPROTECT.format("the replica"),
    ),
    "consistency": ChangeKind(
        "consistencyMode of replicas, or the witness",
        Effect.TWO_STEPS,
        "AWS sets the consistency of a global table when it gets its first replicas, and adds or "
        "removes the replicas of a strongly consistent one only all at once",
        "remove all replicas and the witness and run `pulumi up`, then add the new ones. AWS "
        "creates strongly consistent replicas of empty tables only",
    ),
    "strong-replica-key": ChangeKind(
        "kmsKeyArn of a strongly consistent replica",
        Effect.TWO_STEPS,
        "the AWS provider recreates a replica for another key, and AWS removes strongly consistent "
        "replicas only all at once and creates them of empty tables only",
        "while the table is empty: remove all replicas and the witness and run `pulumi up`; change "
        "serverSideEncryption and run `pulumi up`; add the replicas again with their keys",
    ),
    "replica-removed-with-mode": ChangeKind(
        "a replica removed together with a change of billingMode",
        Effect.TWO_STEPS,
        "replicas are standalone resources under PROVISIONED, and part of the table resource under "
        "PAY_PER_REQUEST: in one update the existing replica would be left behind or deleted twice",
        "remove the replica, run `pulumi up` and `pulumi refresh`, then change billingMode",
    ),
    "replica-to-standalone": ChangeKind(
        "a replica becomes a standalone resource",
        Effect.TWO_STEPS,
        "replicas are standalone resources under PROVISIONED: AWS would refuse to create one that "
        "exists",
        "remove the replicas and run `pulumi up`; change billingMode and run `pulumi up`; add them "
        "again",
    ),
    "replica-to-inline": ChangeKind(
        "a replica becomes part of the table resource",
        Effect.TWO_STEPS,
        "replicas are part of the table resource under PAY_PER_REQUEST: the existing replica would "
        "be deleted with its standalone resource",
        "remove the replicas, run `pulumi up` and `pulumi refresh`; change billingMode and run "
        "`pulumi up`; add them again",
    ),
    "replica-tags-kept": ChangeKind(
        "propagateTags of a replica off",
        Effect.LEFT_BEHIND,
        "the replica keeps its current tags and no longer gets changes",
        "to remove them: aws dynamodb untag-resource --region REGION --resource-arn ARN "
        "--tag-keys KEY",
        warns=True,
    ),
    "replica-in-two-runs": ChangeKind(
        "point-in-time recovery and deletion protection of one replica, in one update",
        Effect.SECOND_RUN,
        "the AWS provider changes the recovery in this update, and the protection in its next one",
        "run `pulumi up` again, and check that it shows the update",
        warns=True,
    ),
    "replica-added": ChangeKind(
        "a replica added",
        Effect.IN_PLACE,
        "the table is copied to the region, and every later write is billed there too",
    ),
    "strong-replica-added": ChangeKind(
        "a strongly consistent replica added",
        Effect.IN_PLACE,
        "AWS creates it for an empty table only: if the table has items, the update fails",
        "for a table with items, use consistencyMode EVENTUAL",
        warns=True,
    ),
    "witness": ChangeKind(
        "globalTableWitness, with all strongly consistent replicas",
        Effect.IN_PLACE,
        "it is added and removed with the replicas; nothing reads or writes there",
    ),
    "replica-removed": ChangeKind(
        "a replica removed",
        Effect.IN_PLACE,
        "the copy in that region is deleted: reads and writes there fail. The other regions keep "
        "the items",
        "move its readers and writers first",
        warns=True,
    ),
    "replica-key": ChangeKind(
        "kmsKeyArn of a replica",
        Effect.REPLICA_REBUILD,
        "the copy in that region is deleted and recreated: until it is ready, reads and writes "
        "there fail; its stream_arn changes",
        "move its readers and writers to another region in the meantime",
        warns=True,
    ),
    "replica": ChangeKind(
        "point-in-time recovery, protection or tags of a replica",
        Effect.IN_PLACE,
        "changes in its region",
    ),
}
