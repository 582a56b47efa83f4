"""Whether a stack of which there is no record yet may be taken over."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from planton.changes.change import refusal_head
from planton.changes.compare import compare
from planton.changes.replacement import ABOUT_REPLACEMENTS
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import StackState, StateResource, removal_command, shown
from planton.changes.state_snapshot import state_snapshot
from planton.diagnostics.diagnostic import printable

_SHOWN = 5
"""How many resources of other programs a message names."""


def refusal_without_record(state: StackState, new: Snapshot, *, guard_name: str) -> str:
    """Why the first update that the guard sees must not go on; empty if it may.

    Before a stack has a record, only its state tells what the update would delete or replace, and
    which changes it would silently not make.
    """
    if state.has_record(guard_name):
        return ""
    name = new.plan.logical_name
    own, others = state.table(name), state.others([name])
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
                        f"The stack contains {shown(table)}, of which this program has no record "
                        "yet. The manifest describes a different table (in the stack → in the "
                        "manifest):",
                        *(f"  {printable(line)}" for line in differences),
                        *_ways(table, renamed=renamed is not None, name=name),
                    ]
                )
            )
    foreign = [*(others if not renamed else ()), *state.strangers()]
    if foreign:
        parts.append("\n".join(_deletion_of(foreign)))
    if not parts:
        return ""
    return "\n\n".join([refusal_head(new.plan.table_name), *parts])


def _ways(table: StateResource, *, renamed: bool, name: str) -> Iterator[str]:
    yield (
        "  fix: let the manifest describe the table as it is and run `pulumi up`. That records it, "
        "and later changes are compared with the record"
    )
    if renamed and table.is_at_root:
        command = f"pulumi state rename {shlex.quote(table.urn)} {name}"
        yield f"  to rename it in the state instead: {command}"
    yield ("  if the manifest is for another table, use a separate stack: pulumi stack init NAME")


def _deletion_of(resources: list[StateResource]) -> Iterator[str]:
    """The lines about resources that the update would delete."""
    yield (
        "The stack contains resources that do not belong to this manifest. The update would delete "
        "them with all their data:"
    )
    for one in resources[:_SHOWN]:
        yield f"  {shown(one)}"
    if len(resources) > _SHOWN:
        yield f"  and {len(resources) - _SHOWN} more"
    yield "  fix: use a separate stack for the manifest: pulumi stack init NAME"
    yield "  or remove them from this stack's state, which keeps them in AWS:"
    for one in resources[:_SHOWN]:
        yield f"    {removal_command(one.urn)}"


def _differences(state: StackState, table: StateResource, new: Snapshot) -> Iterator[str]:
    """Where the manifest differs from the table in what an update cannot change in place."""
    nothing_allowed = replace(new, plan=replace(new.plan, allow_replacement=()))
    for change in compare(state_snapshot(state, table, new), nothing_allowed):
        if change.refused and change.code not in ABOUT_REPLACEMENTS:
            values = f"{change.old} → {change.new}" if change.old else change.kind.title
            yield f"{change.place}: {values}"
