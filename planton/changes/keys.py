"""What is fixed when a table is created: its key, local indexes and attribute types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planton.changes.identity import is_another_table
from planton.changes.kind import COPY, RECREATED, ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.plan.data import to_data
from planton.plan.table_plan import KeyAttribute, LocalIndexPlan, RestorePlan

Shape = list[dict[str, Any]]
"""A key, or local indexes, as the guard's outputs hold them."""


def key_shape(keys: Iterable[KeyAttribute]) -> Shape:
    """A key without the types of its attributes."""
    return [{"attributeName": key.name, "keyType": key.key_type.value} for key in keys]


def local_shape(indexes: Iterable[LocalIndexPlan]) -> Shape:
    """Local indexes without their order and that of projected attributes.

    Neither has a meaning: AWS may report another one, and the provider ignores it.
    """
    shape = [to_data(index) for index in sorted(indexes, key=lambda index: index.name)]
    return [{**one, "nonKeyAttributes": sorted(one["nonKeyAttributes"])} for one in shape]


def key_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Of a restored table the key and the local indexes are those of its source, which a manifest
    need not name."""
    restored = isinstance(new.plan.source, RestorePlan) and not is_another_table(old, new)
    was, is_ = key_shape(old.plan.keys), key_shape(new.plan.keys)
    if was and is_ and was != is_:
        code = "restored-key-schema" if restored else "key-schema"
        yield code, "spec.keySchema", key_text(was), key_text(is_)
    was, is_ = local_shape(old.plan.local_indexes), local_shape(new.plan.local_indexes)
    if was != is_:
        code = "restored-local-indexes" if restored else "local-indexes"
        if not restored and _names(was) == _names(is_):
            code = "local-index-changed"
        yield code, "spec.localSecondaryIndexes", local_indexes_text(was), local_indexes_text(is_)
    yield from _attribute_types(old, new)


def _names(indexes: Shape) -> list[str]:
    return [index["name"] for index in indexes]


def _attribute_types(old: Snapshot, new: Snapshot) -> Differences:
    was, is_ = old.attribute_types, new.attribute_types
    for name in sorted(was.keys() & is_.keys()):
        if was[name] is not is_[name]:
            code = "index-attribute-type" if _is_of_one_index(name, old, new) else "attribute-type"
            place = f"spec.attributeDefinitions, {name}"
            yield code, place, was[name].value, is_[name].value


def _is_of_one_index(attribute: str, old: Snapshot, new: Snapshot) -> bool:
    """Whether one standalone index alone has the attribute, before and after.

    Its resource holds the type, and is recreated for another one. A second index with the attribute
    would still have the old type at that time, and the provider refuses two types.
    """
    users = [
        [one.name for one in side.plan.standalone_indexes if _has(one.keys, attribute)]
        for side in (old, new)
    ]
    elsewhere = any(name == attribute for side in (old, new) for name, _ in side.plan.attributes)
    return users[0] == users[1] and len(users[0]) == 1 and not elsewhere


def _has(keys: Iterable[KeyAttribute], attribute: str) -> bool:
    return any(key.name == attribute for key in keys)


def key_text(keys: Shape) -> str:
    """A key as it is shown."""
    return ", ".join(f"{key['attributeName']} {key['keyType']}" for key in keys)


def local_indexes_text(indexes: Shape) -> str:
    """Local indexes as they are shown."""
    return (
        "; ".join(
            index_text(one["name"], one["rangeKey"], one["projectionType"], one["nonKeyAttributes"])
            for one in indexes
        )
        or "none"
    )


def index_text(name: str, keys: str, projection: str, attributes: Iterable[str]) -> str:
    """An index as it is shown."""
    held = " ".join(part for part in (projection, ", ".join(attributes)) if part)
    return f"{name} ({keys}; {held})"


KINDS: dict[str, ChangeKind] = {
    "key-schema": ChangeKind(
        "keySchema",
        Effect.REPLACEMENT,
        f"a table's key cannot change: {RECREATED}",
        COPY,
        allowed_by="keySchema",
    ),
    "local-indexes": ChangeKind(
        "localSecondaryIndexes",
        Effect.REPLACEMENT,
        f"local indexes can only be created with their table: {RECREATED}",
        f"use a global index, which can be added and removed at any time; {COPY}",
        allowed_by="localSecondaryIndexes",
    ),
    "local-index-changed": ChangeKind(
        "key or projection of a local index",
        Effect.REFUSED,
        "the AWS provider compares local indexes by name only and does not see this change: AWS "
        "would keep the old index, even where its replacement is allowed",
        f"use a global index, which can change at any time; {COPY}. Renaming the index replaces "
        "the table, and all data is lost",
    ),
    "attribute-type": ChangeKind(
        "type of an attribute",
        Effect.REFUSED,
        "the AWS provider compares attributes by name only and does not see a changed type: AWS "
        "would keep the old one, even where a replacement for keySchema is allowed",
        "if the attribute belongs to an index: remove the index, run `pulumi up` (if it was the "
        "last index, delete it in AWS too), and add it again with the new type. If it belongs to "
        f"the table's key: {COPY}. An empty table gets the new type with a new tableName, which "
        "replaces it where that is allowed",
    ),
    "index-attribute-type": ChangeKind(
        "type of an attribute that only one index has, a standalone resource",
        Effect.INDEX_REBUILD,
        "the index is deleted and rebuilt with the new type. It contains no items in which the "
        "attribute has another type; queries that use it fail until it is built",
    ),
    "attribute-type-of-new-table": ChangeKind(
        "type of an attribute, in a table that is replaced",
        Effect.IN_PLACE,
        "the new table has the new type",
    ),
    "restored-key-schema": ChangeKind(
        "keySchema of a restored table",
        Effect.REFUSED,
        "a restored table has the key of its source: every update would delete it with all its "
        "data and restore it with that same key",
        "write the source's key. For another key, create a table without the restore under "
        "another metadata.name and copy the items",
    ),
    "restored-local-indexes": ChangeKind(
        "localSecondaryIndexes of a restored table",
        Effect.REFUSED,
        "a restored table has the local indexes of its source: every update would delete it with "
        "all its data and restore it with those same indexes",
        "write the source's local indexes, or none. For others, create a table without the "
        "restore under another metadata.name and copy the items",
    ),
}
