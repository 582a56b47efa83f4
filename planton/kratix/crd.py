"""The API of the Promise: a CustomResourceDefinition, generated from the models and the request's
field names.

The schema is structural: every field has one type, and of pydantic's other keywords only those stay
that the API server knows. It has no status, because Kratix
replaces it with its own, which keeps unknown fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from planton.dialects.request_field import Field, RequestFields
from planton.dialects.request_fields import SPEC
from planton.kratix import cel
from planton.kratix.names import API_VERSION, GROUP, KIND, PLURAL, SINGULAR
from planton.manifest.aws_dynamodb import AwsDynamodb
from planton.manifest.metadata import Metadata
from planton.manifest.rules.indexes import (
    MAX_GLOBAL_INDEXES,
    MAX_LOCAL_INDEXES,
    MAX_NON_KEY_ATTRIBUTES,
)
from planton.manifest.rules.keys import MAX_KEY_PARTS
from planton.manifest.tags import MAX_TAGS, platform_tags
from planton.render.rendered import Data

_REQUIRED: dict[str, list[str]] = {
    "": ["name", "region", "attributeDefinitions", "keySchema"],
    "globalSecondaryIndexes[]": ["name", "keySchema"],
    "localSecondaryIndexes[]": ["name", "keySchema"],
}
"""Required fields that the models leave to a rule."""

_FREE_FORM = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
"""The schema of a policy. IAM's grammar of it allows a value or a list in most places, which a
structural schema cannot say: the workflow checks the policy."""

_KEPT = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")
"""Keywords that a structural schema shares with pydantic's."""

_MAX_ATTRIBUTES = 2 + MAX_GLOBAL_INDEXES * 2 * MAX_KEY_PARTS + MAX_LOCAL_INDEXES
_MAX_REPLICAS = 50
"""More than AWS has regions."""
_MAX_REGION = 40
"""The longest name that the pattern of a region accepts."""
_MAX_ARN = 2048
"""The longest KeyId of KMS."""
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
    "replicas": {"maxItems": _MAX_REPLICAS},
}
"""Bounds of every list: without them the API server cannot estimate the cost of its rules."""

_LENGTHS = {
    "region": _MAX_REGION,
    "replicas[].regionName": _MAX_REGION,
    "replicas[].kmsKeyArn": _MAX_ARN,
}
"""Bounds of strings that rules compare, for the same reason, where the models have only a
pattern."""

_NAMED = {
    "attributeDefinitions": "name",
    "globalSecondaryIndexes": "name",
    "localSecondaryIndexes": "name",
    "replicas": "regionName",
}
"""Lists whose items have unique names, so that each item can have its own field manager."""

_DESCRIPTIONS = {
    "name": "Name of the table in AWS.",
    "region": "AWS region of the table.",
    "billingMode": "PAY_PER_REQUEST (default) bills each request, PROVISIONED bills capacity "
    "by the hour.",
    "keySchema": "The table's key: one HASH, then at most one RANGE.",
    "provisioned": "Capacity of the table; only with PROVISIONED, where absent means the defaults.",
    "globalSecondaryIndexes[].keySchema": f"Up to {MAX_KEY_PARTS} HASH, then up to "
    f"{MAX_KEY_PARTS} RANGE.",
    "globalSecondaryIndexes[].provisioned": "Capacity of the index; only with PROVISIONED, where "
    "absent means the defaults.",
    "localSecondaryIndexes": f"At most {MAX_LOCAL_INDEXES}.",
    "localSecondaryIndexes[].keySchema": "The table's HASH, then another RANGE.",
    "pointInTimeRecovery": "Continuous backups, restorable to any second of the last 35 days.",
    "contributorInsights": "Reports the most accessed and the throttled keys in CloudWatch.",
    "deletionProtectionEnabled": "AWS refuses to delete the table, and deletion of the request is "
    "suspended.",
    "deletionPolicy": "What happens to the table when the request is deleted: delete (default) or "
    "retain.",
    "autoscaling.enabled": "false turns scaling off.",
    "globalSecondaryIndexes[].autoscaling.enabled": "false turns scaling off.",
    "autoscaling": "Capacity that follows the load; only with PROVISIONED. The ACK controller "
    "resets it: prefer PAY_PER_REQUEST.",
    "resourcePolicy": "Resource-based policy of the table: who else may use it.",
    "resourcePolicy.policy": "The IAM policy document; it names the table by its ARN.",
    "replicas": "Copies of the table in other regions; only with PAY_PER_REQUEST, and with "
    "streamEnabled: true and streamViewType: NEW_AND_OLD_IMAGES. A replica that is removed is "
    "deleted in AWS.",
    "replicas[].kmsKeyArn": "ARN of a customer managed KMS key in that region; required if the "
    "table has one, otherwise not allowed. Immutable.",
    "serverSideEncryption.kmsKeyArn": "ARN of a customer managed KMS key or of an alias; only if "
    "enabled.",
}
"""Descriptions where the manifest's do not apply to a request."""


