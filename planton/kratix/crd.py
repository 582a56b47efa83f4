"""The API of the Promise: a CustomResourceDefinition made from the models and the request's names.

A structural schema: every field has one type, and what pydantic says of it beside its type is kept
only where the API server knows the keyword. No status: Kratix puts its own in.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from planton.dialect.request import POLICY, SPEC, Field, Names
from planton.kratix import cel
from planton.kratix.contract import API_VERSION, GROUP, KIND, PLURAL, SINGULAR
from planton.model.key_rules import (
    MAX_GLOBAL_INDEXES,
    MAX_KEY_PARTS,
    MAX_LOCAL_INDEXES,
    MAX_NON_KEY_ATTRIBUTES,
)
from planton.model.spec import AwsDynamodb, Metadata
from planton.render.rendered import Data
from planton.tags import MAX_TAGS, platform_tags

_REQUIRED: dict[str, list[str]] = {
    "": ["name", "region", "attributeDefinitions", "keySchema"],
    "globalSecondaryIndexes[]": ["name", "keySchema"],
    "localSecondaryIndexes[]": ["name", "keySchema"],
}
"""What must be given where the models leave that to a rule."""

_KEPT = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")
"""What a structural schema and pydantic's have in common."""

_MAX_ATTRIBUTES = 2 + MAX_GLOBAL_INDEXES * 2 * MAX_KEY_PARTS + MAX_LOCAL_INDEXES
_PLATFORM_TAGS = len(platform_tags(Metadata(name="x", id="x")))

_LISTS: dict[str, Data] = {
    "attributeDefinitions": {"minItems": 1, "maxItems": _MAX_ATTRIBUTES},
    "keySchema": {"minItems": 1, "maxItems": 2},
    "globalSecondaryIndexes": {"maxItems": MAX_GLOBAL_INDEXES},
    "globalSecondaryIndexes[].keySchema": {"minItems": 1, "maxItems": 2 * MAX_KEY_PARTS},
    "localSecondaryIndexes": {"maxItems": MAX_LOCAL_INDEXES},
    "localSecondaryIndexes[].keySchema": {"minItems": 2, "maxItems": 2},
    "globalSecondaryIndexes[].projection.nonKeyAttributes": {"maxItems": MAX_NON_KEY_ATTRIBUTES},
    "localSecondaryIndexes[].projection.nonKeyAttributes": {"maxItems": MAX_NON_KEY_ATTRIBUTES},
}
"""Bounds of every list: without them no rule over it has a cost that can be told."""

_NAMED = ("attributeDefinitions", "globalSecondaryIndexes", "localSecondaryIndexes")
"""Lists whose items have a name, each once: two writers can own an item each."""

_OWN_WORDS = {
    "name": "Name of the table in AWS. Fixed.",
    "region": "AWS region that the table lives in. Fixed.",
    "billingMode": "PAY_PER_REQUEST (default) pays each use, PROVISIONED buys capacity by "
    "the hour.",
    "keySchema": "The table's key: one HASH, then at most one RANGE. Fixed.",
    "provisioned": "Capacity of the table; with PROVISIONED only, where absent means the defaults.",
    "globalSecondaryIndexes[].keySchema": f"Up to {MAX_KEY_PARTS} HASH, then up to "
    f"{MAX_KEY_PARTS} RANGE.",
    "globalSecondaryIndexes[].provisioned": "Capacity of the index; with PROVISIONED only, where "
    "absent means the defaults.",
    "localSecondaryIndexes": f"At most {MAX_LOCAL_INDEXES}. Fixed.",
    "localSecondaryIndexes[].keySchema": "The table's HASH, then another RANGE.",
    "pointInTimeRecovery": "Backups without end, to any second of the last 35 days.",
    "contributorInsights": "What CloudWatch shows of the busiest and of throttled keys.",
    "deletionProtectionEnabled": "Refuses deletion of the table in AWS; deletion of the request is "
    "held up.",
    "deletionPolicy": "What becomes of the table when the request is deleted: delete (default) or "
    "retain.",
    "autoscaling.enabled": "false turns scaling off.",
    "globalSecondaryIndexes[].autoscaling.enabled": "false turns scaling off.",
    "autoscaling": "Capacity that follows the load; with PROVISIONED only. The ACK controller sets "
    "it back: prefer PAY_PER_REQUEST.",
    "serverSideEncryption.kmsKeyArn": "ARN of a customer managed KMS key or of an alias; only when "
    "enabled.",
}
"""Descriptions where a manifest's would not be true of a request."""


