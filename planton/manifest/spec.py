"""The models of a manifest: one class per mapping of the contract, one field per key.

Keys are camelCase in the manifest and snake_case here; the models are closed and frozen. All fields
of `spec` have a default: a rule with an upstream id reports a missing one, so that it does not hide
other findings.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from planton.diagnostics.codes import current_spelling
from planton.dialects.annotations import ALLOW_REPLACEMENT, IGNORE_WARNINGS
from planton.dialects.contract import Contract
from planton.manifest import enums as e
from planton.manifest import formats as f
from planton.manifest import types as t
from planton.manifest.base import Model
from planton.manifest.blocks import (
    ContributorInsights,
    GlobalTableWitness,
    ImportTable,
    KinesisStreamingDestination,
    PointInTimeRecovery,
    Replica,
    ResourcePolicy,
    ScheduledAdjustment,
    ServerSideEncryption,
    Ttl,
    WarmThroughput,
)
from planton.manifest.facts import Facts, Unsupported, facts
from planton.manifest.shape import fields

_NEWER = Facts(since=Contract.V1ALPHA1)
"""Facts of a field that v1 does not have."""
_PROVISIONED = Facts(request="provisioned", only_with=e.BillingMode.PROVISIONED)
_MAXIMUM = Facts(since=Contract.V1ALPHA1, only_with=e.BillingMode.PAY_PER_REQUEST)
_SOURCE = Facts(since=Contract.V1ALPHA1, not_in_request="an ACK Table is created empty")
_WARM = Facts(
    since=Contract.V1ALPHA1,
    ack=Unsupported(
        "an ACK Table has no warm throughput: it starts with what AWS gives every table",
        "raise it in AWS: aws dynamodb update-table",
    ),
)
_SAME_GROUP = "object of the same API group"


class AttributeDefinition(Model):
    """An attribute in the key of the table or of an index."""

    name: t.AttributeName = Field(description="Name of the attribute, 1 to 255 characters.")
    type: t.AnAttributeType = Field(description="S (String), N (Number) or B (Binary).")


class KeySchemaElement(Model):
    """One attribute of a key."""

    attribute_name: t.AttributeName = Field(description="An attribute of attributeDefinitions.")
    key_type: t.AKeyType = Field(description="HASH is the partition key, RANGE the sort key.")


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


class Projection(Model):
    """The attributes that an index holds besides the keys."""

    type: t.OptionalProjectionType = Field(
        None, description="ALL, KEYS_ONLY or INCLUDE; absent means ALL."
    )
    non_key_attributes: list[t.AttributeName] = Field(
        default=[], description="With INCLUDE: 1 to 20 further attributes."
    )

    @property
    def effective_type(self) -> e.ProjectionType:
        """The type, ALL if the manifest names none."""
        return self.type or e.ProjectionType.ALL


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


class GlobalSecondaryIndex(Model):
    """An index with its own key, over all partitions."""

    name: t.DynamoDBName = Field(description="Name of the index, 3 to 255 characters.")
    key_schema: list[KeySchemaElement] = Field(
        default=[],
        description="v1: one HASH, then at most one RANGE; v1alpha1: up to 4 HASH, then up to "
        "4 RANGE.",
    )
    projection: Projection | None = Field(
        None, description="Attributes that the index holds besides the keys; absent means all."
    )
    provisioned_throughput: Annotated[ProvisionedThroughput | None, _PROVISIONED] = Field(
        None, description="Capacity of the index; required with PROVISIONED, otherwise not allowed."
    )
    on_demand_throughput: Annotated[OnDemandThroughput | None, _MAXIMUM] = Field(
        None, description="The maximum throughput of the index."
    )
    warm_throughput: Annotated[WarmThroughput | None, _WARM] = Field(
        None, description="Throughput that the index can serve immediately."
    )
    autoscaling: Annotated[
        Autoscaling | None, Facts(since=None, only_with=e.BillingMode.PROVISIONED)
    ] = Field(None, description="Scaling of this index; absent means the table's.")


class LocalSecondaryIndex(Model):
    """An index with the table's partition key and another sort key. Cannot be changed later."""

    name: t.DynamoDBName = Field(description="Name of the index, 3 to 255 characters.")
    key_schema: list[KeySchemaElement] = Field(
        default=[], description="The table's HASH, then one RANGE; or set rangeKey."
    )
    range_key: Annotated[
        t.OptionalAttributeName,
        Facts(since=Contract.V1ALPHA1, not_in_request="its keySchema says it"),
    ] = Field(None, description="The sort key, instead of keySchema.")
    projection: Projection | None = Field(
        None, description="Attributes that the index holds besides the keys; absent means all."
    )


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
    provisioned_throughput: Annotated[ProvisionedThroughput | None, _PROVISIONED] = Field(
        None, description="Capacity of the table; required with PROVISIONED, otherwise not allowed."
    )
    on_demand_throughput: Annotated[OnDemandThroughput | None, _MAXIMUM] = Field(
        None, description="The maximum throughput of the table."
    )
    warm_throughput: Annotated[WarmThroughput | None, _WARM] = Field(
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
        Autoscaling | None, Facts(since=Contract.V1ALPHA1, only_with=e.BillingMode.PROVISIONED)
    ] = Field(
        None,
        description="Capacity that follows the load; only with PROVISIONED.",
    )
    resource_policy: Annotated[
        ResourcePolicy | None,
        Facts(
            since=Contract.V1ALPHA1,
            not_in_request="it would have to name the table's ARN, which an application team does"
            " not know",
            crossplane=Unsupported(
                "a Crossplane Table has no resource policy",
                f"add a ResourcePolicy {_SAME_GROUP}, with the table's ARN in it",
            ),
        ),
    ] = Field(None, description="Resource-based policy of the table.")
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
    replicas: Annotated[
        list[Replica],
        Facts(
            since=Contract.V1ALPHA1,
            not_in_request="a request is about one region, and the controller deletes replicas"
            " that a request no longer names",
        ),
    ] = Field(default=[], description="Replicas of the table in other regions.")
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
        description="Your tags, for every resource that can have tags.",
    )

    @property
    def is_restored(self) -> bool:
        """Whether the table is restored from another table or from a backup."""
        return bool(
            self.restore_source_name or self.restore_source_table_arn or self.restore_backup_arn
        )


