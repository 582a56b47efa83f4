"""Rules about CloudWatch alarms: their topics, when they go off, and what they watch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planton.diagnostics.diagnostic import one_of, quote
from planton.dialects.key_case import camel
from planton.manifest.alarm_kinds import ALARMS, MAX_QUERIED, Defaults, Scope, Source
from planton.manifest.alarm_settings import settings
from planton.manifest.alarms import Alarm, CapacityAlarm
from planton.manifest.enums import BillingMode
from planton.manifest.manifest import Manifest
from planton.manifest.partitions import partition_of, region_in
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.types import MAX_WINDOW

MAX_TOPICS = 5
"""Actions that CloudWatch accepts for one state of an alarm (PutMetricAlarm, AlarmActions)."""

_HOUR, _DAY = 3_600, 86_400
_TOPICS: Path = ("spec", "alarms", "topics")


def _topics(manifest: Manifest) -> list[str]:
    return manifest.spec.alarms.topics if manifest.spec.alarms else []


def home_region(manifest: Manifest) -> str | None:
    """The table's region; if it is unknown, that of the first topic that no replica can use."""
    if manifest.region:
        return manifest.region
    replicas = {replica.region_name for replica in manifest.spec.replicas}
    found = map(region_in, _topics(manifest))
    return next((region for region in found if region not in replicas), None)


def _regions(manifest: Manifest) -> list[str]:
    """The regions with a table whose names are known, the table's own first."""
    home = home_region(manifest)
    replicas = [replica.region_name for replica in manifest.spec.replicas]
    return [*([home] if home else []), *replicas]


@rule("alarm-topic-region", "region", "alarms.topics", "replicas.regionName")
def topics_in_regions_of_the_table(manifest: Manifest) -> Iterator[Finding]:
    """An alarm notifies topics in the same region (CloudWatch, PutMetricAlarm), and the alarms are
    in the regions of the table and its replicas."""
    regions = _regions(manifest)
    for i, topic in enumerate(_topics(manifest)):
        if region_in(topic) not in regions and manifest.region is None:
            yield Finding(
                (*_TOPICS, i),
                f"the topic is in {quote(region_in(topic))} and another one in "
                f"{quote(regions[0])}, of which only one can be the table's region",
                "remove one of the two, or add a replica in its region: an alarm notifies topics "
                "in the same region",
            )
        elif region_in(topic) not in regions:
            aside = "" if manifest.spec.replicas else manifest.region_aside
            where = "the table and its replicas are" if len(regions) > 1 else "the table is"
            yield Finding(
                (*_TOPICS, i),
                f"the topic is in {quote(region_in(topic))}, but {where} in "
                f"{', '.join(map(quote, regions))}{aside}",
                "use a topic in one of these regions: an alarm notifies topics in the same region"
                if len(regions) > 1
                else "use a topic in that region: an alarm notifies topics in the same region",
            )


@rule("sns-topic-arn", "alarms.topics")
def topics_are_in_the_partition_of_their_region(manifest: Manifest) -> Iterator[Finding]:
    """The partition and the region of an ARN belong together (AWS General Reference, ARNs)."""
    for i, topic in enumerate(_topics(manifest)):
        partition, region = topic.split(":")[1], region_in(topic)
        if partition != partition_of(region):
            yield Finding(
                (*_TOPICS, i),
                f"the topic's ARN begins with 'arn:{partition}', but {quote(region)} is in the "
                f"partition {partition_of(region)}",
                f"write arn:{partition_of(region)}:sns:{region}:…",
            )


@rule("alarm-topics", "alarms.topics")
def at_most_five_topics(manifest: Manifest) -> Iterator[Finding]:
    """An alarm has at most five actions (CloudWatch, PutMetricAlarm, AlarmActions)."""
    seen: dict[str, set[str]] = defaultdict(set)
    for i, topic in enumerate(_topics(manifest)):
        topics = seen[region_in(topic)]
        if topic not in topics and len(topics) == MAX_TOPICS:
            yield Finding(
                (*_TOPICS, i),
                f"at most {MAX_TOPICS} topics are allowed in a region, and this is one more in "
                f"{quote(region_in(topic))}",
                "let the subscriptions of one topic notify all who should know",
            )
        else:
            topics.add(topic)


@rule("alarm-without-topic", "region", "alarms.topics", "replicas.regionName")
def every_region_has_a_topic(manifest: Manifest) -> Iterator[Finding]:
    """If there are topics, they are meant for every alarm."""
    topics, regions = _topics(manifest), _regions(manifest)
    if not topics:
        return
    covered = set(map(region_in, topics))
    for region in regions if covered <= {*regions} else ():  # else one of them is an error
        if region not in covered:
            yield Finding(
                _TOPICS,
                f"the alarms in {quote(region)} notify no topic: none of these is there",
                f"add a topic in {quote(region)}",
            )


def _enabled(manifest: Manifest) -> Iterator[tuple[str, Alarm | CapacityAlarm, Defaults]]:
    """The blocks of alarms that are not switched off: the name, the block, and all settings."""
    if alarms := manifest.spec.alarms:
        for name, block in alarms.blocks:
            if block.enabled:
                yield name, block, settings(alarms, name)


def _fields(*fields: str) -> tuple[str, ...]:
    """These fields of every alarm."""
    return tuple(f"alarms.{name}.{field}" for name in ALARMS for field in ("enabled", *fields))


_PERIODS = ("periodSeconds", "evaluationPeriods", "datapointsToAlarm")
_STATISTICS = tuple(
    f"alarms.{name}.statistic" for name, kind in ALARMS.items() if not kind.is_percentage
)
_EACH = ("alarms",)


