"""The order in which the provider returns sets."""

from __future__ import annotations

import zlib

from planton.rehearsal.provider.properties import Block, Blocks, Leaf
from tests.emulated.provider.drift import key_of
from tests.emulated.provider.provider import KINDS
from tests.engine.facts import FACTS, Facts
from tests.engine.wire import Json


def in_provider_order(token: str, values: Json) -> Json:
    """Sets come back in the order of a hash of their items."""
    ordered = _ordered(KINDS[token].inputs, FACTS[token], "", values)
    return {**values, **ordered}


def _ordered(shape: Block, facts: Facts, prefix: str, values: Json) -> Json:
    ordered: Json = {}
    for name, value in values.items():
        kind, path = shape.properties.get(name), prefix + name
        ordered[name] = value
        match kind, value:
            case Block(), dict():
                ordered[name] = _ordered(kind, facts, f"{path}.", value)
            case Blocks(), list():
                items = [_ordered(kind.item, facts, f"{path}.", item) for item in value]
                if path in facts.sets:
                    hashed = {_hash(item[key_of(kind)]): item for item in items}
                    items = [hashed[key] for key in sorted(hashed)]
                ordered[name] = items
            case Leaf.TEXTS, list() if path in facts.sets:
                ordered[name] = sorted(value, key=_hash)
    return ordered


def _hash(text: str) -> str:
    """As the order of a set: of little meaning to a reader, and always the same."""
    return f"{zlib.crc32(text.encode())}-{text}"
