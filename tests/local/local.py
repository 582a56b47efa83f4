"""The verdict of DynamoDB Local on requests, through botocore without client-side checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import botocore.session  # type: ignore[import-untyped]  # has no types
from botocore.config import Config  # type: ignore[import-untyped]  # same
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # same

from tests.local.transcription import Request


class Faulty(Exception):
    """DynamoDB Local failed instead of judging: neither its verdict nor that of AWS."""


@dataclass(frozen=True)
class Verdict:
    """Whether a table could be created, and the error if it could not."""

    accepted: bool
    message: str = ""


class Local:
    """One running DynamoDB Local. A table that it makes is deleted at once."""

    def __init__(self, port: int) -> None:
        session = botocore.session.Session()
        # What botocore would refuse on its own is for the service to refuse.
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, proxies={})
        self._client: Any = session.create_client(
            "dynamodb",
            region_name="eu-central-1",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
            config=config,
        )

    def judge(self, create: Request, ttl: Request | None = None) -> Verdict:
        """The verdict on a table and on its TTL.

        Raises:
            Faulty: there is none.
        """
        verdict = self._ask("create_table", create)
        if not verdict.accepted:
            return verdict
        name = create["TableName"]
        try:
            return self._ask("update_time_to_live", ttl) if ttl else verdict
        finally:
            if create.get("DeletionProtectionEnabled"):
                self._client.update_table(TableName=name, DeletionProtectionEnabled=False)
            self._client.delete_table(TableName=name)

    def _ask(self, operation: str, request: Request) -> Verdict:
        try:
            getattr(self._client, operation)(**request)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code != "ValidationException":
                raise Faulty(f"{operation}: {code}: {message}") from error
            return Verdict(False, message)
        return Verdict(True)
