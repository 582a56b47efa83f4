"""What each alarm watches, when it goes off by default, and why.

Rules, the plan and docs/alarms.md take these facts from here. The metrics, their dimensions and
statistics are those of the DynamoDB Developer Guide, "Metrics and dimensions".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from planton.manifest.enums import MissingData, Statistic

NAMESPACE = "AWS/DynamoDB"

OPERATIONS = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "TransactGetItems",
)
"""Operations whose errors are added up: an alarm takes ten metrics at most, so the three of PartiQL
are left out."""

MINUTE, FIVE_MINUTES = 60, 300
MAX_QUERIED = 10_800
"""Seconds that an alarm on a Metrics Insights query may look back (CloudWatch, "Limits")."""

AUTOSCALED_PERCENT = 90
"""Of autoscaling's maximum: below that, scaling still follows the load."""


class Scope(Enum):
    """What gets an alarm: one for each."""

    TABLE = "the table"
    TABLE_AND_INDEXES = "the table, and each global index"
    OTHER_REGIONS = "each other region"


class Source(Enum):
    """How CloudWatch gets the values."""

    METRIC = "metric"
    OPERATIONS = "sum over the operations"
    QUERY = "query"


class Defaults(NamedTuple):
    """When an alarm goes off: `datapoints` of the latest `periods` are over the threshold."""

    threshold: int | None
    statistic: Statistic
    period: int
    periods: int
    datapoints: int
    missing: MissingData


class AlarmKind(NamedTuple):
    """The facts about one kind of alarm."""

    metric: str
    unit: str
    scope: Scope
    statistics: tuple[Statistic, ...]
    defaults: Defaults
    when: str
    """What the alarm says, as a sentence."""
    advice: str
    """What to do when it goes off."""
    reason: str
    """Why these are the defaults."""
    basis: str
    """On what the defaults are based."""
    resolution: int = MINUTE
    """Seconds between two values of the metric."""
    source: Source = Source.METRIC
    is_on: bool = True
    """Whether there is such an alarm without a block."""

    @property
    def is_percentage(self) -> bool:
        """Whether the threshold is a percentage of the capacity."""
        return self.unit == CAPACITY


CAPACITY = "% of the capacity"
_COUNTED = (Statistic.SUM, Statistic.SAMPLE_COUNT)
_MEASURED = (Statistic.AVERAGE, Statistic.MINIMUM, Statistic.MAXIMUM)
_ALL = (*_MEASURED, Statistic.SUM, Statistic.SAMPLE_COUNT)

_THROTTLES = Defaults(10, Statistic.SUM, MINUTE, 5, 5, MissingData.NOT_BREACHING)
_USE = Defaults(80, Statistic.SUM, MINUTE, 5, 5, MissingData.NOT_BREACHING)
_THROTTLES_REASON = (
    "SDKs retry, so a single throttled minute is no incident; five in a row are. Nothing is "
    "reported when nothing is throttled."
)
_THROTTLES_BASIS = (
    "one-minute sums and five of five are AWS's recommended alarm; the 10 is slic-watch's"
)
_USE_REASON = (
    f"80 % leaves time to raise the capacity; {AUTOSCALED_PERCENT} % of maxCapacity where the "
    "dimension is autoscaled, because below that scaling is at work."
)
_USE_BASIS = "ours; AWS compares the sum of a minute with 60 times the units in the same way"

