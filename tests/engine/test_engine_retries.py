"""Throttled requests, which the provider's SDK retries."""

from __future__ import annotations

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json, Request
from tests.engine.retries import Retrying

REQUEST = Request("123456789012", "us-east-1", "dynamodb", "CreateTable", {})


class Door:
    """Refuses so many requests with the code, and answers the next."""

    def __init__(self, code: str, refusals: int) -> None:
        self.code = code
        self.refusals = refusals
        self.asked = 0

    def __call__(self, request: Request) -> Json:
        self.asked += 1
        if self.asked <= self.refusals:
            raise Refused(request.name, self.code, "no")
        return {"asked": self.asked}


@pytest.mark.parametrize("code", ["LimitExceededException", "ThrottlingException"])
def test_a_transient_error_is_retried(code: str) -> None:
    assert Retrying(Door(code, 2), 2)(REQUEST) == {"asked": 3}


def test_the_number_of_retries_is_limited() -> None:
    door = Door("LimitExceededException", 3)
    with pytest.raises(Refused):
        Retrying(door, 2)(REQUEST)
    assert door.asked == 3


def test_a_permanent_error_is_not_retried() -> None:
    door = Door("ValidationException", 1)
    with pytest.raises(Refused):
        Retrying(door, 2)(REQUEST)
    assert door.asked == 1
