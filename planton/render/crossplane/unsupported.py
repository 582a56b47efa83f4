"""What Crossplane's provider does differently from Pulumi, and what it supports only in part.

Fields that it does not have at all say so themselves: see planton.manifest.facts."""

from __future__ import annotations

from collections.abc import Iterator

from planton.dialects.annotations import ALLOW_REPLACEMENT, IMPORT
from planton.manifest.enums import BillingMode
from planton.manifest.rules.rule import Finding
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import RestorePlan, TablePlan
from planton.render.rendered import named_source


def indexes_are_left_alone(plan: TablePlan) -> bool:
    """Whether the global indexes are set only when the table is created."""
    scaled = any(scaling.index for scaling in plan.scaling)
    return scaled or any(index.warm for index in plan.global_indexes)


def has_known_name(scaling: ScalingPlan) -> bool:
    """Whether the policy has a name that the provider can parse."""
    return scaling.policy_name is not None and "/" not in scaling.policy_name


def unsupported(plan: TablePlan) -> Iterator[Finding]:
    """What a plan needs and the provider does not support, by the manifest's field."""
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
    if indexes_are_left_alone(plan):
        yield Finding(
            ("spec", "globalSecondaryIndexes"),
            "if an index has autoscaling or warmThroughput, Crossplane creates the global indexes"
            " with the table and does not change them afterwards: a later change of one has no"
            " effect",
        )
    yield from _policy_names(plan)
    if plan.imported:
        yield Finding(
            ("metadata", "annotations", IMPORT),
            "Crossplane takes over an existing table of that name, and compares nothing before",
            "create the Table with managementPolicies: [Observe] first, and compare its status",
        )
    if plan.allow_replacement:
        yield Finding(
            ("metadata", "annotations", ALLOW_REPLACEMENT),
            "a Crossplane Table is never replaced: a change that would need it is refused",
            "delete the object and create it again",
        )


def _policy_names(plan: TablePlan) -> Iterator[Finding]:
    """An index that uses the table's block has the table's names, which are reported once."""
    positions = {index.name: i for i, index in enumerate(plan.global_indexes)}
    reported: set[tuple[str, str | None]] = set()
    for scaling in plan.scaling_here:
        named = (scaling.dimension, scaling.policy_name)
        if scaling.policy_name is None or has_known_name(scaling) or named in reported:
            continue
        reported.add(named)
        owner = (
            () if scaling.index is None else ("globalSecondaryIndexes", positions[scaling.index])
        )
        yield Finding(
            ("spec", *owner, "autoscaling", scaling.dimension, "policyName"),
            "the provider cannot parse the name of a policy with a slash: the Policy has the name "
            "of its object, and AWS refuses it beside an existing policy of another name",
            "delete the existing policy, if there is one, before you apply the objects",
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
    if plan.deletion_protection and unprotected and not plan.is_retained:
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "the provider deletes the replicas of a deleted object before AWS refuses to delete the"
            f" table; not protected themselves: {', '.join(unprotected)}",
            "set deletionProtectionEnabled on each replica, or deletionPolicy: retain",
        )
