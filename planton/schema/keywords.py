"""Building blocks of a JSON Schema about mappings whose keys have two spellings.

Rules name keys by patterns, because editors would offer each key under `properties` once per rule.
Conditions have no `anyOf`, because editors would show it with the description of the value.
"""

from __future__ import annotations

from planton.dialects.key_case import snake
from planton.schema.value_schemas import Json

TRUE: Json = {"const": True}
FALSE: Json = {"const": False}
FILLED: Json = {"type": ["integer", "number", "boolean", "string"], "minLength": 1}
"""A value that does not count as absent."""
FILLED_LIST: Json = {"type": "array", "minItems": 1}
MAPPING: Json = {"type": "object"}
NAMED: Json = {"type": "string", "pattern": "^(?!.*UNSPECIFIED$)."}
"""A value of an enum that does not count as absent."""
NOT_ZERO: Json = {"type": ["integer", "string"], "not": {"enum": [0, "0", "-0"]}}
ARN: Json = {
    "type": ["string", "object"],
    "minLength": 1,
    "minProperties": 1,
    "properties": {"value": {"type": "string", "minLength": 1}},
    # A key without a value counts as absent.
    "additionalProperties": {"type": ["object", "string"]},
}
"""A string, `{value: …}` or `{valueFrom: …}`."""


def has(key: str, constraint: Json) -> Json:
    """The mapping has the key, in either spelling, and its value matches."""
    here: Json = {"required": [key]}
    if snake(key) != key:
        here = {"if": {"required": [snake(key)]}, "else": here}
    return {"type": "object", **here, **if_present(key, constraint)}


def if_present(key: str, constraint: Json) -> Json:
    """The value of the key matches, if the mapping has the key."""
    return {"patternProperties": {pattern(key): constraint}}


def pattern(key: str) -> str:
    """A pattern for the key in either spelling."""
    other = snake(key)
    return f"^{key}$" if other == key else f"^(?:{key}|{other})$"


def present(key: str, message: str) -> Json:
    """The mapping has the key, in either spelling."""
    here = {"required": [key], "errorMessage": message}
    return here if snake(key) == key else {"if": {"required": [snake(key)]}, "else": here}


def needed(key: str, constraint: Json, message: str) -> Json:
    """The key is required, and its value matches."""
    return {**present(key, message), **if_present(key, {**constraint, "errorMessage": message})}


def refused(key: str, message: str) -> Json:
    """The key is not allowed."""
    return {"patternProperties": {pattern(key): False}, "errorMessage": message}


def when(condition: Json, then: Json) -> Json:
    """The schema applies only if the condition holds."""
    return {"if": condition, "then": then}


def either(one: Json, other: Json) -> Json:
    """At least one of the two schemas matches."""
    return {"if": one, "else": other}


def every(key: str, constraint: Json) -> Json:
    """Every item of the list under the key matches."""
    return if_present(key, {"items": constraint})


def extend(definition: Json, *constraint: Json) -> None:
    """Adds schemas to a definition."""
    definition.setdefault("allOf", []).extend(constraint)


def all_of(*constraint: Json) -> Json:
    """All schemas match."""
    return {"allOf": list(constraint)}


def ref(name: str) -> Json:
    """A reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def literally(name: str) -> str:
    """A pattern for a literal name. ECMA-262 does not have all of Python's escapes."""
    return name.replace(".", r"\.")


def named(value: str, prefix: str) -> Json:
    """A value of an enum, with or without the prefix."""
    return {"type": "string", "pattern": f"^(?:{prefix})?{value}$"}


def some(key: str, constraint: Json) -> Json:
    """At least one item of the list under the key matches."""
    return has(key, {"type": "array", "contains": constraint})


ON_DEMAND = has("billingMode", named("PAY_PER_REQUEST", "BILLING_MODE_"))
PROVISIONED = has("billingMode", named("PROVISIONED", "BILLING_MODE_"))
SCALES: Json = {"type": "object", "not": has("enabled", FALSE)}
