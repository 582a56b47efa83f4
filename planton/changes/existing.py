"""Whether an existing table may be imported: what AWS has, compared with the manifest.

The import of a table and its first update are one step of the engine. What the manifest turns off
would be turned off in that step, before there is a record that the guard could compare it with. So
the differences are found before the table is registered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planton.changes.change import Change, refusal_head
from planton.changes.compare import compare
from planton.changes.existing_snapshot import ExistingTable, Found, existing_snapshot
from planton.changes.replacement import ABOUT_REPLACEMENTS
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import (
    INDEX_TYPE,
    KINESIS_TYPE,
    REPLICA_TYPE,
    StackState,
    shown,
)
from planton.diagnostics.diagnostic import printable
from planton.dialects.annotations import IMPORT

ANNOTATION = f"metadata.annotations[{IMPORT}]"

_LOSES_NOTHING = frozenset(
    {
        "deletion-protection",
        "index-added",
        "recovery-longer",
        "recovery-on",
        "replica-added",
        "strong-replica-added",
    }
)
"""Kinds of changes that an import makes without being asked: they only add."""

_ALLOWED_BY = {
    "billing-mode": "billingMode",
    "capacity": "provisionedThroughput",
    "deletion-protection-off": "deletionProtectionEnabled",
    "encryption": "serverSideEncryption",
    "maximum": "onDemandThroughput",
    "recovery-off": "pointInTimeRecovery",
    "recovery-shorter": "pointInTimeRecovery",
    "stream": "streamViewType",
    "table-class": "tableClass",
    "ttl-off": "ttl",
    "ttl-on": "ttl",
}
"""Kinds of changes that the import may be allowed to make, by the field in the annotation."""


def refusal(new: Snapshot, *lines: str) -> str:
    """A refusal of the update of the table, with what is wrong and how to fix it."""
    return "\n".join([refusal_head(new.plan.table_name), "", *lines])


def refusal_of_import(existing: ExistingTable, new: Snapshot, may_change: tuple[str, ...]) -> str:
    """Why the table in AWS must not be imported for this manifest; empty if it may.

    `new` is the manifest's snapshot, `may_change` what the annotation allows.
    """
    nothing_replaced = replace(new, plan=replace(new.plan, allow_replacement=()))
    changes = [
        change
        for change in compare(existing_snapshot(existing, new), nothing_replaced)
        if change.code not in ABOUT_REPLACEMENTS and not _adds_only(change)
    ]
    refused = [c for c in changes if _ALLOWED_BY.get(c.code) not in may_change]
    if not refused:
        return ""
    return refusal(new, *_reasons(refused, may_change))


def _adds_only(change: Change) -> bool:
    return change.code in _LOSES_NOTHING or (change.code == "stream" and change.old == "off")


def _reasons(refused: list[Change], may_change: tuple[str, ...]) -> Iterator[str]:
    yield (
        f"{ANNOTATION}: the table exists, and the manifest describes another one (in AWS → in the "
        "manifest):"
    )
    for change in refused:
        values = f"{change.old} → {change.new}" if change.old or change.new else change.kind.title
        yield f"  {printable(f'{change.place}: {values}')}"
    yield (
        "  fix: let the manifest describe the table as it is in AWS (`planton adopt` prints such a "
        "manifest). Once the table is imported, change the manifest: that is compared as usual"
    )
    fields = {_ALLOWED_BY.get(change.code) for change in refused}
    if None not in fields:
        allowed = ", ".join(sorted({*may_change, *(name for name in fields if name)}))
        yield (
            "  to change the table together with the import: metadata.annotations: "
            f'{{{IMPORT}: "{allowed}"}}'
        )


def refusal_of_missing(new: Snapshot) -> str:
    """The message if AWS has no such table."""
    place = f" in {new.region}" if new.region else ""
    return refusal(
        new,
        f"{ANNOTATION}: AWS has no table '{new.plan.table_name}'{place} that could be imported",
        "  fix: check the name, the region and the account of the credentials; or remove the "
        "annotation, and `pulumi up` creates the table",
    )


def refusal_by_state(new: Snapshot, state: StackState, *, is_import: bool) -> str:
    """Why what the state has stands against an import; empty if it does not. `is_import` says
    whether the manifest asks for the import of the table: indexes are imported without that."""
    refused = _renamed(new, state)
    if is_import and not refused:
        refused = _unreadable(new, state) or _another_name(new, state)
    return refused


def _unreadable(new: Snapshot, state: StackState) -> str:
    if not state.unreadable:
        return ""
    return refusal(
        new,
        f"{ANNOTATION}: the stack's state cannot be read, so the program cannot tell whether the "
        "stack has the table already:",
        f"  {state.unreadable}",
        "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`",
    )


def _another_name(new: Snapshot, state: StackState) -> str:
    """The refusal if the stack has the table under another name in AWS.

    An import id on a resource that the state has under another id makes the engine delete what the
    state has, with its data.
    """
    own = state.table(new.plan.logical_name)
    name = str(own.properties.get("name") or "") if own else ""
    if name in ("", new.plan.table_name):
        return ""
    return refusal(
        new,
        f"{ANNOTATION}: the stack already has the table '{name}' as {new.plan.logical_name}, and "
        f"the manifest names '{new.plan.table_name}'",
        "  fix: remove the annotation if the manifest is for the stack's table; import another "
        "table into a separate stack: pulumi stack init NAME",
    )


def _renamed(new: Snapshot, state: StackState) -> str:
    """The refusal if the state has an index, a replica or a Kinesis destination of the table under
    another logical name.

    The engine would import it under the program's name and then delete it under the old one: it is
    one and the same in AWS.
    """
    plan = new.plan
    own = state.table(plan.logical_name)
    name = (own and own.properties.get("name")) or plan.table_name
    ours = _parts_of(plan.logical_name)
    others = [p for one in state.tables if one is not own for p in _parts_of(one.logical_name)]
    renamed = [
        one
        for one in state.resources
        if one.type in (INDEX_TYPE, REPLICA_TYPE, KINESIS_TYPE)
        and name in (one.properties.get("tableName"), _name_in(one.properties))
        and not (one.is_at_root and one.logical_name.startswith(ours))
        and not one.logical_name.startswith(tuple(others))
    ]
    if not renamed:
        return ""
    return refusal(
        new,
        "The stack's state has parts of the table under other names than the program's. The "
        "update would import them under its names, and then delete them in AWS:",
        *(f"  {shown(one)}" for one in renamed),
        "  fix: rename them in the state (`pulumi state rename URN NAME`), each with "
        f"'{plan.logical_name}' in front instead of the old name of the table",
    )


def _parts_of(table: str) -> tuple[str, str]:
    """How the logical names of the table's parts begin, in its own region and in a replica's."""
    return f"{table}-", f"{table}@"


def _name_in(replica: Found) -> str:
    return str(replica.get("globalTableArn")).rpartition(":table/")[2]
