"""What a table is in AWS in what the program leaves as it is: its name, key and local indexes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi
from pulumi_aws import dynamodb

from planton.changes import key_text, local_indexes_text
from planton.decisions import Decisions, Shape, unordered
from planton.plan import RestorePlan, TablePlan
from planton.resources.host import UserError


def known_arn(table: dynamodb.Table) -> pulumi.Output[str]:
    """The table's ARN, which the state of a table lacks whose making failed half-way.

    Raises UserError: a refresh brings it.
    """

    def known(arn: str | None) -> str:
        if arn:
            return arn
        raise UserError(
            "the update that made the table failed half-way, and the state knows neither its ARN "
            "nor what is missing of it: `pulumi up --refresh`"
        )

    return table.arn.apply(known)


def as_made(table: dynamodb.Table) -> dict[str, pulumi.Output[Any]]:
    """Name, key and local indexes of the table, under the names and in the form of decisions."""
    return {
        "tableName": table.name,
        "keySchema": pulumi.Output.all(table.hash_key, table.range_key).apply(_key),
        "localSecondaryIndexes": table.local_secondary_indexes.apply(_local_indexes),
    }


def _key(names: list[str | None]) -> Shape:
    kinds = zip(names, ("HASH", "RANGE"), strict=True)
    return [{"attributeName": name, "keyType": kind} for name, kind in kinds if name]


def _local_indexes(indexes: Sequence[dynamodb.outputs.TableLocalSecondaryIndex] | None) -> Shape:
    return [
        {
            "name": index.name,
            "rangeKey": index.range_key,
            "projectionType": index.projection_type,
            "nonKeyAttributes": sorted(index.non_key_attributes or []),
        }
        for index in sorted(indexes or [], key=lambda index: str(index.name))
    ]


def warn_of_another(plan: TablePlan, said: Decisions, made: dict[str, pulumi.Output[Any]]) -> None:
    """Logs where the manifest says another key, or other local indexes, than AWS has.

    A restored table has those of its source, and a manifest need not name them."""
    for field, text in _TEXTS.items():
        expected = unordered(said[field])
        if expected or not isinstance(plan.source, RestorePlan):
            made[field].apply(_comparison(f"table '{plan.table_name}'", field, text, expected))


_TEXTS: dict[str, Callable[[Shape], str]] = {
    "keySchema": key_text,
    "localSecondaryIndexes": local_indexes_text,
}


def _comparison(
    table: str, field: str, text: Callable[[Shape], str], expected: Shape
) -> Callable[[Shape], None]:
    def compare(there: Shape) -> None:
        if there != expected:
            pulumi.log.warn(
                f"{table} has another {field} in AWS than in the manifest, and keeps it\n"
                f"  in AWS: {text(there)}\n"
                f"  in the manifest: {text(expected)}\n"
                "  fix: write what AWS has into the manifest; the change guard allows that"
            )

    return compare
