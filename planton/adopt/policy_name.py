"""The name of a scaling policy, which a manifest does not have."""

from __future__ import annotations

import shlex

from planton.adopt.found import LeftOut
from planton.plan.table_plan import policy_name


def renamed(
    place: str,
    name: str | None,
    *,
    metric: str,
    resource_id: str,
    dimension: str,
    line: int | None = None,
) -> list[LeftOut]:
    """That a policy must be deleted before `pulumi up` creates one under its own name. AWS accepts
    one target tracking policy for a metric (terraform-provider-aws, issue 41179), and keeps the
    capacity without it."""
    if not name or name == policy_name(metric, resource_id):
        return []
    command = (
        "aws application-autoscaling delete-scaling-policy --service-namespace dynamodb "
        f"--resource-id {shlex.quote(resource_id)} --scalable-dimension {dimension} "
        f"--policy-name {shlex.quote(name)}"
    )
    reason = (
        f"`pulumi up` creates the policy under its own name, and AWS refuses a second one on "
        f"{metric}: delete it just before. The capacity stays meanwhile: {command}"
    )
    return [LeftOut(f"{place}: name of the policy", reason, line)]
