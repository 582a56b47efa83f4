"""The tables of a stack together: which guard, provider and part of the state is whose."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import (
    GUARD_NAME,
    GUARD_TYPE,
    PROVIDER_NAME,
    PROVIDER_TYPE,
    TABLE_TYPE,
    StackState,
    StateResource,
)
from planton.manifest.place import Place
from planton.reading.sources import CONFIG_GUARDED

HEAD = "the tables of the stack: this update is refused, nothing was touched"
"""The first line of a refusal that is about several tables."""

_SEPARATORS = "-/@"
"""What follows a table's name in the logical names of what is around it."""


class UnknownGuard(Exception):
    """The state does not show whose guard the stack's first one is."""


def guard_names(
    state: StackState, tables: Iterable[Snapshot], *, together: bool, guarded: str | None = None
) -> dict[str, str]:
    """The logical names of the guards, by those of the tables.

    `together` says whether the stack may have several tables: then each new one gets a guard with
    its name. A guard that the state has keeps its name. `guarded` is the table whose guard was made
    when it was the only one, if the state does not show it.

    Raises:
        UnknownGuard: `guarded` is needed.
    """
    tables = [*tables]
    own = {one.plan.logical_name: f"{GUARD_NAME}-{one.plan.logical_name}" for one in tables}
    without = [one for one in tables if not state.has_record(own[one.plan.logical_name])]
    if not together:
        first = next((one.plan.logical_name for one in without), None)
    elif state.has_record(GUARD_NAME):
        first = _first_guarded(state, without, guarded)
    else:
        first = None
    return own if first is None else own | {first: GUARD_NAME}


def _first_guarded(
    state: StackState, tables: Sequence[Snapshot], guarded: str | None
) -> str | None:
    """The table with the guard that was the stack's only one; None if it is no longer there."""
    recorded = state.recorded_name(GUARD_NAME)
    if recorded:  # not after an update that did not finish
        tables = [one for one in tables if _name_in_aws(state, one) == recorded]
    in_state = [one for one in tables if state.table(one.plan.logical_name)]
    found = [one.plan.logical_name for one in in_state or (tables if recorded else ())]
    if len(found) < 2 or guarded in found:
        return guarded if guarded in found else next(iter(found), None)
    names = ", ".join(found)
    raise UnknownGuard(
        f"{HEAD}\n\n"
        f"The record '{GUARD_NAME}' belongs to the table that was once the only one of this stack, "
        f"and the state does not show which of these that is: {names}\n"
        f"  fix: name it: pulumi config set {CONFIG_GUARDED} NAME"
    )


def _name_in_aws(state: StackState, one: Snapshot) -> str:
    table = state.table(one.plan.logical_name)
    return str(table.properties.get("name")) if table else one.plan.table_name


def provider_names(
    state: StackState, places: Iterable[Place], *, together: bool
) -> dict[Place, str]:
    """The logical names of the providers, each for the tables of one region and account.

    A table keeps its provider, because with another one's credentials it might not be found. So a
    provider that the state has keeps its name: that of a stack's only table serves the tables in
    its region and account, and one without an account those of the first account that is named in
    its region.
    """
    names: dict[Place, str] = {}
    own = {place: _provider_name(place) for place in places}
    unknown = [place for place, name in own.items() if not state.resource(PROVIDER_TYPE, name)]
    if not together:
        return own | dict.fromkeys(unknown, PROVIDER_NAME)
    regional = {_provider_name(Place(place.region)) for place in unknown}
    for name in (PROVIDER_NAME, *sorted(regional - {*own.values()})):
        existing = state.resource(PROVIDER_TYPE, name)
        if existing and (place := _claimant(existing, unknown)):
            names[place] = name
            unknown.remove(place)
    return own | names


def _provider_name(place: Place) -> str:
    return "-".join(part for part in (PROVIDER_NAME, place.account_id, place.region) if part)


def _claimant(provider: StateResource, places: Iterable[Place]) -> Place | None:
    """The place whose tables a provider in the state serves, whatever the order of the places."""
    has = provider.properties
    allowed = has.get("allowedAccountIds") or []
    accounts = json.loads(allowed) if isinstance(allowed, str) else allowed
    here = [place for place in places if place.region == has.get("region")]
    exact = [place for place in here if accounts == [place.account_id]]
    others = [place for place in here if not accounts or place.account_id is None]
    return min(exact or others, key=lambda place: place.account_id or "", default=None)


def split(
    state: StackState, guards: Mapping[str, str], removed: Iterable[str] = ()
) -> dict[str, StackState]:
    """For each table, the state as if it were the stack's only one. `guards` are the names of the
    guards by those of the tables, and `removed` the tables that the update deletes.

    What is around a table is recognized by its logical name, which begins with the table's. Where
    the names of two tables fit, both get it: each looks for its own names only.
    """
    found: dict[str, list[StateResource]] = {name: [] for name in chain(guards, removed)}
    guarded = {guard: name for name, guard in guards.items()}
    everywhere: list[StateResource] = []
    for one in state.resources:
        name = one.logical_name
        if one.type == GUARD_TYPE:
            if owner := guarded.get(name):
                found[owner].append(one)
        elif one.type == TABLE_TYPE:
            if one.is_at_root and name in found:
                found[name].append(one)
        elif one.type == PROVIDER_TYPE:
            everywhere.append(one)
        elif one.is_ours:
            owners = [owner for owner in _prefixes(name) if owner in found]
            for owner in owners:
                found[owner].append(one)
            if not owners:
                everywhere.append(one)
    return {
        name: StackState((*found[name], *everywhere), unreadable=state.unreadable)
        for name in guards
    }


def _prefixes(name: str) -> Iterator[str]:
    """What may be the name of the table that a resource with this name is around."""
    yield from (name[:at] for at, sign in enumerate(name) if sign in _SEPARATORS)
    yield name


def without_tables(state: StackState, logical_names: Collection[str]) -> StackState:
    """The state without these tables, which the update may delete."""
    kept = (
        one
        for one in state.resources
        if not (one.type == TABLE_TYPE and one.is_at_root and one.logical_name in logical_names)
    )
    return StackState(tuple(kept), state.unreadable)
