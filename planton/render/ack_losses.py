"""What of a plan the ACK controllers do not carry out, or not as Pulumi does."""

from __future__ import annotations

from collections.abc import Iterator

from planton.annotations import ALLOW_REPLACEMENT
from planton.model.enums import BillingMode, ConsistencyMode, InsightsMode
from planton.model.policy_rules import TABLE_ARN
from planton.model.rule import Finding
from planton.plan import MAX_RECOVERY_DAYS, PolicyPlan, ReplicaPlan, TablePlan
from planton.render.rendered import at_replica, named_source, scheduled, warm_places
from planton.tags import MAX_TAGS

CONTROLLER_TAGS = 4
"""Tags that the controller adds on its own: its version, the namespace, and two under kro."""


def policy_is_known(policy: PolicyPlan) -> bool:
    """Whether all of it is known before there is a table. Of the table's ARN partition and account
    are the controller's to know."""
    return TABLE_ARN not in policy.text


def replicas(plan: TablePlan) -> tuple[ReplicaPlan, ...]:
    """Those that the controller can make: by request, because AWS wants writes to scale before it
    makes others, and eventually consistent, because it knows nothing else."""
    if plan.billing_mode is BillingMode.PROVISIONED:
        return ()
    return tuple(r for r in plan.replicas if r.consistency_mode is ConsistencyMode.EVENTUAL)


def losses(plan: TablePlan) -> Iterator[Finding]:
    """Everything that is lost, by the manifest's field."""
    yield from _source(plan)
    yield from _replicas(plan)
    yield from _around(plan)
    yield from _recovery(plan)
    yield from _insights(plan)
    yield from _scaling(plan)
    if len(plan.tags) > MAX_TAGS - CONTROLLER_TAGS:
        yield Finding(
            ("spec", "tags"),
            f"the ACK controller adds up to {CONTROLLER_TAGS} tags to these {len(plan.tags)}, and"
            f" AWS takes {MAX_TAGS}",
            f"keep to {MAX_TAGS - CONTROLLER_TAGS}, the platform's among them",
        )
    if plan.allow_replacement:
        yield Finding(
            ("metadata", "annotations", ALLOW_REPLACEMENT),
            "an ACK Table is never replaced: a changed key or local index is refused",
            "delete the object and make it anew",
        )


def _source(plan: TablePlan) -> Iterator[Finding]:
    if plan.source is None:
        return
    field, verb = named_source(plan.source)
    yield Finding(
        ("spec", field),
        f"an ACK Table cannot be {verb}: the table is made empty",
        "make the table in another way (Pulumi, Crossplane, the AWS CLI), and let the object take"
        " it over by the annotation services.k8s.aws/adoption-policy: adopt-or-create",
    )


_DELETES = "of a table that it takes over the controller deletes the replicas"


def _replicas(plan: TablePlan) -> Iterator[Finding]:
    carried = replicas(plan)
    if plan.replicas and not carried:
        if plan.billing_mode is BillingMode.PROVISIONED:
            yield Finding(
                ("spec", "replicas"),
                "AWS makes replicas only once the writes scale, and the ACK controller does not"
                f" wait for that: none is made; {_DELETES}",
                "use PAY_PER_REQUEST, with onDemandThroughput where a maximum is needed",
            )
        else:
            yield Finding(
                ("spec", "replicas"),
                "an ACK Table has no strongly consistent replicas: none is made, and the table is"
                f" in one region alone; {_DELETES}",
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
                    f"an ACK Table says of a replica its region, key and indexes alone: that in"
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


def _around(plan: TablePlan) -> Iterator[Finding]:
    if plan.policy and not policy_is_known(plan.policy):
        yield Finding(
            ("spec", "resourcePolicy"),
            f"nobody puts the table's ARN in the place of {TABLE_ARN}: an ACK Table without the"
            " policy is made, and the controller takes one that is there off",
            "write the ARN itself",
        )
    elif plan.policy and plan.policy.confirm_remove_self_access:
        yield Finding(
            ("spec", "resourcePolicy", "confirmRemoveSelfResourceAccess"),
            "the ACK controller does not confirm: AWS refuses a policy that takes from the"
            " controller the right to change it",
        )
    if plan.kinesis:
        yield Finding(
            ("spec", "kinesisStreamingDestination"),
            "an ACK Table sends to no Kinesis stream",
            "switch it on in AWS: aws dynamodb enable-kinesis-streaming-destination",
        )
    for place in warm_places(plan):
        yield Finding(
            place,
            "an ACK Table has no warm throughput: it begins with what AWS gives every table",
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
                "an ACK Table has no mode of contributor insights: all requests are watched",
            )
    indexes = [insights.index for insights in plan.contributor_insights if insights.index]
    if indexes:
        yield Finding(
            ("spec", "contributorInsights", "gsiIndexNames"),
            "an ACK Table has contributor insights of the table only, not of its indexes",
        )


def _scaling(plan: TablePlan) -> Iterator[Finding]:
    if plan.scaling_here:
        yield Finding(
            _scaling_path(plan),
            "the ACK controller sets capacity back to provisionedThroughput, so what the"
            " autoscaler changes does not last",
            "use PAY_PER_REQUEST, with onDemandThroughput where a maximum is needed",
        )
        yield Finding(
            ("spec", "tags"),
            "an ACK ScalableTarget has no tags: the table alone is tagged",
        )
    for place in scheduled(plan):
        yield Finding(
            place,
            "ACK has no object for a scheduled adjustment: the bounds stay as they are",
        )


def _scaling_path(plan: TablePlan) -> tuple[str | int, ...]:
    """The block that asks for it: the table's, or the first of an index that has its own."""
    scaling = plan.scaling[0]
    if scaling.index is None:
        return ("spec", "autoscaling")
    position = [index.name for index in plan.global_indexes].index(scaling.index)
    return ("spec", "globalSecondaryIndexes", position, "autoscaling")
