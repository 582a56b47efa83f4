"""AWS::DynamoDB::GlobalTable as a found table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from planton.adopt.application_autoscaling import scaling_plan
from planton.adopt.found import FoundTable
from planton.adopt.replica_features import with_features
from planton.adopt.template import parts as p
from planton.adopt.template.document import Resource
from planton.adopt.template.evaluator import Evaluator
from planton.adopt.template.references import REGION
from planton.adopt.values import Block
from planton.diagnostics.diagnostic import quote
from planton.manifest.enums import BillingMode, ConsistencyMode, TableClass
from planton.plan.scaling_plan import Dimension, ScalingPlan
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    InsightsPlan,
    MaximumPlan,
    ReplicaPlan,
    TagPlan,
    Throughput,
)


@dataclass(frozen=True)
class _Replica:
    """A replica of the template, which lists the table's own region as well. `indexes` are the
    settings of its global indexes, by name."""

    region: str
    block: Block
    indexes: Mapping[str, Block]
    tags: tuple[TagPlan, ...]

    def settings_of(self, index: str | None) -> Block | None:
        """The settings of the table, or of an index."""
        return self.block if index is None else self.indexes.get(index)


def read_global_table(block: Block, resource: Resource, evaluator: Evaluator) -> FoundTable:
    """A table with replicas. The replica in the stack's region is the table of the manifest.

    Raises:
        IncompleteTable: its name, key, indexes, regions or capacity are missing or open.
    """
    types = p.attribute_types(block)
    mode = p.billing_mode(block)
    provisioned = mode is BillingMode.PROVISIONED
    replicas = [_replica(one) for one in block.blocks("Replicas", needed=True)]
    home = _home(block, replicas, evaluator)
    name = p.table_name(block, resource, evaluator)
    indexes = block.blocks("GlobalSecondaryIndexes")
    settings: dict[str | None, Block] = {index.needed_text("IndexName"): index for index in indexes}
    sse, own_sse = block.block("SSESpecification"), home.block.block("SSESpecification")
    is_encrypted = bool(sse and sse.boolean("SSEEnabled"))
    witness = block.blocks("GlobalTableWitnesses")
    found = FoundTable(
        name=name,
        region=home.region,
        billing_mode=mode,
        attributes=tuple(AttributePlan(one, types[one]) for one in sorted(types)),
        keys=p.keys(block, types),
        throughput=_throughput(block, home, None) if provisioned else None,
        maximum=_maximum(block, home, None),
        warm=p.warm(block),
        global_indexes=tuple(_global_index(one, home, types, provisioned) for one in indexes),
        local_indexes=p.local_indexes(block, types),
        ttl=p.ttl(block),
        stream_view_type=p.stream(block),
        point_in_time_recovery=p.recovery(home.block),
        encryption=EncryptionPlan(
            is_encrypted, p.key_arn(own_sse, evaluator) if own_sse and is_encrypted else None
        ),
        table_class=home.block.choice("TableClass", TableClass) or TableClass.STANDARD,
        deletion_protection=home.block.boolean("DeletionProtectionEnabled") or False,
        contributor_insights=_insights(home),
        policy=p.policy(home.block, evaluator, name),
        kinesis=p.kinesis(home.block),
        replicas=tuple(
            _replica_plan(one, home, _consistency(block), evaluator)
            for one in sorted(replicas, key=lambda one: one.region)
            if one is not home
        ),
        witness_region=witness[0].needed_text("Region") if witness else None,
        scaling=tuple(_scaling({None: block, **settings}, home, replicas)) if provisioned else (),
        tags=home.tags,
    )
    found = with_features(found, {one.region: _features(found, one) for one in replicas})
    for one in replicas:
        for index in one.indexes.values():
            index.note_unread(*_CAPACITY)
        one.block.note_unread("GlobalSecondaryIndexes", *_CAPACITY)
    for index in indexes:
        index.note_unread(*_CAPACITY)
    block.note_unread(*_CAPACITY)
    return found


_CAPACITY = (
    "ReadOnDemandThroughputSettings",
    "ReadProvisionedThroughputSettings",
    "WriteOnDemandThroughputSettings",
    "WriteProvisionedThroughputSettings",
)
"""Read, or without effect under the billing mode."""


def _replica(block: Block) -> _Replica:
    indexes = {one.needed_text("IndexName"): one for one in block.blocks("GlobalSecondaryIndexes")}
    return _Replica(block.needed_text("Region"), block, indexes, block.tags("Tags"))


def _home(block: Block, replicas: list[_Replica], evaluator: Evaluator) -> _Replica:
    given = evaluator.given(REGION)
    if given is None:
        home = replicas[0]
        if len(replicas) > 1:
            what = f"the stack's region is taken to be {home.region}, the first one"
            block.note("Replicas", f"{what}: give --parameter AWS::Region=REGION")
        return home
    for one in replicas:
        if one.region == given:
            return one
    raise block.refusal("Replicas", f"none is in the stack's region {given}")


def _consistency(block: Block) -> ConsistencyMode:
    return block.choice("MultiRegionConsistency", ConsistencyMode) or ConsistencyMode.EVENTUAL


def _insights(replica: _Replica) -> tuple[InsightsPlan, ...]:
    of_indexes = (p.insights(index, name) for name, index in replica.indexes.items())
    return (*p.insights(replica.block, None), *(one for several in of_indexes for one in several))


def _features(table: FoundTable, replica: _Replica) -> FoundTable:
    """The table as the template has it in the region of a replica."""
    return replace(
        table,
        contributor_insights=_insights(replica),
        kinesis=p.kinesis(replica.block),
        tags=replica.tags,
    )


def _replica_plan(
    replica: _Replica, home: _Replica, consistency: ConsistencyMode, evaluator: Evaluator
) -> ReplicaPlan:
    block = replica.block
    sse = block.block("SSESpecification")
    plan = ReplicaPlan(
        region=replica.region,
        kms_key_arn=p.key_arn(sse, evaluator) if sse else None,
        point_in_time_recovery=p.recovery(block).enabled,
        deletion_protection=block.boolean("DeletionProtectionEnabled") or False,
        propagate_tags=bool(replica.tags) and set(replica.tags) == set(home.tags),
        consistency_mode=consistency,
    )
    own_class = block.choice("TableClass", TableClass) or TableClass.STANDARD
    if own_class is not (home.block.choice("TableClass", TableClass) or TableClass.STANDARD):
        block.note("TableClass", "in a manifest, replicas have the class of the table")
    return plan


def _global_index(
    index: Block, home: _Replica, types: p.Types, provisioned: bool
) -> GlobalIndexPlan:
    name = index.needed_text("IndexName")
    projected, others = p.projection(index)
    return GlobalIndexPlan(
        name=name,
        keys=p.keys(index, types),
        projection_type=projected,
        non_key_attributes=tuple(sorted(others)),
        throughput=_throughput(index, home, name) if provisioned else None,
        maximum=_maximum(index, home, name),
        warm=p.warm(index),
        ignored=(),
    )


def _maximum(block: Block, home: _Replica, index: str | None) -> MaximumPlan | None:
    reading = home.settings_of(index)
    reads = reading.block("ReadOnDemandThroughputSettings") if reading else None
    writes = block.block("WriteOnDemandThroughputSettings")
    return p.maximum(
        reads.integer("MaxReadRequestUnits") if reads else None,
        writes.integer("MaxWriteRequestUnits") if writes else None,
    )


def _throughput(block: Block, home: _Replica, index: str | None) -> Throughput:
    """Where the capacity scales, the one with which the table begins."""
    reading = home.settings_of(index)
    reads = reading.block("ReadProvisionedThroughputSettings") if reading else None
    if reads is None:
        place = reading or home.block
        raise place.refusal("ReadProvisionedThroughputSettings", _needed(index))
    writes = block.block("WriteProvisionedThroughputSettings")
    if writes is None:
        raise block.refusal("WriteProvisionedThroughputSettings", _needed(index))
    return Throughput(
        _units(reads, "ReadCapacityAutoScalingSettings", "ReadCapacityUnits"),
        _units(writes, "WriteCapacityAutoScalingSettings", "WriteCapacityUnits"),
    )


def _needed(index: str | None) -> str:
    of = "" if index is None else f" for the index {quote(index)}"
    return f"it is required with PROVISIONED{of}"


def _units(settings: Block, scaled: str, fixed: str) -> int:
    scaling = settings.block(scaled)
    if scaling is None:
        return settings.needed_integer(fixed)
    return scaling.integer("SeedCapacity") or scaling.needed_integer("MinCapacity")


def _scaling(
    settings: Mapping[str | None, Block], home: _Replica, replicas: list[_Replica]
) -> Iterator[ScalingPlan]:
    """Writes scale alike in all regions, reads in each by its own settings."""
    for replica in sorted(replicas, key=lambda one: (one is not home, one.region)):
        region = None if replica is home else replica.region
        for index, writing in settings.items():
            reading = replica.settings_of(index)
            if reading is not None:
                yield from _plan(reading, region, index, "read")
            yield from _plan(writing, region, index, "write")


def _plan(
    block: Block, region: str | None, index: str | None, dimension: Dimension
) -> Iterator[ScalingPlan]:
    word = dimension.capitalize()
    settings = block.block(f"{word}ProvisionedThroughputSettings")
    scaling = settings.block(f"{word}CapacityAutoScalingSettings") if settings else None
    if scaling is None:
        return
    tracking = scaling.block("TargetTrackingScalingPolicyConfiguration")
    plan = scaling_plan(scaling, tracking, region=region, index=index, dimension=dimension)
    if plan:
        yield plan
