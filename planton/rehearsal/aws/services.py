"""The APIs of the emulated AWS: moto's DynamoDB, and those that are emulated here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planton.rehearsal.aws.autoscaling import AutoscalingApi
from planton.rehearsal.aws.emulator import Emulator
from planton.rehearsal.aws.global_tables import GlobalTables
from planton.rehearsal.aws.moto_dynamodb import MotoDynamodb
from planton.rehearsal.aws.requests import AUTOSCALING, Json, Outcome, Request
from planton.rehearsal.aws.restores import RestoreApi
from planton.rehearsal.aws.unemulated import InsightsApi, PolicyApi, StreamingApi

Answer = Callable[[Request], Json]


class Services:
    """What creating a table needs."""

    def __init__(self, emulator: Emulator) -> None:
        tables = GlobalTables(MotoDynamodb(emulator))
        self._autoscaling = AutoscalingApi().operations
        self._emulated: Mapping[str, Answer] = PolicyApi().operations
        self._not_emulated: Mapping[str, Answer] = {
            **InsightsApi(tables).operations,
            **StreamingApi(tables).operations,
            **RestoreApi(tables).operations,
        }
        self._others = tables.send

    def answer(self, request: Request) -> tuple[Outcome, Json]:
        """Raises Refused, or botocore's ClientError."""
        if request.service == AUTOSCALING:
            return "done", self._autoscaling[request.operation](request)
        if answer := self._not_emulated.get(request.operation):
            return "not emulated", answer(request)
        return "done", self._emulated.get(request.operation, self._others)(request)
