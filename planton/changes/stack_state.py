"""What a stack's own state says of its tables, and the commands that change it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planton.changes.record import FORMER_INDEXES, MADE_TABLE_NAME, RETAINED_TABLE
from planton.diagnostics.diagnostic import printable
from planton.plan.logical_names import index_name

GUARD_TYPE = "planton:dynamodb:TableGuard"
TABLE_TYPE = "aws:dynamodb/table:Table"
INDEX_TYPE = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
REPLICA_TYPE = "aws:dynamodb/tableReplica:TableReplica"
KINESIS_TYPE = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
INSIGHTS_TYPE = "aws:dynamodb/contributorInsights:ContributorInsights"
RESOURCE_POLICY_TYPE = "aws:dynamodb/resourcePolicy:ResourcePolicy"
TARGET_TYPE = "aws:appautoscaling/target:Target"
POLICY_TYPE = "aws:appautoscaling/policy:Policy"
ALARM_TYPE = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCHEDULE_TYPE = "aws:appautoscaling/scheduledAction:ScheduledAction"
ACCESS_POLICY_TYPE = "aws:iam/policy:Policy"
TAG_TYPE = "aws:dynamodb/tag:Tag"
REPLICA_TAGS_TYPE = "planton:dynamodb:ReplicaTags"
ATTACHMENT_TYPE = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PROVIDER_TYPE = "pulumi:providers:aws"

GUARD_NAME = "table-guard"
"""The logical name of the guard of a stack's only table. Without the table's name: a changed
metadata.name must meet the old guard, not make a new one."""

PROVIDER_NAME = "classic-provider"
"""The logical name of the stack's AWS provider. Part of every resource's state: another name would
make the engine replace the provider."""

_ALL = ("*",)
_SCALED = ("resourceId", "scalableDimension")
_KEPT: Mapping[str, tuple[str, ...]] = {
    TABLE_TYPE: _ALL,
    INDEX_TYPE: _ALL,
    REPLICA_TYPE: _ALL,
    GUARD_TYPE: _ALL,
    KINESIS_TYPE: ("tableName",),
    INSIGHTS_TYPE: ("tableName",),
    RESOURCE_POLICY_TYPE: ("resourceArn", "policy"),
    TARGET_TYPE: _SCALED,
    POLICY_TYPE: ("name", *_SCALED),
    SCHEDULE_TYPE: _SCALED,
    ALARM_TYPE: (),
    ACCESS_POLICY_TYPE: (),
    ATTACHMENT_TYPE: (),
    TAG_TYPE: (),
    REPLICA_TAGS_TYPE: (),
    PROVIDER_TYPE: ("region", "allowedAccountIds", "endpoints"),
}
"""What this program and project-planton's Go modules register, apart from Pulumi's own types, and
which of the properties are kept."""


@dataclass(frozen=True)
class StateResource:
    """A resource in the state, with the properties that its provider reported.

    If the state has it under another URN than that under which the program registers it, `urn` is
    the program's and `alias` the one in the state.
    """

    urn: str
    type: str
    properties: Mapping[str, Any]
    alias: str = ""

    @property
    def logical_name(self) -> str:
        """The name by which the program knows it."""
        return self.urn.split("::", 3)[3]

    @property
    def is_at_root(self) -> bool:
        """Whether it has no parent but the stack."""
        return "$" not in self.urn.split("::", 3)[2]

    @property
    def is_ours(self) -> bool:
        """Whether it is of a type that this program registers."""
        return self.type in _KEPT


@dataclass(frozen=True)
class StackState:
    """The resources of a stack before the update; none where no engine runs the program.

    `unreadable` says why the state could not be read.
    """

    resources: tuple[StateResource, ...] = ()
    unreadable: str = ""

    @cached_property
    def tables(self) -> tuple[StateResource, ...]:
        """Every table, whoever's program made it."""
        return tuple(one for one in self.resources if one.type == TABLE_TYPE)

    def table(self, logical_name: str) -> StateResource | None:
        """The table that this program registers under the name."""
        return self.resource(TABLE_TYPE, logical_name)

    def resource(self, type_: str, logical_name: str) -> StateResource | None:
        """What this program registers under the name, if the state has it."""
        return self._at_root.get((type_, logical_name))

    @cached_property
    def _at_root(self) -> Mapping[tuple[str, str], StateResource]:
        found: dict[tuple[str, str], StateResource] = {}
        for one in self.resources:
            if one.is_at_root:
                found.setdefault((one.type, one.logical_name), one)
        return found

    def standalone_indexes(self, table: StateResource) -> frozenset[str]:
        """The names of the table's global indexes that are standalone resources. A table of the
        same name in another region has its own."""
        named = (
            (one, str(one.properties.get("indexName")))
            for one in self.resources
            if one.type == INDEX_TYPE
            and one.properties.get("tableName") == table.properties.get("name")
        )
        return frozenset(
            name for one, name in named if one.logical_name == index_name(table.logical_name, name)
        )

    def listed_indexes(self, logical_name: str) -> frozenset[str]:
        """The global indexes that the state of a table lists, part of the table or not."""
        table = self.table(logical_name)
        listed = table.properties.get("globalSecondaryIndexes") if table else None
        return frozenset(one["name"] for one in listed or ())

    def has_record(self, guard_name: str) -> bool:
        """Whether a change guard of this name is in the stack."""
        return self._guard(guard_name) is not None

    def recorded_name(self, guard_name: str) -> str:
        """The name that the guarded table has in AWS; empty if the last update did not finish."""
        guard = self._guard(guard_name)
        return str(guard.properties.get(MADE_TABLE_NAME) or "") if guard else ""

    def former_indexes(self, guard_name: str) -> frozenset[str]:
        """The global indexes that the last update knew to be gone, although the table's state
        listed them."""
        guard = self._guard(guard_name)
        return frozenset(guard.properties.get(FORMER_INDEXES) or ()) if guard else frozenset()

    @property
    def _guards(self) -> tuple[StateResource, ...]:
        return tuple(one for one in self.resources if one.type == GUARD_TYPE)

    def _guard(self, name: str) -> StateResource | None:
        return self.resource(GUARD_TYPE, name)

    def others(self, siblings: Iterable[str]) -> tuple[StateResource, ...]:
        """The tables that a program with the tables `siblings` (logical names) would delete. It
        leaves retained ones in AWS."""
        return tuple(one for one in self.beside(siblings) if one.urn not in self._retained)

    def beside(self, siblings: Iterable[str]) -> tuple[StateResource, ...]:
        """The tables that a program with the tables `siblings` would take out of the stack."""
        kept = {one.urn for name in siblings if (one := self.table(name))}
        return tuple(one for one in self.tables if one.urn not in kept)

    def is_retained(self, logical_name: str) -> bool:
        """Whether the last update recorded that the table is kept in AWS when it is deleted."""
        table = self.table(logical_name)
        return table is not None and table.urn in self._retained

    @property
    def _retained(self) -> frozenset[str]:
        return frozenset(str(one.properties.get(RETAINED_TABLE) or "") for one in self._guards)

    def strangers(self) -> tuple[StateResource, ...]:
        """Resources of types that this program never registers."""
        return tuple(
            one for one in self.resources if not (one.is_ours or one.type.startswith("pulumi:"))
        )


