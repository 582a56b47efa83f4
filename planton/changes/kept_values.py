"""Values that the state has in another form than the program would give them, and that stay."""

from __future__ import annotations

import json

from planton.changes.stack_state import POLICY_TYPE, RESOURCE_POLICY_TYPE, StackState
from planton.plan.scaling_plan import ScalingPlan


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
