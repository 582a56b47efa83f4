"""What of a plan Crossplane's provider does not carry out, or not as Pulumi does."""

from __future__ import annotations

from collections.abc import Iterator

from planton.annotations import ALLOW_REPLACEMENT
from planton.model.enums import BillingMode
from planton.model.rule import Finding
from planton.plan import RestorePlan, TablePlan
from planton.render.rendered import named_source, scheduled

_OF_ITS_OWN = "object of the same API group"


def are_left_alone(plan: TablePlan) -> bool:
    """Whether the global indexes are given at the beginning only."""
    scaled = any(scaling.index for scaling in plan.scaling)
    return scaled or any(index.warm for index in plan.global_indexes)


def losses(plan: TablePlan) -> Iterator[Finding]:
    """Everything that is lost, by the manifest's field."""
    if isinstance(plan.source, RestorePlan) and not plan.local_indexes:
        field, _ = named_source(plan.source)
        yield Finding(
            ("spec", field),
            "local indexes come with the data, and where the source has some that are not named"
            " here, the provider would make the table anew, which Crossplane refuses for ever",
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
    yield from _around(plan)
    if are_left_alone(plan):
        yield Finding(
            ("spec", "globalSecondaryIndexes"),
            "where an index is scaled or has a warm throughput, Crossplane makes the global indexes"
            " with the table and leaves them alone from then on: a later change of one is not"
            " carried out",
        )
    for place in scheduled(plan):
        yield Finding(
            place,
            "the adjustments are in no object: the bounds stay as they are, and are given to the"
            " Target at the beginning only, because an adjustment moves them",
            "add a ScheduledAction object of the Target's API group for each, in every region",
        )
    if plan.allow_replacement:
        yield Finding(
            ("metadata", "annotations", ALLOW_REPLACEMENT),
            "a Crossplane Table is never replaced: a change that would need it is refused",
            "delete the object and make it anew",
        )


def _replicas(plan: TablePlan) -> Iterator[Finding]:
    if plan.replicas and plan.billing_mode is BillingMode.PROVISIONED:
        yield Finding(
            ("spec", "replicas"),
            "it takes more than one step: AWS refuses the replicas until the writes scale, and"
            " until then the Table shows that refusal",
            "look that it becomes ready once the Targets and Policies are",
        )
    unprotected = [r.region for r in plan.replicas if not r.deletion_protection]
    if plan.deletion_protection and unprotected:
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "the provider deletes the replicas of a deleted object before AWS refuses to delete the"
            f" table; without protection of their own: {', '.join(unprotected)}",
            "set deletionProtectionEnabled of each replica, or leave Delete out of"
            " managementPolicies",
        )


def _around(plan: TablePlan) -> Iterator[Finding]:
    if plan.contributor_insights:
        yield Finding(
            ("spec", "contributorInsights"),
            "a Crossplane Table has no contributor insights",
            f"add a ContributorInsights {_OF_ITS_OWN} for the table and each index",
        )
    if plan.policy:
        yield Finding(
            ("spec", "resourcePolicy"),
            "a Crossplane Table has no resource policy",
            f"add a ResourcePolicy {_OF_ITS_OWN}, with the table's ARN in it",
        )
    if plan.kinesis:
        yield Finding(
            ("spec", "kinesisStreamingDestination"),
            "a Crossplane Table sends to no Kinesis stream",
            f"add a KinesisStreamingDestination {_OF_ITS_OWN}",
        )
