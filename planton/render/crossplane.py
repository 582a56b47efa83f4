"""The plan as managed resources of Crossplane's AWS provider, version 2 (namespaced).

A Table of `dynamodb.aws.m.upbound.io`, and for each scaled dimension a Target and a Policy of
`appautoscaling.aws.m.upbound.io`. As under Pulumi, off is said as such, and what an autoscaler
moves is given at the beginning only, under `initProvider`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planton.annotations import ALLOW_REPLACEMENT
from planton.model.rule import Finding
from planton.plan import GlobalIndexPlan, MaximumPlan, ScalingPlan, TablePlan
from planton.render.rendered import (
    Data,
    Rendered,
    attributes,
    metadata,
    object_name,
    projection,
    scaled,
    tracking,
)

TABLE_API = "dynamodb.aws.m.upbound.io/v1beta1"
SCALING_API = "appautoscaling.aws.m.upbound.io/v1beta1"
EXTERNAL_NAME = "crossplane.io/external-name"
"""Annotation: what the resource is called in AWS."""

POLICIES = ("Observe", "Create", "Update", "Delete")
"""Everything but LateInitialize, which would copy the capacity of the moment into forProvider and
hold it there against the autoscaler."""


def objects(
    plan: TablePlan, *, region: str, name: str | None = None, namespace: str | None = None
) -> Rendered:
    """The Table first, then its autoscaling.

    Args:
        name: of the Table object, and the beginning of the others'; by default what Kubernetes
            takes of metadata.name.
    """
    name = name or object_name(plan.logical_name)
    made: list[Data] = [
        {
            "apiVersion": TABLE_API,
            "kind": "Table",
            "metadata": metadata(name, namespace, None, {EXTERNAL_NAME: plan.table_name}),
            "spec": _spec(plan, region),
        }
    ]
    for scaling in plan.scaling:
        part = object_name(f"{name}/{scaling.key}")
        for kind, parameters in (
            ("Target", _target(plan, scaling)),
            ("Policy", _policy(plan, scaling)),
        ):
            made.append(
                {
                    "apiVersion": SCALING_API,
                    "kind": kind,
                    "metadata": metadata(part, namespace, None, None),
                    "spec": {"forProvider": {"region": region, **parameters}},
                }
            )
    return Rendered(tuple(made), tuple(_warnings(plan)))


def _spec(plan: TablePlan, region: str) -> Data:
    """What belongs to the autoscaler goes to `initProvider`; global indexes go as a whole, because
    the provider cannot leave alone one field of one member of a set."""
    given = _table(plan, region)
    first: Data = {}
    for scaling in plan.scaling:
        if scaling.index is None:
            field = f"{scaling.dimension}Capacity"
            first[field] = given.pop(field)
        elif "globalSecondaryIndex" in given:
            first["globalSecondaryIndex"] = given.pop("globalSecondaryIndex")
    if not first:
        return {"forProvider": given}
    return {"forProvider": given, "initProvider": first, "managementPolicies": list(POLICIES)}


def _table(plan: TablePlan, region: str) -> Data:
    given: Data = {
        "region": region,
        "billingMode": plan.billing_mode.value,
        "tableClass": plan.table_class.value,
        "deletionProtectionEnabled": plan.deletion_protection,
        "attribute": [{"name": name, "type": kind} for name, kind in attributes(plan)],
        "hashKey": plan.hash_key,
    }
    if plan.range_key:
        given["rangeKey"] = plan.range_key
    if plan.throughput:
        given["readCapacity"] = plan.throughput.read
        given["writeCapacity"] = plan.throughput.write
    given |= _maximum(plan.maximum)
    if plan.global_indexes:
        given["globalSecondaryIndex"] = [_global_index(index) for index in plan.global_indexes]
    if plan.local_indexes:
        given["localSecondaryIndex"] = [
            {
                "name": index.name,
                "rangeKey": index.range_key,
                **projection(index),
            }
            for index in plan.local_indexes
        ]
    given["ttl"] = {"enabled": plan.ttl.enabled}
    if plan.ttl.attribute_name:
        given["ttl"]["attributeName"] = plan.ttl.attribute_name
    given["streamEnabled"] = plan.stream_view_type is not None
    if plan.stream_view_type:
        given["streamViewType"] = plan.stream_view_type.value
    recovery = plan.point_in_time_recovery
    given["pointInTimeRecovery"] = {"enabled": recovery.enabled}
    if recovery.period_in_days:
        given["pointInTimeRecovery"]["recoveryPeriodInDays"] = recovery.period_in_days
    given["serverSideEncryption"] = {"enabled": plan.encryption.enabled}
    if plan.encryption.kms_key_arn:
        given["serverSideEncryption"]["kmsKeyArn"] = plan.encryption.kms_key_arn
    given["tags"] = dict(plan.tags)
    return given


def _maximum(maximum: MaximumPlan | None) -> Data:
    return {"onDemandThroughput": maximum.units} if maximum else {}


def _global_index(index: GlobalIndexPlan) -> Data:
    made: Data = {
        "name": index.name,
        "keySchema": [
            {"attributeName": key.name, "keyType": key.key_type.value} for key in index.keys
        ],
        **projection(index),
    }
    if index.throughput:
        made["readCapacity"] = index.throughput.read
        made["writeCapacity"] = index.throughput.write
    return {**made, **_maximum(index.maximum)}


def _target(plan: TablePlan, scaling: ScalingPlan) -> Data:
    """No role is named: AWS makes its service-linked one."""
    words = scaled(plan, scaling)
    return {
        "serviceNamespace": words.namespace,
        "resourceId": words.resource_id,
        "scalableDimension": words.dimension,
        "minCapacity": scaling.min_capacity,
        "maxCapacity": scaling.max_capacity,
        "tags": dict(plan.tags),
    }


def _policy(plan: TablePlan, scaling: ScalingPlan) -> Data:
    """The policy is called as its object is: the provider cannot take a name with slashes apart."""
    words = scaled(plan, scaling)
    return {
        "policyType": "TargetTrackingScaling",
        "serviceNamespace": words.namespace,
        "resourceId": words.resource_id,
        "scalableDimension": words.dimension,
        "targetTrackingScalingPolicyConfiguration": tracking(scaling, words),
    }


def _warnings(plan: TablePlan) -> Iterator[Finding]:
    if plan.contributor_insights:
        yield Finding(
            ("spec", "contributorInsights"),
            "a Crossplane Table has no contributor insights",
            "add a ContributorInsights object of the same API group for the table and each index",
        )
    if any(scaling.index for scaling in plan.scaling):
        yield Finding(
            ("spec", "globalSecondaryIndexes"),
            "where an index is scaled, Crossplane makes the global indexes with the table and"
            " leaves them alone from then on: a later change of one is not carried out",
        )
    if plan.allow_replacement:
        yield Finding(
            ("metadata", "annotations", ALLOW_REPLACEMENT),
            "a Crossplane Table is never replaced: a change that would need it is refused",
            "delete the object and make it anew",
        )
