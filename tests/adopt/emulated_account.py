"""The emulated AWS as the account that is read, with what an account can refuse."""

from __future__ import annotations

from collections import Counter

from planton.account.requests import RequestError
from planton.account.scaling import ScalingOfOneTable
from planton.account.tables import TableReader
from planton.adopt.aws_values import Json
from planton.adopt.found import FoundTable
from planton.rehearsal.aws.errors import Refused
from tests.emulated.cloud import Cloud

REGION = "eu-west-1"


class EmulatedAccount:
    """Sends requests to the emulated AWS. `refused` are the codes of operations that it refuses,
    and `answers` its answers to others."""

    def __init__(self, cloud: Cloud, account_id: str | None = None) -> None:
        self._cloud = cloud
        self._account_id = account_id
        self.refused: dict[str, str] = {}
        self.answers: dict[str, Json] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        """By service and operation."""

    def __call__(self, service: str, region: str, operation: str, parameters: Json) -> Json:
        """Raises RequestError."""
        self.asked[service, operation] += 1
        code = self.refused.get(operation) or self.refused.get(f"{region} {operation}")
        if code:
            raise RequestError(service, operation, code, "not today")
        if operation in self.answers:
            return self.answers[operation]
        try:
            return self._cloud.call(
                service, operation, parameters, region=region, account_id=self._account_id
            )
        except Refused as refused:
            raise RequestError(service, operation, refused.code, refused.message or "") from None

    def read(self, name: str = "orders", region: str = REGION) -> FoundTable:
        """Raises UnreadableTable or RequestError."""
        return TableReader(self, ScalingOfOneTable(self)).read(name, region)
