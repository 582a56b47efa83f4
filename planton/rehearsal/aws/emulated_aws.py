"""The emulated AWS: every request is checked, answered and recorded here."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import TracebackType

from planton.rehearsal.aws.emulator import Emulator, is_network_refusal
from planton.rehearsal.aws.errors import VALIDATION, NetworkRefused, Refused
from planton.rehearsal.aws.model_check import violations
from planton.rehearsal.aws.requests import (
    Call,
    CallOutcome,
    HttpAnswer,
    HttpRequest,
    Json,
    Request,
)
from planton.rehearsal.aws.services import Services, services_for_creation

DEFAULT_REGION = "us-east-1"


class EmulatedAws:
    """An AWS that is empty at first and ends with the `with` block.

    `account_id` is the account of all credentials; None is the account that the provider allows,
    so that a rehearsal uses the account of the manifest. `region` is the default of a provider
    without a region. `services` creates the APIs that answer. Only one cloud can be used at a time
    in a process: moto keeps its state in module globals.
    """

    def __init__(
        self,
        *,
        account_id: str | None,
        region: str = DEFAULT_REGION,
        services: Callable[[Emulator], Services] = services_for_creation,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.calls: list[Call] = []
        self._emulator = Emulator()
        self._services = services(self._emulator)

    def __enter__(self) -> EmulatedAws:
        self._emulator.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._emulator.stop()

    def regions(self) -> list[str]:
        """The regions of DynamoDB."""
        return self._emulator.regions()

    def send(self, request: Request) -> Json:
        """The response to a request, which is recorded whether it succeeds or not.

        Raises Refused.
        """
        request = copy.deepcopy(request)
        try:
            self.check(request)
            outcome, response = self._answer(request)
        except Refused as refused:
            self._record(request, "refused", refused)
            raise
        self._record(request, outcome)
        response.pop("ResponseMetadata", None)
        return response

    def peek(self, request: Request) -> Json:
        """The response to a request that only reads; it is not recorded. Raises Refused."""
        self.check(request)
        _, response = self._answer(copy.deepcopy(request))
        response.pop("ResponseMetadata", None)
        return response

    def forward(self, request: HttpRequest) -> HttpAnswer:
        """moto's answer to an HTTP request, unchecked, uncorrected and not recorded. Whatever moto
        raises is raised."""
        return self._emulator.forward(request)

    def note(self, request: Request) -> None:
        """Keeps what moto drops of a forwarded request that created, updated or deleted a table, so
        that the next description is right."""
        self._services.note(request)

    def check(self, request: Request) -> None:
        """Raises Refused for parameters that AWS's service model does not allow."""
        client = self._emulator.client(request.service, request.account_id, request.region)
        operation = client.meta.service_model.operation_model(request.operation)
        if found := list(violations(operation.input_shape, request.parameters)):
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
            raise Refused(request.name, VALIDATION, f"{count}: {'; '.join(found)}")

    def _answer(self, request: Request) -> tuple[CallOutcome, Json]:
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # has none

        try:
            return self._services.answer(request)
        except ClientError as refused:
            code, message = refused.response["Error"]["Code"], refused.response["Error"]["Message"]
            if is_network_refusal(code):
                raise NetworkRefused(f"{request.name}: {message}") from refused
            raise Refused(request.name, code, message) from refused

    def _record(
        self, request: Request, outcome: CallOutcome, refused: Refused | None = None
    ) -> None:
        self.calls.append(
            Call(
                account_id=request.account_id,
                region=request.region,
                service=request.service,
                operation=request.operation,
                parameters=request.parameters,
                outcome=outcome,
                code=refused.code if refused else None,
                message=refused.message if refused else None,
            )
        )
