"""What a manifest decides about a table, in the form in which changes are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planton.manifest.enums import AttributeType
from planton.plan.table_plan import GlobalIndexPlan, ReplicaPlan, TablePlan

Differences = Iterator["tuple[str, str, str, str]"]
"""Changes: the code of the kind, the path, the old and the new value."""


@dataclass(frozen=True)
class Snapshot:
    """The plan of a table, and where the table is, as far as that is known."""

    region: str | None
    account_id: str | None
    plan: TablePlan
    provider: str | None = None
    """The logical name of the AWS provider that a stack uses for the table; None if it is the one
    of a stack with a single table, or if there is no stack."""

    @property
    def attribute_types(self) -> dict[str, AttributeType]:
        """The types of all key attributes, those of standalone indexes included."""
        of_indexes = {key.name: key.type for one in self.plan.global_indexes for key in one.keys}
        return of_indexes | dict(self.plan.attributes)

    @property
    def global_indexes(self) -> dict[str, GlobalIndexPlan]:
        """The global indexes by name."""
        return {index.name: index for index in self.plan.global_indexes}

    @property
    def replicas(self) -> dict[str, ReplicaPlan]:
        """The replicas by region."""
        return {replica.region: replica for replica in self.plan.replicas}


def snapshot(plan: TablePlan, *, region: str | None, account_id: str | None) -> Snapshot:
    """The plan without what has no effect on an existing table: the order of its local indexes,
    which properties the program does not change, and whether the table was imported."""
    local = sorted(plan.local_indexes, key=lambda index: index.name)
    kept = replace(plan, local_indexes=tuple(local), ignore_changes=(), imported=None)
    return Snapshot(region, account_id, kept)
