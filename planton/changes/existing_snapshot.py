"""What AWS has of a table, as a snapshot that can be compared with the manifest's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planton.changes.snapshot import Snapshot
from planton.changes.state_snapshot import table_snapshot
from planton.manifest.enums import (
    BillingMode,
    ConsistencyMode,
    KeyType,
    ProjectionType,
    TableClass,
)
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.data import from_data
from planton.plan.table_plan import (
    EncryptionPlan,
    GlobalIndexPlan,
    KeyAttribute,
    MaximumPlan,
    RecoveryPlan,
    ReplicaPlan,
    Throughput,
)

Found = Mapping[str, Any]
"""A table as the AWS provider's function getTable returns it."""


_NEEDED = (
    "attributes",
    "billingMode",
    "globalSecondaryIndexes",
    "hashKey",
    "localSecondaryIndexes",
    "pointInTimeRecovery",
    "region",
    "replicas",
    "streamEnabled",
    "ttl",
)
"""What getTable tells of every table, if only that there is none of it."""


def missing(found: Found) -> list[str]:
    """What getTable should tell and does not: another version of the provider may call it by
    another name, and what is missing must not count as off."""
    return [name for name in _NEEDED if found.get(name) is None]


@dataclass(frozen=True)
class ExistingTable:
    """What AWS has: the table, and its replicas by region, where they were read.

    `has_customer_key` says whether the table's KMS key is a customer managed one; None if the table
    has no KMS key, or if that was not asked. `policy_arns` are the ARNs, by their names, of the
    access policies that exist.
    """

    table: Found
    replicas: Mapping[str, Found] = field(default_factory=dict)
    has_customer_key: bool | None = None
    policy_arns: Mapping[str, str] = field(default_factory=dict)

    @property
    def global_indexes(self) -> frozenset[str]:
        """The names of the global indexes."""
        return frozenset(one["name"] for one in self.table.get("globalSecondaryIndexes") or ())

    @property
    def replica_regions(self) -> frozenset[str]:
        """The regions of the replicas."""
        return frozenset(one["regionName"] for one in self.table.get("replicas") or ())


def existing_snapshot(existing: ExistingTable, new: Snapshot) -> Snapshot:
    """The manifest's snapshot with everything that getTable tells of the table in AWS.

    What it does not tell counts as unchanged: tags, contributor insights, the resource policy, the
    Kinesis destination, autoscaling, and of a replica the tags and the consistency.
    """
    has = existing.table
    wanted = new.plan
    replicas = [_replica(one, existing, new) for one in has.get("replicas") or ()]
    maximum = (has.get("onDemandThroughputs") or [None])[0]
    old = table_snapshot({**has, "onDemandThroughput": maximum}, new)
    indexes = tuple(_index(one, old, new) for one in has.get("globalSecondaryIndexes") or ())
    provisioned = old.plan.billing_mode is BillingMode.PROVISIONED
    is_standalone = bool(wanted.standalone_indexes)
    are_standalone = bool(wanted.standalone_replicas)
    scaled = {one.dimension for one in wanted.scaling_here if one.index is None}
    plan = replace(
        old.plan,
        throughput=_units(has, wanted.throughput, scaled) if provisioned else None,
        inline_indexes=() if is_standalone else indexes,
        standalone_indexes=indexes if is_standalone else (),
        inline_replicas=() if are_standalone else tuple(replicas),
        standalone_replicas=tuple(replicas) if are_standalone else (),
        point_in_time_recovery=_recovery(has.get("pointInTimeRecovery") or {}),
        encryption=_encryption(existing, new),
        table_class=TableClass(has.get("tableClass") or TableClass.STANDARD),
        deletion_protection=bool(has.get("deletionProtectionEnabled")),
        witness_region=wanted.witness_region,
    )
    return replace(old, plan=plan)


def _recovery(block: Found) -> RecoveryPlan:
    if not block.get("enabled"):
        return RecoveryPlan(False, None)
    return RecoveryPlan(True, int(block.get("recoveryPeriodInDays") or MAX_RECOVERY_DAYS))


def _units(has: Found, wanted: Throughput | None, scaled: Collection[str]) -> Throughput:
    """The capacity that AWS has; where an autoscaler sets it, the manifest's counts."""
    read, write = int(has.get("readCapacity") or 0), int(has.get("writeCapacity") or 0)
    return Throughput(
        wanted.read if wanted and "read" in scaled else read,
        wanted.write if wanted and "write" in scaled else write,
    )


def _index(one: Found, old: Snapshot, new: Snapshot) -> GlobalIndexPlan:
    wanted = new.global_indexes.get(one["name"])
    types = old.attribute_types
    maximum = (one.get("onDemandThroughputs") or [None])[0] or {}
    units = {unit: value for unit, value in maximum.items() if (value or 0) > 0}
    return GlobalIndexPlan(
        name=one["name"],
        keys=tuple(
            KeyAttribute(name, types[name], KeyType(kind)) for name, kind in _key_schema(one)
        ),
        projection_type=ProjectionType(one["projectionType"]),
        non_key_attributes=tuple(sorted(one.get("nonKeyAttributes") or ())),
        throughput=_units(
            one, wanted.throughput if wanted else None, wanted.ignored if wanted else ()
        )
        if old.plan.billing_mode is BillingMode.PROVISIONED
        else None,
        maximum=from_data(MaximumPlan, units) if units else None,
        warm=wanted.warm if wanted else None,
        ignored=wanted.ignored if wanted else (),
    )


def _key_schema(index: Found) -> Iterator[tuple[str, str]]:
    """Older versions of the provider have no key of several attributes, and so no keySchemas."""
    if schema := index.get("keySchemas"):
        yield from ((key["attributeName"], key["keyType"]) for key in schema)
        return
    for kind, attribute in (("HASH", index["hashKey"]), ("RANGE", index.get("rangeKey"))):
        if attribute:
            yield attribute, kind


def _replica(one: Found, existing: ExistingTable, new: Snapshot) -> ReplicaPlan:
    region = one["regionName"]
    wanted = new.replicas.get(region)
    there = existing.replicas.get(region, {})
    modes = [replica.consistency_mode for replica in new.plan.replicas]
    return ReplicaPlan(
        region=region,
        # Unless the table has a customer managed key, its replicas have none either.
        kms_key_arn=one.get("kmsKeyArn") or None if existing.has_customer_key else None,
        point_in_time_recovery=bool((there.get("pointInTimeRecovery") or {}).get("enabled")),
        deletion_protection=bool(there.get("deletionProtectionEnabled")),
        propagate_tags=bool(wanted and wanted.propagate_tags),
        consistency_mode=modes[0] if modes else ConsistencyMode.EVENTUAL,
    )


def _encryption(existing: ExistingTable, new: Snapshot) -> EncryptionPlan:
    has = existing.table.get("serverSideEncryption") or {}
    if not has.get("enabled"):
        return EncryptionPlan(False, None)
    key = has.get("kmsKeyArn") or None
    return EncryptionPlan(True, None if existing.has_customer_key is False else key)
