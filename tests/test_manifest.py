"""The loader: every dialect gives the same manifest, and no input breaks it."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, Span
from planton.document.nodes import plain
from planton.document.reader import parse
from planton.manifest.checking.type_check import MAX_FINDINGS
from planton.manifest.manifest import Manifest
from planton.manifest.metadata import Metadata
from planton.manifest.spec import Spec
from tests.corpus import ACCEPT, ROOT
from tests.loading import Loaded, load

FULL = (ACCEPT / "key-spelled-twice/snake-and-camel-mixed.yaml").read_text(encoding="utf-8")
"""Nearly every field, some keys in snake_case, some enums prefixed, some numbers as text."""

HEAD = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
"""
TABLE = """\
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""


def manifest(text: str) -> Manifest:
    return load(text, filename="x.yaml").manifest


def refusals(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ManifestError) as raised:
        load(text, filename="x.yaml")
    return raised.value.diagnostics


def test_a_manifest_is_read_into_its_model() -> None:
    loaded = load(f"{HEAD}spec:\n{TABLE}  tags: {{team: shop}}\n", filename="x.yaml")

    assert loaded == Loaded(
        Manifest(
            Metadata(name="orders"),
            Spec.model_validate(
                {
                    "billingMode": "PAY_PER_REQUEST",
                    "attributeDefinitions": [{"name": "pk", "type": "S"}],
                    "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
                    "tags": {"team": "shop"},
                }
            ),
        ),
        warnings=(),
    )


def test_every_spelling_gives_the_same_manifest() -> None:
    canonical = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
spec:
  tableName: orders-eu
  billingMode: PROVISIONED
  autoscaling: {enabled: false}
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  attributeDefinitions: [{name: pk, type: S}, {name: sk_2, type: "N"}]
  keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: sk_2, keyType: RANGE}]
  globalSecondaryIndexes:
    - name: by-sk
      keySchema: [{attributeName: sk_2, keyType: HASH}]
      projection: {type: INCLUDE, nonKeyAttributes: [some_thing]}
      provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
      autoscaling:
        read: {maxCapacity: 10, targetUtilizationPercent: 60, scaleInCooldownSeconds: 0}
  localSecondaryIndexes:
    - name: local
      keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: sk_2, keyType: RANGE}]
  ttl: {enabled: true, attributeName: expires_at}
  streamEnabled: true
  streamViewType: KEYS_ONLY
  pointInTimeRecoveryEnabled: true
  serverSideEncryption:
    enabled: true
    kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
  tableClass: STANDARD
  deletionProtectionEnabled: false
  contributorInsightsEnabled: false
"""
    assert manifest(FULL).spec == manifest(canonical).spec


def test_prefixed_enum_values_equal_the_bare_ones() -> None:
    prefixed = (ACCEPT / "enum/prefixed.yaml").read_text(encoding="utf-8")
    prefixes = ("BILLING_MODE_", "TABLE_CLASS_", "ATTRIBUTE_TYPE_", "KEY_TYPE_",
                "PROJECTION_TYPE_", "STREAM_VIEW_TYPE_")  # fmt: skip
    bare = prefixed
    for prefix in prefixes:
        assert prefix in bare
        bare = bare.replace(prefix, "")

    assert manifest(prefixed) == manifest(bare)


def test_fields_in_the_annotation_are_read_like_those_under_spec() -> None:
    annotation = (
        HEAD
        + """\
  annotations:
    dynamodb.project-planton.org/extensions: |
      table_name: orders-eu
      tags: {cost_centre: a}
"""
    )
    moved = "  tableName: orders-eu\n  tags: {cost_centre: a}\n"

    under_spec = manifest(f"{HEAD}spec:\n{TABLE}{moved}")
    assert manifest(f"{annotation}spec:\n{TABLE}").spec == under_spec.spec


def test_the_example_for_the_wrapper_scales_like_the_plain_one() -> None:
    plain_one, wrapped = (
        (ROOT.parent / "examples" / f"{name}.yaml").read_text(encoding="utf-8")
        for name in ("provisioned-autoscaling", "provisioned-autoscaling-wrapper")
    )

    assert manifest(wrapped).spec.autoscaling == manifest(plain_one).spec.autoscaling


