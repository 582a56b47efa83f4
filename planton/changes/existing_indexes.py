"""Global indexes of a table in the stack for which AWS must be asked before the update.

The state alone does not tell whether an index that it lacks exists, or one that it lists is gone.
"""

from __future__ import annotations

from planton.changes.compare import compare
from planton.changes.existing import refusal
from planton.changes.existing_snapshot import ExistingTable, existing_snapshot
from planton.changes.index_form import is_to_provisioned
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import INDEX_TYPE, StackState
from planton.diagnostics.diagnostic import printable
from planton.manifest.enums import BillingMode
from planton.plan.logical_names import index_name
from planton.plan.table_plan import TablePlan

_REFRESH = "  fix: run `pulumi refresh`, then `pulumi up`"


def moved_indexes(plan: TablePlan, state: StackState) -> frozenset[str]:
    """The standalone indexes that the state lacks, of a table that it has. If AWS has one, it was
    part of the table resource, or the update that created it was killed. None of a table that is
    replaced: the new one has none yet."""
    if plan.allow_replacement or state.table(plan.logical_name) is None:
        return frozenset()
    return frozenset(
        index.name
        for index in plan.standalone_indexes
        if state.resource(INDEX_TYPE, index_name(plan.logical_name, index.name)) is None
    )


def dropped_indexes(plan: TablePlan, state: StackState) -> frozenset[str]:
    """The indexes that the table's state lists and the manifest's table resource does not: the
    provider deletes them. They may be gone: standalone ones are deleted by their own resource,
    which does not change the table's state. Without an index in the manifest the provider deletes
    none, but asks for the capacity of all with the change to PROVISIONED."""
    table = state.table(plan.logical_name)
    if table is None or plan.standalone_indexes:
        return frozenset()
    if not plan.inline_indexes and not is_to_provisioned(plan, state):
        return frozenset()
    return state.listed_indexes(plan.logical_name) - {index.name for index in plan.inline_indexes}


def returned_indexes(plan: TablePlan, state: StackState, guard_name: str) -> frozenset[str]:
    """The indexes of the table resource that its state lists, although they may be gone since they
    were standalone resources. The provider would not create them. An update that did not finish
    does not tell which they are."""
    names = {index.name for index in plan.inline_indexes}
    names &= state.listed_indexes(plan.logical_name)
    is_finished = bool(state.recorded_name(guard_name)) or not state.has_record(guard_name)
    return frozenset(names & state.former_indexes(guard_name) if is_finished else names)


def former_indexes(plan: TablePlan, state: StackState) -> list[str]:
    """The indexes that the table's state will still list after an update which leaves the table
    without any."""
    return [] if plan.global_indexes else sorted(state.listed_indexes(plan.logical_name))


def refusal_of_indexes(
    existing: ExistingTable, new: Snapshot, state: StackState, guard_name: str
) -> str:
    """Why the update of the indexes must not go on with what AWS has; empty if it may."""
    moved = moved_indexes(new.plan, state)
    return (
        (_unfinished_billing(existing, new, state) if moved else "")
        or _other_shape(existing, new, moved)
        or _gone(existing, new, dropped_indexes(new.plan, state), "fail to delete")
        or _gone(existing, new, returned_indexes(new.plan, state, guard_name), "not create")
    )


def _unfinished_billing(existing: ExistingTable, new: Snapshot, state: StackState) -> str:
    """The message if the change to PROVISIONED is in the state but not in AWS, because the update
    that should have made it failed; empty otherwise.

    Indexes that become standalone resources under PAY_PER_REQUEST have to be deleted and rebuilt
    for that change.
    """
    own = state.table(new.plan.logical_name)
    modes = (
        own.properties.get("billingMode") if own else None,
        new.plan.billing_mode,
        existing.table.get("billingMode"),
    )
    if modes != (BillingMode.PROVISIONED, BillingMode.PROVISIONED, BillingMode.PAY_PER_REQUEST):
        return ""
    return refusal(
        new,
        "spec.billingMode: the table is PAY_PER_REQUEST in AWS and PROVISIONED in the stack's "
        "state: an update failed, or the table was changed outside Pulumi",
        _REFRESH,
    )


def _other_shape(existing: ExistingTable, new: Snapshot, names: frozenset[str]) -> str:
    """Why global indexes that AWS has must not become standalone resources of the stack; empty if
    they may. One that differs would be deleted and rebuilt."""
    places = {f"spec.globalSecondaryIndexes, {name}" for name in names & existing.global_indexes}
    lines = [
        printable(f"  {change.place}: {change.old} → {change.new}")
        for change in compare(existing_snapshot(existing, new), new)
        if change.place in places and change.code == "index-changed"
    ]
    if not lines:
        return ""
    return refusal(
        new,
        "An index that is to become a standalone resource differs from the one in AWS (in AWS → in "
        "the manifest):",
        *lines,
        "  fix: let the manifest describe the index as it is in AWS, and run `pulumi up`; then "
        "change it",
    )


def _gone(existing: ExistingTable, new: Snapshot, names: frozenset[str], would: str) -> str:
    """The message if AWS does not have indexes of these names, which the table's state lists;
    empty if it has them all. `would` is what the provider would do with them."""
    gone = sorted(names - existing.global_indexes)
    if not gone:
        return ""
    return refusal(
        new,
        "spec.globalSecondaryIndexes: the stack's state lists indexes of the table that AWS does "
        f"not have ({printable(', '.join(gone))}). The AWS provider would {would} them",
        _REFRESH,
    )
