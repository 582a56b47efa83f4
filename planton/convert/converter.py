"""Rewrites a manifest for another version of the contract, with the same plan.

Fields that the version does not have are written to the annotation, which the program reads too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from planton.diagnostics.diagnostic import BOM, Diagnostic, ManifestError, Source
from planton.dialects.annotations import EXTENSIONS
from planton.dialects.contract import API_VERSIONS, KIND, Contract
from planton.dialects.key_case import camel
from planton.document.nodes import Mapping, Node, Scalar, Sequence, resolve
from planton.document.writer import dump
from planton.manifest.capacity import ScalingDimension
from planton.manifest.facts import facts
from planton.manifest.indexes import GlobalSecondaryIndex, LocalSecondaryIndex
from planton.manifest.manifest import Manifest
from planton.manifest.place import Place
from planton.manifest.reference import references
from planton.manifest.rules.policy.places import PLACES
from planton.manifest.shape import fields, model
from planton.manifest.spec import BLOCKS, Spec
from planton.reading.read import read
from planton.reading.region_choice import choose_region

Data = dict[str, Any]

_TARGET = fields(ScalingDimension)["targetUtilizationPercent"].default


@dataclass(frozen=True)
class Converted:
    """The manifest's new text, the warnings about the old one, and notes on what is not kept."""

    text: str
    warnings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]


def convert(source: Source, to: Contract | None, region: str | None = None) -> Converted:
    """Rewrites the one manifest of a text. If `to` is None, a v1alpha1 manifest stays v1alpha1, and
    any other becomes v1.

    `region` is written if neither the manifest nor the provider block around it names one.

    Raises:
        ManifestError: the manifest has errors or is a request, or lacks what the version
            requires.
        OtherRegion: the input names another region than `region`.
    """
    reading = read(source, Place(region=region), requests=False)
    manifest, root = reading.require(), reading.root
    assert isinstance(root, Mapping)
    if to is None:
        to = Contract.V1ALPHA1 if manifest.contract is Contract.V1ALPHA1 else Contract.V1
    notes = []
    if any(map(_has_comment, (source.text, _annotation(root)))):
        notes.append("comments are not kept")
    if root is not reading.outer:
        notes.append("only the manifest of the stack input is kept")
    spec = _spec(manifest)
    region = choose_region(manifest, reading.provider, region)
    if to is Contract.V1ALPHA1 and region is None:
        raise ManifestError([_no_region(reading.source)])
    if region is not None:
        # The provider block's region goes with the block, so it is written for v1 as well.
        spec["region"] = region
    extensions = _REWRITERS[to](spec, manifest)
    if "globalSecondaryIndexes" in extensions:
        # The wrapper checks attributeDefinitions against them.
        notes.append(
            "the global indexes are in the annotation, which this program reads; the wrapper's own "
            "check may not find them"
        )
    if to is Contract.V1 and any(references(manifest.spec)):
        # The wrapper and the platform do not read the annotation.
        notes.append(
            "the references are in the annotation, where the platform does not resolve them"
        )
    if to is Contract.V1 and "keySchema" not in spec:
        notes.append(
            "the table gets its key from its source; the wrapper's own check may require keySchema"
        )
    data = _document(root, to, manifest, _ordered(spec), _ordered(extensions))
    text = dump(data)
    # Check what the version requires in addition, such as a KMS key of the region now named.
    read(Source(f"{source.name} as {to.value}", text), manifest.place).require()
    return Converted(text, reading.diagnostics, tuple(notes))


def _annotation(root: Mapping) -> str:
    """The text of the annotation that holds fields of other versions; it is rewritten."""
    annotations = _plain(root).get("metadata", {}).get("annotations") or {}
    return str(annotations.get(EXTENSIONS) or "")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _has_comment(text: str) -> bool:
    """Whether a '#' is outside all tokens, or in the header of a block scalar."""
    text = text.removeprefix(BOM)
    end = 0
    for token in yaml.scan(text, Loader=_LOADER):
        at = token.start_mark.index
        if "#" in text[end:at]:
            return True
        end = max(end, token.end_mark.index)
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            header = text[at:end].split("\n", 1)[0]
            if "#" in header:
                return True
    return False


def _no_region(source: Source) -> Diagnostic:
    return Diagnostic(
        code="missing",
        message="v1alpha1 needs a region, and the manifest names none",
        source=source,
        path="spec.region",
        help="pass --region, or convert to v1, which can use the provider's region",
    )


def _document(
    root: Mapping, to: Contract, manifest: Manifest, spec: Data, extensions: Data
) -> Data:
    """The whole manifest; fields that the program does not read are kept unchanged."""
    parts = {camel(key.text): value for key, value in root.entries}
    version = _plain(parts["apiVersion"])
    if API_VERSIONS[version] is not to:
        version = next(name for name, contract in API_VERSIONS.items() if contract is to)
    metadata = dict(_plain(parts["metadata"]))
    annotations = dict(metadata.get("annotations") or {})
    annotations.pop(EXTENSIONS, None)
    if extensions:
        text = dump(extensions)
        # After a value that ends in blank lines, PyYAML writes an end of the document.
        annotations[EXTENSIONS] = text[:-4] if text.endswith("\n...\n") else text
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    data = {"apiVersion": version, "kind": KIND, "metadata": metadata, "spec": spec}
    if "status" in parts:
        data["status"] = _plain(parts["status"])
    return data