def crd() -> Data:
    """The CustomResourceDefinition."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "plural": PLURAL,
                "singular": SINGULAR,
                "shortNames": ["ddbreq"],
            },
            "versions": [
                {
                    "name": API_VERSION,
                    "served": True,
                    "storage": True,
                    "additionalPrinterColumns": [
                        _column("Table", ".spec.name"),
                        _column("Region", ".spec.region"),
                        _column("Mode", ".spec.billingMode"),
                        _column("Message", ".status.message"),
                        _column("Status", _RECONCILED),
                        _column("Age", ".metadata.creationTimestamp", "date"),
                    ],
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "description": "A DynamoDB table that an application team asks for.",
                            "required": ["spec"],
                            "properties": {"spec": spec_schema()},
                        }
                    },
                }
            ],
        },
    }


_RECONCILED = '.status.conditions[?(@.type=="Reconciled")].message'
"""Kratix adds this column only where a version has none; of a request that is refused it is all
that tells."""


def _column(name: str, path: str, kind: str = "string") -> Data:
    return {"name": name, "type": kind, "jsonPath": path}


def spec_schema() -> Data:
    """The schema of a request's spec."""
    made = AwsDynamodb.model_json_schema(schema_generator=_Generator)
    definitions = made["$defs"]
    spec = definitions["Spec"]
    spec["properties"][POLICY] = made["properties"][POLICY]
    return {
        "description": "The table.",
        **_object(spec, SPEC, "", definitions),
        "x-kubernetes-validations": cel.SPEC,
    }


class _Generator(GenerateJsonSchema):
    """Pydantic's own, without null: to the API server, null is a field that is not there."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """The schema of what is not null."""
        return self.generate_inner(schema["schema"])


def _object(model: Data, names: Names, path: str, definitions: Data) -> Data:
    """A model's mapping, its fields called as in a request."""
    properties = {
        name: _field(
            model["properties"][field.today], field, f"{path}.{name}" if path else name, definitions
        )
        for name, field in names.items()
    }
    required = _REQUIRED.get(path) or [
        name for name, field in names.items() if field.today in model.get("required", ())
    ]
    return {
        "type": "object",
        **({"required": required} if required else {}),
        "properties": properties,
    }


def _field(said: Data, field: Field, path: str, definitions: Data) -> Data:
    said = {**_referred(said, definitions), **said}
    made: Data = {"description": _OWN_WORDS.get(path) or _described(said)}
    if field.default is not None:
        made["default"] = field.default
    if said["type"] == "array":
        item = _referred(said["items"], definitions)
        made |= {"type": "array", **_LISTS[path]}
        if path in _NAMED:
            made |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
        made["items"] = (
            _object(item, field.below, f"{path}[]", definitions) if field.below else _scalar(item)
        )
    elif field.kind == "tags":
        # The API server knows no pattern of keys: a rule speaks of them.
        (values,) = said["patternProperties"].values()
        made |= {"type": "object", "maxProperties": MAX_TAGS - _PLATFORM_TAGS}
        made["additionalProperties"] = _scalar(values)
    elif field.below:
        made |= _object(said, field.below, path, definitions)
    else:
        made |= _scalar(said, field.bounds)
    if path in cel.BELOW:
        made["x-kubernetes-validations"] = cel.BELOW[path]
    return made


def _referred(said: Data, definitions: Data) -> Any:
    """What the reference stands for, or the schema itself."""
    name = said.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else said


def _scalar(said: Data, bounds: tuple[int, int] | None = None) -> Data:
    made = {key: said[key] for key in _KEPT if key in said}
    if made["type"] == "integer":
        made["format"] = "int64"
        if bounds:
            made["minimum"], made["maximum"] = bounds
    return made


def _described(said: Data) -> str:
    """What the model says, without what is true of manifests alone."""
    return str(said["description"]).removesuffix(" Not in the v1 proto.")