def parse_state(outputs: Mapping[str, Any]) -> StackState:
    """The state as the engine's readStackResourceOutputs gives it: URN to type and outputs.

    Of what is not DynamoDB's the properties are dropped at once: they may contain secrets.
    """
    return StackState(
        tuple(
            StateResource(urn, one["type"], _kept(one["type"], one.get("outputs") or {}))
            for urn, one in sorted(outputs.items())
        )
    )


def _kept(type_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    kept = _KEPT.get(type_, ())
    return {name: value for name, value in properties.items() if kept == _ALL or name in kept}


def removal_command(urn: str) -> str:
    """The command that removes a resource from the state and keeps it in AWS."""
    return f"pulumi state delete --force --target-dependents {shlex.quote(urn)}"


def import_command(
    state: StackState,
    logical_name: str,
    table_name: str,
    region: str,
    provider_name: str = PROVIDER_NAME,
) -> str:
    """The command that brings an existing table back into the state, with the provider of this name
    or else one of the table's region.

    It leaves out code, whose generation fails for tables with a sort key (Pulumi issue 6690), and
    protection, which the next update sets. If the stack has no provider any more, the default one
    must be in the table's region, or the next update would replace the table.
    """
    providers = [one for one in state.resources if one.type == PROVIDER_TYPE]
    providers.sort(
        key=lambda one: (
            one.logical_name != provider_name,
            one.properties.get("region") != region,
        )
    )
    provider = f"--provider aws={shlex.quote(providers[0].urn)} " if providers else ""
    first = "" if providers else f"pulumi config set aws:region {shlex.quote(region)} && "
    return (
        f"{first}pulumi import --generate-code=false --protect=false {provider}"
        f"aws:dynamodb/table:Table {shlex.quote(logical_name)} {shlex.quote(table_name)}"
    )


def shown(resource: StateResource) -> str:
    """A resource as messages name it."""
    if resource.type != TABLE_TYPE:
        return printable(f"{resource.type} '{resource.logical_name}'")
    known = resource.properties.get("arn") or resource.properties.get("name") or "no ARN yet"
    return printable(f"table '{resource.logical_name}' ({known})")
