"""Streaming to Kinesis over its whole life."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.kinesis import KinesisStreamingDestination
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session
from tests.emulated.provider.lifecycle import ignoring


class KinesisLifecycle(KinesisStreamingDestination):
    replaced_by = frozenset(KinesisStreamingDestination.inputs.properties)

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        table, stream = id_.split(",")
        described: Json = {"KinesisDataStreamDestinations": []}
        with ignoring(NOT_FOUND):
            described = session.dynamodb("DescribeKinesisStreamingDestination", TableName=table)
        for destination in described["KinesisDataStreamDestinations"]:
            if (destination["StreamArn"], destination["DestinationStatus"]) == (stream, "ACTIVE"):
                return self.outputs(session, table, stream)
        return None

    def update(self, session: Session, id_: str, _state: Json, _inputs: Json) -> ResourceState:
        """Every change is a replacement: there is nothing to send."""
        return ResourceState(id_, self.outputs(session, *id_.split(",")))

    def delete(self, session: Session, id_: str, state: Json) -> None:
        if self.read(session, id_, state) is None:
            return
        table, stream = id_.split(",")
        with ignoring(NOT_FOUND):
            session.dynamodb(
                "DisableKinesisStreamingDestination", TableName=table, StreamArn=stream
            )
