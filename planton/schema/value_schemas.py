"""The schemas of single values: pydantic's, extended to all accepted spellings.

Pydantic knows the type that a reader returns, but not what it accepts: `READERS` adds that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from planton.diagnostics.diagnostic import one_of
from planton.diagnostics.warning_codes import WARNINGS
from planton.manifest import formats as f
from planton.manifest import value_readers as r
from planton.manifest.enums import OTHER_SPELLINGS, PREFIXES
from planton.manifest.metadata import (
    CHANGED_BY_IMPORT,
    IMPORT_ONLY,
    REPLACEABLE,
    read_import,
    read_names,
    read_replaceable,
)
from planton.manifest.reference import PATTERNS, ReferenceReader
from planton.schema.decimal import pattern

Json = dict[str, Any]


def integer(constraint: Json) -> Json:
    """A number or its decimal string. The bounds are added later, because they wrap the reader."""
    return {**constraint, "type": ["integer", "string"]}


def optional_text(constraint: Json) -> Json:
    """A string that may be empty."""
    low = constraint.get("minLength", 0)
    kept = {key: value for key, value in constraint.items() if key != "minLength"}
    if "pattern" in constraint:
        long = f"(?=.{{{low}}})" if low > 1 else ""
        body = constraint["pattern"].removeprefix("^").removesuffix("$")
        kept["pattern"] = f"^(?:{long}{body})?$"
    return kept


def reference(constraint: Json, reader: ReferenceReader) -> Json:
    """A string, or a mapping with it as `value` or with a reference as `valueFrom`. Unless it is
    required, the string may be empty."""
    text = constraint if reader.required else optional_text(constraint)
    value = text if reader.required else {**text, "type": ["string", "null"]}
    return {
        **text,
        "type": ["string", "object"],
        "properties": {"value": value, "valueFrom": _value_from(reader)},
        # The other spelling is not checked further, which keeps the schema short.
        "patternProperties": {"^value_from$": {"type": ["object", "null"]}},
        "minProperties": 1 if reader.required else 0,
        "if": {"required": ["valueFrom"], "properties": {"valueFrom": {"type": "object"}}},
        "then": {
            "properties": {
                "value": {"type": "null", "errorMessage": "Only one of the two is allowed."}
            }
        },
        # A key without a value counts as absent.
        "additionalProperties": {
            "type": "null",
            "errorMessage": "Only value or valueFrom is allowed here.",
        },
    }


def _value_from(reader: ReferenceReader) -> Json:
    """A reference. It may have no value, because a key without one counts as absent."""
    says = {
        "kind": f"Kind of the resource; absent means {reader.kind}.",
        "env": "Environment of the resource; absent means the table's.",
        "name": "Name of the resource.",
        "fieldPath": f"Field of the resource; absent means {reader.field_path}.",
    }
    keys: Json = {
        key: {
            "type": ["string", "null"],
            "description": text,
            "pattern": f"^{PATTERNS[key]}$" if key == "name" else f"^(?:{PATTERNS[key]})?$",
            "patternErrorMessage": "This has characters that are not allowed here.",
        }
        for key, text in says.items()
    }
    return {
        "type": ["object", "null"],
        "description": "An output of another resource, which the platform fills in.",
        "properties": keys,
        "patternProperties": {"^field_path$": {"type": ["string", "null"]}},
        "required": ["name"],
        "if": {
            "required": ["kind"],
            "properties": {"kind": {"not": {"enum": [reader.kind, "", None]}}},
        },
        "then": {
            "if": {"required": ["field_path"]},
            "else": {
                "required": ["fieldPath"],
                "errorMessage": f"fieldPath is required: the default is that of {reader.kind}.",
            },
        },
        "additionalProperties": {"type": "null"},
    }


def some_of(names: Sequence[str], shown: str) -> Callable[[Json], Json]:
    """A string with some of the names, separated by commas."""
    name = rf"\s*(?:(?:{'|'.join(names)})\s*)?"

    def say(_: Json) -> Json:
        return {
            "type": "string",
            "pattern": f"^(?:{name},)*{name}$",
            "patternErrorMessage": f"This must be {shown}, separated by commas.",
        }

    return say


def true_or_false(constraint: Json) -> Json:
    """Pydantic's schema with our own error message."""
    return {**constraint, "errorMessage": "This must be true or false."}


