"""A manifest rewritten for another version of the contract: the same plan, in other words.

Fields that the version does not know go into the annotation, where they are read all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from planton.annotations import EXTENSIONS
from planton.contract import API_VERSIONS, KIND, Contract
from planton.diagnostics import BOM, Diagnostic, ManifestError, Source
from planton.dialect.keys import camel
from planton.document import Mapping, Node, Scalar, Sequence, resolve
from planton.manifest import examine, load
from planton.model.shape import fields
from planton.model.spec import (
    AwsDynamodb,
    GlobalSecondaryIndex,
    LocalSecondaryIndex,
    ScalingDimension,
    Spec,
)
from planton.provider_block import place_of
from planton.region_choice import choose_region
from planton.render.yaml import dump
from planton.stack_input import parse_guarded, refuse_request, unwrap

Data = dict[str, Any]

_TARGET = fields(ScalingDimension)["targetUtilizationPercent"].default


@dataclass(frozen=True)
class Converted:
    """The manifest's new text, the warnings about the old one, and what was not kept."""

    text: str
    warnings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]


def convert(source: Source, to: Contract | None, region: str | None = None) -> Converted:
    """Rewrites the one manifest of a text; None means v1alpha1 where it is that already, else v1.

    `region` is written where neither the manifest nor the provider block around it names one.

    Raises:
        ManifestError: the manifest has errors or is a request, or the version demands what it does
            not say.
        OtherRegion: the input names another region than `region`.
    """
    roots, source, found = parse_guarded(source)
    provider: dict[str, str] = {}
    wrapped = bool(roots) and isinstance(roots[0], Mapping) and "target" in _keys(roots[0])
    if roots:
        target = unwrap(roots[0], source, found, provider)
        roots[:1] = [target] if target is not None else []
    manifest, found = examine(roots, found, source, place_of(provider, region))
    if manifest is None:
        raise ManifestError(found)
    refuse_request(manifest, source)
    root = roots[0]
    assert isinstance(root, Mapping)
    if to is None:
        to = Contract.V1ALPHA1 if manifest.contract is Contract.V1ALPHA1 else Contract.V1
    notes = []
    if any(map(_has_comment, (source.text, _annotation(root)))):
        notes.append("comments are not kept")
    if wrapped:
        notes.append("of the stack input only the manifest is kept")
    spec = _spec(manifest)
    region = choose_region(manifest, provider, region)
    if to is Contract.V1ALPHA1 and region is None:
        raise ManifestError([_no_region(source)])
    if region is not None:
        # The provider block's region goes with the block, so it is written for v1 as well.
        spec["region"] = region
    beyond = _REWRITERS[to](spec, manifest)
    if "globalSecondaryIndexes" in beyond:
        # The wrapper holds attributeDefinitions against them.
        notes.append(
            "the global indexes stand in the annotation, where this program reads them; the "
            "wrapper's own check may miss them"
        )
    if to is Contract.V1 and "keySchema" not in spec:
        notes.append(
            "the table has its key from its source; the wrapper's own check may miss keySchema"
        )
    data = _framed(root, to, manifest, _ordered(spec), _ordered(beyond))
    text = dump(data)
    # What the version demands beyond the old one: a key of a region that is now named, say.
    load(text, filename=f"{source.name} as {to.value}", place=manifest.around)
    return Converted(text, tuple(found), tuple(notes))


def _annotation(root: Mapping) -> str:
    """The text of the annotation that is read, and written anew."""
    annotations = _plain(root).get("metadata", {}).get("annotations") or {}
    return str(annotations.get(EXTENSIONS) or "")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _has_comment(text: str) -> bool:
    """Whether a '#' stands in no token, or in the head of a block scalar."""
    text = text.removeprefix(BOM)
    end = 0
    for token in yaml.scan(text, Loader=_LOADER):
        at = token.start_mark.index
        if "#" in text[end:at]:
            return True
        end = max(end, token.end_mark.index)
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            head = text[at:end].split("\n", 1)[0]
            if "#" in head:
                return True
    return False


