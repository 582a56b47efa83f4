"""Reads the output of `pulumi stack export`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from planton.adopt.found_tables import FoundTables, UnreadableSource, counted
from planton.adopt.state import resources as r
from planton.adopt.state.resources import ProviderResource, mappings, value_of
from planton.adopt.state.tables import join
from planton.adopt.values import Open
from planton.diagnostics.diagnostic import quote

VERSIONS = (3, 4)
"""The versions of a deployment that Pulumi 3 writes."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a mapping as a value of a special kind (Pulumi's resource/plugin/rpc.go)."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # the mark of a secret, not a secret
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_OF_THE_BRIDGE = "__"
_CHECKPOINT = "checkpoint"


def is_export(data: dict[str, Any]) -> bool:
    """Whether this is a stack, exported or as its backend keeps it."""
    return isinstance(data.get("deployment"), dict) or isinstance(data.get(_CHECKPOINT), dict)


def read_export(data: dict[str, Any]) -> FoundTables:
    """The tables of a stack.

    Raises:
        UnreadableSource: it is the backend's own file, or has another version.
    """
    if _CHECKPOINT in data:
        raise UnreadableSource(
            "this is the file in which Pulumi's backend keeps the stack",
            "run `pulumi stack export > stack.json` and read that file",
        )
    if data.get("version") not in VERSIONS:
        raise UnreadableSource(
            f"the stack has version {quote(data.get('version'))}, which is not 3 or 4",
            "run `pulumi stack export > stack.json` with Pulumi 3 and read that file",
        )
    others: Counter[str] = Counter()
    read = []
    for resource in mappings(data["deployment"].get("resources")):
        kind = str(resource.get("type"))
        if kind not in r.READ_TYPES:
            if resource.get("custom") and not kind.startswith("pulumi:"):
                others[kind] += 1
        elif not resource.get("external") and not resource.get("delete"):
            name = str(resource.get("urn")).rpartition("::")[2]
            properties = _without_secrets(_as_set(resource))
            read.append(
                ProviderResource(
                    kind, f"{kind}::{name}", value_of(properties), computed_is_unclear=False
                )
            )
    return join(read, counted(others, "the stack"))


def _as_set(resource: dict[str, Any]) -> dict[str, Any]:
    """What the provider reports, without what AWS chose: the inputs say what was set."""
    outputs = _mapping(resource.get("outputs"))
    inputs = _mapping(resource.get("inputs"))
    found = dict(outputs)
    if "warmThroughput" in found:
        found["warmThroughput"] = inputs.get("warmThroughput")
    encryption = _mapping(found.get("serverSideEncryption"))
    if "kmsKeyArn" in encryption:
        wanted = _mapping(inputs.get("serverSideEncryption")).get("kmsKeyArn")
        key = encryption["kmsKeyArn"] if wanted else None
        found["serverSideEncryption"] = {**encryption, "kmsKeyArn": key}
    indexes = found.get("globalSecondaryIndexes")
    if isinstance(indexes, list):
        set_of = {
            str(one.get("name")): one.get("warmThroughput")
            for one in mappings(inputs.get("globalSecondaryIndexes"))
        }
        found["globalSecondaryIndexes"] = [
            {**one, "warmThroughput": set_of.get(str(one.get("name")))}
            if "warmThroughput" in _mapping(one)
            else one
            for one in indexes
        ]
    return found


def _mapping(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _without_secrets(data: Any) -> Any:
    """The data, in which secrets and values of other special kinds are open. What the bridge to
    Terraform's provider keeps beside the properties is left out."""
    if isinstance(data, list):
        return [_without_secrets(item) for item in data]
    if data == _UNKNOWN:
        return Open("it was not known yet in the last update")
    if not isinstance(data, dict):
        return data
    if _SIGNATURE in data:
        is_secret = data[_SIGNATURE] == _SECRET
        return Open("it is a secret in the stack" if is_secret else "it is not plain data")
    return {
        key: _without_secrets(item)
        for key, item in data.items()
        if not key.startswith(_OF_THE_BRIDGE)
    }
