"""The JSON Schema marks what is refused, as far as a schema can, and nothing that is accepted."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from planton.cli.parser import main
from planton.cli.schema import text
from planton.diagnostics.diagnostic import ManifestError, Source
from planton.dialects.key_case import snake
from planton.document.nodes import plain
from planton.document.reader import parse
from planton.manifest.base import Model
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from planton.reading.read import read
from planton.schema import decimal
from planton.schema.manifest_schema import STARTER, schema
from tests.corpus import ACCEPT, REJECT, case_id, cases, code, examples
from tests.loading import load
from tools.docs import SCHEMA

Documents = list[Any]

NO_SCHEMA_SEES = {
    "alias": "YAML",
    "complex-key": "YAML",
    "duplicate-key": "YAML",
    "empty": "there is no document",
    "merge-key": "YAML",
    "not-utf-8": "the input is not text",
    "several-documents": "each document is looked at alone",
    "too-deep": "YAML",
    "too-large": "YAML",
    "yaml-syntax": "YAML",
    "yaml-tag": "YAML",
    "alarm-evaluation": "compares numbers",
    "alarm-topic-region": "compares ARNs with regions",
    "alarm-topics": "counts the ARNs of a region",
    "access-policy": "a sum",
    "attributes-all-indexed": "compares names",
    "autoscaling-bounds": "compares numbers",
    "duplicate-access": "compares ARNs",
    "duplicate-attribute": "compares names",
    "duplicate-index-name": "compares names",
    "duplicate-key-attribute": "compares names",
    "duplicate-schedule-name": "compares names",
    "extensions": "the annotation is text",
    "index-key-attributes-declared": "compares names",
    "insights-indexes-exist": "compares names",
    "key-attributes-declared": "compares names",
    "kms-key-region": "compares an ARN with the region",
    "kinesis-stream-region": "compares an ARN with the region",
    "replica-region": "compares regions",
    "restore-source": "compares names",
    "resource-policy": "IAM's grammar is not the manifest's",
    "policy-locks-out": "IAM's grammar is not the manifest's",
    "warm-throughput": "compares numbers",
    "too-many-tags": "counts the platform's own",
}
"""Codes of which no case need be seen by a schema, each with the reason."""

NO_SCHEMA_SEES_IN = {
    "alarm-without-metric/no-maximum": "one of the table and its indexes must have it",
    "alarm-without-metric/strong-replicas": "what no replica may be",
    "create-source/import-and-a-grant-to-read-the-stream": "the principal decides on the account",
    "enum/snake-case-in-an-annotation": "the annotation is text",
    "length/attribute-name-of-256-bytes": "counts bytes",
    "lsi-key-schema-shape/other-hash": "compares names",
    "non-key-attributes/101-over-all-indexes": "a sum",
    "principal/another-partition": "compares an ARN with the region",
    "principal/own-account": "compares an ARN with the account",
    "principal/own-user": "compares an ARN with the account",
    "principal/role-of-identity-center": "compares an ARN with the account",
    "principal/service-linked-role": "compares an ARN with the account",
    "schedule-bounds/lower-above-upper": "compares numbers",
    "schedule-bounds/of-an-index": "compares numbers",
    "schedule-time/end-at-the-start": "compares times",
    "schedule-time/end-before-start": "compares times",
    "schedule-time/of-an-index": "compares times",
    "sns-topic-arn/other-partition": "compares parts of an ARN",
    "time/at-a-time-that-there-is-not": "a calendar",
    "time/hour-24": "a calendar",
    "time/no-such-day": "a calendar",
    "time/year-zero": "a calendar",
    "type/account-with-a-zero-in-front": "to YAML 1.2 it is the text that it should be",
    "type/policy-reference": "any mapping may be a policy",
    "type/policy-value": "any mapping may be a policy",
    "type/units-exponent": "5e0 is an integer to a schema",
    "type/units-float": "5.0 is an integer to a schema",
    "unknown-key/misspelt-credential-beside-its-block": "what is not part of a stack input is "
    "ignored",
    "unknown-key/secret-in-the-annotation": "the annotation is text",
    "unknown-key/target-misspelt": "what is not part of a stack input is ignored",
    "several/in-a-block-annotation": "the annotation is text",
    "several/in-a-folded-annotation": "the annotation is text",
    "several/in-a-quoted-annotation": "the annotation is text",
    "several/strict-yaml-in-a-block-annotation": "the annotation is text",
    "several/strict-yaml": "YAML",
}
"""The same of single cases."""


def _pattern(_: Any, pattern: str, value: object, __: Any) -> Iterator[ValidationError]:
    """As in ECMA-262, which JSON Schema requires: `$` is the end, not before a last newline."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_extend: Any = validators.extend  # untyped
