"""The complete schema: manifests of each version of the contract, and stack inputs."""

from __future__ import annotations

from typing import Any

from planton.diagnostics.diagnostic import one_of
from planton.dialects.annotations import EXTENSIONS, KNOWN, PREFIX
from planton.dialects.contract import API_VERSIONS, KIND, Contract
from planton.reading.provider_block import PROVIDER_FIELDS
from planton.schema import rules
from planton.schema.keywords import (
    FILLED,
    all_of,
    extend,
    has,
    if_present,
    literally,
    ref,
    refused,
    when,
)
from planton.schema.models import both_spellings, definitions
from planton.schema.provider_block import provider_block
from planton.schema.value_schemas import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ABOUT = (
    f"A manifest of kind {KIND}: one DynamoDB table. `planton validate` also checks the rules that "
    "compare values."
)
_FLAT = (
    "The flat shape of 2024. Only `planton validate` checks its fields; `planton convert` converts "
    "it to today's."
)

_VERSIONS = "Version of the contract. v1alpha1 requires a region and projections."

STARTER: Json = {
    "apiVersion": next(iter(API_VERSIONS)),
    "kind": KIND,
    "metadata": {"name": "orders"},
    "spec": {
        "billingMode": "PAY_PER_REQUEST",
        "attributeDefinitions": [{"name": "pk", "type": "S"}],
        "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
    },
}
"""The snippet that editors offer in an empty file."""


def schema() -> Json:
    """The JSON Schema (2020-12) of the input of `planton validate`."""
    models = definitions()
    rules.add_to(models)
    models["Metadata"]["additionalProperties"] = True
    _annotations(models["Annotations"])
    frames = {
        "AnyManifest": {
            "if": _version(Contract.FLAT),
            "then": ref("FlatManifest"),
            "else": ref("Manifest"),
        },
        "Manifest": _manifest(),
        "FlatManifest": _frame("FlatManifest", _FLAT, {"type": "object", "description": _FLAT}),
        "StackInput": _stack_input(),
        "ProviderBlock": provider_block(),
    }
    return _ordered(
        {
            "$schema": DIALECT,
            "title": KIND,
            "description": _ABOUT,
            "if": {"type": "object", "required": ["target"]},
            "then": ref("StackInput"),
            "else": {"if": {"type": "null"}, "else": ref("AnyManifest")},
            "$defs": {**frames, **dict(sorted((models | rules.DEFINITIONS).items()))},
        }
    )


def _is_of(contract: Contract) -> Json:
    versions = [literally(v) for v, of in API_VERSIONS.items() if of is contract]
    return {"type": "string", "pattern": f"^(?:{'|'.join(versions)})$"}


def _version(contract: Contract) -> Json:
    return has("apiVersion", _is_of(contract))


def _frame(name: str, about: str, spec: Json) -> Json:
    today = [version for version, of in API_VERSIONS.items() if of is not Contract.FLAT]
    message = f"This must be {one_of(today)}."
    versions = [
        {"description": _VERSIONS, "enum": today, "errorMessage": message},
        {"description": _FLAT, **_is_of(Contract.FLAT), "errorMessage": message},
    ]
    result: Json = {
        "type": "object",
        "description": about,
        "properties": {
            "apiVersion": {"description": _VERSIONS, "anyOf": versions},
            "kind": {"description": "Kind of the resource.", "const": KIND},
            "metadata": ref("Metadata"),
            "spec": spec,
            "status": {"description": "Status from the platform.", "doNotSuggest": True},
        },
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
    }
    both_spellings(result, f"#/$defs/{name}")
    return result


def _manifest() -> Json:
    result = _frame("Manifest", _ABOUT, ref("Spec"))
    result["defaultSnippets"] = [
        {"label": KIND, "description": "A minimal manifest.", "body": STARTER}
    ]
    extended = has("metadata", has("annotations", {"type": "object", "required": [EXTENSIONS]}))
    unnamed = if_present("spec", {"not": has("tableName", FILLED)})
    long_enough = if_present("metadata", if_present("name", {"minLength": 3}))
    for contract, of_fields in rules.RULES_OF_FIELDS.items():
        of_missing = rules.RULES_OF_MISSING_FIELDS[contract]
        whole = {"if": extended, "else": if_present("spec", of_missing)}
        extend(result, when(_version(contract), all_of(if_present("spec", of_fields), whole)))
    extend(result, {"if": extended, "else": when(unnamed, long_enough)})
    return result


def _annotations(model: Json) -> None:
    model["properties"][EXTENSIONS] = {
        "description": "Fields that the wrapper's contract does not have, as a string of "
        "YAML: they "
        "are read as part of spec.",
        "type": ["string", "null"],
    }
    others = "|".join(name.removeprefix(PREFIX) for name in KNOWN)
    model["patternProperties"] = {f"^{literally(PREFIX)}(?!(?:{others})$)": False}
    model["additionalProperties"] = True


_BLOCKS = ("providerConfig", "awsCredential")


def _stack_input() -> Json:
    result: Json = {
        "type": "object",
        "description": "The input from the wrapper: the manifest under target, and credentials "
        "beside it.",
        "properties": {
            "target": ref("AnyManifest"),
            **{block: ref("ProviderBlock") for block in _BLOCKS},
        },
        "required": ["target"],
        "additionalProperties": True,
    }
    both_spellings(result, "#/$defs/StackInput")
    one, other = _BLOCKS
    extend(
        result,
        when(has(one, {}), refused(other, f"{one} is also set: keep one of the two.")),
        *(refused(field, f"Indent {field} below {one}.") for field in PROVIDER_FIELDS),
    )
    return result


_FIRST = ("$schema", "title", "description", "$ref", "type", "enum", "const", "default")
_LAST = ("allOf", "anyOf", "if", "then", "else", "errorMessage", "$defs")
_OF_NAMES = ("properties", "patternProperties", "dependentSchemas", "$defs")
"""Keywords whose values map names to schemas."""


def _place(keyword: str) -> int:
    if keyword in _FIRST:
        return _FIRST.index(keyword) - len(_FIRST)
    return _LAST.index(keyword) + 1 if keyword in _LAST else 0


def _ordered(constraint: Json) -> Json:
    """The schema with its keywords in a readable order."""
    ordered: Json = {}
    for keyword in sorted(constraint, key=_place):
        value = constraint[keyword]
        if keyword in _OF_NAMES:
            value = {name: _inner(below) for name, below in value.items()}
        elif keyword not in ("const", "default", "defaultSnippets", "enum"):
            value = _inner(value)
        ordered[keyword] = value
    return ordered


def _inner(value: Any) -> Any:
    if isinstance(value, list):
        return [_inner(item) for item in value]
    return _ordered(value) if isinstance(value, dict) else value