ALARMS: Mapping[str, AlarmKind] = {
    "readThrottles": AlarmKind(
        metric="ReadThrottleEvents",
        unit="events",
        scope=Scope.TABLE_AND_INDEXES,
        statistics=_COUNTED,
        defaults=_THROTTLES,
        when="Reads are throttled.",
        advice="Raise the capacity, or find the busy key with contributor insights.",
        reason=_THROTTLES_REASON,
        basis=_THROTTLES_BASIS,
    ),
    "writeThrottles": AlarmKind(
        metric="WriteThrottleEvents",
        unit="events",
        scope=Scope.TABLE_AND_INDEXES,
        statistics=_COUNTED,
        defaults=_THROTTLES,
        when="Writes are throttled.",
        advice="Raise the capacity, or find the busy key with contributor insights. A throttled "
        "index throttles the writes to the table.",
        reason=_THROTTLES_REASON,
        basis=_THROTTLES_BASIS,
    ),
    "systemErrors": AlarmKind(
        metric="SystemErrors",
        unit="errors",
        scope=Scope.TABLE,
        statistics=_COUNTED,
        defaults=Defaults(5, Statistic.SUM, MINUTE, 17, 15, MissingData.NOT_BREACHING),
        when="DynamoDB answers requests with HTTP 500.",
        advice="The cause is on AWS's side: retry with exponential backoff, and look at the AWS "
        "Health Dashboard.",
        reason="The metric exists for each operation only, so the operations are added up, those "
        "without errors as 0. A minute whose data comes late is 0 at first, too: so two of 17 "
        "minutes may be below the threshold.",
        basis="15 one-minute sums are AWS's recommended alarm; the 5, and the two minutes, are "
        "ours",
        source=Source.OPERATIONS,
    ),
    "readCapacity": AlarmKind(
        metric="ConsumedReadCapacityUnits",
        unit=CAPACITY,
        scope=Scope.TABLE_AND_INDEXES,
        statistics=(Statistic.SUM,),
        defaults=_USE,
        when="Reads come close to the capacity.",
        advice="Raise the capacity, or the maximum, before reads are throttled.",
        reason=_USE_REASON,
        basis=_USE_BASIS,
    ),
    "writeCapacity": AlarmKind(
        metric="ConsumedWriteCapacityUnits",
        unit=CAPACITY,
        scope=Scope.TABLE_AND_INDEXES,
        statistics=(Statistic.SUM,),
        defaults=_USE,
        when="Writes come close to the capacity.",
        advice="Raise the capacity, or the maximum, before writes are throttled.",
        reason=_USE_REASON,
        basis=_USE_BASIS,
    ),
    "replicationLatency": AlarmKind(
        metric="ReplicationLatency",
        unit="milliseconds",
        scope=Scope.OTHER_REGIONS,
        statistics=_MEASURED,
        defaults=Defaults(180_000, Statistic.AVERAGE, FIVE_MINUTES, 3, 3, MissingData.MISSING),
        when="Another region gets the writes late.",
        advice="Compare the write capacity of the regions, and look at the AWS Health Dashboard; "
        "until it is over, readers there see old items.",
        reason="About a second is normal. Without writes there are no values, and silence is no "
        "sign of health: the alarm then has too little data, and does not go off.",
        basis="AWS calls more than three minutes a cause for investigation; a quarter of an hour "
        "is AWS's recommended alarm",
        resolution=FIVE_MINUTES,
    ),
    "kinesisAge": AlarmKind(
        metric="AgeOfOldestUnreplicatedRecord",
        unit="milliseconds",
        scope=Scope.TABLE,
        statistics=_MEASURED,
        defaults=Defaults(300_000, Statistic.MAXIMUM, FIVE_MINUTES, 3, 3, MissingData.MISSING),
        when="The Kinesis stream gets the changes late.",
        advice="Check the shards, the policy and the key of the stream.",
        reason="Milliseconds are normal: five minutes mean that the stream has too few shards, or "
        "that DynamoDB may not write to it.",
        basis="three of three five-minute maxima are AWS's recommended alarm; the five minutes "
        "are ours",
        resolution=FIVE_MINUTES,
        source=Source.QUERY,
    ),
    "kinesisLost": AlarmKind(
        metric="FailedToReplicateRecordCount",
        unit="records",
        scope=Scope.TABLE,
        statistics=(Statistic.SUM,),
        defaults=Defaults(0, Statistic.SUM, FIVE_MINUTES, 1, 1, MissingData.NOT_BREACHING),
        when="Changes were lost on the way to the Kinesis stream.",
        advice="They are not sent again: read the items from the table. Items over 34 KB can "
        "become records over Kinesis's limit.",
        reason="DynamoDB skips such a change for ever, so one is enough.",
        basis="AWS's recommended alarm, over five minutes as the metric is reported",
        resolution=FIVE_MINUTES,
        source=Source.QUERY,
    ),
    "kinesisThrottled": AlarmKind(
        metric="ThrottledPutRecordCount",
        unit="records",
        scope=Scope.TABLE,
        statistics=(*_MEASURED, Statistic.SAMPLE_COUNT),
        defaults=Defaults(100, Statistic.MAXIMUM, FIVE_MINUTES, 2, 2, MissingData.NOT_BREACHING),
        when="The Kinesis stream throttles DynamoDB.",
        advice="Add shards to the stream, or use its on-demand mode.",
        reason="DynamoDB sends throttled records again, and kinesisAge shows when that does not "
        "help.",
        basis="ten minutes of maxima are AWS's recommended alarm; the 100 is ours",
        resolution=FIVE_MINUTES,
        source=Source.QUERY,
        is_on=False,
    ),
    "conditionalCheckFailed": AlarmKind(
        metric="ConditionalCheckFailedRequests",
        unit="requests",
        scope=Scope.TABLE,
        statistics=_ALL,
        defaults=Defaults(None, Statistic.SUM, MINUTE, 5, 5, MissingData.NOT_BREACHING),
        when="Conditions of writes fail.",
        advice="Look for a writer that retries a condition which cannot hold.",
        reason="What is usual depends on the application: many use such failures as an answer.",
        basis="ours",
        is_on=False,
    ),
}
"""By the names of the blocks in a manifest."""
