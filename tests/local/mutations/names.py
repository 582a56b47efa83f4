"""Names of tables, indexes and attributes."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.local.manifests import (
    Draw,
    add_global,
    add_local,
    holders,
    indexes,
    local_indexes,
    schemas,
)
from tests.local.mutations.mutation import mutation
from tests.local.transcription import Manifest

_NAMES = st.sampled_from(
    ["abc", "ab", "n" * 255, "n" * 256, "abc\n", "a b c", "äbc", "a/b", "...", "-x-", "", "a"]
)
_ATTRIBUTES = st.sampled_from(
    ["n" * 256, "n" * 255, "é" * 127 + "n", "é" * 128, "😀" * 63 + "nnn", "😀" * 64, "", "two\n"]
)
"""Around 255 characters, and around 255 bytes."""


@mutation("name", "length", stated=("resource-name",), near=True)
def table_name(draw: Draw, manifest: Manifest) -> None:
    where = draw(st.sampled_from([("metadata", "name"), ("spec", "tableName")]))
    manifest[where[0]][where[1]] = draw(_NAMES)


@mutation("name", "length", near=True)
def index_name(draw: Draw, manifest: Manifest) -> None:
    an_index(draw, manifest)["name"] = draw(_NAMES)


@mutation("duplicate-index-name", near=True)
def equal_index_names(draw: Draw, manifest: Manifest) -> None:
    """Equal, or different in case alone, or the table's."""
    one = an_index(draw, manifest)
    name = str(one.get("name"))
    others = [index for index in indexes(manifest) if index is not one]
    other = draw(st.sampled_from(others)) if others else add_global(manifest, "another")
    table = manifest["spec"].get("tableName") or manifest["metadata"].get("name")
    other["name"] = draw(st.sampled_from([name, name.swapcase(), table]))


@mutation("length", near=True)
def attribute_name_length(draw: Draw, manifest: Manifest) -> None:
    """Of a key, with its definition."""
    definitions = manifest["spec"].get("attributeDefinitions", [])
    if not definitions:
        return
    definition = draw(st.sampled_from(definitions))
    old, new = definition.get("name"), draw(_ATTRIBUTES)
    definition["name"] = new
    for schema in schemas(manifest):
        for key in schema:
            if key.get("attributeName") == old:
                key["attributeName"] = new
    for index in local_indexes(manifest):
        if index.get("rangeKey") == old:
            index["rangeKey"] = new


@mutation("length", near=True)
def projected_name_length(draw: Draw, manifest: Manifest) -> None:
    an_index(draw, manifest)["projection"] = {
        "type": "INCLUDE",
        "nonKeyAttributes": [draw(_ATTRIBUTES)],
    }


@mutation("length", near=True)
def ttl_attribute_length(draw: Draw, manifest: Manifest) -> None:
    manifest["spec"]["ttl"] = {"enabled": True, "attributeName": draw(_ATTRIBUTES)}


@mutation("missing")
def name_that_is_missing(draw: Draw, manifest: Manifest) -> None:
    places = [(index, "name") for index in indexes(manifest)]
    places += [(a, "name") for a in manifest["spec"].get("attributeDefinitions", [])]
    places += [(key, "attributeName") for holder in holders(manifest)
               for key in holder.get("keySchema", [])]  # fmt: skip
    if places:
        holder, field = draw(st.sampled_from(places))
        holder.pop(field, None)


def an_index(draw: Draw, manifest: Manifest) -> Manifest:
    """An index of the manifest, or one more."""
    found = indexes(manifest)
    match draw(st.sampled_from([*range(len(found)), "global", "local"])):
        case "global":
            return add_global(manifest, "added-global")
        case "local":
            return add_local(manifest, "added-local")
        case position:
            return found[int(position)]
