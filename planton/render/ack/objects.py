"""The plan as objects of the AWS Controllers for Kubernetes (ACK).

A Table of `dynamodb.services.k8s.aws`, and for each scaled dimension a ScalableTarget and a
ScalingPolicy of `applicationautoscaling.services.k8s.aws`. The Table's schema has neither enums nor
bounds, so a wrong value would show up only as an ACK.Terminal condition.
"""

from __future__ import annotations

from collections.abc import Mapping

from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import GlobalIndexPlan, MaximumPlan, ReplicaPlan, TablePlan, Throughput
from planton.render.ack.unsupported import policy_is_known, replicas, tags, unsupported
from planton.render.rendered import (
    Data,
    Rendered,
    attributes,
    key_object,
    metadata,
    object_name,
    projection,
    scaled,
    tracking,
)

TABLE_API = "dynamodb.services.k8s.aws/v1alpha1"
SCALING_API = "applicationautoscaling.services.k8s.aws/v1alpha1"
REGION = "services.k8s.aws/region"
"""Annotation. Without it the namespace's default region applies, then the controller's own."""
DELETION_POLICY = "services.k8s.aws/deletion-policy"
"""Annotation: whether the table is deleted with its object (delete) or kept in AWS (retain).
Without it the namespace's default applies, then the controller's own."""


def objects(
    plan: TablePlan,
    *,
    name: str | None = None,
    namespace: str | None = None,
    region: str | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    default_policy: str | None = None,
) -> Rendered:
    """The Table first, then its autoscaling. The plan must have a key: ACK does not restore tables.

    Args:
        name: of the Table object, and the prefix of the others' names; by default metadata.name in
            a form that Kubernetes accepts. Changing it later would delete the table and create a
            new one.
        region: becomes an annotation on every object, as does the deletion policy.
        default_policy: of a table that the plan does not retain; None leaves it to the controller.
    """
    name = name or object_name(plan.logical_name)
    notes = dict(annotations or {})
    if region:
        notes[REGION] = region
    notes |= deletion_policy(plan, default_policy)
    rendered: list[Data] = [
        {
            "apiVersion": TABLE_API,
            "kind": "Table",
            "metadata": metadata(name, namespace, labels, notes),
            "spec": table_spec(plan),
        }
    ]
    # Replicas that scale are unsupported, see ack_unsupported.
    for scaling in plan.scaling_here:
        part = object_name(f"{name}/{scaling.key}")
        for kind, spec in (
            ("ScalableTarget", _target(plan, scaling)),
            ("ScalingPolicy", _policy(plan, scaling)),
        ):
            rendered.append(
                {
                    "apiVersion": SCALING_API,
                    "kind": kind,
                    "metadata": metadata(part, namespace, labels, notes),
                    "spec": spec,
                }
            )
    left_out = () if plan.policy is None or policy_is_known(plan.policy) else ("resourcePolicy",)
    return Rendered(tuple(rendered), tuple(unsupported(plan)), left_out)


def deletion_policy(plan: TablePlan, default: str | None = None) -> dict[str, str]:
    """The annotation of the table and of its autoscaling, if there is a policy."""
    policy = plan.deletion_policy.value if plan.deletion_policy else default
    return {DELETION_POLICY: policy} if policy else {}


def table_spec(plan: TablePlan) -> Data:
    """The Table's spec.

    TTL and the stream are included only when they are on: a block that turns them off never equals
    what the controller reads back, so it would update the table forever. It treats absent
    point-in-time recovery as off. Encryption is always included: the controller turns it off only
    if the block says so, and fails on a block without `enabled`, or, when it is on, without the
    type. A replica lists every global index, because AWS reports them and the controller compares.
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
    if key := plan.encryption.kms_key_arn:
        name = key_object(key)
        spec["sseSpecification"] |= (
            {"kmsMasterKeyRef": {"from": {"name": name}}} if name else {"kmsMasterKeyID": key}
        )
    watched = any(insights.index is None for insights in plan.contributor_insights)
    spec["contributorInsights"] = "ENABLE" if watched else "DISABLE"
    if plan.policy and policy_is_known(plan.policy):
        spec["resourcePolicy"] = plan.policy.text
    if rendered := [_replica(plan, replica) for replica in replicas(plan)]:
        spec["tableReplicas"] = rendered
    spec["tags"] = [{"key": key, "value": value} for key, value in tags(plan)]
    return spec


def _key(name: str, kind: str) -> Data:
    return {"attributeName": name, "keyType": kind}


def _capacity(throughput: Throughput | None, maximum: MaximumPlan | None) -> Data:
    """The block that the billing mode allows; AWS refuses the other one."""
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
    rendered: Data = {"regionName": replica.region}
    if replica.kms_key_arn:
        rendered["kmsMasterKeyID"] = replica.kms_key_arn
    if plan.global_indexes:
        rendered["globalSecondaryIndexes"] = [
            {"indexName": index.name} for index in plan.global_indexes
        ]
    return rendered


def _target(plan: TablePlan, scaling: ScalingPlan) -> Data:
    """Names no role: AWS creates the service-linked one."""
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
