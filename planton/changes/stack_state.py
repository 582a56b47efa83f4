"""What a stack's own state says of its tables, and which updates it rules out.

The change guard compares the manifest with its record. This compares it with the state, which
holds less but cannot get lost separately: it finds tables without a record, and tables that differ
from their record.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planton.changes.compare import UNUSED_CONSENT, Change, compare
from planton.changes.snapshot import Decisions, by
from planton.diagnostics.diagnostic import printable

GUARD_TYPE = "planton:dynamodb:TableGuard"
_TABLE = "aws:dynamodb/table:Table"
_INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
_REPLICA = "aws:dynamodb/tableReplica:TableReplica"
_OWN_TYPES = frozenset(
    {
        _TABLE,
        _INDEX,
        _REPLICA,
        GUARD_TYPE,
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        "aws:appautoscaling/target:Target",
        "aws:dynamodb/contributorInsights:ContributorInsights",
        "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
        "aws:dynamodb/resourcePolicy:ResourcePolicy",
    }
)
"""What this program and project-planton's Go modules register, apart from Pulumi's own types."""

PROVIDER_NAME = "classic-provider"
"""The logical name of the stack's AWS provider. Part of every resource's state: another name would
make the engine replace the provider."""

MADE_TABLE_NAME = "madeTableName"
"""The guard's output with the name that the table has in AWS."""

_READ = (_TABLE, _INDEX, _REPLICA, GUARD_TYPE)
"""The types whose properties are kept."""

_SHOWN = 5
"""How many resources of other programs a message names."""

ANOTHER_TABLE = "another-table"


@dataclass(frozen=True)
class Resource:
    """A resource in the state, with the properties that its provider reported."""

    urn: str
    type: str
    properties: Mapping[str, Any]

    @property
    def logical_name(self) -> str:
        """The name by which the program knows it."""
        return self.urn.split("::", 3)[3]

    @property
    def is_at_root(self) -> bool:
        """Whether it has no parent but the stack."""
        return "$" not in self.urn.split("::", 3)[2]


@dataclass(frozen=True)
class StackState:
    """The resources of a stack before the update; none where no engine runs the program.

    `unreadable` says why the state could not be read.
    """

    resources: tuple[Resource, ...] = ()
    unreadable: str = ""

    @property
    def tables(self) -> tuple[Resource, ...]:
        """Every table, whoever's program made it."""
        return tuple(one for one in self.resources if one.type == _TABLE)

    def table(self, logical_name: str) -> Resource | None:
        """The table that this program registers under the name."""
        named = (one for one in self.tables if one.logical_name == logical_name)
        return next((one for one in named if one.is_at_root), None)

    def has_record(self, guard_name: str) -> bool:
        """Whether a change guard of this name is in the stack."""
        return self._guard(guard_name) is not None

    def recorded_name(self, guard_name: str) -> str:
        """The name that the guarded table has in AWS; empty if the last update did not finish."""
        guard = self._guard(guard_name)
        return str(guard.properties.get(MADE_TABLE_NAME) or "") if guard else ""

    def _guard(self, name: str) -> Resource | None:
        guards = (one for one in self.resources if one.type == GUARD_TYPE)
        return next((one for one in guards if one.logical_name == name), None)

    def others(self, siblings: Iterable[str]) -> tuple[Resource, ...]:
        """The tables that a program with the tables `siblings` (logical names) would delete."""
        kept = {one.urn for name in siblings if (one := self.table(name))}
        return tuple(one for one in self.tables if one.urn not in kept)

    def strangers(self) -> tuple[Resource, ...]:
        """Resources of types that this program never registers."""
        return tuple(
            one
            for one in self.resources
            if one.type not in _OWN_TYPES and not one.type.startswith("pulumi:")
        )


def parse_state(outputs: Mapping[str, Any]) -> StackState:
    """The state as the engine's readStackResourceOutputs gives it: URN to type and outputs.

    Of what is not DynamoDB's the properties are dropped at once: they may contain secrets.
    """
    return StackState(
        tuple(
            Resource(
                urn,
                one["type"],
                dict(one.get("outputs") or {}) if one["type"] in _READ else {},
            )
            for urn, one in sorted(outputs.items())
        )
    )


def refusal_head(table_name: str) -> str:
    """The first line of every refusal."""
    return f"table '{table_name}': this update is refused, nothing was touched"


def removal_command(urn: str) -> str:
    """The command that removes a resource from the state and keeps it in AWS."""
    return f"pulumi state delete --force --target-dependents {shlex.quote(urn)}"


