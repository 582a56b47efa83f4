"""Valid manifests, as data in camelCase, and what mutations need to work on them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from tests.local.transcription import Manifest

T = TypeVar("T")


class Draw(Protocol):
    """What a composite strategy draws with."""

    def __call__(self, strategy: st.SearchStrategy[T]) -> T: ...


ATTRIBUTES = ["id", "at", "owner", "status", "Id", "a b", "a.b", "#ü", "😀", "x" * 255, "é" * 127]
"""Names of attributes: AWS takes any text of at most 255 bytes."""

OTHERS = ["title", "price", "note", "Title", "tax rate", "id", "at", "😀 of it"]
"""Names of attributes to project: keys may be among them."""

UNDEFINED = "nowhere"
"""An attribute that no valid manifest knows."""

INDEXES = ["by-one", "by-two", "by-three", "...", "-x-"]
LOCALS = ["l.1", "l_2", "L-3"]
V1 = "aws.project-planton.org/v1"
V1ALPHA1 = "aws.planton.dev/v1alpha1"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
ALIAS = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/orders"


@st.composite
def valid(draw: Draw) -> Manifest:
    """A manifest that the contract and AWS accept."""
    version = draw(st.sampled_from([V1, V1ALPHA1]))
    partition = draw(st.sampled_from(ATTRIBUTES))
    sort = draw(st.sampled_from([None, *_without(partition)]))
    spec: dict[str, Any] = {
        "billingMode": draw(st.sampled_from(["PAY_PER_REQUEST", "PROVISIONED"])),
        "keySchema": keys(partition, sort),
    }
    provisioned = spec["billingMode"] == "PROVISIONED"
    if provisioned:
        spec["provisionedThroughput"] = draw(_units())
    else:
        spec.update(copy.deepcopy(draw(st.sampled_from(_ON_DEMAND))))
    spec["globalSecondaryIndexes"] = [
        draw(_global_index(INDEXES[i], provisioned, version)) for i in range(draw(_few(3)))
    ]
    if sort is not None:
        spec["localSecondaryIndexes"] = [
            draw(_local_index(LOCALS[i], partition, version)) for i in range(draw(_few(2)))
        ]
    if version == V1ALPHA1:
        spec["region"] = "eu-central-1"
        # Its defaults are the API's.
        if provisioned and draw(st.booleans()):
            del spec["billingMode"]
    manifest: Manifest = {
        "apiVersion": version,
        "kind": "AwsDynamodb",
        "metadata": {"name": draw(st.sampled_from(["orders", "abc", "A-b_c.9"]))},
        "spec": {field: value for field, value in spec.items() if value != []},
    }
    define(draw, manifest)
    for setting in draw(st.lists(st.sampled_from(_SETTINGS), max_size=4, unique_by=_subject)):
        manifest["spec"].update(copy.deepcopy(setting))
    return manifest


def _subject(setting: dict[str, Any]) -> str:
    """The subject of a setting: v1 and v1alpha1 have different names for some."""
    return next(iter(setting)).removesuffix("Enabled")


_ON_DEMAND: list[dict[str, Any]] = [
    {},
    {"provisionedThroughput": {}},
    {"provisionedThroughput": {"readCapacityUnits": 0, "writeCapacityUnits": 0}},
    {"onDemandThroughput": {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 50}},
]

_SETTINGS: list[dict[str, Any]] = [
    {"streamEnabled": False},
    {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"},
    {"streamEnabled": True, "streamViewType": "KEYS_ONLY"},
    {"ttl": {"enabled": True, "attributeName": "expiresAt"}},
    {"ttl": {"enabled": False}},
    {"tableName": "named-otherwise"},
    {"tableClass": "STANDARD_INFREQUENT_ACCESS"},
    {"serverSideEncryption": {"enabled": True}},
    {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
    {"serverSideEncryption": {"enabled": False}},
    {"deletionProtectionEnabled": True},
    {"pointInTimeRecoveryEnabled": True},
    {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}},
    {"contributorInsightsEnabled": True},
    {"contributorInsights": {"enabled": True, "mode": "THROTTLED_KEYS"}},
    {"tags": {"team": "orders", "cost centre": "4711"}},
]


def _without(name: str) -> list[str]:
    return [other for other in ATTRIBUTES if other != name]


def _few(most: int) -> st.SearchStrategy[int]:
    return st.sampled_from([0, *range(most + 1)])


def _units() -> st.SearchStrategy[dict[str, int]]:
    some = st.sampled_from([1, 5, 40_000])
    return st.fixed_dictionaries({"readCapacityUnits": some, "writeCapacityUnits": some})


@st.composite
def _projected(draw: Draw, index: Manifest, version: str) -> Manifest:
    kinds = ["ALL", "KEYS_ONLY", "INCLUDE", "INCLUDE", *([None, ""] if version == V1 else [])]
    match draw(st.sampled_from(kinds)):
        case None:
            pass
        case "":
            index["projection"] = {}
        case "INCLUDE":
            names = draw(st.lists(st.sampled_from(OTHERS), min_size=1, max_size=4, unique=True))
            index["projection"] = {"type": "INCLUDE", "nonKeyAttributes": names}
        case kind:
            index["projection"] = {"type": kind}
    return index


@st.composite
def _global_index(draw: Draw, name: str, provisioned: bool, version: str) -> Manifest:
    partition = draw(st.sampled_from(ATTRIBUTES))
    sort = draw(st.sampled_from([None, *_without(partition)]))
    index: Manifest = {"name": name, "keySchema": keys(partition, sort)}
    if version == V1ALPHA1 and draw(st.sampled_from([False, False, True])):
        index["keySchema"] = multi_attribute_key(draw(_few(4)) or 1, draw(_few(4)))
    if provisioned:
        index["provisionedThroughput"] = draw(_units())
    return draw(_projected(index, version))


@st.composite
def _local_index(draw: Draw, name: str, partition: str, version: str) -> Manifest:
    sort = draw(st.sampled_from(_without(partition)))
    key: Manifest = draw(
        st.sampled_from([{"keySchema": keys(partition, sort)}, {"rangeKey": sort}])
    )
    return draw(_projected({"name": name, **key}, version))


def keys(partition: str, sort: str | None = None) -> list[Manifest]:
    """A key schema."""
    schema = [{"attributeName": partition, "keyType": "HASH"}]
    return schema if sort is None else [*schema, {"attributeName": sort, "keyType": "RANGE"}]


def multi_attribute_key(partition: int, sort: int) -> list[Manifest]:
    """A key schema of so many attributes of each kind."""
    kinds = ["HASH"] * partition + ["RANGE"] * sort
    return [{"attributeName": f"part {i}", "keyType": kind} for i, kind in enumerate(kinds)]


def define(draw: Draw, manifest: Manifest) -> None:
    """Gives exactly the attributes that keys use a definition; those that have one keep it."""
    spec = manifest["spec"]
    known = {a.get("name"): a for a in spec.get("attributeDefinitions", [])}
    named = [key.get("attributeName") for schema in schemas(manifest) for key in schema]
    named += [index.get("rangeKey") for index in local_indexes(manifest)]
    used = dict.fromkeys(name for name in named if name)
    spec["attributeDefinitions"] = [
        known.get(name) or {"name": name, "type": draw(st.sampled_from("SNB"))} for name in used
    ]


def global_indexes(manifest: Manifest) -> list[Manifest]:
    """The list of global indexes, to be changed."""
    found: list[Manifest] = manifest["spec"].setdefault("globalSecondaryIndexes", [])
    return found


def local_indexes(manifest: Manifest) -> list[Manifest]:
    """The list of local indexes, to be changed."""
    found: list[Manifest] = manifest["spec"].setdefault("localSecondaryIndexes", [])
    return found


def indexes(manifest: Manifest) -> list[Manifest]:
    """All indexes."""
    return [*global_indexes(manifest), *local_indexes(manifest)]


def holders(manifest: Manifest) -> Iterator[Manifest]:
    """What has a key: the table and its indexes."""
    yield manifest["spec"]
    yield from indexes(manifest)


def schemas(manifest: Manifest) -> Iterator[list[Manifest]]:
    """All key schemas that there are."""
    for holder in holders(manifest):
        if holder.get("keySchema"):
            yield holder["keySchema"]


def add_global(manifest: Manifest, name: str) -> Manifest:
    """One more global index, with the table's partition key."""
    spec = manifest["spec"]
    schema = [dict(key) for key in _key(manifest)[:1]]
    index: Manifest = {"name": name, "keySchema": schema, "projection": {"type": "ALL"}}
    if spec.get("billingMode", "PROVISIONED") == "PROVISIONED":
        index["provisionedThroughput"] = {"readCapacityUnits": 1, "writeCapacityUnits": 1}
    global_indexes(manifest).append(index)
    return index


def add_local(manifest: Manifest, name: str) -> Manifest:
    """One more local index, on the table's own sort key; the table gets one where it has none."""
    schema = _key(manifest)
    if len(schema) == 1:
        sort = "added" if schema[0].get("attributeName") != "added" else "added too"
        schema.append({"attributeName": sort, "keyType": "RANGE"})
        manifest["spec"].setdefault("attributeDefinitions", []).append({"name": sort, "type": "S"})
    copied = [dict(key) for key in schema[:2]]
    index: Manifest = {"name": name, "keySchema": copied, "projection": {"type": "ALL"}}
    local_indexes(manifest).append(index)
    return index


def _key(manifest: Manifest) -> list[Manifest]:
    """The table's, created if there is none."""
    spec = manifest["spec"]
    if not spec.get("keySchema"):
        spec["keySchema"] = keys("id")
    schema: list[Manifest] = spec["keySchema"]
    return schema
