"""Rules about streams, TTL, encryption, recovery, insights and tags."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.dialects.contract import Contract
from planton.dialects.key_case import snake
from planton.manifest.blocks import ContributorInsights
from planton.manifest.enums import AttributeType
from planton.manifest.manifest import Manifest
from planton.manifest.reference import region_of
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import BLOCKS, Spec
from planton.manifest.tags import MAX_TAGS, platform_tags

_METADATA = ("metadata.id", "metadata.org", "metadata.env")


@rule("stream-view-requires-enabled", "streamEnabled", "streamViewType")
def stream_view_requires_enabled(manifest: Manifest) -> Iterator[Finding]:
    """A view type is required with a stream, and not allowed without (CreateTable,
    StreamSpecification)."""
    on, view = manifest.spec.stream_enabled, manifest.spec.stream_view_type
    if on and view is None:
        yield Finding(
            ("spec", "streamViewType"),
            f"streamViewType is required when {manifest.words.stream_enabled} is true",
            "use NEW_AND_OLD_IMAGES for the most data; KEYS_ONLY, NEW_IMAGE and OLD_IMAGE "
            "hold less",
        )
    if view is not None and not on:
        yield Finding(
            ("spec", "streamViewType"),
            f"streamViewType is {view.value}, but the stream is disabled",
            f"set {manifest.words.stream_enabled}: true, or remove streamViewType",
        )


@rule("stream-policy-requires-enabled", "streamEnabled", "streamResourcePolicy")
def stream_policy_requires_enabled(manifest: Manifest) -> Iterator[Finding]:
    """A policy of a stream is attached to its ARN (PutResourcePolicy, ResourceArn)."""
    if manifest.spec.stream_resource_policy and not manifest.spec.stream_enabled:
        yield Finding(
            ("spec", "streamResourcePolicy"),
            "streamResourcePolicy is set, but the table has no stream",
            f"set {manifest.words.stream_enabled}: true and a streamViewType, or remove "
            "streamResourcePolicy",
            at_key=True,
        )


@rule("ttl-attribute-when-enabled", "ttl.enabled", "ttl.attributeName")
def ttl_attribute_when_enabled(manifest: Manifest) -> Iterator[Finding]:
    """TTL that is enabled needs an attribute (UpdateTimeToLive); the v1 contract allows one only
    then."""
    ttl = manifest.spec.ttl
    if ttl is None:
        return
    if ttl.enabled and ttl.attribute_name is None:
        yield Finding(
            ("spec", "ttl", "attributeName"),
            "attributeName is required when ttl is enabled",
            "name the Number attribute that holds the expiration time, such as expiresAt",
        )
    if ttl.attribute_name is not None and not ttl.enabled and manifest.is_narrow("ttl"):
        yield Finding(
            ("spec", "ttl", "attributeName"),
            "attributeName is set, but ttl is disabled",
            f"set {manifest.words.enabled}: true, or remove attributeName: it is not needed to "
            "disable ttl",
        )


@rule(
    "encryption-key-needs-encryption",
    "serverSideEncryption.enabled",
    "serverSideEncryption.kmsKeyArn",
)
def encryption_key_needs_encryption(manifest: Manifest) -> Iterator[Finding]:
    """A KMS key is only allowed with encryption enabled (CreateTable, SSESpecification)."""
    encryption = manifest.spec.server_side_encryption
    if encryption and encryption.kms_key_arn and not encryption.enabled:
        yield Finding(
            ("spec", "serverSideEncryption", "kmsKeyArn"),
            "kmsKeyArn is set, but serverSideEncryption is not enabled",
            f"set {manifest.words.enabled}: true, or remove the key to use an AWS owned key",
        )


@rule("missing", "region")
def region_set(manifest: Manifest) -> Iterator[Finding]:
    """v1alpha1 and requests have no default region; the others use the provider's."""
    if manifest.contract.demands_region and manifest.spec.region is None:
        yield Finding(
            ("spec", "region"),
            "region is required"
            + (" in v1alpha1" if manifest.contract is Contract.V1ALPHA1 else ""),
            "add the table's region, such as region: eu-central-1",
        )


@rule("key-spelled-twice", *BLOCKS, *BLOCKS.values())
def features_named_once(manifest: Manifest) -> Iterator[Finding]:
    """v1 and v1alpha1 name two features differently: only one of the names may be used."""
    fields = manifest.spec.model_fields_set
    for flag, block in BLOCKS.items():
        if snake(block) in fields and snake(flag) in fields:
            yield Finding(
                ("spec", flag),
                f"{block} and {flag} are the same setting",
                f"keep {block}, which has more options",
            )


@rule("recovery-period", "pointInTimeRecovery.enabled", "pointInTimeRecovery.recoveryPeriodInDays")
def recovery_period_when_enabled(manifest: Manifest) -> Iterator[Finding]:
    """A period is only allowed with recovery enabled (UpdateContinuousBackups)."""
    recovery = manifest.spec.point_in_time_recovery
    if recovery and recovery.recovery_period_in_days is not None and not recovery.enabled:
        yield Finding(
            ("spec", "pointInTimeRecovery", "recoveryPeriodInDays"),
            "recoveryPeriodInDays is set, but pointInTimeRecovery is not enabled",
            f"set {manifest.words.enabled}: true, or remove the period",
        )


