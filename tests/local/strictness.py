"""What AWS accepts and DynamoDB Local refuses, or fails at: one function each, with AWS's own word.

Each changes a request, in place, into one that means the same to every other rule, which DynamoDB
Local can judge. Each has a request that shows it, so that it is noticed when a newer DynamoDB Local
no longer deviates.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

from tests.local.table_request import attributes, index, indexes, key, maxima, table
from tests.local.transcription import Request

QUOTA = 40_000
MOST_UNITS = 10**12


@dataclass(frozen=True)
class Strictness:
    """`adapt` changes a request in place; `shown` is one that AWS accepts."""

    adapt: Callable[[Request], Request]
    shown: Request
    fails: bool = False
    """Whether DynamoDB Local fails at it, instead of refusing it."""


def single_attribute_keys(request: Request) -> Request:
    """CreateTable, GlobalSecondaryIndex: "up to four attributes" for each of both keys. DynamoDB
    Local knows one; what it can judge is the first of each, without the others' definitions."""
    defined = Counter(
        definition.get("AttributeName")
        for definition in request.get("AttributeDefinitions", [])
        if definition.get("AttributeType") in ("S", "N", "B")
    )
    for one in request.get("GlobalSecondaryIndexes", []):
        parts = one.get("KeySchema", [])
        kinds = [part.get("KeyType") for part in parts]
        names = [part.get("AttributeName") for part in parts]
        hashes, ranges = kinds.count("HASH"), kinds.count("RANGE")
        if (
            kinds == ["HASH"] * hashes + ["RANGE"] * ranges
            and 1 <= hashes <= 4
            and ranges <= 4
            and len(set(names)) == len(names)
            and all(defined[name] == 1 and 0 < len((name or "").encode()) <= 255 for name in names)
        ):
            one["KeySchema"] = [parts[0], *parts[hashes : hashes + 1]]
            _forget(request, set(names))
    return request


def _forget(request: Request, names: set[str]) -> None:
    """Takes out the definitions of those that no key uses any more."""
    used = {
        key.get("AttributeName")
        for holder in (request, *indexes(request))
        for key in holder.get("KeySchema", [])
    }
    request["AttributeDefinitions"] = [
        definition
        for definition in request["AttributeDefinitions"]
        if definition.get("AttributeName") not in names - used
    ]


def without_the_quota(request: Request) -> Request:
    """Service Quotas, Amazon DynamoDB: 40,000 units a table and index and 80,000 an account can be
    raised, so that AWS's answer depends on the account; only more than 10^12 is refused to all."""
    holders = (request, *request.get("GlobalSecondaryIndexes", []))
    provisioned = [holder.get("ProvisionedThroughput", {}) for holder in holders]
    for units in (*provisioned, *maxima(request)):
        for name, amount in units.items():
            if isinstance(amount, int) and 1 < amount <= MOST_UNITS:
                units[name] = 1
    return request


def both_maxima(request: Request) -> Request:
    """OnDemandThroughput: "you must specify MaxReadRequestUnits, MaxWriteRequestUnits, or both".
    DynamoDB Local wants both."""
    for block in maxima(request):
        block.setdefault("MaxReadRequestUnits", 1)
        block.setdefault("MaxWriteRequestUnits", 1)
    return request


def index_names_apart(request: Request) -> Request:
    """Developer Guide, Naming rules: "All names must be encoded using UTF-8, and are
    case-sensitive". DynamoDB Local fails at two global indexes whose names differ only in case."""
    found = indexes(request)
    names = (str(one.get("IndexName")) for one in found)
    apart = _apart(name for name in names if re.fullmatch("[a-zA-Z0-9_.-]{3,255}", name))
    for one in found:
        if one.get("IndexName") in apart:
            one["IndexName"] = apart[one["IndexName"]]
    return request


def attribute_names_apart(request: Request) -> Request:
    """The same page. DynamoDB Local fails at two local indexes whose sort keys differ only in
    case."""
    definitions = request.get("AttributeDefinitions", [])
    apart = _apart(str(definition.get("AttributeName")) for definition in definitions)
    keys = [key for holder in (request, *indexes(request)) for key in holder.get("KeySchema", [])]
    for named in (*definitions, *keys):
        if named.get("AttributeName") in apart:
            named["AttributeName"] = apart[named["AttributeName"]]
    return request


def _apart(names: Iterable[str]) -> dict[str, str]:
    """New names for those that differ only in case: of as many bytes, and no two of them alike, so
    that all else about them stays to be judged."""
    names = set(names)
    alike = Counter(name.lower() for name in names)
    taken = set(alike)
    apart = {}
    for name in sorted(name for name in names if name and alike[name.lower()] > 1):
        size = len(name.encode())
        new = next(text for i in count() if (text := str(i).rjust(size, "x")) not in taken)
        taken.add(new)
        apart[name] = new
    return apart


STRICT = {
    "multi-attribute-keys": Strictness(
        single_attribute_keys,
        table(
            AttributeDefinitions=attributes("a", "b", "c", "d"),
            GlobalSecondaryIndexes=[
                {
                    **index("one", "b"),
                    "KeySchema": [
                        {"AttributeName": name, "KeyType": kind}
                        for name, kind in {"b": "HASH", "c": "HASH", "d": "RANGE"}.items()
                    ],
                }
            ],
        ),
    ),
    "quota-of-units": Strictness(
        without_the_quota,
        table(
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": QUOTA + 1, "WriteCapacityUnits": 1},
        ),
    ),
    "one-maximum": Strictness(both_maxima, table(OnDemandThroughput={"MaxReadRequestUnits": 1})),
    "index-names-that-differ-in-case": Strictness(
        index_names_apart,
        table(
            AttributeDefinitions=attributes("a", "b", "c"),
            GlobalSecondaryIndexes=[index("one", "b"), index("ONE", "c")],
        ),
        fails=True,
    ),
    "attribute-names-that-differ-in-case": Strictness(
        attribute_names_apart,
        table(
            AttributeDefinitions=attributes("a", "b", "c", "C"),
            KeySchema=key("a", "b"),
            LocalSecondaryIndexes=[index("one", "a", "c"), index("two", "a", "C")],
        ),
        fails=True,
    ),
}


def adapted(request: Request) -> Request:
    """The request as DynamoDB Local can judge it; itself where it is not too strict for it."""
    request = copy.deepcopy(request)
    for strictness in STRICT.values():
        request = strictness.adapt(request)
    return request
