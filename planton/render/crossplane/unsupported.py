"""What Crossplane's provider does not support, or does differently from Pulumi."""

from __future__ import annotations

from collections.abc import Iterator

from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.manifest.enums import BillingMode
from planton.manifest.rules.rule import Finding
from planton.plan.table_plan import RestorePlan, TablePlan
from planton.render.rendered import named_source, scheduled

_SAME_GROUP = "object of the same API group"


def indexes_are_left_alone(plan: TablePlan) -> bool:
    """Whether the global indexes are set only when the table is created."""
    scaled = any(scaling.index for scaling in plan.scaling)
    return scaled or any(index.warm for index in plan.global_indexes)


def unsupported(plan: TablePlan) -> Iterator[Finding]:
    """Everything that is unsupported, by the manifest's field."""
    if isinstance(plan.source, RestorePlan) and not plan.local_indexes:
        field, _ = named_source(plan.source)
        yield Finding(
            ("spec", field),
            "local indexes come with the data: if the source has some that the manifest does not"
            " name, the provider would recreate the table, which Crossplane always refuses",
            "name the local indexes of the source, if it has any",
        )
    if plan.source and plan.warm:
        field, _ = named_source(plan.source)
        yield Finding(
            ("spec", "warmThroughput"),
            f"the provider does not send it with {field}, nor later",
            "raise it in AWS: aws dynamodb update-table",
        )
    yield from _replicas(plan)
    yield from _features(plan)
    if indexes_are_left_alone(plan):
        yield Finding(
            ("spec", "globalSecondaryIndexes"),
            "if an index has autoscaling or warmThroughput, Crossplane creates the global indexes"
            " with the table and does not change them afterwards: a later change of one has no"
            " effect",
        )
    for place in scheduled(plan):
        yield Finding(
            place,
            "the adjustments are not rendered: the bounds do not change, and the Target gets them"
            " only when it is created, because an adjustment would change them",
            "add a ScheduledAction object of the Target's API group for each, in every region",
        )
    if plan.allow_replacement:
        yield Finding(
            ("metadata", "annotations", ALLOW_REPLACEMENT),
            "a Crossplane Table is never replaced: a change that would need it is refused",
            "delete the object and create it again",
        )


def _replicas(plan: TablePlan) -> Iterator[Finding]:
    if plan.replicas and plan.billing_mode is BillingMode.PROVISIONED:
        yield Finding(
            ("spec", "replicas"),
            "this takes more than one step: AWS refuses the replicas until writes have autoscaling,"
            " and until then the Table shows that refusal",
            "check that it becomes ready once the Targets and Policies are",
        )
    unprotected = [r.region for r in plan.replicas if not r.deletion_protection]
    if plan.deletion_protection and unprotected:
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "the provider deletes the replicas of a deleted object before AWS refuses to delete the"
            f" table; not protected themselves: {', '.join(unprotected)}",
            "set deletionProtectionEnabled on each replica, or leave Delete out of"
            " managementPolicies",
        )


def _features(plan: TablePlan) -> Iterator[Finding]:
    if plan.contributor_insights:
        yield Finding(
            ("spec", "contributorInsights"),
            "a Crossplane Table has no contributor insights",
            f"add a ContributorInsights {_SAME_GROUP} for the table and each index",
        )
    if plan.policy:
        yield Finding(
            ("spec", "resourcePolicy"),
            "a Crossplane Table has no resource policy",
            f"add a ResourcePolicy {_SAME_GROUP}, with the table's ARN in it",
        )
    if plan.kinesis:
        yield Finding(
            ("spec", "kinesisStreamingDestination"),
            "a Crossplane Table has no Kinesis destination",
            f"add a KinesisStreamingDestination {_SAME_GROUP}",
        )
