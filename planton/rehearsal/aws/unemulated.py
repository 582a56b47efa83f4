"""APIs that moto lacks, or has without any check: what was written can be read back.

Contributor insights and streaming to Kinesis are recorded as "not emulated".
"""

from __future__ import annotations

from itertools import count
from typing import Protocol

from planton.rehearsal.aws.requests import Json, Request

Table = tuple[str, str, str]
"""Account, region and name of a table."""

DEFAULT_MODE = "ACCESSED_AND_THROTTLED_KEYS"
_FIRST_REVISION = 1700000000000
"""Revisions look like AWS's milliseconds, and are the same in every rehearsal."""


class Tables(Protocol):
    """Describes tables."""

    def describe(self, request: Request, name: str) -> Json:
        """The table's description. Raises botocore's ClientError if it does not exist."""


def table_of(request: Request) -> Table:
    return request.account_id, request.region, request.parameters["TableName"]


class InsightsApi:
    """Contributor insights of tables and of global indexes: their modes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.modes: dict[tuple[Table, str], str] = {}
        """By table and by the index's name, which is "" for the table itself."""
        self.operations = {
            "UpdateContributorInsights": self.update,
            "DescribeContributorInsights": self.describe,
        }

    def update(self, request: Request) -> Json:
        mode = self.modes.get(_monitored(request), DEFAULT_MODE)
        mode = request.parameters.get("ContributorInsightsMode", mode)
        self.modes[_monitored(request)] = mode
        return self.describe(request)

    def describe(self, request: Request) -> Json:
        self._tables.describe(request, request.parameters["TableName"])
        return {
            "TableName": request.parameters["TableName"],
            "ContributorInsightsStatus": "ENABLED",
            "ContributorInsightsMode": self.modes[_monitored(request)],
        }


def _monitored(request: Request) -> tuple[Table, str]:
    return table_of(request), request.parameters.get("IndexName", "")


class StreamingApi:
    """Kinesis streams to which a table streams: the precision of their timestamps."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.precisions: dict[tuple[Table, str], str | None] = {}
        """By table and by the stream's ARN."""
        self.operations = {
            "EnableKinesisStreamingDestination": self.enable,
            "DescribeKinesisStreamingDestination": self.describe,
        }

    def enable(self, request: Request) -> Json:
        self._tables.describe(request, request.parameters["TableName"])
        stream = request.parameters["StreamArn"]
        configuration = request.parameters.get("EnableKinesisStreamingConfiguration", {})
        precision = configuration.get(PRECISION)
        self.precisions[table_of(request), stream] = precision
        return {
            "TableName": request.parameters["TableName"],
            "StreamArn": stream,
            "DestinationStatus": "ENABLING",
        }

    def describe(self, request: Request) -> Json:
        self._tables.describe(request, request.parameters["TableName"])
        destinations = [
            {"StreamArn": stream, "DestinationStatus": "ACTIVE"}
            | ({} if precision is None else {PRECISION: precision})
            for (table, stream), precision in self.precisions.items()
            if table == table_of(request)
        ]
        return {
            "TableName": request.parameters["TableName"],
            "KinesisDataStreamDestinations": destinations,
        }


PRECISION = "ApproximateCreationDateTimePrecision"


class PolicyApi:
    """Resource policies of tables and of streams, whose content is not checked.

    moto has policies of tables only.
    """

    def __init__(self) -> None:
        self.policies: dict[str, tuple[str, str]] = {}
        """Policy and revision by the ARN of the table or stream."""
        self._revisions = count(_FIRST_REVISION)
        self.operations = {"PutResourcePolicy": self.put}

    def put(self, request: Request) -> Json:
        arn, policy = request.parameters["ResourceArn"], request.parameters["Policy"]
        self.policies[arn] = policy, str(next(self._revisions))
        return {"RevisionId": self.policies[arn][1]}