def _no_region(source: Source) -> Diagnostic:
    return Diagnostic(
        code="missing",
        message="v1alpha1 needs a region, and the manifest names none",
        source=source,
        path="spec.region",
        help="give --region, or convert to v1, where the region can be the provider's",
    )


def _keys(node: Mapping) -> set[str]:
    return {camel(key.text) for key, _ in node.entries}


def _framed(root: Mapping, to: Contract, manifest: AwsDynamodb, spec: Data, beyond: Data) -> Data:
    """The whole manifest: what the program does not read is kept as it is."""
    parts = {camel(key.text): value for key, value in root.entries}
    version = _plain(parts["apiVersion"])
    if API_VERSIONS[version] is not to:
        version = next(name for name, contract in API_VERSIONS.items() if contract is to)
    metadata = dict(_plain(parts["metadata"]))
    annotations = dict(metadata.get("annotations") or {})
    annotations.pop(EXTENSIONS, None)
    if beyond:
        text = dump(beyond)
        # A value that ends in blank lines makes PyYAML say that the document ends.
        annotations[EXTENSIONS] = text[:-4] if text.endswith("\n...\n") else text
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    data = {"apiVersion": version, "kind": KIND, "metadata": metadata, "spec": spec}
    if "status" in parts:
        data["status"] = _plain(parts["status"])
    return data


def _plain(node: Node) -> Any:
    """A node's values as they were written: 1.10 is not 1.1 to who wrote it."""
    match node:
        case Scalar():
            value = resolve(node)
            numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
            return node.text if numeric and str(value) != node.text else value
        case Sequence():
            return [_plain(item) for item in node.items]
        case _:
            return {key.text: _plain(value) for key, value in node.entries}


def _spec(manifest: AwsDynamodb) -> Data:
    """What the manifest says of the table, in today's words; what it does not say is left out."""
    spec: Data = manifest.spec.model_dump(
        mode="json", by_alias=True, exclude_unset=True, exclude_none=True
    )
    if policy := manifest.spec.resource_policy:
        # Its values are the user's own: the dump would make null of a number without end.
        spec["resourcePolicy"]["policy"] = policy.policy
    assert manifest.billing_mode is not None
    spec["billingMode"] = manifest.billing_mode.value
    for holder in (spec, *spec.get("globalSecondaryIndexes", ())):
        units = holder.get("provisionedThroughput", {})
        if not any(units.values()):
            holder.pop("provisionedThroughput", None)
    if spec.get("tableName") == manifest.metadata.name:
        del spec["tableName"]
    return spec


def _take(spec: Data, *names: str) -> Data:
    return {name: spec.pop(name) for name in names if name in spec}


_V1_WORDS = frozenset(
    {
        "region",
        "billingMode",
        "attributeDefinitions",
        "keySchema",
        "provisionedThroughput",
        "globalSecondaryIndexes",
        "localSecondaryIndexes",
        "ttl",
        "streamEnabled",
        "streamViewType",
        "pointInTimeRecoveryEnabled",
        "serverSideEncryption",
        "tableClass",
        "deletionProtectionEnabled",
        "contributorInsightsEnabled",
    }
)
"""Fields that the v1 contract has."""
_NEWER = frozenset({"autoscaling", "onDemandThroughput", "warmThroughput"})
"""Fields of a global index that it does not have."""


