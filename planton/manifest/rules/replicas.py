"""Rules about replicas in other regions."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.manifest.blocks import Replica
from planton.manifest.enums import BillingMode, ConsistencyMode, StreamViewType
from planton.manifest.manifest import Manifest
from planton.manifest.rules.capacity import scalings
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec
from planton.manifest.types import MAX_RECOVERY_DAYS

_REGIONS = ("region", "replicas.regionName")
_MODES = ("replicas.consistencyMode",)
_KEYS = ("replicas.kmsKeyArn", "serverSideEncryption.kmsKeyArn")
_EACH = ("replicas",)
REGION_SETS = {
    "US": ("us-east-1", "us-east-2", "us-west-2"),
    "EU": ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
    "AP": ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
}
"""The Region sets. Strong consistency does not span them."""
STRONG_REPLICAS = 2
"""The replicas of a strongly consistent table, including a witness."""


def _strong(spec: Spec) -> list[Replica]:
    return [replica for replica in spec.replicas if replica.mode is ConsistencyMode.STRONG]


@rule("replicas-require-streams", "replicas", "streamEnabled", "streamViewType")
def replicas_require_streams(manifest: Manifest) -> Iterator[Finding]:
    """Replication reads the stream and needs both images (UpdateTable, ReplicaUpdates)."""
    spec = manifest.spec
    if not spec.replicas:
        return
    if not spec.stream_enabled:
        yield Finding(
            ("spec", "streamEnabled"),
            f"a table with replicas needs {manifest.words.stream_enabled}: true and "
            "streamViewType: NEW_AND_OLD_IMAGES",
            "set both: replication reads the stream",
        )
    elif spec.stream_view_type not in (None, StreamViewType.NEW_AND_OLD_IMAGES):
        yield Finding(
            ("spec", "streamViewType"),
            "a table with replicas needs streamViewType NEW_AND_OLD_IMAGES, got "
            f"{spec.stream_view_type.value}",
            "set NEW_AND_OLD_IMAGES: replication reads both images from the stream",
        )


@rule("replica-region", *_REGIONS, "globalTableWitness.regionName")
def one_replica_per_region(manifest: Manifest) -> Iterator[Finding]:
    """The table, its replicas and the witness are in different regions of one partition (global
    tables, How it works)."""
    table = f"the table{manifest.region_aside}"
    seen: dict[str, str] = {manifest.region: table} if manifest.region else {}
    for path, what, region in _members(manifest.spec):
        if region in seen:
            other = "another replica" if seen[region] == what else seen[region]
            yield Finding(
                path,
                f"{what} is in {quote(region)}, and so is {other}",
                "use another region: a global table has one replica per region",
            )
        elif seen and partition_of(region) != partition_of(next(iter(seen))):
            yield Finding(
                path,
                f"{quote(region)} and {quote(next(iter(seen)))} are in different AWS partitions",
                "create a separate table there: DynamoDB does not replicate between partitions",
            )
        seen.setdefault(region, what)


def _members(spec: Spec) -> Iterator[tuple[Path, str, str]]:
    """Each replica and the witness: the path of its region, its name in messages, its region."""
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
)
def strong_replicas_in_one_region_set(manifest: Manifest) -> Iterator[Finding]:
    """Strong consistency does not span Region sets (CreateGlobalTableWitnessGroupMemberAction,
    RegionName). This is a warning, because AWS may extend the sets; other regions are not
    checked."""
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
                f"{quote(region)} is in the Region set {sets[region]}, but {quote(first)} is in "
                f"{sets[first]}: strong consistency does not span Region sets",
                f"use regions in {sets[first]} ({', '.join(REGION_SETS[sets[first]])}), or use "
                "consistencyMode EVENTUAL",
            )


_PARTITIONS = ("cn-", "us-gov-", "us-iso-", "us-isob-", "us-isof-", "eu-isoe-", "eusc-")


def partition_of(region: str) -> str:
    """The prefix of a region that names its partition; "" for the commercial one."""
    return next((start for start in _PARTITIONS if region.startswith(start)), "")


@rule("replica-consistency-modes-agree", *_MODES)
def replica_consistency_modes_agree(manifest: Manifest) -> Iterator[Finding]:
    """A global table has one consistency mode (UpdateTable, MultiRegionConsistency)."""
    replicas = manifest.spec.replicas
    for i, replica in enumerate(replicas):
        first = replicas[0].mode
        if replica.mode is not first:
            yield Finding(
                ("spec", "replicas", i, "consistencyMode"),
                f"consistencyMode is {replica.mode.value}, but that of replicas[0] is "
                f"{first.value}",
                "set the same mode for all replicas; absent means EVENTUAL",
            )


@rule("mrsc-topology", *_MODES, "globalTableWitness")
def mrsc_topology(manifest: Manifest) -> Iterator[Finding]:
    """Strong consistency needs three regions: the table's, and two replicas or one and a witness
    (UpdateTable, MultiRegionConsistency)."""
    spec = manifest.spec
    strong, witness = len(_strong(spec)), spec.global_table_witness
    if strong < len(spec.replicas):
        if strong == 0 and witness:
            yield Finding(
                ("spec", "globalTableWitness"),
                "a witness is only allowed with a replica of consistencyMode STRONG",
                "remove it, or make the replica STRONG",
                at_key=True,
            )
        return
    if not strong:
        if witness:
            yield Finding(
                ("spec", "globalTableWitness"),
                "a witness needs a replica of consistencyMode STRONG, but there is none",
                "add the replica, or remove the witness",
                at_key=True,
            )
        return
    if strong + bool(witness) != STRONG_REPLICAS:
        has = f"{strong} replica{'s' if strong > 1 else ''}{' and a witness' if witness else ''}"
        yield Finding(
            ("spec", "replicas"),
            f"strong consistency needs three regions: the table's and 2 replicas, or 1 replica and "
            f"a globalTableWitness; got {has}",
            "set two regions besides the table's, or use consistencyMode EVENTUAL",
            at_key=True,
        )


@rule(
    "strong-consistency",
    *_MODES,
    "billingMode",
    "ttl.enabled",
    "localSecondaryIndexes",
)
def strong_consistency_excludes_features(manifest: Manifest) -> Iterator[Finding]:
    """A strongly consistent table supports neither TTL nor local indexes (Developer Guide,
    multi-Region strong consistency). With PROVISIONED, AWS requires autoscaling of writes before
    it adds replicas, which no provider can do."""
    spec = manifest.spec
    if not _strong(spec):
        return
    if spec.ttl and spec.ttl.enabled:
        yield Finding(
            ("spec", "ttl", "enabled"),
            "AWS does not support TTL in a table with strongly consistent replicas",
            f"set {manifest.words.enabled}: false, or use consistencyMode EVENTUAL",
        )
    if spec.local_secondary_indexes:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            "AWS does not support local indexes in a table with strongly consistent replicas",
            "make them global indexes, or use consistencyMode EVENTUAL",
            at_key=True,
        )
    if manifest.billing_mode is BillingMode.PROVISIONED:
        yield Finding(
            ("spec", "billingMode"),
            "strongly consistent replicas need billing mode PAY_PER_REQUEST: with PROVISIONED, AWS "
            "requires autoscaling of writes first, but the provider creates the replicas "
            "together with the table",
            "use PAY_PER_REQUEST, with onDemandThroughput if you need a maximum",
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
def replicas_need_write_autoscaling(manifest: Manifest) -> Iterator[Finding]:
    """Every replica receives all writes, so a PROVISIONED table with replicas needs autoscaling of
    its write capacity and that of each global index (UpdateTable, ReplicaUpdates). Another rule
    refuses strongly consistent replicas with PROVISIONED."""
    spec, words = manifest.spec, manifest.words
    if not spec.replicas or _strong(spec) or manifest.billing_mode is not BillingMode.PROVISIONED:
        return
    table, *indexes = scalings(manifest)
    # Indexes without their own block use the table's.
    for path, what, scaling in (table, *(index for index in indexes if index[2])):
        if scaling is None or not scaling.enabled or scaling.write is None:
            yield Finding(
                path,
                f"the write capacity of {what} needs autoscaling, because the table has replicas",
                f"add {words.write_scaling_example}, or use PAY_PER_REQUEST"
                if scaling is None
                else f"set {words.enabled}: true with write: {{maxCapacity: …}}, or use "
                "PAY_PER_REQUEST",
                at_key=True,
            )


@rule("replica-key", "replicas.regionName", *_KEYS, each=_EACH)
def replica_key_types_match(manifest: Manifest) -> Iterator[Finding]:
    """The table and its replicas use the same type of KMS key (Developer Guide, global tables,
    encryption)."""
    encryption = manifest.spec.server_side_encryption
    customer = bool(encryption and encryption.kms_key_arn)
    for i, replica in enumerate(manifest.spec.replicas):
        path = ("spec", "replicas", i, "kmsKeyArn")
        if customer and replica.kms_key_arn is None:
            yield Finding(
                path,
                f"the table has a customer managed key, but the replica in "
                f"{quote(replica.region_name)} has none",
                f"{manifest.words.replica_key_example}: the table and its replicas need the same "
                "type of key",
            )
        if replica.kms_key_arn is not None and not customer:
            yield Finding(
                path,
                "the replica has a customer managed key, but the table has none",
                "set one in serverSideEncryption too, or remove this one",
            )


@rule("kms-key-region", "replicas.regionName", "replicas.kmsKeyArn", each=_EACH)
def kms_key_in_replica_region(manifest: Manifest) -> Iterator[Finding]:
    """The key is in the replica's region (CreateReplicationGroupMemberAction, KMSMasterKeyId)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.kms_key_arn is None:
            continue
        of_key = replica.kms_key_arn.split(":")[3]
        if of_key != replica.region_name:
            yield Finding(
                ("spec", "replicas", i, "kmsKeyArn"),
                f"the KMS key is in {quote(of_key)}, but the replica is in "
                f"{quote(replica.region_name)}",
                "use a key in the replica's region, or the replica there of a multi-Region key",
            )


