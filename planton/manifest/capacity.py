"""Models of the capacity of a table and its indexes: throughput and autoscaling."""

from typing import Annotated

from pydantic import Field

from planton.dialects.contract import Contract
from planton.manifest import formats as f
from planton.manifest import types as t
from planton.manifest.base import Model
from planton.manifest.enums import BillingMode
from planton.manifest.facts import Facts, Unsupported


class ProvisionedThroughput(Model):
    """Provisioned capacity, billed hourly. 0/0 counts as absent, as in the protobuf contract."""

    read_capacity_units: Annotated[t.Units, Facts(request="readCapacity")] = Field(
        0, description="Strongly consistent reads per second, of up to 4 KiB each."
    )
    write_capacity_units: Annotated[t.Units, Facts(request="writeCapacity")] = Field(
        0, description="Writes per second, of up to 1 KiB each."
    )

    @property
    def is_set(self) -> bool:
        """Whether either number is not 0."""
        return bool(self.read_capacity_units or self.write_capacity_units)


class OnDemandThroughput(Model):
    """The maximum throughput with PAY_PER_REQUEST. 0 counts as absent."""

    max_read_request_units: t.Maximum = Field(
        0, description="Read request units per second; -1 removes a maximum."
    )
    max_write_request_units: t.Maximum = Field(
        0, description="Write request units per second; -1 removes a maximum."
    )


class WarmThroughput(Model):
    """Throughput that the table or index can serve immediately. 0 counts as absent."""

    read_units_per_second: t.WarmReads = Field(0, description="Reads per second, 12,000 or more.")
    write_units_per_second: t.WarmWrites = Field(0, description="Writes per second, 4,000 or more.")

    @property
    def is_set(self) -> bool:
        """Whether either number is not 0."""
        return bool(self.read_units_per_second or self.write_units_per_second)


OptionalProvisionedThroughput = Annotated[
    ProvisionedThroughput | None,
    Facts(request="provisioned", only_with=BillingMode.PROVISIONED),
]
OptionalOnDemandThroughput = Annotated[
    OnDemandThroughput | None,
    Facts(since=Contract.V1ALPHA1, only_with=BillingMode.PAY_PER_REQUEST),
]
OptionalWarmThroughput = Annotated[
    WarmThroughput | None,
    Facts(
        since=Contract.V1ALPHA1,
        ack=Unsupported(
            "an ACK Table has no warm throughput: it starts with what AWS gives every table",
            "raise it in AWS: aws dynamodb update-table",
        ),
    ),
]


class ScheduledAdjustment(Model):
    """A change of the autoscaling bounds on a schedule."""

    name: f.ActionName = Field(description="Name of the adjustment, unique in the block.")
    dimension: t.AScaledDimension = Field(description="READ or WRITE.")
    schedule: f.Schedule = Field(
        description="at(2035-12-24T18:00:00), rate(12 hours) or cron(0 18 ? * MON-FRI *)."
    )
    timezone: f.OptionalTimezone = Field(
        None, description="Time zone of at() and cron(), such as Europe/Berlin; absent means UTC."
    )
    min_capacity: t.OptionalBound = Field(
        None, description="Lowest capacity from then on; absent or 0 means no change."
    )
    max_capacity: t.OptionalBound = Field(
        None, description="Highest capacity from then on; absent or 0 means no change."
    )
    start_time: f.OptionalTime = Field(
        None, description="The schedule starts at this time (UTC, such as 2026-11-26T08:00:00Z)."
    )
    end_time: f.OptionalTime = Field(None, description="The schedule ends at this time (UTC).")


class ScalingDimension(Model):
    """Bounds and target of the autoscaling of reads or writes (target tracking)."""

    min_capacity: t.Capacity | None = Field(
        None, description="Lowest capacity; absent means the provisioned units."
    )
    max_capacity: t.Capacity = Field(description="Highest capacity.")
    target_utilization_percent: t.Percent = Field(
        70, description="Percentage of the capacity to keep in use, 20 to 90."
    )
    scale_in_cooldown_seconds: t.OptionalSeconds = Field(
        None, description="Seconds to wait after a decrease; absent or 0 means AWS's default."
    )
    scale_out_cooldown_seconds: t.OptionalSeconds = Field(
        None, description="Seconds to wait after an increase; absent or 0 means AWS's default."
    )
    policy_name: Annotated[
        f.OptionalPolicyName,
        Facts(
            since=None,
            not_in_request="a request creates the table, whose policies have no earlier names",
        ),
    ] = Field(
        None,
        description="Name of the scaling policy in AWS; absent means that an existing policy keeps "
        "its name, and a new one is called METRIC:RESOURCE, as in the console.",
    )


class Autoscaling(Model):
    """Capacity that follows the load. An index without its own block uses the table's."""

    enabled: t.Bool = Field(
        True, description="false disables scaling but does not change how indexes are managed."
    )
    read: ScalingDimension | None = Field(None, description="Scaling of the read capacity.")
    write: ScalingDimension | None = Field(None, description="Scaling of the write capacity.")
    scheduled_adjustments: Annotated[
        list[ScheduledAdjustment],
        Facts(
            ack=Unsupported(
                "ACK has no object for a scheduled adjustment: the bounds do not change"
            ),
            crossplane=Unsupported(
                "the adjustments are not rendered: the bounds do not change, and the Target gets"
                " them only when it is created, because an adjustment would change them",
                "add a ScheduledAction object of the Target's API group for each, in every region",
            ),
        ),
    ] = Field(default=[], description="Scheduled changes of the bounds.")
