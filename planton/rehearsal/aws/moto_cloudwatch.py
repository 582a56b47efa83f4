"""moto's CloudWatch. It keeps alarms and never evaluates them: a new one is OK at once."""

from __future__ import annotations

from planton.rehearsal.aws.emulator import Emulator
from planton.rehearsal.aws.requests import CLOUDWATCH, Json, Request


class MotoCloudwatch:
    """The requests about alarms."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        client = self._emulator.client(CLOUDWATCH, request.account_id, request.region)
        response: Json = client._make_api_call(request.operation, request.parameters)
        return response
