"""Two manifests of one table, before and after a change, drawn over the whole model.

A table is drawn feature by feature, and a change redraws a few of them: most pairs change two or
three things at once. What the rules on manifests refuse is thrown away; `_fitting` repairs what
would be refused too often.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from planton.dialects.annotations import EXTENSIONS
from planton.dialects.contract import Contract
from planton.manifest.facts import facts
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from tests.engine.manifests import NAME, index, key
from tests.engine.specs import encrypted, maximum, streaming
from tests.local.manifests import V1, V1ALPHA1, Draw

REGION = "us-east-1"
REPLICAS = ("us-east-2", "us-west-2")
REGIONS = (REGION, *REPLICAS)
"""A set of regions of strong consistency, so that it can be drawn too."""

Features = dict[str, Any]
"""A spec in parts, by what they are about. None where the manifest says nothing of it."""

_NUMBERS = ("at", "amount")
ON_DEMAND = {"billingMode": "PAY_PER_REQUEST"}
PROVISIONED = {"billingMode": "PROVISIONED"}


@dataclass(frozen=True)
class Side:
    """One manifest: the features of its table, and the version of the contract."""

    features: Features
    version: str

    @property
    def text(self) -> str:
        return manifest(self.features, self.version)


@dataclass(frozen=True, repr=False)
class Pair:
    """Two manifests of one table. `refreshed` is whether the stack is refreshed between them: the
    state of a table then lists what standalone resources have added to it."""

    before: Side
    after: Side
    refreshed: bool = False

    def __repr__(self) -> str:
        return f"before:\n{self.before.text}\nafter:\n{self.after.text}"


@st.composite
def pairs(draw: Draw) -> Pair:
    """A table, and a change of a few of its features."""
    features = {name: draw(_often_none(name)) for name in FEATURES}
    before = _fitting(features)
    changing = dict.fromkeys(draw(st.lists(st.sampled_from(_CHANGING), max_size=2)))
    changing |= dict.fromkeys(draw(st.sampled_from(_TOGETHER)))
    after = copy.deepcopy(features)
    for name in changing:
        after[name] = draw(_edited(name, features[name]))
    versions = draw(st.sampled_from([(V1ALPHA1, V1ALPHA1), (V1, V1), (V1, V1ALPHA1)]))
    refreshed = draw(st.booleans())
    return Pair(Side(before, versions[0]), Side(_fitting(after), versions[1]), refreshed)


def pair_of(before: Features, after: Features) -> Pair:
    """A pair of tables of which only these features are said."""

    def side(features: Features) -> Side:
        return Side(_fitting({**_PLAIN, **features}), V1ALPHA1)

    return Pair(side(before), side(after))


def manifest(features: Features, version: str = V1ALPHA1) -> str:
    """A manifest of this version; what v1 lacks is in the annotation `extensions`."""
    spec = _spec(features)
    metadata: dict[str, Any] = {"name": NAME, "org": "acme", "env": "dev"}
    annotations = {}
    if version == V1:
        extensions = {name: spec.pop(name) for name in list(spec) if name not in _OF_V1}
        if extensions:
            annotations[EXTENSIONS] = json.dumps(extensions)
    if annotations:
        metadata["annotations"] = annotations
    return json.dumps(
        {"apiVersion": version, "kind": "AwsDynamodb", "metadata": metadata, "spec": spec}, indent=1
    )


_OF_V1 = {name for name, field in fields(Spec).items() if facts(field).is_of(Contract.V1)}


def _spec(features: Features) -> dict[str, Any]:
    spec: dict[str, Any] = {"region": REGION}
    for name, value in features.items():
        if value is not None and name != "types":
            spec.update(copy.deepcopy(value))
    schemas = [spec["keySchema"]]
    for kind in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        schemas += [one["keySchema"] for one in spec.get(kind, [])]
    names = sorted({part["attributeName"] for schema in schemas for part in schema})
    flipped = features.get("types") or ()
    spec["attributeDefinitions"] = [
        {"name": name, "type": "N" if (name in _NUMBERS) != (name in flipped) else "S"}
        for name in names
    ]
    return spec


def _fitting(features: Features) -> Features:
    """The features without what would be refused in this combination."""
    fitting = copy.deepcopy(features)
    provisioned = fitting["mode"] == PROVISIONED
    if provisioned and _is_strong(fitting):
        fitting["replicas"] = None
    replicas = (fitting["replicas"] or {}).get("replicas", [])
    indexes = (fitting["global"] or {}).get("globalSecondaryIndexes", [])
    if provisioned:
        fitting["maximum"] = None
        if replicas and not _scales_writes(fitting["autoscaling"]):
            fitting["autoscaling"] = SCALED
    else:
        fitting["units"] = fitting["autoscaling"] = None
    refused = ["provisionedThroughput", "autoscaling"]
    if provisioned:
        refused = ["onDemandThroughput", *(["autoscaling"] if replicas else [])]
    for one in indexes:
        for name in refused:
            one.pop(name, None)
    if _is_strong(fitting):
        fitting["ttl"] = fitting["local"] = None
    if replicas:
        fitting["stream"] = stream("NEW_AND_OLD_IMAGES")
        _fit_keys(replicas, fitting["encryption"])
    if len(fitting["key"]["keySchema"]) == 1:
        fitting["local"] = None
    watched = ((fitting["insights"] or {}).get("contributorInsights") or {}).get("gsiIndexNames")
    if watched:
        names = [one["name"] for one in indexes]
        fitting["insights"]["contributorInsights"]["gsiIndexNames"] = [
            name for name in watched if name in names
        ]
    return fitting


def _is_strong(features: Features) -> bool:
    replicas = (features["replicas"] or {}).get("replicas", [])
    return any(one.get("consistencyMode") == "STRONG" for one in replicas)


def _fit_keys(replicas: list[Features], encryption: Features | None) -> None:
    """Replicas have a customer's key if the table has one."""
    has_key = "kmsKeyArn" in (encryption or {}).get("serverSideEncryption", {})
    for one in replicas:
        if has_key:
            one.setdefault("kmsKeyArn", kms_key(one["regionName"], 1))
        else:
            one.pop("kmsKeyArn", None)


