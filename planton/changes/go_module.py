"""Stacks of project-planton's newest Go module: what they hold, under this program's names.

That module calls its table `table`, whatever the manifest calls it, and what is around it by names
without the table's. Of what the state has under such a name, the result has the URN under which
this program registers it, with the old one as its alias. So whoever looks for a resource by its own
name finds it, and the engine, which is given the alias, keeps it.

The older modules register only the table, under metadata.name, as this program does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from planton.changes.stack_state import (
    INSIGHTS_TYPE,
    KINESIS_TYPE,
    POLICY_TYPE,
    RESOURCE_POLICY_TYPE,
    SCHEDULE_TYPE,
    TABLE_TYPE,
    TARGET_TYPE,
    StackState,
    StateResource,
)
from planton.plan.logical_names import (
    insights_name,
    kinesis_name,
    resource_policy_name,
    scaling_name,
    schedule_name,
)
from planton.plan.table_plan import TablePlan

TABLE = "table"
"""The logical name of every table of the module."""

_Name = Callable[[str, re.Match[str], StateResource], str]
"""The program's name of a resource around a table, from the table's logical name."""


def _of_schedule(table: str, found: re.Match[str], one: StateResource) -> str:
    dimension = str(one.properties.get("scalableDimension")).rpartition(":")[2]
    scaling = scaling_name(table, dimension.removesuffix("CapacityUnits").lower())
    return schedule_name(scaling, found["schedule"])


_AROUND: Mapping[str, tuple[str, _Name]] = {
    TARGET_TYPE: (
        "(?P<dimension>read|write)-target",
        lambda table, found, _: scaling_name(table, found["dimension"]),
    ),
    POLICY_TYPE: (
        "(?P<dimension>read|write)-utilization-policy",
        lambda table, found, _: scaling_name(table, found["dimension"]),
    ),
    SCHEDULE_TYPE: ("scheduled-adjustment-(?P<schedule>.+)", _of_schedule),
    RESOURCE_POLICY_TYPE: ("resource-policy", lambda table, *_: resource_policy_name(table)),
    KINESIS_TYPE: ("kinesis-streaming-destination", lambda table, *_: kinesis_name(table)),
    INSIGHTS_TYPE: (
        "contributor-insights(-(?P<index>.+))?",
        lambda table, found, _: insights_name(table, found["index"] or ""),
    ),
}
"""The module's logical names of what is around its table, by type, and the program's."""


def with_own_names(state: StackState, plans: Sequence[TablePlan]) -> StackState:
    """The state, with what the module registered for one of the plans' tables under the program's
    names.

    A table is the module's if it has the name of a table that the state does not have otherwise:
    the module calls tables in AWS by metadata.name. What is around it belongs to the table that its
    own properties name. So no two tables of a program claim the same, and what a failed update has
    left under its old name is still found.
    """
    if not any(map(_has_name_of_module, state.resources)):
        return state  # nothing to be renamed
    owners = _owners(state, plans)
    urns = {one.urn for one in state.resources}
    return replace(state, resources=tuple(_named(one, owners, urns) for one in state.resources))


def pinned_targets(state: StackState, plan: TablePlan) -> tuple[StateResource, ...]:
    """The module's targets that the program does not register. The module has both for every
    provisioned table; without autoscaling, their minimum and maximum are the units."""
    scaled = {scaling_name(plan.logical_name, one.dimension) for one in plan.scaling}
    return tuple(
        one
        for one in state.resources
        if one.type == TARGET_TYPE and one.alias and one.logical_name not in scaled
    )


def deregistration(targets: Sequence[StateResource]) -> str:
    """What the update does with such targets, in a message."""
    names = ", ".join(sorted(one.alias.rpartition("::")[2] for one in targets))
    return (
        f"the targets of the Go module that no autoscaling of the manifest uses ({names}) are "
        "deregistered. The table keeps the capacity that it has, and from now on the manifest's "
        "provisionedThroughput sets it. If that was ever changed, run `pulumi refresh` before this "
        "update: the state of the module's stack has the first units"
    )


def _owners(state: StackState, plans: Sequence[TablePlan]) -> dict[str, str]:
    """The program's tables in the state: their logical names by their names in AWS."""
    names = {plan.logical_name for plan in plans}
    own = {name: table for name in names if (table := state.table(name))}
    owners = {_table_of(table): name for name, table in own.items()}
    table = state.table(TABLE)
    if table and TABLE not in names:
        called = _table_of(table)
        by_name = [plan.logical_name for plan in plans if plan.table_name == called]
        if called in names:
            by_name = [called]
        if len(by_name) == 1 and by_name[0] not in own:
            owners[called] = by_name[0]
    owners.pop("", None)
    return owners


def _table_of(one: StateResource) -> str:
    """The name in AWS of the table that the resource is, or is around; empty if unknown."""
    has = one.properties
    if one.type == TABLE_TYPE:
        return str(has.get("name") or "")
    place = str(has.get("tableName") or has.get("resourceArn") or has.get("resourceId") or "")
    return place.rpartition("table/")[2]


def _named(one: StateResource, owners: Mapping[str, str], urns: set[str]) -> StateResource:
    """The resource under the program's name, if it has the module's."""
    owner = owners.get(_table_of(one))
    name = _own_name(one, owner) if owner else None
    if name is None:
        return one
    stack, project, _, _ = one.urn.split("::", 3)
    urn = f"{stack}::{project}::{one.type}::{name}"
    return one if urn in urns else replace(one, urn=urn, alias=one.urn)


def _has_name_of_module(one: StateResource) -> bool:
    if one.type == TABLE_TYPE:
        return one.logical_name == TABLE and one.is_at_root
    return one.type in _AROUND and bool(re.fullmatch(_AROUND[one.type][0], one.logical_name))


def _own_name(one: StateResource, table: str) -> str | None:
    if not _has_name_of_module(one):
        return None
    if one.type == TABLE_TYPE:
        return table
    pattern, name = _AROUND[one.type]
    found = re.fullmatch(pattern, one.logical_name)
    assert found is not None
    return name(table, found, one)
