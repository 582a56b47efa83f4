"""Every kind of change to an existing table: its effect, and how to fix what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from planton.dialects.annotations import ALLOW_REPLACEMENT


class Effect(str, Enum):
    """How far a change goes."""

    IN_PLACE = "in place"
    LEFT_BEHIND = "has no effect in AWS"
    SECOND_RUN = "needs a second update"
    INDEX_REBUILD = "index rebuild"
    REPLICA_REBUILD = "replica rebuild"
    REPLACEMENT = "replacement, all data is lost"
    TWO_STEPS = "refused, needs two steps"
    REFUSED = "refused"


@dataclass(frozen=True)
class Kind:
    """One kind of change: its effect, what happens, how to fix it, and what allows it."""

    title: str
    effect: Effect
    consequence: str
    fix: str = ""
    allowed_by: str | None = None
    """A value of the annotation allow-replacement."""
    warns: bool = False


_RECREATED = "the table would be deleted with all its data and recreated empty"
_COPY = (
    "to keep the data, create a second table under another metadata.name, copy the items, then "
    "remove this one"
)
_UNPROTECT = (
    "set deletionProtectionEnabled: false on {} alone and run `pulumi up`, then make the rest of "
    "the change"
)

KINDS: dict[str, Kind] = {
    "metadata-name": Kind(
        "metadata.name",
        Effect.REPLACEMENT,
        "to Pulumi this is another resource: it would create a new table and delete this one with "
        "all its data",
        f"keep metadata.name; {_COPY}",
        allowed_by="tableName",
    ),
    "metadata-name-only": Kind(
        "metadata.name, with the same table name",
        Effect.REFUSED,
        "to Pulumi this is another resource: it would create the new table before it deletes the "
        "old one, and AWS refuses a second table of the same name",
        "keep metadata.name",
    ),
    "account": Kind(
        "account",
        Effect.REFUSED,
        "the stack's table is in the old account, where it would be left behind",
        "use a separate stack for each account",
    ),
    "region": Kind(
        "region",
        Effect.REPLACEMENT,
        f"a table cannot move: {_RECREATED} in the other region",
        "use a separate stack for each region, and copy the items",
        allowed_by="region",
    ),
    "region-named": Kind(
        "region, named in only one of the manifests",
        Effect.REPLACEMENT,
        f"unless the stack is in that region anyway, {_RECREATED} in the other one",
        "to compare them, name the same region in both manifests",
        allowed_by="region",
    ),
    "table-name": Kind(
        "name of the table",
        Effect.REPLACEMENT,
        f"a table cannot be renamed: {_RECREATED}",
        f"keep the name; {_COPY}",
        allowed_by="tableName",
    ),
    "key-schema": Kind(
        "keySchema",
        Effect.REPLACEMENT,
        f"a table's key cannot change: {_RECREATED}",
        _COPY,
        allowed_by="keySchema",
    ),
    "local-indexes": Kind(
        "localSecondaryIndexes",
        Effect.REPLACEMENT,
        f"local indexes can only be created with their table: {_RECREATED}",
        f"use a global index, which can be added and removed at any time; {_COPY}",
        allowed_by="localSecondaryIndexes",
    ),
    "local-index-changed": Kind(
        "key or projection of a local index",
        Effect.REFUSED,
        "the AWS provider compares local indexes by name only and does not see this change: AWS "
        "would keep the old index, even where its replacement is allowed",
        f"use a global index, which can change at any time; {_COPY}. Renaming the index replaces "
        "the table, and all data is lost",
    ),
    "attribute-type": Kind(
        "type of an attribute",
        Effect.REFUSED,
        "the AWS provider does not see a changed type: AWS would keep the old one",
        "if the attribute belongs to an index: remove the index, run `pulumi up` (if it was the "
        "last index, delete it in AWS too), and add it again with the new type. If it belongs to "
        f"the table's key: {_COPY}",
    ),
    "unfinished-replacement": Kind(
        "another manifest after a replacement that failed",
        Effect.REFUSED,
        "the last update was allowed to replace the table, and failed: the table may be deleted "
        "already, and the engine would create it and delete it again",
        "run `pulumi up --refresh` with that update's manifest, annotation included. To give the "
        "replacement up, remove the record and the table from the state, import the table if it "
        "still exists, and run `pulumi up` with a manifest that describes it",
    ),
    "another-table": Kind(
        "another table in the stack",
        Effect.REFUSED,
        "the stack's program no longer contains that table: it would be deleted with all its data",
        "move that table to a separate stack, or remove it from this stack's state, which keeps "
        "it in AWS: `pulumi state delete --force --target-dependents URN`",
    ),
    "source": Kind(
        "data source of an existing table",
        Effect.REFUSED,
        "an import or a restore creates a table: nothing can be brought into an existing one",
        "import or restore into a second table, under another metadata.name",
    ),
    "restored-key-schema": Kind(
        "keySchema of a restored table",
        Effect.REFUSED,
        "a restored table has the key of its source: every update would delete it with all its "
        "data and restore it with that same key",
        "write the source's key. For another key, create a table without the restore under "
        "another metadata.name and copy the items",
    ),
    "restored-local-indexes": Kind(
        "localSecondaryIndexes of a restored table",
        Effect.REFUSED,
        "a restored table has the local indexes of its source: every update would delete it with "
        "all its data and restore it with those same indexes",
        "write the source's local indexes, or none. For others, create a table without the "
        "restore under another metadata.name and copy the items",
    ),
    "protected-replacement": Kind(
        "a replacement of a table that is, or was until this update, protected from deletion",
        Effect.TWO_STEPS,
        "the update would fail halfway, and protection that is removed in the same update protects "
        "nothing",
        _UNPROTECT.format("the table"),
    ),
    "protected-copy": Kind(
        "a replacement of a table whose replica is, or was until this update, protected from "
        "deletion",
        Effect.TWO_STEPS,
        "AWS refuses to delete the replica, and the update would fail halfway",
        _UNPROTECT.format("the replica"),
    ),
    "unused-consent": Kind(
        "an allowed replacement that this update does not need",
        Effect.REFUSED,
        "while the annotation is set, the name, key and local indexes that the table has in AWS "
        "are not kept: where the manifest differs from them, now or after a later mistake, the "
        "table would be deleted with all its data",
        f"remove it from the annotation {ALLOW_REPLACEMENT}",
    ),
    "ttl-attribute": Kind(
        "ttl.attributeName while TTL is on",
        Effect.TWO_STEPS,
        "AWS does not rename the attribute while TTL is on",
        "set ttl: {enabled: false} and run `pulumi up`; an hour later set the new attribute: AWS "
        "accepts one TTL change an hour",
    ),
    "managed-key": Kind(
        "from a customer managed key to aws/dynamodb",
        Effect.TWO_STEPS,
        "the AWS provider sees no change in a key that is left out: the table would stay encrypted "
        "with the customer managed key, and be lost if that key is deleted",
        "set serverSideEncryption: {enabled: false} and run `pulumi up`, then {enabled: true}",
    ),
    "protected-replica": Kind(
        "a replica removed or recreated while it is protected from deletion",
        Effect.TWO_STEPS,
        "AWS refuses to delete the replica, and the update would fail halfway",
        _UNPROTECT.format("the replica"),
    ),
    "consistency": Kind(
        "consistencyMode of replicas, or the witness",
        Effect.TWO_STEPS,
        "AWS sets the consistency of a global table when it gets its first replicas, and adds or "
        "removes the replicas of a strongly consistent one only all at once",
        "remove all replicas and the witness and run `pulumi up`, then add the new ones. AWS "
        "creates strongly consistent replicas of empty tables only",
    ),
    "replica-encryption": Kind(
        "kind of encryption key of a table with replicas",
        Effect.TWO_STEPS,
        "the keys of all regions are of one kind, and AWS changes the kind in one region at a time",
        "remove the replicas and run `pulumi up`; change serverSideEncryption and run `pulumi up`; "
        "add the replicas again",
    ),
    "encryption-and-replica": Kind(
        "a customer managed key changed together with the set of replicas",
        Effect.TWO_STEPS,
        "the AWS provider sends the keys for the regions of the new manifest while AWS still has "
        "those of the old one, and AWS refuses that",
        "remove the replicas that are to go and run `pulumi up`; change serverSideEncryption and "
        "the keys of the remaining replicas and run `pulumi up`; then add the new replicas",
    ),
    "stream-of-replicas": Kind(
        "the stream disabled together with the removal of the replicas",
        Effect.TWO_STEPS,
        "the stream is disabled first, and AWS refuses that while there are replicas",
        "remove the replicas and run `pulumi up`, then disable the stream",
    ),
    "replica-removed-with-mode": Kind(
        "a replica removed together with a change of billingMode",
        Effect.TWO_STEPS,
        "replicas are standalone resources under PROVISIONED, and part of the table resource under "
        "PAY_PER_REQUEST: in one update the existing replica would be left behind or deleted twice",
        "remove the replica, run `pulumi up` and `pulumi refresh`, then change billingMode",
    ),
    "replica-to-standalone": Kind(
        "a replica becomes a standalone resource",
        Effect.TWO_STEPS,
        "replicas are standalone resources under PROVISIONED: AWS would refuse to create one that "
        "exists",
        "remove the replicas and run `pulumi up`; change billingMode and run `pulumi up`; add them "
        "again",
    ),
    "replica-to-inline": Kind(
        "a replica becomes part of the table resource",
        Effect.TWO_STEPS,
        "replicas are part of the table resource under PAY_PER_REQUEST: the existing replica would "
        "be deleted with its standalone resource",
        "remove the replicas, run `pulumi up` and `pulumi refresh`; change billingMode and run "
        "`pulumi up`; add them again",
    ),
    "index-to-standalone": Kind(
        "an index becomes a standalone resource",
        Effect.TWO_STEPS,
        "autoscaling or warmThroughput now applies to an index that is part of the table resource: "
        "AWS would refuse to create an index that exists",
        "remove the index, run `pulumi up` (if it was the last index, delete it in AWS too), and "
        "add it again with the new block: it is rebuilt",
    ),
    "index-to-inline": Kind(
        "an index becomes part of the table resource",
        Effect.TWO_STEPS,
        "no index has autoscaling or warmThroughput any more: the existing index would be deleted "
        "with its standalone resource",
        "keep a block with `autoscaling: {enabled: false}`; or remove the index, run `pulumi up` "
        "and `pulumi refresh`, and add it again without the block: it is rebuilt",
    ),
    "index-in-place-of-standalone": Kind(
        "an index added to the table resource while other indexes are standalone resources",
        Effect.TWO_STEPS,
        "the table's state lists the standalone indexes too: the AWS provider would delete them a "
        "second time, and fail",
        "remove the other indexes, run `pulumi up` and `pulumi refresh`, then add this one; or "
        "give it `autoscaling: {enabled: false}`, which makes it a standalone resource too",
    ),
    "billing-and-standalone-indexes": Kind(
        "billingMode to PROVISIONED with indexes that are standalone resources",
        Effect.TWO_STEPS,
        "AWS needs the capacity of the table and of its indexes in one request, which does not "
        "include standalone indexes",
        "remove the indexes and run `pulumi up`; set PROVISIONED with provisionedThroughput and "
        "run `pulumi up`; add the indexes again with their autoscaling: they are rebuilt",
    ),
    "billing-and-scaling": Kind(
        "billingMode to PROVISIONED together with autoscaling",
        Effect.TWO_STEPS,
        "AWS needs the capacity for this change, and the program does not send capacity that an "
        "autoscaler manages",
        "set PROVISIONED with provisionedThroughput and without autoscaling, run `pulumi up`, then "
        "add autoscaling",
    ),
    "maximum-removed": Kind(
        "a maximum of onDemandThroughput removed",
        Effect.TWO_STEPS,
        "the AWS provider keeps a maximum that is left out, or sends an empty one, which AWS "
        "refuses",
        "set it to -1, which removes it, and run `pulumi up`; then leave it out",
    ),
    "last-index-removed": Kind(
        "the last global index of the table resource removed",
        Effect.LEFT_BEHIND,
        "the AWS provider ignores an empty list of indexes: the index stays in AWS and is billed",
        "delete it in AWS after the update: aws dynamodb update-table --table-name TABLE "
        '--global-secondary-index-updates \'[{"Delete": {"IndexName": "INDEX"}}]\', then run '
        "`pulumi refresh`",
        warns=True,
    ),
    "warm-throughput": Kind(
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
    "replica-tags-kept": Kind(
        "propagateTags of a replica off",
        Effect.LEFT_BEHIND,
        "the replica keeps its current tags and no longer gets changes",
        "to remove them: aws dynamodb untag-resource --region REGION --resource-arn ARN "
        "--tag-keys KEY",
        warns=True,
    ),
    "warm-throughput-lower": Kind(
        "warmThroughput of an existing table or index, lowered or removed",
        Effect.LEFT_BEHIND,
        "AWS never lowers warm throughput: nothing changes, and there is nothing to do",
    ),
    "replica-in-two-runs": Kind(
        "point-in-time recovery and deletion protection of one replica, in one update",
        Effect.SECOND_RUN,
        "the AWS provider changes the recovery in this update, and the protection in its next one",
        "run `pulumi up` again, and check that it shows the update",
        warns=True,
    ),
    "scheduled-bounds": Kind(
        "bounds of autoscaling that a schedule changes",
        Effect.LEFT_BEHIND,
        "the bounds apply only when autoscaling is created. Afterwards the schedule sets them",
        "change the bounds of the scheduled adjustments; or remove these, run `pulumi up`, "
        "`pulumi refresh` and `pulumi up`, and add them again",
        warns=True,
    ),
    "billing-mode": Kind(
        "billingMode",
        Effect.IN_PLACE,
        "AWS accepts a change to PAY_PER_REQUEST four times a day, and to PROVISIONED at any time; "
        "autoscaling is removed with PROVISIONED",
    ),
    "capacity": Kind("provisionedThroughput", Effect.IN_PLACE, "takes effect within minutes"),
    "scaled-capacity": Kind(
        "provisionedThroughput under autoscaling",
        Effect.IN_PLACE,
        "the autoscaler sets the capacity: the new units take effect when it is turned off",
    ),
    "autoscaling-on": Kind(
        "autoscaling on", Effect.IN_PLACE, "from now on the autoscaler sets the capacity"
    ),
    "autoscaling-off": Kind(
        "autoscaling off",
        Effect.IN_PLACE,
        "the scaling is removed together with its scheduledAdjustments. The capacity returns to "
        "the manifest's units, whatever it was scaled to, with the first update after a "
        "`pulumi refresh`",
        "set provisionedThroughput to what the load needs",
        warns=True,
    ),
    "autoscaling": Kind("autoscaling", Effect.IN_PLACE, "takes effect at the next scaling"),
    "schedules": Kind(
        "scheduledAdjustments",
        Effect.IN_PLACE,
        "the bounds change at the new times",
    ),
    "schedules-off": Kind(
        "scheduledAdjustments, the last one of a dimension removed",
        Effect.IN_PLACE,
        "the bounds stay as the last adjustment set them until the first update after a "
        "`pulumi refresh`",
        "run `pulumi refresh`, then `pulumi up`",
        warns=True,
    ),
    "index-added": Kind(
        "a global index added",
        Effect.IN_PLACE,
        "built in the background, one index at a time",
    ),
    "index-removed": Kind(
        "a global index removed",
        Effect.IN_PLACE,
        "queries that use it fail at once; the table keeps its items",
    ),
    "index-changed": Kind(
        "key or projection of a global index",
        Effect.INDEX_REBUILD,
        "the index is deleted and rebuilt; queries that use it fail until it is built",
        "to avoid the gap, add an index under a new name, move the queries to it, then remove this "
        "one",
    ),
    "replica-added": Kind(
        "a replica added",
        Effect.IN_PLACE,
        "the table is copied to the region, and every later write is billed there too",
    ),
    "strong-replica-added": Kind(
        "a strongly consistent replica added",
        Effect.IN_PLACE,
        "AWS creates it for an empty table only: if the table has items, the update fails",
        "for a table with items, use consistencyMode EVENTUAL",
        warns=True,
    ),
    "witness": Kind(
        "globalTableWitness, with all strongly consistent replicas",
        Effect.IN_PLACE,
        "it is added and removed with the replicas; nothing reads or writes there",
    ),
    "replica-removed": Kind(
        "a replica removed",
        Effect.IN_PLACE,
        "the copy in that region is deleted: reads and writes there fail. The other regions keep "
        "the items",
        "move its readers and writers first",
        warns=True,
    ),
    "replica-key": Kind(
        "kmsKeyArn of a replica",
        Effect.REPLICA_REBUILD,
        "the copy in that region is deleted and recreated: until it is ready, reads and writes "
        "there fail; its stream_arn changes",
        "move its readers and writers to another region in the meantime",
        warns=True,
    ),
    "replica": Kind(
        "point-in-time recovery, protection or tags of a replica",
        Effect.IN_PLACE,
        "changes in its region",
    ),
    "resource-policy": Kind(
        "resourcePolicy",
        Effect.IN_PLACE,
        "access to the table changes within seconds",
    ),
    "lock-out-allowed": Kind(
        "resourcePolicy.confirmRemoveSelfResourceAccess on",
        Effect.IN_PLACE,
        "AWS no longer refuses a policy whose author could not change it again, so a mistake can "
        "lock this program out",
        "turn it off unless the policy is meant to do that",
        warns=True,
    ),
    "lock-out-refused": Kind(
        "resourcePolicy.confirmRemoveSelfResourceAccess off",
        Effect.IN_PLACE,
        "AWS refuses a policy whose author could not change it again",
    ),
    "kinesis-on": Kind(
        "kinesisStreamingDestination on", Effect.IN_PLACE, "sends changes from now on"
    ),
    "kinesis": Kind(
        "another kinesisStreamingDestination",
        Effect.IN_PLACE,
        "a table sends to one stream: the old one is disabled first, and changes that happen "
        "before the new one is enabled are sent to neither",
        "read the missing changes from the table's own stream, if it has one",
        warns=True,
    ),
    "kinesis-off": Kind(
        "kinesisStreamingDestination off",
        Effect.IN_PLACE,
        "no changes are sent to Kinesis from now on: readers of that stream get nothing more",
        "move its readers to the table's own stream, if it has one",
        warns=True,
    ),
    "source-off": Kind(
        "data source of the table, removed from the manifest",
        Effect.IN_PLACE,
        "nothing changes: it applied only when the table was created",
    ),
    "maximum": Kind(
        "onDemandThroughput",
        Effect.IN_PLACE,
        "requests above the maximum are throttled",
    ),
    "stream": Kind(
        "stream",
        Effect.IN_PLACE,
        "the stream_arn changes or becomes empty: readers of the old stream must move",
    ),
    "ttl-on": Kind(
        "TTL on",
        Effect.IN_PLACE,
        "items whose attribute holds a time in the past are deleted within days",
        "check the attribute's values first: seconds since 1970, not milliseconds",
        warns=True,
    ),
    "ttl-off": Kind(
        "TTL off", Effect.IN_PLACE, "items no longer expire; AWS accepts one TTL change an hour"
    ),
    "recovery-off": Kind(
        "point-in-time recovery off",
        Effect.IN_PLACE,
        "the table can no longer be restored to an earlier time",
        "keep it on unless the data may be lost",
        warns=True,
    ),
    "recovery-on": Kind(
        "point-in-time recovery on", Effect.IN_PLACE, "the table can be restored from now on"
    ),
    "recovery-shorter": Kind(
        "pointInTimeRecovery.recoveryPeriodInDays, shorter",
        Effect.IN_PLACE,
        "the table can no longer be restored to times before the shorter period",
        "keep the longer period unless this is intended",
        warns=True,
    ),
    "recovery-longer": Kind(
        "pointInTimeRecovery.recoveryPeriodInDays, longer",
        Effect.IN_PLACE,
        "the backups grow to the longer period day by day",
    ),
    "encryption": Kind(
        "serverSideEncryption",
        Effect.IN_PLACE,
        "re-encrypted in the background; readers need permissions for the new key",
    ),
    "table-class": Kind("tableClass", Effect.IN_PLACE, "AWS accepts two changes in 30 days"),
    "deletion-protection": Kind(
        "deletionProtectionEnabled on",
        Effect.IN_PLACE,
        "AWS refuses to delete the table, and Pulumi to destroy or replace it",
    ),
    "deletion-protection-off": Kind(
        "deletionProtectionEnabled off",
        Effect.IN_PLACE,
        "the table can be deleted, also by `pulumi destroy`",
    ),
    "insights": Kind(
        "contributor insights",
        Effect.IN_PLACE,
        "CloudWatch starts or stops reporting the most accessed keys",
    ),
    "tags": Kind("tags", Effect.IN_PLACE, "changed on every resource that takes tags"),
}
"""Every kind of change, in the order in which they are looked for and shown."""
