"""The APIs that moto lacks: their form is checked, their state is kept here, and no more is known.

A request that ends here is recorded as "not emulated".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from planton.rehearsal.errors import NOT_FOUND, VALIDATION, Refused
from planton.rehearsal.global_tables import deleted_tables
from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import DYNAMODB

_DEFAULT_MODE = "ACCESSED_AND_THROTTLED_KEYS"

_Table = tuple[str, str, str]
"""Account, region, name."""


@dataclass(frozen=True)
class _Destination:
    """A Kinesis stream that a table streams to, or did: AWS goes on listing it as disabled."""

    precision: str | None
    is_active: bool = True


class Tables(Protocol):
    """Where a table is looked up."""

    def table(self, request: Request, name: str) -> Json | None: ...


class Absent:
    """Contributor insights, and streaming to Kinesis."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._insights: dict[tuple[_Table, str], str] = {}
        self._destinations: dict[tuple[_Table, str], _Destination] = {}
        self._answers: dict[tuple[str, str], Callable[[Request], Json]] = {
            (DYNAMODB, "UpdateContributorInsights"): self._update_insights,
            (DYNAMODB, "DescribeContributorInsights"): self._describe_insights,
            (DYNAMODB, "EnableKinesisStreamingDestination"): self._enable_destination,
            (DYNAMODB, "DisableKinesisStreamingDestination"): self._disable_destination,
            (DYNAMODB, "UpdateKinesisStreamingDestination"): self._update_destination,
            (DYNAMODB, "DescribeKinesisStreamingDestination"): self._describe_destinations,
        }

    def operations(self) -> list[tuple[str, str]]:
        return list(self._answers)

    def answers(self, request: Request) -> bool:
        return (request.service, request.operation) in self._answers

    def answer(self, request: Request) -> Json:
        """Raises Refused."""
        return self._answers[request.service, request.operation](request)

    def forget(self, request: Request) -> None:
        """What a carried out request deletes takes its insights and destinations with it."""
        for gone in deleted_tables(request):
            self._insights = {key: mode for key, mode in self._insights.items() if key[0] != gone}
            there = self._destinations.items()
            self._destinations = {key: one for key, one in there if key[0] != gone}
        for update in request.parameters.get("GlobalSecondaryIndexUpdates", ()):
            if "Delete" in update:
                self._insights.pop((_table(request), update["Delete"]["IndexName"]), None)

    def _described(self, request: Request) -> Json:
        name = request.parameters["TableName"]
        table = self._tables.table(request, name)
        if table is None:
            message = f"Requested resource not found: Table: {name} not found"
            raise Refused(request.name, NOT_FOUND, message)
        return table

    def _index(self, request: Request) -> str:
        """The index's name, "" for the table itself."""
        table, name = self._described(request), request.parameters.get("IndexName", "")
        there = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
        if name and name not in there:
            message = f"Requested resource not found: IndexName {name} is no global index"
            raise Refused(request.name, NOT_FOUND, message)
        return str(name)

    def _update_insights(self, request: Request) -> Json:
        key = (_table(request), self._index(request))
        if request.parameters["ContributorInsightsAction"] == "DISABLE":
            self._insights.pop(key, None)
        else:
            mode = self._insights.get(key, _DEFAULT_MODE)
            self._insights[key] = request.parameters.get("ContributorInsightsMode", mode)
        return self._describe_insights(request)

    def _describe_insights(self, request: Request) -> Json:
        index = self._index(request)
        mode = self._insights.get((_table(request), index))
        described: Json = {"TableName": request.parameters["TableName"]}
        if index:
            described["IndexName"] = index
        if mode is None:
            return {**described, "ContributorInsightsStatus": "DISABLED"}
        return {
            **described,
            "ContributorInsightsStatus": "ENABLED",
            "ContributorInsightsMode": mode,
        }

    def _enable_destination(self, request: Request) -> Json:
        self._described(request)
        key = (_table(request), request.parameters["StreamArn"])
        there = self._destinations.items()
        if any(table == key[0] and one.is_active for (table, _), one in there):
            # One is all that a table has.
            raise Refused(
                request.name,
                VALIDATION,
                "Table is not in a valid state to enable Kinesis Streaming Destination:"
                " EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform"
                " ENABLE operation.",
            )
        configuration = request.parameters.get("EnableKinesisStreamingConfiguration", {})
        precision = configuration.get("ApproximateCreationDateTimePrecision")
        self._destinations[key] = _Destination(precision)
        return self._destination(request, "ENABLING")

    def _disable_destination(self, request: Request) -> Json:
        self._existing_destination(request)
        key = (_table(request), request.parameters["StreamArn"])
        self._destinations[key] = _Destination(None, is_active=False)
        return self._destination(request, "DISABLING")

    def _update_destination(self, request: Request) -> Json:
        self._existing_destination(request)
        configuration = request.parameters.get("UpdateKinesisStreamingConfiguration", {})
        precision = configuration.get("ApproximateCreationDateTimePrecision")
        key = (_table(request), request.parameters["StreamArn"])
        self._destinations[key] = _Destination(precision)
        return self._destination(request, "UPDATING")

    def _existing_destination(self, request: Request) -> None:
        self._described(request)
        stream = request.parameters["StreamArn"]
        there = self._destinations.get((_table(request), stream))
        if there is None or not there.is_active:
            message = f"Table is not streaming to {stream}"
            raise Refused(request.name, VALIDATION, message)

    def _destination(self, request: Request, status: str) -> Json:
        parameters = request.parameters
        return {
            "TableName": parameters["TableName"],
            "StreamArn": parameters["StreamArn"],
            "DestinationStatus": status,
        }

    def _describe_destinations(self, request: Request) -> Json:
        self._described(request)
        destinations = []
        for (table, stream), there in self._destinations.items():
            if table == _table(request):
                status = "ACTIVE" if there.is_active else "DISABLED"
                destination = {"StreamArn": stream, "DestinationStatus": status}
                if there.precision is not None:
                    destination["ApproximateCreationDateTimePrecision"] = there.precision
                destinations.append(destination)
        return {
            "TableName": request.parameters["TableName"],
            "KinesisDataStreamDestinations": destinations,
        }


def _table(request: Request) -> _Table:
    return request.account_id, request.region, request.parameters["TableName"]
