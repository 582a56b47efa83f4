"""Rules about the names, numbers and projections of indexes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.manifest.enums import ProjectionType
from planton.manifest.indexes import GlobalSecondaryIndex, LocalSecondaryIndex
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec

MAX_GLOBAL_INDEXES = 20
MAX_LOCAL_INDEXES = 5
MAX_NON_KEY_ATTRIBUTES = 20
MAX_PROJECTED_ATTRIBUTES = 100
INDEXES = ("globalSecondaryIndexes", "localSecondaryIndexes")
_NON_KEY_ATTRIBUTES = (
    "globalSecondaryIndexes.projection.nonKeyAttributes",
    "localSecondaryIndexes.projection.nonKeyAttributes",
)
_PROJECTION_TYPES = (
    "globalSecondaryIndexes.projection.type",
    "localSecondaryIndexes.projection.type",
)
_PROJECTIONS = (*_NON_KEY_ATTRIBUTES, *_PROJECTION_TYPES)


def indexes_of(spec: Spec) -> Iterator[tuple[Path, GlobalSecondaryIndex | LocalSecondaryIndex]]:
    """Every index with its path, global indexes first."""
    for i, global_index in enumerate(spec.global_secondary_indexes):
        yield ("spec", "globalSecondaryIndexes", i), global_index
    for i, local_index in enumerate(spec.local_secondary_indexes):
        yield ("spec", "localSecondaryIndexes", i), local_index


@rule("duplicate-index-name", "globalSecondaryIndexes.name", "localSecondaryIndexes.name")
def index_names_unique(manifest: Manifest) -> Iterator[Finding]:
    """Names are unique over global and local indexes, and case-sensitive (CreateTable)."""
    seen: dict[str, str] = {}
    for path, index in indexes_of(manifest.spec):
        if index.name in seen:
            yield Finding(
                (*path, "name"),
                f"the index name {quote(index.name)} is already used by {seen[index.name]}",
                "choose another name: global and local indexes of a table may not share names",
            )
        seen.setdefault(index.name, f"{path[1]}[{path[2]}]")


@rule("too-many-indexes", "globalSecondaryIndexes", "localSecondaryIndexes")
def index_limits(manifest: Manifest) -> Iterator[Finding]:
    """At most 20 global indexes (a quota that few accounts raised) and 5 local ones (a limit)."""
    spec = manifest.spec
    for field, found, limit in (
        ("globalSecondaryIndexes", len(spec.global_secondary_indexes), MAX_GLOBAL_INDEXES),
        ("localSecondaryIndexes", len(spec.local_secondary_indexes), MAX_LOCAL_INDEXES),
    ):
        if found > limit:
            yield Finding(
                ("spec", field, limit),
                f"at most {limit} {'global' if field[0] == 'g' else 'local'} indexes are allowed, "
                f"got {found}",
                "use composite key values, so that one index serves several queries",
            )


@rule("include-requires-attributes", *_PROJECTIONS, each=INDEXES)
def include_requires_attributes(manifest: Manifest) -> Iterator[Finding]:
    """nonKeyAttributes are required with INCLUDE, and otherwise not allowed (CreateTable,
    Projection)."""
    for path, index in indexes_of(manifest.spec):
        if index.projection is None:
            continue
        if manifest.contract.demands_projection and index.projection.type is None:
            continue  # projection_set reports it
        kind, listed = index.projection.effective_type, index.projection.non_key_attributes
        if kind is ProjectionType.INCLUDE and not listed:
            yield Finding(
                (*path, "projection"),
                "a projection of type INCLUDE needs nonKeyAttributes",
                "list the attributes to project, or use KEYS_ONLY",
            )
        if kind is not ProjectionType.INCLUDE and listed:
            yield Finding(
                (*path, "projection", "nonKeyAttributes"),
                f"nonKeyAttributes are only allowed with INCLUDE, got {kind.value}",
                "set the type to INCLUDE, or remove the list",
            )


@rule(
    "missing",
    *_PROJECTION_TYPES,
    says=("globalSecondaryIndexes.name", "localSecondaryIndexes.name"),
    each=INDEXES,
)
def projection_set(manifest: Manifest) -> Iterator[Finding]:
    """CreateTable has no default projection; in the v1 contract it is ALL."""
    if not manifest.contract.demands_projection:
        return
    for path, index in indexes_of(manifest.spec):
        if index.projection is None or index.projection.type is None:
            what = manifest.titled("the index", index.name)
            yield Finding(
                (*path, "projection", "type") if index.projection else (*path, "projection"),
                f"the projection of {what} is required",
                "use ALL (all attributes), KEYS_ONLY (the keys) or INCLUDE (those you list)",
            )


@rule("non-key-attributes", *_NON_KEY_ATTRIBUTES)
def non_key_attribute_limits(manifest: Manifest) -> Iterator[Finding]:
    """An index has 1 to 20, all indexes together at most 100, counting repeats; none is listed
    twice (CreateTable)."""
    total = 0
    for path, index in indexes_of(manifest.spec):
        listed = index.projection.non_key_attributes if index.projection else []
        place = (*path, "projection", "nonKeyAttributes")
        total += len(listed)
        if len(listed) > MAX_NON_KEY_ATTRIBUTES:
            yield Finding(
                place,
                f"at most {MAX_NON_KEY_ATTRIBUTES} nonKeyAttributes are allowed, got {len(listed)}",
                "use the projection ALL, or list fewer",
            )
        last = {name: i for i, name in enumerate(listed)}
        for name, count in Counter(listed).items():
            if count > 1:
                yield Finding(
                    (*place, last[name]),
                    f"{quote(name)} is listed {count} times in nonKeyAttributes",
                    "list it once",
                )
    if total > MAX_PROJECTED_ATTRIBUTES:
        yield Finding(
            ("spec",),
            f"at most {MAX_PROJECTED_ATTRIBUTES} nonKeyAttributes are allowed over all indexes, "
            f"got {total}",
            "use the projection ALL if you need many: it does not count",
        )


INDEX_RULES = (
    index_names_unique,
    index_limits,
    projection_set,
    include_requires_attributes,
    non_key_attribute_limits,
)
