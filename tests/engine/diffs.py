"""What the provider would change about a resource, given its last reported state and new inputs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from planton.rehearsal.provider.properties import Block, Blocks, Leaf, Property
from tests.emulated.provider.drift import key_of
from tests.emulated.provider.provider import KINDS
from tests.engine.facts import FACTS, TABLE, Facts
from tests.engine.wire import Json


def changed(token: str, state: Json, inputs: Json) -> list[str]:
    """The properties that the provider would change, given what it last reported as `state`."""
    found = _different(token, state, inputs)
    if (
        token == TABLE
        and "globalSecondaryIndexes" not in found
        and not _forced(token, found, state, inputs)
    ):
        # The provider clears it: definitions are changed with the indexes that use them.
        found = [name for name in found if name != "attributes"]
    return [*found, *_following(found)]


def replaced(token: str, state: Json, inputs: Json) -> list[str]:
    """Those among the changed properties that only another resource can have."""
    return _forced(token, _different(token, state, inputs), state, inputs)


def details(token: str, state: Json, inputs: Json) -> dict[str, str]:
    """The paths that change, and whether they are added, updated or deleted.

    A set is one path: where in it the provider sees a change hangs on a hash of the whole item.
    """
    shape, facts = KINDS[token].inputs, FACTS[token]
    plan = _settled(shape, facts, "", state, inputs)
    forced = replaced(token, state, inputs)
    found: dict[str, str] = {}
    for name in changed(token, state, inputs):
        if name == "tagsAll":
            # Even where there are none yet, it is a map, and each tag is added by itself.
            tags = state.get("tags") or {}, plan["tags"] or {}
            found |= dict(_detail(Leaf.TEXT_MAP, facts, name, *tags))
        elif name in shape.properties:
            suffix = "-replace" if name in forced else ""
            kind = shape.properties[name]
            for path, how in _detail(kind, facts, name, state.get(name), plan[name]):
                found[path] = how + suffix
        else:
            found[name] = "update"
    return found


def _detail(
    kind: Property, facts: Facts, path: str, before: Any, after: Any
) -> Iterator[tuple[str, str]]:
    if before is None or after is None or isinstance(kind, Blocks):
        yield path, "add" if not before else "update" if after else "delete"
    elif isinstance(kind, Block):
        for name, inner in kind.properties.items():
            pair = before.get(name), after.get(name)
            one, other = (_canonical(inner, facts, f"{path}.{name}", value) for value in pair)
            if one != other:
                yield from _detail(inner, facts, f"{path}.{name}", *pair)
    elif kind is Leaf.TEXT_MAP and isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                place = f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]'
                yield from _detail(Leaf.TEXT, facts, place, before.get(key), after.get(key))
    else:
        yield path, "update"


def _different(token: str, state: Json, inputs: Json) -> list[str]:
    shape, facts = KINDS[token].inputs, FACTS[token]
    plan = _settled(shape, facts, "", state, inputs)
    return [
        name
        for name, kind in shape.properties.items()
        if _canonical(kind, facts, name, state.get(name))
        != _canonical(kind, facts, name, plan.get(name))
    ]


def _following(found: list[str]) -> list[str]:
    """Outputs that are unknown with these inputs, and therefore part of the provider's diff."""
    following = []
    if "tags" in found:
        following.append("tagsAll")
    if {"streamEnabled", "streamViewType"} & {*found}:
        following.append("streamArn")
    return following


def _forced(token: str, found: list[str], state: Json, inputs: Json) -> list[str]:
    kind = KINDS[token]
    forced = [name for name in found if name in kind.replaced_by]
    if token == TABLE and _is_cooled(state.get("warmThroughput"), inputs.get("warmThroughput")):
        forced.append("warmThroughput")
    if token == TABLE:
        # An import's details may change, which does nothing; a source may be taken away.
        if bool(state.get("importTable")) != bool(inputs.get("importTable")):
            forced.append("importTable")
        forced += [
            name for name in _SOURCES if inputs.get(name) and inputs[name] != state.get(name, "")
        ]
    return forced


