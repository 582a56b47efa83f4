"""The manifest as types: one class a mapping of the contract, one field a key.

Outside camelCase, inside snake_case; closed and frozen. Fields of `spec` itself all have a default:
what must be given is a rule with an upstream id, so that one missing field hides no other finding.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from planton.annotations import ALLOW_REPLACEMENT, IGNORE_WARNINGS
from planton.contract import KIND, REQUEST_KIND, Contract
from planton.model import enums as e
from planton.model import formats as f
from planton.model import types as t
from planton.model.base import Model
from planton.model.blocks import (
    GlobalTableWitness,
    ImportTable,
    KinesisStreamingDestination,
    Replica,
    ResourcePolicy,
    ScheduledAdjustment,
    WarmThroughput,
)
from planton.place import ANYWHERE, Place


class AttributeDefinition(Model):
    """An attribute that a key of the table or of an index uses."""

    name: t.AttributeName = Field(description="Name of the attribute, 1 to 255 characters.")
    type: t.AnAttributeType = Field(description="S text, N number, B binary.")


class KeySchemaElement(Model):
    """One part of a key."""

    attribute_name: t.AttributeName = Field(description="An attribute of attributeDefinitions.")
    key_type: t.AKeyType = Field(description="HASH is the partition key, RANGE the sort key.")


class ProvisionedThroughput(Model):
    """Capacity bought by the hour. 0/0 counts as absent, as the protobuf contract writes it."""

    read_capacity_units: t.Units = Field(
        0, description="Strongly consistent reads of up to 4 KiB a second."
    )
    write_capacity_units: t.Units = Field(0, description="Writes of up to 1 KiB a second.")

    @property
    def given(self) -> bool:
        """Whether either unit says something."""
        return bool(self.read_capacity_units or self.write_capacity_units)


class OnDemandThroughput(Model):
    """The most that may be used under PAY_PER_REQUEST. 0 counts as absent."""

    max_read_request_units: t.Maximum = Field(
        0, description="Read request units a second; -1 takes a maximum away."
    )
    max_write_request_units: t.Maximum = Field(
        0, description="Write request units a second; -1 takes a maximum away."
    )


class Projection(Model):
    """What an index holds beside the keys."""

    type: t.OptionalProjectionType = Field(
        None, description="ALL, KEYS_ONLY or INCLUDE; absent means ALL."
    )
    non_key_attributes: list[t.AttributeName] = Field(
        default=[], description="With INCLUDE: 1 to 20 attributes to hold as well."
    )

    @property
    def effective_type(self) -> e.ProjectionType:
        """The type, ALL where the manifest names none."""
        return self.type or e.ProjectionType.ALL


class ScalingDimension(Model):
    """Bounds and aim of one dimension's autoscaling (target tracking)."""

    min_capacity: t.Capacity | None = Field(
        None, description="Lowest capacity; absent means the provisioned units."
    )
    max_capacity: t.Capacity = Field(description="Highest capacity.")
    target_utilization_percent: t.Percent = Field(
        70, description="Share of the capacity to keep in use, 20 to 90."
    )
    scale_in_cooldown_seconds: t.Seconds | None = Field(
        None, description="Seconds to wait after a decrease; absent leaves it to AWS."
    )
    scale_out_cooldown_seconds: t.Seconds | None = Field(
        None, description="Seconds to wait after an increase; absent leaves it to AWS."
    )


class Autoscaling(Model):
    """Capacity that follows the load. An index without a block of its own takes the table's."""

    enabled: t.Bool = Field(
        True, description="false turns scaling off and keeps how the indexes are managed."
    )
    read: ScalingDimension | None = Field(None, description="Scaling of the read capacity.")
    write: ScalingDimension | None = Field(None, description="Scaling of the write capacity.")
    scheduled_adjustments: list[ScheduledAdjustment] = Field(
        default=[], description="Changes of the bounds at known times."
    )


class GlobalSecondaryIndex(Model):
    """An index with a key of its own, over all partitions."""

    name: t.DynamoDBName = Field(description="Name of the index, 3 to 255 characters.")
    key_schema: list[KeySchemaElement] = Field(
        default=[],
        description="v1: one HASH, then at most one RANGE; v1alpha1: up to 4 HASH, then up to "
        "4 RANGE.",
    )
    projection: Projection | None = Field(
        None, description="What the index holds beside the keys; absent means all attributes."
    )
    provisioned_throughput: ProvisionedThroughput | None = Field(
        None, description="Capacity of the index; needed with PROVISIONED, refused without."
    )
    on_demand_throughput: OnDemandThroughput | None = Field(
        None, description="The most that may be used of the index. Not in the v1 proto."
    )
    warm_throughput: WarmThroughput | None = Field(
        None, description="What the index can serve at once. Not in the v1 proto."
    )
    autoscaling: Autoscaling | None = Field(
        None, description="Scaling of this index; absent means as the table. Not in the v1 proto."
    )


