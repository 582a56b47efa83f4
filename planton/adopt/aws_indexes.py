"""Keys and indexes of a table as AWS describes them."""

from __future__ import annotations

from planton.adopt.aws_throughput import maximum, throughput, warm
from planton.adopt.aws_values import Json, needed
from planton.adopt.found import LeftOut
from planton.manifest.enums import AttributeType, BillingMode, KeyType, ProjectionType
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import GlobalIndexPlan, KeyAttribute, LocalIndexPlan

_DELETING = "DELETING"
_Types = dict[str, AttributeType]


def attribute_types(table: Json) -> _Types:
    """The type of each key attribute, by name: they have no order in AWS. Raises UnreadableTable
    for an unknown type."""
    return {
        one["AttributeName"]: needed(
            AttributeType,
            one["AttributeType"],
            f"the type of the attribute {one['AttributeName']!r}",
        )
        for one in sorted(table["AttributeDefinitions"], key=lambda one: str(one["AttributeName"]))
    }


def keys_of(described: Json, types: _Types, whose: str) -> tuple[KeyAttribute, ...]:
    """The key of a table or index. Raises UnreadableTable for an unknown type."""
    return tuple(
        KeyAttribute(
            key["AttributeName"],
            types[key["AttributeName"]],
            needed(KeyType, key["KeyType"], f"a key type of {whose}"),
        )
        for key in described["KeySchema"]
    )


def remaining_indexes(table: Json) -> list[Json]:
    """The descriptions of the global indexes that are not being deleted."""
    indexes = table.get("GlobalSecondaryIndexes", ())
    return [index for index in indexes if index.get("IndexStatus") != _DELETING]


def global_indexes(
    table: Json,
    billing: BillingMode,
    types: _Types,
    scaling: tuple[ScalingPlan, ...],
    left_out: list[LeftOut],
) -> tuple[GlobalIndexPlan, ...]:
    """The indexes that stay. Raises UnreadableTable for an unknown type."""
    found, remaining = [], remaining_indexes(table)
    for index in table.get("GlobalSecondaryIndexes", ()):
        name = index["IndexName"]
        if index not in remaining:
            left_out.append(LeftOut(f"the index {name!r}", "it is being deleted"))
            continue
        projection, attributes = _projection(index)
        found.append(
            GlobalIndexPlan(
                name=name,
                keys=keys_of(index, types, f"the index {name!r}"),
                projection_type=projection,
                non_key_attributes=tuple(sorted(attributes)),
                throughput=throughput(index, billing),
                maximum=maximum(index),
                warm=warm(index, both=True),
                ignored=tuple(one.dimension for one in scaling if one.index == name),
            )
        )
    return tuple(found)


def local_indexes(table: Json) -> tuple[LocalIndexPlan, ...]:
    """Raises UnreadableTable for an unknown projection."""
    return tuple(
        LocalIndexPlan(
            index["IndexName"], index["KeySchema"][1]["AttributeName"], *_projection(index)
        )
        for index in table.get("LocalSecondaryIndexes", ())
    )


def _projection(index: Json) -> tuple[ProjectionType, tuple[str, ...]]:
    projection = index["Projection"]
    what = f"the projection of the index {index['IndexName']!r}"
    kind = needed(ProjectionType, projection["ProjectionType"], what)
    return kind, tuple(projection.get("NonKeyAttributes", ()))
