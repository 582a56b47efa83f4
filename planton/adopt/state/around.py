"""The resources around a table, each added to the found table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.policy import policy_plan
from planton.adopt.state import resources as r
from planton.adopt.state.resources import ProviderResource, located
from planton.adopt.state.table import Types, key_attribute, maximum, warm
from planton.adopt.values import Block
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
)
from planton.plan.table_plan import (
    GlobalIndexPlan,
    InsightsPlan,
    KinesisPlan,
    ReplicaFeaturesPlan,
    ReplicaPlan,
    TagPlan,
    Throughput,
)

_KNOWN = ("arn", "id", "region", "resourceArn", "tableName", "timeouts")


def index_types(around: Iterable[ProviderResource]) -> Types:
    """The types of the key attributes of standalone indexes, which name them themselves."""
    ignored: list[LeftOut] = []
    return {
        key.needed_text("attributeName"): key.needed_choice("attributeType", AttributeType)
        for one in around
        if one.type == r.INDEX_TYPE
        for key in one.block(ignored).blocks("keySchemas", needed=True)
    }


def _add_index(table: FoundTable, block: Block, arn: str | None, unclear: bool) -> FoundTable:
    """A standalone index. After a refresh the table lists it as well."""
    name = block.needed_text("indexName")
    projection = block.block("projection")
    units = block.block("provisionedThroughput")
    if projection is None:
        raise block.refusal("projection", "it is required")
    provisioned = table.billing_mode is BillingMode.PROVISIONED
    if provisioned and units is None:
        raise block.refusal("provisionedThroughput", "it is required with PROVISIONED")
    types = dict(table.attributes)
    index = GlobalIndexPlan(
        name=name,
        keys=tuple(
            key_attribute(
                key,
                key.needed_text("attributeName"),
                key.needed_choice("keyType", KeyType),
                types,
            )
            for key in block.blocks("keySchemas", needed=True)
        ),
        projection_type=projection.needed_choice("projectionType", ProjectionType),
        non_key_attributes=tuple(sorted(projection.texts("nonKeyAttributes"))),
        throughput=Throughput(
            units.needed_integer("readCapacityUnits"), units.needed_integer("writeCapacityUnits")
        )
        if provisioned and units
        else None,
        maximum=maximum(block),
        warm=warm(block, unclear=unclear),
        ignored=(),
    )
    block.note_unread(*_KNOWN)
    others = tuple(one for one in table.global_indexes if one.name != name)
    return replace(table, global_indexes=(*others, index))


def _add_insights(table: FoundTable, block: Block, arn: str | None, unclear: bool) -> FoundTable:
    mode = block.choice("mode", InsightsMode) or InsightsMode.ACCESSED_AND_THROTTLED_KEYS
    insights = (*table.contributor_insights, InsightsPlan(block.text("indexName"), mode))
    return replace(
        table, contributor_insights=tuple(sorted(insights, key=lambda one: one.index or ""))
    )


def _add_kinesis(table: FoundTable, block: Block, arn: str | None, unclear: bool) -> FoundTable:
    stream = block.text("streamArn")
    precision = block.choice("approximateCreationDateTimePrecision", Precision)
    if table.kinesis:
        block.note("", "a manifest has one Kinesis destination")
    elif stream:
        table = replace(table, kinesis=KinesisPlan(stream, precision))
    return table


def _add_policy(table: FoundTable, block: Block, arn: str | None, unclear: bool) -> FoundTable:
    if "/stream/" in (block.text("resourceArn") or ""):
        block.note("", "the policy of a stream is not adopted: add streamResourcePolicy")
        return table
    text = block.text("policy")
    confirm = block.boolean("confirmRemoveSelfResourceAccess") or False
    policy = policy_plan(text, arn, confirm=confirm) if text else None
    if text and policy is None:
        block.note("policy", "it is not a JSON object")
    return replace(table, policy=policy) if policy else table


def _add_replica(table: FoundTable, block: Block, arn: str | None, unclear: bool) -> FoundTable:
    """A standalone replica. After a refresh the table lists it as well."""
    region = located(block)
    if region is None:
        raise block.refusal("region", "it is required")
    tags = block.tags("tagsAll") or block.tags("tags")
    replica = ReplicaPlan(
        region=region,
        kms_key_arn=block.text("kmsKeyArn"),
        point_in_time_recovery=block.boolean("pointInTimeRecovery") or False,
        deletion_protection=block.boolean("deletionProtectionEnabled") or False,
        # AWS does not propagate tags to replicas: equal ones are what the setting leads to.
        propagate_tags=bool(tags) and set(tags) == set(table.tags),
        consistency_mode=ConsistencyMode.EVENTUAL,
    )
    block.note_unread(*_KNOWN, "globalTableArn", "tags")
    replicas = (*(one for one in table.replicas if one.region != region), replica)
    own = ReplicaFeaturesPlan(region, contributor_insights=(), kinesis=None, tags=tags)
    return replace(
        table,
        replicas=tuple(sorted(replicas, key=lambda one: one.region)),
        replica_features=(*table.replica_features, own),
    )


def _add_tag(table: FoundTable, block: Block, arn: str | None, unclear: bool) -> FoundTable:
    key = block.text("key")
    tags = dict(table.tags)
    if key:
        tags[key] = block.text("value") or ""
    return replace(table, tags=tuple(TagPlan(name, tags[name]) for name in sorted(tags)))


_Add = Callable[[FoundTable, Block, "str | None", bool], FoundTable]

ADD: Mapping[str, _Add] = MappingProxyType(
    {
        r.INDEX_TYPE: _add_index,
        r.INSIGHTS_TYPE: _add_insights,
        r.KINESIS_TYPE: _add_kinesis,
        r.POLICY_TYPE: _add_policy,
        r.REPLICA_TYPE: _add_replica,
        r.TAG_TYPE: _add_tag,
    }
)
"""What a resource of each type adds: a function of the table, the resource, the table's ARN, and
whether the state tells what was set from what AWS chose."""

ON_REPLICAS = frozenset({r.INSIGHTS_TYPE, r.KINESIS_TYPE, r.TAG_TYPE})
"""The types that a replica can have for itself."""
