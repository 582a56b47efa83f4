"""Contributor insights over their whole life."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.insights import ContributorInsights
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session
from tests.emulated.provider.lifecycle import ignoring


class InsightsLifecycle(ContributorInsights):
    replaced_by = frozenset({"tableName", "indexName", "region"})

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        table, index = _monitored(id_)
        with ignoring(NOT_FOUND):
            try:
                return self.outputs(session, table, index)
            except KeyError:  # a disabled one has no mode
                return None
        return None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        table, index = _monitored(id_)
        if "mode" in inputs and inputs["mode"] != state.get("mode"):
            mode = {"ContributorInsightsMode": inputs["mode"]}
            self._act(session, id_, ContributorInsightsAction="ENABLE", **mode)
        return ResourceState(id_, self.outputs(session, table, index))

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        with ignoring(NOT_FOUND):
            self._act(session, id_, ContributorInsightsAction="DISABLE")

    def _act(self, session: Session, id_: str, **parameters: str) -> None:
        table, index = _monitored(id_)
        if index:
            parameters["IndexName"] = index
        session.dynamodb("UpdateContributorInsights", TableName=table, **parameters)


def _monitored(id_: str) -> tuple[str, str]:
    """Table and index of `name:TABLE/index:INDEX/ACCOUNT`; no index is the table itself."""
    table, index, _ = id_.split("/")
    return table.removeprefix("name:"), index.removeprefix("index:")