def _scales_writes(scaling: Any) -> bool:
    block = (scaling or {}).get("autoscaling", {})
    return block.get("enabled", True) is not False and "write" in block


def stream(view: str) -> Features:
    return {"streamEnabled": True, "streamViewType": view}


def kms_key(region: str, number: int) -> str:
    return f"arn:aws:kms:{region}:123456789012:key/11111111-2222-3333-4444-{number:012}"


def units(read: int, write: int) -> Features:
    return {"provisionedThroughput": {"readCapacityUnits": read, "writeCapacityUnits": write}}


def warm(read: int, write: int) -> Features:
    return {"warmThroughput": {"readUnitsPerSecond": read, "writeUnitsPerSecond": write}}


def dimension(least: int, most: int, **more: Any) -> Features:
    return {"minCapacity": least, "maxCapacity": most, **more}


MORNING = {
    "name": "morning",
    "dimension": "READ",
    "schedule": "cron(0 8 * * ? *)",
    "timezone": "Europe/Berlin",
    "minCapacity": 50,
    "maxCapacity": 90,
}
_EVENING = {"name": "evening", "dimension": "WRITE", "schedule": "rate(12 hours)", "minCapacity": 6}
SCALED = {"autoscaling": {"read": dimension(5, 100), "write": dimension(5, 100)}}


def policy(action: str, **more: bool) -> Features:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
        "Action": action,
        "Resource": ["${table_arn}"],
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"resourcePolicy": {"policy": document, **more}}


PROJECTIONS = [
    {"type": "ALL"},
    {"type": "KEYS_ONLY"},
    {"type": "INCLUDE", "nonKeyAttributes": ["a", "b"]},
    {"type": "INCLUDE", "nonKeyAttributes": ["b"]},
]
_INDEX_SCALING = [
    None,
    None,
    None,
    {"enabled": False},
    {"read": dimension(5, 50)},
    {"read": dimension(5, 50), "write": dimension(5, 60)},
]


_INDEX_KEYS = [("who",), ("who", "at"), ("what", "at"), ("sk",), ("amount", "pk")]


@st.composite
def _global_index(draw: Draw, name: str) -> Features:
    keys = draw(
        st.sampled_from([("who",), ("who", "at"), ("what", "at"), ("sk",), ("amount", "pk")])
    )
    drawn: Features = {
        "name": name,
        "keySchema": key(*keys),
        "projection": draw(st.sampled_from(PROJECTIONS)),
        **draw(st.sampled_from([units(5, 5), units(5, 5), units(8, 5)])),
        **draw(st.sampled_from([{}, {}, maximum(100, 50), maximum(100, 0), maximum(-1, -1)])),
        **draw(st.sampled_from([{}, {}, {}, {}, {}, warm(15_000, 5_000), warm(20_000, 5_000)])),
    }
    if scaling := draw(st.sampled_from(_INDEX_SCALING)):
        drawn["autoscaling"] = scaling
    return drawn


@st.composite
def _global_indexes(draw: Draw) -> Features | None:
    names = draw(st.lists(st.sampled_from(["by-who", "by-what", "by-at"]), max_size=3, unique=True))
    found = [draw(_global_index(name)) for name in names]
    return {"globalSecondaryIndexes": found} if found else None