@rule("alarm-evaluation", *_fields(*_PERIODS), each=_EACH)
def evaluation_that_is_possible(manifest: Manifest) -> Iterator[Finding]:
    """CloudWatch looks back a limited time, and counts data points among those that it looks at
    (PutMetricAlarm, Period and DatapointsToAlarm)."""
    for name, block, found in _enabled(manifest):
        path = ("spec", "alarms", name)
        if found.datapoints > found.periods:
            yield Finding(
                (*path, "datapointsToAlarm"),
                f"datapointsToAlarm is {found.datapoints}, but the alarm looks at the latest "
                f"{found.periods} periods",
                f"set it to at most {found.periods}, or raise evaluationPeriods",
            )
        window = found.period * found.periods
        limit = _limit(name, found.period)
        if window > limit:
            field = "evaluationPeriods" if block.evaluation_periods else "periodSeconds"
            yield Finding(
                (*path, field),
                f"{found.periods} periods of {found.period:,} seconds are {window:,} seconds, and "
                f"this alarm may look back {limit:,}",
                f"use at most {limit // found.period} periods, or shorter ones",
            )


def _limit(name: str, period: int) -> int:
    if ALARMS[name].source is Source.QUERY:
        return MAX_QUERIED
    return _DAY if period < _HOUR else MAX_WINDOW


@rule("missing", *_fields("threshold"), each=_EACH)
def threshold_without_default_is_set(manifest: Manifest) -> Iterator[Finding]:
    """What is usual of some metrics only the application knows."""
    for name, _, found in _enabled(manifest):
        if found.threshold is None:
            yield Finding(
                ("spec", "alarms", name, "threshold"),
                "threshold is required: this alarm has no default",
                f"set the {ALARMS[name].unit} in a period above which the alarm goes off",
            )


@rule(
    "alarm-without-metric",
    *_fields(),
    "billingMode",
    "replicas.consistencyMode",
    "kinesisStreamingDestination",
    "replicas.kinesisStreamingDestination",
    "onDemandThroughput.maxReadRequestUnits",
    "onDemandThroughput.maxWriteRequestUnits",
    "globalSecondaryIndexes.onDemandThroughput.maxReadRequestUnits",
    "globalSecondaryIndexes.onDemandThroughput.maxWriteRequestUnits",
    each=_EACH,
)
def alarms_watch_what_the_table_has(manifest: Manifest) -> Iterator[Finding]:
    """An alarm on a metric that the table does not report would never go off."""
    for name, _, _ in _enabled(manifest):
        if lacking := _lacking(manifest, name):
            lack, help = lacking
            yield Finding(
                ("spec", "alarms", name),
                f"{lack}, so there is nothing for this alarm to watch",
                f"{help}, or remove the block",
                at_key=True,
            )


def _lacking(manifest: Manifest, name: str) -> tuple[str, str] | None:
    """What the manifest lacks for an alarm, and what to do."""
    spec, kind = manifest.spec, ALARMS[name]
    streams = [one.kinesis_streaming_destination for one in spec.replicas]
    if kind.source is Source.QUERY and not any([spec.kinesis_streaming_destination, *streams]):
        return "the table has no kinesisStreamingDestination", "add it"
    if kind.scope is Scope.OTHER_REGIONS:
        if not spec.replicas:
            return "the table has no replicas", "add them"
        if spec.strong_replicas:
            return (
                "strongly consistent replicas get each write before it succeeds",
                "use consistencyMode EVENTUAL",
            )
    if kind.is_percentage and manifest.billing_mode is not BillingMode.PROVISIONED:
        reads = name == "readCapacity"
        field = "max_read_request_units" if reads else "max_write_request_units"
        of_indexes = [index.on_demand_throughput for index in spec.global_secondary_indexes]
        maxima = (spec.on_demand_throughput, *of_indexes)
        if not any(block and getattr(block, field) > 0 for block in maxima):
            what = "reads" if reads else "writes"
            lack = f"neither the table nor an index has a maximum of {what}"
            return lack, f"set {camel(field)} in onDemandThroughput"
    return None


@rule("alarm-period-short", *_fields("periodSeconds"), each=_EACH)
def periods_as_long_as_the_metrics(manifest: Manifest) -> Iterator[Finding]:
    """A metric that has a value every five minutes has none in most shorter periods (Developer
    Guide, "Metrics and dimensions")."""
    for name, block, _ in _enabled(manifest):
        resolution = ALARMS[name].resolution
        if block.period_seconds and block.period_seconds < resolution:
            yield Finding(
                ("spec", "alarms", name, "periodSeconds"),
                f"{ALARMS[name].metric} has a value every {resolution} seconds: most periods of "
                f"{block.period_seconds} seconds are without data",
                f"use {resolution} or a multiple of it",
            )


@rule("alarm-statistic", *_fields(), *_STATISTICS, each=_EACH)
def statistics_that_the_metric_has(manifest: Manifest) -> Iterator[Finding]:
    """Not every statistic says something about every metric (Developer Guide, "Metrics and
    dimensions")."""
    for name, block, _ in _enabled(manifest):
        known = ALARMS[name].statistics
        if block.statistic and block.statistic not in known:
            yield Finding(
                ("spec", "alarms", name, "statistic"),
                f"{block.statistic.value} says nothing about {ALARMS[name].metric}",
                f"use {one_of([one.value for one in known])}",
            )


ALARM_RULES = (
    topics_in_regions_of_the_table,
    topics_are_in_the_partition_of_their_region,
    at_most_five_topics,
    every_region_has_a_topic,
    evaluation_that_is_possible,
    threshold_without_default_is_set,
    alarms_watch_what_the_table_has,
    periods_as_long_as_the_metrics,
    statistics_that_the_metric_has,
)
