"""An existing table as the `spec` of a manifest: what differs from the defaults, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.scaling import Data, scaling_blocks, units_within_bounds
from planton.manifest.enums import ConsistencyMode, InsightsMode, TableClass
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.data import to_data, without_absent
from planton.plan.table_plan import (
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    LocalIndexPlan,
    RecoveryPlan,
    ReplicaFeaturesPlan,
    ReplicaPlan,
    Throughput,
)


@dataclass(frozen=True)
class FoundSpec:
    """The fields of `spec` in v1alpha1, and what the manifest cannot say."""

    data: Data
    left_out: tuple[LeftOut, ...]


def found_spec(found: FoundTable, *, table_name: str | None, tags: dict[str, str]) -> FoundSpec:
    """`table_name` is None where metadata.name says it; `tags` are the user's."""
    scaling = scaling_blocks(found)
    insights, unmonitored = _insights(found.contributor_insights)
    own = {features.region: features for features in found.replica_features}
    replicas = [(replica, own.get(replica.region)) for replica in found.replicas]
    for region, features in own.items():
        unmonitored += [
            replace(one, place=f"the replica in {region}: {one.place}")
            for one in _insights(features.contributor_insights)[1]
        ]
    spec: Data = {
        "region": found.region,
        "tableName": table_name,
        "billingMode": found.billing_mode.value,
        "attributeDefinitions": to_data(found.attributes),
        "keySchema": _keys(found.keys),
        "provisionedThroughput": _units(found, None, found.throughput),
        "onDemandThroughput": found.maximum and found.maximum.units,
        "warmThroughput": found.warm and found.warm.units,
        "globalSecondaryIndexes": [_global_index(found, index) for index in found.global_indexes],
        "localSecondaryIndexes": [_local_index(index) for index in found.local_indexes],
        "ttl": to_data(found.ttl) if found.ttl.enabled else None,
        "streamEnabled": found.stream_view_type is not None,
        "streamViewType": to_data(found.stream_view_type),
        "pointInTimeRecovery": _recovery(found.point_in_time_recovery),
        "serverSideEncryption": to_data(found.encryption) if found.encryption.enabled else None,
        "tableClass": _other_than(TableClass.STANDARD, found.table_class),
        "deletionProtectionEnabled": found.deletion_protection,
        "contributorInsights": insights,
        "autoscaling": scaling.table,
        "kinesisStreamingDestination": to_data(found.kinesis),
        "replicas": [_replica(replica, features) for replica, features in replicas],
        "globalTableWitness": {"regionName": found.witness_region},
        "tags": tags,
    }
    data: Data = without_absent(spec)
    for index in data.get("globalSecondaryIndexes", ()):
        if block := scaling.indexes.get(index["name"]):
            index["autoscaling"] = block  # in which `enabled: false` counts
    if found.policy:
        # Its values are free-form: a false or an empty one counts.
        data["resourcePolicy"] = {
            **without_absent(to_data(found.policy)),
            "policy": json.loads(found.policy.text),
        }
    ordered = {name: data[name] for name in fields(Spec) if name in data}
    return FoundSpec(ordered, (*scaling.left_out, *unmonitored))


def _keys(keys: Iterable[KeyAttribute]) -> list[Data]:
    return [{"attributeName": key.name, "keyType": key.key_type.value} for key in keys]


def _units(found: FoundTable, index: str | None, units: Throughput | None) -> Data | None:
    data: Data | None = to_data(units and units_within_bounds(found, index, units))
    return data


def _global_index(found: FoundTable, index: GlobalIndexPlan) -> Data:
    return {
        "name": index.name,
        "keySchema": _keys(index.keys),
        "projection": _projection(index),
        "provisionedThroughput": _units(found, index.name, index.throughput),
        "onDemandThroughput": index.maximum and index.maximum.units,
        "warmThroughput": index.warm and index.warm.units,
    }


def _local_index(index: LocalIndexPlan) -> Data:
    return {"name": index.name, "rangeKey": index.range_key, "projection": _projection(index)}


def _projection(index: GlobalIndexPlan | LocalIndexPlan) -> Data:
    attributes = list(index.non_key_attributes)
    return {"type": index.projection_type.value, "nonKeyAttributes": attributes}


def _recovery(recovery: RecoveryPlan) -> Data | None:
    if not recovery.enabled:
        return None
    days = _other_than(MAX_RECOVERY_DAYS, recovery.period_in_days)
    return {"enabled": True, "recoveryPeriodInDays": days}


def _replica(replica: ReplicaPlan, features: ReplicaFeaturesPlan | None) -> Data:
    data: Data = to_data(replica)
    mode = _other_than(ConsistencyMode.EVENTUAL, replica.consistency_mode)
    data = {"regionName": data.pop("region"), **data, "consistencyMode": mode}
    if features is None:
        return data
    return {
        **data,
        "contributorInsights": _insights(features.contributor_insights)[0],
        "kinesisStreamingDestination": to_data(features.kinesis),
        "tags": dict(features.tags),
    }


def _insights(monitored: tuple[InsightsPlan, ...]) -> tuple[Data | None, list[LeftOut]]:
    """A manifest monitors indexes only together with the table, and all in one mode."""
    table = next((insights for insights in monitored if insights.index is None), None)
    kept, left_out = [], []
    for insights in monitored:
        if insights.index is None:
            continue
        if table and insights.mode is table.mode:
            kept.append(insights.index)
            continue
        reason = f"its mode is {insights.mode.value}, that of the table is not"
        if table is None:
            reason = "a manifest monitors an index only together with the table"
        left_out.append(LeftOut(f"contributor insights of the index {insights.index!r}", reason))
    if table is None:
        return None, left_out
    mode = _other_than(InsightsMode.ACCESSED_AND_THROTTLED_KEYS, table.mode)
    return {"enabled": True, "mode": mode, "gsiIndexNames": kept}, left_out


def _other_than(default: Any, value: Any) -> Any:
    """The value as data, or None for the default."""
    return None if value == default else to_data(value)
