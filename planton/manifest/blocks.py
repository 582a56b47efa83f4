"""Models of the other blocks of `spec`: features of the table, replicas, and the import."""

from typing import Annotated

from pydantic import Field

from planton.manifest import formats as f
from planton.manifest import types as t
from planton.manifest.base import Model
from planton.manifest.enums import ConsistencyMode, InsightsMode
from planton.manifest.facts import Facts, Unsupported


class Ttl(Model):
    """Time to live: AWS deletes expired items within a few days."""

    enabled: t.Bool = Field(False, description="Whether items expire.")
    attribute_name: t.OptionalAttributeName = Field(
        None,
        description="The Number attribute that holds the expiration time in seconds since 1970.",
    )


class ServerSideEncryption(Model):
    """The key that encrypts the table at rest."""

    enabled: t.Bool = Field(
        False,
        description="false: an AWS owned key, free of charge. true: `aws/dynamodb`, or kmsKeyArn.",
    )
    kms_key_arn: Annotated[t.OptionalKmsKeyArn, Facts(only_with="enabled")] = Field(
        None, description="ARN of a customer managed KMS key; only when enabled."
    )


class PointInTimeRecovery(Model):
    """Continuous backups: the table can be restored to any second of the recovery period."""

    enabled: t.Bool = Field(False, description="Whether the table can be restored.")
    recovery_period_in_days: Annotated[
        t.OptionalDays,
        Facts(
            only_with="enabled",
            label="to any second of the last {} days",
            absent_means=t.MAX_RECOVERY_DAYS,
            example=7,
            not_in_request="an ACK Table has no recovery period: AWS keeps"
            f" {t.MAX_RECOVERY_DAYS} days",
            ack=Unsupported(
                f"an ACK Table has no recovery period: AWS keeps {t.MAX_RECOVERY_DAYS} days,"
                " not {}",
            ),
        ),
    ] = Field(None, description="Days that can be restored, 1 to 35; absent or 0 means 35.")


class ContributorInsights(Model):
    """CloudWatch reports of the most accessed and throttled keys."""

    enabled: t.Bool = Field(False, description="Whether the table is monitored.")
    mode: Annotated[
        t.OptionalInsightsMode,
        Facts(
            absent_means=InsightsMode.ACCESSED_AND_THROTTLED_KEYS,
            ack=Unsupported(
                "an ACK Table has no mode of contributor insights: all requests are recorded",
            ),
        ),
    ] = Field(None, description="The requests that are monitored; absent means all.")
    gsi_index_names: Annotated[
        list[t.DynamoDBName],
        Facts(
            ack=Unsupported(
                "an ACK Table has contributor insights for the table only, not for its indexes",
            ),
        ),
    ] = Field(default=[], description="Global indexes that are monitored as well.")


class ResourcePolicy(Model):
    """The resource-based policy, which says who else may use the table."""

    policy: f.PolicyDocument = Field(
        description="The IAM policy document as YAML. ${table_arn} stands for the table's ARN, in "
        "the policy of a replica for the replica's."
    )
    confirm_remove_self_resource_access: Annotated[
        t.Bool,
        Facts(
            label="policy lock-out",
            on="allowed: its author may be unable to change it again",
            ack=Unsupported(
                "the ACK controller does not confirm this: AWS refuses a policy under which the"
                " controller could not change it again",
            ),
        ),
    ] = Field(
        False,
        description="Accepts a policy that removes your own permission to change it.",
    )


class StreamResourcePolicy(ResourcePolicy):
    """The resource-based policy of the table's stream, which says who else may read it."""

    policy: f.PolicyDocument = Field(
        description="The IAM policy document as YAML. ${stream_arn} stands for the stream's ARN, "
        "${table_arn} for the table's."
    )


class KinesisStreamingDestination(Model):
    """A Kinesis data stream that receives a record of every item change."""

    stream_arn: t.KinesisStreamArn = Field(
        description="ARN of a Kinesis data stream in the same account and region."
    )
    approximate_creation_date_time_precision: t.OptionalPrecision = Field(
        None, description="MILLISECOND (the default) or MICROSECOND."
    )


_GROUP = "object of the same API group, in the replica's region"
_OF_ACK = "an ACK Table sets only the region, key and indexes of a replica"
_IN_AWS = "set it on the table in that region in AWS"
_IN_NO_REQUEST = Unsupported(_OF_ACK, _IN_AWS)


def _not_on_replicas(what: str) -> Unsupported:
    return Unsupported(f"{_OF_ACK}, not its {what}", _IN_AWS)


