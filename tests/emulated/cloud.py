"""The emulated AWS for tests: it refuses what AWS refuses, and changes and deletes resources."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from planton.rehearsal.aws.emulated_aws import DEFAULT_REGION, EmulatedAws
from planton.rehearsal.aws.emulator import DEFAULT_ACCOUNT_ID, Emulator
from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json, Request
from tests.emulated.provider.provider import Provider
from tests.emulated.rules import requests
from tests.emulated.rules.view import View
from tests.emulated.services import FullServices


class Cloud(EmulatedAws):
    """Requests may come from several threads."""

    def __init__(
        self, *, account_id: str | None = DEFAULT_ACCOUNT_ID, region: str = DEFAULT_REGION
    ) -> None:
        super().__init__(account_id=account_id, region=region, services=self._create_services)
        self._lock = threading.RLock()

    def _create_services(self, emulator: Emulator) -> FullServices:
        self.emulator, self.services = emulator, FullServices(emulator)
        return self.services

    def __enter__(self) -> Cloud:
        super().__enter__()
        return self

    def provider(self, config: Mapping[str, Any] | None = None) -> Provider:
        """Raises Refused or PropertyError, like the provider itself."""
        return Provider(self, config)

    def call(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        account_id: str | None = None,
        region: str | None = None,
    ) -> Json:
        """Sends a request that is not the program's: an autoscaler's, or a test's look at AWS.

        Raises Refused.
        """
        account_id = account_id or self.account_id or DEFAULT_ACCOUNT_ID
        region = region or self.region
        return self.send(Request(account_id, region, service, operation, dict(parameters)))

    def send(self, request: Request) -> Json:
        """Raises Refused."""
        with self._lock:
            return super().send(request)

    def check(self, request: Request) -> None:
        super().check(request)
        view = View(self.services, request, self.regions())
        if problems := list(requests.problems(request, view)):
            (code, _), messages = problems[0], [message for _, message in problems]
            raise Refused(request.name, code, "; ".join(messages))