def crd(regions: Sequence[str] = ()) -> Data:
    """The CustomResourceDefinition. With `regions` the API server accepts no others."""
    spec = spec_schema()
    if regions:
        properties = spec["properties"]
        replica = properties["replicas"]["items"]["properties"]
        for region in (properties["region"], replica["regionName"]):
            region["enum"] = list(regions)
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
                        _column("Ready", ".status.healthStatus.state"),
                        _column("Status", f"{_DETAILS}.tableStatus"),
                        _column("Age", ".metadata.creationTimestamp", "date"),
                        _wide("As of", f"{_DETAILS}.asOf", "date"),
                        _wide("ARN", f"{_DETAILS}.tableArn"),
                        _wide("Reason", f"{_DETAILS}.message"),
                        _wide("Workflow", _RECONCILED),
                        _wide("Message", ".status.message"),
                    ],
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "description": "A DynamoDB table that an application team asks for.",
                            "required": ["spec"],
                            "properties": {"spec": spec},
                        }
                    },
                }
            ],
        },
    }


_DETAILS = ".status.healthStatus.healthRecords[*].details"
"""What the request shows of its HealthRecord. A column shows the first value that there is: Kratix
also adds the records of other Promises whose requests have the same name."""

_RECONCILED = '.status.conditions[?(@.type=="Reconciled")].message'
"""Kratix adds this column only to a version without columns; for a refused request it is the only
information."""


def _column(name: str, path: str, kind: str = "string") -> Data:
    return {"name": name, "type": kind, "jsonPath": path}


def _wide(name: str, path: str, kind: str = "string") -> Data:
    """A column of `kubectl get -o wide`."""
    return {**_column(name, path, kind), "priority": 1}


def spec_schema() -> Data:
    """The schema of a request's spec."""
    schema = AwsDynamodb.model_json_schema(schema_generator=_Generator)
    definitions = schema["$defs"]
    return {
        "description": "The table.",
        **_object(definitions["Spec"], SPEC, "", definitions),
        "x-kubernetes-validations": cel.SPEC,
    }


class _Generator(GenerateJsonSchema):
    """Pydantic's generator without null, which the API server treats as an absent field."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """The schema of the values other than null."""
        return self.generate_inner(schema["schema"])


def _object(model: Data, names: RequestFields, path: str, definitions: Data) -> Data:
    """The schema of a model, with the field names of a request."""
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


def _field(schema: Data, field: Field, path: str, definitions: Data) -> Data:
    schema = {**_resolved(schema, definitions), **schema}
    result: Data = {"description": _DESCRIPTIONS.get(path) or schema["description"]}
    if field.fixed:
        result["description"] += " Immutable."
    if field.default is not None:
        result["default"] = field.default
    if schema["type"] == "array":
        item = _resolved(schema["items"], definitions)
        result |= {"type": "array", **_LISTS[path]}
        if path in _NAMED:
            keys = [_NAMED[path]]
            result |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys}
        result["items"] = (
            _object(item, field.below, f"{path}[]", definitions) if field.below else _scalar(item)
        )
        if of_items := cel.BELOW.get(f"{path}[]"):
            result["items"]["x-kubernetes-validations"] = of_items
    elif field.kind == "tags":
        # The API server has no patterns for keys: a rule checks them.
        (values,) = schema["patternProperties"].values()
        result |= {"type": "object", "maxProperties": MAX_TAGS - _PLATFORM_TAGS}
        result["additionalProperties"] = _scalar(values)
    elif field.kind == "document":
        result |= _FREE_FORM
    elif field.below:
        result |= _object(schema, field.below, path, definitions)
    else:
        result |= _scalar(schema, field.bounds)
    if path in _LENGTHS:
        result["maxLength"] = _LENGTHS[path]
    rules = cel.BELOW.get(path, [])
    if field.fixed and path in _REQUIRED[""]:
        rules = [*rules, cel.fixed(path)]
    if rules:
        result["x-kubernetes-validations"] = rules
    return result


def _resolved(schema: Data, definitions: Data) -> Any:
    """The schema that a reference names, or the schema itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else schema


def _scalar(schema: Data, bounds: tuple[int, int] | None = None) -> Data:
    result = {key: schema[key] for key in _KEPT if key in schema}
    if result["type"] == "integer":
        result["format"] = "int64"
        if bounds:
            result["minimum"], result["maximum"] = bounds
    return result
