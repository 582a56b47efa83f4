"""What the ACK controllers do differently from Pulumi, and what they support only in part.

Fields that they do not have at all say so themselves: see planton.manifest.facts."""

from __future__ import annotations

from collections.abc import Iterator

from planton.dialects.annotations import ALLOW_REPLACEMENT, IMPORT
from planton.manifest.enums import BillingMode, ConsistencyMode, TableClass
from planton.manifest.rules.policy.kinds import TABLE_ARN
from planton.manifest.rules.replicas import AWS_KEY, NAME_KEYS, NEVER_SETTLES
from planton.manifest.rules.rule import Finding
from planton.manifest.tags import MAX_TAGS
from planton.plan.table_plan import PolicyPlan, ReplicaPlan, TablePlan, TagPlan
from planton.render.rendered import at_replica, named_source

CONTROLLER_TAGS = 4
"""Tags that the controller adds: its version, the namespace, and two under kro."""
_MAX_TAGS = MAX_TAGS - CONTROLLER_TAGS


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


def tags(plan: TablePlan) -> tuple[TagPlan, ...]:
    """The table's tags. The Name that the program adds is left out where it would be one too
    many."""
    if len(plan.tags) <= _MAX_TAGS:
        return plan.tags
    return tuple(tag for tag in plan.tags if tag != plan.default_name)


def unsupported(plan: TablePlan) -> Iterator[Finding]:
    """What a plan needs and the controllers do not support, by the manifest's field."""
    yield from _source(plan)
    yield from _replicas(plan)
    yield from _features(plan)
    yield from _scaling(plan)
    if (found := len(tags(plan))) > _MAX_TAGS:
        yield Finding(
            ("spec", "tags"),
            f"the ACK controller adds up to {CONTROLLER_TAGS} tags to these {found}, and"
            f" AWS accepts {MAX_TAGS}",
            f"use at most {_MAX_TAGS}, including the platform's",
        )
    if plan.imported:
        yield Finding(
            ("metadata", "annotations", IMPORT),
            "the ACK controller compares nothing before it takes over an existing table",
            "annotate the Table with services.k8s.aws/adoption-policy: adopt, and "
            "services.k8s.aws/adoption-fields with the table's name",
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
    if carried and plan.encryption.enabled and not plan.encryption.kms_key_arn:
        path = ("spec", "serverSideEncryption", "enabled")
        yield Finding(path, NEVER_SETTLES.format(AWS_KEY), NAME_KEYS)
    if carried and plan.table_class is not TableClass.STANDARD:
        what = f"tableClass {plan.table_class.value}"
        yield Finding(("spec", "tableClass"), NEVER_SETTLES.format(what), "use STANDARD")
    if carried and plan.deletion_protection and not plan.is_retained:
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "the ACK controller deletes the replicas of a deleted object before AWS refuses to"
            " delete the table",
            "set deletionPolicy: retain",
        )


def _features(plan: TablePlan) -> Iterator[Finding]:
    if plan.policy and not policy_is_known(plan.policy):
        yield Finding(
            ("spec", "resourcePolicy"),
            f"ACK does not replace {TABLE_ARN} with the table's ARN: the ACK Table is rendered"
            " without the policy, and the controller removes an existing one",
            "write the ARN itself",
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


def _scaling_path(plan: TablePlan) -> tuple[str | int, ...]:
    """The block that sets it: the table's, or the first index's that has one."""
    scaling = plan.scaling[0]
    if scaling.index is None:
        return ("spec", "autoscaling")
    position = [index.name for index in plan.global_indexes].index(scaling.index)
    return ("spec", "globalSecondaryIndexes", position, "autoscaling")
