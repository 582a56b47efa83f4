"""Every decision about the table, as pure data; planton.planner takes them.

What creates resources, renders other control planes' manifests or prints a plan reads these values
and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planton.model.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    InputCompression,
    InputFormat,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
    StreamViewType,
    TableClass,
)

Dimension = Literal["read", "write"]

MAX_RECOVERY_DAYS = 35
"""How far back a table can be restored, and what AWS takes where no period is given."""


@dataclass(frozen=True)
class KeyAttribute:
    """One attribute of a key, with its type."""

    name: str
    type: AttributeType
    key_type: KeyType


@dataclass(frozen=True)
class Throughput:
    """Provisioned units a second."""

    read: int
    write: int


@dataclass(frozen=True)
class MaximumPlan:
    """The most request units a second under PAY_PER_REQUEST. -1 takes a maximum away; None leaves
    it as it is."""

    read: int | None
    write: int | None

    @property
    def units(self) -> dict[str, int]:
        """What is named, by the names that the contract and AWS have for it."""
        named = {"maxReadRequestUnits": self.read, "maxWriteRequestUnits": self.write}
        return {name: units for name, units in named.items() if units is not None}


@dataclass(frozen=True)
class WarmPlan:
    """What can be served at once, in units a second. None leaves it to AWS; of an index both are
    given."""

    reads: int | None
    writes: int | None

    @property
    def units(self) -> dict[str, int]:
        """What is named, by the names that the contract and AWS have for it."""
        named = {"readUnitsPerSecond": self.reads, "writeUnitsPerSecond": self.writes}
        return {name: units for name, units in named.items() if units is not None}


@dataclass(frozen=True)
class GlobalIndexPlan:
    """A global secondary index. `non_key_attributes` are a set to AWS, hence sorted."""

    name: str
    keys: tuple[KeyAttribute, ...]
    projection_type: ProjectionType
    non_key_attributes: tuple[str, ...]
    throughput: Throughput | None
    maximum: MaximumPlan | None
    warm: WarmPlan | None
    ignored: tuple[Dimension, ...]
    """Dimensions whose capacity belongs to the autoscaler."""


@dataclass(frozen=True)
class LocalIndexPlan:
    """A local secondary index. `non_key_attributes` are in the manifest's order, which means
    nothing to AWS."""

    name: str
    range_key: str
    projection_type: ProjectionType
    non_key_attributes: tuple[str, ...]


@dataclass(frozen=True)
class SchedulePlan:
    """A change of a target's bounds at a known time; times are UTC, to the second."""

    name: str
    schedule: str
    timezone: str | None
    min_capacity: int | None
    max_capacity: int | None
    start_time: str | None
    end_time: str | None


@dataclass(frozen=True)
class ScalingPlan:
    """Autoscaling of one dimension of the table (`index` is None) or of a global index, in the
    table's region or (`region`) in a replica's."""

    region: str | None
    index: str | None
    dimension: Dimension
    min_capacity: int
    max_capacity: int
    target_utilization: int
    scale_in_cooldown: int | None
    scale_out_cooldown: int | None
    schedules: tuple[SchedulePlan, ...]

    @property
    def key(self) -> str:
        """As the outputs name it: `table/read`, `index/NAME/write`, `replica/REGION/table/read`."""
        owner = "table" if self.index is None else f"index/{self.index}"
        where = "" if self.region is None else f"replica/{self.region}/"
        return f"{where}{owner}/{self.dimension}"

    @property
    def scalable_dimension(self) -> str:
        """As Application Auto Scaling names it."""
        kind = "table" if self.index is None else "index"
        return f"dynamodb:{kind}:{self.dimension.capitalize()}CapacityUnits"

    @property
    def metric(self) -> str:
        """The predefined metric that the scaling aims at."""
        return f"DynamoDB{self.dimension.capitalize()}CapacityUtilization"

    @property
    def place(self) -> str:
        """What follows the table's name in the id of the scaled resource, `table/NAME`."""
        return "" if self.index is None else f"/index/{self.index}"


@dataclass(frozen=True)
class TtlPlan:
    """Expiry. Off has no attribute: whichever is in use."""

    enabled: bool
    attribute_name: str | None


@dataclass(frozen=True)
class EncryptionPlan:
    """Off: a key that AWS owns. On without a key: `aws/dynamodb`."""

    enabled: bool
    kms_key_arn: str | None