@st.composite
def _edited_indexes(draw: Draw, before: Features | None) -> Features | None:
    """One index added, removed or changed, or the others in another order."""
    indexes = copy.deepcopy((before or {}).get("globalSecondaryIndexes", []))
    names = [one["name"] for one in indexes]
    others = [name for name in ("by-who", "by-what", "by-at") if name not in names]
    ways = [
        *(["add"] if others else []),
        *(["remove", "remove all", "change", "change"] if names else []),
        "reverse",
    ]
    match draw(st.sampled_from(ways)):
        case "add":
            indexes.append(draw(_global_index(others[0])))
        case "remove":
            del indexes[draw(st.integers(0, len(indexes) - 1))]
        case "remove all":
            indexes.clear()
        case "change":
            position = draw(st.integers(0, len(indexes) - 1))
            changed = draw(_global_index(names[position]))
            for field in draw(st.lists(st.sampled_from(sorted(changed)), min_size=1, max_size=2)):
                indexes[position][field] = changed[field]
        case _:
            indexes.reverse()
    return {"globalSecondaryIndexes": indexes} if indexes else None


@st.composite
def _replica(draw: Draw, region: str) -> Features:
    replica: Features = {"regionName": region}
    for name in ("pointInTimeRecovery", "deletionProtectionEnabled", "propagateTags"):
        if draw(st.sampled_from([False, False, True])):
            replica[name] = True
    if number := draw(st.sampled_from([0, 1, 2])):
        replica["kmsKeyArn"] = kms_key(region, number)
    return replica


@st.composite
def _replicas(draw: Draw) -> Features | None:
    how = draw(st.sampled_from(["none", "one", "two", "strong", "witness"]))
    if how == "none":
        return None
    regions = REPLICAS if how in ("two", "strong") else REPLICAS[:1]
    found = [draw(_replica(region)) for region in regions]
    if how in ("one", "two"):
        return {"replicas": found}
    for one in found:
        one["consistencyMode"] = "STRONG"
    witness = {"globalTableWitness": {"regionName": REPLICAS[1]}} if how == "witness" else {}
    return {"replicas": found, **witness}


@st.composite
def _edited_replicas(draw: Draw, before: Features | None) -> Features | None:
    """One replica added, removed or changed; strongly consistent ones all at once."""
    replicas = copy.deepcopy((before or {}).get("replicas", []))
    if not replicas or "globalTableWitness" in (before or {}):
        return draw(_replicas())
    match draw(st.sampled_from(["anew", "fewer", "change", "change", "more"])):
        case "anew":
            return draw(_replicas())
        case "fewer":
            del replicas[draw(st.integers(0, len(replicas) - 1))]
        case "more":
            missing = [one for one in REPLICAS if one not in [r["regionName"] for r in replicas]]
            replicas += [draw(_replica(region)) for region in missing]
        case _:
            position = draw(st.integers(0, len(replicas) - 1))
            changed = draw(_replica(replicas[position]["regionName"]))
            mode = replicas[position].get("consistencyMode")
            replicas[position] = {**changed, **({"consistencyMode": mode} if mode else {})}
    return {"replicas": replicas} if replicas else None


def _one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