@rule(
    "second-step",
    *_MODES,
    "replicas.regionName",
    "replicas.deletionProtectionEnabled",
    each=_EACH,
)
def strong_replicas_need_second_update(manifest: Manifest) -> Iterator[Finding]:
    """The provider enables deletion protection of strongly consistent replicas only in an update
    (its source, createReplicas)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.mode is ConsistencyMode.STRONG and replica.deletion_protection_enabled:
            yield Finding(
                ("spec", "replicas", i, "deletionProtectionEnabled"),
                f"the strongly consistent replica in {quote(replica.region_name)} is created "
                "without deletion protection",
                "run `pulumi up` a second time, and check that it shows the update",
            )


@rule(
    "not-on-replicas",
    "replicas.regionName",
    "replicas.pointInTimeRecovery",
    "resourcePolicy",
    "kinesisStreamingDestination",
    "contributorInsights.enabled",
    "contributorInsightsEnabled",
    "pointInTimeRecovery.enabled",
    "pointInTimeRecovery.recoveryPeriodInDays",
)
def settings_reach_replicas(manifest: Manifest) -> Iterator[Finding]:
    """A replica has its own policy, Kinesis destination, contributor insights and recovery period
    (Developer Guide, global tables, how settings synchronize), which a manifest cannot set."""
    spec = manifest.spec
    if not spec.replicas:
        return
    regions = ", ".join(quote(replica.region_name) for replica in spec.replicas)
    insights, recovery = spec.contributor_insights, spec.point_in_time_recovery
    only_here = {
        "resourcePolicy": ("the resource policy", spec.resource_policy),
        "kinesisStreamingDestination": (
            "the Kinesis destination",
            spec.kinesis_streaming_destination,
        ),
        "contributorInsights": ("contributor insights", insights and insights.enabled),
        "contributorInsightsEnabled": ("contributor insights", spec.contributor_insights_enabled),
    }
    for field, (what, is_set) in only_here.items():
        if is_set:
            yield Finding(
                ("spec", field),
                f"{what}: only in the table's region, not on the replicas in {regions}",
                "set it there by other means if you need it",
                at_key=True,
            )
    days = recovery.recovery_period_in_days if recovery and recovery.enabled else None
    kept = [quote(r.region_name) for r in spec.replicas if r.point_in_time_recovery]
    if kept and days not in (None, MAX_RECOVERY_DAYS):
        yield Finding(
            ("spec", "pointInTimeRecovery", "recoveryPeriodInDays"),
            f"the replicas in {', '.join(kept)} keep {MAX_RECOVERY_DAYS} days, not {days}",
            "set the period there by other means if you need it",
        )


REPLICA_RULES = (
    settings_reach_replicas,
    replicas_require_streams,
    one_replica_per_region,
    strong_replicas_in_one_region_set,
    replica_consistency_modes_agree,
    mrsc_topology,
    strong_consistency_excludes_features,
    replicas_need_write_autoscaling,
    replica_key_types_match,
    kms_key_in_replica_region,
    strong_replicas_need_second_update,
)
