"""The models as JSON Schema definitions: closed, with each key in both spellings."""

from __future__ import annotations

from pydantic.json_schema import models_json_schema

from planton.diagnostics.diagnostic import quote
from planton.dialects.contract import Contract
from planton.dialects.key_case import snake
from planton.manifest import shape
from planton.manifest.facts import facts
from planton.manifest.metadata import Metadata
from planton.manifest.spec import Spec
from planton.schema.keywords import extend, present
from planton.schema.value_schemas import Generator, Json, bounded


def definitions() -> dict[str, Json]:
    """The definitions of all models below `metadata` and `spec`, by name."""
    _, result = models_json_schema(
        [(Metadata, "validation"), (Spec, "validation")], schema_generator=Generator
    )
    named: dict[str, Json] = result["$defs"]
    models = {name: schema for name, schema in named.items() if "properties" in schema}
    for name, of in shape.models(Spec).items():
        for key, field in shape.fields(of).items():
            if not facts(field).is_of(Contract.V1):
                models[name]["properties"][key]["description"] += " Not in the v1 proto."
    for model in models.values():
        for field, schema in model["properties"].items():
            inner = named.get(str(schema.get("$ref")).rpartition("/")[2], {})
            if "properties" not in inner:
                model["properties"][field] = {**inner, **schema}
                model["properties"][field].pop("$ref", None)
                # The items of a list may be values of an enum that another field has, too.
                item = str(schema.get("items", {}).get("$ref")).rpartition("/")[2]
                if item in named and item not in models:
                    model["properties"][field]["items"] = named[item]
            else:
                needed = field in model.get("required", ())
                inner["type"] = "object" if needed else ["object", "null"]
    for name, model in models.items():
        finish(name, model)
    return models


def finish(name: str, definition: Json) -> None:
    """Adds what pydantic does not know: the spellings of keys, and which values may be empty."""
    definition.pop("title", None)
    definition["description"] = " ".join(definition["description"].split())
    required = definition.setdefault("required", [])
    properties: dict[str, Json] = definition["properties"]
    for key, schema in properties.items():
        schema.pop("title", None)
        if schema.get("default") in (None, []) or schema.get("default") == {}:
            schema.pop("default", None)
        if "integer" in schema.get("type", ()):
            schema.update(bounded(schema))
        # Editors show the description of the alternative that matches.
        for way in schema.get("anyOf", ()):
            way["description"] = f"{schema['description']} {way.get('description', '')}".strip()
        if key not in required:
            properties[key] = or_empty(schema)
    both_spellings(definition, f"#/$defs/{name}")


def or_empty(schema: Json) -> Json:
    """The schema, or no value. For scalars null is not one of the types, because editors would
    offer it as a value."""
    if schema.get("type") in ("array", "object"):
        return {**schema, "type": [schema["type"], "null"]}
    if "type" not in schema:
        return schema
    outside: Json = {key: schema.pop(key) for key in ("description", "default") if key in schema}
    return {**outside, "anyOf": [schema, EMPTY]}


EMPTY: Json = {
    "description": "A key without a value counts as absent.",
    "not": {"type": ["array", "boolean", "number", "object", "string"]},
}


def both_spellings(definition: Json, place: str) -> None:
    """Allows each key in snake_case too, but not in both spellings.

    These keys are patterns, so that editors do not offer them. `place` is the definition's path.
    """
    respelt = {key: snake(key) for key in definition["properties"] if snake(key) != key}
    respelt = {key: other for key, other in respelt.items() if other.isidentifier()}
    if not respelt:
        return
    definition["patternProperties"] = {
        f"^{other}$": {"$ref": f"{place}/properties/{key}"} for key, other in respelt.items()
    }
    definition["dependentSchemas"] = {
        other: {
            "properties": {key: False},
            "errorMessage": f"{quote(other)} is also set: keep one of the two.",
        }
        for key, other in respelt.items()
    }
    needed = [key for key in definition["required"] if key in respelt]
    definition["required"] = [key for key in definition["required"] if key not in respelt]
    if needed:
        extend(definition, *(present(key, f"{key} is required.") for key in needed))
