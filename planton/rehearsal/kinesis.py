"""aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination."""

from __future__ import annotations

from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.properties import TEXT, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.session import Session

_PRECISION = "ApproximateCreationDateTimePrecision"


class KinesisStreamingDestination:
    type = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
    inputs = block(
        "tableName streamArn",
        tableName=TEXT,
        streamArn=TEXT,
        approximateCreationDateTimePrecision=TEXT,
        region=TEXT,
    )
    replaced_by = frozenset(inputs.properties)

    def create(self, session: Session, inputs: Json) -> Made:
        request: Json = {"TableName": inputs["tableName"], "StreamArn": inputs["streamArn"]}
        if precision := inputs.get("approximateCreationDateTimePrecision"):
            request["EnableKinesisStreamingConfiguration"] = {_PRECISION: precision}
        session.dynamodb("EnableKinesisStreamingDestination", **request)
        return self._made(session, f"{inputs['tableName']},{inputs['streamArn']}")

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        table, stream = id_.split(",")
        try:
            described = session.dynamodb("DescribeKinesisStreamingDestination", TableName=table)
        except Refused as refused:
            if refused.code == NOT_FOUND:
                return None
            raise
        for destination in described["KinesisDataStreamDestinations"]:
            if destination["StreamArn"] == stream and destination["DestinationStatus"] == "ACTIVE":
                return {
                    "tableName": table,
                    "streamArn": stream,
                    "approximateCreationDateTimePrecision": destination.get(_PRECISION, ""),
                }
        return None

    def update(self, session: Session, id_: str, _state: Json, _inputs: Json) -> Made:
        """Every change is a replacement: there is nothing to carry out."""
        return self._made(session, id_)

    def delete(self, session: Session, id_: str, state: Json) -> None:
        if self.read(session, id_, state) is None:
            return
        table, stream = id_.split(",")
        try:
            session.dynamodb(
                "DisableKinesisStreamingDestination", TableName=table, StreamArn=stream
            )
        except Refused as refused:
            if refused.code != NOT_FOUND:
                raise

    def _made(self, session: Session, id_: str) -> Made:
        outputs = self.read(session, id_, {})
        assert outputs is not None
        return Made(id_, outputs)
