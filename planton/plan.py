"""Every decision about the table, taken once from a valid manifest.

Pure data: what creates resources, renders other control planes' manifests or prints a plan reads
these values and decides nothing. The same manifest gives the same plan, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planton.model.spec import (
    Autoscaling,
    AwsDynamodb,
    ContributorInsights,
    GlobalSecondaryIndex,
    KeySchemaElement,
    LocalSecondaryIndex,
    OnDemandThroughput,
    PointInTimeRecovery,
    Projection,
    ProvisionedThroughput,
    ScalingDimension,
    Spec,
)
from planton.model.types import (
    TABLE_NAME,
    AttributeType,
    BillingMode,
    InsightsMode,
    KeyType,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.tags import platform_tags

Dimension = Literal["read", "write"]


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
class GlobalIndexPlan:
    """A global secondary index. `non_key_attributes` are a set to AWS, hence sorted."""

    name: str
    keys: tuple[KeyAttribute, ...]
    projection_type: ProjectionType
    non_key_attributes: tuple[str, ...]
    throughput: Throughput | None
    maximum: MaximumPlan | None
    ignored: tuple[Dimension, ...]
    """Dimensions whose capacity belongs to the autoscaler."""


@dataclass(frozen=True)
class LocalIndexPlan:
    """A local secondary index. The order of `non_key_attributes` is the manifest's: another order
    would replace the table."""

    name: str
    range_key: str
    projection_type: ProjectionType
    non_key_attributes: tuple[str, ...]


@dataclass(frozen=True)
class ScalingPlan:
    """Autoscaling of one dimension of the table (`index` is None) or of a global index."""

    index: str | None
    dimension: Dimension
    min_capacity: int
    max_capacity: int
    target_utilization: int
    scale_in_cooldown: int | None
    scale_out_cooldown: int | None

    @property
    def key(self) -> str:
        """How the outputs name it: `table/read`, `index/NAME/write`."""
        owner = "table" if self.index is None else f"index/{self.index}"
        return f"{owner}/{self.dimension}"


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
class TablePlan:
    """One table and everything around it."""

    logical_name: str
    table_name: str
    billing_mode: BillingMode
    attributes: tuple[tuple[str, AttributeType], ...]
    """What the table resource defines: attributes of standalone indexes are not among them."""
    keys: tuple[KeyAttribute, ...]
    throughput: Throughput | None
    maximum: MaximumPlan | None
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
    scaling: tuple[ScalingPlan, ...]
    tags: tuple[tuple[str, str], ...]
    allow_replacement: tuple[str, ...]
    """What may change although the table is then made anew."""
    ignore_changes: tuple[str, ...]
    """Properties of the table resource that are not this program's to change."""

    @property
    def hash_key(self) -> str:
        """The partition key's attribute."""
        return self.keys[0].name

    @property
    def range_key(self) -> str | None:
        """The sort key's attribute, if there is one."""
        return self.keys[1].name if len(self.keys) > 1 else None

    @property
    def global_indexes(self) -> tuple[GlobalIndexPlan, ...]:
        """All global indexes, however they are managed."""
        return self.inline_indexes + self.standalone_indexes


def make_plan(manifest: AwsDynamodb) -> TablePlan:
    """The plan of a manifest that `load` accepted."""
    spec = manifest.spec
    assert manifest.billing_mode is not None  # rule billing_mode_set
    types = {attribute.name: attribute.type for attribute in spec.attribute_definitions}
    scaling = tuple(_scaling(spec))
    indexes = tuple(
        GlobalIndexPlan(
            name=index.name,
            keys=_keys(index.key_schema, types),
            projection_type=_projection(index).effective_type,
            non_key_attributes=tuple(sorted(_projection(index).non_key_attributes)),
            throughput=_throughput(index.provisioned_throughput),
            maximum=_maximum(index.on_demand_throughput),
            ignored=tuple(s.dimension for s in scaling if s.index == index.name),
        )
        for index in spec.global_secondary_indexes
    )
    standalone = _indexes_are_standalone(spec)
    keys = _keys(spec.key_schema, types)
    local = tuple(
        LocalIndexPlan(
            name=index.name,
            range_key=index.range_key or index.key_schema[1].attribute_name,
            projection_type=_projection(index).effective_type,
            non_key_attributes=tuple(_projection(index).non_key_attributes),
        )
        for index in spec.local_secondary_indexes
    )
    allowed = tuple(sorted(manifest.metadata.allow_replacement))
    own = {key.name for key in keys} | {index.range_key for index in local}
    return TablePlan(
        logical_name=manifest.metadata.name,
        table_name=manifest.table_name,
        billing_mode=manifest.billing_mode,
        attributes=tuple(
            sorted((name, kind) for name, kind in types.items() if not standalone or name in own)
        ),
        keys=keys,
        throughput=_throughput(spec.provisioned_throughput),
        maximum=_maximum(spec.on_demand_throughput),
        inline_indexes=() if standalone else indexes,
        standalone_indexes=indexes if standalone else (),
        local_indexes=local,
        ttl=TtlPlan(True, spec.ttl.attribute_name)
        if spec.ttl and spec.ttl.enabled
        else TtlPlan(False, None),
        stream_view_type=spec.stream_view_type,
        point_in_time_recovery=_recovery(spec),
        encryption=EncryptionPlan(
            spec.server_side_encryption.enabled, spec.server_side_encryption.kms_key_arn
        )
        if spec.server_side_encryption
        else EncryptionPlan(False, None),
        table_class=spec.table_class or TableClass.STANDARD,
        deletion_protection=spec.deletion_protection_enabled,
        contributor_insights=_insights(spec),
        scaling=scaling,
        tags=tuple(
            sorted({**platform_tags(manifest.metadata, manifest.kind), **spec.tags}.items())
        ),
        allow_replacement=allowed,
        ignore_changes=_ignored(spec, scaling, allowed),
    )


