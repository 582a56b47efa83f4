"""An existing table, as AWS, a template or a state describes it."""

from __future__ import annotations

from dataclasses import dataclass

from planton.manifest.enums import BillingMode, StreamViewType, TableClass
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    KinesisPlan,
    LocalIndexPlan,
    MaximumPlan,
    PolicyPlan,
    RecoveryPlan,
    ReplicaFeaturesPlan,
    ReplicaPlan,
    TagPlan,
    Throughput,
    TtlPlan,
    WarmPlan,
)

_NO_TTL = TtlPlan(enabled=False, attribute_name=None)
_NO_RECOVERY = RecoveryPlan(enabled=False, period_in_days=None)
_OWNED_KEY = EncryptionPlan(enabled=False, kms_key_arn=None)


@dataclass(frozen=True)
class LeftOut:
    """Something that the manifest does not say: a setting that it has no field for, a value that
    the source leaves open, or one that could not be read. `line` is its line in a file."""

    place: str
    reason: str
    line: int | None = None


@dataclass(frozen=True)
class FoundTable:
    """An existing table. What a source does not mention is off, as in AWS."""

    name: str
    billing_mode: BillingMode
    attributes: tuple[AttributePlan, ...]
    """Every attribute of a key, those of all indexes too."""
    keys: tuple[KeyAttribute, ...]
    region: str | None = None
    throughput: Throughput | None = None
    maximum: MaximumPlan | None = None
    warm: WarmPlan | None = None
    global_indexes: tuple[GlobalIndexPlan, ...] = ()
    local_indexes: tuple[LocalIndexPlan, ...] = ()
    ttl: TtlPlan = _NO_TTL
    stream_view_type: StreamViewType | None = None
    point_in_time_recovery: RecoveryPlan = _NO_RECOVERY
    encryption: EncryptionPlan = _OWNED_KEY
    table_class: TableClass = TableClass.STANDARD
    deletion_protection: bool = False
    contributor_insights: tuple[InsightsPlan, ...] = ()
    policy: PolicyPlan | None = None
    kinesis: KinesisPlan | None = None
    replicas: tuple[ReplicaPlan, ...] = ()
    replica_features: tuple[ReplicaFeaturesPlan, ...] = ()
    witness_region: str | None = None
    scaling: tuple[ScalingPlan, ...] = ()
    """Of the table, its global indexes, and (`region`) its replicas."""
    tags: tuple[TagPlan, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