def _for_v1(spec: Data, manifest: AwsDynamodb) -> Data:
    """Brings the spec into v1's words; returns what v1 has none for."""
    recovery = spec.get("pointInTimeRecovery")
    if recovery is not None and "recoveryPeriodInDays" not in recovery:
        del spec["pointInTimeRecovery"]
        spec["pointInTimeRecoveryEnabled"] = recovery.get("enabled", False)
    insights = spec.get("contributorInsights")
    if insights is not None and insights.keys() <= {"enabled"}:
        del spec["contributorInsights"]
        spec["contributorInsightsEnabled"] = insights.get("enabled", False)
    keys = manifest.spec.key_schema
    beyond = _take(spec, *(spec.keys() - _V1_WORDS))
    for index in spec.get("localSecondaryIndexes", ()):
        if "rangeKey" in index:
            named = ((keys[0].attribute_name, "HASH"), (index.pop("rangeKey"), "RANGE"))
            index["keySchema"] = [{"attributeName": name, "keyType": kind} for name, kind in named]
    indexes = spec.get("globalSecondaryIndexes", ())
    wide = any(
        [key["keyType"] for key in index["keySchema"]] not in (["HASH"], ["HASH", "RANGE"])
        for index in indexes
    )
    if wide or any(_NEWER & index.keys() for index in indexes):
        beyond |= _take(spec, "globalSecondaryIndexes")
    if "attributeName" in spec.get("ttl", {}) and not spec["ttl"].get("enabled"):
        beyond |= _take(spec, "ttl")
    return beyond


def _for_v1alpha1(spec: Data, manifest: AwsDynamodb) -> Data:
    """Brings the spec into v1alpha1's words; returns what v1alpha1 has none for."""
    for old, new in (
        ("pointInTimeRecoveryEnabled", "pointInTimeRecovery"),
        ("contributorInsightsEnabled", "contributorInsights"),
    ):
        if old in spec:
            spec[new] = {"enabled": spec.pop(old)}
    for index in spec.get("localSecondaryIndexes", ()):
        if "keySchema" in index:
            index["rangeKey"] = index.pop("keySchema")[1]["attributeName"]
    for name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        for index in spec.get(name, ()):
            index["projection"] = {"type": "ALL", **index.get("projection", {})}
    for holder, name in (
        (spec.get("serverSideEncryption", {}), "kmsKeyArn"),
        (spec.get("kinesisStreamingDestination", {}), "streamArn"),
        (spec.get("importTable", {}), "s3Bucket"),
        *((replica, "kmsKeyArn") for replica in spec.get("replicas", ())),
    ):
        if name in holder:
            holder[name] = {"value": holder[name]}
    beyond = _take(spec, "tableName", "tags")
    if "autoscaling" in spec and not _completed(spec):
        beyond |= _take(spec, "autoscaling")
    if any("autoscaling" in index for index in spec.get("globalSecondaryIndexes", ())):
        beyond |= _take(spec, "globalSecondaryIndexes")
    return beyond


def _ordered(spec: Data) -> Data:
    """Fields in the order of the model, whatever was put in late."""
    for name, model in (
        ("globalSecondaryIndexes", GlobalSecondaryIndex),
        ("localSecondaryIndexes", LocalSecondaryIndex),
    ):
        if name in spec:
            spec[name] = [{key: i[key] for key in fields(model) if key in i} for i in spec[name]]
    return {name: spec[name] for name in fields(Spec) if name in spec}


def _completed(spec: Data) -> bool:
    """Writes out what autoscaling takes by default here and v1alpha1 has no default for.

    False where that cannot be said there: a block that is switched off, or a lowest capacity that
    is another for each index.
    """
    scaling = spec["autoscaling"]
    if not scaling.pop("enabled", True):
        scaling["enabled"] = False
        return False
    for dimension in ("read", "write"):
        bounds = scaling.get(dimension)
        if bounds is None:
            continue
        if "minCapacity" not in bounds and "globalSecondaryIndexes" in spec:
            return False
        units = spec["provisionedThroughput"][f"{dimension}CapacityUnits"]
        defaults = {"minCapacity": units, "targetUtilizationPercent": _TARGET}
        scaling[dimension] = {**defaults, **bounds}
    return True


_REWRITERS: dict[Contract, Callable[[Data, AwsDynamodb], Data]] = {
    Contract.V1: _for_v1,
    Contract.V1ALPHA1: _for_v1alpha1,
}
"""How a spec is brought to each version that can be written."""
