"""What is decided and refused before anything is registered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pulumi

from planton.changes.emulated import refusal_of_endpoint, refusal_without_endpoint
from planton.changes.go_module import deregistration, pinned_targets, with_own_names
from planton.changes.index_form import SECOND_UPDATE, in_form_of_stack
from planton.changes.removals import refusal_of_removal
from planton.changes.replacement import ANNOTATION
from planton.changes.snapshot import Snapshot, snapshot
from planton.changes.stack_state import PROVIDER_NAME, StackState
from planton.changes.stack_tables import (
    UnknownGuard,
    guard_names,
    provider_names,
    split,
    without_tables,
)
from planton.changes.takeover import refusal_without_record
from planton.manifest.place import Place
from planton.plan.access import AccessPlan, plan_access, refusal_of_names
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.reading.program_input import ProgramInput
from planton.reading.stack_input import StackInput
from planton.resources.existing import Existing


@dataclass(frozen=True)
class PreparedTable:
    """Everything that is known about a table before it is registered.

    `place` is the region and account that its provider is for, and `state` the part of the stack's
    own state that is about it.
    """

    stack_input: StackInput
    plan: TablePlan
    wanted: Snapshot
    place: Place
    guard_name: str
    provider_name: str
    state: StackState
    access: AccessPlan
    existing: Existing
    messages: tuple[str, ...]
    warnings: tuple[str, ...]


def prepare(program: ProgramInput, state: StackState) -> list[PreparedTable]:
    """The tables of the program, in the order of the input.

    Raises pulumi.RunError with every reason for which the update must not go on: it would lose a
    table of which there is no record, or one that no manifest describes, or would go to an emulated
    AWS although the table is in AWS, or the other way round.
    """
    for one in program.tables:
        keys = one.credentials.access_key_id if one.credentials else None
        if refusal := refusal_of_endpoint(state, one.endpoint, keys):
            raise pulumi.RunError(refusal)
    if not _has_endpoint(program) and (refusal := refusal_without_endpoint(state)):
        raise pulumi.RunError(refusal)
    plans = [make_plan(one.manifest) for one in program.tables]
    state = with_own_names(state, plans)
    wanted = [
        snapshot(plan, region=one.region, account_id=one.account_id)
        for plan, one in zip(plans, program.tables, strict=True)
    ]
    if refusal := refusal_of_removal(state, wanted, program.removals, together=program.together):
        raise pulumi.RunError(refusal)
    try:
        guards = guard_names(state, wanted, together=program.together, guarded=program.guarded)
    except UnknownGuard as error:
        raise pulumi.RunError(str(error)) from None
    places = [Place(one.region, one.named_account) for one in program.tables]
    providers = provider_names(state, places, together=program.together)
    states = (
        split(state, guards, program.removals)
        if program.together
        else dict.fromkeys(guards, without_tables(state, program.removals))
    )
    prepared, refusals = [], []
    for one, plan, place in zip(program.tables, plans, places, strict=True):
        name = plan.logical_name
        try:
            prepared.append(
                _prepared(
                    one,
                    plan,
                    place,
                    guard_name=guards[name],
                    provider_name=providers[place],
                    state=states[name],
                    together=program.together,
                )
            )
        except pulumi.RunError as error:
            refusals.append(str(error))
    if refusals:
        raise pulumi.RunError("\n\n".join(refusals))
    return prepared


def _has_endpoint(program: ProgramInput) -> bool:
    """Whether the input or the stack's config sets an endpoint."""
    return (
        any(one.endpoint for one in program.tables)
        or any("endpoints" in settings for settings in program.accounts.values())
        or bool(pulumi.Config("aws").get("endpoints"))
    )


def _prepared(
    stack_input: StackInput,
    of_manifest: TablePlan,
    place: Place,
    *,
    guard_name: str,
    provider_name: str,
    state: StackState,
    together: bool,
) -> PreparedTable:
    plan = in_form_of_stack(of_manifest, state)
    region, account_id = stack_input.region, stack_input.account_id
    wanted = replace(
        snapshot(plan, region=region, account_id=account_id),
        provider=None if provider_name == PROVIDER_NAME else provider_name,
    )
    if refusal := refusal_without_record(state, wanted, guard_name=guard_name):
        raise pulumi.RunError(refusal)
    access = plan_access(plan, account_id=account_id, region=region, stack=pulumi.get_stack())
    if refusal := refusal_of_names(access):
        raise pulumi.RunError(refusal)
    may_change = plan.imported.may_change if plan.imported else None
    said = f"table '{plan.logical_name}': " if together else ""
    targets = pinned_targets(state, plan)
    return PreparedTable(
        stack_input,
        plan,
        wanted,
        place,
        guard_name,
        provider_name,
        state,
        access,
        Existing(wanted, state, may_change, access.policies, guard_name=guard_name),
        messages=(said + deregistration(targets),) if targets else (),
        warnings=tuple(said + text for text in _warnings(of_manifest, plan)),
    )


def _warnings(of_manifest: TablePlan, plan: TablePlan) -> Iterator[str]:
    if plan.inline_indexes and of_manifest.standalone_indexes:
        yield SECOND_UPDATE
    if plan.allow_replacement:
        yield (
            f"{ANNOTATION} is set: if "
            f"{' or '.join(plan.allow_replacement)} differs, the table is deleted with all its "
            "data and recreated empty. Remove the annotation after this update"
        )
