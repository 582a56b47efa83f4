"""Names that the tables of one stack must not share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from planton.plan.logical_names import index_name, insights_name, scaling_name
from planton.plan.table_plan import TablePlan


class PlannedTable(NamedTuple):
    """A table of the stack, and where it will be, as far as that is known."""

    plan: TablePlan
    region: str | None
    account_id: str | None


class Part(NamedTuple):
    """What would have the name: the table at a position in the stack, or what is around it, of the
    table itself or of a global index."""

    table: int
    what: Literal["table", "index", "autoscaling", "contributor insights"] = "table"
    of_index: str | None = None


class SharedName(NamedTuple):
    """A name that several tables of a stack would have: metadata.name, the name of a table in a
    region and account, or the logical name of a resource around them."""

    kind: Literal["metadata.name", "table", "resource"]
    name: str
    parts: tuple[Part, ...]
    region: str = ""


def shared_names(tables: Sequence[PlannedTable]) -> Iterator[SharedName]:
    """The names that more than one table has.

    Pulumi refuses two resources of one type and name. AWS refuses two tables of one name in a
    region and account, and replicas are tables of their regions. Outputs, alarms and IAM policies
    are named after the table, so they differ if the tables do.
    """
    logical: defaultdict[str, list[Part]] = defaultdict(list)
    physical: defaultdict[tuple[str | None, str, str], list[Part]] = defaultdict(list)
    around: defaultdict[tuple[str, str], list[Part]] = defaultdict(list)
    for number, table in enumerate(tables):
        logical[table.plan.logical_name].append(Part(number))
    twice = {name for name, parts in logical.items() if len(parts) > 1}
    for name in twice:
        yield SharedName("metadata.name", name, tuple(logical[name]))
    for number, (plan, home, account) in enumerate(tables):
        if plan.logical_name in twice:
            continue  # everything else would be shared as well
        for region in (home or "", *(one.region for one in plan.replicas)):
            physical[account, region, plan.table_name].append(Part(number))
        for type_, name, what, index in _around(plan):
            around[type_, name].append(Part(number, what, index))
    for (_, region, name), parts in physical.items():
        if len(parts) > 1:
            yield SharedName("table", name, tuple(parts), region)
    said = set()
    for (_, name), parts in around.items():
        if len({one.table for one in parts}) > 1 and tuple(parts) not in said:
            said.add(tuple(parts))  # once for reads and writes
            yield SharedName("resource", name, tuple(parts))


_Around = tuple[str, str, Literal["index", "autoscaling", "contributor insights"], "str | None"]


def _around(plan: TablePlan) -> Iterator[_Around]:
    """The types and logical names that resources of two tables can share: a hyphen joins the names
    of a table and of an index, and both may contain hyphens. With what has the name."""
    table = plan.logical_name
    for index in plan.standalone_indexes:
        yield "index", index_name(table, index.name), "index", index.name
    for scaling in plan.scaling:
        name = scaling_name(
            table, scaling.dimension, index=scaling.index or "", region=scaling.region or ""
        )
        yield "scaling", name, "autoscaling", scaling.index
    insights = [(one, "") for one in plan.contributor_insights]
    insights += [(one, r.region) for r in plan.replica_features for one in r.contributor_insights]
    for watched, region in insights:
        name = insights_name(table, watched.index or "", region)
        yield "insights", name, "contributor insights", watched.index
