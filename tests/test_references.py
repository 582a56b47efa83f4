"""References to outputs of other resources: accepted, and refused where a value is needed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from planton.convert.converter import convert
from planton.diagnostics.diagnostic import ManifestError, Source
from planton.dialects.annotations import EXTENSIONS
from planton.dialects.contract import Contract
from planton.manifest.reference import Reference
from planton.plan.data import to_data
from planton.plan.planner import make_plan
from planton.reading.read import read
from planton.reading.region_choice import fitting_region
from planton.reading.stack_input import read_stack_input
from planton.reading.unresolved import resolved
from planton.render.targets import RenderTarget, render
from tests.conftest import Planton
from tests.loading import NOW

HEAD = """\
apiVersion: aws.planton.dev/v1alpha1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  region: eu-central-1
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
STREAM = "  streamEnabled: true\n  streamViewType: NEW_AND_OLD_IMAGES\n"
KEY = "  serverSideEncryption: {enabled: true, kmsKeyArn: {valueFrom: {name: orders}}}\n"
REPLICA = "  replicas: [{regionName: eu-west-1, kmsKeyArn: {valueFrom: {name: orders-west}}}]\n"
KINESIS = "  kinesisStreamingDestination: {streamArn: {valueFrom: {name: changes}}}\n"
IMPORT = "  importTable: {s3Bucket: {valueFrom: {name: exports}}, inputFormat: ION}\n"
STREAM_ARN = "streamArn: 'arn:aws:kinesis:eu-central-1:111122223333:stream/changes'"
ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def value_from(kind: str, name: str, output: str) -> dict[str, Any]:
    field = f"status.outputs.{output}"
    return {"valueFrom": {"kind": kind, "name": name, "fieldPath": field}}


ORDERS = value_from("AwsKmsKey", "orders", "key_arn")


def refusal(text: str) -> list[tuple[str, int, str]]:
    """What `pulumi preview` and `up` find, as codes, lines and messages."""
    with pytest.raises(ManifestError) as refused:
        read_stack_input(Source("x.yaml", text), lambda _: None, {}, now=NOW)
    errors = [d for d in refused.value.diagnostics if d.severity == "error"]
    return sorted((d.code, d.span.line if d.span else 0, d.message) for d in errors)


def rendered(target: RenderTarget, text: str) -> Any:
    return render(Source("x.yaml", text), target).objects[0]["spec"]


def test_a_plan_has_references_with_their_defaults() -> None:
    plan = to_data(make_plan(read(Source("x", HEAD + KEY + KINESIS + IMPORT)).require()))

    assert plan["serverSideEncryption"]["kmsKeyArn"] == ORDERS
    assert plan["kinesisStreamingDestination"]["streamArn"] == value_from(
        "AwsKinesisStream", "changes", "stream_arn"
    )
    assert plan["source"]["s3Bucket"] == value_from("AwsS3Bucket", "exports", "bucket_id")
    assert json.loads(json.dumps(plan)) == plan


def test_a_reference_keeps_its_environment() -> None:
    text = HEAD + KEY.replace("{name: orders}", "{env: prod, name: orders}")
    key = make_plan(read(Source("x", text)).require()).encryption.kms_key_arn

    assert isinstance(key, Reference)
    assert key.env == "prod"
    assert key == (
        "{valueFrom: {kind: AwsKmsKey, env: prod, name: orders, fieldPath: status.outputs.key_arn}}"
    )


def test_an_update_refuses_every_reference_at_its_line() -> None:
    assert refusal(HEAD + STREAM + KEY + REPLICA + KINESIS) == [
        (
            "unresolved-reference",
            11,
            "kmsKeyArn is a reference to AwsKmsKey 'orders' that has not been resolved",
        ),
        (
            "unresolved-reference",
            12,
            "kmsKeyArn is a reference to AwsKmsKey 'orders-west' that has not been resolved",
        ),
        (
            "unresolved-reference",
            13,
            "streamArn is a reference to AwsKinesisStream 'changes' that has not been resolved",
        ),
    ]


