"""The verdict of the change guard on one update."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planton.changes.access import in_milliseconds
from planton.changes.change import Change, refusal_head
from planton.changes.compare import compare
from planton.changes.keys import key_shape, local_shape
from planton.changes.record import (
    MADE_KEY_SCHEMA,
    MADE_LOCAL_INDEXES,
    MADE_TABLE_NAME,
    VERSION,
    NewerRecord,
    read_record,
)
from planton.changes.replacement import ANNOTATION, UNFINISHED_REPLACEMENT, UNUSED_CONSENT
from planton.changes.snapshot import Snapshot
from planton.changes.source import source_text
from planton.changes.stack_state import (
    PROVIDER_NAME,
    TABLE_TYPE,
    StackState,
    import_command,
    removal_command,
)
from planton.changes.state_changes import state_changes
from planton.dialects.annotations import IMPORT

_UNFINISHED = (
    "The last update failed, so the table may differ from that update's manifest. Run "
    "`pulumi up --refresh` with that manifest to finish it; this one is then compared with what "
    "AWS has. If the table already is what this manifest describes, allow the change: the preview "
    "then shows no replacement."
)

_NO_TABLE = (
    "The stack's state has a record of the table, but not the table itself. If the table no longer "
    "exists in AWS, {removal}\n"
    "If it still exists, first bring it back into the state:\n"
    "  {brought_back}"
)
_REMOVAL = "remove the record from the state and run `pulumi up`:\n  {removed}"
_REMOVAL_AMONG_OTHERS = (
    "run `pulumi up` without its manifest, which removes the record, and then with it"
)
_UNPROTECTED = ". Before that, unprotect the record:\n  pulumi state unprotect --yes {urn}"

_REPLACED_IN_PLACE = frozenset({"keySchema", "localSecondaryIndexes"})
"""What replaces a table under its own name, so that it is deleted before it is created again."""

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Why an update must not go on, empty if it may, and what to warn of."""

    refusal: str = ""
    warnings: tuple[str, ...] = ()


def judge_first(new_record: Record, state: StackState) -> Verdict:
    """The verdict on the first update that the guard sees.

    It may not allow a replacement: a table that is taken over may differ from the manifest, and
    no record says how. And the stack's state must be readable.
    """
    plan = read_record(new_record).plan
    reason = ""
    if plan.allow_replacement:
        reason = (
            f"{ANNOTATION}: {', '.join(plan.allow_replacement)}\n"
            "  refused: no earlier update is on record that this one could be compared with\n"
            "  fix: remove the annotation for this update"
        )
    elif state.unreadable:
        reason = (
            "The stack's state cannot be read, so the program cannot tell whether this "
            f"first update would delete a table:\n  {state.unreadable}\n"
            "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`"
        )
    return Verdict(f"{refusal_head(plan.table_name)}\n\n{reason}" if reason else "")


def _without_name(new: Snapshot) -> Snapshot:
    """As earlier versions of the program recorded it, which set no tag `Name`."""
    tags = tuple(tag for tag in new.plan.tags if tag != new.plan.default_name)
    return replace(new, plan=replace(new.plan, tags=tags))


