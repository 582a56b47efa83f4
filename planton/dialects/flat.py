"""Converts the flat shape of 2024 to today's.

Its fields are under `spec` or `spec.table`; its keys are `hashKey` and `rangeKey` with a name and a
type; fields of today's blocks (a projection, a throughput) are not grouped. Fields with today's
names are accepted unchanged.
"""

from __future__ import annotations

from planton.diagnostics.diagnostic import quote
from planton.dialects.flat_capacity import (
    completed,
    default_throughput,
    reshape_scaling,
    reshape_throughput,
)
from planton.dialects.flat_features import (
    REGIONS,
    default_stream,
    reshape_import,
    reshape_regions,
)
from planton.dialects.reshape import (
    Entry,
    Fields,
    Path,
    Reshaper,
    entry,
    fields,
    gather,
    gather_list,
    new_scalar,
    with_fields,
)
from planton.document.nodes import Mapping, Node, OlderShape, Scalar, Sequence, resolve

_TODAY = {
    "attributes": "attributeDefinitions",
    "autoScale": "autoscaling",
    "enableStreams": "streamEnabled",
    REGIONS: "replicas",
}
_SWITCHED = ("ttl", "serverSideEncryption", "pointInTimeRecovery", "autoscaling")
_SWITCH = {"isEnabled": "enabled"}
_PROJECTION = {"projectionType": "type", "nonKeyAttributes": "nonKeyAttributes"}
_KEYS = {"hashKey": "keySchema", "rangeKey": "keySchema"}
_CAPACITY = dict.fromkeys(("readCapacity", "writeCapacity"), "provisionedThroughput")
_PROJECTED = dict.fromkeys(_PROJECTION, "projection")
_OF_TABLE = {**_KEYS, **_TODAY, **_CAPACITY}
_OF_GLOBAL = {**_KEYS, **_PROJECTED, **_CAPACITY}
_OF_LOCAL = {"rangeKey": "rangeKey", **_PROJECTED}
"""Today's field for each field of that shape."""


def reshape(key: Scalar, spec: Mapping, tools: Reshaper) -> Entry:
    """The spec in today's shape, with a key at the position of the table's fields."""
    entries = fields(spec)
    key, entries = _hoist(key, entries, tools)
    regions = reshape_regions(entries, tools)
    entries = tools.rename(entries, _TODAY)
    if regions:
        default_stream(entries, regions)
    reshape_import(entries, tools)
    if credential := entries.pop("awsCredentialId", None):
        tools.report(
            "flat-shape",
            "awsCredentialId is ignored: the platform resolved it to credentials",
            credential[0],
            "remove it; credentials come with the stack input or from the environment",
        )
    mode = entries.get("billingMode")
    on_demand = bool(mode and isinstance(mode[1], Scalar) and mode[1].text.endswith("REQUEST"))
    for name in _SWITCHED:
        if name in entries and isinstance(value := entries[name][1], Mapping):
            inner = tools.rename(fields(value), _SWITCH)
            entries[name] = entries[name][0], with_fields(value, inner)
    scaling = reshape_scaling(entries, on_demand, tools)
    definitions: list[Mapping] = []
    _keys(entries, key, tools, definitions)
    reshape_throughput(entries, key, "the table", on_demand, scaling, tools)
    if not (on_demand or tools.broken or "provisionedThroughput" in entries):
        entries["provisionedThroughput"] = default_throughput(key, scaling, tools)
    used = set(_key_names(entries.get("keySchema")))
    for name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        if name in entries and isinstance(indexes := entries[name][1], Sequence):
            items: list[Node] = []
            for i, index in enumerate(indexes.items):
                if isinstance(index, Mapping):
                    if name == "localSecondaryIndexes":
                        index = _local(index, ("spec", name, i), tools, definitions)
                    else:
                        index = _global(index, on_demand, scaling, tools, definitions)
                    used.update(_key_names(fields(index).get("keySchema")))
                    if isinstance(sort := index.get("rangeKey"), Scalar):
                        used.add(sort.text)
                items.append(index)
            entries[name] = entries[name][0], indexes._replace(items=tuple(items))
    _definitions(entries, key, definitions, used, tools)
    shape = OlderShape(_by_today(_OF_TABLE), _OF_TABLE)
    return key._replace(text="spec"), with_fields(spec, entries, shape)


def _by_today(fields_: dict[str, str]) -> dict[str, str]:
    """The first field of that shape for each of today's names."""
    return {today: old for old, today in reversed(fields_.items())}


