"""AWS::DynamoDB::Table and AWS::Serverless::SimpleTable as found tables."""

from __future__ import annotations

from planton.adopt.found import FoundTable
from planton.adopt.template import parts as p
from planton.adopt.template.document import Resource
from planton.adopt.template.evaluator import Evaluator
from planton.adopt.template.references import REGION
from planton.adopt.values import Block
from planton.diagnostics.diagnostic import one_of, quote
from planton.manifest.enums import AttributeType, BillingMode, KeyType, TableClass
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    KeyAttribute,
    MaximumPlan,
)

_SIMPLE_TYPES = {
    "String": AttributeType.S,
    "Number": AttributeType.N,
    "Binary": AttributeType.B,
}


def read_table(block: Block, resource: Resource, evaluator: Evaluator) -> FoundTable:
    """A table of CloudFormation.

    Raises:
        IncompleteTable: its name, key, indexes or capacity are missing or open.
    """
    types = p.attribute_types(block)
    mode = p.billing_mode(block)
    provisioned = mode is BillingMode.PROVISIONED
    name = p.table_name(block, resource, evaluator)
    indexes = block.blocks("GlobalSecondaryIndexes")
    found = FoundTable(
        name=name,
        region=evaluator.given(REGION),
        billing_mode=mode,
        attributes=tuple(AttributePlan(one, types[one]) for one in sorted(types)),
        keys=p.keys(block, types),
        throughput=p.throughput(block) if provisioned else None,
        maximum=_maximum(block),
        warm=p.warm(block),
        global_indexes=tuple(_global_index(index, types, provisioned) for index in indexes),
        local_indexes=p.local_indexes(block, types),
        ttl=p.ttl(block),
        stream_view_type=p.stream(block),
        point_in_time_recovery=p.recovery(block),
        encryption=_encryption(block, evaluator),
        table_class=block.choice("TableClass", TableClass) or TableClass.STANDARD,
        deletion_protection=block.boolean("DeletionProtectionEnabled") or False,
        contributor_insights=(
            *p.insights(block, None),
            *(one for index in indexes for one in p.insights(index, index.text("IndexName"))),
        ),
        policy=p.policy(block, evaluator, name),
        kinesis=p.kinesis(block),
        tags=block.tags("Tags"),
    )
    for index in indexes:
        index.note_unread("ProvisionedThroughput", "ContributorInsightsSpecification")
    if block.has("ImportSourceSpecification"):
        block.note("ImportSourceSpecification", "it had an effect only when the table was created")
    block.note_unread("ProvisionedThroughput")
    return found


def read_simple_table(block: Block, resource: Resource, evaluator: Evaluator) -> FoundTable:
    """A table of SAM, which has one key attribute, and on-demand billing unless it has units.

    Raises:
        IncompleteTable: its name, key or capacity are missing or open.
    """
    key = block.block("PrimaryKey")
    name, kind = "id", AttributeType.S
    if key:
        name = key.needed_text("Name")
        written = key.needed_text("Type")
        if written not in _SIMPLE_TYPES:
            raise key.refusal("Type", f"must be {one_of(_SIMPLE_TYPES)}, got {quote(written)}")
        kind = _SIMPLE_TYPES[written]
    provisioned = block.has("ProvisionedThroughput")
    found = FoundTable(
        name=p.table_name(block, resource, evaluator),
        region=evaluator.given(REGION),
        billing_mode=BillingMode.PROVISIONED if provisioned else BillingMode.PAY_PER_REQUEST,
        attributes=(AttributePlan(name, kind),),
        keys=(KeyAttribute(name, kind, KeyType.HASH),),
        throughput=p.throughput(block) if provisioned else None,
        point_in_time_recovery=p.recovery(block),
        encryption=_encryption(block, evaluator),
        tags=block.tags("Tags"),
    )
    block.note_unread()
    return found


def _maximum(block: Block) -> MaximumPlan | None:
    limits = block.block("OnDemandThroughput")
    if limits is None:
        return None
    return p.maximum(limits.integer("MaxReadRequestUnits"), limits.integer("MaxWriteRequestUnits"))


def _global_index(index: Block, types: p.Types, provisioned: bool) -> GlobalIndexPlan:
    projected, others = p.projection(index)
    return GlobalIndexPlan(
        name=index.needed_text("IndexName"),
        keys=p.keys(index, types),
        projection_type=projected,
        non_key_attributes=tuple(sorted(others)),
        throughput=p.throughput(index) if provisioned else None,
        maximum=_maximum(index),
        warm=p.warm(index),
        ignored=(),
    )


def _encryption(block: Block, evaluator: Evaluator) -> EncryptionPlan:
    setting = block.block("SSESpecification")
    if setting is None or not setting.boolean("SSEEnabled"):
        return EncryptionPlan(enabled=False, kms_key_arn=None)
    return EncryptionPlan(True, p.key_arn(setting, evaluator))