VALIDATOR = _extend(Draft202012Validator, {"pattern": _pattern})(schema())


def marked(documents: Documents) -> list[str]:
    return [error.message for document in documents for error in VALIDATOR.iter_errors(document)]


def documents(case: Path) -> Documents:
    """What a reader of YAML 1.2 gives an editor, as far as it can be read."""
    try:
        source = Source(case.name, case.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        return []
    return [plain(root) for root in parse(source)[0]]


def is_flat(document: Any) -> bool:
    return isinstance(document, dict) and "code2cloud" in str(document.get("apiVersion"))


def test_the_committed_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "run ./dev docs"


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == text()


def test_the_schema_is_valid_json_schema_2020_12() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("arguments", [["--check-metaschema"], ["--schemafile", str(SCHEMA)]])
def test_the_patterns_are_valid_in_every_regular_expression_dialect(arguments: list[str]) -> None:
    """That checker takes patterns as ECMA-262 has them, with Unicode: no escape that it lacks."""
    command = [sys.executable, "-m", "check_jsonschema", *arguments]
    files = [SCHEMA] if arguments == ["--check-metaschema"] else examples()

    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "ok -- validation done\n")


@pytest.mark.parametrize("case", cases(ACCEPT) + examples(), ids=case_id)
def test_an_accepted_manifest_has_no_marks(case: Path) -> None:
    assert marked(documents(case)) == []


@pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
def test_a_refused_manifest_is_refused_by_the_schema_where_it_can_be(case: Path) -> None:
    read = documents(case)
    hidden = case_id(case) in NO_SCHEMA_SEES_IN or code(case) in NO_SCHEMA_SEES

    assert marked(read) or hidden or any(map(is_flat, read))


def test_every_listed_reason_is_needed() -> None:
    unmarked = [case for case in cases(REJECT) if not marked(documents(case))]

    assert NO_SCHEMA_SEES.keys() <= {code(case) for case in unmarked}
    assert NO_SCHEMA_SEES_IN.keys() <= {case_id(case) for case in unmarked}


def test_the_manifest_that_editors_offer_is_valid() -> None:
    assert load(json.dumps(STARTER), filename="offered").warnings == ()
    assert marked([STARTER]) == []


@pytest.mark.parametrize(
    ("low", "high", "pattern"),
    [
        (7, 7, "7"),
        (1, 35, "[1-9]|[1-2][0-9]|3[0-5]"),
        (0, 10**12, "-?0|[1-9][0-9]{0,11}|1000000000000"),
        (-1, 1000, "-(?:1)|-?0|[1-9][0-9]{0,2}|1000"),
        (-30, -5, "-(?:[5-9]|[1-2][0-9]|30)"),
        (118, 123, "11[8-9]|12[0-3]"),
        (1000, 1999, "1[0-9]{3}"),
    ],
)
def test_the_pattern_of_decimal_strings_is_short(low: int, high: int, pattern: str) -> None:
    assert decimal.pattern(low, high) == f"^(?:{pattern})$"


def test_the_pattern_of_decimal_strings_can_allow_zero_beside_a_range() -> None:
    assert decimal.pattern(12, 35, or_zero=True) == "^(?:-?0|1[2-9]|2[0-9]|3[0-5])$"


@settings(deadline=None)
@given(
    low=st.integers(-(10**13), 10**13),
    size=st.integers(0, 10**13),
    value=st.integers(-(10**13), 10**13),
    near=st.sampled_from(["low", "high", "value"]),
    step=st.integers(-2, 2),
)
def test_a_decimal_string_matches_exactly_if_its_number_is_in_bounds(
    low: int, size: int, value: int, near: str, step: int
) -> None:
    high = low + size
    number = {"low": low, "high": high, "value": value}[near] + step

    matches = re.search(decimal.pattern(low, high), str(number)) is not None

    assert matches == (low <= number <= high)


