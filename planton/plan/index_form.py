"""The two forms of a table's global indexes: part of the table resource, or standalone resources.

The manifest decides the form of a new table's. An existing stack may have the other one.
"""

from __future__ import annotations

from dataclasses import replace

from planton.plan.table_plan import AttributePlan, TablePlan

_INDEX_LIST = ("attributes", "globalSecondaryIndexes")
"""The table resource's own indexes. While the global indexes are standalone resources, the state of
the table may list them too: the AWS provider would delete one that the program's list lacks."""
_CAPACITY = ("readCapacity", "writeCapacity")


def with_standalone_indexes(plan: TablePlan) -> TablePlan:
    """The plan with every global index as a standalone resource. The list in the table resource is
    no longer changed, unless a replacement is allowed: a new table is created without it."""
    if not plan.inline_indexes:
        return plan
    own = {key.name for key in plan.keys} | {index.range_key for index in plan.local_indexes}
    return replace(
        plan,
        attributes=tuple(one for one in plan.attributes if one.name in own),
        inline_indexes=(),
        standalone_indexes=plan.inline_indexes,
        ignore_changes=(*plan.ignore_changes, *(() if plan.allow_replacement else _INDEX_LIST)),
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
        ignore_changes=_without(plan, _INDEX_LIST),
    )


def with_sent_capacity(plan: TablePlan) -> TablePlan:
    """The plan with the table's capacity sent to AWS, also where an autoscaler will set it."""
    return replace(plan, ignore_changes=_without(plan, _CAPACITY))


def _without(plan: TablePlan, paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for path in plan.ignore_changes if path not in paths)
