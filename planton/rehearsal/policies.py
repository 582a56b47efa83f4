"""Resource policies of tables and of their streams.

moto has some, which outlive their table, know no streams, and are not held to anything; so they are
kept here instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Protocol

from planton.rehearsal.errors import NOT_FOUND, POLICY_NOT_FOUND, Refused
from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import DYNAMODB
from planton.rehearsal.update_rules import INVALID

_MOST_BYTES = 20480
_NEEDED = ("Effect", "Principal", "Action", "Resource")
_FIRST_REVISION = 1700000000000
"""Revisions look like the milliseconds that AWS counts, and are the same in every rehearsal."""


class Tables(Protocol):
    """Where a table is looked up."""

    def table(self, request: Request, name: str) -> Json | None: ...


class Policies:
    """Each with its revision, by the ARN of what it is about."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._there: dict[str, tuple[str, str]] = {}
        self._revisions = count(_FIRST_REVISION)
        self._answers: dict[str, Callable[[Request], Json]] = {
            "PutResourcePolicy": self._put,
            "GetResourcePolicy": self._get,
            "DeleteResourcePolicy": self._delete,
        }

    def answers(self, request: Request) -> bool:
        return request.service == DYNAMODB and request.operation in self._answers

    def answer(self, request: Request) -> Json:
        """Raises Refused."""
        self._find(request)
        return self._answers[request.operation](request)

    def forget(self, tables: Iterable[tuple[str, str, str]]) -> None:
        """The policies of tables (account, region, name) that are gone, and of their streams."""
        for account_id, region, name in tables:
            place = f":dynamodb:{region}:{account_id}:table/{name}/"
            self._there = {arn: kept for arn, kept in self._there.items() if place not in f"{arn}/"}

    def _find(self, request: Request) -> None:
        arn = request.parameters["ResourceArn"]
        parts = arn.split(":", 5)
        path = parts[5].split("/", 2) if len(parts) == 6 else []
        if len(path) < 2 or path[0] != "table" or parts[2] != DYNAMODB:
            message = f"{INVALID}Provided Arn is not a DynamoDB resource arn: {arn}"
            raise Refused(request.name, "ValidationException", message)
        if (parts[3], parts[4]) != (request.region, request.account_id):
            raise Refused(
                request.name, "ValidationException", f"{INVALID}Invalid resource Arn: {arn}"
            )
        table = self._tables.table(request, path[1])
        if table is None or (len(path) == 3 and table.get("LatestStreamArn") != arn):
            message = f"Requested resource not found: ResourceArn: {arn} not found"
            raise Refused(request.name, NOT_FOUND, message)

    def _put(self, request: Request) -> Json:
        arn, policy = request.parameters["ResourceArn"], request.parameters["Policy"]
        there = self._there.get(arn)
        if there is None or there[0] != policy:
            self._there[arn] = there = policy, str(next(self._revisions))
        return {"RevisionId": there[1]}

    def _get(self, request: Request) -> Json:
        arn = request.parameters["ResourceArn"]
        if arn not in self._there:
            message = f"Resource-based policy not found for the provided ResourceArn: {arn}"
            raise Refused(request.name, POLICY_NOT_FOUND, message)
        policy, revision = self._there[arn]
        return {"Policy": policy, "RevisionId": revision}

    def _delete(self, request: Request) -> Json:
        """As often as one likes: AWS does not mind that there is none."""
        gone = self._there.pop(request.parameters["ResourceArn"], None)
        return {} if gone is None else {"RevisionId": gone[1]}


def problems(policy: str) -> Iterator[str]:
    """Why AWS would not take a policy; what its names mean is not looked at."""
    if len(policy.encode()) > _MOST_BYTES:
        yield f"{INVALID}Maximum policy size of {_MOST_BYTES} bytes exceeded"
    try:
        document = json.loads(policy)
        statements = document["Statement"]
    except (ValueError, LookupError, TypeError):
        yield f"{INVALID}Invalid policy document: This policy contains invalid Json"
        return
    for statement in [statements] if isinstance(statements, dict) else statements:
        for name in _NEEDED:
            if not {name, f"Not{name}"} & statement.keys():
                yield f"{INVALID}Invalid policy document: Missing required field {name}"
