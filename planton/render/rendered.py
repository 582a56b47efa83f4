"""What a renderer returns: objects of a control plane, and what they do not support."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from planton.manifest.reference import KMS_KEY, Reference
from planton.manifest.rules.rule import Finding, Path
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import (
    GlobalIndexPlan,
    ImportPlan,
    LocalIndexPlan,
    ReplicaPlan,
    RestorePlan,
    TablePlan,
)

Data: TypeAlias = dict[str, Any]

MAX_NAME = 253
"""Characters of an object's name (RFC 1123 subdomain, as Kubernetes demands)."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True)
class Rendered:
    """Plain data, ready to be written as YAML, in the order in which to apply it.

    `warnings` name the manifest's fields that the target does not support, or handles differently
    from Pulumi.
    """

    objects: tuple[Data, ...]
    warnings: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()
    """Blocks of spec that the objects do not have. A warning is about each block, none about its
    fields."""


def object_name(text: str) -> str:
    """A name that Kubernetes accepts: the text itself if it is valid.

    Otherwise its valid characters and a digest of the whole: `Orders_1` and `orders-1` are two
    tables, and one object for both would turn one into the other.
    """
    if len(text) <= MAX_NAME and _NAME.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    kept = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return f"{kept[: MAX_NAME - len(digest) - 1].rstrip('-') or 'table'}-{digest}"


_KEY_ARN = (KMS_KEY.kind, KMS_KEY.field_path)


def key_object(arn: str) -> str | None:
    """The name of the KMS key's object, if a reference to its ARN stands for the ARN."""
    if not isinstance(arn, Reference) or arn.env or (arn.kind, arn.field_path) != _KEY_ARN:
        return None
    return arn.name if object_name(arn.name) == arn.name else None


def unresolved(objects: Iterable[Any]) -> Iterator[Reference]:
    """The references that the objects hold as values: their control plane has no field for them."""
    for one in objects:
        match one:
            case Reference():
                yield one
            case dict():
                yield from unresolved(one.values())
            case list():
                yield from unresolved(one)


def metadata(
    name: str,
    namespace: str | None,
    labels: Mapping[str, str] | None,
    annotations: Mapping[str, str] | None,
) -> Data:
    """An object's metadata, without empty fields."""
    data: Data = {"name": name}
    if namespace:
        data["namespace"] = namespace
    if labels:
        data["labels"] = dict(labels)
    if annotations:
        data["annotations"] = dict(annotations)
    return data


def attributes(plan: TablePlan) -> list[tuple[str, str]]:
    """All key attributes and their types, including those of every index, sorted by name."""
    types = {name: kind.value for name, kind in plan.attributes}
    types |= {key.name: key.type.value for index in plan.global_indexes for key in index.keys}
    return sorted(types.items())


def projection(index: GlobalIndexPlan | LocalIndexPlan) -> Data:
    """The projection of an index."""
    names = index.non_key_attributes
    included = {"nonKeyAttributes": list(names)} if names else {}
    return {"projectionType": index.projection_type.value, **included}


@dataclass(frozen=True)
class Scaled:
    """Application Auto Scaling's names for one scaled dimension."""

    namespace: str
    resource_id: str
    dimension: str
    metric: str
    policy_name: str


def scaled(plan: TablePlan, scaling: ScalingPlan) -> Scaled:
    """The same names as in the Pulumi program: the same table has the same policies."""
    resource_id = f"table/{plan.table_name}{scaling.place}"
    return Scaled(
        namespace="dynamodb",
        resource_id=resource_id,
        dimension=scaling.scalable_dimension,
        metric=scaling.metric,
        policy_name=scaling.new_policy_name(resource_id),
    )


def tracking(scaling: ScalingPlan, words: Scaled) -> Data:
    """The configuration of a target-tracking policy; AWS decides on cooldowns that are not set."""
    configuration: Data = {
        "targetValue": scaling.target_utilization,
        "predefinedMetricSpecification": {"predefinedMetricType": words.metric},
    }
    if scaling.scale_in_cooldown is not None:
        configuration["scaleInCooldown"] = scaling.scale_in_cooldown
    if scaling.scale_out_cooldown is not None:
        configuration["scaleOutCooldown"] = scaling.scale_out_cooldown
    return configuration


# Paths in the manifest, for warnings about them.


def at_replica(replica: ReplicaPlan, *field: str) -> Path:
    """A replica's field, by its region: the plan sorts the replicas."""
    return ("spec", "replicas", replica.region, *field)


def named_source(source: ImportPlan | RestorePlan) -> tuple[str, str]:
    """The field that names the data source, and how the table gets its data."""
    match source:
        case ImportPlan():
            return "importTable", "filled from S3"
        case RestorePlan(backup_arn=str()):
            return "restoreBackupArn", "restored"
        case RestorePlan(table_arn=str()):
            return "restoreSourceTableArn", "restored"
        case _:
            return "restoreSourceName", "restored"
