"""What DynamoDB refuses in keys, indexes, projections and throughput of a request.

Neither moto nor the service model knows these rules; each is one of AWS's own refusals, and nothing
that AWS accepts is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from planton.rehearsal.aws.requests import Json

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_INVALID = "One or more parameter values were invalid: "
_MOST_UNITS = 10**12


def name(table_name: str) -> Iterator[str]:
    """The model gives TableName the looser form of an ARN, which CreateTable does not take."""
    if not _NAME.fullmatch(table_name):
        yield (
            f"Value '{table_name}' at 'TableName' failed to satisfy constraint: Member must satisfy"
            f" regular expression pattern: {_NAME.pattern}"
        )


def definitions(attributes: list[Json]) -> Iterator[str]:
    names = Counter(attribute["AttributeName"] for attribute in attributes)
    for attribute, times in names.items():
        if times > 1:
            yield f"{_INVALID}Duplicate AttributeName in AttributeDefinitions: {attribute}"


def usage(attributes: list[Json], schemas: Iterable[list[Json]]) -> Iterator[str]:
    """Every key attribute is defined, and (CreateTable) nothing else is."""
    yield from undefined(attributes, schemas := list(schemas))
    used = {key["AttributeName"] for schema in schemas for key in schema}
    for attribute in attributes:
        if attribute["AttributeName"] not in used:
            unused = attribute["AttributeName"]
            yield f"{_INVALID}Some AttributeDefinitions are not used: AttributeName: {unused}"


def undefined(attributes: list[Json], schemas: Iterable[list[Json]]) -> Iterator[str]:
    known = {attribute["AttributeName"] for attribute in attributes}
    used = dict.fromkeys(key["AttributeName"] for schema in schemas for key in schema)
    for attribute in used:
        if attribute not in known:
            yield (
                f"{_INVALID}Some index key attributes are not defined in AttributeDefinitions:"
                f" AttributeName: {attribute}"
            )


def simple_schema(schema: list[Json], path: str) -> Iterator[str]:
    """The key of a table or of a local index: one HASH, then at most one RANGE."""
    yield from _no_repeats(schema, path)
    types = [key["KeyType"] for key in schema]
    if types not in (["HASH"], ["HASH", "RANGE"]):
        yield (
            f"Invalid {path}: one HASH, then at most one RANGE element is allowed, not"
            f" {', '.join(types)}"
        )


def global_schema(schema: list[Json], path: str) -> Iterator[str]:
    """The key of a global index: one to four HASH, then up to four RANGE."""
    yield from _no_repeats(schema, path)
    types = [key["KeyType"] for key in schema]
    hashes, ranges = types.count("HASH"), types.count("RANGE")
    if types != ["HASH"] * hashes + ["RANGE"] * ranges or not 1 <= hashes <= 4 or ranges > 4:
        yield (
            f"Invalid {path}: one to four HASH, then at most four RANGE elements are allowed, not"
            f" {', '.join(types)}"
        )


def _no_repeats(schema: list[Json], path: str) -> Iterator[str]:
    for attribute, times in Counter(key["AttributeName"] for key in schema).items():
        if times > 1:
            yield f"Invalid {path}: attribute {attribute} appears more than once"


def local_index(index: Json, table_schema: list[Json], path: str) -> Iterator[str]:
    yield from simple_schema(index["KeySchema"], f"{path}.KeySchema")
    yield from projection(index["Projection"], f"{path}.Projection")
    if len(table_schema) < 2:
        yield f"{_INVALID}Table KeySchema does not have a range key, which a local index needs"
    if len(index["KeySchema"]) < 2:
        yield f"{_INVALID}Index KeySchema does not have a range key for index: {index['IndexName']}"
    if index["KeySchema"][0]["AttributeName"] != table_schema[0]["AttributeName"]:
        yield (
            f"{_INVALID}Index KeySchema does not have the same leading hash key as table KeySchema"
            f" for index: {index['IndexName']}"
        )


def global_index(index: Json, billing_mode: str, path: str) -> Iterator[str]:
    yield from global_schema(index["KeySchema"], f"{path}.KeySchema")
    yield from projection(index["Projection"], f"{path}.Projection")
    yield from throughput(index, billing_mode, path)


def projection(value: Json, path: str) -> Iterator[str]:
    kind, attributes = value.get("ProjectionType"), value.get("NonKeyAttributes")
    if kind is None:
        yield f"{_INVALID}Unknown ProjectionType: null at '{path}'"
    if kind == "INCLUDE" and not attributes:
        yield f"{_INVALID}NonKeyAttributes must be specified with INCLUDE at '{path}'"
    if kind in ("ALL", "KEYS_ONLY") and attributes:
        yield f"{_INVALID}ProjectionType is {kind}, but NonKeyAttributes is specified at '{path}'"
    for attribute, times in Counter(attributes or []).items():
        if times > 1:
            yield f"{_INVALID}Duplicate NonKeyAttribute {attribute} at '{path}'"


def throughput(
    value: Json, billing_mode: str, path: str, *, required: bool = True
) -> Iterator[str]:
    """What fits the billing mode, of a table or of one global index.

    `required` is for what has no throughput yet: a new table, or one that leaves PAY_PER_REQUEST.
    """
    provisioned, on_demand = value.get("ProvisionedThroughput"), value.get("OnDemandThroughput")
    if billing_mode == "PROVISIONED":
        if provisioned is None and required:
            yield f"{_INVALID}ProvisionedThroughput is required with PROVISIONED at '{path}'"
        if on_demand:
            yield f"{_INVALID}OnDemandThroughput cannot be specified with PROVISIONED at '{path}'"
    elif provisioned is not None:
        yield (
            f"{_INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when"
            f" BillingMode is PAY_PER_REQUEST at '{path}'"
        )
    for unit, amount in (provisioned or {}).items():
        if amount > _MOST_UNITS:
            yield f"{_INVALID}{unit} {amount} is above {_MOST_UNITS} at '{path}'"
    for unit, amount in (on_demand or {}).items():
        if amount < 1 and amount != -1:
            yield f"{_INVALID}{unit} must be at least 1, or -1 for no maximum, at '{path}'"
    yield from _warm(value, path)


def _warm(value: Json, path: str) -> Iterator[str]:
    warm = value.get("WarmThroughput") or {}
    provisioned = value.get("ProvisionedThroughput") or {}
    least: dict[str, Any] = {
        "ReadUnitsPerSecond": max(12000, provisioned.get("ReadCapacityUnits", 0)),
        "WriteUnitsPerSecond": max(4000, provisioned.get("WriteCapacityUnits", 0)),
    }
    for unit, amount in warm.items():
        if amount < least[unit]:
            yield f"{_INVALID}WarmThroughput {unit} must be at least {least[unit]} at '{path}'"


def indexes(local: list[Json], global_: list[Json]) -> Iterator[str]:
    """Names, numbers, and the attributes projected over all of a table's indexes."""
    for index_name, times in Counter(i["IndexName"] for i in [*local, *global_]).items():
        if times > 1:
            yield f"{_INVALID}Duplicate index name: {index_name}"
    if len(local) > 5:
        yield f"{_INVALID}Number of local secondary indexes {len(local)} exceeds per-table limit 5"
    if len(global_) > 20:
        yield f"{_INVALID}Number of global indexes {len(global_)} exceeds per-table limit of 20"
    projected = sum(len(i["Projection"].get("NonKeyAttributes", ())) for i in [*local, *global_])
    if projected > 100:
        yield f"{_INVALID}Number of projected NonKeyAttributes {projected} exceeds the limit of 100"
