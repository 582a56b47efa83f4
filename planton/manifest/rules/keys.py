"""Rules about the table's name, attributes, and the keys of the table and its indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.manifest.enums import KeyType
from planton.manifest.indexes import KeySchemaElement
from planton.manifest.manifest import Manifest
from planton.manifest.rules.indexes import INDEXES, indexes_of
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec

MAX_KEY_PARTS = 4
"""The HASH attributes, and the RANGE attributes, of a global index."""
_ATTRIBUTES = "attributeDefinitions.name"
_KEYS = "keySchema.attributeName"
_GLOBAL_KEYS = "globalSecondaryIndexes.keySchema.attributeName"
_LOCAL_KEYS = "localSecondaryIndexes.keySchema.attributeName"
_LOCAL_SORT_KEY = "localSecondaryIndexes.rangeKey"
RESTORE_SOURCES = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")


def _key_schemas(spec: Spec) -> Iterator[tuple[Path, list[KeySchemaElement]]]:
    yield ("spec", "keySchema"), spec.key_schema
    for path, index in indexes_of(spec):
        yield (*path, "keySchema"), index.key_schema


def _shape(keys: Sequence[KeySchemaElement], path: Path, what: str) -> Iterator[Finding]:
    """A key is one HASH, then at most one RANGE."""
    for position, expected in enumerate((KeyType.HASH, KeyType.RANGE)):
        if position < len(keys) and keys[position].key_type is not expected:
            place = "first" if position == 0 else "second"
            yield Finding(
                (*path, position, "keyType"),
                f"the {place} key attribute of {what} must be {expected.value}, "
                f"got {keys[position].key_type.value}",
                "use one HASH, then at most one RANGE",
            )
    if len(keys) > 2:
        yield Finding(
            (*path, 2),
            f"the key of {what} must have at most 2 attributes, got {len(keys)}",
            "use one HASH, then at most one RANGE",
        )


@rule("name", "metadata.name", "tableName")
def table_name_length(manifest: Manifest) -> Iterator[Finding]:
    """A table's name has 3 to 255 characters (CreateTable, TableName)."""
    name = manifest.metadata.name
    if manifest.spec.table_name is None and len(name) < 3:
        yield Finding(
            ("metadata", "name"),
            f"{quote(name)} is also the table's name, which must have 3 to 255 characters",
            f"choose a longer name, or set the table's name in spec.{manifest.words.table_name}",
        )


@rule("key-schema-required-unless-restored", "keySchema", *RESTORE_SOURCES)
def key_schema_required_unless_restored(manifest: Manifest) -> Iterator[Finding]:
    """CreateTable needs a key; a restored table has the key of its source."""
    if not manifest.spec.key_schema and not manifest.spec.is_restored:
        yield Finding(
            ("spec", "keySchema"),
            f"{manifest.words.key_schema} is required: a table needs a partition key",
            f"add {manifest.words.key_example}",
        )


@rule("table-key-schema-shape", "keySchema.keyType")
def table_key_schema_shape(manifest: Manifest) -> Iterator[Finding]:
    """The table's key is one HASH, then at most one RANGE (CreateTable, KeySchema)."""
    yield from _shape(manifest.spec.key_schema, ("spec", "keySchema"), "the table")


def _multi_attribute(keys: Sequence[KeySchemaElement], path: Path, what: str) -> Iterator[Finding]:
    """A key is up to four HASH, then up to four RANGE."""
    help = f"use 1 to {MAX_KEY_PARTS} HASH, then at most {MAX_KEY_PARTS} RANGE"
    if keys and keys[0].key_type is not KeyType.HASH:
        message = f"the first key attribute of {what} must be HASH, got RANGE"
        yield Finding((*path, 0, "keyType"), message, help)
    for i, (before, key) in enumerate(pairwise(keys), start=1):
        if before.key_type is KeyType.RANGE and key.key_type is KeyType.HASH:
            message = f"the key of {what} has a HASH attribute after a RANGE attribute"
            yield Finding((*path, i, "keyType"), message, help)
    for kind in KeyType:
        parts = [i for i, key in enumerate(keys) if key.key_type is kind]
        if len(parts) > MAX_KEY_PARTS:
            message = f"the key of {what} must have at most {MAX_KEY_PARTS} {kind.value} "
            message += f"attributes, got {len(parts)}"
            yield Finding((*path, parts[MAX_KEY_PARTS]), message, help)


