"""An emulated AWS for a test, and the inputs of a plain table to vary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from planton.rehearsal.cloud import Cloud
from planton.rehearsal.provider import Provider
from planton.rehearsal.records import Call, Json, Made

TABLE = "aws:dynamodb/table:Table"


class Inputs(Protocol):
    def __call__(self, **changes: Any) -> Json: ...


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def aws(cloud: Cloud) -> Provider:
    return cloud.provider({"region": "eu-west-1"})


@pytest.fixture
def table() -> Inputs:
    """On-demand, `pk` and `sk`; a change to None takes an input away."""

    def inputs(**changes: Any) -> Json:
        whole = {
            "name": "orders",
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "pk",
            "rangeKey": "sk",
            "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "N"}],
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    return inputs


class Living:
    """A table that lives, to be taken from one set of inputs to the next."""

    def __init__(self, cloud: Cloud, aws: Provider, inputs: Json) -> None:
        self._cloud = cloud
        self._aws = aws
        self.made: Made = aws.create(TABLE, inputs)
        self.inputs = inputs

    def become(self, inputs: Json) -> list[tuple[str, Json]]:
        """The requests that change something, in order, without the table's name."""
        before = len(self._cloud.calls)
        self.made = self._aws.update(TABLE, self.made.id, self.made.outputs, inputs)
        self.inputs = inputs
        return changes(self._cloud.calls[before:])

    def described(self) -> Json:
        """What DescribeTable says of it."""
        answer = self._cloud.call(
            "dynamodb", "DescribeTable", {"TableName": self.made.id}, region="eu-west-1"
        )
        described: Json = answer["Table"]
        return described


def changes(calls: list[Call]) -> list[tuple[str, Json]]:
    return [
        (call.operation, {k: v for k, v in call.parameters.items() if k != "TableName"})
        for call in calls
        if not call.operation.startswith(("Describe", "List"))
    ]


class Live(Protocol):
    def __call__(self, inputs: Json) -> Living: ...


@pytest.fixture
def live(cloud: Cloud, aws: Provider) -> Live:
    return lambda inputs: Living(cloud, aws, inputs)
