"""Models of the CloudWatch alarms: what the manifest may override of each."""

from collections.abc import Iterator

from pydantic import Field

from planton.dialects.key_case import snake
from planton.manifest import types as t
from planton.manifest.alarm_kinds import ALARMS
from planton.manifest.base import Model


class Timing(Model):
    """When an alarm goes off, apart from the threshold."""

    enabled: t.Bool = Field(True, description="false switches this alarm off.")
    period_seconds: t.OptionalPeriod = Field(
        None, description="Length of a period: 60 or a multiple of it."
    )
    evaluation_periods: t.OptionalPeriods = Field(
        None, description="Number of the latest periods that are looked at."
    )
    datapoints_to_alarm: t.OptionalPeriods = Field(
        None,
        description="Number of these periods that must be over the threshold; absent means all of "
        "evaluationPeriods, if that is set.",
    )
    treat_missing_data: t.OptionalMissingData = Field(
        None, description="How a period without data counts."
    )


class Alarm(Timing):
    """An alarm that goes off above a number."""

    threshold: t.Threshold | None = Field(
        None, description="The alarm goes off above it; in the metric's unit, for one period."
    )
    statistic: t.OptionalStatistic = Field(
        None, description="What is compared of the values in a period."
    )


class CapacityAlarm(Timing):
    """An alarm about consumed capacity: the sum of a period against what the capacity gives."""

    threshold: t.PercentOfCapacity | None = Field(
        None,
        description="The alarm goes off above this percentage of the capacity: of the provisioned "
        "units, of the maximum on demand, or of autoscaling's maxCapacity.",
    )

    @property
    def statistic(self) -> None:
        """Never set: it is always the sum."""


class Alarms(Model):
    """CloudWatch alarms. Without a block an alarm has its defaults, which docs/alarms.md lists; the
    last two are then off. A block switches its alarm on."""

    topics: list[t.TopicArn] = Field(
        default=[],
        description="SNS topics that are notified, at most 5 for each region: each alarm notifies "
        "those in its region.",
    )
    read_throttles: Alarm | None = Field(None, description="Reads are throttled.")
    write_throttles: Alarm | None = Field(None, description="Writes are throttled.")
    system_errors: Alarm | None = Field(None, description="DynamoDB fails with HTTP 500.")
    read_capacity: CapacityAlarm | None = Field(
        None, description="Reads come close to the capacity."
    )
    write_capacity: CapacityAlarm | None = Field(
        None, description="Writes come close to the capacity."
    )
    replication_latency: Alarm | None = Field(
        None, description="Another region gets the writes late."
    )
    kinesis_age: Alarm | None = Field(None, description="The Kinesis stream gets changes late.")
    kinesis_lost: Alarm | None = Field(
        None, description="Changes are lost on the way to the Kinesis stream."
    )
    kinesis_throttled: Alarm | None = Field(
        None, description="The Kinesis stream throttles DynamoDB. Off without a block."
    )
    conditional_check_failed: Alarm | None = Field(
        None,
        description="Conditions of writes fail. Off without a block, which must set threshold.",
    )

    @property
    def blocks(self) -> Iterator[tuple[str, Alarm | CapacityAlarm]]:
        """The blocks of single alarms that the manifest has, by their names in it."""
        for name in ALARMS:
            if block := self.block(name):
                yield name, block

    def block(self, name: str) -> Alarm | CapacityAlarm | None:
        """The block of one alarm, if the manifest has it."""
        found: Alarm | CapacityAlarm | None = getattr(self, snake(name))
        return found