FEATURES: dict[str, st.SearchStrategy[Any]] = {
    "key": _one_of({"keySchema": key("pk", "sk")}),
    "types": _one_of(None),
    "mode": _one_of(ON_DEMAND, PROVISIONED),
    "units": _one_of(units(5, 5), units(7, 5), units(5, 9)),
    "maximum": _one_of(None, maximum(100, 50), maximum(200, 0), maximum(-1, -1), maximum(0, 70)),
    "warm": _one_of(None, None, None, warm(15_000, 5_000), warm(16_000, 5_000)),
    "global": _global_indexes(),
    "local": _one_of(None, {"localSecondaryIndexes": [index("l-at", "pk", "at")]}),
    "ttl": _one_of(
        None,
        {"ttl": {"enabled": False}},
        {"ttl": {"enabled": True, "attributeName": "expires"}},
        {"ttl": {"enabled": True, "attributeName": "until"}},
    ),
    "stream": _one_of(
        None,
        {"streamEnabled": False},
        stream("KEYS_ONLY"),
        stream("NEW_IMAGE"),
        stream("NEW_AND_OLD_IMAGES"),
    ),
    "recovery": _one_of(
        None,
        {"pointInTimeRecovery": {"enabled": True}},
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}},
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 14}},
        {"pointInTimeRecovery": {"enabled": False}},
    ),
    "encryption": _one_of(
        None,
        encrypted(enabled=False),
        encrypted(enabled=True),
        encrypted(enabled=True, kmsKeyArn=kms_key(REGION, 1)),
        encrypted(enabled=True, kmsKeyArn=kms_key(REGION, 2)),
    ),
    "class": _one_of(
        None, {"tableClass": "STANDARD"}, {"tableClass": "STANDARD_INFREQUENT_ACCESS"}
    ),
    "protection": _one_of(None, None, {"deletionProtectionEnabled": True}),
    "insights": _one_of(
        None,
        {"contributorInsights": {"enabled": True}},
        {"contributorInsights": {"enabled": True, "mode": "THROTTLED_KEYS"}},
        {"contributorInsights": {"enabled": True, "gsiIndexNames": ["by-who", "by-what"]}},
        {"contributorInsights": {"enabled": True, "gsiIndexNames": ["by-at"]}},
    ),
    "autoscaling": _one_of(
        None,
        None,
        SCALED,
        {"autoscaling": {**SCALED["autoscaling"], "enabled": False}},
        {"autoscaling": {"read": dimension(5, 80, targetUtilizationPercent=50)}},
        {"autoscaling": {"write": dimension(6, 100, scaleInCooldownSeconds=60)}},
        {"autoscaling": {**SCALED["autoscaling"], "write": dimension(5, 100, policyName="writes")}},
        {"autoscaling": {**SCALED["autoscaling"], "write": dimension(5, 100, policyName="a/b")}},
        {"autoscaling": {**SCALED["autoscaling"], "scheduledAdjustments": [MORNING]}},
        {"autoscaling": {**SCALED["autoscaling"], "scheduledAdjustments": [MORNING, _EVENING]}},
        {
            "autoscaling": {
                "read": dimension(7, 120),
                "write": dimension(5, 100),
                "scheduledAdjustments": [{**MORNING, "minCapacity": 60}],
            }
        },
    ),
    "policy": _one_of(
        None,
        policy("dynamodb:GetItem"),
        policy("dynamodb:Query"),
        policy("dynamodb:Query", confirmRemoveSelfResourceAccess=True),
    ),
    "kinesis": _one_of(
        None,
        streaming("a"),
        streaming("b"),
        streaming("a", approximateCreationDateTimePrecision="MICROSECOND"),
        streaming("b", approximateCreationDateTimePrecision="MILLISECOND"),
    ),
    "replicas": _replicas(),
    "source": _one_of(None),
    "tags": _one_of(None, {"tags": {"team": "a"}}, {"tags": {"team": "b", "cost": "1"}}),
    "name": _one_of(None),
}

_PLAIN = {**dict.fromkeys(FEATURES), "key": {"keySchema": key("pk", "sk")}, "mode": ON_DEMAND}

_RARE: dict[str, st.SearchStrategy[Any]] = {
    "key": _one_of({"keySchema": key("pk")}, {"keySchema": key("id", "sk")}),
    "types": _one_of(("who",), ("pk",), ("at",)),
    "local": _one_of(
        None,
        {"localSecondaryIndexes": [{**index("l-at", "pk", "at"), "projection": PROJECTIONS[1]}]},
        {"localSecondaryIndexes": [index("l-amount", "pk", "amount")]},
    ),
    "source": _one_of(
        {"importTable": {"s3Bucket": "exports", "inputFormat": "ION"}},
        {"restoreSourceName": "old-orders", "restoreToLatestTime": True},
    ),
    "name": _one_of({"tableName": "named-otherwise"}),
}
"""What a change of is refused, whatever else changes. It is seldom drawn for a change."""

_CHANGING = [name for name in FEATURES if name not in _RARE] * 3 + sorted(_RARE)
_TOGETHER = [
    (),
    (),
    ("global", "mode"),
    ("global", "replicas"),
    ("global", "autoscaling"),
    ("global", "insights"),
    ("replicas", "mode"),
    ("replicas", "stream"),
    ("replicas", "ttl"),
    ("replicas", "encryption"),
    ("mode", "maximum"),
]
"""What depends on each other in AWS, and is changed together more often than by chance."""


def _often_none(name: str) -> st.SearchStrategy[Any]:
    """A feature before the change: often none, so that few things stand in each other's way."""
    drawn = FEATURES[name]
    if name in ("key", "mode", "units", "types", "source", "name", "global"):
        return drawn
    return st.one_of(st.none(), drawn)


def _edited(name: str, before: Any) -> st.SearchStrategy[Any]:
    if name == "global":
        return _edited_indexes(before)
    if name == "replicas":
        return _edited_replicas(before)
    return _RARE[name] if name in _RARE else FEATURES[name]
