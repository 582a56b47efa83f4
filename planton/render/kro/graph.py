"""The plan as a ResourceGraphDefinition of kro: a custom API around the ACK objects.

The platform team decides on keys, indexes, TTL, stream, encryption, point-in-time recovery and
autoscaling. Each instance decides on the table's name, region, owner tags and deletion protection,
and on capacity without autoscaling.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from planton.diagnostics.diagnostic import quote
from planton.manifest.reference import region_of
from planton.manifest.rules.rule import Finding
from planton.manifest.tags import ENVIRONMENT, ORGANIZATION, RESOURCE_ID
from planton.manifest.types import REGION_PATTERN
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import TablePlan
from planton.render.ack import objects as ack
from planton.render.ack import unsupported as ack_unsupported
from planton.render.rendered import Data, Rendered, object_name

API = "kro.run/v1alpha1"
TABLE = "table"
"""The table's id, by which other resources of the graph refer to it."""

MAX_KIND = 63
OWNERS = {ORGANIZATION: "organization", ENVIRONMENT: "environment", RESOURCE_ID: "resourceId"}
"""The tags that name a table's owner, and the instance's fields for them."""


def objects(plan: TablePlan, *, region: str | None = None, name: str | None = None) -> Rendered:
    """One ResourceGraphDefinition.

    Args:
        region: the instances' default; without one every instance must name its region.
        name: of the definition; by default metadata.name in a form that Kubernetes accepts.
    """
    rendered = ack.objects(plan)
    definition = {
        "apiVersion": API,
        "kind": "ResourceGraphDefinition",
        "metadata": {"name": name or object_name(plan.logical_name)},
        "spec": {
            "schema": {
                "apiVersion": "v1alpha1",
                "kind": kind(plan.logical_name),
                "spec": _fields(plan, region),
                "status": _status(plan),
            },
            "resources": [_table(plan, rendered.objects[0]), *_scaling(plan, rendered.objects[1:])],
        },
    }
    return Rendered((definition,), (*_warnings(plan), *rendered.warnings), rendered.left_out)


def _warnings(plan: TablePlan) -> Iterator[Finding]:
    if plan.table_name != plan.logical_name:
        yield Finding(
            ("spec", "tableName"),
            "every instance names its own table: the definition does not name one",
            f"set the name {quote(plan.table_name, 300)} in an instance",
        )
    if regions := [replica.region for replica in ack_unsupported.replicas(plan)]:
        yield Finding(
            ("spec", "replicas"),
            f"every instance has its replicas in {', '.join(regions)}: AWS refuses them if the"
            " instance's own region is one of these",
        )
    if _names_a_table(plan):
        yield Finding(
            ("spec", "resourcePolicy"),
            "the policy names one table, and every instance is another one: no instance gets it,"
            " and the controller removes an existing policy",
            "grant the permissions to roles in IAM",
        )


def _names_a_table(plan: TablePlan) -> bool:
    """Whether the resource policy would have to differ for each instance."""
    policy = plan.policy
    return (
        policy is not None and ack_unsupported.policy_is_known(policy) and ":table/" in policy.text
    )


def kind(name: str) -> str:
    """The kind of the instances, from the manifest's name: `my-orders` gives MyOrdersTable."""
    words = [word[0].upper() + word[1:] for word in re.split("[^A-Za-z0-9]+", name) if word]
    text = "".join(words)
    if not text[:1].isalpha():
        text = f"T{text}"
    return f"{text[: MAX_KIND - len('Table')]}Table"


def literal(data: Any) -> Any:
    """Escapes text for kro, which reads what is between `${` and `}` as an expression."""
    match data:
        case dict():
            return {key: literal(value) for key, value in data.items()}
        case list():
            return [literal(item) for item in data]
        case str() if "${" in data:
            return f"${{{json.dumps(data, ensure_ascii=False)}}}"
        case _:
            return data


def _has_fixed_capacity(plan: TablePlan) -> bool:
    """Whether instances set the capacity: it is provisioned, without autoscaling."""
    return plan.throughput is not None and not plan.scaling