@rule(
    "insights-indexes-exist",
    "contributorInsights.gsiIndexNames",
    "globalSecondaryIndexes.name",
    "localSecondaryIndexes.name",
)
def insights_indexes_exist(manifest: Manifest) -> Iterator[Finding]:
    """Insights name each global index at most once, and no local indexes
    (UpdateContributorInsights)."""
    if insights := manifest.spec.contributor_insights:
        yield from monitored_indexes(manifest.spec, insights, ("spec", "contributorInsights"))


def monitored_indexes(spec: Spec, insights: ContributorInsights, block: Path) -> Iterator[Finding]:
    """What is wrong with the indexes that the insights of the table or of a replica name."""
    known = {index.name: False for index in spec.global_secondary_indexes}
    local = {index.name for index in spec.local_secondary_indexes}
    path = (*block, "gsiIndexNames")
    for i, name in enumerate(insights.gsi_index_names):
        if name not in known:
            meant = did_you_mean(name, known)
            help = "remove it: the table has no global indexes"
            if known:
                help = f"global indexes: {', '.join(known)}"
            if name in local:
                help = "remove it: contributor insights do not monitor local indexes"
            yield Finding(
                (*path, i),
                f"the table has no global index {quote(name)}",
                f"did you mean {quote(meant)}?" if meant else help,
            )
        elif known[name]:
            yield Finding((*path, i), f"the index {quote(name)} is listed twice", "list it once")
        else:
            known[name] = True


@rule("too-many-tags", "tags", *_METADATA)
def tag_limit(manifest: Manifest) -> Iterator[Finding]:
    """A resource has at most 50 tags, including the platform's (TagResource)."""
    platform = platform_tags(manifest.metadata, manifest.kind)
    found = len({**platform, **manifest.spec.tags})
    if found > MAX_TAGS:
        yield Finding(
            ("spec", "tags"),
            f"at most {MAX_TAGS} tags are allowed, got {found}, including the {len(platform)} that "
            "every table gets",
        )


@rule("kms-key-region", "region", "serverSideEncryption.kmsKeyArn")
def kms_key_in_table_region(manifest: Manifest) -> Iterator[Finding]:
    """The KMS key is in the table's region (CreateTable, KMSMasterKeyId)."""
    encryption, region = manifest.spec.server_side_encryption, manifest.region
    if encryption is None or encryption.kms_key_arn is None or region is None:
        return
    of_key = region_of(encryption.kms_key_arn)
    if of_key and of_key != region:
        yield Finding(
            ("spec", "serverSideEncryption", "kmsKeyArn"),
            f"the KMS key is in {quote(of_key)}, but the table is in {quote(region)}"
            f"{manifest.region_aside}",
            "use a key in the table's region, or the replica there of a multi-Region key",
        )


@rule(
    "ttl-type",
    "ttl.enabled",
    "ttl.attributeName",
    "attributeDefinitions.name",
    "attributeDefinitions.type",
)
def ttl_attribute_is_a_number(manifest: Manifest) -> Iterator[Finding]:
    """TTL ignores attributes of any type but Number, so that the items stay (UpdateTimeToLive)."""
    ttl = manifest.spec.ttl
    types = {a.name: a.type for a in manifest.spec.attribute_definitions}
    if ttl is None or not ttl.enabled or ttl.attribute_name not in types:
        return
    if types[ttl.attribute_name] is not AttributeType.N:
        yield Finding(
            ("spec", "ttl", "attributeName"),
            f"TTL needs a Number attribute, but {quote(ttl.attribute_name)} is of type "
            f"{types[ttl.attribute_name].value}: items would never expire",
            "use a Number attribute that holds seconds since 1970",
        )


@rule("kinesis-stream-region", "region", "kinesisStreamingDestination.streamArn")
def kinesis_stream_in_table_region(manifest: Manifest) -> Iterator[Finding]:
    """The Kinesis stream is in the table's region (EnableKinesisStreamingDestination)."""
    destination, region = manifest.spec.kinesis_streaming_destination, manifest.region
    if destination is None or region is None:
        return
    of_stream = region_of(destination.stream_arn)
    if of_stream and of_stream != region:
        yield Finding(
            ("spec", "kinesisStreamingDestination", "streamArn"),
            f"the stream is in {quote(of_stream)}, but the table is in {quote(region)}"
            f"{manifest.region_aside}",
            "use a stream in the table's region and account",
        )


FEATURE_RULES = (
    stream_view_requires_enabled,
    stream_policy_requires_enabled,
    ttl_attribute_when_enabled,
    ttl_attribute_is_a_number,
    encryption_key_needs_encryption,
    kms_key_in_table_region,
    tag_limit,
    region_set,
    features_named_once,
    recovery_period_when_enabled,
    insights_indexes_exist,
    kinesis_stream_in_table_region,
)
