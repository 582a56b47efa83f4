"""aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import TEXT, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session

PRECISION = "ApproximateCreationDateTimePrecision"


class KinesisStreamingDestination:
    type = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
    inputs = block(
        "tableName streamArn",
        tableName=TEXT,
        streamArn=TEXT,
        approximateCreationDateTimePrecision=TEXT,
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        table, stream = inputs["tableName"], inputs["streamArn"]
        request: Json = {"TableName": table, "StreamArn": stream}
        if precision := inputs.get("approximateCreationDateTimePrecision"):
            request["EnableKinesisStreamingConfiguration"] = {PRECISION: precision}
        session.dynamodb("EnableKinesisStreamingDestination", **request)
        return ResourceState(f"{table},{stream}", self.outputs(session, table, stream))

    def outputs(self, session: Session, table: str, stream: str) -> Json:
        described = session.dynamodb("DescribeKinesisStreamingDestination", TableName=table)
        destinations = described["KinesisDataStreamDestinations"]
        (destination,) = [d for d in destinations if d["StreamArn"] == stream]
        return {
            "tableName": table,
            "streamArn": stream,
            "approximateCreationDateTimePrecision": destination.get(PRECISION, ""),
        }
