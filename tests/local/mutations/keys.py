"""Keys, definitions and how many indexes there are."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.local.manifests import (
    UNDEFINED,
    V1ALPHA1,
    Draw,
    add_global,
    add_local,
    define,
    global_indexes,
    indexes,
    local_indexes,
    multi_attribute_key,
)
from tests.local.mutations.mutation import mutation
from tests.local.transcription import Manifest


def _holder(draw: Draw, manifest: Manifest) -> Manifest:
    """What has a key: the table, or an index, which is added where there is none."""
    match draw(st.sampled_from(["table", "global", "local"])):
        case "table":
            spec: Manifest = manifest["spec"]
            return spec
        case "global":
            return draw(st.sampled_from(global_indexes(manifest) or [_add_pair(manifest)]))
        case _:
            found = [index for index in local_indexes(manifest) if "rangeKey" not in index]
            return draw(st.sampled_from(found or [add_local(manifest, "added")]))


def _add_pair(manifest: Manifest) -> Manifest:
    """A global index with a sort key."""
    index = add_global(manifest, "added-global")
    if len(index["keySchema"]) == 1:
        index["keySchema"].append({"attributeName": "sorts", "keyType": "RANGE"})
        manifest["spec"].setdefault("attributeDefinitions", []).append(
            {"name": "sorts", "type": "N"}
        )
    return index


def _schema(draw: Draw, manifest: Manifest) -> list[Manifest]:
    return _holder(draw, manifest).get("keySchema") or [{}]


def _key(draw: Draw, manifest: Manifest) -> Manifest:
    return draw(st.sampled_from(_schema(draw, manifest)))


def _defined(manifest: Manifest) -> list[str]:
    return [str(a.get("name")) for a in manifest["spec"].get("attributeDefinitions", [])] or ["id"]


def _define_or_not(draw: Draw, manifest: Manifest) -> None:
    """So that the change to a key is the only fault, or comes with one in the definitions."""
    if draw(st.sampled_from([True, True, False])):
        define(draw, manifest)


@mutation("key-schema-required-unless-restored", "gsi-key-schema-shape", "lsi-key-schema-shape")
def no_key(draw: Draw, manifest: Manifest) -> None:
    holder = _holder(draw, manifest)
    holder["keySchema"] = []
    _define_or_not(draw, manifest)


@mutation("table-key-schema-shape", "gsi-key-schema-shape", "lsi-key-schema-shape", near=True)
def part_of_a_key_dropped(draw: Draw, manifest: Manifest) -> None:
    schema = _schema(draw, manifest)
    schema.pop(draw(st.sampled_from(range(len(schema)))))
    _define_or_not(draw, manifest)


@mutation("table-key-schema-shape", "gsi-key-schema-shape", "lsi-key-schema-shape", near=True)
def parts_of_a_key_reversed(draw: Draw, manifest: Manifest) -> None:
    _schema(draw, manifest).reverse()


@mutation("table-key-schema-shape", "gsi-key-schema-shape", "lsi-key-schema-shape")
def other_key_type(draw: Draw, manifest: Manifest) -> None:
    key = _key(draw, manifest)
    key["keyType"] = "HASH" if key.get("keyType") == "RANGE" else "RANGE"


@mutation("table-key-schema-shape", "gsi-key-schema-shape")
def part_of_a_key_added(draw: Draw, manifest: Manifest) -> None:
    name = draw(st.sampled_from([*_defined(manifest), "added part"]))
    kind = draw(st.sampled_from(["RANGE", "HASH"]))
    _schema(draw, manifest).append({"attributeName": name, "keyType": kind})
    _define_or_not(draw, manifest)


@mutation("duplicate-key-attribute", near=True)
def second_part_of_a_key(draw: Draw, manifest: Manifest) -> None:
    """Another attribute, or the first part's again."""
    schema = _schema(draw, manifest)
    name = draw(st.sampled_from([schema[0].get("attributeName"), "added part"]))
    schema[1:] = [{"attributeName": name, "keyType": "RANGE"}]
    define(draw, manifest)


@mutation("lsi-key-schema-shape", near=True)
def other_attribute_in_a_key(draw: Draw, manifest: Manifest) -> None:
    key = _key(draw, manifest)
    choices = [UNDEFINED, str(key.get("attributeName")).swapcase(), *_defined(manifest)]
    key["attributeName"] = draw(st.sampled_from(choices))
    _define_or_not(draw, manifest)


@mutation("key-attributes-declared", "index-key-attributes-declared")
def undefined_attribute(draw: Draw, manifest: Manifest) -> None:
    key = _key(draw, manifest)
    key["attributeName"] = draw(
        st.sampled_from([UNDEFINED, str(key.get("attributeName")).swapcase()])
    )


