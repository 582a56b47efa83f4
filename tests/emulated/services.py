"""Every API that the provider uses on new and on existing resources."""

from __future__ import annotations

from planton.rehearsal.aws.emulator import Emulator
from planton.rehearsal.aws.moto_cloudwatch import MotoCloudwatch
from planton.rehearsal.aws.requests import AUTOSCALING, IAM, CallOutcome, Json, Request
from planton.rehearsal.aws.services import Services
from tests.emulated.aws.autoscaling import FullAutoscaling
from tests.emulated.aws.dynamodb import FullDynamodb
from tests.emulated.aws.global_tables import FullGlobalTables
from tests.emulated.aws.iam import FullIam
from tests.emulated.aws.insights import FullInsights
from tests.emulated.aws.keys import KMS, describe_key
from tests.emulated.aws.policies import FullPolicies
from tests.emulated.aws.restores import FullRestores
from tests.emulated.aws.streaming import FullStreaming


class FullServices(Services):
    """What a successful request deletes takes its insights, destinations and policies with it."""

    def __init__(self, emulator: Emulator) -> None:
        self.global_tables = FullGlobalTables(FullDynamodb(emulator))
        self.scaling = FullAutoscaling(self.global_tables)
        self.insights = FullInsights(self.global_tables)
        self.streaming = FullStreaming(self.global_tables)
        self.policies = FullPolicies(self.global_tables)
        self._restores = FullRestores(self.global_tables)
        super().__init__(
            tables=self.global_tables.send,
            alarms=MotoCloudwatch(emulator).send,
            autoscaling=self.scaling.operations,
            iam=FullIam(emulator).send,
            emulated=self.policies.operations,
            not_emulated={
                **self.insights.operations,
                **self.streaming.operations,
                **self._restores.operations,
            },
        )

    def answer(self, request: Request) -> tuple[CallOutcome, Json]:
        if request.service == KMS:
            return "done", describe_key(request)
        if request.service == IAM:
            return super().answer(request)
        is_emulated = request.service != AUTOSCALING and self._restores.is_emulated(request)
        outcome, response = super().answer(request)
        for api in (self.insights, self.streaming, self.policies):
            api.forget(request)
        return "done" if is_emulated else outcome, response
