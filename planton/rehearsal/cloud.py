"""The emulated AWS: one door for every request, which checks, carries out and records it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

from planton.rehearsal import request_rules
from planton.rehearsal.absent import Absent
from planton.rehearsal.emulator import DEFAULT_ACCOUNT_ID, Emulator, is_network_refusal
from planton.rehearsal.errors import VALIDATION, NetworkRefused, Refused
from planton.rehearsal.global_tables import GlobalTables, Group, deleted_tables
from planton.rehearsal.keys import Keys
from planton.rehearsal.model_check import violations
from planton.rehearsal.moto_autoscaling import MotoAutoscaling
from planton.rehearsal.moto_dynamodb import MotoDynamodb
from planton.rehearsal.policies import Policies
from planton.rehearsal.provider import Provider
from planton.rehearsal.records import Call, Json, Outcome, Request
from planton.rehearsal.restores import Restores, source
from planton.rehearsal.session import DYNAMODB

DEFAULT_REGION = "us-east-1"


class Cloud:
    """An AWS that begins empty and is gone at the end of the `with` block.

    `account_id` is the account of whatever credentials a provider has; None takes the one that
    the provider allows, so that a rehearsal is in the account that the manifest names. `region`
    is for a provider that names none. One cloud at a time in a process: moto keeps module globals.
    """

    def __init__(
        self, *, account_id: str | None = DEFAULT_ACCOUNT_ID, region: str = DEFAULT_REGION
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.calls: list[Call] = []
        self._lock = threading.RLock()
        self._emulator = Emulator()
        self._dynamodb = GlobalTables(MotoDynamodb(self._emulator))
        self._autoscaling = MotoAutoscaling(self._emulator)
        self._absent = Absent(self._dynamodb)
        self._policies = Policies(self._dynamodb)
        self._restores = Restores(self._dynamodb)
        self._keys = Keys()

    def __enter__(self) -> Cloud:
        self._emulator.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._emulator.stop()

    def provider(self, inputs: Mapping[str, Any] | None = None) -> Provider:
        """The provider that `pulumi:providers:aws` with these inputs is.

        Raises:
            Refused: a foreign account, or a region that AWS does not have.
            PropertyError: not the provider's inputs.
        """
        return Provider.configured(self, inputs or {})

    def regions(self) -> list[str]:
        """The regions that DynamoDB is in."""
        return self._emulator.regions()

    def call(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        account_id: str | None = None,
        region: str | None = None,
    ) -> Json:
        """One request from outside the program: an autoscaler at work, a look at what is there.

        Raises Refused.
        """
        account_id = account_id or self.account_id or DEFAULT_ACCOUNT_ID
        region = region or self.region
        return self.carry_out(Request(account_id, region, service, operation, dict(parameters)))

    def carry_out(self, request: Request) -> Json:
        """The response to a request, which is recorded whatever comes of it. Raises Refused."""
        request = copy.deepcopy(request)
        with self._lock:
            outcome: Outcome = "done"
            try:
                self._check(request)
                if self._absent.answers(request):
                    outcome = "not emulated"
                    response = self._absent.answer(request)
                else:
                    if self._restores.answers(request) and not self._restores.is_known(request):
                        outcome = "not emulated"
                    response = self._send(request)
                    self._absent.forget(request)
                    self._policies.forget(deleted_tables(request))
            except Refused as refused:
                self._record(request, "refused", refused.code, refused.message)
                raise
            self._record(request, outcome)
            response.pop("ResponseMetadata", None)
            return response

    def _check(self, request: Request) -> None:
        client = self._emulator.client(request.service, request.account_id, request.region)
        operation = client.meta.service_model.operation_model(request.operation)
        if found := list(violations(operation.input_shape, request.parameters)):
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
            raise Refused(request.name, VALIDATION, f"{count}: {'; '.join(found)}")
        if problems := list(request_rules.problems(request, _View(self, request))):
            (code, _), messages = problems[0], [message for _, message in problems]
            raise Refused(request.name, code, "; ".join(messages))

    def _send(self, request: Request) -> Json:
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # has none

        try:
            for side in (self._restores, self._policies, self._keys):
                if side.answers(request):
                    return side.answer(request)
            if request.service == DYNAMODB:
                return self._dynamodb.send(request)
            response = self._autoscaling.send(request)
            if request.operation == "RegisterScalableTarget":
                kind, name, *_ = request.parameters["ResourceId"].split("/")
                if kind == "table":
                    self._dynamodb.align_units(request, name)
            return response
        except ClientError as refused:
            code, message = refused.response["Error"]["Code"], refused.response["Error"]["Message"]
            if is_network_refusal(code):
                raise NetworkRefused(f"{request.name}: {message}") from refused
            raise Refused(request.name, code, message) from refused

    def _record(
        self,
        request: Request,
        outcome: Outcome,
        code: str | None = None,
        message: str | None = None,
    ) -> None:
        self.calls.append(
            Call(
                account_id=request.account_id,
                region=request.region,
                service=request.service,
                operation=request.operation,
                parameters=request.parameters,
                outcome=outcome,
                code=code,
                message=message,
            )
        )


class _View:
    """What is there before a request, for the rules; looking is not recorded."""

    def __init__(self, cloud: Cloud, request: Request) -> None:
        self._cloud = cloud
        self._dynamodb = cloud._dynamodb
        self._autoscaling = cloud._autoscaling
        self._request = request

    @property
    def region(self) -> str:
        return self._request.region

    def regions(self) -> list[str]:
        return self._cloud.regions()

    def table(self, name: str, region: str | None = None) -> Json | None:
        return self._dynamodb.table(replace(self._request, region=region or self.region), name)

    def group(self, name: str) -> Group | None:
        return self._dynamodb.group(self._request, name)

    def time_to_live(self, name: str) -> Json:
        return self._dynamodb.time_to_live(self._request, name)

    def target(self, resource_id: str, dimension: str) -> Json | None:
        return self._autoscaling.target(self._request, resource_id, dimension)

    def policy(self, resource_id: str, dimension: str, name: str) -> Json | None:
        return self._autoscaling.policy(self._request, resource_id, dimension, name)

    def action(self, resource_id: str, dimension: str, name: str) -> Json | None:
        return self._autoscaling.action(self._request, resource_id, dimension, name)

    def restored(self) -> Json | None:
        """The table that the request restores, if it is here."""
        return source(self._request, self._dynamodb.table)

    def recovery(self, table: Json) -> str:
        """Whether the table can be taken back in time: ENABLED or DISABLED."""
        region, account_id = table["TableArn"].split(":")[3:5]
        asked = Request(
            account_id,
            region,
            DYNAMODB,
            "DescribeContinuousBackups",
            {"TableName": table["TableName"]},
        )
        backups = self._dynamodb.send(asked)["ContinuousBackupsDescription"]
        status: str = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        return status

    def is_scaled(self, resource_id: str, dimension: str) -> bool:
        target = self._autoscaling.target(self._request, resource_id, dimension)
        return target is not None and bool(
            self._autoscaling.policies(self._request, resource_id, dimension)
        )