class LocalSecondaryIndex(Model):
    """An index with the table's partition key and another sort key. Fixed at creation."""

    name: t.DynamoDBName = Field(description="Name of the index, 3 to 255 characters.")
    key_schema: list[KeySchemaElement] = Field(
        default=[], description="The table's HASH, then one RANGE; or give rangeKey."
    )
    range_key: t.OptionalAttributeName = Field(
        None, description="The sort key alone, instead of keySchema. Not in the v1 proto."
    )
    projection: Projection | None = Field(
        None, description="What the index holds beside the keys; absent means all attributes."
    )


class Ttl(Model):
    """Items whose time has passed are deleted, within days."""

    enabled: t.Bool = Field(False, description="Whether items expire.")
    attribute_name: t.OptionalAttributeName = Field(
        None,
        description="The number attribute that holds the time of expiry in seconds since 1970.",
    )


class ServerSideEncryption(Model):
    """Which key encrypts the table at rest."""

    enabled: t.Bool = Field(
        False,
        description="false: a key that AWS owns, free. true: `aws/dynamodb`, or kmsKeyArn.",
    )
    kms_key_arn: t.OptionalKmsKeyArn = Field(
        None, description="ARN of a customer managed KMS key or of an alias; only when enabled."
    )


class PointInTimeRecovery(Model):
    """Backups without end, to any second of the last days."""

    enabled: t.Bool = Field(False, description="Whether the table can be restored.")
    recovery_period_in_days: t.Days | None = Field(
        None, description="How far back, 1 to 35 days; absent means 35."
    )


class ContributorInsights(Model):
    """What CloudWatch shows of the busiest and of throttled keys."""

    enabled: t.Bool = Field(False, description="Whether the table is watched.")
    mode: t.OptionalInsightsMode = Field(
        None, description="Which requests are watched; absent means all."
    )
    gsi_index_names: list[t.DynamoDBName] = Field(
        default=[], description="Global indexes that are watched as well."
    )


class Spec(Model):
    """The table."""

    region: t.OptionalRegion = Field(None, description="AWS region; absent means the provider's.")
    table_name: t.OptionalDynamoDBName = Field(
        None,
        description="Name of the table in AWS, set at creation; absent means metadata.name. "
        "Not in the v1 proto.",
    )
    billing_mode: t.OptionalBillingMode = Field(
        None,
        description="PROVISIONED buys capacity by the hour, PAY_PER_REQUEST pays each use. v1: "
        "must be given; v1alpha1: absent means PROVISIONED.",
    )
    attribute_definitions: list[AttributeDefinition] = Field(
        default=[], description="Exactly the attributes that keys use."
    )
    key_schema: list[KeySchemaElement] = Field(
        default=[], description="The table's key: one HASH, then at most one RANGE. Fixed for good."
    )
    provisioned_throughput: ProvisionedThroughput | None = Field(
        None, description="Capacity of the table; needed with PROVISIONED, refused without."
    )
    on_demand_throughput: OnDemandThroughput | None = Field(
        None, description="The most that may be used of the table. Not in the v1 proto."
    )
    warm_throughput: WarmThroughput | None = Field(
        None,
        description="What the table can serve at once, set at creation. Not in the v1 proto.",
    )
    global_secondary_indexes: list[GlobalSecondaryIndex] = Field(
        default=[], description="At most 20."
    )
    local_secondary_indexes: list[LocalSecondaryIndex] = Field(
        default=[], description="At most 5, fixed at creation."
    )
    ttl: Ttl | None = Field(None, description="Expiry of items.")
    stream_enabled: t.Bool = Field(False, description="Whether changes are kept for 24 hours.")
    stream_view_type: t.OptionalStreamViewType = Field(
        None, description="What a stream record holds; given exactly when the stream is on."
    )
    point_in_time_recovery_enabled: t.Bool = Field(
        False, description="Whether the table can be restored to any second of the last 35 days."
    )
    point_in_time_recovery: PointInTimeRecovery | None = Field(
        None, description="The same, with its period. Not in the v1 proto."
    )
    server_side_encryption: ServerSideEncryption | None = Field(
        None, description="Encryption at rest; absent means a key that AWS owns."
    )
    table_class: t.OptionalTableClass = Field(
        None, description="STANDARD (also where absent) or STANDARD_INFREQUENT_ACCESS."
    )
    deletion_protection_enabled: t.Bool = Field(
        False,
        description="Refuses deletion in AWS; replacement and destroy are refused at preview.",
    )
    contributor_insights_enabled: t.Bool = Field(
        False, description="Whether CloudWatch shows the table's busiest and throttled keys."
    )
    contributor_insights: ContributorInsights | None = Field(
        None, description="The same, with its mode and indexes. Not in the v1 proto."
    )
    autoscaling: Autoscaling | None = Field(
        None, description="Capacity that follows the load; only PROVISIONED. Not in the v1 proto."
    )
    resource_policy: ResourcePolicy | None = Field(
        None, description="Who else may use the table. Not in the v1 proto."
    )
    kinesis_streaming_destination: KinesisStreamingDestination | None = Field(
        None, description="A Kinesis data stream that gets every change. Not in the v1 proto."
    )
    replicas: list[Replica] = Field(
        default=[], description="The same table in other regions. Not in the v1 proto."
    )
    global_table_witness: GlobalTableWitness | None = Field(
        None,
        description="With one replica of consistencyMode STRONG: the third region. Not in the v1 "
        "proto.",
    )
    import_table: ImportTable | None = Field(
        None,
        description="Files in S3 that the table is filled with when it is made. Not in the v1 "
        "proto.",
    )
    restore_source_name: t.OptionalDynamoDBName = Field(
        None,
        description="Table of the same account and region whose state of a moment the new table "
        "begins with. Not in the v1 proto.",
    )
    restore_source_table_arn: f.OptionalTableArn = Field(
        None, description="The same by its ARN, of any region. Not in the v1 proto."
    )
    restore_date_time: f.OptionalTime = Field(
        None,
        description="The moment, in UTC, such as 2026-11-26T08:00:00Z. Not in the v1 proto.",
    )
    restore_to_latest_time: t.Bool = Field(
        False, description="The latest moment there is, instead. Not in the v1 proto."
    )
    restore_backup_arn: f.OptionalBackupArn = Field(
        None, description="ARN of a backup that the new table begins with. Not in the v1 proto."
    )
    tags: dict[t.TagKey, t.TagValue] = Field(
        default={},
        description="Tags of your own, on everything that takes tags. Not in the v1 proto.",
    )

    @property
    def is_restored(self) -> bool:
        """Whether the table is made from another one or from a backup."""
        return bool(
            self.restore_source_name or self.restore_source_table_arn or self.restore_backup_arn
        )