BLOCKS = {name: facts(field).block for name, field in fields(Spec).items() if facts(field).block}
"""The booleans of v1 that are the `enabled` of a block since v1alpha1, and these blocks."""


class Annotations(BaseModel):
    """The annotations that this program reads; others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    allow_replacement: t.Replaceable = Field(
        default=[],
        alias=ALLOW_REPLACEMENT,
        description="Fields that may change although that replaces the table with an empty one: "
        f"{', '.join(t.REPLACEABLE)}, separated by commas. "
        "Remove it again afterwards.",
    )
    ignore_warnings: t.Names = Field(
        default=[],
        alias=IGNORE_WARNINGS,
        description="Codes of warnings that are not shown for this manifest, separated by commas.",
    )


class Metadata(BaseModel):
    """Names the resource. The platform adds its own keys here, so unknown ones are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)

    name: t.ResourceName = Field(description="Name of the resource, and of the table by default.")
    id: t.OptionalTagValue = Field(None, description="Id from the platform; becomes a tag.")
    org: t.OptionalTagValue = Field(None, description="Organisation; becomes a tag.")
    env: t.OptionalTagValue = Field(None, description="Environment; becomes a tag.")
    annotations: Annotations | None = Field(None, description="Settings of this program.")

    @property
    def allow_replacement(self) -> list[str]:
        """The fields that may change although that replaces the table."""
        return self.annotations.allow_replacement if self.annotations else []

    @property
    def ignore_warnings(self) -> list[str]:
        """Codes of warnings that are not shown for this manifest, in their current spelling."""
        listed = self.annotations.ignore_warnings if self.annotations else []
        return [current_spelling(code) for code in listed]


class AwsDynamodb(Model):
    """What a manifest says, without the apiVersion and the kind."""

    deletion_policy: t.OptionalDeletionPolicy = None
    """Whether the table is deleted with its request. A manifest has no such field."""

    metadata: Metadata = Field(
        description="Name of the resource, its platform ids and annotations."
    )
    spec: Spec = Field(description="The table and its settings.")
