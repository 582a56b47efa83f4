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
from planton.dialects.reshape import Entry, Fields, Reshaper, entry, fields, mapping, new_scalar
from planton.document.reader import Mapping, Node, Scalar, Sequence, resolve

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
    given = fields(spec)
    key, given = _hoist(key, given, tools)
    regions = reshape_regions(given, tools)
    given = tools.rename(given, _TODAY)
    if regions:
        default_stream(given, regions)
    reshape_import(given, tools)
    tools.note(key, _by_today(_OF_TABLE), _OF_TABLE)
    if credential := given.pop("awsCredentialId", None):
        tools.report(
            "flat-shape",
            "awsCredentialId is ignored: the platform resolved it to credentials",
            credential[0],
            "remove it; credentials come with the stack input or from the environment",
        )
    mode = given.get("billingMode")
    on_demand = bool(mode and isinstance(mode[1], Scalar) and mode[1].text.endswith("REQUEST"))
    for name in _SWITCHED:
        if name in given and isinstance(value := given[name][1], Mapping):
            inner = tools.rename(fields(value), _SWITCH)
            given[name] = given[name][0], mapping(inner, value.start, value.end)
    scaling = reshape_scaling(given, on_demand, tools)
    definitions: list[Mapping] = []
    _keys(given, key, tools, definitions)
    reshape_throughput(given, key, "the table", on_demand, scaling, tools)
    if not (on_demand or tools.broken or "provisionedThroughput" in given):
        given["provisionedThroughput"] = default_throughput(key, scaling, tools)
    used = set(_key_names(given.get("keySchema")))
    for name, reshaper in (("globalSecondaryIndexes", _global), ("localSecondaryIndexes", _local)):
        if name in given and isinstance(indexes := given[name][1], Sequence):
            items: list[Node] = []
            for index in indexes.items:
                if isinstance(index, Mapping):
                    index = reshaper(index, on_demand, scaling, tools, definitions)
                    used.update(_key_names(fields(index).get("keySchema")))
                    if isinstance(sort := index.get("rangeKey"), Scalar):
                        used.add(sort.text)
                items.append(index)
            given[name] = given[name][0], indexes._replace(items=tuple(items))
    _definitions(given, key, definitions, used, tools)
    return key._replace(text="spec"), mapping(given, spec.start, spec.end)


def _by_today(fields_: dict[str, str]) -> dict[str, str]:
    """The first field of that shape for each of today's names."""
    return {today: old for old, today in reversed(fields_.items())}


def _hoist(key: Scalar, given: Fields, tools: Reshaper) -> tuple[Scalar, Fields]:
    """The fields under `table` and beside it, and the key of the table's fields."""
    if "table" not in given:
        return key, given
    key, table = given.pop("table")
    if not isinstance(table, Mapping):
        tools.report("type", "table must be a mapping", table)
        tools.broken.add("spec")
        return key, given
    hoisted = fields(table)
    for name, (beside, value) in given.items():
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


def _keys(given: Fields, parent: Node, tools: Reshaper, definitions: list[Mapping]) -> None:
    """Converts hashKey and rangeKey to a keySchema; their types go to the definitions."""
    elements: list[Node] = []
    first: Scalar | None = None
    for name, kind in (("hashKey", "HASH"), ("rangeKey", "RANGE")):
        if name not in given:
            continue
        key, value = given[name]
        if isinstance(value, Scalar) and resolve(value) is None:
            del given[name]
            tools.report(
                "empty-value",
                f"{quote(name)} has no value, so it counts as absent",
                key,
                "give it a name and a type or remove it, and check that the lines below it "
                "are indented",
            )
            continue
        if "keySchema" in given:
            tools.report_both(key, "keySchema")
            del given[name]
            continue
        first = first or key
        entries: Fields = {"keyType": entry("keyType", new_scalar(kind, key), key)}
        if not isinstance(value, Mapping):
            entries["attributeName"] = entry("attributeName", value, key)
        else:
            definitions.append(value)
            tools.note(value, {"attributeName": "name"}, {})
            if "name" in (inner := fields(value)):
                named, text = inner["name"]
                entries["attributeName"] = named._replace(text="attributeName"), text
        elements.append(mapping(entries, value.start, value.end))
        del given[name]
    if first:
        given["keySchema"] = tools.gather_list("keySchema", elements, first, parent)


def _global(
    index: Mapping,
    on_demand: bool,
    scaling: Mapping | None,
    tools: Reshaper,
    definitions: list[Mapping],
) -> Mapping:
    given = fields(index)
    tools.note(index, _by_today(_OF_GLOBAL), _OF_GLOBAL)
    _keys(given, index, tools, definitions)
    _project(given, index, tools)
    what = f"the index {quote(_text(index.get('name')))}"
    reshape_throughput(given, index, what, on_demand, scaling, tools)
    if scaling and "provisionedThroughput" not in given:
        at = next(iter(given.values()), (new_scalar("", index), None))[0]
        key, block = tools.gather("provisionedThroughput", {}, at, index, {})
        given["provisionedThroughput"] = key, completed(block, at, scaling)
    return mapping(given, index.start, index.end)


def _local(
    index: Mapping,
    on_demand: bool,
    scaling: Mapping | None,
    tools: Reshaper,
    definitions: list[Mapping],
) -> Mapping:
    given = fields(index)
    tools.note(index, {**_by_today(_OF_LOCAL), "keySchema": "rangeKey"}, _OF_LOCAL)
    if "rangeKey" in given and isinstance(value := given["rangeKey"][1], Mapping):
        definitions.append(value)
        # A missing name is reported for the definition.
        key = given["rangeKey"][0]
        given["rangeKey"] = key, value.get("name") or new_scalar("stand-in", key)
    _project(given, index, tools)
    return mapping(given, index.start, index.end)


def _project(given: Fields, index: Mapping, tools: Reshaper) -> None:
    if projection := tools.gather_fields("projection", _PROJECTION, given, index):
        given["projection"] = projection


def _definitions(
    given: Fields, key: Scalar, of_keys: list[Mapping], used: set[str], tools: Reshaper
) -> None:
    """Defines every key attribute once. Attributes that no key uses are dropped with a warning,
    because that shape's own examples have some."""
    listed = given.get("attributeDefinitions")
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
        given["attributeDefinitions"] = tools.gather_list(
            "attributeDefinitions", list(kept.values()), at, listed[1] if listed else key
        )


def _field(node: Node, name: str) -> str:
    return _text(node.get(name)) if isinstance(node, Mapping) else ""
