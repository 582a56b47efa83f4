"""Converts replicas and imports of the flat shape of 2024 to today's."""

from __future__ import annotations

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.dialects.reshape import (
    Fields,
    Reshaper,
    entry,
    fields,
    new_key,
    new_scalar,
    with_fields,
)
from planton.document.nodes import Mapping, Node, OlderShape, Scalar, Sequence, resolve

REGIONS = "replicaRegionNames"
_BUCKET = {"bucket": "s3Bucket", "bucketOwner": "s3BucketOwner", "keyPrefix": "s3KeyPrefix"}
_CSV = {"headers": "headerList"}
_IMPORT = {
    "inputFormat": "inputFormat",
    "inputCompressionType": "inputCompressionType",
    "inputFormatOptions": "csv",
    "s3BucketSource": "s3Bucket",
}
"""Today's field for each field of that shape."""
_NO_VIEW = ("", "~", "null", "STREAM_VIEW_TYPE_UNSPECIFIED")
"""Values of streamViewType that count as absent."""


def reshape_regions(entries: Fields, tools: Reshaper) -> Scalar | None:
    """Converts names of regions to replicas, under the old key; returns the key if any."""
    if REGIONS not in entries or not isinstance(names := entries[REGIONS][1], Sequence):
        return None
    key = entries[REGIONS][0]
    replicas: list[Node] = []
    for name in names.items:
        if _is_absent(name):
            message = f"a region of {REGIONS} has no value, so it counts as absent"
            tools.report("empty-value", message, name, "give it a value or remove it")
        else:
            region = new_key("regionName", name, key)
            replicas.append(Mapping(((region, name),), name.start, name.end, name.origin))
    entries[REGIONS] = key, names._replace(items=tuple(replicas))
    return key if replicas else None


def default_stream(entries: Fields, regions: Scalar) -> None:
    """Enables the stream that replicas need, as in that shape's own module. The module had no
    default for streamViewType, but replicas allow only one value."""
    stated = entries["streamEnabled"][1] if "streamEnabled" in entries else None
    if stated is None or _is_absent(stated):
        entries["streamEnabled"] = entry("streamEnabled", new_scalar("true", regions), regions)
    elif not isinstance(stated, Scalar) or resolve(stated) is not True:
        return
    view = entries["streamViewType"][1] if "streamViewType" in entries else None
    if view is None or (isinstance(view, Scalar) and view.text in _NO_VIEW):
        both = new_scalar("NEW_AND_OLD_IMAGES", regions)
        entries["streamViewType"] = entry("streamViewType", both, regions)


def reshape_import(entries: Fields, tools: Reshaper) -> None:
    """Converts s3BucketSource and inputFormatOptions to today's fields of importTable."""
    if "importTable" not in entries or not isinstance(block := entries["importTable"][1], Mapping):
        return
    at, inner = entries["importTable"][0], fields(block)
    names = {today: old for old, today in _IMPORT.items()}
    names |= dict.fromkeys(_BUCKET.values(), "s3BucketSource")
    _source(inner, tools)
    _options(inner, tools)
    if "csv" in inner and isinstance(csv := inner["csv"][1], Mapping):
        named = tools.rename(fields(csv), _CSV)
        shape = OlderShape({today: old for old, today in _CSV.items()}, _CSV)
        inner["csv"] = inner["csv"][0], with_fields(csv, named, shape)
    entries["importTable"] = at, with_fields(block, inner, OlderShape(names, _IMPORT))


def _source(entries: Fields, tools: Reshaper) -> None:
    if "s3BucketSource" not in entries or _is_absent(entries["s3BucketSource"][1]):
        return
    key, source = entries.pop("s3BucketSource")
    if not isinstance(source, Mapping):
        help = "write a mapping such as s3BucketSource: {bucket: my-bucket}"
        tools.report("type", "s3BucketSource must be a mapping", source, help)
    else:
        named = _known(source, tuple(_BUCKET), tools)
        if not ("bucket" in named or "s3Bucket" in entries or _is_misspelt("bucket", source)):
            tools.report("missing", "bucket is required", key, missing=("bucket",))
        for old, (name, value) in named.items():
            today = _BUCKET[old]
            if today in entries:
                tools.report_both(name, today)
            else:
                entries[today] = name._replace(text=today), value
    if "s3Bucket" not in entries:
        bucket = tools.placeholder(("spec", "importTable", "s3Bucket"), key)
        entries["s3Bucket"] = entry("s3Bucket", bucket, key)


def _options(entries: Fields, tools: Reshaper) -> None:
    if "inputFormatOptions" not in entries:
        return
    key, options = entries.pop("inputFormatOptions")
    if "csv" in entries:
        tools.report_both(key, "csv")
    elif not isinstance(options, Mapping):
        entries["csv"] = key._replace(text="csv"), options
    elif "csv" in (named := _known(options, ("csv",), tools)):
        entries["csv"] = named["csv"]


def _known(node: Mapping, names: tuple[str, ...], tools: Reshaper) -> Fields:
    """The known fields of a block that today's shape does not have."""
    for key, _ in node.entries:
        if key.text not in names:
            meant = did_you_mean(key.text, names)
            help = f"did you mean '{meant}'?" if meant else f"allowed here: {', '.join(names)}"
            tools.report("unknown-key", f"unknown key {quote(key.text)}", key, help)
    return {name: entry_ for name, entry_ in fields(node).items() if name in names}


def _is_misspelt(name: str, node: Mapping) -> bool:
    return any(did_you_mean(key.text, _BUCKET) == name for key, _ in node.entries)


def _is_absent(node: Node) -> bool:
    return isinstance(node, Scalar) and resolve(node) is None