def document(_: Json) -> Json:
    """Any mapping: only `planton validate` checks the content of a policy."""
    return {"type": "object", "errorMessage": "This must be a mapping: the policy itself."}


READERS: Mapping[Callable[..., object], Callable[[Json], Json]] = {
    r.read_bool: true_or_false,
    read_import: some_of(
        (IMPORT_ONLY, *CHANGED_BY_IMPORT),
        f"{IMPORT_ONLY}, or some of {', '.join(CHANGED_BY_IMPORT)}",
    ),
    read_replaceable: some_of(REPLACEABLE, f"some of {', '.join(REPLACEABLE)}"),
    r.read_int: integer,
    r.read_int_or_zero: integer,
    read_names: some_of([code.replace("-", "[-_]") for code in WARNINGS], "codes of warnings"),
    r.read_optional_text: optional_text,
    f.read_time: optional_text,
    f.read_document: document,
}
"""For each reader: converts the schema of the returned type to that of the accepted values."""


class Generator(GenerateJsonSchema):
    """Pydantic's generator, adapted to the readers of our types."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Json:
        """The values that the reader accepts."""
        constraint = super().function_before_schema(schema)
        return READERS.get(schema["function"]["function"], dict)(constraint)

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> Json:
        """A value, or a reference to one."""
        reader = schema["function"]["function"]
        assert isinstance(reader, ReferenceReader)
        return reference(super().function_wrap_schema(schema), reader)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Json:
        """The inner schema without null: `finish` adds it for fields that are not required."""
        inner = schema["schema"]
        if inner["type"] == "enum":
            return enum(inner["cls"], optional=True)
        return self.generate_inner(inner)

    def enum_schema(self, schema: core_schema.EnumSchema) -> Json:
        """Every accepted spelling."""
        return enum(schema["cls"], optional=False)

    def dict_schema(self, schema: core_schema.DictSchema) -> Json:
        """The schemas of keys and values. A key without a value counts as absent."""
        values = self.generate_inner(schema["values_schema"])
        if not values:  # anything
            return {"type": "object"}
        return {
            "type": "object",
            "propertyNames": self.generate_inner(schema["keys_schema"]),
            "additionalProperties": {**values, "type": [values["type"], "null"]},
        }


def enum(of: type[Enum], *, optional: bool) -> Json:
    """The bare values, which editors offer, and a pattern for the other spellings."""
    prefix = PREFIXES[of]
    values = [member.value for member in of]
    longer = [*values, "UNSPECIFIED"] if optional else values
    others = [f"{prefix}(?:{'|'.join(longer)})", *OTHER_SPELLINGS.get(of, {})]
    message = f"This must be {one_of(values)}."
    every = f"^(?:{'|'.join(others)}){'?' if optional else ''}$"
    # Not written as a type: editors would offer null if it were one of the types.
    absent = "; UNSPECIFIED counts as absent" if optional else ""
    kinds = {"not": {"type": ["array", "boolean", "number", "object"]}}
    return {
        "anyOf": [
            {"enum": values, "errorMessage": message},
            {
                "description": f"This is protobuf's spelling{absent}.",
                **(kinds if optional else {"type": "string"}),
                "pattern": every,
                "errorMessage": message,
            },
        ],
    }


def bounded(constraint: Json) -> Json:
    """An integer with the pattern of its decimal string."""
    low, high = constraint["minimum"], constraint["maximum"]
    text, zero = pattern(low, high), ""
    if "not" in constraint:  # the integers between zero and the minimum
        low = constraint["not"]["exclusiveMaximum"]
        text, zero = pattern(low, high, or_zero=True), "0 or "
    message = f"This must be {zero}an integer between {low} and {high}."
    return {**constraint, "pattern": text, "patternErrorMessage": message}
