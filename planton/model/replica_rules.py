"""Rules about replicas in other regions."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics import quote
from planton.model.blocks import Replica
from planton.model.capacity_rules import scalings
from planton.model.enums import BillingMode, ConsistencyMode, StreamViewType
from planton.model.rule import Finding, Path, rule
from planton.model.spec import AwsDynamodb, Spec

_REGIONS = ("region", "replicas.regionName")
_MODES = ("replicas.consistencyMode",)
_KEYS = ("replicas.kmsKeyArn", "serverSideEncryption.kmsKeyArn")
_EACH = ("replicas",)
REGION_SETS = {
    "US": ("us-east-1", "us-east-2", "us-west-2"),
    "EU": ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
    "AP": ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
}
"""Within each of these, and not between them, DynamoDB is strongly consistent."""
STRONG_REPLICAS = 2
"""Regions beside the table's own that a strongly consistent table has, a witness among them."""


def _strong(spec: Spec) -> list[Replica]:
    return [replica for replica in spec.replicas if replica.mode is ConsistencyMode.STRONG]


@rule("replicas_require_streams", "replicas", "streamEnabled", "streamViewType")
def replicas_require_streams(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Replication reads the stream, with new and old images (UpdateTable, ReplicaUpdates)."""
    spec = manifest.spec
    if not spec.replicas:
        return
    if not spec.stream_enabled:
        yield Finding(
            ("spec", "streamEnabled"),
            "a table with replicas needs streamEnabled: true and streamViewType: "
            "NEW_AND_OLD_IMAGES",
            "set both: replication reads the stream",
        )
    elif spec.stream_view_type not in (None, StreamViewType.NEW_AND_OLD_IMAGES):
        yield Finding(
            ("spec", "streamViewType"),
            "a table with replicas needs streamViewType NEW_AND_OLD_IMAGES, is "
            f"{spec.stream_view_type.value}",
            "replication reads the stream, and needs both images",
        )


@rule("replica-region", *_REGIONS, "globalTableWitness.regionName")
def one_member_a_region(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Each region once, the table's own and the witness's among them; all in one partition (global
    tables, How it works)."""
    table = f"the table{manifest.region_aside}"
    seen: dict[str, str] = {manifest.region: table} if manifest.region else {}
    for path, what, region in _members(manifest.spec):
        if region in seen:
            other = "another replica" if seen[region] == what else seen[region]
            yield Finding(
                path,
                f"{what} is in {quote(region)}, and so is {other}",
                "name another region: a table has one member in each",
            )
        elif seen and partition_of(region) != partition_of(next(iter(seen))):
            yield Finding(
                path,
                f"{quote(region)} is in another AWS partition than {quote(next(iter(seen)))}",
                "nothing is replicated between them: make a table of its own there",
            )
        seen.setdefault(region, what)


def _members(spec: Spec) -> Iterator[tuple[Path, str, str]]:
    """Each replica and the witness: where its region stands, what it is, the region."""
    for i, replica in enumerate(spec.replicas):
        yield ("spec", "replicas", i, "regionName"), "a replica", replica.region_name
    if spec.global_table_witness:
        witness = spec.global_table_witness.region_name
        yield ("spec", "globalTableWitness", "regionName"), "the witness", witness


@rule(
    "strong-region-set",
    *_REGIONS,
    *_MODES,
    "globalTableWitness.regionName",
    severity="warning",
)
def strong_members_are_of_one_region_set(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Strong consistency reaches as far as a Region set (CreateGlobalTableWitnessGroupMemberAction,
    RegionName). AWS may add to the sets, so it is a warning; of other regions nothing is said."""
    if not _strong(manifest.spec):
        return
    sets = {region: name for name, regions in REGION_SETS.items() for region in regions}
    named = [region for _, _, region in _members(manifest.spec)]
    if manifest.region:
        named.insert(0, manifest.region)
    first = next((region for region in named if region in sets), None)
    for path, _, region in _members(manifest.spec):
        if first and sets.get(region, sets[first]) != sets[first]:
            yield Finding(
                path,
                f"{quote(region)} is of the Region set {sets[region]}, {quote(first)} of "
                f"{sets[first]}: strong consistency does not reach from one to the other",
                f"name regions of {sets[first]} ({', '.join(REGION_SETS[sets[first]])}), or use "
                "consistencyMode EVENTUAL",
            )


_PARTITIONS = ("cn-", "us-gov-", "us-iso-", "us-isob-", "us-isof-", "eu-isoe-", "eusc-")


def partition_of(region: str) -> str:
    """The beginning that regions of a partition share; "" for the commercial one."""
    return next((start for start in _PARTITIONS if region.startswith(start)), "")


@rule("replica_consistency_modes_agree", *_MODES)
def replica_consistency_modes_agree(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A global table is consistent in one way (UpdateTable, MultiRegionConsistency)."""
    replicas = manifest.spec.replicas
    for i, replica in enumerate(replicas):
        first = replicas[0].mode
        if replica.mode is not first:
            yield Finding(
                ("spec", "replicas", i, "consistencyMode"),
                f"consistencyMode is {replica.mode.value}, that of replicas[0] {first.value}",
                "give all replicas the same; absent means EVENTUAL",
            )


@rule("mrsc_topology", *_MODES, "globalTableWitness")
def mrsc_topology(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Strong consistency takes three regions: two replicas, or one and a witness (UpdateTable,
    MultiRegionConsistency)."""
    spec = manifest.spec
    strong, witness = len(_strong(spec)), spec.global_table_witness
    if strong < len(spec.replicas):
        if strong == 0 and witness:
            yield Finding(
                ("spec", "globalTableWitness"),
                "a witness goes with a replica of consistencyMode STRONG only",
                "remove it, or make the replica STRONG",
                at_key=True,
            )
        return
    if not strong:
        if witness:
            yield Finding(
                ("spec", "globalTableWitness"),
                "a witness goes with a replica of consistencyMode STRONG, and there is none",
                "add the replica, or remove the witness",
                at_key=True,
            )
        return
    if strong + bool(witness) != STRONG_REPLICAS:
        has = f"{strong} replica{'s' if strong > 1 else ''}{' and a witness' if witness else ''}"
        yield Finding(
            ("spec", "replicas"),
            f"strong consistency takes three regions: the table's and 2 replicas, or 1 replica and "
            f"a globalTableWitness; this has {has}",
            "name two other regions than the table's, or use consistencyMode EVENTUAL",
            at_key=True,
        )


@rule(
    "strong-consistency",
    *_MODES,
    "billingMode",
    "ttl.enabled",
    "localSecondaryIndexes",
)
def strong_tables_are_simpler(manifest: AwsDynamodb) -> Iterator[Finding]:
    """No expiry and no local indexes (Developer Guide, multi-Region strong consistency); and with
    PROVISIONED no provider can make it: AWS wants the scaling of writes first."""
    spec = manifest.spec
    if not _strong(spec):
        return
    if spec.ttl and spec.ttl.enabled:
        yield Finding(
            ("spec", "ttl", "enabled"),
            "a table with strongly consistent replicas has no expiry: AWS refuses ttl",
            "set enabled: false, or use consistencyMode EVENTUAL",
        )
    if spec.local_secondary_indexes:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            "a table with strongly consistent replicas has no local indexes: AWS refuses them",
            "make them global indexes, or use consistencyMode EVENTUAL",
            at_key=True,
        )
    if manifest.billing_mode is BillingMode.PROVISIONED:
        yield Finding(
            ("spec", "billingMode"),
            "strongly consistent replicas need billing mode PAY_PER_REQUEST: under PROVISIONED AWS "
            "wants the table's writes to scale first, and the provider makes such replicas "
            "together with the table",
            "use PAY_PER_REQUEST, with onDemandThroughput where a maximum is needed",
        )


@rule(
    "replicas-need-autoscaling",
    "replicas",
    "billingMode",
    "autoscaling.enabled",
    "autoscaling.write",
    "globalSecondaryIndexes.autoscaling.enabled",
    "globalSecondaryIndexes.autoscaling.write",
    *_MODES,
    says=("globalSecondaryIndexes.name",),
    each=("globalSecondaryIndexes",),
)
def replicated_writes_scale(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Every member takes all writes, so AWS makes replicas of a PROVISIONED table only where its
    write capacity scales, that of each global index too (UpdateTable, ReplicaUpdates). Strongly
    consistent ones are not made even so, which is said."""
    spec = manifest.spec
    if not spec.replicas or _strong(spec) or manifest.billing_mode is not BillingMode.PROVISIONED:
        return
    table, *indexes = scalings(spec)
    # Indexes without a block of their own take the table's.
    for path, what, scaling in (table, *(index for index in indexes if index[2])):
        if scaling is None or not scaling.enabled or scaling.write is None:
            yield Finding(
                path,
                f"the write capacity of {what} must scale, because the table has replicas",
                "add autoscaling: {write: {maxCapacity: …}}, or use PAY_PER_REQUEST"
                if scaling is None
                else "set enabled: true with write: {maxCapacity: …}, or use PAY_PER_REQUEST",
                at_key=True,
            )


@rule("replica-key", "replicas.regionName", *_KEYS, each=_EACH)
def replicas_have_keys_of_one_kind(manifest: AwsDynamodb) -> Iterator[Finding]:
    """All members are encrypted with the same kind of key (Developer Guide, global tables,
    encryption)."""
    encryption = manifest.spec.server_side_encryption
    customer = bool(encryption and encryption.kms_key_arn)
    for i, replica in enumerate(manifest.spec.replicas):
        path = ("spec", "replicas", i, "kmsKeyArn")
        if customer and replica.kms_key_arn is None:
            yield Finding(
                path,
                f"the table has a customer managed key, the replica in "
                f"{quote(replica.region_name)} none",
                "name a key of that region: all members need the same kind of key",
            )
        if replica.kms_key_arn is not None and not customer:
            yield Finding(
                path,
                "the replica has a customer managed key, the table none",
                "name one in serverSideEncryption too, or remove this one",
            )


@rule("kms-key-region", "replicas.regionName", "replicas.kmsKeyArn", each=_EACH)
def kms_key_in_the_replicas_region(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The key is in the replica's region (CreateReplicationGroupMemberAction, KMSMasterKeyId)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.kms_key_arn is None:
            continue
        of_key = replica.kms_key_arn.split(":")[3]
        if of_key != replica.region_name:
            yield Finding(
                ("spec", "replicas", i, "kmsKeyArn"),
                f"the key is in {quote(of_key)}, the replica in {quote(replica.region_name)}",
                "use a key of the replica's region, or the replica there of a multi-region key",
            )


@rule(
    "second-step",
    *_MODES,
    "replicas.regionName",
    "replicas.deletionProtectionEnabled",
    each=_EACH,
    severity="warning",
)
def strong_replicas_are_protected_later(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The provider protects strongly consistent replicas only when it updates them (its source,
    createReplicas)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.mode is ConsistencyMode.STRONG and replica.deletion_protection_enabled:
            yield Finding(
                ("spec", "replicas", i, "deletionProtectionEnabled"),
                f"the strongly consistent replica in {quote(replica.region_name)} is made without "
                "its deletion protection",
                "run `pulumi up` a second time, and check that it shows the update",
            )


REPLICA_RULES = (
    replicas_require_streams,
    one_member_a_region,
    strong_members_are_of_one_region_set,
    replica_consistency_modes_agree,
    mrsc_topology,
    strong_tables_are_simpler,
    replicated_writes_scale,
    replicas_have_keys_of_one_kind,
    kms_key_in_the_replicas_region,
    strong_replicas_are_protected_later,
)