def problems(state: Json, inputs: Json, live: Json) -> list[str]:
    """The provider's errors about a table's attributes, whatever else would change.

    `live` is the table in AWS, whose indexes may be standalone resources. The provider looks at
    the inputs as the engine hands them on, in which a key that is to be ignored is the last input.
    """
    plan = _settled(KINDS[TABLE].inputs, FACTS[TABLE], "", state, inputs)
    existing = _index_attributes(live.get("globalSecondaryIndexes"))
    # Of global indexes it looks at the inputs alone, and at what is there in AWS.
    indexed = _index_attributes(inputs.get("globalSecondaryIndexes"))
    keys = {plan["hashKey"], plan["rangeKey"], *indexed}
    keys |= {index["rangeKey"] for index in plan["localSecondaryIndexes"] or []}
    defined = {attribute["name"] for attribute in plan["attributes"] or []}
    unused, undefined = defined - keys - existing, keys - {None, ""} - existing - defined
    found = []
    if unused:
        found.append(f"all attributes must be indexed. Unused attributes: {_quoted(unused)}")
    if undefined:
        unmatched = _quoted(undefined)
        found.append(f"all indexes must match a defined attribute. Unmatched indexes: {unmatched}")
    return found


def _index_attributes(indexes: list[Json] | None) -> set[str]:
    names = set()
    for index in indexes or []:
        parts = [part["attributeName"] for part in index.get("keySchemas") or []]
        names |= {*(parts or filter(None, (index.get("hashKey"), index.get("rangeKey"))))}
    return names


def _quoted(names: set[str]) -> str:
    return "[" + " ".join(f'"{name}"' for name in sorted(names)) + "]"


def _settled(shape: Block, facts: Facts, prefix: str, state: Json, inputs: Json) -> Json:
    """The planned resource: the inputs, else the state if computed, else the defaults."""
    plan: Json = {}
    for name, kind in shape.properties.items():
        path = prefix + name
        before, wanted = state.get(name), inputs.get(name)
        if wanted is None or wanted == []:  # blocks that are none are not there at all
            plan[name] = before if path in facts.computed else facts.defaults.get(path)
        elif isinstance(kind, Block):
            plan[name] = _settled(kind, facts, f"{path}.", before or {}, wanted)
        elif isinstance(kind, Blocks) and isinstance(wanted, list):
            existing = {item[key_of(kind)]: item for item in before or []}
            plan[name] = [
                _settled(kind.item, facts, f"{path}.", existing.get(item[key_of(kind)], {}), item)
                for item in wanted
            ]
        else:
            plan[name] = wanted
    return plan


def _canonical(kind: Property, facts: Facts, path: str, value: Any) -> Any:
    """A form in which what means the same is equal.

    To the provider zero values are none, and of a feature that is off nothing else is looked at.
    """
    match kind, value:
        case Block(), dict():
            if value.get("enabled") is False:
                return None
            items = {
                name: _canonical(inner, facts, f"{path}.{name}", value.get(name))
                for name, inner in kind.properties.items()
            }
            items = {name: item for name, item in items.items() if item is not None}
            if path.rpartition(".")[2] == "onDemandThroughput":
                return items  # neither optional nor computed: a block with nothing in it is one
            return items or None
        case Blocks(), list():
            blocks = [_canonical(kind.item, facts, path, item) for item in value]
            if path in facts.by_key:
                return sorted(item[key_of(kind)] for item in blocks) or None
            if path in facts.sets:
                return {item[key_of(kind)]: item for item in blocks} or None
            return blocks or None
        case Leaf.TEXTS, list() if path in facts.sets:
            return sorted(value) or None
        case Leaf.TEXT, str() if path in facts.times and value:
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        case _ if path.rpartition(".")[2] in _MAXIMA and value == -1:
            return None  # no maximum: the provider suppresses a difference between 0 and -1
        case _:
            return value or None


_SOURCES = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")
_MAXIMA = ("maxReadRequestUnits", "maxWriteRequestUnits")


def _is_cooled(before: Json | None, after: Json | None) -> bool:
    """Warm throughput can only grow; the provider makes a lower one a replacement."""
    before, after = before or {}, after or {}
    return any(after.get(unit) and after[unit] < amount for unit, amount in before.items())