def _hoist(key: Scalar, entries: Fields, tools: Reshaper) -> tuple[Scalar, Fields]:
    """The fields under `table` and beside it, and the key of the table's fields."""
    if "table" not in entries:
        return key, entries
    key, table = entries.pop("table")
    if not isinstance(table, Mapping):
        tools.report("type", "table must be a mapping", table)
        tools.broken.add(("spec",))
        return key, entries
    hoisted = fields(table)
    for name, (beside, value) in entries.items():
        if name in hoisted:
            line = hoisted[name][0].start.line + 1
            tools.report(
                "key-spelled-twice",
                f"{quote(name)} is also set under table, on line {line}",
                beside,
                "keep one of the two",
            )
        else:
            hoisted[name] = beside, value
    return key, hoisted


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _key_names(schema: Entry | None) -> list[str]:
    """The attribute names of a key schema, if it is one."""
    if schema is None or not isinstance(schema[1], Sequence):
        return []
    return [_field(element, "attributeName") for element in schema[1].items]


def _keys(entries: Fields, parent: Node, tools: Reshaper, definitions: list[Mapping]) -> None:
    """Converts hashKey and rangeKey to a keySchema; their types go to the definitions."""
    elements: list[Node] = []
    first: Scalar | None = None
    for name, kind in (("hashKey", "HASH"), ("rangeKey", "RANGE")):
        if name not in entries:
            continue
        key, value = entries[name]
        if isinstance(value, Scalar) and resolve(value) is None:
            del entries[name]
            tools.report(
                "empty-value",
                f"{quote(name)} has no value, so it counts as absent",
                key,
                "give it a name and a type or remove it, and check that the lines below it "
                "are indented",
            )
            continue
        if "keySchema" in entries:
            tools.report_both(key, "keySchema")
            del entries[name]
            continue
        first = first or key
        element: Fields = {"keyType": entry("keyType", new_scalar(kind, key), key)}
        if not isinstance(value, Mapping):
            element["attributeName"] = entry("attributeName", value, key)
        else:
            definitions.append(value)
            if "name" in (inner := fields(value)):
                named, text = inner["name"]
                element["attributeName"] = named._replace(text="attributeName"), text
        parts = tuple(element.values())
        shape = OlderShape({"attributeName": "name"})
        elements.append(Mapping(parts, value.start, value.end, value.origin, shape))
        del entries[name]
    if first:
        entries["keySchema"] = gather_list("keySchema", elements, first, parent)


def _global(
    index: Mapping,
    on_demand: bool,
    scaling: Mapping | None,
    tools: Reshaper,
    definitions: list[Mapping],
) -> Mapping:
    entries = fields(index)
    _keys(entries, index, tools, definitions)
    _project(entries, index, tools)
    what = f"the index {quote(_text(index.get('name')))}"
    reshape_throughput(entries, index, what, on_demand, scaling, tools)
    if scaling and "provisionedThroughput" not in entries:
        at = next(iter(entries.values()), (new_scalar("", index), None))[0]
        key, block = gather("provisionedThroughput", {}, at, index, {})
        entries["provisionedThroughput"] = key, completed(block, at, scaling)
    return with_fields(index, entries, OlderShape(_by_today(_OF_GLOBAL), _OF_GLOBAL))


def _local(index: Mapping, path: Path, tools: Reshaper, definitions: list[Mapping]) -> Mapping:
    entries = fields(index)
    if "rangeKey" in entries and isinstance(value := entries["rangeKey"][1], Mapping):
        definitions.append(value)
        # A missing name is reported for the definition.
        key = entries["rangeKey"][0]
        name = value.get("name")
        entries["rangeKey"] = key, name or tools.placeholder((*path, "rangeKey"), key)
    _project(entries, index, tools)
    names = {**_by_today(_OF_LOCAL), "keySchema": "rangeKey"}
    return with_fields(index, entries, OlderShape(names, _OF_LOCAL))


def _project(entries: Fields, index: Mapping, tools: Reshaper) -> None:
    if projection := tools.gather_fields("projection", _PROJECTION, entries, index):
        entries["projection"] = projection


def _definitions(
    entries: Fields, key: Scalar, of_keys: list[Mapping], used: set[str], tools: Reshaper
) -> None:
    """Defines every key attribute once. Attributes that no key uses are dropped with a warning,
    because that shape's own examples have some."""
    listed = entries.get("attributeDefinitions")
    if listed and not isinstance(listed[1], Sequence):
        return
    others = listed[1].items if listed and isinstance(listed[1], Sequence) else ()
    typed = {_field(node, "name") for node in (*of_keys, *others) if _field(node, "type")}
    kept: dict[tuple[str, str], Node] = {}
    for node in (*of_keys, *others):
        name, kind = _field(node, "name"), _field(node, "type")
        if not kind and name in typed:
            continue  # the type is in another definition
        if name and name not in used:
            tools.report(
                "flat-shape",
                f"attribute {quote(name)} is ignored: no key uses it",
                node,
                "remove it: only key attributes have a definition",
            )
            continue
        kept.setdefault((name, kind if name else str(len(kept))), node)
    if kept or listed:
        at = listed[0] if listed else key
        entries["attributeDefinitions"] = gather_list(
            "attributeDefinitions", list(kept.values()), at, listed[1] if listed else key
        )


def _field(node: Node, name: str) -> str:
    return _text(node.get(name)) if isinstance(node, Mapping) else ""