@rule(
    "gsi-key-schema-shape",
    "globalSecondaryIndexes.keySchema.keyType",
    says=("globalSecondaryIndexes.name",),
    each=("globalSecondaryIndexes",),
)
def gsi_key_schema_shape(manifest: Manifest) -> Iterator[Finding]:
    """The key of a global index is 1 to 4 HASH, then at most 4 RANGE (CreateTable,
    GlobalSecondaryIndex); in the v1 contract one HASH, then at most one RANGE."""
    words, narrow = manifest.words, manifest.is_narrow("globalSecondaryIndexes")
    shape = _shape if narrow else _multi_attribute
    for i, index in enumerate(manifest.spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i, "keySchema")
        what = manifest.titled("the index", index.name)
        if not index.key_schema:
            yield Finding(
                path,
                f"{what} has no {words.key_schema}: it needs a partition key",
                f"add {words.hash_example}",
            )
        yield from shape(index.key_schema, path, what)


@rule(
    "lsi-key-schema-shape",
    _KEYS,
    "localSecondaryIndexes.keySchema.keyType",
    _LOCAL_KEYS,
    _LOCAL_SORT_KEY,
    says=("localSecondaryIndexes.name",),
    each=("localSecondaryIndexes",),
)
def lsi_key_schema_shape(manifest: Manifest) -> Iterator[Finding]:
    """The key of a local index is the table's HASH and its own RANGE; the table has a sort key
    (CreateTable)."""
    spec = manifest.spec
    words, local = manifest.words, ("spec", "localSecondaryIndexes")
    if spec.local_secondary_indexes and len(spec.key_schema) == 1:
        yield Finding(
            local,
            "a local index needs a table with a sort key",
            f"add {manifest.words.range_example}, or make it a global index",
        )
    for i, index in enumerate(spec.local_secondary_indexes):
        path = (*local, i, "keySchema")
        what = manifest.titled("the index", index.name)
        if index.range_key is not None:
            if index.key_schema:
                yield Finding(
                    (*local, i, "rangeKey"),
                    f"{what} has both {words.key_schema} and rangeKey",
                    f"keep one of the two: rangeKey is the RANGE attribute of {words.key_schema}",
                )
            continue
        if not index.key_schema and manifest.contract.names_sort_keys:
            yield Finding(
                (*local, i, "rangeKey"),
                f"{what} has no rangeKey: it needs its own sort key",
                "set rangeKey to another attribute than the table's sort key",
            )
        elif len(index.key_schema) < 2:
            yield Finding(
                path,
                f"{what} needs two key attributes: the table's HASH and its own RANGE",
                "list the table's partition key and another sort key",
            )
        yield from _shape(index.key_schema, path, what)
        if index.key_schema and spec.key_schema:
            own, table = index.key_schema[0].attribute_name, spec.key_schema[0].attribute_name
            if own != table:
                yield Finding(
                    (*path, 0, "attributeName"),
                    f"the HASH of {what} must be the table's {quote(table)}, got {quote(own)}",
                    "use the table's partition key, or make it a global index",
                )


@rule("duplicate-key-attribute", _KEYS, _GLOBAL_KEYS, _LOCAL_KEYS, _LOCAL_SORT_KEY, each=INDEXES)
def key_attributes_unique(manifest: Manifest) -> Iterator[Finding]:
    """CreateTable refuses a key with the same attribute twice."""
    hash_key = manifest.spec.key_schema[0].attribute_name if manifest.spec.key_schema else None
    for i, index in enumerate(manifest.spec.local_secondary_indexes):
        if index.range_key is not None and index.range_key == hash_key:
            yield Finding(
                ("spec", "localSecondaryIndexes", i, "rangeKey"),
                f"{quote(hash_key)} is the table's partition key, which the index already has",
                "use another attribute",
            )
    for path, keys in _key_schemas(manifest.spec):
        seen: set[str] = set()
        for i, name in enumerate(key.attribute_name for key in keys):
            if name in seen:
                yield Finding(
                    (*path, i, "attributeName"),
                    f"the attribute {quote(name)} is used twice in one key",
                    "use another attribute, or remove this one from the key",
                )
            seen.add(name)