def _plain(node: Node) -> Any:
    """A node's values as written: 1.10 stays 1.10 and does not become 1.1."""
    match node:
        case Scalar():
            value = resolve(node)
            numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
            return node.text if numeric and str(value) != node.text else value
        case Sequence():
            return [_plain(item) for item in node.items]
        case _:
            return {key.text: _plain(value) for key, value in node.entries}


def _spec(manifest: Manifest) -> Data:
    """The manifest's spec under current field names, without fields that are not set."""
    spec: Data = manifest.spec.model_dump(
        mode="json", by_alias=True, exclude_unset=True, exclude_none=True
    )
    for place in PLACES:
        for one in place.policies(manifest):
            # Its values are free-form: the dump would turn an infinite number into null.
            _holder(spec, one.path[1:])[one.path[-1]]["policy"] = one.block.policy
    for path, reference in references(manifest.spec):
        _holder(spec, path)[path[-1]] = reference.data
    assert manifest.billing_mode is not None
    spec["billingMode"] = manifest.billing_mode.value
    for holder in (spec, *spec.get("globalSecondaryIndexes", ())):
        units = holder.get("provisionedThroughput", {})
        if not any(units.values()):
            holder.pop("provisionedThroughput", None)
    if spec.get("tableName") == manifest.metadata.name:
        del spec["tableName"]
    return spec


def _holder(spec: Data, path: tuple[str | int, ...]) -> Any:
    """What holds the last part of the path."""
    holder: Any = spec
    for part in path[:-1]:
        holder = holder[part]
    return holder


def _take(spec: Data, *names: str) -> Data:
    return {name: spec.pop(name) for name in names if name in spec}


def _for_v1(spec: Data, manifest: Manifest) -> Data:
    """Rewrites the spec for v1; returns the fields that v1 does not have."""
    for flag, block in BLOCKS.items():
        if block in spec and spec[block].keys() <= {"enabled"}:
            spec[flag] = spec.pop(block).get("enabled", False)
    keys = manifest.spec.key_schema
    for index in spec.get("localSecondaryIndexes", ()):
        if "rangeKey" in index:
            parts = ((keys[0].attribute_name, "HASH"), (index.pop("rangeKey"), "RANGE"))
            index["keySchema"] = [{"attributeName": name, "keyType": kind} for name, kind in parts]
    extensions = _take(spec, *_missing(spec, Contract.V1))
    if any(
        [key["keyType"] for key in index["keySchema"]] not in (["HASH"], ["HASH", "RANGE"])
        for index in spec.get("globalSecondaryIndexes", ())
    ):
        extensions |= _take(spec, "globalSecondaryIndexes")
    if "attributeName" in spec.get("ttl", {}) and not spec["ttl"].get("enabled"):
        extensions |= _take(spec, "ttl")
    if isinstance(spec.get("serverSideEncryption", {}).get("kmsKeyArn"), dict):
        extensions |= _take(spec, "serverSideEncryption")
    return extensions


def _for_v1alpha1(spec: Data, manifest: Manifest) -> Data:
    """Rewrites the spec for v1alpha1; returns the fields that v1alpha1 does not have."""
    for flag, block in BLOCKS.items():
        if flag in spec:
            spec[block] = {"enabled": spec.pop(flag)}
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
            value = holder[name]
            holder[name] = value if isinstance(value, dict) else {"value": value}
    missing = _missing(spec, Contract.V1ALPHA1)
    if "autoscaling" in spec and "autoscaling" not in missing and not _write_defaults(spec):
        missing.append("autoscaling")
    return _take(spec, *missing)


def _missing(spec: Data, contract: Contract) -> list[str]:
    """The fields that a version does not have, or of whose blocks it does not have a field."""
    known = fields(Spec)
    return [name for name, value in spec.items() if not _is_of(contract, known[name], value)]


def _is_of(contract: Contract, field: FieldInfo, value: Any) -> bool:
    """Whether a version of the contract has the field and everything in its value."""
    known = fields(model(field.annotation))
    blocks = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    return facts(field).is_of(contract) and all(
        _is_of(contract, known[name], inner)
        for block in blocks
        if known
        for name, inner in block.items()
    )


def _ordered(spec: Data) -> Data:
    """The fields in the order of the model."""
    for name, of in (
        ("globalSecondaryIndexes", GlobalSecondaryIndex),
        ("localSecondaryIndexes", LocalSecondaryIndex),
    ):
        if name in spec:
            spec[name] = [{key: i[key] for key in fields(of) if key in i} for i in spec[name]]
    return {name: spec[name] for name in fields(Spec) if name in spec}


def _write_defaults(spec: Data) -> bool:
    """Writes out the defaults of autoscaling that v1alpha1 does not have.

    False if v1alpha1 cannot express the block: it is turned off, or the minimum capacity differs
    for each index.
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


_REWRITERS: dict[Contract, Callable[[Data, Manifest], Data]] = {
    Contract.V1: _for_v1,
    Contract.V1ALPHA1: _for_v1alpha1,
}
"""Rewrites a spec for each version."""