def _fields(plan: TablePlan, region: str | None) -> Data:
    """The instance's spec, in kro's SimpleSchema."""
    tags = dict(plan.tags)
    where = f'default="{region}"' if region else "required=true"
    key = plan.encryption.kms_key_arn
    if key and (only := region_of(key)):
        # The key cannot be used from another region.
        where = f'default="{only}" enum="{only}"'
    fields: Data = {
        "name": "string | required=true immutable=true minLength=3 maxLength=255"
        ' pattern="^[a-zA-Z0-9_.-]+$" description="Name of the table in AWS"',
        "region": f'string | {where} immutable=true pattern="^{REGION_PATTERN}$"'
        ' description="AWS region of the table"',
    }
    for tag, field in OWNERS.items():
        if tag in tags:
            fields[field] = f'string | default="{tags[tag]}" description="Tag {tag} of the table"'
    protected = str(plan.deletion_protection).lower()
    fields["deletionProtection"] = (
        f'boolean | default={protected} description="Whether AWS refuses to delete the table"'
    )
    if _has_fixed_capacity(plan):
        assert plan.throughput is not None
        for dimension, units in (("read", plan.throughput.read), ("write", plan.throughput.write)):
            fields[f"{dimension}CapacityUnits"] = (
                f"integer | default={units} minimum=1"
                f' description="Provisioned {dimension} units a second"'
            )
    return fields


def _status(plan: TablePlan) -> Data:
    status = {
        "tableARN": f"${{{TABLE}.status.ackResourceMetadata.arn}}",
        "tableStatus": f"${{{TABLE}.status.tableStatus}}",
    }
    if plan.stream_view_type:
        status["streamARN"] = f"${{{TABLE}.status.latestStreamARN}}"
    return status


def _table(plan: TablePlan, ack_table: Data) -> Data:
    spec = literal(ack_table["spec"])
    spec["tableName"] = "${schema.spec.name}"
    spec["deletionProtectionEnabled"] = "${schema.spec.deletionProtection}"
    if _has_fixed_capacity(plan):
        spec["provisionedThroughput"] = {
            unit: f"${{schema.spec.{unit}}}" for unit in ("readCapacityUnits", "writeCapacityUnits")
        }
    if _names_a_table(plan):
        del spec["resourcePolicy"]
    for tag in spec["tags"]:
        if tag["key"] in OWNERS:
            tag["value"] = f"${{schema.spec.{OWNERS[tag['key']]}}}"
        elif (tag["key"], tag["value"]) == plan.default_name:
            tag["value"] = "${schema.spec.name}"
    return {
        "id": TABLE,
        "template": {
            **ack_table,
            "metadata": _metadata("${schema.metadata.name}", plan),
            "spec": spec,
        },
        "readyWhen": [f'${{{TABLE}.status.tableStatus == "ACTIVE"}}'],
    }


def _scaling(plan: TablePlan, ack_scaling: tuple[Data, ...]) -> Iterator[Data]:
    """Each target refers to the table and each policy to its target, so kro orders them."""
    positions = {index.name: i for i, index in enumerate(plan.global_indexes, 1)}
    pairs = zip(plan.scaling_here, ack_scaling[::2], ack_scaling[1::2], strict=True)
    for scaling, target, policy in pairs:
        owner = TABLE if scaling.index is None else f"index{positions[scaling.index]}"
        base = f"{owner}{scaling.dimension.capitalize()}"
        meta = _metadata(f"${{schema.metadata.name}}-{_part(scaling)}", plan)
        suffix = "" if scaling.index is None else f"/index/{scaling.index}"
        bounds = {**target["spec"], "resourceID": f"table/${{{TABLE}.spec.tableName}}{suffix}"}
        yield {"id": f"{base}Target", "template": {**target, "metadata": meta, "spec": bounds}}
        aim = {
            **policy["spec"],
            # Unique for the one dimension that it scales: here the table's name has no length
            # yet.
            "policyName": literal(scaling.policy_name or scaling.metric),
            "resourceID": f"${{{base}Target.spec.resourceID}}",
        }
        yield {"id": f"{base}Policy", "template": {**policy, "metadata": meta, "spec": aim}}


def _part(scaling: ScalingPlan) -> str:
    return object_name(scaling.key.replace("/", "-"))


def _metadata(name: str, plan: TablePlan) -> Data:
    """An instance's region, and the deletion policy of all instances."""
    region = {ack.REGION: "${schema.spec.region}"}
    return {"name": name, "annotations": {**ack.deletion_policy(plan), **region}}
