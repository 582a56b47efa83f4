"""An API request, and the record of it after the emulated AWS has answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
CallOutcome = Literal["done", "refused", "not emulated"]

DYNAMODB = "dynamodb"
AUTOSCALING = "application-autoscaling"
CLOUDWATCH = "cloudwatch"
IAM = "iam"


@dataclass(frozen=True)
class Request:
    """One API request before it is answered; services have their botocore names."""

    account_id: str
    region: str
    service: str
    operation: str
    parameters: Json

    @property
    def name(self) -> str:
        return f"{self.service} {self.operation}"


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request to AWS, as an SDK sends it; the URL is one of AWS."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpAnswer:
    """The answer to an HTTP request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Call:
    """One API request and its outcome.

    "not emulated" means that the parameters are valid, and that nothing more was checked.
    """

    account_id: str
    region: str
    service: str
    operation: str
    parameters: Json
    outcome: CallOutcome
    code: str | None = None
    message: str | None = None
