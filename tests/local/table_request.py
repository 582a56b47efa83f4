"""CreateTable requests to vary: a table on demand with the partition key `a`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.local.transcription import Request


def table(**changes: Any) -> Request:
    """A valid request, and what is different in it."""
    return {
        "TableName": "orders",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes("a"),
        "KeySchema": key("a"),
        **changes,
    }


def attributes(*names: str) -> list[Request]:
    """Definitions, all of them of text."""
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def key(partition: str, sort: str | None = None) -> list[Request]:
    """A key schema."""
    names = [partition] if sort is None else [partition, sort]
    types = ("HASH", "RANGE")
    return [
        {"AttributeName": n, "KeyType": t} for n, t in zip(names, types[: len(names)], strict=True)
    ]


def index(
    name: str, partition: str, sort: str | None = None, *, include: Sequence[str] = (), **more: Any
) -> Request:
    """An index of all attributes, or of those that are named."""
    projection: Request = {"ProjectionType": "ALL"}
    if include:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(include)}
    return {
        "IndexName": name,
        "KeySchema": key(partition, sort),
        "Projection": projection,
        **more,
    }


def indexes(request: Request) -> list[Request]:
    """All indexes of a table."""
    return [
        *request.get("GlobalSecondaryIndexes", []),
        *request.get("LocalSecondaryIndexes", []),
    ]


def maxima(request: Request) -> list[Request]:
    """Every block of on-demand maxima in a request."""
    holders = (request, *request.get("GlobalSecondaryIndexes", []))
    return [holder["OnDemandThroughput"] for holder in holders if "OnDemandThroughput" in holder]
