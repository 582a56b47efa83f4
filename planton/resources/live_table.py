"""What the program never changes in an existing table: its name, key and local indexes in AWS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi
from pulumi_aws import dynamodb

from planton.changes.keys import (
    Shape,
    key_shape,
    key_text,
    local_indexes_text,
    local_shape,
)
from planton.changes.record import MADE_KEY_SCHEMA, MADE_LOCAL_INDEXES, MADE_TABLE_NAME
from planton.plan.table_plan import RestorePlan, TablePlan
from planton.resources.host import UserError


def known_arn(table: dynamodb.Table) -> pulumi.Output[str]:
    """The table's ARN. After a creation that failed half-way, the state does not have it.

    Raises UserError in that case: a refresh reads it.
    """

    def known(arn: str | None) -> str:
        if arn:
            return arn
        raise UserError(
            "the update that created the table failed half-way, and the state has neither its ARN "
            "nor what is missing\n"
            "  fix: run `pulumi up --refresh`"
        )

    return table.arn.apply(known)


def known_stream_arn(table: dynamodb.Table) -> pulumi.Output[str]:
    """The ARN of the table's stream. After an update that failed to switch it on, the state does
    not have it.

    Raises UserError in that case: a refresh reads it.
    """

    def known(arns: Sequence[str | None]) -> str:
        if arns[1]:
            return arns[1]
        raise UserError(
            "the update that switched the stream on failed half-way, and the state does not have "
            "the stream's ARN\n"
            "  fix: run `pulumi up --refresh`"
        )

    return pulumi.Output.all(known_arn(table), table.stream_arn).apply(known)


def live_table(table: dynamodb.Table) -> dict[str, pulumi.Output[Any]]:
    """Name, key and local indexes that the table has in AWS, as outputs of the guard."""
    return {
        MADE_TABLE_NAME: table.name,
        MADE_KEY_SCHEMA: pulumi.Output.all(table.hash_key, table.range_key).apply(_key),
        MADE_LOCAL_INDEXES: table.local_secondary_indexes.apply(_local_indexes),
    }


def _key(names: list[str | None]) -> Shape:
    parts = zip(names, ("HASH", "RANGE"), strict=True)
    return [{"attributeName": name, "keyType": kind} for name, kind in parts if name]


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


def warn_of_difference(plan: TablePlan, live: dict[str, pulumi.Output[Any]]) -> None:
    """Logs a warning if the key or the local indexes in AWS differ from the manifest's.

    A restored table has those of its source, and the manifest does not have to name them."""
    for output, field, text, expected in (
        (MADE_KEY_SCHEMA, "keySchema", key_text, key_shape(plan.keys)),
        (
            MADE_LOCAL_INDEXES,
            "localSecondaryIndexes",
            local_indexes_text,
            local_shape(plan.local_indexes),
        ),
    ):
        if expected or not isinstance(plan.source, RestorePlan):
            live[output].apply(_comparison(f"table '{plan.table_name}'", field, text, expected))


def _comparison(
    table: str, field: str, text: Callable[[Shape], str], expected: Shape
) -> Callable[[Shape], None]:
    def compare(live: Shape) -> None:
        if live != expected:
            pulumi.log.warn(
                f"{table} has another {field} in AWS than in the manifest, and keeps it\n"
                f"  in AWS: {text(live)}\n"
                f"  in the manifest: {text(expected)}\n"
                "  fix: write what AWS has into the manifest; the change guard allows that"
            )

    return compare
