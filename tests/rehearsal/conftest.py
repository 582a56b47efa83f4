"""An emulated AWS for a test, and the inputs of a plain table to vary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from planton.rehearsal.aws.requests import Json
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.existing_table import ExistingTable


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
    """On-demand, `pk` and `sk`; a change to None removes an input."""

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


class CreateTable(Protocol):
    def __call__(self, inputs: Json) -> ExistingTable: ...


@pytest.fixture
def create_table(cloud: Cloud, aws: Provider) -> CreateTable:
    return lambda inputs: ExistingTable(cloud, aws, inputs)