def test_the_resource_has_the_name_in_metadata_unless_the_table_has_one() -> None:
    assert manifest(f"{HEAD}spec:\n{TABLE}").table_name == "orders"
    assert manifest(f"{HEAD}spec:\n{TABLE}  tableName: orders-eu\n").table_name == "orders-eu"


def test_a_manifest_is_immutable() -> None:
    found = manifest(FULL)

    with pytest.raises(ValidationError):
        found.spec.region = "eu-central-1"  # type: ignore[misc]  # that it is frozen


def test_warnings_do_not_refuse_a_manifest() -> None:
    loaded = load(f"{HEAD}spec:\n{TABLE}  region:\n", filename="x.yaml")

    assert [(d.severity, d.code, d.path) for d in loaded.warnings] == [
        ("warning", "empty-value", "spec.region")
    ]


def test_warnings_are_listed_among_the_errors() -> None:
    found = refusals(f"{HEAD}spec:\n{TABLE}  region:\n  tagz: {{}}\n")

    assert [(d.severity, d.code) for d in found] == [
        ("warning", "empty-value"),
        ("error", "unknown-key"),
    ]


def test_respelled_fields_keep_their_positions_and_the_users_paths() -> None:
    found = refusals(f"{HEAD}spec:\n{TABLE}  provisioned_throughput: {{read_capacity_units: x}}\n")

    assert [(d.span, d.path) for d in found] == [
        (Span(9, 49, 9, 50), "spec.provisioned_throughput.read_capacity_units")
    ]


def test_a_missing_field_is_shown_at_the_nearest_key_above_it() -> None:
    found = refusals(f"{HEAD}spec:\n{TABLE}  global_secondary_indexes:\n    - name: abc\n")

    assert [(d.span, d.path) for d in found] == [
        (Span(10, 7, 10, 16), "spec.global_secondary_indexes[0].keySchema")
    ]


def test_an_empty_list_item_is_shown_at_its_position() -> None:
    found = refusals(f"{HEAD}spec:\n{TABLE}  globalSecondaryIndexes:\n    -\n")

    assert [(d.span and d.span.line, d.path) for d in found] == [
        (10, "spec.globalSecondaryIndexes[0]")
    ]


def test_keys_that_are_not_identifiers_are_quoted_in_paths() -> None:
    found = refusals(f'{HEAD}spec:\n{TABLE}  tags: {{"a b": 5, "": 5}}\n')

    assert [d.path for d in found] == ['spec.tags["a b"]', 'spec.tags[""]', 'spec.tags[""]']


@pytest.mark.parametrize("style", ["'", '"'])
def test_keys_in_a_quoted_annotation_are_named(style: str) -> None:
    """Its lines are folded, so all of its places are the whole value; its keys are not."""
    text = f"{style}{{tabelName: abc, stream_enabled: true, streamEnabled: true}}{style}"
    annotation = f"  annotations: {{dynamodb.project-planton.org/extensions: {text}}}\n"
    found = refusals(f"{HEAD}{annotation}spec:\n{TABLE}  streamViewType: KEYS_ONLY\n")

    assert sorted((d.code, d.message) for d in found) == [
        ("key-spelled-twice", "'streamEnabled' is the same key as 'stream_enabled' on line 5"),
        ("unknown-key", "unknown key 'tabelName'"),
    ]


WRONG: tuple[Any, ...] = (
    None, True, 5, -1, 1.5, "", "x", "N", "a b", "\x1b", "9" * 5000,
    [], {}, [None], [[]], {"a": 1}, {"[key]": 1}, {"name": None}, {"value": {}}, {"valueFrom": {}},
)  # fmt: skip
KEYS = ("", "x", "[key]", "name", "key_schema", "keySchema", "a.b", "<<", "9" * 5000)