def test_an_update_refuses_a_reference_in_the_annotation() -> None:
    text = HEAD.replace(
        "{name: orders}",
        f"\n  name: orders\n  annotations:\n    {EXTENSIONS}: |\n    {IMPORT}",
    )

    assert refusal(text) == [
        (
            "unresolved-reference",
            7,
            "s3Bucket is a reference to AwsS3Bucket 'exports' that has not been resolved",
        )
    ]


def test_a_resolved_reference_is_a_value() -> None:
    text = HEAD + KEY.replace("{valueFrom: {name: orders}}", f"{{value: '{ARN}'}}")
    given = read_stack_input(Source("x.yaml", text), lambda _: None, {}, now=NOW)

    assert make_plan(given.manifest).encryption.kms_key_arn == ARN


def test_an_invalid_manifest_is_refused_only_for_its_errors() -> None:
    assert [code for code, _, _ in refusal(HEAD + KEY + "  colour: red\n")] == ["unknown-key"]


def test_a_rehearsal_needs_every_value() -> None:
    found = resolved(read(Source("x.yaml", HEAD + KEY)))

    assert found.manifest is None
    assert [(d.code, d.path) for d in found.diagnostics] == [
        ("unresolved-reference", "spec.serverSideEncryption.kmsKeyArn")
    ]


def test_a_reference_has_no_region() -> None:
    text = (HEAD + KEY + KINESIS).replace("streamArn: {valueFrom: {name: changes}}", STREAM_ARN)

    assert fitting_region(read(Source("x.yaml", HEAD + KEY)).require()) == "us-east-1"
    assert fitting_region(read(Source("x.yaml", text)).require()) == "eu-central-1"


@pytest.mark.parametrize("command", ["plan", "rehearse", "diff"])
def test_equal_references_are_no_change(planton: Planton, tmp_path: Any, command: str) -> None:
    file = tmp_path / "orders.yaml"
    file.write_text(HEAD + KEY)
    other = tmp_path / "other.yaml"
    full = "{valueFrom: {fieldPath: status.outputs.key_arn, kind: AwsKmsKey, name: orders}}"
    other.write_text(HEAD + KEY.replace("{valueFrom: {name: orders}}", full))
    match command:
        case "diff":
            done = planton("diff", str(file), str(other))
            assert (done.returncode, done.stdout) == (0, b"no change\n")
        case "plan":
            done = planton("plan", str(file))
            assert (done.returncode, b"{valueFrom: {kind: AwsKmsKey" in done.stdout) == (0, True)
        case _:
            done = planton("rehearse", str(file))
            assert (done.returncode, done.stdout) == (1, b"")
            assert b"error[unresolved-reference]" in done.stderr


def test_v1alpha1_keeps_references_in_their_fields() -> None:
    text = HEAD + STREAM + KEY + REPLICA
    converted = convert(Source("x.yaml", text), Contract.V1ALPHA1)
    spec = yaml.safe_load(converted.text)["spec"]

    assert spec["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": ORDERS}
    assert spec["replicas"] == [
        {
            "regionName": "eu-west-1",
            "kmsKeyArn": value_from("AwsKmsKey", "orders-west", "key_arn"),
        }
    ]
    assert converted.notes == ()


def test_v1_has_references_only_in_the_annotation() -> None:
    """The field of v1 is a string."""
    converted = convert(Source("x.yaml", HEAD + KEY), Contract.V1)
    data = yaml.safe_load(converted.text)

    assert "serverSideEncryption" not in data["spec"]
    assert yaml.safe_load(data["metadata"]["annotations"][EXTENSIONS]) == {
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": ORDERS}
    }
    assert converted.notes == (
        "the references are in the annotation, where the platform does not resolve them",
    )


