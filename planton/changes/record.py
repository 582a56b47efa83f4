"""The change guard's record: what it keeps of a table's plan in the stack's state.

The record is the plan as `planton plan --format json` prints it, without what is absent, off or
empty: so a field that a later version of the program adds changes no record of a table that does
not use it. docs/json.md describes the keys, which are API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planton.changes.record_v1 import from_version_1
from planton.changes.snapshot import Snapshot
from planton.plan.data import from_data, to_data, without_absent
from planton.plan.table_plan import TablePlan

VERSION = 2
"""Raised when a key changes its meaning or goes; a new key needs no new version."""

MADE_TABLE_NAME = "madeTableName"
MADE_KEY_SCHEMA = "madeKeySchema"
MADE_LOCAL_INDEXES = "madeLocalSecondaryIndexes"
"""The guard's outputs: name, key and local indexes that the table has in AWS. The program does not
change them once the table exists. The engine drops the outputs as soon as the next update begins,
so they exist only if the last update finished."""

FORMER_INDEXES = "formerGlobalSecondaryIndexes"
"""The guard's output for a table without global indexes: those that its state still lists. The AWS
provider keeps the list, although the standalone resources have deleted the indexes."""

RETAINED_TABLE = "retainedTable"
"""The guard's output for a retained table: its URN, once the state says that it is kept in AWS."""


class NewerRecord(Exception):
    """The record has a version that this program does not know."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(version)


def record(snapshot: Snapshot) -> dict[str, Any]:
    """What the guard keeps of a snapshot."""
    place = {
        "region": snapshot.region,
        "accountId": snapshot.account_id,
        "provider": snapshot.provider,
    }
    kept: dict[str, Any] = without_absent({**place, **to_data(snapshot.plan)})
    return {"version": VERSION, **kept}


def read_record(kept: Mapping[str, Any]) -> Snapshot:
    """The snapshot that was kept, by this version of the program or an earlier one.

    Raises NewerRecord if a later version kept it.
    """
    version = int(kept.get("version", 1))  # records had no version at first
    if version > VERSION:
        raise NewerRecord(version)
    data = from_version_1(kept) if version == 1 else kept
    plan: TablePlan = from_data(TablePlan, data)
    return Snapshot(data.get("region"), data.get("accountId"), plan, data.get("provider"))
