"""Reads the autoscaling of one table, or of all tables of a region at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Protocol

from planton.account.requests import AUTOSCALING, RequestError, Send, pages
from planton.adopt.aws_scaling import ScalingAnswers
from planton.adopt.aws_values import Json

_NAMESPACE = {"ServiceNamespace": "dynamodb"}
_MAX_RESOURCES = 50
"""Resources that one request can name (DescribeScalableTargets, ResourceIds)."""


class ReadScaling(Protocol):
    """Reads the autoscaling of a table and its global indexes."""

    def __call__(self, region: str, table: str, indexes: Iterable[str]) -> ScalingAnswers:
        """Raises RequestError or AccountError."""


class ScalingOfOneTable:
    """Asks for a table's targets, and only for those that it has: their policies and actions."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def __call__(self, region: str, table: str, indexes: Iterable[str]) -> ScalingAnswers:
        """Raises RequestError or AccountError."""
        resources = [f"table/{table}", *(f"table/{table}/index/{name}" for name in indexes)]
        targets = tuple(
            target
            for start in range(0, len(resources), _MAX_RESOURCES)
            for target in self._pages(
                region,
                "DescribeScalableTargets",
                ResourceIds=resources[start : start + _MAX_RESOURCES],
            )
        )
        scaled = sorted({target["ResourceId"] for target in targets})
        return ScalingAnswers(
            targets,
            *(
                tuple(
                    one
                    for resource in scaled
                    for one in self._pages(region, operation, ResourceId=resource)
                )
                for operation in ("DescribeScalingPolicies", "DescribeScheduledActions")
            ),
        )

    def _pages(self, region: str, operation: str, **parameters: object) -> Iterator[Json]:
        return described(self._send, region, operation, parameters)


class ScalingOfAllTables:
    """Asks once for everything in a region, which is fewer requests than asking for each table.

    May be called from several threads.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._regions: dict[str, dict[str, ScalingAnswers] | RequestError] = {}
        self._lock = threading.Lock()

    def __call__(
        self,
        region: str,
        table: str,
        indexes: Iterable[str],  # noqa: ARG002  # the signature of ReadScaling
    ) -> ScalingAnswers:
        """Raises RequestError or AccountError."""
        with self._lock:
            if region not in self._regions:
                try:
                    self._regions[region] = self._read(region)
                except RequestError as error:
                    self._regions[region] = error
            found = self._regions[region]
        if isinstance(found, RequestError):
            raise found
        return found.get(table, ScalingAnswers())

    def _read(self, region: str) -> dict[str, ScalingAnswers]:
        """By table."""
        lists: list[dict[str, list[Json]]] = []
        for operation in _LISTS:
            by_table: dict[str, list[Json]] = {}
            for one in described(self._send, region, operation, {}):
                _, table, *_ = one["ResourceId"].split("/")
                by_table.setdefault(table, []).append(one)
            lists.append(by_table)
        return {
            table: ScalingAnswers(*(tuple(by_table.get(table, ())) for by_table in lists))
            for table in lists[0]
        }


def described(send: Send, region: str, operation: str, parameters: Json) -> Iterator[Json]:
    """Everything that a request describes. Raises RequestError or AccountError."""
    return pages(
        send, AUTOSCALING, region, operation, {**_NAMESPACE, **parameters}, _LISTS[operation]
    )


_LISTS = {
    "DescribeScalableTargets": "ScalableTargets",
    "DescribeScalingPolicies": "ScalingPolicies",
    "DescribeScheduledActions": "ScheduledActions",
}
"""The list in the answer to each request."""
