"""Reads a state of Terraform or OpenTofu: `terraform.tfstate`, or `terraform show -json`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from planton.adopt.found_tables import FoundTables, UnreadableSource, counted
from planton.adopt.state import resources as r
from planton.adopt.state.resources import ProviderResource, mappings, value_of
from planton.adopt.state.tables import join
from planton.adopt.values import Open
from planton.diagnostics.diagnostic import quote
from planton.dialects.key_case import snake

VERSION = 4
"""The version of the state's format, since Terraform 0.12."""

_TYPES = {
    "aws_dynamodb_table": r.TABLE_TYPE,
    "aws_dynamodb_global_secondary_index": r.INDEX_TYPE,
    "aws_dynamodb_table_replica": r.REPLICA_TYPE,
    "aws_dynamodb_contributor_insights": r.INSIGHTS_TYPE,
    "aws_dynamodb_kinesis_streaming_destination": r.KINESIS_TYPE,
    "aws_dynamodb_resource_policy": r.POLICY_TYPE,
    "aws_dynamodb_tag": r.TAG_TYPE,
    "aws_appautoscaling_target": r.TARGET_TYPE,
    "aws_appautoscaling_policy": r.SCALING_POLICY_TYPE,
    "aws_appautoscaling_scheduled_action": r.ACTION_TYPE,
}

_REPEATED = {
    "attributes": "attribute",
    "globalSecondaryIndexes": "global_secondary_index",
    "keySchemas": "key_schema",
    "localSecondaryIndexes": "local_secondary_index",
    "replicas": "replica",
}
"""Blocks that can be repeated, by their name in Pulumi. Of any other block there is one, in a
list."""

_SENSITIVE = Open("Terraform marks it as sensitive")


class _Instance(NamedTuple):
    type: str
    address: str
    attributes: Any


def is_state(data: dict[str, Any]) -> bool:
    """Whether this is a state file."""
    return "encrypted_data" in data or ("version" in data and "terraform_version" in data)


def is_shown(data: dict[str, Any]) -> bool:
    """Whether `terraform show -json` wrote this."""
    return "format_version" in data


def read_state(state: dict[str, Any]) -> FoundTables:
    """The tables of a state file.

    Raises:
        UnreadableSource: it is encrypted, or has another version.
    """
    if "encrypted_data" in state:
        raise UnreadableSource(
            "the state is encrypted", "run `tofu show -json > state.json` and read that file"
        )
    if state.get("version") != VERSION:
        raise UnreadableSource(
            f"the state has version {quote(state.get('version'))}, which is not {VERSION}",
            "run `terraform show -json > state.json` with a current Terraform and read that file",
        )
    return _found(_in_tfstate(state))


def read_shown(shown: dict[str, Any]) -> FoundTables:
    """The tables in the output of `terraform show -json`.

    Raises:
        UnreadableSource: it shows a plan.
    """
    if "planned_values" in shown:
        raise UnreadableSource(
            "this is a plan, whose tables may not exist yet",
            "run `terraform show -json > state.json` without a plan file and read that file",
        )
    values = shown.get("values")
    return _found(_in_modules(values.get("root_module") if isinstance(values, dict) else None))


def _found(instances: Iterator[_Instance]) -> FoundTables:
    others: Counter[str] = Counter()
    read = []
    for one in instances:
        kind = _TYPES.get(one.type)
        if kind is None:
            others[one.type] += 1
        elif isinstance(one.attributes, dict):
            properties = value_of(_single(one.attributes))
            read.append(
                ProviderResource(
                    kind, one.address, properties, computed_is_unclear=True, spelling=_spelling
                )
            )
    return join(read, counted(others, "the state"))


def _in_tfstate(state: dict[str, Any]) -> Iterator[_Instance]:
    for resource in mappings(state.get("resources")):
        if resource.get("mode") != "managed":
            continue
        name = f"{resource.get('type')}.{resource.get('name')}"
        module = resource.get("module")
        for instance in mappings(resource.get("instances")):
            if "deposed" in instance:
                continue  # a former object that is still to be destroyed
            attributes = instance.get("attributes")
            for path in _lists(instance.get("sensitive_attributes")):
                _hide(attributes, [step.get("value") for step in mappings(path)])
            address = f"{module}.{name}" if module else name
            yield _Instance(
                str(resource.get("type")), address + _key(instance.get("index_key")), attributes
            )


def _in_modules(root: Any) -> Iterator[_Instance]:
    modules = [root]
    while modules:
        module = modules.pop(0)
        if not isinstance(module, dict):
            continue
        modules += mappings(module.get("child_modules"))
        for resource in mappings(module.get("resources")):
            if resource.get("mode") == "managed" and "deposed_key" not in resource:
                yield _Instance(
                    str(resource.get("type")),
                    str(resource.get("address")),
                    _without_sensitive(resource.get("values"), resource.get("sensitive_values")),
                )


def _key(index: Any) -> str:
    """What an address has behind the name, with `count` and with `for_each`."""
    if index is None:
        return ""
    return f"[{json.dumps(index)}]"


def _lists(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []


def _hide(data: Any, path: list[Any]) -> None:
    """Replaces the value at a path of attributes, list indexes and map keys, or the last one on the
    way to it that exists."""
    steps = [step.get("value") if isinstance(step, dict) else step for step in path]
    holder, last = None, None
    for step in steps:
        inside = (isinstance(data, dict) and isinstance(step, str) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data)
        )
        if not inside:
            break
        holder, last = data, step
        data = data[step]
    if holder is not None:
        holder[last] = _SENSITIVE


def _without_sensitive(data: Any, sensitive: Any) -> Any:
    """The values, in which those are replaced where `sensitive` has true in the same place."""
    if sensitive is True:
        return _SENSITIVE
    if isinstance(data, dict) and isinstance(sensitive, dict):
        return {key: _without_sensitive(item, sensitive.get(key)) for key, item in data.items()}
    if isinstance(data, list) and isinstance(sensitive, list):
        return [_without_sensitive(item, known) for item, known in zip_longest(data, sensitive)]
    return data


def _spelling(key: str) -> str:
    """Terraform's name of a property."""
    return _REPEATED.get(key) or snake(key)


def _single(data: Any) -> Any:
    """Attributes, with a single block instead of the list around it."""
    if isinstance(data, list):
        return [_single(item) for item in data]
    if not isinstance(data, dict):
        return data
    found = {}
    for key, item in data.items():
        is_list = isinstance(item, list) and key not in _REPEATED.values()
        if is_list and (not item or isinstance(item[0], dict)):
            found[key] = _single(item[0]) if item else None
        else:
            found[key] = _single(item)
    return found