MAX_RECOVERY_DAYS = 35
"""How far back a table can be restored, and what AWS takes where no period is given."""


def _recovery(spec: Spec) -> RecoveryPlan:
    """The period is always given: one that is left out would keep a shorter one from before."""
    block = spec.point_in_time_recovery or PointInTimeRecovery(
        enabled=spec.point_in_time_recovery_enabled
    )
    if not block.enabled:
        return RecoveryPlan(False, None)
    return RecoveryPlan(True, block.recovery_period_in_days or MAX_RECOVERY_DAYS)


def _insights(spec: Spec) -> tuple[InsightsPlan, ...]:
    """The mode is always given: one that is left out would keep another from before."""
    block = spec.contributor_insights or ContributorInsights(
        enabled=spec.contributor_insights_enabled
    )
    if not block.enabled:
        return ()
    mode = block.mode or InsightsMode.ACCESSED_AND_THROTTLED_KEYS
    return tuple(InsightsPlan(index, mode) for index in (None, *block.gsi_index_names))


def _keys(
    schema: list[KeySchemaElement], types: dict[str, AttributeType]
) -> tuple[KeyAttribute, ...]:
    return tuple(
        KeyAttribute(key.attribute_name, types[key.attribute_name], key.key_type) for key in schema
    )


def _projection(index: GlobalSecondaryIndex | LocalSecondaryIndex) -> Projection:
    return index.projection or Projection()


def _throughput(units: ProvisionedThroughput | None) -> Throughput | None:
    if units is None or not units.given:
        return None
    return Throughput(units.read_capacity_units, units.write_capacity_units)


def _maximum(given: OnDemandThroughput | None) -> MaximumPlan | None:
    """What is not named is not sent: AWS may refuse a -1 for a table that is yet to be made."""
    if given is None or not (given.max_read_request_units or given.max_write_request_units):
        return None
    return MaximumPlan(given.max_read_request_units or None, given.max_write_request_units or None)


def _indexes_are_standalone(spec: Spec) -> bool:
    """Capacity of one inline index cannot be left to an autoscaler.

    As soon as an autoscaling block reaches one index, enabled or not, all of them are resources of
    their own: the provider takes one kind or the other, and switching `enabled` must not move any.
    """
    indexes = spec.global_secondary_indexes
    return bool(indexes) and (
        spec.autoscaling is not None or any(index.autoscaling for index in indexes)
    )


def _scaling(spec: Spec) -> list[ScalingPlan]:
    """The table's dimensions, then each index's; an index without a block takes the table's."""
    found = _dimensions(None, spec.autoscaling, spec.provisioned_throughput)
    for index in spec.global_secondary_indexes:
        block = index.autoscaling or spec.autoscaling
        found += _dimensions(index.name, block, index.provisioned_throughput)
    return found


def _dimensions(
    index: str | None, block: Autoscaling | None, units: ProvisionedThroughput | None
) -> list[ScalingPlan]:
    if block is None or not block.enabled or units is None:
        return []
    dimensions: tuple[tuple[Dimension, ScalingDimension | None, int], ...] = (
        ("read", block.read, units.read_capacity_units),
        ("write", block.write, units.write_capacity_units),
    )
    return [
        ScalingPlan(
            index=index,
            dimension=dimension,
            min_capacity=bounds.min_capacity or provisioned,
            max_capacity=bounds.max_capacity,
            target_utilization=bounds.target_utilization_percent,
            scale_in_cooldown=bounds.scale_in_cooldown_seconds,
            scale_out_cooldown=bounds.scale_out_cooldown_seconds,
        )
        for dimension, bounds, provisioned in dimensions
        if bounds is not None
    ]


def _ignored(
    spec: Spec, scaling: tuple[ScalingPlan, ...], allowed: tuple[str, ...]
) -> tuple[str, ...]:
    """Property paths in the engine's spelling: below the top level it does not translate.

    The name is decided at creation, so that a table which another program named stays, unless the
    manifest consents to another. What the
    autoscaler moves is the autoscaler's. Expiry is switched off under the attribute that AWS has,
    whatever the manifest calls it meanwhile.
    """
    paths = [] if TABLE_NAME in allowed else ["name"]
    paths += [f"{s.dimension}Capacity" for s in scaling if s.index is None]
    if spec.ttl is None or not spec.ttl.enabled:
        paths.append("ttl.attributeName")
    return tuple(paths)


MAX_POLICY_NAME = 256
"""Characters of a scaling policy's name (PutScalingPolicy, PolicyName)."""


def policy_name(metric: str, resource_id: str) -> str:
    """In the console's own style, by which people find it; without the resource where that is
    too long: names need to be unique only on the one dimension that they scale."""
    name = f"{metric}:{resource_id}"
    return name if len(name) <= MAX_POLICY_NAME else metric
