"""Contributor insights that can be disabled."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.requests import Json, Request
from planton.rehearsal.aws.unemulated import InsightsApi, table_of
from tests.emulated.aws.deletions import deleted_tables
from tests.emulated.aws.global_tables import FullGlobalTables


class FullInsights(InsightsApi):
    """Raises Refused for tables and indexes that do not exist."""

    def __init__(self, tables: FullGlobalTables) -> None:
        super().__init__(tables)
        self._global_tables = tables

    def update(self, request: Request) -> Json:
        index = self._index(request)
        if request.parameters["ContributorInsightsAction"] == "ENABLE":
            return {**super().update(request), **index}
        self.modes.pop((table_of(request), index.get("IndexName", "")), None)
        return self.describe(request)

    def describe(self, request: Request) -> Json:
        index = self._index(request)
        if (table_of(request), index.get("IndexName", "")) in self.modes:
            return {**super().describe(request), **index}
        name = request.parameters["TableName"]
        return {"TableName": name, **index, "ContributorInsightsStatus": "DISABLED"}

    def forget(self, request: Request) -> None:
        """Drops the insights of what a successful request deletes."""
        for deleted in deleted_tables(request):
            self.modes = {key: mode for key, mode in self.modes.items() if key[0] != deleted}
        for update in request.parameters.get("GlobalSecondaryIndexUpdates", ()):
            if "Delete" in update:
                self._forget_index(request, update["Delete"]["IndexName"])

    def _forget_index(self, request: Request, index: str) -> None:
        """An index is deleted in all regions."""
        name = request.parameters["TableName"]
        for member in (request, *self._global_tables.others(request, name)):
            self.modes.pop((table_of(member), index), None)

    def _index(self, request: Request) -> Json:
        """The parameter that names an index, empty for the table itself."""
        table = self._tables.describe(request, request.parameters["TableName"])
        name = request.parameters.get("IndexName", "")
        indexes = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
        if name and name not in indexes:
            message = f"Requested resource not found: IndexName {name} is no global index"
            raise Refused(request.name, NOT_FOUND, message)
        return {"IndexName": name} if name else {}
