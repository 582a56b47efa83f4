"""Requests as AWS's SDK sends them: throttled ones are retried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json, Request
from tests.emulated.codes import LIMIT

RETRIES = 25
"""How often the provider tries again where `maxRetries` is not set."""
PASSING = {LIMIT, "ThrottlingException", "ProvisionedThroughputExceededException"}
"""Errors that the SDK takes for passing ones, a limit of the account among them."""


@dataclass(frozen=True)
class Retrying:
    """The same door to AWS, tried so many times at most; without the waiting in between."""

    send: Callable[[Request], Json]
    retries: int

    def __call__(self, request: Request) -> Json:
        """Raises Refused."""
        for _ in range(self.retries):
            try:
                return self.send(request)
            except Refused as refused:
                if refused.code not in PASSING:
                    raise
        return self.send(request)
