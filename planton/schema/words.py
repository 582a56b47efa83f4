"""Sentences of a JSON Schema about mappings whose keys have two spellings.

Keys of rules are patterns: editors offer what stands under `properties`, and would offer a key once
more for each rule. Conditions have no `anyOf`: editors would show it with the description of what
the condition is about.
"""

from __future__ import annotations

from planton.dialect.keys import snake
from planton.schema.values import Json

TRUE: Json = {"const": True}
FALSE: Json = {"const": False}
FILLED: Json = {"type": ["integer", "number", "boolean", "string"], "minLength": 1}
"""A value that counts as given."""
FILLED_LIST: Json = {"type": "array", "minItems": 1}
MAPPING: Json = {"type": "object"}
NAMED: Json = {"type": "string", "pattern": "^(?!.*UNSPECIFIED$)."}
"""A value of an enum that is not one of those which count as absent."""
NOT_ZERO: Json = {"type": ["integer", "string"], "not": {"enum": [0, "0", "-0"]}}
ARN: Json = {
    "type": ["string", "object"],
    "minLength": 1,
    "properties": {"value": {"type": "string", "minLength": 1}},
    "required": ["value"],
}


def given(key: str, said: Json) -> Json:
    """A mapping has the key, in one spelling or the other, and its value is so."""
    here: Json = {"required": [key]}
    if snake(key) != key:
        here = {"if": {"required": [snake(key)]}, "else": here}
    return {"type": "object", **here, **wherever(key, said)}


def wherever(key: str, said: Json) -> Json:
    """If the key is there, its value is so."""
    return {"patternProperties": {pattern(key): said}}


def pattern(key: str) -> str:
    """The key in one spelling or the other."""
    other = snake(key)
    return f"^{key}$" if other == key else f"^(?:{key}|{other})$"


def present(key: str, message: str) -> Json:
    """The key is there, in one spelling or the other."""
    here = {"required": [key], "errorMessage": message}
    return here if snake(key) == key else {"if": {"required": [snake(key)]}, "else": here}


def needed(key: str, said: Json, message: str) -> Json:
    """The key is there, and its value is so."""
    return {**present(key, message), **wherever(key, {**said, "errorMessage": message})}


def refused(key: str, message: str) -> Json:
    """The key is not there."""
    return {"patternProperties": {pattern(key): False}, "errorMessage": message}


def when(condition: Json, then: Json) -> Json:
    """Says something only of what fulfils the condition."""
    return {"if": condition, "then": then}


def either(one: Json, other: Json) -> Json:
    """One of the two or both."""
    return {"if": one, "else": other}


def every(key: str, said: Json) -> Json:
    """Each item of the list under the key is so."""
    return wherever(key, {"items": said})


def also(definition: Json, *said: Json) -> None:
    """Says more of a definition."""
    definition.setdefault("allOf", []).extend(said)


def all_of(*said: Json) -> Json:
    """All of it."""
    return {"allOf": list(said)}


def ref(name: str) -> Json:
    """What is said under a name among the definitions."""
    return {"$ref": f"#/$defs/{name}"}


def literally(name: str) -> str:
    """A pattern of a name. Python's own escapes are more than ECMA-262 has."""
    return name.replace(".", r"\.")


def named(value: str, prefix: str) -> Json:
    """A value of an enum in one spelling or the other."""
    return {"type": "string", "pattern": f"^(?:{prefix})?{value}$"}


def some(key: str, said: Json) -> Json:
    """An item of the list under the key is so."""
    return given(key, {"type": "array", "contains": said})


ON_DEMAND = given("billingMode", named("PAY_PER_REQUEST", "BILLING_MODE_"))
PROVISIONED = given("billingMode", named("PROVISIONED", "BILLING_MODE_"))
SCALES: Json = {"type": "object", "not": given("enabled", FALSE)}
