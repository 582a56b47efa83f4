"""Every decision about the table, as pure data; planton.plan.planner makes them.

The code that creates resources, renders objects of other control planes or prints a plan reads
these values and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from planton.manifest.enums import (
    AccessRole,
    AttributeType,
    BillingMode,
    ConsistencyMode,
    DeletionPolicy,
    InputCompression,
    InputFormat,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.manifest.tags import NAME
from planton.plan.alarm_plan import AlarmPlan
from planton.plan.data import Key, to_data
from planton.plan.scaling_plan import Dimension, ScalingPlan


class AttributePlan(NamedTuple):
    """An attribute that is part of a key."""

    name: str
    type: AttributeType


class TagPlan(NamedTuple):
    """A tag of every resource that takes tags."""

    key: str
    value: str


@dataclass(frozen=True)
class KeyAttribute:
    """One attribute of a key, with its type."""

    name: str
    type: AttributeType
    key_type: KeyType


@dataclass(frozen=True)
class Throughput:
    """Provisioned units per second."""

    read: Annotated[int, Key("readCapacityUnits")]
    write: Annotated[int, Key("writeCapacityUnits")]


@dataclass(frozen=True)
class MaximumPlan:
    """Maximum request units per second under PAY_PER_REQUEST. -1 removes a maximum; None does not
    change it."""

    read: Annotated[int | None, Key("maxReadRequestUnits")]
    write: Annotated[int | None, Key("maxWriteRequestUnits")]

    @property
    def units(self) -> dict[str, int]:
        """The values that are set, under their names in the contract and in AWS."""
        return _set(self)


@dataclass(frozen=True)
class WarmPlan:
    """Warm throughput: what the table can serve at once, in units per second. None leaves it to
    AWS; an index has both."""

    reads: Annotated[int | None, Key("readUnitsPerSecond")]
    writes: Annotated[int | None, Key("writeUnitsPerSecond")]

    @property
    def units(self) -> dict[str, int]:
        """The values that are set, under their names in the contract and in AWS."""
        return _set(self)


def _set(limits: MaximumPlan | WarmPlan) -> dict[str, int]:
    return {name: units for name, units in to_data(limits).items() if units is not None}


@dataclass(frozen=True)
class GlobalIndexPlan:
    """A global secondary index. `non_key_attributes` are sorted: to AWS they are a set."""

    name: str
    keys: tuple[KeyAttribute, ...]
    projection_type: ProjectionType
    non_key_attributes: tuple[str, ...]
    throughput: Annotated[Throughput | None, Key("provisionedThroughput")]
    maximum: Annotated[MaximumPlan | None, Key("onDemandThroughput")]
    warm: Annotated[WarmPlan | None, Key("warmThroughput")]
    ignored: Annotated[tuple[Dimension, ...], Key("autoscaled")]
    """Dimensions whose capacity the autoscaler sets."""

    @property
    def ignore_changes(self) -> tuple[str, ...]:
        """Properties of the standalone resource that the program does not change, in the engine's
        spelling. AWS raises warm throughput with the load, and the provider rebuilds the index for
        a value below AWS's own. Capacity that is left out under PAY_PER_REQUEST would be sent to
        AWS as none (global_secondary_index.go, Update)."""
        capacity = "provisionedThroughput"
        scaled = (f"{capacity}.{dimension}CapacityUnits" for dimension in self.ignored)
        return (*(scaled if self.throughput else (capacity,)), "warmThroughput")


@dataclass(frozen=True)
class LocalIndexPlan:
    """A local secondary index. `non_key_attributes` are in the manifest's order, which AWS
    ignores."""

    name: str
    range_key: str
    projection_type: ProjectionType
    non_key_attributes: tuple[str, ...]


@dataclass(frozen=True)
class TtlPlan:
    """TTL. If it is off there is no attribute: AWS keeps the current one."""

    enabled: bool
    attribute_name: str | None


@dataclass(frozen=True)
class EncryptionPlan:
    """Off: an AWS owned key. On without a key: `aws/dynamodb`."""

    enabled: bool
    kms_key_arn: str | None


@dataclass(frozen=True)
class RecoveryPlan:
    """Point-in-time recovery; if it is on, its period is 1 to 35 days."""

    enabled: bool
    period_in_days: Annotated[int | None, Key("recoveryPeriodInDays")]


@dataclass(frozen=True)
class InsightsPlan:
    """Contributor insights of the table (`index` is None) or of a global index."""

    index: str | None
    mode: InsightsMode


@dataclass(frozen=True)
class ReplicaPlan:
    """The table in another region."""

    region: str
    kms_key_arn: str | None
    point_in_time_recovery: bool
    deletion_protection: Annotated[bool, Key("deletionProtectionEnabled")]
    propagate_tags: bool
    consistency_mode: ConsistencyMode


@dataclass(frozen=True)
class PolicyPlan:
    """A resource policy as JSON, in which TABLE_ARN stands for the table's ARN, and STREAM_ARN for
    that of its stream."""

    text: Annotated[str, Key("policy")]
    confirm_remove_self_access: Annotated[bool, Key("confirmRemoveSelfResourceAccess")]


@dataclass(frozen=True)
class ReplicaPolicyPlan:
    """The resource policy of the replica in a region, in which TABLE_ARN stands for the replica's
    ARN."""

    region: str
    policy: Annotated[PolicyPlan, Key("resourcePolicy")]


class GrantPlan(NamedTuple):
    """Access for a principal: an IAM role of the table's account, or another account's."""

    role: AccessRole
    principal: str


@dataclass(frozen=True)
class KinesisPlan:
    """The Kinesis data stream to which the table sends every change."""

    stream_arn: str
    precision: Annotated[Precision | None, Key("approximateCreationDateTimePrecision")]


@dataclass(frozen=True)
class ReplicaFeaturesPlan:
    """What a replica has for itself, if it has anything."""

    region: str
    contributor_insights: tuple[InsightsPlan, ...]
    kinesis: Annotated[KinesisPlan | None, Key("kinesisStreamingDestination")]
    tags: tuple[TagPlan, ...]


@dataclass(frozen=True)
class ImportPlan:
    """Files in S3 that are imported into the new table."""

    bucket: Annotated[str, Key("s3Bucket")]
    bucket_owner: Annotated[str | None, Key("s3BucketOwner")]
    key_prefix: Annotated[str | None, Key("s3KeyPrefix")]
    format: Annotated[InputFormat, Key("inputFormat")]
    compression: Annotated[InputCompression, Key("inputCompressionType")]
    delimiter: str | None
    headers: Annotated[tuple[str, ...], Key("headerList")]
    kind: Literal["import"] = "import"


@dataclass(frozen=True)
class RestorePlan:
    """A table at a point in time, or a backup, from which the new table is restored."""

    table_name: str | None
    table_arn: str | None
    backup_arn: str | None
    date_time: str | None
    to_latest_time: bool
    kind: Literal["restore"] = "restore"


@dataclass(frozen=True)
class ImportedPlan:
    """An existing table is imported, unless the stack has it already."""

    may_change: tuple[str, ...]
    """Fields that the import may change in AWS."""


@dataclass(frozen=True)
class TablePlan:
    """One table with its indexes, replicas, autoscaling and other features."""

    logical_name: str
    table_name: str
    billing_mode: BillingMode
    attributes: tuple[AttributePlan, ...]
    """Attributes of the table resource, without those of standalone indexes."""
    keys: tuple[KeyAttribute, ...]
    """Empty if a restored table takes its source's key."""
    throughput: Annotated[Throughput | None, Key("provisionedThroughput")]
    maximum: Annotated[MaximumPlan | None, Key("onDemandThroughput")]
    warm: Annotated[WarmPlan | None, Key("warmThroughput")]
    inline_indexes: tuple[GlobalIndexPlan, ...]
    standalone_indexes: tuple[GlobalIndexPlan, ...]
    """Global indexes that are standalone resources, in the order of their creation."""
    local_indexes: tuple[LocalIndexPlan, ...]
    ttl: TtlPlan
    stream_view_type: StreamViewType | None
    point_in_time_recovery: RecoveryPlan
    encryption: Annotated[EncryptionPlan, Key("serverSideEncryption")]
    table_class: TableClass
    deletion_protection: Annotated[bool, Key("deletionProtectionEnabled")]
    deletion_policy: DeletionPolicy | None
    """RETAIN, or None: the table is deleted with its resource."""
    contributor_insights: tuple[InsightsPlan, ...]
    policy: Annotated[PolicyPlan | None, Key("resourcePolicy")]
    stream_policy: Annotated[PolicyPlan | None, Key("streamResourcePolicy")]
    replica_policies: tuple[ReplicaPolicyPlan, ...]
    access_policies: tuple[AccessRole, ...]
    """The roles whose IAM policies the manifest asks for; grants may need more."""
    grants: tuple[GrantPlan, ...]
    kinesis: Annotated[KinesisPlan | None, Key("kinesisStreamingDestination")]
    inline_replicas: tuple[ReplicaPlan, ...]
    standalone_replicas: tuple[ReplicaPlan, ...]
    """Replicas that are standalone resources, in the order of their creation."""
    replica_features: tuple[ReplicaFeaturesPlan, ...]
    witness_region: str | None
    source: ImportPlan | RestorePlan | None
    """The data source of a new table; it has no effect on an existing one."""
    scaling: Annotated[tuple[ScalingPlan, ...], Key("autoscaling")]
    alarms: tuple[AlarmPlan, ...]
    tags: tuple[TagPlan, ...]
    imported: Annotated[ImportedPlan | None, Key("importExisting")]
    allow_replacement: tuple[str, ...]
    """What may change although the table is then replaced."""
    ignore_changes: tuple[str, ...]
    """Properties of the table resource that the program does not change."""

    @property
    def hash_key(self) -> str | None:
        """The partition key's attribute; None if the table takes its source's key."""
        return self.keys[0].name if self.keys else None

    @property
    def range_key(self) -> str | None:
        """The sort key's attribute, if there is one."""
        return self.keys[1].name if len(self.keys) > 1 else None

    @property
    def global_indexes(self) -> tuple[GlobalIndexPlan, ...]:
        """All global indexes, inline and standalone."""
        return self.inline_indexes + self.standalone_indexes

    @property
    def has_indexes(self) -> bool:
        """Whether the table has any index."""
        return bool(self.global_indexes or self.local_indexes)

    @property
    def is_retained(self) -> bool:
        """Whether the table, with everything around it, stays in AWS when its resource goes."""
        return self.deletion_policy is DeletionPolicy.RETAIN

    @property
    def is_protected(self) -> bool:
        """Whether AWS would refuse to delete the table or one of its inline replicas. A retained
        table is not deleted, so nothing needs to stop that."""
        protected = (
            self.deletion_protection,
            *(r.deletion_protection for r in self.inline_replicas),
        )
        return not self.is_retained and any(protected)

    @property
    def replicas(self) -> tuple[ReplicaPlan, ...]:
        """All replicas, inline and standalone."""
        return self.inline_replicas + self.standalone_replicas

    @property
    def default_name(self) -> TagPlan:
        """The tag `Name` that the program adds if the manifest has none."""
        return TagPlan(NAME, self.logical_name)

    def tags_of(self, replica: ReplicaPlan) -> dict[str, str]:
        """The tags of a replica: the table's, or its own."""
        if replica.propagate_tags:
            return dict(self.tags)
        return dict(
            tag for one in self.replica_features if one.region == replica.region for tag in one.tags
        )

    @property
    def scaling_here(self) -> tuple[ScalingPlan, ...]:
        """Autoscaling in the table's own region."""
        return tuple(scaling for scaling in self.scaling if scaling.region is None)
