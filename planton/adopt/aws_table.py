"""A table as AWS describes it: the answers to the API's requests, read into the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planton.adopt.aws_indexes import attribute_types, global_indexes, keys_of, local_indexes
from planton.adopt.aws_throughput import maximum, throughput, warm
from planton.adopt.aws_values import Json, UnreadableTable, known, needed
from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.policy import policy_plan
from planton.diagnostics.diagnostic import quote
from planton.manifest.enums import (
    BillingMode,
    InsightsMode,
    Precision,
    StreamViewType,
    TableClass,
)
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    InsightsPlan,
    KinesisPlan,
    PolicyPlan,
    RecoveryPlan,
    TagPlan,
    TtlPlan,
)

_ON = ("ENABLED", "ENABLING")
_NO_TABLE = {
    "CREATING": "is being created: try again when it is active",
    "DELETING": "is being deleted",
    "ARCHIVING": "is being archived, because its KMS key cannot be used",
    "ARCHIVED": "is archived, because its KMS key could not be used",
}
_UNSUPPORTED = {
    "VectorIndexes": "vector indexes",
    "DisassociationProtectionEnabled": "disassociation protection",
}
"""What a table can have, and a manifest cannot."""


@dataclass(frozen=True)
class Answers:
    """What AWS says of one table in one region; None or nothing where it says nothing, or where it
    may not be asked. `left_out` names the latter."""

    table: Json
    ttl: Json | None = None
    backups: Json | None = None
    insights: Mapping[str | None, Json] = field(default_factory=dict)
    """By index; None is the table."""
    kinesis: Json | None = None
    policy: Json | None = None
    tags: tuple[TagPlan, ...] = ()
    is_default_key: bool = False
    """Whether the KMS key is the account's `aws/dynamodb`."""
    scaling: tuple[ScalingPlan, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def require_existing(table: Json) -> None:
    """Raises UnreadableTable if the table does not exist yet, or no longer."""
    status = table["TableStatus"]
    if status in _NO_TABLE:
        raise UnreadableTable(f"it {_NO_TABLE[status]}")


def described_table(region: str, answers: Answers) -> FoundTable:
    """The table, which `require_existing` accepts, without its replicas.

    Raises UnreadableTable if it has a value that this program does not know and cannot leave out.
    """
    table, left_out = answers.table, list(answers.left_out)
    billing = needed(
        BillingMode,
        table.get("BillingModeSummary", {}).get("BillingMode", BillingMode.PROVISIONED),
        "its billing mode",
    )
    types = attribute_types(table)
    class_ = table.get("TableClassSummary", {}).get("TableClass")
    left_out += _unsupported(table)
    return FoundTable(
        name=table["TableName"],
        region=region,
        billing_mode=billing,
        attributes=tuple(AttributePlan(name, kind) for name, kind in types.items()),
        keys=keys_of(table, types, "the table"),
        throughput=throughput(table, billing),
        maximum=maximum(table),
        warm=warm(table, both=False),
        global_indexes=global_indexes(table, billing, types, answers.scaling, left_out),
        local_indexes=local_indexes(table),
        ttl=_ttl(answers.ttl or {}),
        stream_view_type=_stream(table, left_out),
        point_in_time_recovery=_recovery(answers.backups or {}),
        encryption=_encryption(table, answers.is_default_key),
        table_class=known(TableClass, class_, "tableClass", left_out) or TableClass.STANDARD,
        deletion_protection=table.get("DeletionProtectionEnabled", False),
        contributor_insights=tuple(_insights(answers.insights, left_out)),
        policy=_policy(table["TableArn"], answers.policy, left_out),
        kinesis=_kinesis(answers.kinesis or {}, left_out),
        scaling=answers.scaling,
        tags=answers.tags,
        left_out=tuple(left_out),
    )


def _unsupported(table: Json) -> Iterator[LeftOut]:
    for member, what in _UNSUPPORTED.items():
        if table.get(member):
            yield LeftOut(what, "a manifest has no field for it")


def _ttl(ttl: Json) -> TtlPlan:
    if ttl.get("TimeToLiveStatus") in _ON:
        return TtlPlan(True, ttl["AttributeName"])
    return TtlPlan(False, None)


def _stream(table: Json, left_out: list[LeftOut]) -> StreamViewType | None:
    stream = table.get("StreamSpecification", {})
    if not stream.get("StreamEnabled"):
        return None
    return known(StreamViewType, stream.get("StreamViewType"), "streamViewType", left_out)


def _recovery(backups: Json) -> RecoveryPlan:
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") not in _ON:
        return RecoveryPlan(False, None)
    return RecoveryPlan(True, recovery.get("RecoveryPeriodInDays", MAX_RECOVERY_DAYS))


def key_arn(table: Json) -> str | None:
    """The ARN of the table's KMS key; None if that is owned by AWS."""
    encryption = table.get("SSEDescription", {})
    if encryption.get("Status") not in (*_ON, "UPDATING"):
        return None
    arn: str | None = encryption.get("KMSMasterKeyArn")
    return arn


def _encryption(table: Json, is_default_key: bool) -> EncryptionPlan:
    arn = key_arn(table)
    return EncryptionPlan(arn is not None, None if is_default_key else arn)


def _insights(
    monitored: Mapping[str | None, Json], left_out: list[LeftOut]
) -> Iterator[InsightsPlan]:
    for index, answer in monitored.items():
        if answer["ContributorInsightsStatus"] in _ON:
            place = "contributorInsights.mode"
            mode = known(InsightsMode, answer.get("ContributorInsightsMode"), place, left_out)
            yield InsightsPlan(index, mode or InsightsMode.ACCESSED_AND_THROTTLED_KEYS)


def _policy(arn: str, policy: Json | None, left_out: list[LeftOut]) -> PolicyPlan | None:
    """The policy with the placeholder for the table's ARN."""
    if policy is None:
        return None
    plan = policy_plan(policy["Policy"], arn)
    if plan is None:
        left_out.append(LeftOut("resourcePolicy", "AWS's answer is not a JSON object"))
    return plan


def _kinesis(answer: Json, left_out: list[LeftOut]) -> KinesisPlan | None:
    active = [
        one
        for one in answer.get("KinesisDataStreamDestinations", ())
        if one["DestinationStatus"] in ("ACTIVE", "ENABLING", "UPDATING")
    ]
    for other in active[1:]:
        stream = quote(other["StreamArn"])
        reason = f"a manifest has one destination; {stream} stays in AWS"
        left_out.append(LeftOut("kinesisStreamingDestination", reason))
    if not active:
        return None
    place = "kinesisStreamingDestination.approximateCreationDateTimePrecision"
    found = active[0].get("ApproximateCreationDateTimePrecision")
    precision = known(Precision, found, place, left_out)
    # Milliseconds are the default, and AWS describes them although no request has set them.
    return KinesisPlan(
        active[0]["StreamArn"], None if precision is Precision.MILLISECOND else precision
    )
