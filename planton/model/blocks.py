"""Blocks around the table: its replicas, where its data comes from, who may use it, who listens."""

from __future__ import annotations

from pydantic import Field

from planton.model import formats as f
from planton.model import types as t
from planton.model.base import Model
from planton.model.enums import ConsistencyMode


class Replica(Model):
    """The same table in another region (global tables, version 2019.11.21)."""

    region_name: t.Region = Field(description="Region of the replica, another than the table's.")
    kms_key_arn: t.OptionalKmsKeyArn = Field(
        None,
        description="Customer managed KMS key of that region; given exactly where the table has "
        "one.",
    )
    point_in_time_recovery: t.Bool = Field(
        False, description="Whether the replica can be restored to any second of the last 35 days."
    )
    deletion_protection_enabled: t.Bool = Field(
        False, description="Refuses deletion of the replica in AWS."
    )
    propagate_tags: t.Bool = Field(False, description="Whether the replica gets the table's tags.")
    consistency_mode: t.OptionalConsistencyMode = Field(
        None,
        description="EVENTUAL (also where absent): a write is seen elsewhere within a second or "
        "so; STRONG: at once. All replicas have the same.",
    )

    @property
    def mode(self) -> ConsistencyMode:
        """The mode, EVENTUAL where the manifest names none."""
        return self.consistency_mode or ConsistencyMode.EVENTUAL


class GlobalTableWitness(Model):
    """A region that holds no items and votes: with STRONG, in place of a second replica."""

    region_name: t.Region = Field(description="Region of the witness.")


class ResourcePolicy(Model):
    """Who else may use the table, said at the table."""

    policy: f.PolicyDocument = Field(
        description="The policy as YAML, in IAM's own words. ${table_arn} stands for the table's "
        "ARN."
    )
    confirm_remove_self_resource_access: t.Bool = Field(
        False,
        description="Lets a policy through that takes from its author the right to change it.",
    )


class KinesisStreamingDestination(Model):
    """A Kinesis data stream that gets a record of every change of an item."""

    stream_arn: t.KinesisStreamArn = Field(
        description="ARN of a Kinesis data stream in the table's account and region."
    )
    approximate_creation_date_time_precision: t.OptionalPrecision = Field(
        None, description="MILLISECOND (also where absent) or MICROSECOND."
    )


class CsvOptions(Model):
    """How CSV files are read."""

    delimiter: f.OptionalDelimiter = Field(
        None, description="What stands between two values; absent means a comma."
    )
    header_list: list[f.Header] = Field(
        default=[],
        description="Names of the columns, where the files have none in their first line. One at "
        "most: the provider does not keep the order of several.",
    )


class ImportTable(Model):
    """Files in S3 that a new table is filled with."""

    s3_bucket: f.Bucket = Field(description="Bucket that holds the files.")
    s3_bucket_owner: f.OptionalAccountId = Field(
        None, description="Account of the bucket, 12 digits; absent means the table's."
    )
    s3_key_prefix: f.OptionalKeyPrefix = Field(
        None, description="What the names of the files begin with; absent means all of the bucket."
    )
    input_format: t.AnInputFormat = Field(description="CSV, DYNAMODB_JSON or ION.")
    input_compression_type: t.OptionalInputCompression = Field(
        None, description="NONE (also where absent), GZIP or ZSTD."
    )
    csv: CsvOptions | None = Field(None, description="How CSV files are read; only with CSV.")


class WarmThroughput(Model):
    """What the table or index can serve at once, without growing into it. 0 counts as absent."""

    read_units_per_second: t.WarmReads = Field(0, description="Reads a second, 12,000 or more.")
    write_units_per_second: t.WarmWrites = Field(0, description="Writes a second, 4,000 or more.")

    @property
    def given(self) -> bool:
        """Whether either number says something."""
        return bool(self.read_units_per_second or self.write_units_per_second)


class ScheduledAdjustment(Model):
    """A change of the autoscaling's bounds at a known time."""

    name: f.ActionName = Field(description="Name of the adjustment, its own in the block.")
    dimension: t.AScaledDimension = Field(description="READ or WRITE.")
    schedule: f.Schedule = Field(
        description="at(2026-12-24T18:00:00), rate(12 hours) or cron(0 18 ? * MON-FRI *)."
    )
    timezone: f.OptionalTimezone = Field(
        None, description="Time zone of at() and cron(), such as Europe/Berlin; absent means UTC."
    )
    min_capacity: t.Capacity | None = Field(
        None, description="Lowest capacity from then on; absent leaves it."
    )
    max_capacity: t.Capacity | None = Field(
        None, description="Highest capacity from then on; absent leaves it."
    )
    start_time: f.OptionalTime = Field(
        None, description="Nothing happens before this time (UTC, such as 2026-11-26T08:00:00Z)."
    )
    end_time: f.OptionalTime = Field(None, description="Nothing happens after this time (UTC).")