def import_command(state: StackState, logical_name: str, table_name: str, region: str) -> str:
    """The command that brings an existing table back into the state.

    It leaves out code, whose generation fails for tables with a sort key (Pulumi issue 6690), and
    protection, which the next update sets. If the stack has no provider any more, the default one
    must be in the table's region, or the next update would replace the table.
    """
    providers = [one for one in state.resources if one.type == "pulumi:providers:aws"]
    providers.sort(key=lambda one: one.logical_name != PROVIDER_NAME)
    provider = f"--provider aws={shlex.quote(providers[0].urn)} " if providers else ""
    first = "" if providers else f"pulumi config set aws:region {shlex.quote(region)} && "
    return (
        f"{first}pulumi import --generate-code=false --protect=false {provider}"
        f"aws:dynamodb/table:Table {shlex.quote(logical_name)} {shlex.quote(table_name)}"
    )


def state_changes(
    state: StackState,
    new: Decisions,
    *,
    siblings: Iterable[str] = (),
    recorded: str | None = None,
) -> tuple[Change, ...]:
    """What the update would do to the tables in the state, whatever the record says.

    `new` are the decisions of the manifest, `siblings` the logical names of the program's other
    tables, and `recorded` is the metadata.name in the record, where that is known: only this table
    can have been renamed. Allowed replacements count as in `compare`.
    """
    own = state.table(new["metadataName"])
    others = state.others([new["metadataName"], *siblings])
    found: list[Change] = []
    if own:
        found += compare({**new, **_place(own), "allowReplacement": []}, new)
    elif len(others) == 1 and others[0].is_at_root and recorded in (None, others[0].logical_name):
        found += compare({**new, **_names(others[0], new)}, new)
        others = ()
    found += [
        Change(
            ANOTHER_TABLE,
            "the stack's tables",
            _shown(one),
            "not in the manifest",
            command=removal_command(one.urn),
        )
        for one in others
    ]
    return tuple(
        change
        for change in found
        # Whether an allowed replacement is used, only the record can tell.
        if change.code != UNUSED_CONSENT and (change.refused or change.loses_data)
    )


def refusal_without_record(
    state: StackState, new: Decisions, *, guard_name: str, siblings: Iterable[str] = ()
) -> str:
    """Why the first update that the guard sees must not go on; empty if it may.

    Before a stack has a record, only its state tells what the update would delete or replace, and
    which changes it would silently not make.
    """
    if state.has_record(guard_name):
        return ""
    name = new["metadataName"]
    alone = not [*siblings]
    own, others = state.table(name), state.others([name, *siblings])
    renamed = others[0] if own is None and len(others) == 1 else None
    table = own or renamed
    parts: list[str] = []
    if table:
        differences = [*_differences(state, table, new)]
        if renamed:
            differences.insert(0, f"metadata.name: {renamed.logical_name} → {name}")
        if differences:
            parts.append(
                "\n".join(
                    [
                        f"The stack contains {_shown(table)}, of which this program has no record "
                        "yet. The manifest describes a different table (in the stack → in the "
                        "manifest):",
                        *(f"  {printable(line)}" for line in differences),
                        *_ways(table, renamed=renamed is not None, name=name),
                    ]
                )
            )
    foreign = [*(others if not renamed else ()), *(state.strangers() if alone else ())]
    if foreign:
        parts.append("\n".join(_deletion_of(foreign)))
    if not parts:
        return ""
    return "\n\n".join([refusal_head(new["tableName"]), *parts])


def _ways(table: Resource, *, renamed: bool, name: str) -> Iterator[str]:
    yield (
        "  fix: let the manifest describe the table as it is and run `pulumi up`. That records it, "
        "and later changes are compared with the record"
    )
    if renamed and table.is_at_root:
        command = f"pulumi state rename {shlex.quote(table.urn)} {name}"
        yield f"  to rename it in the state instead: {command}"
    yield ("  if the manifest is for another table, use a separate stack: pulumi stack init NAME")


def _deletion_of(resources: list[Resource]) -> Iterator[str]:
    """The lines about resources that the update would delete."""
    yield (
        "The stack contains resources that do not belong to this manifest. The update would delete "
        "them with all their data:"
    )
    for one in resources[:_SHOWN]:
        yield f"  {_shown(one)}"
    if len(resources) > _SHOWN:
        yield f"  and {len(resources) - _SHOWN} more"
    yield "  fix: use a separate stack for the manifest: pulumi stack init NAME"
    yield "  or remove them from this stack's state, which keeps them in AWS:"
    for one in resources[:_SHOWN]:
        yield f"    {removal_command(one.urn)}"


def _shown(resource: Resource) -> str:
    """A resource as messages name it."""
    if resource.type != _TABLE:
        return printable(f"{resource.type} '{resource.logical_name}'")
    known = resource.properties.get("arn") or resource.properties.get("name") or "no ARN yet"
    return printable(f"table '{resource.logical_name}' ({known})")


