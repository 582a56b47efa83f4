"""The model of `spec`.

Keys are camelCase in the manifest and snake_case here; the models are closed and frozen. All fields
of `spec` have a default: a rule with an upstream id reports a missing one, so that it does not hide
other findings.
"""

from typing import Annotated

from pydantic import Field

from planton.dialects.contract import Contract
from planton.manifest import formats as f
from planton.manifest import types as t
from planton.manifest.alarms import Alarms
from planton.manifest.base import Model
from planton.manifest.blocks import (
    ContributorInsights,
    GlobalTableWitness,
    Grant,
    ImportTable,
    KinesisStreamingDestination,
    PointInTimeRecovery,
    Replica,
    ResourcePolicy,
    ServerSideEncryption,
    StreamResourcePolicy,
    Ttl,
)
from planton.manifest.capacity import (
    Autoscaling,
    OptionalOnDemandThroughput,
    OptionalProvisionedThroughput,
    OptionalWarmThroughput,
)
from planton.manifest.enums import BillingMode, ConsistencyMode, DeletionPolicy
from planton.manifest.facts import Facts, Unsupported, facts
from planton.manifest.indexes import (
    AttributeDefinition,
    GlobalSecondaryIndex,
    KeySchemaElement,
    LocalSecondaryIndex,
)
from planton.manifest.shape import fields

_NEWER = Facts(since=Contract.V1ALPHA1)
"""Facts of a field that v1 does not have."""
_SOURCE = Facts(since=Contract.V1ALPHA1, not_in_request="an ACK Table is created empty")
_SAME_GROUP = "object of the same API group"


def _no_access(table: str, kind: str) -> Unsupported:
    help = f"add a {kind} with the actions that docs/guide.md lists for the role"
    return Unsupported(f"{table} has no IAM policies", help)


