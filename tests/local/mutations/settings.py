"""The settings of a table beside keys and indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.local.manifests import ALIAS, KEY, Draw, add_global, global_indexes, indexes, schemas
from tests.local.mutations.mutation import mutation
from tests.local.transcription import Manifest

_UNITS = st.sampled_from([0, 1, 40_000, 40_001, 10**12, 10**12 + 1, -1, None])


@mutation("range", stated=("units-on-demand",), near=True)
def units(draw: Draw, manifest: Manifest) -> None:
    """Of the table or of a global index, whatever the billing mode."""
    holder = draw(st.sampled_from([manifest["spec"], *global_indexes(manifest)]))
    block = {"readCapacityUnits": draw(_UNITS), "writeCapacityUnits": draw(_UNITS)}
    holder["provisionedThroughput"] = {k: v for k, v in block.items() if v is not None}


@mutation("provisioned-requires-throughput", stated=("units-on-demand",), near=True)
def units_everywhere(draw: Draw, manifest: Manifest) -> None:
    """So that a billing mode is right or wrong for all at once."""
    block = draw(st.sampled_from([None, {"readCapacityUnits": 1, "writeCapacityUnits": 2}]))
    manifest["spec"]["billingMode"] = draw(st.sampled_from(["PAY_PER_REQUEST", "PROVISIONED"]))
    for holder in (manifest["spec"], *global_indexes(manifest)):
        holder.pop("provisionedThroughput", None)
        if block:
            holder["provisionedThroughput"] = dict(block)


@mutation("provisioned-requires-throughput", "gsi-throughput-matches-billing")
def no_units(draw: Draw, manifest: Manifest) -> None:
    """At one place, where all others have them."""
    manifest["spec"]["billingMode"] = "PROVISIONED"
    add_global(manifest, "added-global")
    everywhere = [manifest["spec"], *global_indexes(manifest)]
    for holder in everywhere:
        holder["provisionedThroughput"] = {"readCapacityUnits": 1, "writeCapacityUnits": 1}
    del everywhere[draw(st.sampled_from([0, -1]))]["provisionedThroughput"]


@mutation("range", stated=("maximum-on-provisioned", "no-maximum-on-provisioned"), near=True)
def maxima(draw: Draw, manifest: Manifest) -> None:
    """Of the table or of a global index, in either billing mode."""
    everywhere = [manifest["spec"], *global_indexes(manifest)]
    mode = draw(st.sampled_from(["PAY_PER_REQUEST", "PROVISIONED"]))
    manifest["spec"]["billingMode"] = mode
    for holder in everywhere:
        holder.pop("provisionedThroughput", None)
        if mode == "PROVISIONED":
            holder["provisionedThroughput"] = {"readCapacityUnits": 1, "writeCapacityUnits": 1}
    block: Manifest = {}
    for field in ("maxReadRequestUnits", "maxWriteRequestUnits"):
        _put(block, field, draw(st.sampled_from([None, 0, 1, -1, -2, 40_001])))
    draw(st.sampled_from(everywhere))["onDemandThroughput"] = block


@mutation("provisioned-requires-throughput", stated=("no-billing-mode",), near=True)
def billing_mode(draw: Draw, manifest: Manifest) -> None:
    choices = ["PAY_PER_REQUEST", "PROVISIONED", None, ""]
    _put(manifest["spec"], "billingMode", draw(st.sampled_from(choices)))


@mutation(stated=("no-region", "key-of-another-region"), near=True)
def region(draw: Draw, manifest: Manifest) -> None:
    _put(manifest["spec"], "region", draw(st.sampled_from([None, "us-east-1", "us-east-1", ""])))
    if draw(st.sampled_from([False, False, True])):
        manifest["spec"]["serverSideEncryption"] = {"enabled": True, "kmsKeyArn": KEY}


@mutation("stream-view-requires-enabled", near=True)
def stream(draw: Draw, manifest: Manifest) -> None:
    spec = manifest["spec"]
    _put(spec, "streamEnabled", draw(st.sampled_from([True, False, None])))
    views = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", None, ""]
    _put(spec, "streamViewType", draw(st.sampled_from(views)))


@mutation("ttl-attribute-when-enabled", stated=("attribute-of-a-disabled-ttl",), near=True)
def ttl_attribute(draw: Draw, manifest: Manifest) -> None:
    key = manifest["spec"].get("keySchema") or [{}]
    names = ["expiresAt", key[0].get("attributeName"), None, ""]
    ttl: Manifest = {}
    _put(ttl, "enabled", draw(st.sampled_from([True, False, True, None])))
    _put(ttl, "attributeName", draw(st.sampled_from(names)))
    manifest["spec"]["ttl"] = ttl


@mutation(stated=("key-without-encryption", "key-that-is-no-arn"), near=True)
def encryption(draw: Draw, manifest: Manifest) -> None:
    arns = [
        None, "", KEY, ALIAS, KEY.replace("aws", "aws-cn"), "arn:aws:kms:eu-west-1:1:key/x",
        "alias/orders", "arn:aws:s3:::bucket", KEY.replace("key/", "grant/"),
    ]  # fmt: skip
    block: Manifest = {}
    _put(block, "enabled", draw(st.sampled_from([True, False, None])))
    _put(block, "kmsKeyArn", draw(st.sampled_from(arns)))
    manifest["spec"]["serverSideEncryption"] = block


@mutation(stated=("bad-tags",), near=True)
def tag(draw: Draw, manifest: Manifest) -> None:
    texts = ["k", "k" * 128, "k" * 129, "aws:k", "AWS:k", "a_.:/=+-@ 9", "k#", "ключ", "k,l", ""]
    key = draw(st.sampled_from(texts))
    value = draw(st.sampled_from(["", "v", "v" * 256, "v" * 257, "ü", "v;w"]))
    manifest["spec"]["tags"] = {key: value}


@mutation(stated=("bad-tags",), near=True)
def many_tags(draw: Draw, manifest: Manifest) -> None:
    """Beside the two to five that every table gets."""
    for field in ("org", "env", "id"):
        if draw(st.booleans()):
            manifest["metadata"][field] = "text"
    count = draw(st.sampled_from([45, 46, 47, 48, 49, 50]))
    manifest["spec"]["tags"] = {f"key-{i}": "value" for i in range(count)}
    if draw(st.booleans()):
        manifest["spec"]["tags"]["planton.ai/resource"] = "mine"


@mutation(stated=("bad-tags",), near=True)
def text_of_the_metadata(draw: Draw, manifest: Manifest) -> None:
    """It becomes tags."""
    field = draw(st.sampled_from(["org", "env", "id"]))
    manifest["metadata"][field] = draw(st.sampled_from(["", "o" * 256, "o" * 257, "a, b", "ö"]))


_WRONG = {
    "S": ["s", "STRING", "BOOL", "M", "SS"],
    "HASH": ["hash", "PARTITION", "Hash"],
    "RANGE": ["range", "SORT", "HASH_RANGE"],
    "ALL": ["all", "KEYS", "KEYS_AND_ALL", "EXCLUDE"],
    "NEW_IMAGE": ["new_image", "NEW_IMAGES", "ALL"],
    "PROVISIONED": ["provisioned", "ON_DEMAND"],
    "STANDARD": ["standard", "STANDARD_IA", "STANDARD_INFREQUENT_ACCES"],
}
"""Like one of the values of an enum, but not one of them."""


@mutation("enum", stated=("unknown-billing-mode", "unknown-table-class"))
def wrong_word_of_the_table(draw: Draw, manifest: Manifest) -> None:
    fields = {"tableClass": "STANDARD", "billingMode": "PROVISIONED", "streamViewType": "NEW_IMAGE"}
    field = draw(st.sampled_from(list(fields)))
    manifest["spec"][field] = draw(st.sampled_from(_WRONG[fields[field]]))


@mutation("enum", stated=("unknown-key-type",))
def wrong_word_of_a_part(draw: Draw, manifest: Manifest) -> None:
    holder, field, like = draw(st.sampled_from(list(_words(draw, manifest))))
    holder[field] = draw(st.sampled_from(_WRONG[like]))


@mutation("missing")
def word_that_is_missing(draw: Draw, manifest: Manifest) -> None:
    """Where the contract has no default."""
    words = [word for word in _words(draw, manifest) if word[2] != "ALL"]
    if words:
        holder, field, _ = draw(st.sampled_from(words))
        _put(holder, field, draw(st.sampled_from([None, ""])))


def _words(draw: Draw, manifest: Manifest) -> Iterator[tuple[Manifest, str, str]]:
    """The words of a definition, a key and a projection, and a valid one for each."""
    if definitions := manifest["spec"].get("attributeDefinitions"):
        yield draw(st.sampled_from(definitions)), "type", "S"
    schema = draw(st.sampled_from(list(schemas(manifest)) or [[]]))
    yield from zip(schema, ["keyType"] * 2, ["HASH", "RANGE"], strict=False)
    if found := indexes(manifest):
        yield draw(st.sampled_from(found)).setdefault("projection", {}), "type", "ALL"


def _put(holder: Manifest, field: str, value: Any) -> None:
    holder.pop(field, None)
    if value is not None:
        holder[field] = value
