"""Tables over their whole life."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider import sources
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.tables import Table
from tests.emulated.provider import replicas, table_updates
from tests.emulated.provider.lifecycle import ignoring


class TableLifecycle(Table):
    kept = table_updates.KEPT
    replaced_by = frozenset(
        {
            "name",
            "hashKey",
            "rangeKey",
            "localSecondaryIndexes",
            "restoreDateTime",
            "restoreToLatestTime",
            "region",
        }
    )
    by_name = frozenset({"localSecondaryIndexes"})
    """Sets that the provider hashes by name: another index of the same name is the same to it."""

    def create(self, session: Session, inputs: Json) -> ResourceState:
        table_updates.check_indexes(inputs)
        return super().create(session, inputs)

    def create_replicas(self, session: Session, name: str, items: list[Json], witness: str) -> None:
        replicas.create(session, name, items, witness)

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        with ignoring(NOT_FOUND):
            return self.outputs(session, id_, state)
        return None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        lasting = {key: value for key, value in state.items() if key not in sources.INPUTS}
        table_updates.send(session, id_, state, inputs)
        return ResourceState(id_, self.outputs(session, id_, {**lasting, **inputs}))

    def delete(self, session: Session, id_: str, state: Json) -> None:
        if items := state.get("replicas"):
            witness = (state.get("globalTableWitness") or {}).get("regionName", "")
            replicas.delete(session, id_, items, witness)
        with ignoring(NOT_FOUND):
            session.dynamodb("DeleteTable", TableName=id_)
