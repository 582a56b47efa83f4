"""The parts of a table that all of CloudFormation's types have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from planton.adopt.policy import policy_plan
from planton.adopt.template.document import Resource
from planton.adopt.template.evaluator import Evaluator
from planton.adopt.template.references import arn_of
from planton.adopt.values import Block, Open
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
    StreamViewType,
)
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.table_plan import (
    InsightsPlan,
    KeyAttribute,
    KinesisPlan,
    LocalIndexPlan,
    MaximumPlan,
    PolicyPlan,
    RecoveryPlan,
    Throughput,
    TtlPlan,
    WarmPlan,
)

Types = Mapping[str, AttributeType]


def pascal(key: str) -> str:
    """A key as templates spell it."""
    return _OTHERWISE.get(key) or key[:1].upper() + key[1:]


_OTHERWISE = {"name": "ScheduledActionName"}
"""Of a scheduled action; the other keys are those of the API."""


class Projection(NamedTuple):
    """What an index holds."""

    type: ProjectionType
    non_key_attributes: tuple[str, ...]


def table_name(block: Block, resource: Resource, evaluator: Evaluator) -> str:
    """The table's name in AWS, which CloudFormation chooses if the template has none."""
    name = evaluator.reference(resource.id)
    block.get("TableName")
    if isinstance(name.data, str) and name.data:
        return name.data
    reason = name.data.reason if isinstance(name.data, Open) else "must be a string, and not empty"
    raise block.refusal("TableName", reason, name.line)


def billing_mode(block: Block) -> BillingMode:
    """The billing mode."""
    if not block.has("BillingMode"):
        return BillingMode.PROVISIONED
    return block.needed_choice("BillingMode", BillingMode)


def attribute_types(block: Block) -> dict[str, AttributeType]:
    """The attributes of all keys."""
    return {
        one.needed_text("AttributeName"): one.needed_choice("AttributeType", AttributeType)
        for one in block.blocks("AttributeDefinitions", needed=True)
    }


def keys(block: Block, types: Types) -> tuple[KeyAttribute, ...]:
    """The key of a table or index."""
    found = []
    for one in block.blocks("KeySchema", needed=True):
        name = one.needed_text("AttributeName")
        if name not in types:
            raise one.refusal("AttributeName", "it is not in AttributeDefinitions")
        found.append(KeyAttribute(name, types[name], one.needed_choice("KeyType", KeyType)))
    return tuple(found)


def projection(index: Block) -> Projection:
    """What the index holds."""
    block = index.block("Projection")
    if block is None:
        raise index.refusal("Projection", "it is required")
    return Projection(
        block.needed_choice("ProjectionType", ProjectionType),
        tuple(block.texts("NonKeyAttributes")),
    )


def local_indexes(block: Block, types: Types) -> tuple[LocalIndexPlan, ...]:
    """The local indexes."""
    found = []
    for index in block.blocks("LocalSecondaryIndexes"):
        schema = keys(index, types)
        if len(schema) < 2:
            raise index.refusal("KeySchema", "a local index has a sort key")
        found.append(
            LocalIndexPlan(index.needed_text("IndexName"), schema[1].name, *projection(index))
        )
        index.note_unread()
    return tuple(found)


def throughput(block: Block) -> Throughput:
    """The provisioned units of the table or of an index."""
    units = block.block("ProvisionedThroughput")
    if units is None:
        raise block.refusal("ProvisionedThroughput", "it is required with PROVISIONED")
    return Throughput(
        units.needed_integer("ReadCapacityUnits"), units.needed_integer("WriteCapacityUnits")
    )


def maximum(reads: int | None, writes: int | None) -> MaximumPlan | None:
    """The on-demand maximum; -1 is none."""
    found = [units if units and units > 0 else None for units in (reads, writes)]
    return MaximumPlan(*found) if any(found) else None


def warm(block: Block) -> WarmPlan | None:
    """The warm throughput."""
    units = block.block("WarmThroughput")
    if units is None:
        return None
    plan = WarmPlan(units.integer("ReadUnitsPerSecond"), units.integer("WriteUnitsPerSecond"))
    return plan if plan.units else None


def ttl(block: Block) -> TtlPlan:
    """The TTL."""
    setting = block.block("TimeToLiveSpecification")
    name = setting.text("AttributeName") if setting and setting.boolean("Enabled") else None
    return TtlPlan(name is not None, name)


def stream(block: Block) -> StreamViewType | None:
    """What a record of the stream holds."""
    setting = block.block("StreamSpecification")
    if setting is None:
        return None
    view = setting.choice("StreamViewType", StreamViewType)
    setting.note_unread()
    return view


def recovery(block: Block) -> RecoveryPlan:
    """Point-in-time recovery."""
    setting = block.block("PointInTimeRecoverySpecification")
    if setting is None or not setting.boolean("PointInTimeRecoveryEnabled"):
        return RecoveryPlan(enabled=False, period_in_days=None)
    return RecoveryPlan(True, setting.integer("RecoveryPeriodInDays") or MAX_RECOVERY_DAYS)


def insights(block: Block, index: str | None) -> tuple[InsightsPlan, ...]:
    """The contributor insights of the table or of an index."""
    setting = block.block("ContributorInsightsSpecification")
    if setting is None or not setting.boolean("Enabled"):
        return ()
    mode = setting.choice("Mode", InsightsMode) or InsightsMode.ACCESSED_AND_THROTTLED_KEYS
    return (InsightsPlan(index, mode),)


def kinesis(block: Block) -> KinesisPlan | None:
    """The Kinesis destination."""
    setting = block.block("KinesisStreamSpecification")
    arn = setting.text("StreamArn") if setting else None
    if setting is None or arn is None:
        return None
    return KinesisPlan(arn, setting.choice("ApproximateCreationDateTimePrecision", Precision))


def key_arn(setting: Block, evaluator: Evaluator) -> str | None:
    """The ARN of the customer managed key. A template may name it by its id or alias."""
    key = setting.text("KMSMasterKeyId")
    if key is None and setting.has("KMSMasterKeyId"):
        setting.note("KMSMasterKeyId", "without kmsKeyArn the manifest says aws/dynamodb")
    if key is None or key.startswith("arn:") or key.removeprefix("alias/") == "aws/dynamodb":
        return key if key and key.startswith("arn:") else None
    if key.startswith("alias/"):
        setting.note("KMSMasterKeyId", "a manifest needs the key's ARN, not an alias")
        return None
    arn = arn_of(evaluator, "kms", f"key/{key}")
    if arn is None:
        where = "--parameter AWS::Region=REGION --parameter AWS::AccountId=ACCOUNT"
        setting.note("KMSMasterKeyId", f"a manifest needs the key's ARN: give {where}")
    return arn


def policy(block: Block, evaluator: Evaluator, name: str) -> PolicyPlan | None:
    """The resource policy."""
    setting = block.block("ResourcePolicy")
    document = setting.plain("PolicyDocument") if setting else None
    if setting is None or document is None:
        return None
    plan = policy_plan(document, arn_of(evaluator, "dynamodb", f"table/{name}"))
    if plan is None:
        setting.note("PolicyDocument", "it is not a JSON object")
    return plan
