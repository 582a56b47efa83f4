"""Replicas of a table as AWS describes them, in the table's region and in their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planton.adopt.aws_values import Json, needed
from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.replica_features import with_features
from planton.manifest.enums import ConsistencyMode
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import ReplicaPlan

_GONE = {
    "DELETING": "it is being deleted",
    "CREATION_FAILED": "its creation failed",
}
_OVERRIDES = {
    "ProvisionedThroughputOverride": "its own provisioned throughput",
    "OnDemandThroughputOverride": "its own on-demand maximum",
}
_NO_FIELD = "a manifest cannot set it on a replica; it stays in AWS as it is"


def replicas_of(table: Json, region: str) -> tuple[list[Json], list[LeftOut]]:
    """The descriptions of the table's other replicas, sorted by region, and those that are not
    written."""
    kept, left_out = [], []
    for replica in sorted(table.get("Replicas", ()), key=lambda one: str(one["RegionName"])):
        status = replica.get("ReplicaStatus", "ACTIVE")
        if replica["RegionName"] == region:
            continue
        if status in _GONE:
            left_out.append(LeftOut(f"the replica in {replica['RegionName']}", _GONE[status]))
        else:
            kept.append(replica)
    return kept, left_out


def with_replicas(
    table: FoundTable, described: Json, replicas: list[Json], there: Mapping[str, FoundTable]
) -> FoundTable:
    """The table with its replicas and its witness.

    `described` is the table's description, and `there` what was found in the replicas' regions. A
    region that could not be read is missing there: its replica is written with the defaults, and
    assumed to scale like the table.

    Raises UnreadableTable for an unknown consistency mode.
    """
    mode = needed(
        ConsistencyMode,
        described.get("MultiRegionConsistency", ConsistencyMode.EVENTUAL),
        "the consistency of its replicas",
    )
    plans, left_out = [], list(table.left_out)
    scaling: list[ScalingPlan] = list(table.scaling)
    for replica in replicas:
        region = replica["RegionName"]
        found = there.get(region)
        plans.append(_plan(table, found, region, mode))
        scaling += found.scaling if found else _elsewhere(table, region)
        left_out += _differences(table, replica, found, region)
    witness, more = _witness(described)
    whole = replace(
        table,
        replicas=tuple(plans),
        witness_region=witness,
        scaling=tuple(scaling),
        left_out=(*left_out, *more),
    )
    return with_features(whole, there)


def _plan(
    table: FoundTable, found: FoundTable | None, region: str, mode: ConsistencyMode
) -> ReplicaPlan:
    if found is None:
        return ReplicaPlan(region, None, False, False, False, mode)
    return ReplicaPlan(
        region=region,
        kms_key_arn=found.encryption.kms_key_arn,
        point_in_time_recovery=found.point_in_time_recovery.enabled,
        deletion_protection=found.deletion_protection,
        propagate_tags=bool(table.tags) and _user_tags(found) == _user_tags(table),
        consistency_mode=mode,
    )


def _user_tags(found: FoundTable) -> set[tuple[str, str]]:
    return {(tag.key, tag.value) for tag in found.tags if not tag.key.startswith("aws:")}


def _elsewhere(table: FoundTable, region: str) -> Iterator[ScalingPlan]:
    return (replace(scaling, region=region) for scaling in table.scaling)


def _differences(
    table: FoundTable, replica: Json, found: FoundTable | None, region: str
) -> Iterator[LeftOut]:
    """What a replica has, and a manifest cannot say."""
    for member, what in _OVERRIDES.items():
        if replica.get(member):
            yield LeftOut(f"the replica in {region}: {what}", _NO_FIELD)
    if any(
        override in index
        for index in replica.get("GlobalSecondaryIndexes", ())
        for override in _OVERRIDES
    ):
        yield LeftOut(f"the replica in {region}: its own throughput of indexes", _NO_FIELD)
    if found is None:
        return
    for what, differs in (
        ("its table class", found.table_class is not table.table_class),
        ("its resource policy", found.policy is not None),
        (
            "its recovery period",
            found.point_in_time_recovery.period_in_days not in (None, MAX_RECOVERY_DAYS),
        ),
    ):
        if differs:
            yield LeftOut(f"the replica in {region}: {what}", _NO_FIELD)
    for left_out in found.left_out:
        yield replace(left_out, place=f"the replica in {region}: {left_out.place}")


def _witness(described: Json) -> tuple[str | None, list[LeftOut]]:
    witnesses = [
        one["RegionName"]
        for one in described.get("GlobalTableWitnesses", ())
        if one.get("WitnessStatus") != "DELETING"
    ]
    reason = "a manifest has one witness"
    more = [LeftOut(f"the witness in {region}", reason) for region in witnesses[1:]]
    return (witnesses[0] if witnesses else None), more