def mutants() -> Iterator[str]:
    """The full manifest with any one value, and with any one key, replaced by anything."""
    ((root,), _) = parse(Source("x.yaml", FULL))
    whole = plain(root)
    for path in _paths(whole):
        for value in WRONG:
            yield _mutant(whole, path, lambda holder, last, new=value: _put(holder, last, new))
        if isinstance(path[-1], str):
            for key in KEYS:
                yield _mutant(whole, path, lambda holder, last, new=key: _rename(holder, last, new))


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, (dict, list)):
            yield from _paths(item, (*path, key))


def _mutant(whole: Any, path: tuple[str | int, ...], change: Any) -> str:
    holder = mutant = copy.deepcopy(whole)
    for part in path[:-1]:
        holder = holder[part]
    change(holder, path[-1])
    return json.dumps(mutant)


def _put(holder: Any, last: str | int, value: Any) -> None:
    holder[last] = value


def _rename(holder: Any, last: str, key: str) -> None:
    holder[key] = holder.pop(last)


def test_any_value_anywhere_is_read_or_refused_with_a_message() -> None:
    """And no message mentions the values that replace invalid ones."""
    made_up = []
    for text in mutants():
        try:
            load(text, filename="x.yaml")
        except ManifestError as error:
            if "stand-in" in str(error):
                made_up.append(text)

    assert made_up == []


def test_a_hostile_number_of_findings_is_limited() -> None:
    unknown = "".join(f"  key{number}: 1\n" for number in range(5000))
    head = "apiVersion: aws.planton.dev/v1\nkind: AwsDynamodb\nmetadata: {name: orders}\nspec:\n"
    text = head + unknown
    with pytest.raises(ManifestError) as raised:
        load(text, filename="x.yaml")
    assert len(raised.value.diagnostics) == MAX_FINDINGS


def test_the_findings_of_ten_thousand_wrong_statements_are_limited() -> None:
    """And that the policy is too long, which another rule finds."""
    policy = "  resourcePolicy: {policy: {Statement: [" + "{}, " * 10_000 + "]}}\n"

    assert len(refusals(f"{HEAD}spec:\n{TABLE}{policy}")) == MAX_FINDINGS + 1


@pytest.mark.parametrize(("open", "close"), [("[", "]"), ("{a: ", "}")])
def test_a_policy_can_be_as_deep_as_a_manifest(open: str, close: str) -> None:
    deep = f"  resourcePolicy: {{policy: {{Statement: {open * 96}5{close * 96}}}}}\n"

    assert {d.code for d in refusals(f"{HEAD}spec:\n{TABLE}{deep}")} == {"resource-policy"}


BROKEN: dict[str, list[Any]] = {
    "replicas": [[{"regionName": "nowhere"}], [{}], 5],
    "globalTableWitness": [{"regionName": 7}, {}, 5],
    "kinesisStreamingDestination": [{"streamArn": "x"}, {}, 5],
    "importTable": [{"s3Bucket": "X", "inputFormat": "PDF"}, {}, 5],
    "resourcePolicy": [{"policy": "x"}, {}, 5],
    "autoscaling": [
        {"scheduledAdjustments": [{"name": "a/b", "dimension": "UP", "schedule": "never"}]},
        {"scheduledAdjustments": [{}]},
        5,
    ],
    "globalSecondaryIndexes": [[{"name": "x"}], [{}], 5],
    "keySchema": [[{"attributeName": "", "keyType": "KEY"}], [{}], 5],
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in BROKEN.items() for value in values],
    ids=lambda one: json.dumps(one)[:40],
)
def test_a_broken_value_hides_no_finding_elsewhere(field: str, value: Any) -> None:
    spec = {
        "region": "us-east-1",
        "attributeDefinitions": [{"name": "pk", "type": "S"}],
        "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
        "billingMode": "PAY_PER_REQUEST",
        "serverSideEncryption": {
            "enabled": False,
            "kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:alias/orders",
        },
        field: value,
    }
    manifest = {
        "apiVersion": "aws.planton.dev/v1alpha1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders"},
        "spec": spec,
    }
    with pytest.raises(ManifestError) as raised:
        load(json.dumps(manifest), filename="orders.json")
    codes = [found.code for found in raised.value.diagnostics]
    assert "encryption-key-needs-encryption" in codes
    assert len(codes) > 1
