"""The plan as managed resources of Crossplane's AWS provider, version 2 (namespaced).

A Table of `dynamodb.aws.m.upbound.io`, and for each scaled dimension a Target and a Policy of
`appautoscaling.aws.m.upbound.io`. As under Pulumi, off is written out. Values that an autoscaler or
AWS itself changes, and those that apply to a new table only, are under `initProvider`, which
Crossplane uses at creation only.
"""

from __future__ import annotations

from planton.plan.data import to_data
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import (
    GlobalIndexPlan,
    ImportPlan,
    MaximumPlan,
    ReplicaPlan,
    RestorePlan,
    TablePlan,
    WarmPlan,
)
from planton.render.crossplane.unsupported import (
    has_known_name,
    indexes_are_left_alone,
    unsupported,
)
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

TABLE_API = "dynamodb.aws.m.upbound.io/v1beta1"
SCALING_API = "appautoscaling.aws.m.upbound.io/v1beta1"
EXTERNAL_NAME = "crossplane.io/external-name"
"""Annotation: the resource's name in AWS."""

POLICIES = ("Observe", "Create", "Update", "Delete", "LateInitialize")
"""All management policies, which an object without any has."""

_COPIED = "LateInitialize"
"""Copies the current values from AWS into forProvider and keeps them. So what has values under
initProvider goes without it: it would keep the capacity against the autoscaler, and the warm
throughput against AWS."""


def objects(
    plan: TablePlan, *, region: str, name: str | None = None, namespace: str | None = None
) -> Rendered:
    """The Table first, then its autoscaling.

    Args:
        name: of the Table object, and the prefix of the others' names; by default metadata.name in
            a form that Kubernetes accepts.
    """
    name = name or object_name(plan.logical_name)
    rendered: list[Data] = [
        {
            "apiVersion": TABLE_API,
            "kind": "Table",
            "metadata": metadata(name, namespace, None, {EXTERNAL_NAME: plan.table_name}),
            "spec": _spec(plan, region),
        }
    ]
    for scaling in plan.scaling:
        part = object_name(f"{name}/{scaling.key}")
        where = {"region": scaling.region or region}
        for kind, fields, initial, notes in (
            ("Target", _target(plan, scaling), ("minCapacity", "maxCapacity"), None),
            ("Policy", _policy(plan, scaling), (), _policy_name(scaling)),
        ):
            rendered.append(
                {
                    "apiVersion": SCALING_API,
                    "kind": kind,
                    "metadata": metadata(part, namespace, None, notes),
                    # A schedule changes the bounds. If they were reset, the load that it is meant
                    # for would meet the old ones.
                    "spec": _split(plan, {**where, **fields}, initial if scaling.schedules else ()),
                }
            )
    return Rendered(tuple(rendered), tuple(unsupported(plan)))


def _spec(plan: TablePlan, region: str) -> Data:
    """If one global index has autoscaling or warm throughput, all of them are set at creation only:
    the provider cannot ignore one field of one member of a set."""
    initial = [f"{s.dimension}Capacity" for s in plan.scaling_here if s.index is None]
    if indexes_are_left_alone(plan):
        initial.append("globalSecondaryIndex")
    if isinstance(plan.source, RestorePlan):
        # The table has those of its source, whatever the manifest says.
        initial += ["hashKey", "rangeKey", "localSecondaryIndex"]
    source = _source(plan.source)
    return _split(plan, {**_table(plan, region), **source}, (*initial, "warmThroughput", *source))


def _split(plan: TablePlan, fields: Data, initial: tuple[str, ...]) -> Data:
    """Moves the fields named in `initial` to `initProvider`, which applies at creation only, and
    leaves the deletion out of what Crossplane does with a retained table."""
    init = {field: fields[field] for field in initial if field in fields}
    kept = {field: value for field, value in fields.items() if field not in init}
    omitted = {*([_COPIED] if init else ()), *(["Delete"] if plan.is_retained else ())}
    spec: Data = {"forProvider": kept, **({"initProvider": init} if init else {})}
    if omitted:
        spec["managementPolicies"] = [policy for policy in POLICIES if policy not in omitted]
    return spec


