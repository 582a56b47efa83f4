"""The tables of a state, each with the resources around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from planton.adopt.application_autoscaling import NAMESPACE, Scaled, ScalingSettings, with_scaling
from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.found_tables import FoundTables
from planton.adopt.replica_features import with_features
from planton.adopt.state import resources as r
from planton.adopt.state.around import ADD, ON_REPLICAS, index_types
from planton.adopt.state.resources import ProviderResource, located
from planton.adopt.state.table import read_table
from planton.adopt.values import IncompleteTable
from planton.diagnostics.diagnostic import quote

_OWNER = {
    r.INDEX_TYPE: "tableName",
    r.INSIGHTS_TYPE: "tableName",
    r.KINESIS_TYPE: "tableName",
    r.POLICY_TYPE: "resourceArn",
    r.TAG_TYPE: "resourceArn",
    r.REPLICA_TYPE: "globalTableArn",
}
"""The property of each type that names the table."""


@dataclass
class _Resources:
    """The resources of a state, by what they are."""

    tables: list[ProviderResource] = field(default_factory=list)
    around: dict[str, list[tuple[str | None, ProviderResource]]] = field(default_factory=dict)
    """By the name of the table, with its region if that is known."""
    scaling: ScalingSettings = field(default_factory=ScalingSettings)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, one: ProviderResource) -> None:
        """Adds a resource, or notes that it does not say to which table it belongs."""
        try:
            if one.type == r.TABLE_TYPE:
                self.tables.append(one)
            elif one.type in _OWNER:
                name, region = _owner(one)
                self.around.setdefault(name, []).append((region, one))
            else:
                self._add_scaling(one)
        except IncompleteTable as error:
            self.left_out.append(error.missing)

    def _add_scaling(self, one: ProviderResource) -> None:
        block = one.block(self.left_out)
        if block.needed_text("serviceNamespace") != NAMESPACE:
            return
        scaled = Scaled(
            located(block),
            block.needed_text("resourceId"),
            block.needed_text("scalableDimension"),
        )
        if one.type == r.TARGET_TYPE:
            self.scaling.add_target(scaled, block)
        elif one.type == r.SCALING_POLICY_TYPE:
            self.scaling.add_policy(scaled, block)
        else:
            self.scaling.add_action(scaled, block)

    def table(self, one: ProviderResource) -> FoundTable:
        """The table with everything around it.

        Raises:
            IncompleteTable: something that a manifest needs is missing.
        """
        left_out: list[LeftOut] = []
        block = one.block(left_out)
        name, region = block.needed_text("name"), located(block)
        around = [
            other
            for of_region, other in self.around.get(name, ())
            if region is None or of_region in (None, region)
        ]
        arn = block.text("arn")
        table = read_table(block, index_types(around), unclear=one.computed_is_unclear)
        for other in around:
            table = ADD[other.type](table, other.block(left_out), arn, other.computed_is_unclear)
        table = with_features(table, self._elsewhere(table, left_out))
        return with_scaling(table, self.scaling, left_out)

    def _elsewhere(self, table: FoundTable, left_out: list[LeftOut]) -> dict[str, FoundTable]:
        """The table as the state has it in the region of each replica."""
        bare = replace(table, contributor_insights=(), kinesis=None, tags=())
        own_tags = {one.region: one.tags for one in table.replica_features}
        there = {
            one.region: replace(bare, tags=own_tags.get(one.region, ())) for one in table.replicas
        }
        for region, one in self.around.get(table.name, ()):
            if region in there and region != table.region and one.type in ON_REPLICAS:
                block = one.block(left_out)
                there[region] = ADD[one.type](there[region], block, None, one.computed_is_unclear)
        return there


def join(resources: Iterable[ProviderResource], unread: Iterable[LeftOut]) -> FoundTables:
    """The tables in the resources of a state; `unread` is what else is to be said of the file."""
    read = _Resources(left_out=list(unread))
    for one in resources:
        read.add(one)
    found, incomplete = [], []
    for one in read.tables:
        try:
            found.append(read.table(one))
        except IncompleteTable as error:
            incomplete.append(error.missing)
    names = {table.name for table in found}
    alone = [
        LeftOut(one.place, f"its table {quote(name)} is not in this file")
        for name, several in read.around.items()
        if name not in names
        for _, one in several
    ]
    unjoined = read.scaling.unjoined(found)
    return FoundTables(tuple(found), tuple(incomplete), (*read.left_out, *alone, *unjoined))


def _owner(one: ProviderResource) -> tuple[str, str | None]:
    """The name of the table to which the resource belongs, and its region if that is known."""
    block = one.block([])
    text = block.needed_text(_OWNER[one.type])
    arn = text.split(":")
    region = arn[3] if len(arn) > 5 else block.text("region")
    return arn[-1 if len(arn) <= 5 else 5].removeprefix("table/").split("/")[0], region
