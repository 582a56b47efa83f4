"""The names of scaling policies, as far as a manifest has them."""

from __future__ import annotations

import shlex

from planton.adopt.found import LeftOut
from planton.plan.policy_names import default_policy_name
from planton.plan.scaling_plan import ScalingPlan


def other_than_default(name: str | None, metric: str, resource_id: str) -> str | None:
    """The name that the manifest must have; None if the program gives it anyway."""
    return None if name == default_policy_name(metric, resource_id) else name


def named_otherwise(there: ScalingPlan, here: ScalingPlan, table: str) -> LeftOut:
    """That a policy of a replica must be deleted before `pulumi up` creates one under the name that
    the manifest has. AWS accepts one target tracking policy for a metric (terraform-provider-aws,
    issue 41179), and keeps the capacity without it."""
    resource_id = f"table/{table}{there.place}"
    command = (
        f"aws application-autoscaling delete-scaling-policy --region {there.region} "
        f"--service-namespace dynamodb --resource-id {shlex.quote(resource_id)} "
        f"--scalable-dimension {there.scalable_dimension} "
        f"--policy-name {shlex.quote(there.new_policy_name(resource_id))}"
    )
    reason = (
        "in a manifest, the policies of replicas have the names of the table's. `pulumi up` "
        f"creates {here.new_policy_name(resource_id)!r}, and AWS refuses a second policy on "
        f"{there.metric}: delete this one just before. The capacity stays meanwhile: {command}"
    )
    return LeftOut(f"autoscaling {there.key}: name of the policy", reason)
