"""Tables that an update would delete, because no manifest describes them."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import (
    GUARD_TYPE,
    REPLICA_TYPE,
    StackState,
    StateResource,
    removal_command,
    shown,
)
from planton.changes.stack_tables import HEAD
from planton.diagnostics.diagnostic import printable, quote
from planton.reading.sources import CONFIG_REMOVAL

_SHOWN = 20


def refusal_of_removal(
    state: StackState, tables: Sequence[Snapshot], allowed: Collection[str], *, together: bool
) -> str:
    """Why the update must not go on: it would delete tables that no manifest describes. Empty if it
    may.

    `allowed` are the logical names of tables that the update may delete with all their data. Unless
    the stack may have several tables (`together`), those that are not allowed are left to the
    judgement on its only one.
    """
    names = [one.plan.logical_name for one in tables]
    others = state.beside(names)
    allowed_ones = [one for one in others if one.is_at_root and one.logical_name in allowed]
    parts: list[str] = []
    if together and state.unreadable:
        return (
            f"{HEAD}\n\n"
            "The stack's state cannot be read, so the program cannot tell which tables this update "
            f"would delete:\n  {state.unreadable}\n"
            "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`"
        )
    renamed = [*_same_in_aws(others if together else allowed_ones, tables)]
    parts += [_rename(one, new) for one, new in renamed]
    parts += [_copy(*found) for found in _copies(state, allowed_ones, tables)]
    explained = {one.urn for one in (*allowed_ones, *(one for one, _ in renamed))}
    removed = [one for one in others if one.urn not in explained]
    if together:
        parts += _removals(removed, {one.urn for one in state.others(names)})
    if unused := sorted({*allowed} - {one.logical_name for one in allowed_ones}):
        parts.append(_unused(unused))
    strangers = state.strangers()
    if together and strangers and not any(one.type == GUARD_TYPE for one in state.resources):
        parts.append(_strangers(strangers))
    return "\n\n".join([HEAD, *parts]) if parts else ""


def _unused(names: Sequence[str]) -> str:
    """A name in the config that the update does not need: a later mistake would delete a table."""
    listed = ", ".join(printable(name) for name in names)
    return (
        f"config {CONFIG_REMOVAL} names tables that this update does not delete: {listed}. While "
        "it does, a table whose manifest gets lost would be deleted with all its data\n"
        f"  fix: pulumi config rm {CONFIG_REMOVAL}, or leave in it what is to be deleted now"
    )


def _same_in_aws(
    others: Iterable[StateResource], tables: Sequence[Snapshot]
) -> Iterator[tuple[StateResource, str]]:
    """Tables that a manifest describes under another metadata.name, with that name."""
    wanted = _by_place(tables)
    for one in others:
        if name := _described(one, _region(one), wanted):
            yield one, name


def _copies(
    state: StackState, removed: Iterable[StateResource], tables: Sequence[Snapshot]
) -> Iterator[tuple[StateResource, str, str]]:
    """Tables of which a manifest describes a replica as a table, with the replica's region and the
    manifest's metadata.name. AWS has one table per region; their deletion would take it along."""
    wanted = _by_place(tables)
    for one in removed:
        inside = {str(each["regionName"]) for each in one.properties.get("replicas") or ()}
        standalone = {
            str(each.properties.get("region"))
            for each in state.resources
            if each.type == REPLICA_TYPE
            and each.properties.get("globalTableArn") == one.properties.get("arn")
        }
        for region in sorted(inside | standalone):
            if name := _described(one, region, wanted):
                yield one, region, name


def _by_place(tables: Sequence[Snapshot]) -> Mapping[tuple[str, str], list[Snapshot]]:
    """The tables of the manifests by their names in AWS and their regions."""
    found: defaultdict[tuple[str, str], list[Snapshot]] = defaultdict(list)
    for one in tables:
        found[one.plan.table_name, str(one.region)].append(one)
    return found


def _region(table: StateResource) -> str:
    return str(table.properties.get("arn") or ":::").split(":")[3]


def _described(
    one: StateResource, region: str, wanted: Mapping[tuple[str, str], list[Snapshot]]
) -> str:
    """The metadata.name of a manifest for a table of this name in the region; empty if there is
    none. Where either account is unknown, they count as the same."""
    account = str(one.properties.get("arn") or "::::").split(":")[4]
    for table in wanted.get((str(one.properties.get("name")), region), ()):
        if not account or table.account_id in (None, account):
            return table.plan.logical_name
    return ""


def _copy(table: StateResource, region: str, name: str) -> str:
    return (
        f"{shown(table)}: a manifest describes its replica in {region} as the table {quote(name)}. "
        "With the table, the update would delete the replica and all data\n"
        f"  fix: pulumi config rm {CONFIG_REMOVAL}, and take the table out of the stack, which "
        "keeps it in AWS:\n"
        f"    {removal_command(table.urn)}\n"
        f"  then remove {_region(table)} from the replicas in the manifest of {quote(name)}, which "
        "deletes the table there alone"
    )


def _rename(table: StateResource, new: str) -> str:
    lines = [
        f"{shown(table)}: a manifest describes it under another metadata.name, {quote(new)}. To "
        "Pulumi that is another resource: it would delete this one with all its data",
        f"  fix: change metadata.name back to {printable(table.logical_name)}",
    ]
    if table.is_at_root:
        command = f"pulumi state rename {shlex.quote(table.urn)} {shlex.quote(new)}"
        lines.append(f"  to rename it in the state instead: {command}")
    return "\n".join(lines)


def _removals(removed: Sequence[StateResource], deleted: Collection[str]) -> Iterator[str]:
    """The refusals of the tables that an update would delete, whose URNs are `deleted`, and of the
    others, which `deletionPolicy: retain` keeps in AWS. That is on record, but only the state knows
    whether it holds: an update that left the table out did not write it there."""
    names = ",".join(one.logical_name for one in removed if one.is_at_root)
    command = f"pulumi config set {CONFIG_REMOVAL} {shlex.quote(names)}" if names else ""
    back = "  fix: bring the manifest back, with the metadata.name that it had"
    if gone := [one for one in removed if one.urn in deleted]:
        yield _listing(
            "The stack has tables that no manifest describes. The update would delete them with "
            "all their data:",
            gone,
            back,
            "  to take them out of the stack, and keep them in AWS:",
            *_removal_commands(gone),
            *([f"  to delete them with all their data: {command}"] if command else ()),
        )
    if kept := [one for one in removed if one.urn not in deleted]:
        yield _listing(
            "The stack has tables that no manifest describes. By their deletionPolicy, the update "
            "would take them out of the stack and keep them in AWS:",
            kept,
            back,
            *([f"  to take them out of the stack: {command}"] if command else ()),
        )


def _strangers(strangers: Sequence[StateResource]) -> str:
    return _listing(
        "The stack contains resources of another program. The update would delete them with all "
        "their data:",
        strangers,
        "  fix: use a separate stack for the manifests: pulumi stack init NAME",
        "  or remove them from this stack's state, which keeps them in AWS:",
        *_removal_commands(strangers),
    )


def _listing(head: str, resources: Sequence[StateResource], *ways_out: str) -> str:
    """A refusal because of some resources, of which the first are listed."""
    lines = [head, *(f"  {shown(one)}" for one in resources[:_SHOWN])]
    if len(resources) > _SHOWN:
        lines.append(f"  and {len(resources) - _SHOWN} more")
    return "\n".join([*lines, *ways_out])


def _removal_commands(resources: Sequence[StateResource]) -> list[str]:
    return [f"    {removal_command(one.urn)}" for one in resources[:_SHOWN]]