@mutation(stated=("unused-definition",))
def unused_definition(draw: Draw, manifest: Manifest) -> None:
    """Also one that is projected or is the TTL attribute."""
    name = draw(st.sampled_from([UNDEFINED, "title", "expiresAt"]))
    kind = draw(st.sampled_from("SNB"))
    manifest["spec"].setdefault("attributeDefinitions", []).append({"name": name, "type": kind})


@mutation("duplicate-attribute")
def definition_twice(draw: Draw, manifest: Manifest) -> None:
    name = draw(st.sampled_from(_defined(manifest)))
    kind = draw(st.sampled_from("SNB"))
    manifest["spec"].setdefault("attributeDefinitions", []).append({"name": name, "type": kind})


@mutation("key-attributes-declared", "index-key-attributes-declared")
def definition_dropped(draw: Draw, manifest: Manifest) -> None:
    definitions = manifest["spec"].get("attributeDefinitions", [])
    if definitions:
        definitions.pop(draw(st.sampled_from(range(len(definitions)))))


@mutation("key-attributes-declared")
def no_definitions(draw: Draw, manifest: Manifest) -> None:
    del draw
    manifest["spec"]["attributeDefinitions"] = []


@mutation("lsi-key-schema-shape")
def local_index_without_sort_key(draw: Draw, manifest: Manifest) -> None:
    """Of the table, or in its own key."""
    index = add_local(manifest, "added-local")
    holder = draw(st.sampled_from([manifest["spec"], index]))
    holder["keySchema"] = holder["keySchema"][:1]
    define(draw, manifest)


@mutation("lsi-key-schema-shape", near=True)
def local_index_with_other_keys(draw: Draw, manifest: Manifest) -> None:
    """Another partition key, or the table's own sort key."""
    index = add_local(manifest, "added-local")
    names = [key.get("attributeName") for key in index["keySchema"]]
    other = draw(st.sampled_from([names, [names[1], names[0]], [UNDEFINED, names[1]]]))
    for key, name in zip(index["keySchema"], other, strict=True):
        key["attributeName"] = name
    define(draw, manifest)


@mutation(
    "duplicate-key-attribute",
    "index-key-attributes-declared",
    stated=("two-keys-of-a-local-index",),
    near=True,
)
def sort_key_alone(draw: Draw, manifest: Manifest) -> None:
    """A local index without keySchema, or with it."""
    index = add_local(manifest, "added-local")
    names = [key.get("attributeName") for key in index["keySchema"]]
    index["rangeKey"] = draw(st.sampled_from([UNDEFINED, *names, "", "another"]))
    if draw(st.sampled_from([True, True, True, False])):
        del index["keySchema"]
    if index["rangeKey"] == "another":
        define(draw, manifest)


@mutation(
    "gsi-key-schema-shape",
    "duplicate-key-attribute",
    "index-key-attributes-declared",
    stated=("multi-attribute-key",),
    near=True,
)
def key_of_many_attributes(draw: Draw, manifest: Manifest) -> None:
    """Up to four of each kind are allowed in v1alpha1."""
    if draw(st.sampled_from([True, True, False])):
        manifest["apiVersion"] = V1ALPHA1
        manifest["spec"].setdefault("region", "eu-central-1")
        for one in indexes(manifest):
            one.setdefault("projection", {}).setdefault("type", "ALL")
    index = add_global(manifest, "added-global")
    counts = st.sampled_from([1, 2, 4, 5])
    schema = multi_attribute_key(draw(counts), draw(counts) - 1)
    index["keySchema"] = schema
    match draw(st.sampled_from(["", "", "", "undefined", "twice", "disorder"])):
        case "":
            define(draw, manifest)
        case "twice":
            schema[-1]["attributeName"] = schema[0]["attributeName"]
            define(draw, manifest)
        case "disorder":
            schema.reverse()
            define(draw, manifest)


@mutation("too-many-indexes", near=True)
def many_global_indexes(draw: Draw, manifest: Manifest) -> None:
    count = draw(st.sampled_from([19, 20, 21]))
    while len(global_indexes(manifest)) < count:
        add_global(manifest, f"global-{len(global_indexes(manifest))}")


@mutation("too-many-indexes", near=True)
def many_local_indexes(draw: Draw, manifest: Manifest) -> None:
    count = draw(st.sampled_from([4, 5, 6]))
    while len(local_indexes(manifest)) < count:
        add_local(manifest, f"local-{len(local_indexes(manifest))}")
