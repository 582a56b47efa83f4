"""Rules about replicas in other regions, apart from their consistency mode."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.dialects.contract import Contract
from planton.dialects.key_case import snake
from planton.manifest.enums import BillingMode, StreamViewType, TableClass
from planton.manifest.grants import Granted, granted, reads_stream, to_other_accounts
from planton.manifest.manifest import Manifest
from planton.manifest.partitions import partition_of
from planton.manifest.reference import region_of
from planton.manifest.rules.capacity import scalings
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec
from planton.manifest.types import MAX_RECOVERY_DAYS

_KEYS = ("replicas.kmsKeyArn", "serverSideEncryption.kmsKeyArn")
_EACH = ("replicas",)


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


@rule("replica-region", "region", "replicas.regionName", "globalTableWitness.regionName")
def one_replica_per_region(manifest: Manifest) -> Iterator[Finding]:
    """The table, its replicas and the witness are in different regions of one partition (global
    tables, How it works)."""
    table = f"the table{manifest.region_aside}"
    seen: dict[str, str] = {manifest.region: table} if manifest.region else {}
    for path, what, region in members_of(manifest.spec):
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


def members_of(spec: Spec) -> Iterator[tuple[Path, str, str]]:
    """Each replica and the witness: the path of its region, its name in messages, its region."""
    for i, replica in enumerate(spec.replicas):
        yield ("spec", "replicas", i, "regionName"), "a replica", replica.region_name
    if spec.global_table_witness:
        witness = spec.global_table_witness.region_name
        yield ("spec", "globalTableWitness", "regionName"), "the witness", witness


@rule(
    "replicas-need-autoscaling",
    "replicas",
    "billingMode",
    "autoscaling.enabled",
    "autoscaling.write",
    "globalSecondaryIndexes.autoscaling.enabled",
    "globalSecondaryIndexes.autoscaling.write",
    "replicas.consistencyMode",
    says=("globalSecondaryIndexes.name",),
    each=("globalSecondaryIndexes",),
)
def replicas_need_write_autoscaling(manifest: Manifest) -> Iterator[Finding]:
    """Every replica receives all writes, so a PROVISIONED table with replicas needs autoscaling of
    its write capacity and that of each global index (UpdateTable, ReplicaUpdates). The ACK
    controller adds them before that. Another rule refuses strongly consistent replicas with
    PROVISIONED."""
    spec, words = manifest.spec, manifest.words
    if (
        not spec.replicas
        or spec.strong_replicas
        or manifest.billing_mode is not BillingMode.PROVISIONED
    ):
        return
    if manifest.contract is Contract.REQUEST:
        yield Finding(
            ("spec", "billingMode"),
            "a table with replicas needs billingMode PAY_PER_REQUEST: with PROVISIONED, AWS "
            "creates replicas only once writes have autoscaling, and the ACK controller does not "
            "wait for that",
            "use PAY_PER_REQUEST, with onDemandThroughput if you need a maximum",
        )
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


NEVER_SETTLES = (
    "AWS shows {} of each replica, and an ACK Table does not: the controller compares the two, "
    "never settles, and deletes no replica while another one stays"
)
AWS_KEY = "the key aws/dynamodb"
NAME_KEYS = "add kmsKeyArn here and to each replica, or set enabled: false"


@rule(
    "replica-difference",
    "replicas",
    "serverSideEncryption.enabled",
    "serverSideEncryption.kmsKeyArn",
    "tableClass",
)
def requested_replicas_show_no_difference(manifest: Manifest) -> Iterator[Finding]:
    """AWS describes a KMS key of each replica, and a table class other than STANDARD
    (ReplicaDescription). The ACK controller updates a replica that differs before it deletes
    others, and finds nothing to update here (its source, hooks_replica_updates.go)."""
    spec = manifest.spec
    if manifest.contract is not Contract.REQUEST or not spec.replicas:
        return
    encryption = spec.server_side_encryption
    if encryption and encryption.enabled and encryption.kms_key_arn is None:
        path = ("spec", "serverSideEncryption", "enabled")
        yield Finding(path, NEVER_SETTLES.format(AWS_KEY), NAME_KEYS)
    if spec.table_class not in (None, TableClass.STANDARD):
        what = f"tableClass {spec.table_class.value}"
        yield Finding(("spec", "tableClass"), NEVER_SETTLES.format(what), "use STANDARD")


@rule("kms-key-region", "replicas.regionName", "replicas.kmsKeyArn", each=_EACH)
def kms_key_in_replica_region(manifest: Manifest) -> Iterator[Finding]:
    """The key is in the replica's region (CreateReplicationGroupMemberAction, KMSMasterKeyId)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.kms_key_arn is None:
            continue
        of_key = region_of(replica.kms_key_arn)
        if of_key and of_key != replica.region_name:
            yield Finding(
                ("spec", "replicas", i, "kmsKeyArn"),
                f"the KMS key is in {quote(of_key)}, but the replica is in "
                f"{quote(replica.region_name)}",
                "use a key in the replica's region, or the replica there of a multi-Region key",
            )