class Replica(Model):
    """A replica of the table in another region (global tables, version 2019.11.21)."""

    region_name: t.Region = Field(description="Region of the replica, other than the table's.")
    kms_key_arn: t.OptionalKmsKeyArn = Field(
        None,
        description="Customer managed KMS key in that region; required if the table has one, "
        "otherwise not allowed.",
    )
    point_in_time_recovery: Annotated[
        t.Bool, Facts(label="point-in-time recovery", not_in_request=_IN_NO_REQUEST)
    ] = Field(
        False, description="Whether the replica can be restored to any second of the last 35 days."
    )
    deletion_protection_enabled: Annotated[
        t.Bool, Facts(label="deletion protection", not_in_request=_IN_NO_REQUEST)
    ] = Field(False, description="AWS refuses to delete the replica.")
    propagate_tags: Annotated[
        t.Bool, Facts(label="the table's tags", not_in_request=_IN_NO_REQUEST)
    ] = Field(False, description="Whether the table's tags are copied to the replica.")
    consistency_mode: Annotated[
        t.OptionalConsistencyMode,
        Facts(not_in_request="an ACK Table has no strongly consistent replicas"),
    ] = Field(
        None,
        description="EVENTUAL (the default): other regions see a write after about a second; "
        "STRONG: immediately. The same for all replicas.",
    )
    resource_policy: Annotated[
        ResourcePolicy | None,
        Facts(
            since=None,
            ack=Unsupported(
                "an ACK Table has no resource policies of its replicas",
                "attach it in AWS, in the replica's region: aws dynamodb put-resource-policy",
            ),
            crossplane=Unsupported(
                "a Crossplane Table has no resource policies of its replicas",
                "add a ResourcePolicy object of the same API group in the replica's region, with"
                " the replica's ARN in it",
            ),
        ),
    ] = Field(None, description="Resource-based policy of the replica.")
    contributor_insights: Annotated[
        ContributorInsights | None,
        Facts(
            since=None,
            ack=_not_on_replicas("contributor insights"),
            crossplane=Unsupported(
                "a Crossplane Table has no contributor insights, nor have its replicas",
                f"add a ContributorInsights {_GROUP}, for the table and each index",
            ),
        ),
    ] = Field(
        None, description="Contributor insights in that region: AWS does not copy the table's."
    )
    kinesis_streaming_destination: Annotated[
        KinesisStreamingDestination | None,
        Facts(
            since=None,
            ack=_not_on_replicas("Kinesis destination"),
            crossplane=Unsupported(
                "a Crossplane Table has no Kinesis destination, nor have its replicas",
                f"add a KinesisStreamingDestination {_GROUP}",
            ),
        ),
    ] = Field(
        None,
        description="A Kinesis data stream in that region, which receives every change there.",
    )
    tags: Annotated[
        dict[t.TagKey, t.TagValue],
        Facts(
            since=None,
            ack=_not_on_replicas("tags"),
            crossplane=Unsupported(
                "a Crossplane Table can copy its own tags to a replica, but not give it others",
                f"add a Tag {_GROUP}, for each of them",
            ),
        ),
    ] = Field(
        default={},
        description="The replica's tags, and no others; not with propagateTags.",
    )

    @property
    def mode(self) -> ConsistencyMode:
        """The mode, EVENTUAL if the manifest names none."""
        return self.consistency_mode or ConsistencyMode.EVENTUAL


class GlobalTableWitness(Model):
    """A witness region without items; with STRONG it replaces the second replica."""

    region_name: t.Region = Field(description="Region of the witness.")


class Grant(Model):
    """Who gets access to the table."""

    role: t.AnAccessRole = Field(
        description="reader, writer, readerWriter, streamConsumer or admin: what the principal may "
        "do."
    )
    principal: f.Principal = Field(
        description="ARN of an IAM role; in another account, also of a user, or of the account "
        "itself (:root)."
    )


class CsvOptions(Model):
    """How CSV files are read."""

    delimiter: f.OptionalDelimiter = Field(
        None, description="Character between two values; absent means a comma."
    )
    header_list: list[f.Header] = Field(
        default=[],
        description="Names of the columns, if the first line of the files has none. At most one: "
        "the provider does not keep the order of several.",
    )


class ImportTable(Model):
    """Files in S3 that are imported into a new table."""

    s3_bucket: f.Bucket = Field(description="Bucket with the files.")
    s3_bucket_owner: f.OptionalAccountId = Field(
        None, description="Account of the bucket, 12 digits; absent means the table's."
    )
    s3_key_prefix: f.OptionalKeyPrefix = Field(
        None, description="Prefix of the files' keys; absent means the whole bucket."
    )
    input_format: t.AnInputFormat = Field(description="CSV, DYNAMODB_JSON or ION.")
    input_compression_type: t.OptionalInputCompression = Field(
        None, description="NONE (the default), GZIP or ZSTD."
    )
    csv: CsvOptions | None = Field(None, description="How CSV files are read; only with CSV.")
