"""The APIs of the emulated AWS: moto's DynamoDB, and those that are emulated here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planton.rehearsal.aws.autoscaling import AutoscalingApi
from planton.rehearsal.aws.emulator import Emulator
from planton.rehearsal.aws.global_tables import GlobalTables
from planton.rehearsal.aws.iam import IamApi
from planton.rehearsal.aws.moto_cloudwatch import MotoCloudwatch
from planton.rehearsal.aws.moto_dynamodb import MotoDynamodb
from planton.rehearsal.aws.requests import AUTOSCALING, CLOUDWATCH, IAM, CallOutcome, Json, Request
from planton.rehearsal.aws.restores import RestoreApi
from planton.rehearsal.aws.unemulated import InsightsApi, PolicyApi, StreamingApi

Answer = Callable[[Request], Json]


@dataclass
class Services:
    """Which function answers an operation. `tables` answers DynamoDB's other operations, `alarms`
    CloudWatch's. `note` is told of requests that moto has answered without them."""

    tables: Answer
    alarms: Answer
    autoscaling: Mapping[str, Answer]
    iam: Answer
    emulated: Mapping[str, Answer]
    not_emulated: Mapping[str, Answer]
    note: Callable[[Request], None] = lambda _: None

    def answer(self, request: Request) -> tuple[CallOutcome, Json]:
        """Raises Refused, or botocore's ClientError."""
        if request.service == AUTOSCALING:
            return "done", self.autoscaling[request.operation](request)
        if request.service == CLOUDWATCH:
            return "done", self.alarms(request)
        if request.service == IAM:
            return "done", self.iam(request)
        if answer := self.not_emulated.get(request.operation):
            return "not emulated", answer(request)
        return "done", self.emulated.get(request.operation, self.tables)(request)


def services_for_creation(emulator: Emulator) -> Services:
    """The APIs that creating a table needs."""
    tables = GlobalTables(MotoDynamodb(emulator))
    return Services(
        tables=tables.send,
        alarms=MotoCloudwatch(emulator).send,
        autoscaling=AutoscalingApi().operations,
        iam=IamApi(emulator).send,
        emulated=PolicyApi().operations,
        not_emulated={
            **InsightsApi(tables).operations,
            **StreamingApi(tables).operations,
            **RestoreApi(tables).operations,
        },
        note=tables.note,
    )