def _named(keys: list[KeySchemaElement], path: Path) -> list[tuple[Path, str]]:
    return [((*path, i, "attributeName"), key.attribute_name) for i, key in enumerate(keys)]


def _undeclared(manifest: Manifest, named: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    defined, words = manifest.spec.attribute_definitions, manifest.words
    declared = dict.fromkeys(attribute.name for attribute in defined)
    for path, name in named:
        if name not in declared:
            seen = ", ".join(quote(d)[1:-1] for d in list(declared)[:10]) or "it is empty"
            meant = did_you_mean(name, declared)
            yield Finding(
                path,
                f"key attribute {quote(name)} is not in {words.attribute_definitions} ({seen})",
                f"did you mean {quote(meant)}?"
                if meant
                else f"add {{name: {quote(name)[1:-1]}, type: S}} to {words.definitions_path}",
            )


@rule("key-attributes-declared", _ATTRIBUTES, _KEYS)
def key_attributes_declared(manifest: Manifest) -> Iterator[Finding]:
    """Each attribute of the table's key has a definition (CreateTable, AttributeDefinitions)."""
    named = _named(manifest.spec.key_schema, ("spec", "keySchema"))
    yield from _undeclared(manifest, named)


@rule(
    "index-key-attributes-declared",
    _ATTRIBUTES,
    _GLOBAL_KEYS,
    _LOCAL_KEYS,
    _LOCAL_SORT_KEY,
    each=INDEXES,
)
def index_key_attributes_declared(manifest: Manifest) -> Iterator[Finding]:
    """Each attribute of an index's key has a definition (CreateTable, AttributeDefinitions)."""
    spec = manifest.spec
    for path, index in indexes_of(spec):
        yield from _undeclared(manifest, _named(index.key_schema, (*path, "keySchema")))
    for i, local in enumerate(spec.local_secondary_indexes):
        if local.range_key is not None:
            path = ("spec", "localSecondaryIndexes", i, "rangeKey")
            yield from _undeclared(manifest, [(path, local.range_key)])


@rule("attributes-all-indexed", _ATTRIBUTES, _KEYS, _GLOBAL_KEYS, _LOCAL_KEYS, _LOCAL_SORT_KEY)
def attributes_all_indexed(manifest: Manifest) -> Iterator[Finding]:
    """A key uses each definition; projections and TTL do not count (CreateTable). Skipped if a key
    is missing, because it might use any of them."""
    spec = manifest.spec
    whole = all(local.key_schema or local.range_key for local in spec.local_secondary_indexes)
    if not (whole and spec.key_schema and all(i.key_schema for i in spec.global_secondary_indexes)):
        return
    used = {key.attribute_name for _, keys in _key_schemas(manifest.spec) for key in keys}
    used.update(index.range_key or "" for index in manifest.spec.local_secondary_indexes)
    for i, attribute in enumerate(manifest.spec.attribute_definitions):
        if attribute.name not in used:
            yield Finding(
                ("spec", "attributeDefinitions", i, "name"),
                f"attribute {quote(attribute.name)} is defined, but no key uses it",
                "remove the definition: only key attributes have one",
            )


@rule("duplicate-attribute", _ATTRIBUTES)
def attributes_defined_once(manifest: Manifest) -> Iterator[Finding]:
    """CreateTable refuses an attribute defined twice, whatever the types."""
    first: dict[str, int] = {}
    for i, name in enumerate(a.name for a in manifest.spec.attribute_definitions):
        if first.setdefault(name, i) != i:
            yield Finding(
                ("spec", "attributeDefinitions", i, "name"),
                f"attribute {quote(name)} is defined twice, first in "
                f"{manifest.words.attribute_definitions}[{first[name]}]",
                "keep one definition",
            )


KEY_RULES = (
    table_name_length,
    key_schema_required_unless_restored,
    table_key_schema_shape,
    gsi_key_schema_shape,
    lsi_key_schema_shape,
    key_attributes_unique,
    key_attributes_declared,
    index_key_attributes_declared,
    attributes_all_indexed,
    attributes_defined_once,
)