def _differences(state: StackState, table: Resource, new: Decisions) -> Iterator[str]:
    """Where the manifest differs from the table in what an update cannot change in place."""
    known = {**new, **_known(state, table, new), "metadataName": new["metadataName"]}
    for change in compare(known, {**new, "allowReplacement": []}):
        if change.refused and change.code not in _ABOUT_REPLACEMENTS:
            values = f"{change.old} → {change.new}" if change.old else change.kind.title
            yield f"{change.place}: {values}"


_ABOUT_REPLACEMENTS = ("protected-replacement", "protected-copy")
"""Nothing is replaced before there is a record."""


def _names(table: Resource, new: Decisions) -> Decisions:
    return {
        "metadataName": table.logical_name,
        "tableName": table.properties.get("name", new["tableName"]),
    }


def _place(table: Resource) -> Decisions:
    """Region and account from the ARN, which a table lacks whose creation failed half-way."""
    parts = str(table.properties.get("arn") or "").split(":")
    if len(parts) < 6:
        region = table.properties.get("region")
        return {"region": region} if region else {}
    return {"region": parts[3], "accountId": parts[4]}


def _known(state: StackState, table: Resource, new: Decisions) -> Decisions:
    """What the state knows of a table, in the form of decisions.

    Left out, so that it counts as unchanged, is what the provider does not report as it was set:
    the key of an encryption that AWS manages, capacities that an autoscaler changes, the data
    source. The name is left out because the program never changes it.
    """
    has = table.properties
    keys = zip((has.get("hashKey"), has.get("rangeKey")), ("HASH", "RANGE"), strict=True)
    ttl = has.get("ttl") or {}
    maximum = has.get("onDemandThroughput") or {}
    local = sorted(has.get("localSecondaryIndexes") or [], key=lambda one: str(one["name"]))
    if new.get("restored") and not new["localSecondaryIndexes"]:
        local = []  # a restored table has those of its source, which the manifest may leave out
    return {
        **_place(table),
        "attributes": [
            {"name": one["name"], "type": one["type"]} for one in has.get("attributes") or []
        ],
        "keySchema": [{"attributeName": name, "keyType": kind} for name, kind in keys if name],
        "localSecondaryIndexes": [
            {
                "name": one["name"],
                "rangeKey": one.get("rangeKey"),
                "projectionType": one.get("projectionType"),
                "nonKeyAttributes": sorted(one.get("nonKeyAttributes") or []),
            }
            for one in local
        ],
        "globalSecondaryIndexes": [*_global_indexes(state, has, new)],
        "billingMode": has.get("billingMode") or new["billingMode"],
        **{
            unit: maximum[unit]
            for unit in ("maxReadRequestUnits", "maxWriteRequestUnits")
            if (maximum.get(unit) or 0) > 0
        },
        "ttlEnabled": bool(ttl.get("enabled")),
        "ttlAttributeName": ttl.get("attributeName") if ttl.get("enabled") else None,
        "streamViewType": has.get("streamViewType") if has.get("streamEnabled") else None,
        "replicas": [*_replicas(state, has, new)],
        "witnessRegion": (has.get("globalTableWitness") or {}).get("regionName"),
    }


def _global_indexes(
    state: StackState, has: Mapping[str, Any], new: Decisions
) -> Iterator[Decisions]:
    """The table's global indexes and how they are managed; their details count as unchanged."""
    standalone = {
        one.properties.get("indexName")
        for one in state.resources
        if one.type == _INDEX and one.properties.get("tableName") == has.get("name")
    }
    wanted = by(new["globalSecondaryIndexes"], "name")
    for name in [one["name"] for one in has.get("globalSecondaryIndexes") or []]:
        index = wanted.get(name) or {"name": name, "keySchema": [], "projectionType": ""}
        yield {**index, "standalone": name in standalone}


def _replicas(state: StackState, has: Mapping[str, Any], new: Decisions) -> Iterator[Decisions]:
    """The table's replicas, likewise."""
    standalone = {
        one.properties.get("region")
        for one in state.resources
        if one.type == _REPLICA
        and str(one.properties.get("globalTableArn")).endswith(f":table/{has.get('name')}")
    }
    reported = {one["regionName"]: one for one in has.get("replicas") or []}
    wanted = by(new["replicas"], "region")
    for region in sorted(str(region) for region in reported.keys() | standalone):
        there = reported.get(region, {})
        replica = wanted.get(region) or {
            "region": region,
            "pointInTimeRecoveryEnabled": bool(there.get("pointInTimeRecovery")),
            "propagateTags": bool(there.get("propagateTags")),
        }
        yield {
            **replica,
            "deletionProtectionEnabled": bool(there.get("deletionProtectionEnabled")),
            "consistencyMode": there.get("consistencyMode") or "EVENTUAL",
            "standalone": region in standalone,
        }