class Spec(Model):
    """The table."""

    region: Annotated[t.OptionalRegion, Facts(fixed=True)] = Field(
        None, description="AWS region; absent means the provider's."
    )
    table_name: Annotated[t.OptionalDynamoDBName, Facts(since=None, fixed=True, request="name")] = (
        Field(
            None,
            description="Name of the table in AWS, set at creation; absent means metadata.name.",
        )
    )
    billing_mode: t.OptionalBillingMode = Field(
        None,
        description="PROVISIONED is billed by the hour, PAY_PER_REQUEST by request. v1: required; "
        "v1alpha1: absent means PROVISIONED.",
    )
    attribute_definitions: list[AttributeDefinition] = Field(
        default=[], description="The attributes of all keys, and no others."
    )
    key_schema: Annotated[list[KeySchemaElement], Facts(fixed=True)] = Field(
        default=[],
        description="The table's key: one HASH, then at most one RANGE. A change replaces "
        "the table.",
    )
    provisioned_throughput: OptionalProvisionedThroughput = Field(
        None, description="Capacity of the table; required with PROVISIONED, otherwise not allowed."
    )
    on_demand_throughput: OptionalOnDemandThroughput = Field(
        None, description="The maximum throughput of the table."
    )
    warm_throughput: OptionalWarmThroughput = Field(
        None,
        description="Throughput that the table can serve immediately, set at creation.",
    )
    global_secondary_indexes: list[GlobalSecondaryIndex] = Field(
        default=[], description="At most 20."
    )
    local_secondary_indexes: Annotated[list[LocalSecondaryIndex], Facts(fixed=True)] = Field(
        default=[], description="At most 5. A change replaces the table."
    )
    ttl: Ttl | None = Field(None, description="Time to live of items.")
    stream_enabled: t.Bool = Field(
        False, description="Whether a stream keeps item changes for 24 hours."
    )
    stream_view_type: Annotated[t.OptionalStreamViewType, Facts(only_with="streamEnabled")] = Field(
        None,
        description="What a stream record holds; required with streamEnabled, otherwise not "
        "allowed.",
    )
    point_in_time_recovery_enabled: Annotated[t.Bool, Facts(block="pointInTimeRecovery")] = Field(
        False, description="Whether the table can be restored to any second of the last 35 days."
    )
    point_in_time_recovery: Annotated[PointInTimeRecovery | None, _NEWER] = Field(
        None, description="The same, with a recovery period."
    )
    server_side_encryption: ServerSideEncryption | None = Field(
        None, description="Encryption at rest; absent means an AWS owned key."
    )
    table_class: Annotated[t.OptionalTableClass, Facts(label="table class")] = Field(
        None, description="STANDARD (the default) or STANDARD_INFREQUENT_ACCESS."
    )
    deletion_protection_enabled: Annotated[t.Bool, Facts(label="deletion protection")] = Field(
        False,
        description="AWS refuses to delete the table; preview refuses to replace or destroy it.",
    )
    deletion_policy: Annotated[
        t.OptionalDeletionPolicy,
        Facts(since=Contract.V1ALPHA1, absent_means=DeletionPolicy.DELETE),
    ] = Field(
        None,
        description="What happens to the table when its stack is destroyed: delete (the default) "
        "or retain, which leaves it in AWS with everything around it.",
    )
    contributor_insights_enabled: Annotated[t.Bool, Facts(block="contributorInsights")] = Field(
        False,
        description="Whether CloudWatch reports the table's most accessed and throttled keys.",
    )
    contributor_insights: Annotated[
        ContributorInsights | None,
        Facts(
            since=Contract.V1ALPHA1,
            crossplane=Unsupported(
                "a Crossplane Table has no contributor insights",
                f"add a ContributorInsights {_SAME_GROUP} for the table and each index",
            ),
        ),
    ] = Field(None, description="The same, with a mode and indexes.")
    autoscaling: Annotated[
        Autoscaling | None, Facts(since=Contract.V1ALPHA1, only_with=BillingMode.PROVISIONED)
    ] = Field(
        None,
        description="Capacity that follows the load; only with PROVISIONED.",
    )
    resource_policy: Annotated[
        ResourcePolicy | None,
        Facts(
            since=Contract.V1ALPHA1,
            crossplane=Unsupported(
                "a Crossplane Table has no resource policy",
                f"add a ResourcePolicy {_SAME_GROUP}, with the table's ARN in it",
            ),
        ),
    ] = Field(None, description="Resource-based policy of the table.")
    stream_resource_policy: Annotated[
        StreamResourcePolicy | None,
        Facts(
            since=None,
            only_with="streamEnabled",
            ack=Unsupported(
                "an ACK Table has no resource policy of its stream",
                "attach it in AWS, whenever the stream is switched on: aws dynamodb "
                "put-resource-policy",
            ),
            crossplane=Unsupported(
                "a Crossplane Table has no resource policy of its stream",
                f"add a ResourcePolicy {_SAME_GROUP}, with the stream's ARN in it",
            ),
        ),
    ] = Field(
        None, description="Resource-based policy of the table's stream; only with streamEnabled."
    )
    access_policies: Annotated[
        list[t.AnAccessRole],
        Facts(
            since=None,
            ack=_no_access("an ACK Table", "Policy of iam.services.k8s.aws/v1alpha1"),
            crossplane=_no_access("a Crossplane Table", "Policy of iam.aws.m.upbound.io/v1beta1"),
        ),
    ] = Field(
        default=[],
        description="IAM policies to create: reader, writer, readerWriter, streamConsumer, admin.",
    )
    grants: Annotated[
        list[Grant],
        Facts(
            since=None,
            ack=_no_access("an ACK Table", "Policy of iam.services.k8s.aws/v1alpha1"),
            crossplane=_no_access("a Crossplane Table", "Policy of iam.aws.m.upbound.io/v1beta1"),
        ),
    ] = Field(default=[], description="IAM roles and other accounts that get access to the table.")
    kinesis_streaming_destination: Annotated[
        KinesisStreamingDestination | None,
        Facts(
            since=Contract.V1ALPHA1,
            ack=Unsupported(
                "an ACK Table has no Kinesis destination",
                "enable it in AWS: aws dynamodb enable-kinesis-streaming-destination",
            ),
            crossplane=Unsupported(
                "a Crossplane Table has no Kinesis destination",
                f"add a KinesisStreamingDestination {_SAME_GROUP}",
            ),
        ),
    ] = Field(None, description="A Kinesis data stream that receives every change.")
    alarms: Annotated[
        Alarms | None,
        Facts(
            since=None,
            ack=Unsupported(
                "an ACK Table has no alarms",
                "add a MetricAlarm object of cloudwatch.services.k8s.aws for each, in every region",
            ),
            crossplane=Unsupported(
                "a Crossplane Table has no alarms",
                "add a MetricAlarm object of cloudwatch.aws.m.upbound.io for each, in every region",
            ),
        ),
    ] = Field(
        None,
        description="CloudWatch alarms of the table, its global indexes and its replicas; {} makes "
        "those that are on by default.",
    )
    replicas: Annotated[list[Replica], Facts(since=Contract.V1ALPHA1)] = Field(
        default=[], description="Replicas of the table in other regions."
    )
    global_table_witness: Annotated[
        GlobalTableWitness | None,
        Facts(
            since=Contract.V1ALPHA1,
            ack=Unsupported("an ACK Table has no witness"),
        ),
    ] = Field(
        None,
        description="The third region, with one replica of consistencyMode STRONG.",
    )
    import_table: Annotated[ImportTable | None, _SOURCE] = Field(
        None,
        description="Files in S3 that are imported when the table is created.",
    )
    restore_source_name: Annotated[t.OptionalDynamoDBName, _SOURCE] = Field(
        None,
        description="Table in the same account and region that is restored into the new table.",
    )
    restore_source_table_arn: Annotated[f.OptionalTableArn, _SOURCE] = Field(
        None, description="The ARN of the table to restore, in any region."
    )
    restore_date_time: Annotated[f.OptionalTime, _SOURCE] = Field(
        None,
        description="Time to restore to, in UTC, such as 2026-11-26T08:00:00Z.",
    )
    restore_to_latest_time: Annotated[t.Bool, _SOURCE] = Field(
        False, description="Whether to restore to the latest possible time."
    )
    restore_backup_arn: Annotated[f.OptionalBackupArn, _SOURCE] = Field(
        None,
        description="ARN of a backup that is restored into the new table.",
    )
    tags: Annotated[dict[t.TagKey, t.TagValue], Facts(since=None)] = Field(
        default={},
        description="Your tags, for every resource that can have tags. They win over the tags that "
        "every resource gets, such as Name.",
    )

    @property
    def strong_replicas(self) -> list[Replica]:
        """The strongly consistent replicas."""
        return [replica for replica in self.replicas if replica.mode is ConsistencyMode.STRONG]

    @property
    def has_indexes(self) -> bool:
        """Whether the table has any index."""
        return bool(self.global_secondary_indexes or self.local_secondary_indexes)

    @property
    def is_restored(self) -> bool:
        """Whether the table is restored from another table or from a backup."""
        return bool(
            self.restore_source_name or self.restore_source_table_arn or self.restore_backup_arn
        )


BLOCKS = {name: facts(field).block for name, field in fields(Spec).items() if facts(field).block}
"""The booleans of v1 that are the `enabled` of a block since v1alpha1, and these blocks."""
