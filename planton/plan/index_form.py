"""The two forms of a table's global indexes: part of the table resource, or standalone resources.

The manifest decides the form of a new table's. An existing stack may have the other one.
"""

from __future__ import annotations

from dataclasses import replace

from planton.plan.ignored import INDEX_LIST, index_list
from planton.plan.table_plan import AttributePlan, TablePlan

_CAPACITY = ("readCapacity", "writeCapacity")


def with_standalone_indexes(plan: TablePlan) -> TablePlan:
    """The plan with every global index as a standalone resource."""
    if not plan.inline_indexes:
        return plan
    own = {key.name for key in plan.keys} | {index.range_key for index in plan.local_indexes}
    return replace(
        plan,
        attributes=tuple(one for one in plan.attributes if one.name in own),
        inline_indexes=(),
        standalone_indexes=plan.inline_indexes,
        ignore_changes=(*plan.ignore_changes, *index_list(plan.allow_replacement)),
    )


def with_inline_indexes(plan: TablePlan) -> TablePlan:
    """The plan with every global index as part of the table resource."""
    of_indexes = {
        AttributePlan(key.name, key.type) for index in plan.standalone_indexes for key in index.keys
    }
    return replace(
        plan,
        attributes=tuple(sorted({*plan.attributes, *of_indexes})),
        inline_indexes=plan.global_indexes,
        standalone_indexes=(),
        ignore_changes=_without(plan, INDEX_LIST),
    )


def with_sent_capacity(plan: TablePlan) -> TablePlan:
    """The plan with the table's capacity sent to AWS, also where an autoscaler will set it."""
    return replace(plan, ignore_changes=_without(plan, _CAPACITY))


def _without(plan: TablePlan, paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for path in plan.ignore_changes if path not in paths)
