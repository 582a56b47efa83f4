"""The properties of the provider's table resource as a found table, without what is around it."""

from __future__ import annotations

from collections.abc import Iterator

from planton.adopt.found import FoundTable
from planton.adopt.state.resources import located
from planton.adopt.values import Block, Open
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    KeyType,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.capacity import WARM_MINIMUM
from planton.plan.ignored import ONLY_AT_CREATION
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    KeyAttribute,
    LocalIndexPlan,
    MaximumPlan,
    RecoveryPlan,
    ReplicaPlan,
    TagPlan,
    Throughput,
    TtlPlan,
    WarmPlan,
)

Types = dict[str, AttributeType]

_COMPUTED = (
    "id",
    "streamArn",
    "streamLabel",
    "globalTableSettingsReplicationMode",
    "timeouts",
)


def read_table(block: Block, index_types: Types, *, unclear: bool) -> FoundTable:
    """The table. What is left out is in the block's list. `index_types` are the attributes of
    standalone indexes; `unclear` is that of ProviderResource.

    Raises:
        IncompleteTable: its name, key, indexes or capacity are missing or open.
    """
    types = index_types | {
        one.needed_text("name"): one.needed_choice("type", AttributeType)
        for one in block.blocks("attributes", needed=True)
    }
    mode = BillingMode.PROVISIONED
    if block.has("billingMode"):
        mode = block.needed_choice("billingMode", BillingMode)
    provisioned = mode is BillingMode.PROVISIONED
    stream = block.boolean("streamEnabled")
    view = block.choice("streamViewType", StreamViewType)
    witness = block.block("globalTableWitness")
    table = FoundTable(
        name=block.needed_text("name"),
        region=located(block),
        billing_mode=mode,
        attributes=tuple(AttributePlan(name, types[name]) for name in sorted(types)),
        keys=tuple(_keys(block, types)),
        throughput=_throughput(block, "readCapacity", "writeCapacity") if provisioned else None,
        maximum=maximum(block),
        warm=warm(block, unclear=unclear),
        global_indexes=tuple(
            _global_index(index, types, provisioned, unclear=unclear)
            for index in block.blocks("globalSecondaryIndexes")
        ),
        local_indexes=tuple(_local_index(index) for index in block.blocks("localSecondaryIndexes")),
        ttl=_ttl(block),
        stream_view_type=view if stream else None,
        point_in_time_recovery=_recovery(block),
        encryption=_encryption(block, unclear=unclear),
        table_class=block.choice("tableClass", TableClass) or TableClass.STANDARD,
        deletion_protection=block.boolean("deletionProtectionEnabled") or False,
        replicas=tuple(_replicas(block)),
        witness_region=witness.text("regionName") if witness else None,
        tags=_tags(block),
    )
    if not provisioned:
        block.get("readCapacity")
        block.get("writeCapacity")
    for source in ONLY_AT_CREATION:
        if block.has(source):
            block.note(source, "it had an effect only when the table was created")
    block.note_unread(*_COMPUTED)
    return table


def key_attribute(block: Block, name: str, kind: KeyType, types: Types) -> KeyAttribute:
    """An attribute of a key, with its type."""
    if name not in types:
        raise block.refusal("", f"the key attribute {name!r} has no type")
    return KeyAttribute(name, types[name], kind)


def maximum(block: Block) -> MaximumPlan | None:
    """The on-demand maximum. The provider reports 0 or -1 where there is none."""
    limits = block.block("onDemandThroughput")
    if limits is None:
        return None
    units = [limits.integer("maxReadRequestUnits"), limits.integer("maxWriteRequestUnits")]
    reads, writes = (unit if unit and unit > 0 else None for unit in units)
    return MaximumPlan(reads, writes) if reads or writes else None


def warm(block: Block, *, unclear: bool) -> WarmPlan | None:
    """The warm throughput that was set. AWS raises it as well, and a manifest that sets what AWS
    has raised would make indexes standalone resources."""
    units = block.block("warmThroughput")
    if units is None:
        return None
    reads, writes = units.integer("readUnitsPerSecond"), units.integer("writeUnitsPerSecond")
    if not unclear:
        return WarmPlan(reads or None, writes or None) if reads or writes else None
    provided = (block.integer("readCapacity"), block.integer("writeCapacity"))
    least = [max(*pair) for pair in zip(WARM_MINIMUM, ((p or 0) for p in provided), strict=True)]
    if (reads or 0) > least[0] or (writes or 0) > least[1]:
        shown = f"{reads or 0:,} reads and {writes or 0:,} writes per second"
        block.note("warmThroughput", f"{shown} may have been set, or be what AWS has raised it to")
    return None


