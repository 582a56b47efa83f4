"""Changes that only a stack's state shows, whatever the guard's record says.

The change guard compares the manifest with its record. This compares it with the state, which
holds less but cannot get lost separately: it finds tables that differ from their record.
"""

from __future__ import annotations

from planton.changes.change import Change
from planton.changes.compare import compare
from planton.changes.replacement import ANOTHER_TABLE, UNUSED_CONSENT
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import StackState, removal_command, shown
from planton.changes.state_snapshot import located, named


def state_changes(
    state: StackState,
    new: Snapshot,
    *,
    recorded: str | None = None,
) -> tuple[Change, ...]:
    """What the update would do to the tables in the state, whatever the record says.

    `new` is the snapshot of the manifest, and `recorded` is the metadata.name in the record, where
    that is known: only this table can have been renamed. Allowed replacements count as in
    `compare`.
    """
    name = new.plan.logical_name
    own = state.table(name)
    others = state.others([name])
    found: list[Change] = []
    if own:
        found += compare(located(own.properties, new), new)
    elif len(others) == 1 and others[0].is_at_root and recorded in (None, others[0].logical_name):
        found += compare(named(others[0], new), new)
        others = ()
    found += [
        Change(
            ANOTHER_TABLE,
            "the stack's tables",
            shown(one),
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
