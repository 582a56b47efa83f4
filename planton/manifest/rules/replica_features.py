"""Rules about what a replica has for itself: contributor insights, a Kinesis destination, tags."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.manifest.manifest import Manifest
from planton.manifest.reference import region_of
from planton.manifest.rules.features import monitored_indexes
from planton.manifest.rules.rule import Finding, rule
from planton.manifest.tags import MAX_TAGS

_EACH = ("replicas",)


@rule(
    "insights-indexes-exist",
    "replicas.contributorInsights.gsiIndexNames",
    "globalSecondaryIndexes.name",
    "localSecondaryIndexes.name",
    each=_EACH,
)
def insights_of_replicas_name_indexes(manifest: Manifest) -> Iterator[Finding]:
    """A replica has the table's indexes, and its insights name each global one at most once
    (UpdateContributorInsights)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if insights := replica.contributor_insights:
            block = ("spec", "replicas", i, "contributorInsights")
            yield from monitored_indexes(manifest.spec, insights, block)


@rule(
    "kinesis-stream-region",
    "replicas.regionName",
    "replicas.kinesisStreamingDestination.streamArn",
    each=_EACH,
)
def kinesis_stream_in_replica_region(manifest: Manifest) -> Iterator[Finding]:
    """The Kinesis stream is in the replica's region (EnableKinesisStreamingDestination)."""
    for i, replica in enumerate(manifest.spec.replicas):
        destination = replica.kinesis_streaming_destination
        of_stream = region_of(destination.stream_arn) if destination else None
        if of_stream and of_stream != replica.region_name:
            yield Finding(
                ("spec", "replicas", i, "kinesisStreamingDestination", "streamArn"),
                f"the stream is in {quote(of_stream)}, but the replica is in "
                f"{quote(replica.region_name)}",
                "use a stream in the replica's region and the table's account",
            )


@rule("too-many-tags", "replicas.tags", each=_EACH)
def replica_tag_limit(manifest: Manifest) -> Iterator[Finding]:
    """A replica has at most 50 tags (TagResource). Its own are all that it has."""
    for i, replica in enumerate(manifest.spec.replicas):
        if len(replica.tags) > MAX_TAGS:
            yield Finding(
                ("spec", "replicas", i, "tags"),
                f"at most {MAX_TAGS} tags are allowed, got {len(replica.tags)}",
            )


@rule("replica-tags", "replicas.tags", "replicas.propagateTags", each=_EACH)
def replica_tags_or_the_tables(manifest: Manifest) -> Iterator[Finding]:
    """The AWS provider removes from a replica with propagateTags whatever tag the table does not
    have (updateReplicaTags in table.go)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.tags and replica.propagate_tags:
            yield Finding(
                ("spec", "replicas", i, "tags"),
                "the replica has tags, and propagateTags gives it the table's and removes all "
                "others",
                "remove propagateTags, and list here every tag that the replica is to have; or "
                "remove these",
                at_key=True,
            )


REPLICA_FEATURE_RULES = (
    insights_of_replicas_name_indexes,
    kinesis_stream_in_replica_region,
    replica_tag_limit,
    replica_tags_or_the_tables,
)
