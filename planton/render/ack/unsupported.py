"""What the ACK controllers do not support, or do differently from Pulumi."""

from __future__ import annotations

from collections.abc import Iterator

from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.manifest.enums import BillingMode, ConsistencyMode, InsightsMode
from planton.manifest.rules.policy.document import TABLE_ARN
from planton.manifest.rules.rule import Finding
from planton.manifest.tags import MAX_TAGS
from planton.plan.table_plan import MAX_RECOVERY_DAYS, PolicyPlan, ReplicaPlan, TablePlan
from planton.render.rendered import at_replica, named_source, scheduled, warm_places

CONTROLLER_TAGS = 4
"""Tags that the controller adds: its version, the namespace, and two under kro."""


def policy_is_known(policy: PolicyPlan) -> bool:
    """Whether the whole policy is known before the table exists: only the controller knows the
    partition and the account in the table's ARN."""
    return TABLE_ARN not in policy.text


def replicas(plan: TablePlan) -> tuple[ReplicaPlan, ...]:
    """The replicas that the controller can create: under PAY_PER_REQUEST, because otherwise AWS
    requires autoscaling of writes first, and with eventual consistency, because it supports no
    other."""
    if plan.billing_mode is BillingMode.PROVISIONED:
        return ()
    return tuple(r for r in plan.replicas if r.consistency_mode is ConsistencyMode.EVENTUAL)


def unsupported(plan: TablePlan) -> Iterator[Finding]:
    """Everything that is unsupported, by the manifest's field."""
    yield from _source(plan)
    yield from _replicas(plan)
    yield from _features(plan)
    yield from _recovery(plan)
    yield from _insights(plan)
    yield from _scaling(plan)
    if len(plan.tags) > MAX_TAGS - CONTROLLER_TAGS:
        yield Finding(
            ("spec", "tags"),
            f"the ACK controller adds up to {CONTROLLER_TAGS} tags to these {len(plan.tags)}, and"
            f" AWS accepts {MAX_TAGS}",
            f"use at most {MAX_TAGS - CONTROLLER_TAGS}, including the platform's",
        )
    if plan.allow_replacement:
        yield Finding(
            ("metadata", "annotations", ALLOW_REPLACEMENT),
            "an ACK Table is never replaced: a changed key or local index is refused",
            "delete the object and create it again",
        )


def _source(plan: TablePlan) -> Iterator[Finding]:
    if plan.source is None:
        return
    field, verb = named_source(plan.source)
    yield Finding(
        ("spec", field),
        f"an ACK Table cannot be {verb}: the table is created empty",
        "create the table in another way (Pulumi, Crossplane, the AWS CLI), and let the object"
        " adopt it with the annotation services.k8s.aws/adoption-policy: adopt-or-create",
    )


_DELETES = "when it adopts a table, the controller deletes the replicas"


def _replicas(plan: TablePlan) -> Iterator[Finding]:
    carried = replicas(plan)
    if plan.replicas and not carried:
        if plan.billing_mode is BillingMode.PROVISIONED:
            yield Finding(
                ("spec", "replicas"),
                "AWS creates replicas only once writes have autoscaling, and the ACK controller"
                f" does not wait for that: none is created; {_DELETES}",
                "use PAY_PER_REQUEST, with onDemandThroughput if you need a maximum",
            )
        else:
            yield Finding(
                ("spec", "replicas"),
                "an ACK Table has no strongly consistent replicas: none is created, and the table"
                f" is in one region only; {_DELETES}",
                "use Pulumi or Crossplane, or consistencyMode EVENTUAL",
            )
    if plan.witness_region:
        yield Finding(("spec", "globalTableWitness"), "an ACK Table has no witness")
    for replica in carried:
        for lost, field, what in (
            (replica.point_in_time_recovery, "pointInTimeRecovery", "cannot be restored"),
            (replica.deletion_protection, "deletionProtectionEnabled", "can be deleted"),
            (replica.propagate_tags, "propagateTags", "has no tags"),
        ):
            if lost:
                yield Finding(
                    at_replica(replica, field),
                    "an ACK Table sets only the region, key and indexes of a replica: the one in"
                    f" {replica.region} {what}",
                    f"set it on the table in {replica.region} in AWS",
                )
    if carried and plan.deletion_protection:
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "the ACK controller deletes the replicas of a deleted object before AWS refuses to"
            " delete the table",
            "add the annotation services.k8s.aws/deletion-policy: retain",
        )


def _features(plan: TablePlan) -> Iterator[Finding]:
    if plan.policy and not policy_is_known(plan.policy):
        yield Finding(
            ("spec", "resourcePolicy"),
            f"ACK does not replace {TABLE_ARN} with the table's ARN: the ACK Table is rendered"
            " without the policy, and the controller removes an existing one",
            "write the ARN itself",
        )
    elif plan.policy and plan.policy.confirm_remove_self_access:
        yield Finding(
            ("spec", "resourcePolicy", "confirmRemoveSelfResourceAccess"),
            "the ACK controller does not confirm this: AWS refuses a policy under which the"
            " controller could not change it again",
        )
    if plan.kinesis:
        yield Finding(
            ("spec", "kinesisStreamingDestination"),
            "an ACK Table has no Kinesis destination",
            "enable it in AWS: aws dynamodb enable-kinesis-streaming-destination",
        )
    for place in warm_places(plan):
        yield Finding(
            place,
            "an ACK Table has no warm throughput: it starts with what AWS gives every table",
            "raise it in AWS: aws dynamodb update-table",
        )


def _recovery(plan: TablePlan) -> Iterator[Finding]:
    period = plan.point_in_time_recovery.period_in_days
    if period not in (None, MAX_RECOVERY_DAYS):
        yield Finding(
            ("spec", "pointInTimeRecovery", "recoveryPeriodInDays"),
            f"an ACK Table has no recovery period: AWS keeps {MAX_RECOVERY_DAYS} days, not"
            f" {period}",
        )


def _insights(plan: TablePlan) -> Iterator[Finding]:
    for insights in plan.contributor_insights:
        if insights.index is None and insights.mode is not InsightsMode.ACCESSED_AND_THROTTLED_KEYS:
            yield Finding(
                ("spec", "contributorInsights", "mode"),
                "an ACK Table has no mode of contributor insights: all requests are recorded",
            )
    indexes = [insights.index for insights in plan.contributor_insights if insights.index]
    if indexes:
        yield Finding(
            ("spec", "contributorInsights", "gsiIndexNames"),
            "an ACK Table has contributor insights for the table only, not for its indexes",
        )


def _scaling(plan: TablePlan) -> Iterator[Finding]:
    if plan.scaling_here:
        yield Finding(
            _scaling_path(plan),
            "the ACK controller resets capacity to the provisioned units, so what the autoscaler"
            " changes does not last",
            "use PAY_PER_REQUEST, with onDemandThroughput if you need a maximum",
        )
        yield Finding(
            ("spec", "tags"),
            "an ACK ScalableTarget has no tags: only the table is tagged",
        )
    for place in scheduled(plan):
        yield Finding(
            place,
            "ACK has no object for a scheduled adjustment: the bounds do not change",
        )


def _scaling_path(plan: TablePlan) -> tuple[str | int, ...]:
    """The block that sets it: the table's, or the first index's that has one."""
    scaling = plan.scaling[0]
    if scaling.index is None:
        return ("spec", "autoscaling")
    position = [index.name for index in plan.global_indexes].index(scaling.index)
    return ("spec", "globalSecondaryIndexes", position, "autoscaling")
