"""What a manifest registers, as the export of its stack and as the state of Terraform."""

from __future__ import annotations

import json
import re
from typing import Any

from planton.dialects.key_case import snake
from planton.rehearsal.program.runner import rehearse

Data = dict[str, Any]

ACCOUNT = "123456789012"
_LISTS = {
    "attributes": "attribute",
    "globalSecondaryIndexes": "global_secondary_index",
    "keySchemas": "key_schema",
    "localSecondaryIndexes": "local_secondary_index",
    "replicas": "replica",
}


def export(resources: list[Data], version: int = 3) -> bytes:
    """The export of a stack with these resources."""
    return json.dumps({"version": version, "deployment": {"resources": resources}}).encode()


def tfstate(resources: list[Data]) -> bytes:
    """A state file with these resources."""
    head = {"version": 4, "terraform_version": "1.9.8", "serial": 1, "lineage": "", "outputs": {}}
    return json.dumps({**head, "resources": resources}).encode()


def registered(text: str, region: str) -> list[Data]:
    """The resources of the stack that a manifest creates, as an export has them."""
    done = rehearse({"STACK_INPUT_YAML": text, "AWS_REGION": region})
    assert done.error is None, done.error
    return [
        {
            "urn": one.urn,
            "custom": one.type.startswith("aws:"),
            "type": one.type,
            "id": one.id,
            "inputs": one.inputs,
            "outputs": one.outputs,
        }
        for one in done.resources
    ]


def as_terraform(resources: list[Data]) -> list[Data]:
    """The same resources in Terraform's state."""
    return [
        {
            "mode": "managed",
            "type": _terraform_type(one["type"]),
            "name": re.sub("[^a-zA-Z0-9_-]", "_", one["urn"].rpartition("::")[2]),
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": _attributes(one["outputs"])}],
        }
        for one in resources
        if one["type"].startswith("aws:")
    ]


def _terraform_type(kind: str) -> str:
    _, module, name = kind.split(":")
    group = module.partition("/")[0]
    return f"aws_{group}_{snake(name[0].lower() + name[1:])}"


def _attributes(data: Any) -> Any:
    """Properties in snake_case, with a list around each single block."""
    if isinstance(data, list):
        return [_attributes(item) for item in data]
    if not isinstance(data, dict):
        return data
    found: Data = {}
    for key, item in data.items():
        if key in ("tags", "tagsAll"):
            found[snake(key)] = item
        elif key in _LISTS:
            found[_LISTS[key]] = _attributes(item)
        elif isinstance(item, dict):
            found[snake(key)] = [_attributes(item)]
        else:
            found[snake(key)] = _attributes(item)
    return found
