"""What a stack's state knows of a table, as a snapshot that can be compared with the manifest's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import REPLICA_TYPE, StackState, StateResource
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    KeyType,
    ProjectionType,
    StreamViewType,
)
from planton.plan.data import from_data
from planton.plan.table_plan import (
    AttributePlan,
    GlobalIndexPlan,
    KeyAttribute,
    LocalIndexPlan,
    MaximumPlan,
    ReplicaPlan,
    RestorePlan,
    TtlPlan,
)

Properties = Mapping[str, Any]
"""What the provider reports of a table, whether the state has it or AWS is asked."""

_LOCAL = "ddblocal"
"""In the ARNs of DynamoDB Local, whichever region it was asked in."""


def located(has: Properties, new: Snapshot) -> Snapshot:
    """The manifest's snapshot in the region and account of the table, as far as they are known.

    A table whose creation failed half-way has no ARN, and an ARN of DynamoDB Local has no region.
    """
    parts = str(has.get("arn") or "").split(":")
    if len(parts) < 6 or parts[3] == _LOCAL:
        return replace(new, region=has.get("region") or new.region)
    return replace(new, region=parts[3], account_id=parts[4])


def named(table: StateResource, new: Snapshot) -> Snapshot:
    """The manifest's snapshot under the names of the table."""
    name = table.properties.get("name", new.plan.table_name)
    return replace(new, plan=replace(new.plan, logical_name=table.logical_name, table_name=name))


def state_snapshot(state: StackState, table: StateResource, new: Snapshot) -> Snapshot:
    """The manifest's snapshot with everything that the state knows of the table."""
    snapshot = table_snapshot(table.properties, new)
    inline, standalone = _indexes(state, table, new)
    replicas = list(_replicas(state, table.properties, new))
    plan = replace(
        snapshot.plan,
        inline_indexes=inline,
        standalone_indexes=standalone,
        inline_replicas=tuple(one for one, standalone in replicas if not standalone),
        standalone_replicas=tuple(one for one, standalone in replicas if standalone),
    )
    return replace(snapshot, plan=plan)


def table_snapshot(has: Properties, new: Snapshot) -> Snapshot:
    """The manifest's snapshot with what the provider reports of the table itself, and without
    global indexes and replicas.

    Left out, so that it counts as unchanged, is what the provider does not report as it was set:
    the key of an encryption that AWS manages, capacities that an autoscaler changes, the data
    source. The name is left out because the program never changes it.
    """
    attributes = tuple(
        AttributePlan(one["name"], AttributeType(one["type"]))
        for one in has.get("attributes") or []
    )
    types = new.attribute_types | dict(attributes)
    names = zip((has.get("hashKey"), has.get("rangeKey")), KeyType, strict=True)
    ttl = has.get("ttl") or {}
    ttl_attribute = ttl.get("attributeName") if ttl.get("enabled") else None
    view = has.get("streamViewType") if has.get("streamEnabled") else None
    plan = replace(
        new.plan,
        attributes=attributes,
        keys=tuple(
            KeyAttribute(name, types.get(name, AttributeType.S), kind)
            for name, kind in names
            if name
        ),
        local_indexes=tuple(_local_indexes(has, new)),
        inline_indexes=(),
        standalone_indexes=(),
        billing_mode=BillingMode(has.get("billingMode") or new.plan.billing_mode),
        maximum=_maximum(has.get("onDemandThroughput") or {}),
        ttl=TtlPlan(bool(ttl.get("enabled")), ttl_attribute),
        stream_view_type=StreamViewType(view) if view else None,
        inline_replicas=(),
        standalone_replicas=(),
        witness_region=(has.get("globalTableWitness") or {}).get("regionName"),
    )
    return replace(located(has, new), plan=plan)


def _maximum(block: Properties) -> MaximumPlan | None:
    """The provider reports 0 or -1 where there is no maximum."""
    units = {unit: value for unit, value in block.items() if (value or 0) > 0}
    maximum: MaximumPlan | None = from_data(MaximumPlan, units) if units else None
    return maximum


def _local_indexes(has: Properties, new: Snapshot) -> Iterator[LocalIndexPlan]:
    """None of a restored table's, if the manifest leaves out those of its source."""
    if isinstance(new.plan.source, RestorePlan) and not new.plan.local_indexes:
        return
    for one in has.get("localSecondaryIndexes") or []:
        yield LocalIndexPlan(
            name=one["name"],
            range_key=one["rangeKey"],
            projection_type=ProjectionType(one["projectionType"]),
            non_key_attributes=tuple(one.get("nonKeyAttributes") or ()),
        )


def _indexes(
    state: StackState, table: StateResource, new: Snapshot
) -> tuple[tuple[GlobalIndexPlan, ...], tuple[GlobalIndexPlan, ...]]:
    """The inline and the standalone indexes; their details count as unchanged."""
    standalone = state.standalone_indexes(table)
    names = [one["name"] for one in table.properties.get("globalSecondaryIndexes") or []]
    found = [new.global_indexes.get(name) or _unknown_index(name) for name in names]
    return (
        tuple(index for index in found if index.name not in standalone),
        tuple(index for index in found if index.name in standalone),
    )


def _unknown_index(name: str) -> GlobalIndexPlan:
    return GlobalIndexPlan(
        name=name,
        keys=(),
        projection_type=ProjectionType.ALL,
        non_key_attributes=(),
        throughput=None,
        maximum=None,
        warm=None,
        ignored=(),
    )


def _replicas(
    state: StackState, has: Properties, new: Snapshot
) -> Iterator[tuple[ReplicaPlan, bool]]:
    """The replicas, likewise, each with whether it is a standalone resource."""
    standalone = {
        one.properties.get("region")
        for one in state.resources
        if one.type == REPLICA_TYPE
        and str(one.properties.get("globalTableArn")).endswith(f":table/{has.get('name')}")
    }
    reported = {one["regionName"]: one for one in has.get("replicas") or []}
    for region in sorted(str(region) for region in reported.keys() | standalone):
        seen = reported.get(region, {})
        replica = new.replicas.get(region) or ReplicaPlan(
            region=region,
            kms_key_arn=None,
            point_in_time_recovery=bool(seen.get("pointInTimeRecovery")),
            deletion_protection=False,
            propagate_tags=bool(seen.get("propagateTags")),
            consistency_mode=ConsistencyMode.EVENTUAL,
        )
        yield (
            replace(
                replica,
                deletion_protection=bool(seen.get("deletionProtectionEnabled")),
                consistency_mode=ConsistencyMode(seen.get("consistencyMode") or "EVENTUAL"),
            ),
            region in standalone,
        )