def _table(plan: TablePlan, region: str) -> Data:
    fields: Data = {
        "region": region,
        "billingMode": plan.billing_mode.value,
        "tableClass": plan.table_class.value,
        "deletionProtectionEnabled": plan.deletion_protection,
    }
    if defined := attributes(plan):
        fields["attribute"] = [{"name": name, "type": kind} for name, kind in defined]
    if plan.hash_key:
        fields["hashKey"] = plan.hash_key
    if plan.range_key:
        fields["rangeKey"] = plan.range_key
    if plan.throughput:
        fields["readCapacity"] = plan.throughput.read
        fields["writeCapacity"] = plan.throughput.write
    fields |= {**_maximum(plan.maximum), **_warm(plan.warm)}
    if plan.global_indexes:
        fields["globalSecondaryIndex"] = [_global_index(index) for index in plan.global_indexes]
    if plan.local_indexes:
        fields["localSecondaryIndex"] = [
            {
                "name": index.name,
                "rangeKey": index.range_key,
                **projection(index),
            }
            for index in plan.local_indexes
        ]
    fields["ttl"] = {"enabled": plan.ttl.enabled}
    if plan.ttl.attribute_name:
        fields["ttl"]["attributeName"] = plan.ttl.attribute_name
    fields["streamEnabled"] = plan.stream_view_type is not None
    if plan.stream_view_type:
        fields["streamViewType"] = plan.stream_view_type.value
    fields["pointInTimeRecovery"] = _named(**to_data(plan.point_in_time_recovery))
    fields["serverSideEncryption"] = {"enabled": plan.encryption.enabled}
    fields["serverSideEncryption"] |= _kms_key(plan.encryption.kms_key_arn)
    if plan.replicas:
        fields["replica"] = [_replica(replica) for replica in plan.replicas]
    if plan.witness_region:
        fields["globalTableWitness"] = {"regionName": plan.witness_region}
    fields["tags"] = dict(plan.tags)
    return fields


def _maximum(maximum: MaximumPlan | None) -> Data:
    return {"onDemandThroughput": maximum.units} if maximum else {}


def _warm(warm: WarmPlan | None) -> Data:
    return {"warmThroughput": warm.units} if warm else {}


def _replica(replica: ReplicaPlan) -> Data:
    rendered: Data = {
        "regionName": replica.region,
        "pointInTimeRecovery": replica.point_in_time_recovery,
        "deletionProtectionEnabled": replica.deletion_protection,
        "propagateTags": replica.propagate_tags,
        "consistencyMode": replica.consistency_mode.value,
    }
    return rendered | _kms_key(replica.kms_key_arn)


def _kms_key(arn: str | None) -> Data:
    """The key's ARN, or a reference to the key's object."""
    if arn is None:
        return {}
    name = key_object(arn)
    return {"kmsKeyArnRef": {"name": name}} if name else {"kmsKeyArn": arn}


def _source(source: ImportPlan | RestorePlan | None) -> Data:
    match source:
        case ImportPlan():
            return {"importTable": _import(source)}
        case RestorePlan():
            return _named(
                restoreSourceName=source.table_name,
                restoreSourceTableArn=source.table_arn,
                restoreBackupArn=source.backup_arn,
                restoreDateTime=source.date_time,
                restoreToLatestTime=source.to_latest_time or None,
            )
        case _:
            return {}


def _import(source: ImportPlan) -> Data:
    rendered: Data = {
        "inputFormat": source.format.value,
        "inputCompressionType": source.compression.value,
        "s3BucketSource": _named(
            bucket=source.bucket, bucketOwner=source.bucket_owner, keyPrefix=source.key_prefix
        ),
    }
    csv = _named(delimiter=source.delimiter, headerList=list(source.headers) or None)
    return {**rendered, "inputFormatOptions": {"csv": csv}} if csv else rendered


def _named(**fields: object) -> Data:
    return {name: value for name, value in fields.items() if value is not None}


def _global_index(index: GlobalIndexPlan) -> Data:
    rendered: Data = {
        "name": index.name,
        "keySchema": [
            {"attributeName": key.name, "keyType": key.key_type.value} for key in index.keys
        ],
        **projection(index),
    }
    if index.throughput:
        rendered["readCapacity"] = index.throughput.read
        rendered["writeCapacity"] = index.throughput.write
    return {**rendered, **_maximum(index.maximum), **_warm(index.warm)}


def _target(plan: TablePlan, scaling: ScalingPlan) -> Data:
    """Names no role: AWS creates the service-linked one."""
    words = scaled(plan, scaling)
    return {
        "serviceNamespace": words.namespace,
        "resourceId": words.resource_id,
        "scalableDimension": words.dimension,
        "minCapacity": scaling.min_capacity,
        "maxCapacity": scaling.max_capacity,
        "tags": dict(plan.tags),
    }


def _policy_name(scaling: ScalingPlan) -> dict[str, str] | None:
    """The annotation with the policy's name; without one the policy has its object's."""
    return {EXTERNAL_NAME: str(scaling.policy_name)} if has_known_name(scaling) else None


def _policy(plan: TablePlan, scaling: ScalingPlan) -> Data:
    words = scaled(plan, scaling)
    return {
        "policyType": "TargetTrackingScaling",
        "serviceNamespace": words.namespace,
        "resourceId": words.resource_id,
        "scalableDimension": words.dimension,
        "targetTrackingScalingPolicyConfiguration": tracking(scaling, words),
    }