BASES = [
    document
    for case in [*cases(ACCEPT), *examples()]
    for document in documents(case)
    if isinstance(document, dict) and len(json.dumps(document)) < 3000
]
WORDS = st.sampled_from(
    ["", "0", "-0", "1", "36", "-1", "5 ", "012", "S", "N", "HASH", "RANGE", "INCLUDE", "ALL",
     "KEYS_ONLY", "KEYS_ONLY_PROJECTION", "PROVISIONED", "BILLING_MODE_PAY_PER_REQUEST",
     "BILLING_MODE_UNSPECIFIED", "KEY_TYPE_UNSPECIFIED", "NEW_IMAGE", "eu-central-1", "orders",
     "aws:x", "pk", "sk", "a b", "a\n", "x" * 256, "true"]
)  # fmt: skip
VALUES = st.one_of(
    WORDS,
    st.none(),
    st.booleans(),
    st.integers(-2, 40),
    st.sampled_from([10**12, 10**12 + 1, 2**31, 12000]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from([[], {}, [None], {"value": ""}, {"enabled": True}, {"enabled": False}]),
)


CHANGES = ["replace", "replace", "empty", "add", "remove", "twice", "respell", "move"]
NAMES = sorted({name for model in Model.__subclasses__() for name in fields(model)})


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everything in a document that can be another: what holds it, and its key or position."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@st.composite
def near_manifests(draw: st.DrawFn) -> Any:
    """An accepted document with something else in a few places."""
    document = deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 3))):
        choices = list(places(document))
        if not choices:
            break
        holder, key = draw(st.sampled_from(choices))
        match draw(st.sampled_from(CHANGES)):
            case "replace":
                holder[key] = deepcopy(draw(VALUES))
            case "empty":
                holder[key] = None
            case "add" if isinstance(holder, dict):
                value = deepcopy(draw(VALUES.filter(lambda value: value is not None)))
                holder[draw(st.sampled_from(NAMES))] = value
            case "remove":
                del holder[key]
            case "twice" if isinstance(holder, list):
                holder.append(deepcopy(holder[key]))
            case "respell" if isinstance(holder, dict):
                holder[snake(key)] = holder.pop(key)
            case "move":
                other, place = draw(st.sampled_from(choices))
                if isinstance(other, type(holder)):
                    holder[key] = deepcopy(other.get(place) if isinstance(other, dict) else None)
            case _:
                pass
    return document


@settings(max_examples=300, deadline=None)
@given(document=near_manifests())
def test_the_schema_refuses_nothing_that_we_accept(document: Any) -> None:
    problems = [error for error in VALIDATOR.iter_errors(document) if not is_empty(error)]

    reading = read(Source("drawn", json.dumps(document)))
    manifest, found = reading.manifest, reading.diagnostics

    assert manifest is None or not problems, (problems, found)


def is_empty(error: ValidationError) -> bool:
    """Whether the error is an unknown key without a value, for which the loader only warns."""
    mapping: Any = error.instance
    return error.validator == "additionalProperties" and None in mapping.values()


def test_a_key_without_a_value_is_only_refused_if_it_is_unknown() -> None:
    """A known one counts as absent, with a warning; an unknown one is nearly always misspelled."""
    empty = fields(Spec).keys() - STARTER["spec"].keys()
    document = deepcopy(STARTER)
    document["spec"] |= dict.fromkeys(empty)

    warnings = load(json.dumps(document), filename="").warnings

    assert marked([document]) == []
    assert [warning.code for warning in warnings] == ["empty-value"] * len(empty)
    document["spec"]["ttll"] = None
    assert len(load(json.dumps(document), filename="").warnings) == len(empty) + 1
    (problem,) = marked([document])
    assert "'ttll'" in problem


def test_fields_in_the_annotation_are_not_required_under_spec() -> None:
    spec: dict[str, object] = dict(STARTER["spec"])
    annotations = {"dynamodb.project-planton.org/extensions": f"keySchema: {spec.pop('keySchema')}"}
    document = {**STARTER, "metadata": {"name": "t", "annotations": annotations}}

    assert marked([{**document, "spec": spec}]) == []
    with pytest.raises(ManifestError):
        load(json.dumps({**document, "metadata": {"name": "t"}, "spec": spec}), filename="")
