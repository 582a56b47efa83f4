"""Values that the state has in another form than the program would give them, and that stay."""

from __future__ import annotations

import json

from planton.changes.stack_state import (
    POLICY_TYPE,
    REPLICA_TAGS_TYPE,
    RESOURCE_POLICY_TYPE,
    StackState,
)
from planton.plan.logical_names import replica_tags_name
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import TablePlan


def keeps_policy_name(state: StackState, logical_name: str, scaling: ScalingPlan) -> bool:
    """Whether a scaling policy keeps a name in AWS that the program would not give it.

    It does unless the manifest has another one: a stack that another program made is not changed
    without need, and AWS cannot rename a policy. If the state cannot be read, any existing policy
    keeps its name.
    """
    if scaling.policy_name:
        return False
    known = state.resource(POLICY_TYPE, logical_name)
    if known is None:
        return bool(state.unreadable)
    has = known.properties
    return has.get("name") != scaling.new_policy_name(str(has.get("resourceId")))


def same_document(state: StackState, logical_name: str, text: str) -> str:
    """The text of a resource policy; the one that the state has, if it is the same document."""
    known = state.resource(RESOURCE_POLICY_TYPE, logical_name)
    recorded = str(known.properties.get("policy") or "") if known else ""
    try:
        return recorded if json.loads(recorded) == json.loads(text) else text
    except ValueError:  # nothing is recorded, or a secret
        return text


def regions_with_tags(plan: TablePlan, state: StackState) -> list[str]:
    """The regions of replicas that are part of the table and have, or had, their own tags.

    What stands for these tags stays when the last of them goes, because tags that go together with
    it are not removed in AWS. With propagateTags it goes: the provider then removes them itself.
    """
    tagged = {one.region for one in plan.replica_features if one.tags}
    return [
        one.region
        for one in plan.inline_replicas
        if one.region in tagged
        or (
            not one.propagate_tags
            and state.resource(REPLICA_TAGS_TYPE, replica_tags_name(plan.logical_name, one.region))
        )
    ]