def _keys(block: Block, types: Types) -> Iterator[KeyAttribute]:
    yield key_attribute(block, block.needed_text("hashKey"), KeyType.HASH, types)
    if block.has("rangeKey"):
        yield key_attribute(block, block.needed_text("rangeKey"), KeyType.RANGE, types)


def _throughput(block: Block, read: str, write: str) -> Throughput:
    return Throughput(block.needed_integer(read), block.needed_integer(write))


def _global_index(
    index: Block, types: Types, provisioned: bool, *, unclear: bool
) -> GlobalIndexPlan:
    schema = index.blocks("keySchemas")
    if schema:
        index.get("hashKey")
        index.get("rangeKey")
    keys = tuple(
        key_attribute(
            one, one.needed_text("attributeName"), one.needed_choice("keyType", KeyType), types
        )
        for one in schema
    ) or tuple(_keys(index, types))
    projection = index.needed_choice("projectionType", ProjectionType)
    others = index.texts("nonKeyAttributes")
    plan = GlobalIndexPlan(
        name=index.needed_text("name"),
        keys=keys,
        projection_type=projection,
        non_key_attributes=tuple(sorted(others)),
        throughput=_throughput(index, "readCapacity", "writeCapacity") if provisioned else None,
        maximum=maximum(index),
        warm=warm(index, unclear=unclear),
        ignored=(),
    )
    index.note_unread("readCapacity", "writeCapacity")
    return plan


def _local_index(index: Block) -> LocalIndexPlan:
    plan = LocalIndexPlan(
        name=index.needed_text("name"),
        range_key=index.needed_text("rangeKey"),
        projection_type=index.needed_choice("projectionType", ProjectionType),
        non_key_attributes=tuple(index.texts("nonKeyAttributes")),
    )
    index.note_unread()
    return plan


def _ttl(block: Block) -> TtlPlan:
    ttl = block.block("ttl")
    attribute = ttl.text("attributeName") if ttl and ttl.boolean("enabled") else None
    return TtlPlan(attribute is not None, attribute)


def _recovery(block: Block) -> RecoveryPlan:
    recovery = block.block("pointInTimeRecovery")
    if recovery is None or not recovery.boolean("enabled"):
        return RecoveryPlan(enabled=False, period_in_days=None)
    return RecoveryPlan(True, recovery.integer("recoveryPeriodInDays") or MAX_RECOVERY_DAYS)


def _encryption(block: Block, *, unclear: bool) -> EncryptionPlan:
    encryption = block.block("serverSideEncryption")
    if encryption is None or not encryption.boolean("enabled"):
        return EncryptionPlan(enabled=False, kms_key_arn=None)
    key = encryption.text("kmsKeyArn")
    if key and unclear:
        encryption.note(
            "kmsKeyArn",
            "a state does not tell aws/dynamodb from your own key: remove kmsKeyArn from the "
            f"manifest if `aws kms describe-key --key-id {key}` says KeyManager: AWS",
        )
    return EncryptionPlan(True, key)


def _replicas(block: Block) -> Iterator[ReplicaPlan]:
    for one in block.blocks("replicas"):
        yield ReplicaPlan(
            region=one.needed_text("regionName"),
            kms_key_arn=one.text("kmsKeyArn"),
            point_in_time_recovery=one.boolean("pointInTimeRecovery") or False,
            deletion_protection=one.boolean("deletionProtectionEnabled") or False,
            propagate_tags=one.boolean("propagateTags") or False,
            consistency_mode=one.choice("consistencyMode", ConsistencyMode)
            or ConsistencyMode.EVENTUAL,
        )
        one.note_unread("arn", "streamArn", "streamLabel")


def _tags(block: Block) -> tuple[TagPlan, ...]:
    """All tags: `tagsAll` includes the provider's default tags, but some states encrypt it."""
    every = block.get("tagsAll").data
    if isinstance(every, Open):
        block.note("tagsAll", f"{every.reason}, so default tags of the provider are left out")
    own = block.tags("tags")
    return block.tags("tagsAll") if isinstance(every, dict) else own
