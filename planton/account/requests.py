"""A request to AWS, as far as the reader of tables knows it, and why it can fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from planton.adopt.aws_values import Json

DYNAMODB = "dynamodb"
AUTOSCALING = "application-autoscaling"
KMS = "kms"

_NO_PERMISSION = ("AccessDeniedException", "AccessDenied")
_NO_OPERATION = ("UnknownOperationException", "404", "500", "501")
"""What DynamoDB Local and moto answer to a request that they do not have. The numbers are statuses
without one of the codes, which AWS always sends."""
_REPEATED = "the same page again"
NOT_FOUND = "ResourceNotFoundException"


class AccountError(Exception):
    """No request can succeed: there are no valid credentials, no region or no connection."""


class RequestError(Exception):
    """AWS refused one request."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        self.code = code
        self._action = f"{service}:{operation}"
        self._message = message
        super().__init__(self.reason)

    @property
    def is_gap(self) -> bool:
        """Whether other requests about the table can succeed all the same."""
        return self.code in (*_NO_PERMISSION, *_NO_OPERATION, _REPEATED)

    @property
    def reason(self) -> str:
        """What to say of it."""
        if self.code in _NO_PERMISSION:
            return f"it could not be read: the permission {self._action} is missing"
        if self.code == _REPEATED:
            return f"it could not be read: the endpoint answers {self._action} without end"
        if self.code in _NO_OPERATION:
            return f"it could not be read: the endpoint does not know {self._action}"
        return f"{self._action} failed: {self.code}: {self._message}"


class Send(Protocol):
    """Sends a request to a service in a region; returns the answer."""

    def __call__(self, service: str, region: str, operation: str, parameters: Json) -> Json:
        """Raises RequestError or AccountError."""


def pages(
    send: Send,
    service: str,
    region: str,
    operation: str,
    parameters: Json,
    key: str,
    *,
    token: tuple[str, str] = ("NextToken", "NextToken"),
) -> Iterator[Any]:
    """The items of a list that comes in pages. `token` names the member of an answer that asks for
    the next page, and the parameter for it.

    Raises RequestError or AccountError.
    """
    answered, asked = token
    seen = set()
    while True:
        answer = send(service, region, operation, parameters)
        yield from answer.get(key, ())
        if not (next_page := answer.get(answered)):
            return
        if next_page in seen:  # seen with a stand-in for AWS; it would fill the memory
            raise RequestError(service, operation, _REPEATED, "")
        seen.add(next_page)
        parameters = {**parameters, asked: next_page}
