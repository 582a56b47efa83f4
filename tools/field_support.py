"""Finds where each target puts each field of a manifest, by rendering with and without it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from planton.diagnostics.diagnostic import Source
from planton.dialects.annotations import ALLOW_REPLACEMENT, IMPORT
from planton.manifest.facts import facts
from planton.manifest.shape import bare, fields, model
from planton.manifest.spec import Spec
from planton.render.rendered import Data
from planton.render.targets import Rendering, RenderTarget, render

TARGETS: tuple[RenderTarget, ...] = ("ack", "crossplane", "kro")

_UNITS = {"readCapacityUnits": 5, "writeCapacityUnits": 5}
_BOUNDS = {"minCapacity": 5, "maxCapacity": 50}
_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def _keys(*names: str) -> list[Data]:
    kinds = ("HASH", "RANGE")
    return [{"attributeName": n, "keyType": k} for n, k in zip(names, kinds, strict=False)]


def _attributes(*names: str) -> list[Data]:
    return [{"name": name, "type": "S"} for name in names]


def _index(**more: Any) -> Data:
    return {"name": "by-a", "keySchema": _keys("a"), "projection": {"type": "ALL"}, **more}


def _indexed(*attributes: str, **more: Any) -> Data:
    return {
        "attributeDefinitions": _attributes("pk", *(attributes or ("a",))),
        "globalSecondaryIndexes": [_index(**more)],
    }


_ADJUSTMENT = {"name": "n", "dimension": "READ", "schedule": "rate(1 day)", "minCapacity": 5}
_SCALED = {"read": _BOUNDS, "write": _BOUNDS}
_STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
_WITNESS = {"globalTableWitness": {"regionName": "eu-west-2"}}
_TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table"


def _replicated(**more: Any) -> Data:
    return {**_STREAM, "replicas": [{"regionName": "eu-central-1", **more}]}


def _policy(
    resource: str, action: str = "dynamodb:DeleteItem", field: str = "resourcePolicy"
) -> Data:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {field: {"policy": document}}


_PROVISIONED = {"billingMode": "PROVISIONED", "provisionedThroughput": _UNITS}
_PROVISIONED_INDEX = {**_PROVISIONED, **_indexed(provisionedThroughput=_UNITS)}


@dataclass(frozen=True)
class Row:
    """A field, the spec `without` it, and what is added to render it: `added` and `metadata`."""

    name: str
    added: Data = field(default_factory=dict)
    without: Data = field(default_factory=dict)
    metadata: Data = field(default_factory=dict)


def _sample(info: FieldInfo) -> Any:
    """A value other than the default."""
    kind = bare(info.annotation)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1].value
    return True if kind is bool else facts(info).example


def _of_block(block: str, spec: Data, *but: str) -> Iterator[Row]:
    """A row for each field of a block, but for some and those that the spec sets already."""
    held = spec[block]
    within, mark = (held[0], "[]") if isinstance(held, list) else (held, "")
    for name, info in fields(model(fields(Spec)[block].annotation)).items():
        if name not in within and name not in but:
            more = {**within, name: _sample(info)}
            yield Row(f"{block}{mark}.{name}", {**spec, block: [more] if mark else more}, spec)


def _switched(block: str, *but: str) -> Iterator[Row]:
    """A row for each field of a block that is switched on, but for some."""
    on = {block: {"enabled": True}}
    yield Row(f"{block}.enabled", on)
    yield from _of_block(block, on, *but)


def _plain(rows: tuple[Row, ...]) -> Iterator[Row]:
    """A row for each boolean or enum of spec that has no other one."""
    named = {re.split(r"[\[.]", name)[0] for row in rows for name in row.name.split(", ")}
    for name, info in fields(Spec).items():
        if name not in named and not facts(info).block:
            yield Row(name, {name: _sample(info)})


_OWN: Data = {
    "contributorInsights": {"enabled": True},
    "kinesisStreamingDestination": {
        "streamArn": "arn:aws:kinesis:eu-central-1:111122223333:stream/changes"
    },
    "tags": {"team": "a"},
}
"""What a replica has for itself."""

_FIRST = (
    Row("tableName", {"tableName": "orders-dev"}),
    Row("region", {"region": "eu-central-1"}),
    Row("metadata.org", metadata={"org": "acme"}),
    Row("metadata.env", metadata={"env": "dev"}),
    Row("metadata.id", metadata={"id": "ddb-1"}),
    Row("tags", {"tags": {"team": "a"}}),
    Row(
        "attributeDefinitions, keySchema",
        {"attributeDefinitions": _attributes("pk", "sk"), "keySchema": _keys("pk", "sk")},
    ),
    Row("billingMode, provisionedThroughput", _PROVISIONED),
    Row("onDemandThroughput", {"onDemandThroughput": {"maxReadRequestUnits": 100}}),
    Row("autoscaling", {**_PROVISIONED, "autoscaling": {"read": _BOUNDS}}, _PROVISIONED),
    Row(
        "autoscaling.scheduledAdjustments",
        {**_PROVISIONED, "autoscaling": {**_SCALED, "scheduledAdjustments": [_ADJUSTMENT]}},
        {**_PROVISIONED, "autoscaling": _SCALED},
    ),
    Row(
        "autoscaling.read.policyName",
        {**_PROVISIONED, "autoscaling": {"read": {**_BOUNDS, "policyName": "orders-reads"}}},
        {**_PROVISIONED, "autoscaling": {"read": _BOUNDS}},
    ),
    Row(
        "autoscaling.read.policyName with a slash",
        {**_PROVISIONED, "autoscaling": {"read": {**_BOUNDS, "policyName": "orders/reads"}}},
        {**_PROVISIONED, "autoscaling": {"read": _BOUNDS}},
    ),
    Row("warmThroughput", {"warmThroughput": {"readUnitsPerSecond": 20000}}),
    Row("globalSecondaryIndexes", _indexed()),
    Row(
        "globalSecondaryIndexes[].keySchema of several attributes",
        _indexed("a", "b", keySchema=[*_keys("a"), *_keys("b")]),
        _indexed(),
    ),
    Row(
        "globalSecondaryIndexes[].provisionedThroughput",
        _PROVISIONED_INDEX,
        {**_PROVISIONED, **_indexed(provisionedThroughput={**_UNITS, "readCapacityUnits": 1})},
    ),
    Row(
        "globalSecondaryIndexes[].onDemandThroughput",
        _indexed(onDemandThroughput={"maxReadRequestUnits": 100}),
        _indexed(),
    ),
    Row(
        "globalSecondaryIndexes[].autoscaling",
        {**_PROVISIONED, **_indexed(provisionedThroughput=_UNITS, autoscaling={"read": _BOUNDS})},
        _PROVISIONED_INDEX,
    ),
    Row(
        "globalSecondaryIndexes[].warmThroughput",
        _indexed(warmThroughput={"readUnitsPerSecond": 20000}),
        _indexed(),
    ),
    Row(
        "localSecondaryIndexes",
        {
            "attributeDefinitions": _attributes("pk", "sk", "a"),
            "keySchema": _keys("pk", "sk"),
            "localSecondaryIndexes": [
                {"name": "by-a", "rangeKey": "a", "projection": {"type": "ALL"}}
            ],
        },
        {"attributeDefinitions": _attributes("pk", "sk"), "keySchema": _keys("pk", "sk")},
    ),
    Row("ttl", {"ttl": {"enabled": True, "attributeName": "expiresAt"}}),
    Row("streamEnabled, streamViewType", {"streamEnabled": True, "streamViewType": "KEYS_ONLY"}),
    *_switched("pointInTimeRecovery"),
    *_switched("serverSideEncryption", "kmsKeyArn"),
    Row(
        "serverSideEncryption.kmsKeyArn",
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": {"value": _KEY}}},
        {"serverSideEncryption": {"enabled": True}},
    ),
)
_LAST = (
    *_switched("contributorInsights", "gsiIndexNames"),
    Row(
        "contributorInsights.gsiIndexNames",
        {**_indexed(), "contributorInsights": {"enabled": True, "gsiIndexNames": ["by-a"]}},
        {**_indexed(), "contributorInsights": {"enabled": True}},
    ),
    Row("resourcePolicy that names the table's ARN", _policy(f"{_TABLE}/orders")),
    Row("resourcePolicy that names ${table_arn}", _policy("${table_arn}")),
    *_of_block("resourcePolicy", _policy("*")),
    Row(
        "streamResourcePolicy",
        {**_STREAM, **_policy("*", "dynamodb:GetRecords", "streamResourcePolicy")},
        _STREAM,
    ),
    Row(
        "kinesisStreamingDestination",
        {
            "kinesisStreamingDestination": {
                "streamArn": {"value": "arn:aws:kinesis:eu-west-1:111122223333:stream/changes"}
            }
        },
    ),
    Row("alarms", {"alarms": {}}),
    Row("accessPolicies", {"accessPolicies": ["reader"]}),
    Row(
        "grants",
        {"grants": [{"role": "reader", "principal": "arn:aws:iam::111122223333:role/shop"}]},
    ),
    Row("replicas", _replicated(), _STREAM),
    Row(
        "replicas with PROVISIONED",
        {**_PROVISIONED, "autoscaling": {"write": _BOUNDS}, **_replicated()},
        {**_PROVISIONED, "autoscaling": {"write": _BOUNDS}, **_STREAM},
    ),
    Row(
        "replicas[].kmsKeyArn",
        {
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": {"value": _KEY}},
            **_replicated(kmsKeyArn={"value": _KEY.replace("eu-west-1", "eu-central-1")}),
        },
        {"serverSideEncryption": {"enabled": True}, **_replicated()},
    ),
    *_of_block("replicas", _replicated(), "kmsKeyArn", "consistencyMode", "resourcePolicy", *_OWN),
    Row("replicas[].resourcePolicy", _replicated(**_policy("*")), _replicated()),
    *(
        Row(f"replicas[].{name}", _replicated(**{name: value}), _replicated())
        for name, value in _OWN.items()
    ),
    Row(
        "replicas[].consistencyMode STRONG, globalTableWitness",
        {**_replicated(consistencyMode="STRONG"), **_WITNESS},
        _replicated(),
    ),
    Row("importTable", {"importTable": {"s3Bucket": {"value": "b-1"}, "inputFormat": "ION"}}),
    Row(
        "restoreSourceName, restoreDateTime",
        {"restoreSourceName": "old", "restoreDateTime": "2026-11-26T08:00:00Z"},
    ),
    Row(
        "restoreSourceTableArn, restoreToLatestTime",
        {"restoreSourceTableArn": f"{_TABLE}/old", "restoreToLatestTime": True},
    ),
    Row("restoreBackupArn", {"restoreBackupArn": f"{_TABLE}/old/backup/01489602797149-73d8d5bc"}),
    Row(
        "the annotation …/allow-replacement",
        metadata={"annotations": {ALLOW_REPLACEMENT: "keySchema"}},
    ),
    Row("the annotation …/import", metadata={"annotations": {IMPORT: "true"}}),
)

ROWS = (*_FIRST, *_plain(_FIRST + _LAST), *_LAST)
"""The fields by their names in v1alpha1, which has the most; older names mean the same."""


def _rendered(target: RenderTarget, spec: Data, metadata: Data) -> Rendering:
    manifest = {
        "apiVersion": "aws.planton.dev/v1alpha1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders", **metadata},
        "spec": {
            "region": "eu-west-1",
            "billingMode": "PAY_PER_REQUEST",
            "attributeDefinitions": _attributes("pk"),
            "keySchema": _keys("pk"),
            **spec,
        },
    }
    return render(Source("manifest", json.dumps(manifest)), target)


@dataclass(frozen=True)
class Cell:
    """The places of a field in the objects of a target, and the warnings about it."""

    places: tuple[str, ...]
    notes: tuple[str, ...]


def cell(row: Row, target: RenderTarget) -> Cell:
    """Returns what rendering with the field adds to rendering without it."""
    before = _rendered(target, row.without, {})
    after = _rendered(target, {**row.without, **row.added}, row.metadata)
    places = tuple(_places(before.objects, after.objects, row.name))
    known = _notes(before) if places else []
    return Cell(places, tuple(note for note in _notes(after) if note not in known))


def _notes(rendering: Rendering) -> list[str]:
    return [warning.message for warning in rendering.warnings if warning.code == "not-carried"]


def _places(before: tuple[Data, ...], after: tuple[Data, ...], field: str) -> Iterator[str]:
    paths = dict.fromkeys(
        path
        for old, new in zip(before, after, strict=False)
        for path in _changed(old, new)
        # An index adds its attributes too; they have their own row.
        if field.startswith("attribute") or not _ATTRIBUTES.match(path)
    )
    for path in paths:
        whole = path.partition("[]")[0] + "[]"
        if path == whole or whole not in paths:
            path = path.removeprefix("metadata.annotations.").removeprefix("spec.")
            yield re.sub(r"(\.tags)\..*", r"\1", path)
    yield from dict.fromkeys(one["kind"] for one in after[len(before) :])


_ATTRIBUTES = re.compile(r".*\.attribute(Definitions)?\[\]")


def _changed(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yields the paths whose values differ; for an added block, only the path of the block."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            place = f"{path}.{key}" if path else key
            if key == "initProvider":
                yield from _changed(old.get(key, {}), new.get(key, {}), place)
            elif key not in old:
                yield place
            elif key not in new:
                continue  # a moved value is reported at its new place
            else:
                yield from _changed(old[key], new[key], place)
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from _changed(one, other, f"{path}[]")
        if len(old) != len(new):
            yield f"{path}[]"
    elif old != new:
        yield path