@rule(
    "not-on-replicas",
    "replicas.regionName",
    "replicas.pointInTimeRecovery",
    "replicas.resourcePolicy",
    "replicas.contributorInsights",
    "replicas.kinesisStreamingDestination",
    "resourcePolicy",
    "streamResourcePolicy",
    "grants.role",
    "grants.principal",
    "kinesisStreamingDestination",
    "contributorInsights.enabled",
    "contributorInsightsEnabled",
    "pointInTimeRecovery.enabled",
    "pointInTimeRecovery.recoveryPeriodInDays",
)
def settings_reach_replicas(manifest: Manifest) -> Iterator[Finding]:
    """A replica has its own policy, Kinesis destination, contributor insights and recovery period
    (Developer Guide, global tables, how settings synchronize)."""
    spec = manifest.spec
    insights, recovery = spec.contributor_insights, spec.point_in_time_recovery
    others = _of_other_accounts(manifest)
    to_stream = [one for one in others if reads_stream(one)]
    to_table = [one for one in others if not reads_stream(one)]
    policy, destination, own_insights = (
        "resourcePolicy",
        "kinesisStreamingDestination",
        "contributorInsights",
    )
    for field, what, is_set, block in (
        (policy, "the resource policy", spec.resource_policy, policy),
        ("streamResourcePolicy", "the policy of the stream", spec.stream_resource_policy, None),
        ("grants", "grants to other accounts", to_table, policy),
        ("grants", "grants of the stream to other accounts", to_stream, None),
        (destination, "the Kinesis destination", spec.kinesis_streaming_destination, destination),
        (own_insights, "contributor insights", insights and insights.enabled, own_insights),
        (
            "contributorInsightsEnabled",
            "contributor insights",
            spec.contributor_insights_enabled,
            own_insights,
        ),
    ):
        # What a replica can have for itself in place of a field of the table.
        regions = [
            quote(replica.region_name)
            for replica in spec.replicas
            if block is None or getattr(replica, snake(block)) is None
        ]
        if is_set and regions:
            yield Finding(
                ("spec", field),
                f"{what}: only in the table's region, not on the replicas in {', '.join(regions)}",
                f"set {block} of the replicas too, if you need it there"
                if block and manifest.contract is not Contract.REQUEST
                else "set it there by other means if you need it",
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


def _of_other_accounts(manifest: Manifest) -> tuple[Granted, ...]:
    """The grants that become statements of the policy of the table or of its stream."""
    pairs = granted((grant.role, grant.principal) for grant in manifest.spec.grants)
    return to_other_accounts(pairs, manifest.place.account_id)


REPLICA_RULES = (
    settings_reach_replicas,
    replicas_require_streams,
    one_replica_per_region,
    replicas_need_write_autoscaling,
    replica_key_types_match,
    requested_replicas_show_no_difference,
    kms_key_in_replica_region,
)