@pytest.mark.parametrize("target", ["ack", "kro"])
def test_ack_refers_to_the_key_of_the_table(target: RenderTarget) -> None:
    spec = rendered(target, HEAD + KEY)
    if target == "kro":
        spec = spec["resources"][0]["template"]["spec"]

    assert spec["sseSpecification"] == {
        "enabled": True,
        "sseType": "KMS",
        "kmsMasterKeyRef": {"from": {"name": "orders"}},
    }


def test_crossplane_refers_to_the_keys_of_table_and_replicas() -> None:
    spec = rendered("crossplane", HEAD + STREAM + KEY + REPLICA)["forProvider"]

    assert spec["serverSideEncryption"] == {"enabled": True, "kmsKeyArnRef": {"name": "orders"}}
    assert spec["replica"] == [
        {
            "regionName": "eu-west-1",
            "pointInTimeRecovery": False,
            "deletionProtectionEnabled": False,
            "propagateTags": False,
            "consistencyMode": "EVENTUAL",
            "kmsKeyArnRef": {"name": "orders-west"},
        }
    ]


@pytest.mark.parametrize(
    ("target", "lines", "path"),
    [
        ("ack", STREAM + KEY + REPLICA, "spec.replicas[0].kmsKeyArn"),
        ("kro", STREAM + KEY + REPLICA, "spec.replicas[0].kmsKeyArn"),
        ("crossplane", IMPORT, "spec.importTable.s3Bucket"),
        ("ack", KEY.replace(": orders", ": Orders_1"), "spec.serverSideEncryption.kmsKeyArn"),
        ("ack", KEY.replace("{name", "{env: prod, name"), "spec.serverSideEncryption.kmsKeyArn"),
        (
            "crossplane",
            KEY.replace("{name", "{fieldPath: status.outputs.alias_arn, name"),
            "spec.serverSideEncryption.kmsKeyArn",
        ),
        (
            "ack",
            KEY.replace("{name", "{kind: AwsStack, fieldPath: status.outputs.key_arn, name"),
            "spec.serverSideEncryption.kmsKeyArn",
        ),
    ],
)
def test_a_control_plane_that_needs_the_value_is_an_error(
    target: RenderTarget, lines: str, path: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        render(Source("x.yaml", HEAD + lines), target)

    found = [d for d in refused.value.diagnostics if d.severity == "error"]
    assert [(d.code, d.path) for d in found] == [("unresolved-reference", path)]


@pytest.mark.parametrize("target", ["ack", "crossplane", "kro"])
def test_a_block_that_is_not_rendered_needs_no_value(target: RenderTarget) -> None:
    source = KINESIS if target == "crossplane" else KINESIS + IMPORT
    found = render(Source("x.yaml", HEAD + source), target).warnings

    assert "unresolved-reference" not in {d.code for d in found}
    assert "not-carried" in {d.code for d in found}


def _is_too_large(key: str, length: int) -> bool:
    text = HEAD.replace("{name: orders}", f"{{name: {'t' * length}}}").replace("/v1alpha1", "/v1")
    keys = f"  serverSideEncryption: {{enabled: true, kmsKeyArn: {key}}}\n"
    regions = (
        "us-east-1",
        "us-east-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "us-west-1",
        "us-west-2",
    )
    replica = "    - {{regionName: {0}, kmsKeyArn: {1}}}\n"
    own = [key if "value" in key else f"arn:aws:kms:{one}:{ARN[25:]}" for one in regions]
    replicas = "".join(map(replica.format, regions, own))
    lines = f"{keys}{STREAM}  accessPolicies: [admin]\n  replicas:\n{replicas}"
    codes = {d.code for d in read(Source("x.yaml", text + lines)).diagnostics}
    assert codes <= {"access-policy"}
    return "access-policy" in codes


def test_a_policy_with_a_reference_is_as_large_as_with_the_key() -> None:
    sizes = range(3, 60)
    with_keys = [_is_too_large(ARN, length) for length in sizes]

    assert len(set(with_keys)) == 2
    assert [_is_too_large("{valueFrom: {name: k}}", length) for length in sizes] == with_keys