class Annotations(BaseModel):
    """The annotations that mean something here; others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    allow_replacement: t.Consents = Field(
        default=[],
        alias=ALLOW_REPLACEMENT,
        description="What may change although the table is then made anew, empty: "
        f"{', '.join(t.REPLACEABLE)}, with commas between them. "
        "Take it out again afterwards.",
    )
    ignore_warnings: t.Names = Field(
        default=[],
        alias=IGNORE_WARNINGS,
        description="Codes of warnings that are not shown for this manifest, with commas between "
        "them.",
    )


class Metadata(BaseModel):
    """Who the table is. The platform adds keys of its own here, so unknown ones are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)

    name: t.ResourceName = Field(description="Name of the resource, and of the table by default.")
    id: t.OptionalTagValue = Field(None, description="Id that the platform gave; becomes a tag.")
    org: t.OptionalTagValue = Field(None, description="Organisation; becomes a tag.")
    env: t.OptionalTagValue = Field(None, description="Environment; becomes a tag.")
    annotations: Annotations | None = Field(None, description="Notes to this program.")

    @property
    def allow_replacement(self) -> list[str]:
        """What may change although the table is then made anew."""
        return self.annotations.allow_replacement if self.annotations else []

    @property
    def ignore_warnings(self) -> list[str]:
        """Codes of warnings that are not shown for this manifest."""
        return self.annotations.ignore_warnings if self.annotations else []


class AwsDynamodb(Model):
    """One manifest. Of its frame only the contract's version is kept."""

    contract: Contract = Contract.V1
    extended: frozenset[str] = frozenset()
    """Fields of spec that stand in the annotation, out of the v1 contract's sight."""

    around: Place = ANYWHERE
    """What stands around the manifest says of region and account."""

    deletion_policy: t.OptionalDeletionPolicy = None
    """What becomes of the table when its request is deleted. A manifest has no such field."""

    metadata: Metadata = Field(description="Who the table is.")
    spec: Spec = Field(description="What the table is.")

    @property
    def table_name(self) -> str:
        """The table's name in AWS, if this manifest creates it."""
        return self.spec.table_name or self.metadata.name

    @property
    def region(self) -> str | None:
        """The region that the table goes to, where it is named in or around the manifest."""
        return self.spec.region or self.around.region

    @property
    def region_aside(self) -> str:
        """What a sentence adds where nobody would find the region in the manifest."""
        return "" if self.spec.region else " (its region is named outside of the manifest)"

    @property
    def kind(self) -> str:
        """What the user wrote: a manifest, or a request to a Kratix platform."""
        return REQUEST_KIND if self.contract is Contract.REQUEST else KIND

    @property
    def billing_mode(self) -> e.BillingMode | None:
        """The mode, with the contract's default; None where the contract has none."""
        default = None if self.contract.demands_billing_mode else e.BillingMode.PROVISIONED
        return self.spec.billing_mode or default

    def is_narrow(self, field: str) -> bool:
        """Whether the v1 contract's own limits hold for a field of spec."""
        return self.contract is Contract.V1 and field not in self.extended
