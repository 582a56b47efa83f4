"""Streaming to Kinesis that can be changed and disabled: AWS lists a disabled destination too."""

from __future__ import annotations

from planton.rehearsal.aws.errors import VALIDATION, Refused
from planton.rehearsal.aws.requests import Json, Request
from planton.rehearsal.aws.unemulated import PRECISION, StreamingApi, Table, table_of
from tests.emulated.aws.deletions import deleted_tables
from tests.emulated.aws.global_tables import FullGlobalTables


class FullStreaming(StreamingApi):
    """Raises Refused for a second destination, and for changes of one that is not enabled."""

    def __init__(self, tables: FullGlobalTables) -> None:
        super().__init__(tables)
        self.disabled: dict[tuple[Table, str], None] = {}
        self.operations |= {
            "DisableKinesisStreamingDestination": self.disable,
            "UpdateKinesisStreamingDestination": self.update,
        }

    def enable(self, request: Request) -> Json:
        self._tables.describe(request, request.parameters["TableName"])
        if any(table == table_of(request) for table, _ in self.precisions):
            raise Refused(
                request.name,
                VALIDATION,
                "Table is not in a valid state to enable Kinesis Streaming Destination:"
                " EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform"
                " ENABLE operation.",
            )
        self.disabled.pop((table_of(request), request.parameters["StreamArn"]), None)
        return super().enable(request)

    def disable(self, request: Request) -> Json:
        key = self._existing(request)
        del self.precisions[key]
        self.disabled[key] = None
        return _destination(request, "DISABLING")

    def update(self, request: Request) -> Json:
        key = self._existing(request)
        configuration = request.parameters.get("UpdateKinesisStreamingConfiguration", {})
        self.precisions[key] = configuration.get(PRECISION)
        return _destination(request, "UPDATING")

    def describe(self, request: Request) -> Json:
        described = super().describe(request)
        described["KinesisDataStreamDestinations"] += [
            {"StreamArn": stream, "DestinationStatus": "DISABLED"}
            for table, stream in self.disabled
            if table == table_of(request)
        ]
        return described

    def forget(self, request: Request) -> None:
        """Drops the destinations of what a successful request deletes."""
        for deleted in deleted_tables(request):
            self.precisions = {k: v for k, v in self.precisions.items() if k[0] != deleted}
            self.disabled = {k: v for k, v in self.disabled.items() if k[0] != deleted}

    def _existing(self, request: Request) -> tuple[Table, str]:
        self._tables.describe(request, request.parameters["TableName"])
        key = table_of(request), request.parameters["StreamArn"]
        if key not in self.precisions:
            raise Refused(request.name, VALIDATION, f"Table is not streaming to {key[1]}")
        return key


def _destination(request: Request, status: str) -> Json:
    parameters = request.parameters
    return {
        "TableName": parameters["TableName"],
        "StreamArn": parameters["StreamArn"],
        "DestinationStatus": status,
    }