@dataclass(frozen=True)
class RecoveryPlan:
    """Restoring to a point in time: how many days back where it is on, 1 to 35."""

    enabled: bool
    period_in_days: int | None


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
    deletion_protection: bool
    propagate_tags: bool
    consistency_mode: ConsistencyMode


@dataclass(frozen=True)
class PolicyPlan:
    """The resource policy as JSON, in which TABLE_ARN stands for the table's."""

    text: str
    confirm_remove_self_access: bool


@dataclass(frozen=True)
class KinesisPlan:
    """A Kinesis data stream that gets every change."""

    stream_arn: str
    precision: Precision


@dataclass(frozen=True)
class ImportPlan:
    """Files in S3 that the new table is filled with."""

    bucket: str
    bucket_owner: str | None
    key_prefix: str | None
    format: InputFormat
    compression: InputCompression
    delimiter: str | None
    headers: tuple[str, ...]


@dataclass(frozen=True)
class RestorePlan:
    """A table at a moment, or a backup, that the new table begins with."""

    table_name: str | None
    table_arn: str | None
    backup_arn: str | None
    date_time: str | None
    to_latest_time: bool


@dataclass(frozen=True)
class TablePlan:
    """One table and everything around it."""

    logical_name: str
    table_name: str
    billing_mode: BillingMode
    attributes: tuple[tuple[str, AttributeType], ...]
    """What the table resource defines: attributes of standalone indexes are not among them."""
    keys: tuple[KeyAttribute, ...]
    """None where a restored table takes its source's."""
    throughput: Throughput | None
    maximum: MaximumPlan | None
    warm: WarmPlan | None
    inline_indexes: tuple[GlobalIndexPlan, ...]
    standalone_indexes: tuple[GlobalIndexPlan, ...]
    """Global indexes as resources of their own, in the order in which they are made."""
    local_indexes: tuple[LocalIndexPlan, ...]
    ttl: TtlPlan
    stream_view_type: StreamViewType | None
    point_in_time_recovery: RecoveryPlan
    encryption: EncryptionPlan
    table_class: TableClass
    deletion_protection: bool
    contributor_insights: tuple[InsightsPlan, ...]
    policy: PolicyPlan | None
    kinesis: KinesisPlan | None
    inline_replicas: tuple[ReplicaPlan, ...]
    standalone_replicas: tuple[ReplicaPlan, ...]
    """Replicas as resources of their own, in the order in which they are made."""
    witness_region: str | None
    source: ImportPlan | RestorePlan | None
    """What a new table begins with; nothing to one that is there."""
    scaling: tuple[ScalingPlan, ...]
    tags: tuple[tuple[str, str], ...]
    allow_replacement: tuple[str, ...]
    """What may change although the table is then made anew."""
    ignore_changes: tuple[str, ...]
    """Properties of the table resource that are not this program's to change."""

    @property
    def hash_key(self) -> str | None:
        """The partition key's attribute; None where the source decides."""
        return self.keys[0].name if self.keys else None

    @property
    def range_key(self) -> str | None:
        """The sort key's attribute, if there is one."""
        return self.keys[1].name if len(self.keys) > 1 else None

    @property
    def global_indexes(self) -> tuple[GlobalIndexPlan, ...]:
        """All global indexes, however they are managed."""
        return self.inline_indexes + self.standalone_indexes

    @property
    def is_protected(self) -> bool:
        """Whether AWS refuses to delete what belongs to the table resource."""
        return self.deletion_protection or any(r.deletion_protection for r in self.inline_replicas)

    @property
    def replicas(self) -> tuple[ReplicaPlan, ...]:
        """All replicas, however they are managed."""
        return self.inline_replicas + self.standalone_replicas

    @property
    def scaling_here(self) -> tuple[ScalingPlan, ...]:
        """What scales in the table's own region."""
        return tuple(scaling for scaling in self.scaling if scaling.region is None)


MAX_POLICY_NAME = 256
"""Characters of a scaling policy's name (PutScalingPolicy, PolicyName)."""


def policy_name(metric: str, resource_id: str) -> str:
    """In the console's own style, by which people find it; without the resource where that is
    too long: names need to be unique only on the one dimension that they scale."""
    name = f"{metric}:{resource_id}"
    return name if len(name) <= MAX_POLICY_NAME else metric
