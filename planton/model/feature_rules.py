"""Rules about streams, expiry, encryption and tags."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from planton.contract import Contract
from planton.diagnostics import did_you_mean, quote
from planton.model.enums import AttributeType
from planton.model.rule import Finding, rule
from planton.model.spec import AwsDynamodb
from planton.tags import MAX_TAGS, platform_tags

_METADATA = ("metadata.id", "metadata.org", "metadata.env")


@rule("stream_view_requires_enabled", "streamEnabled", "streamViewType")
def stream_view_requires_enabled(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A view type is given exactly when the stream is on (CreateTable, StreamSpecification)."""
    on, view = manifest.spec.stream_enabled, manifest.spec.stream_view_type
    if on and view is None:
        yield Finding(
            ("spec", "streamViewType"),
            "streamViewType must be given when streamEnabled is true",
            "NEW_AND_OLD_IMAGES holds the most; KEYS_ONLY, NEW_IMAGE and OLD_IMAGE hold less",
        )
    if view is not None and not on:
        yield Finding(
            ("spec", "streamViewType"),
            f"streamViewType is {view.value}, but the stream is off",
            "set streamEnabled: true, or remove streamViewType",
        )


@rule("ttl_attribute_when_enabled", "ttl.enabled", "ttl.attributeName")
def ttl_attribute_when_enabled(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The attribute is given when expiry is on (UpdateTimeToLive); in the v1 contract only then."""
    ttl = manifest.spec.ttl
    if ttl is None:
        return
    if ttl.enabled and ttl.attribute_name is None:
        yield Finding(
            ("spec", "ttl", "attributeName"),
            "attributeName must be given when ttl is enabled",
            "name the number attribute that holds the time of expiry, such as expiresAt",
        )
    if ttl.attribute_name is not None and not ttl.enabled and manifest.is_narrow("ttl"):
        yield Finding(
            ("spec", "ttl", "attributeName"),
            "attributeName is given, but ttl is off",
            "set enabled: true, or remove attributeName: the one in use is known when ttl "
            "is switched off",
        )


@rule(
    "encryption-key-needs-encryption",
    "serverSideEncryption.enabled",
    "serverSideEncryption.kmsKeyArn",
)
def encryption_key_needs_encryption(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A KMS key goes with encryption enabled only (CreateTable, SSESpecification)."""
    encryption = manifest.spec.server_side_encryption
    if encryption and encryption.kms_key_arn and not encryption.enabled:
        yield Finding(
            ("spec", "serverSideEncryption", "kmsKeyArn"),
            "kmsKeyArn is given, but serverSideEncryption is not enabled",
            "set enabled: true, or remove the key: tables are then encrypted with a key "
            "that AWS owns",
        )


@rule("missing", "region")
def region_given(manifest: AwsDynamodb) -> Iterator[Finding]:
    """v1alpha1 and requests have no default region; elsewhere it is the provider's."""
    if manifest.contract.demands_region and manifest.spec.region is None:
        yield Finding(
            ("spec", "region"),
            "region must be given"
            + (" in v1alpha1" if manifest.contract is Contract.V1ALPHA1 else ""),
            "add the region that the table lives in, such as region: eu-central-1",
        )


@rule(
    "key-spelled-twice",
    "pointInTimeRecoveryEnabled",
    "pointInTimeRecovery",
    "contributorInsightsEnabled",
    "contributorInsights",
)
def one_spelling_of_a_feature(manifest: AwsDynamodb) -> Iterator[Finding]:
    """v1 and v1alpha1 call two features differently: one of the two names is enough."""
    given = manifest.spec.model_fields_set
    for block in ("point_in_time_recovery", "contributor_insights"):
        if block in given and f"{block}_enabled" in given:
            today = to_camel(block)
            yield Finding(
                ("spec", f"{today}Enabled"),
                f"{today} and {today}Enabled say the same",
                f"keep {today}, which says more",
            )


@rule("recovery-period", "pointInTimeRecovery.enabled", "pointInTimeRecovery.recoveryPeriodInDays")
def recovery_period_when_enabled(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A period goes with recovery that is on (UpdateContinuousBackups)."""
    recovery = manifest.spec.point_in_time_recovery
    if recovery and recovery.recovery_period_in_days is not None and not recovery.enabled:
        yield Finding(
            ("spec", "pointInTimeRecovery", "recoveryPeriodInDays"),
            "recoveryPeriodInDays is given, but pointInTimeRecovery is not enabled",
            "set enabled: true, or remove the period",
        )


@rule(
    "insights_indexes_exist",
    "contributorInsights.gsiIndexNames",
    "globalSecondaryIndexes.name",
    "localSecondaryIndexes.name",
)
def insights_indexes_exist(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Insights name global indexes, each once; local ones cannot be watched
    (UpdateContributorInsights)."""
    insights = manifest.spec.contributor_insights
    if insights is None:
        return
    known = {index.name: False for index in manifest.spec.global_secondary_indexes}
    local = {index.name for index in manifest.spec.local_secondary_indexes}
    path = ("spec", "contributorInsights", "gsiIndexNames")
    for i, name in enumerate(insights.gsi_index_names):
        if name not in known:
            meant = did_you_mean(name, known)
            help = f"global indexes: {', '.join(known)}" if known else "it has no global index"
            if name in local:
                help = "contributor insights watch the table and global indexes, no local ones"
            yield Finding(
                (*path, i),
                f"the table has no global index {quote(name)}",
                f"did you mean {quote(meant)}?" if meant else help,
            )
        elif known[name]:
            yield Finding((*path, i), f"the index {quote(name)} stands twice", "name it once")
        else:
            known[name] = True


@rule("too-many-tags", "tags", *_METADATA)
def tag_limit(manifest: AwsDynamodb) -> Iterator[Finding]:
    """50 tags a resource, the platform's own among them (TagResource)."""
    platform = platform_tags(manifest.metadata, manifest.kind)
    found = len({**platform, **manifest.spec.tags})
    if found > MAX_TAGS:
        yield Finding(
            ("spec", "tags"),
            f"{found} tags with the {len(platform)} that every table gets, "
            f"at most {MAX_TAGS} are allowed",
        )


@rule("kms-key-region", "region", "serverSideEncryption.kmsKeyArn")
def kms_key_in_the_tables_region(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The key is in the table's region (CreateTable, KMSMasterKeyId)."""
    encryption, region = manifest.spec.server_side_encryption, manifest.region
    if encryption is None or encryption.kms_key_arn is None or region is None:
        return
    of_key = encryption.kms_key_arn.split(":")[3]
    if of_key != region:
        yield Finding(
            ("spec", "serverSideEncryption", "kmsKeyArn"),
            f"the key is in {quote(of_key)}, the table in {quote(region)}{manifest.region_aside}",
            "use a key of the table's region, or the replica there of a multi-region key",
        )


@rule(
    "ttl-type",
    "ttl.enabled",
    "ttl.attributeName",
    "attributeDefinitions.name",
    "attributeDefinitions.type",
    severity="warning",
)
def ttl_attribute_is_a_number(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Only numbers expire: an item whose attribute is of another type stays (UpdateTimeToLive)."""
    ttl = manifest.spec.ttl
    types = {a.name: a.type for a in manifest.spec.attribute_definitions}
    if ttl is None or not ttl.enabled or ttl.attribute_name not in types:
        return
    if types[ttl.attribute_name] is not AttributeType.N:
        yield Finding(
            ("spec", "ttl", "attributeName"),
            f"{quote(ttl.attribute_name)} is of type {types[ttl.attribute_name].value}: "
            "nothing expires by it",
            "use an attribute that holds a number: seconds since 1970",
        )


@rule("kinesis-stream-region", "region", "kinesisStreamingDestination.streamArn")
def kinesis_stream_in_the_tables_region(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The stream is in the table's region (EnableKinesisStreamingDestination)."""
    given, region = manifest.spec.kinesis_streaming_destination, manifest.region
    if given is None or region is None:
        return
    of_stream = given.stream_arn.split(":")[3]
    if of_stream != region:
        yield Finding(
            ("spec", "kinesisStreamingDestination", "streamArn"),
            f"the stream is in {quote(of_stream)}, the table in {quote(region)}"
            f"{manifest.region_aside}",
            "use a stream of the table's region and account",
        )


FEATURE_RULES = (
    stream_view_requires_enabled,
    ttl_attribute_when_enabled,
    ttl_attribute_is_a_number,
    encryption_key_needs_encryption,
    kms_key_in_the_tables_region,
    tag_limit,
    region_given,
    one_spelling_of_a_feature,
    recovery_period_when_enabled,
    insights_indexes_exist,
    kinesis_stream_in_the_tables_region,
)
