"""Every kind of change to a living table: what it does, and how to go on where it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from planton.annotations import ALLOW_REPLACEMENT


class Effect(str, Enum):
    """How far a change goes."""

    IN_PLACE = "in place"
    LEFT_BEHIND = "not carried out"
    SECOND_RUN = "carried out in two runs"
    INDEX_REBUILD = "index rebuild"
    REPLICA_REBUILD = "replica rebuild"
    REPLACEMENT = "replacement, all data is lost"
    TWO_STEPS = "refused, needs two steps"
    REFUSED = "refused"


@dataclass(frozen=True)
class Kind:
    """One kind of change: its effect, what happens, how to go on, and what consents to it."""

    title: str
    effect: Effect
    consequence: str
    way: str = ""
    consent: str | None = None
    warns: bool = False


_ANEW = "the table would be deleted with all its data and made anew, empty"
_COPY = (
    "to keep the data, make a second table under another metadata.name, copy the items, and then "
    "remove this one"
)

KINDS: dict[str, Kind] = {
    "metadata-name": Kind(
        "metadata.name",
        Effect.REPLACEMENT,
        "another resource to the engine: a new table would be made, and this one deleted with all "
        "its data",
        f"keep metadata.name; {_COPY}",
        consent="tableName",
    ),
    "metadata-name-only": Kind(
        "metadata.name, the name of the table kept",
        Effect.REFUSED,
        "another resource to the engine, which would make the table under its name before it "
        "deletes the old one: AWS refuses that",
        "keep metadata.name",
    ),
    "account": Kind(
        "account",
        Effect.REFUSED,
        "the stack's table is in the old account: it would be left behind or not be found",
        "use a stack of its own for each account",
    ),
    "region": Kind(
        "region",
        Effect.REPLACEMENT,
        f"a table cannot move: {_ANEW} in the other region",
        "use a stack of its own for each region, and copy the items",
        consent="region",
    ),
    "region-named": Kind(
        "region, named in one of the manifests only",
        Effect.REPLACEMENT,
        f"unless that is the region in which the stack is anyway, {_ANEW} in the other one",
        "name the same region in both manifests to compare them",
        consent="region",
    ),
    "table-name": Kind(
        "name of the table",
        Effect.REPLACEMENT,
        f"a table cannot be renamed: {_ANEW}",
        f"keep the name; {_COPY}",
        consent="tableName",
    ),
    "key-schema": Kind(
        "keySchema",
        Effect.REPLACEMENT,
        f"the key of a table is fixed: {_ANEW}",
        _COPY,
        consent="keySchema",
    ),
    "local-indexes": Kind(
        "localSecondaryIndexes",
        Effect.REPLACEMENT,
        f"a table has its local indexes from its creation on: {_ANEW}",
        f"a global index can be added and removed at any time; {_COPY}",
        consent="localSecondaryIndexes",
    ),
    "local-index-changed": Kind(
        "key or projection of a local index",
        Effect.REFUSED,
        "the provider tells local indexes apart by their names alone, and does not see the change: "
        "AWS would keep the old index, whatever is consented to",
        f"a global index can have another key or projection at any time; {_COPY}. Under another "
        "name the index can only come by replacing the table, which needs consent to "
        "localSecondaryIndexes and loses all data",
    ),
    "attribute-type": Kind(
        "type of an attribute",
        Effect.REFUSED,
        "the provider does not see a changed type: AWS would keep the old one",
        "for an index: take the index out, `pulumi up` (and delete it in AWS if it was the last), "
        f"put it back with the new type; for a key of the table: {_COPY}",
    ),
    "another-table": Kind(
        "another table in the stack",
        Effect.REFUSED,
        "the program of this stack no longer has that table: it would be deleted with all its data",
        "give it a stack of its own, or take it out of this one, which leaves it in AWS: "
        "`pulumi state delete --target-dependents URN`",
    ),
    "source": Kind(
        "what a new table begins with, given to a table that is there",
        Effect.REFUSED,
        "an import or a restore makes a table: into one that is there nothing is brought",
        "make a second table under another metadata.name with it",
    ),
    "restored-key-schema": Kind(
        "keySchema of a table that is restored",
        Effect.REFUSED,
        "a restored table has the key of its source: it would be deleted with all its data and "
        "restored with that key, in every run",
        "name the source's key. For another one: without the restore, in a table under another "
        "metadata.name to which the items are copied",
    ),
    "restored-local-indexes": Kind(
        "localSecondaryIndexes of a table that is restored",
        Effect.REFUSED,
        "a restored table has the local indexes of its source: it would be deleted with all its "
        "data and restored with those, in every run",
        "name the source's local indexes or none. For others: without the restore, in a table "
        "under another metadata.name to which the items are copied",
    ),
    "protected-replacement": Kind(
        "a replacement while deletion protection is, or was until now, on",
        Effect.TWO_STEPS,
        "the engine refuses it half-way; and protection that goes in the same run protects nothing",
        "first only deletionProtectionEnabled: false and `pulumi up`, then the rest",
    ),
    "protected-copy": Kind(
        "a replacement while a replica is, or was until now, protected from deletion",
        Effect.TWO_STEPS,
        "AWS refuses to delete the replica and with it the table, half-way through the update",
        "first only deletionProtectionEnabled: false of the replica and `pulumi up`, then the rest",
    ),
    "unused-consent": Kind(
        "a consent to replacement that nothing uses",
        Effect.REFUSED,
        "with it what AWS has is no longer kept: a table with another name or key or other local "
        "indexes than the manifest's would be deleted with all its data, now or by a later mistake",
        f"take it out of the annotation {ALLOW_REPLACEMENT}",
    ),
    "ttl-attribute": Kind(
        "ttl.attributeName while expiry is on",
        Effect.TWO_STEPS,
        "AWS refuses to rename the attribute of an expiry that is on",
        "first ttl: {enabled: false} and `pulumi up`, an hour later the new attribute: AWS takes "
        "one change of ttl an hour",
    ),
    "managed-key": Kind(
        "a customer's key to aws/dynamodb",
        Effect.TWO_STEPS,
        "the provider takes a missing key for no change: the table would stay encrypted with the "
        "customer's key, and be lost with it",
        "first serverSideEncryption: {enabled: false} and `pulumi up`, then {enabled: true}",
    ),
    "protected-replica": Kind(
        "a replica removed or made anew while it is protected from deletion",
        Effect.TWO_STEPS,
        "AWS refuses to delete it, half-way through the update",
        "first only deletionProtectionEnabled: false of the replica and `pulumi up`, then the rest",
    ),
    "consistency": Kind(
        "consistencyMode of replicas, or the witness",
        Effect.TWO_STEPS,
        "AWS decides how a global table is consistent when it gets its first replicas, and changes "
        "their number for a strongly consistent one only all at once",
        "take the replicas and the witness out and `pulumi up`; then put the new ones in. AWS "
        "makes strongly consistent replicas of an empty table only",
    ),
    "replica-encryption": Kind(
        "kind of the encryption key of a table with replicas",
        Effect.TWO_STEPS,
        "all regions have keys of one kind, and AWS changes the kind in one region at a time",
        "take the replicas out and `pulumi up`; change serverSideEncryption and `pulumi up`; put "
        "the replicas back",
    ),
    "encryption-and-replica": Kind(
        "a customer's key together with replicas that come or go",
        Effect.TWO_STEPS,
        "the provider gives the key to the regions of the new manifest while AWS still has those "
        "of the old one, and AWS refuses that",
        "first the replicas that go, and `pulumi up`; then serverSideEncryption with the keys of "
        "those that stay, and `pulumi up`; then the replicas that come",
    ),
    "stream-of-replicas": Kind(
        "the stream switched off together with the replicas",
        Effect.TWO_STEPS,
        "the stream goes first, and AWS refuses that as long as there are replicas",
        "first take the replicas out and `pulumi up`, then switch the stream off",
    ),
    "replica-removed-with-mode": Kind(
        "a replica removed together with a change of the billing mode",
        Effect.TWO_STEPS,
        "with PROVISIONED replicas are resources of their own, with PAY_PER_REQUEST part of the "
        "table resource: on the way from one to the other the live replica would be left behind, "
        "or deleted twice",
        "take the replica out, `pulumi up`, `pulumi refresh`; then change billingMode",
    ),
    "replica-to-standalone": Kind(
        "a replica becomes a resource of its own",
        Effect.TWO_STEPS,
        "with PROVISIONED replicas are resources of their own: AWS would refuse to make one that "
        "is there",
        "take the replicas out and `pulumi up`; change billingMode and `pulumi up`; put them back",
    ),
    "replica-to-inline": Kind(
        "a replica becomes part of the table resource",
        Effect.TWO_STEPS,
        "with PAY_PER_REQUEST replicas are part of the table resource: the live replica would be "
        "deleted with the resource that it was",
        "take the replicas out, `pulumi up`, `pulumi refresh`; change billingMode, `pulumi up`; "
        "put them back",
    ),
    "index-to-standalone": Kind(
        "an index becomes a resource of its own",
        Effect.TWO_STEPS,
        "an autoscaling block or a warmThroughput reaches an index that is part of the table "
        "resource: AWS would refuse to make an index that is there",
        "take the index out, `pulumi up` (and delete it in AWS if it was the last), put it back "
        "with the block: it is built anew",
    ),
    "index-to-inline": Kind(
        "an index becomes part of the table resource",
        Effect.TWO_STEPS,
        "the last autoscaling block and warmThroughput of an index are gone: the live index would "
        "be deleted with its resource",
        "keep a block with `autoscaling: {enabled: false}`; or take the index out, `pulumi up`, "
        "`pulumi refresh`, put it back without: it is built anew",
    ),
    "index-in-place-of-standalone": Kind(
        "an index of the table resource added where indexes are resources of their own",
        Effect.TWO_STEPS,
        "the table's state lists the indexes that are resources of their own: the provider would "
        "delete these a second time, and fail",
        "take the others out, `pulumi up`, `pulumi refresh`, then add this one; or give it "
        "`autoscaling: {enabled: false}`, so that it is a resource of its own too",
    ),
    "billing-and-standalone-indexes": Kind(
        "billing mode to PROVISIONED with indexes that are resources of their own",
        Effect.TWO_STEPS,
        "AWS needs the capacity of table and indexes in one request, and these are not part of it",
        "take the indexes out and `pulumi up`; PROVISIONED with provisionedThroughput and "
        "`pulumi up`; then put the indexes back with their autoscaling: they are built anew",
    ),
    "billing-and-scaling": Kind(
        "billing mode to PROVISIONED together with autoscaling",
        Effect.TWO_STEPS,
        "capacity that an autoscaler moves is not sent, and AWS needs it for this change",
        "first PROVISIONED with provisionedThroughput and no autoscaling, `pulumi up`, then "
        "autoscaling",
    ),
    "maximum-removed": Kind(
        "a maximum of onDemandThroughput taken out",
        Effect.TWO_STEPS,
        "the provider leaves a maximum that is not named as it is, or asks AWS for nothing, which "
        "AWS refuses",
        "-1 in its place takes it away; after `pulumi up` it can go",
    ),
    "last-index-removed": Kind(
        "the last global index of the table resource removed",
        Effect.LEFT_BEHIND,
        "the provider takes an empty list of indexes for one that is not its business: the index "
        "stays in AWS, and is paid for",
        "delete it there after the update: aws dynamodb update-table --table-name TABLE "
        '--global-secondary-index-updates \'[{"Delete": {"IndexName": "INDEX"}}]\', then '
        "`pulumi refresh`",
        warns=True,
    ),
    "warm-throughput": Kind(
        "warmThroughput of a table or index that is there, given or raised",
        Effect.LEFT_BEHIND,
        "it counts when the table or index is made. Afterwards the program leaves it alone: AWS "
        "raises it with the load and never lowers it, and for a value below AWS's own the provider "
        "would delete the table and make it anew",
        "to raise it: aws dynamodb update-table --table-name TABLE --warm-throughput "
        "ReadUnitsPerSecond=N,WriteUnitsPerSecond=N (of an index: "
        "--global-secondary-index-updates)",
        warns=True,
    ),
    "replica-tags-kept": Kind(
        "propagateTags of a replica off",
        Effect.LEFT_BEHIND,
        "the replica keeps the tags that it has, and follows no later change of them",
        "to take them away: aws dynamodb untag-resource --region REGION --resource-arn ARN "
        "--tag-keys KEY",
        warns=True,
    ),
    "warm-throughput-lower": Kind(
        "warmThroughput of a table or index that is there, lowered or taken out",
        Effect.LEFT_BEHIND,
        "AWS never lowers what is warm: nothing changes, and nothing needs doing",
    ),
    "replica-in-two-runs": Kind(
        "recovery and deletion protection of one replica, in one update",
        Effect.SECOND_RUN,
        "the provider changes the recovery now, and the protection only in its next update",
        "run `pulumi up` a second time, and look that it shows the update",
        warns=True,
    ),
    "scheduled-bounds": Kind(
        "bounds of autoscaling that a schedule moves",
        Effect.LEFT_BEHIND,
        "they count when the scaling is made. Afterwards the program leaves them where the "
        "schedule has put them",
        "change the bounds of the adjustments; or take these out, `pulumi up`, `pulumi refresh`, "
        "`pulumi up`, and put them back",
        warns=True,
    ),
    "billing-mode": Kind(
        "billingMode",
        Effect.IN_PLACE,
        "AWS takes a change to PAY_PER_REQUEST four times a day, to PROVISIONED at any time; "
        "autoscaling, if any, goes with PROVISIONED",
    ),
    "capacity": Kind("provisionedThroughput", Effect.IN_PLACE, "takes effect within minutes"),
    "scaled-capacity": Kind(
        "provisionedThroughput under autoscaling",
        Effect.IN_PLACE,
        "the autoscaler decides the capacity: the new units take effect when it is switched off",
    ),
    "autoscaling-on": Kind("autoscaling on", Effect.IN_PLACE, "the autoscaler takes over"),
    "autoscaling-off": Kind(
        "autoscaling off",
        Effect.IN_PLACE,
        "the scaling goes, and its scheduledAdjustments with it; the capacity returns to the "
        "manifest's units, whatever it was scaled to, as soon as a `pulumi refresh` has seen where "
        "it is",
        "set provisionedThroughput to what the load needs",
        warns=True,
    ),
    "autoscaling": Kind("autoscaling", Effect.IN_PLACE, "takes effect at the next scaling"),
    "schedules": Kind(
        "scheduledAdjustments",
        Effect.IN_PLACE,
        "the bounds move at the new times",
    ),
    "schedules-off": Kind(
        "scheduledAdjustments, the last one of a dimension removed",
        Effect.IN_PLACE,
        "the bounds stay where the last adjustment has put them until a `pulumi refresh` has seen "
        "that",
        "`pulumi refresh`, then `pulumi up`",
        warns=True,
    ),
    "index-added": Kind(
        "a global index added",
        Effect.IN_PLACE,
        "built in the background; one index at a time",
    ),
    "index-removed": Kind(
        "a global index removed",
        Effect.IN_PLACE,
        "queries that use it fail at once; the table's items stay",
    ),
    "index-changed": Kind(
        "key or projection of a global index",
        Effect.INDEX_REBUILD,
        "the index is deleted and built anew; queries that use it fail until it is built",
        "to go on without a gap, add an index under a new name, move the queries, remove this one",
    ),
    "replica-added": Kind(
        "a replica added",
        Effect.IN_PLACE,
        "the table is copied to the region, every later write is paid for there too",
    ),
    "strong-replica-added": Kind(
        "a strongly consistent replica added",
        Effect.IN_PLACE,
        "AWS makes it of an empty table only: where there are items the update fails",
        "for a table with items use consistencyMode EVENTUAL",
        warns=True,
    ),
    "witness": Kind(
        "globalTableWitness, with all strongly consistent replicas",
        Effect.IN_PLACE,
        "it comes and goes with the replicas; nothing reads or writes there",
    ),
    "replica-removed": Kind(
        "a replica removed",
        Effect.IN_PLACE,
        "the copy in that region is deleted: what reads and writes there fails. The table's items "
        "stay in the other regions",
        "move its readers and writers first",
        warns=True,
    ),
    "replica-key": Kind(
        "kmsKeyArn of a replica",
        Effect.REPLICA_REBUILD,
        "the copy in that region is deleted and made anew: until it is there, what reads and "
        "writes there fails; its stream_arn is another one",
        "move its readers and writers to another region meanwhile",
        warns=True,
    ),
    "replica": Kind("recovery, protection or tags of a replica", Effect.IN_PLACE, "in its region"),
    "resource-policy": Kind(
        "resourcePolicy",
        Effect.IN_PLACE,
        "who may use the table changes within seconds",
    ),
    "lock-out-allowed": Kind(
        "resourcePolicy.confirmRemoveSelfResourceAccess on",
        Effect.IN_PLACE,
        "AWS no longer refuses a policy that takes from whoever sets it the right to change it "
        "again, so a wrong one can lock this program out",
        "keep it off unless the policy is meant to do that",
        warns=True,
    ),
    "lock-out-refused": Kind(
        "resourcePolicy.confirmRemoveSelfResourceAccess off",
        Effect.IN_PLACE,
        "AWS refuses a policy that takes from whoever sets it the right to change it again",
    ),
    "kinesis-on": Kind(
        "kinesisStreamingDestination on", Effect.IN_PLACE, "changes from now on are sent"
    ),
    "kinesis": Kind(
        "kinesisStreamingDestination, another",
        Effect.IN_PLACE,
        "a table sends to one stream: the old one is switched off first, and changes until the "
        "new one is on are sent to neither",
        "read what is missing from the table's own stream, if it has one",
        warns=True,
    ),
    "kinesis-off": Kind(
        "kinesisStreamingDestination off",
        Effect.IN_PLACE,
        "changes from now on are sent to no Kinesis stream: what reads them there gets no more",
        "let its readers read the table's own stream, if it has one",
        warns=True,
    ),
    "source-off": Kind(
        "what the table began with, no longer named",
        Effect.IN_PLACE,
        "nothing: it counted when the table was made",
    ),
    "maximum": Kind(
        "onDemandThroughput",
        Effect.IN_PLACE,
        "requests above the maximum are refused",
    ),
    "stream": Kind(
        "stream",
        Effect.IN_PLACE,
        "another stream_arn, or none: what reads the old stream must be moved",
    ),
    "ttl-on": Kind(
        "ttl on",
        Effect.IN_PLACE,
        "items whose attribute holds a time in the past are deleted, within days",
        "look at the attribute's values first: seconds since 1970, not milliseconds",
        warns=True,
    ),
    "ttl-off": Kind("ttl off", Effect.IN_PLACE, "nothing expires; AWS takes one change an hour"),
    "recovery-off": Kind(
        "recovery off",
        Effect.IN_PLACE,
        "the table can no longer be restored to a time before now",
        "keep it on unless the data can be lost",
        warns=True,
    ),
    "recovery-on": Kind("recovery on", Effect.IN_PLACE, "restorable from now on"),
    "recovery-shorter": Kind(
        "pointInTimeRecovery.recoveryPeriodInDays, shorter",
        Effect.IN_PLACE,
        "what lies before the shorter period can no longer be restored",
        "keep the longer period unless that is wanted",
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
        "re-encrypted in the background; readers need the new key's permissions",
    ),
    "table-class": Kind("tableClass", Effect.IN_PLACE, "AWS takes two changes in 30 days"),
    "deletion-protection": Kind(
        "deletionProtectionEnabled on",
        Effect.IN_PLACE,
        "AWS refuses to delete the table, and Pulumi to destroy or replace it",
    ),
    "deletion-protection-off": Kind(
        "deletionProtectionEnabled off",
        Effect.IN_PLACE,
        "the table can be deleted, by `pulumi destroy` too",
    ),
    "insights": Kind("contributor insights", Effect.IN_PLACE, "graphs come and go"),
    "tags": Kind("tags", Effect.IN_PLACE, "on everything that takes tags"),
}
"""Every kind of change, in the order in which they are looked for and shown."""