@dataclass(frozen=True)
class Update:
    """A later update: the guard's URN, its record before and after, and its outputs before.

    `state` is what the stack's own state says of the table before the update. `is_import` says
    whether the update imports the table, and `among_others` whether the stack has other tables.
    """

    urn: str
    old_record: Record
    outputs: Record
    new_record: Record
    state: StackState
    is_import: bool = False
    among_others: bool = False

    def verdict(self) -> Verdict:
        """Compares the manifest with the record, with the state, and with what failed before."""
        new = read_record(self.new_record)
        try:
            recorded = read_record(self.old_record)
        except NewerRecord as newer:
            return Verdict(_newer(new, newer.version))
        if self.is_import and not self._is_finished:
            # The record is that of an import that was refused, or of a creation that was killed:
            # what counts is what AWS has, which is compared before the import.
            return Verdict()
        return self._compared(_with_known(recorded, new, self.outputs), new)

    @property
    def _is_finished(self) -> bool:
        """Whether the last update succeeded."""
        return MADE_TABLE_NAME in self.outputs

    def _compared(self, old: Snapshot, new: Snapshot) -> Verdict:
        name = str(self.outputs.get(MADE_TABLE_NAME) or old.plan.table_name)
        is_lost = not self.state.unreadable and not any(
            self.state.table(side.plan.logical_name) for side in (old, new)
        )
        is_retry = not self._is_finished and old in (new, _without_name(new))
        if is_lost and not is_retry:
            # There is nothing to replace: a replacement would leave the table behind in AWS.
            new = replace(new, plan=replace(new.plan, allow_replacement=()))
        changes = compare(old, new)
        known = {change.code for change in changes}
        changes += [
            change
            for change in state_changes(self.state, new, recorded=old.plan.logical_name)
            if change.code not in known
        ]
        is_same_name = old.plan.table_name == new.plan.table_name
        if is_lost and is_same_name and name != new.plan.table_name:
            changes.append(Change("table-name", "the table's name", name, new.plan.table_name))
        tried = frozenset(old.plan.allow_replacement)
        several = self.among_others or bool(self.state.others([old.plan.logical_name]))
        table = (old.plan.logical_name, name, str(old.region), old.provider or PROVIDER_NAME)
        if not self._is_finished:
            # What the failed update allowed may still be needed.
            changes = [c for c in changes if not (c.code == UNUSED_CONSENT and c.new in tried)]
            if not is_retry and tried & _REPLACED_IN_PLACE:
                ways = (
                    self._given_up_among_others(old.plan.logical_name)
                    if several
                    else (removal_command(self.urn), import_command(StackState(), *table))
                )
                changes.append(_unfinished_replacement(tried, ways))
        refused = [change.text() for change in changes if change.refused]
        if refused and is_lost:
            back = import_command(self.state, *table)
            removal = self._removal(several=several, is_protected=old.plan.is_protected)
            refused.append(_NO_TABLE.format(removal=removal, brought_back=back))
        elif refused and not self._is_finished and not tried & _REPLACED_IN_PLACE:
            refused.append(_UNFINISHED)
        text = "\n\n".join([refusal_head(name), *refused]) if refused else ""
        no_longer = tried - {*new.plan.allow_replacement} - _REPLACED_IN_PLACE
        return Verdict(text, (*_warnings(changes, no_longer), *_unreadable(self.state)))

    def _removal(self, *, several: bool, is_protected: bool) -> str:
        """How to remove the record. What depends on it, and would leave the state with it, is the
        provider with all of the stack's tables."""
        if not several:
            return _REMOVAL.format(removed=removal_command(self.urn))
        first = _UNPROTECTED.format(urn=shlex.quote(self.urn)) if is_protected else ""
        return _REMOVAL_AMONG_OTHERS + first

    def _given_up_among_others(self, logical_name: str) -> tuple[str, ...]:
        """How to give a replacement up, which leaves the stack's other tables in the state."""
        stack, project, *_ = self.urn.split("::", 3)
        return (
            removal_command(f"{stack}::{project}::{TABLE_TYPE}::{logical_name}"),
            "pulumi up, without the manifest of the table: it removes the record",
            f'if the table still exists: {IMPORT}: "true" in the annotations of its manifest',
        )


def _unfinished_replacement(tried: frozenset[str], ways: Sequence[str]) -> Change:
    """The engine ends such a replacement by creating the table and then deleting that same table,
    unless the update is the one that failed."""
    return Change(
        UNFINISHED_REPLACEMENT,
        ANNOTATION,
        ", ".join(sorted(tried)),
        "another manifest",
        command="\n    ".join(ways),
    )


def _with_known(old: Snapshot, new: Snapshot, outputs: Record) -> Snapshot:
    """The record, which takes from the manifest what it says of the table in AWS.

    Of a table that was taken over or restored the manifest may now say what AWS has. And the
    record of an earlier version has only the text of the data source, and a precision of
    milliseconds also where the manifest has none.
    """
    plan, wanted = old.plan, new.plan
    if outputs.get(MADE_TABLE_NAME) == wanted.table_name:
        plan = replace(plan, table_name=wanted.table_name)
    if outputs.get(MADE_KEY_SCHEMA) == key_shape(wanted.keys):
        plan = replace(plan, keys=wanted.keys)
    if outputs.get(MADE_LOCAL_INDEXES) == local_shape(wanted.local_indexes):
        plan = replace(plan, local_indexes=wanted.local_indexes)
    if source_text(plan.source) == source_text(wanted.source):
        plan = replace(plan, source=wanted.source)
    if plan.kinesis == in_milliseconds(wanted.kinesis):
        plan = replace(plan, kinesis=wanted.kinesis)
    return replace(old, plan=plan)


def _newer(new: Snapshot, version: int) -> str:
    return (
        f"{refusal_head(new.plan.table_name)}\n\n"
        f"The change guard's record of the table has version {version}, and this program knows "
        f"versions up to {VERSION}: the stack was last updated by a newer version of the program\n"
        "  fix: update with that version of the program or a newer one"
    )


def _warnings(changes: Sequence[Change], no_longer_allowed: frozenset[str]) -> list[str]:
    found = [change.text() for change in changes if change.kind.warns]
    if no_longer_allowed:
        found.append(
            f"the last update allowed a replacement ({', '.join(sorted(no_longer_allowed))}). If "
            "the deletion of the old table failed then, this update deletes it"
        )
    return found


def _unreadable(state: StackState) -> list[str]:
    if not state.unreadable:
        return []
    return [
        "the stack's state cannot be read, so this update is compared with the record of the "
        f"last one only: {state.unreadable}"
    ]
