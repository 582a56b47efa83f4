"""The plan as objects of the AWS Controllers for Kubernetes (ACK).

A Table of `dynamodb.services.k8s.aws`, and for each scaled dimension a ScalableTarget and a
ScalingPolicy of `applicationautoscaling.services.k8s.aws`. The Table's schema has neither enums nor
bounds, so nothing but the plan stands between a slip and an ACK.Terminal condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from planton.plan import (
    GlobalIndexPlan,
    MaximumPlan,
    ReplicaPlan,
    ScalingPlan,
    TablePlan,
    Throughput,
)
from planton.render.ack_losses import losses, policy_is_known, replicas
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

TABLE_API = "dynamodb.services.k8s.aws/v1alpha1"
SCALING_API = "applicationautoscaling.services.k8s.aws/v1alpha1"
REGION = "services.k8s.aws/region"
"""Annotation; without it the namespace's default region counts, then the controller's own."""
DELETION_POLICY = "services.k8s.aws/deletion-policy"
"""Annotation: whether the table goes with its object (delete) or stays in AWS (retain)."""

DeletionPolicy = Literal["delete", "retain"]


def objects(
    plan: TablePlan,
    *,
    name: str | None = None,
    namespace: str | None = None,
    region: str | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    deletion_policy: DeletionPolicy | None = None,
) -> Rendered:
    """The Table first, then its autoscaling. The plan has a key: a Table takes none from a source.

    Args:
        name: of the Table object, and the beginning of the others'; by default what Kubernetes
            takes of metadata.name. Another name later would delete the table and make a new one.
        region: becomes an annotation on every object, as does `deletion_policy`.
    """
    name = name or object_name(plan.logical_name)
    notes = dict(annotations or {})
    if region:
        notes[REGION] = region
    if deletion_policy:
        notes[DELETION_POLICY] = deletion_policy
    made: list[Data] = [
        {
            "apiVersion": TABLE_API,
            "kind": "Table",
            "metadata": metadata(name, namespace, labels, notes),
            "spec": table_spec(plan),
        }
    ]
    # Replicas that scale are none of its own, see ack_losses.
    for scaling in plan.scaling_here:
        part = object_name(f"{name}/{scaling.key}")
        for kind, spec in (
            ("ScalableTarget", _target(plan, scaling)),
            ("ScalingPolicy", _policy(plan, scaling)),
        ):
            made.append(
                {
                    "apiVersion": SCALING_API,
                    "kind": kind,
                    "metadata": metadata(part, namespace, labels, notes),
                    "spec": spec,
                }
            )
    return Rendered(tuple(made), tuple(losses(plan)))


def table_spec(plan: TablePlan) -> Data:
    """The Table's spec.

    Expiry and a stream stand there only where they are on: the controller compares a block that
    says off with none, and never comes to rest. Recovery that is absent is off to it. Encryption is
    said either way: off is carried out only where it is said, and the controller stumbles over a
    block without `enabled`, or, where it is on, without the type. A replica names every index: AWS
    tells of them, and the controller compares.
    """
    assert plan.hash_key is not None
    spec: Data = {
        "tableName": plan.table_name,
        "billingMode": plan.billing_mode.value,
        "tableClass": plan.table_class.value,
        "deletionProtectionEnabled": plan.deletion_protection,
        "attributeDefinitions": [
            {"attributeName": name, "attributeType": kind} for name, kind in attributes(plan)
        ],
        "keySchema": [_key(key.name, key.key_type.value) for key in plan.keys],
        **_capacity(plan.throughput, plan.maximum),
    }
    if plan.global_indexes:
        spec["globalSecondaryIndexes"] = [_global_index(index) for index in plan.global_indexes]
    if plan.local_indexes:
        spec["localSecondaryIndexes"] = [
            {
                "indexName": index.name,
                "keySchema": [_key(plan.hash_key, "HASH"), _key(index.range_key, "RANGE")],
                "projection": projection(index),
            }
            for index in plan.local_indexes
        ]
    if plan.ttl.enabled:
        spec["timeToLive"] = {"attributeName": plan.ttl.attribute_name, "enabled": True}
    if plan.stream_view_type:
        spec["streamSpecification"] = {
            "streamEnabled": True,
            "streamViewType": plan.stream_view_type.value,
        }
    if plan.point_in_time_recovery.enabled:
        spec["continuousBackups"] = {"pointInTimeRecoveryEnabled": True}
    spec["sseSpecification"] = {"enabled": plan.encryption.enabled}
    if plan.encryption.enabled:
        spec["sseSpecification"]["sseType"] = "KMS"
    if plan.encryption.kms_key_arn:
        spec["sseSpecification"]["kmsMasterKeyID"] = plan.encryption.kms_key_arn
    watched = any(insights.index is None for insights in plan.contributor_insights)
    spec["contributorInsights"] = "ENABLE" if watched else "DISABLE"
    if plan.policy and policy_is_known(plan.policy):
        spec["resourcePolicy"] = plan.policy.text
    if made := [_replica(plan, replica) for replica in replicas(plan)]:
        spec["tableReplicas"] = made
    spec["tags"] = [{"key": key, "value": value} for key, value in plan.tags]
    return spec


def _key(name: str, kind: str) -> Data:
    return {"attributeName": name, "keyType": kind}


def _capacity(throughput: Throughput | None, maximum: MaximumPlan | None) -> Data:
    """Either may be there, as the billing mode demands; AWS refuses what belongs to the other."""
    capacity: Data = {}
    if throughput:
        capacity["provisionedThroughput"] = {
            "readCapacityUnits": throughput.read,
            "writeCapacityUnits": throughput.write,
        }
    if maximum:
        capacity["onDemandThroughput"] = maximum.units
    return capacity


def _global_index(index: GlobalIndexPlan) -> Data:
    return {
        "indexName": index.name,
        "keySchema": [_key(key.name, key.key_type.value) for key in index.keys],
        "projection": projection(index),
        **_capacity(index.throughput, index.maximum),
    }


def _replica(plan: TablePlan, replica: ReplicaPlan) -> Data:
    made: Data = {"regionName": replica.region}
    if replica.kms_key_arn:
        made["kmsMasterKeyID"] = replica.kms_key_arn
    if plan.global_indexes:
        made["globalSecondaryIndexes"] = [
            {"indexName": index.name} for index in plan.global_indexes
        ]
    return made


def _target(plan: TablePlan, scaling: ScalingPlan) -> Data:
    """No role is named: AWS makes its service-linked one."""
    words = scaled(plan, scaling)
    return {
        "serviceNamespace": words.namespace,
        "resourceID": words.resource_id,
        "scalableDimension": words.dimension,
        "minCapacity": scaling.min_capacity,
        "maxCapacity": scaling.max_capacity,
    }


def _policy(plan: TablePlan, scaling: ScalingPlan) -> Data:
    words = scaled(plan, scaling)
    return {
        "policyName": words.policy_name,
        "policyType": "TargetTrackingScaling",
        "serviceNamespace": words.namespace,
        "resourceID": words.resource_id,
        "scalableDimension": words.dimension,
        "targetTrackingScalingPolicyConfiguration": tracking(scaling, words),
    }
