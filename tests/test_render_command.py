"""`planton render`: objects on standard output, warnings on standard error."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from planton.cli.parser import main
from planton.diagnostics.diagnostic import Source
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.render.targets import RenderTarget, render
from tests.conftest import ROOT

TARGETS = ("ack", "crossplane", "kro")
PRODUCTION = ROOT / "examples" / "production.yaml"
SCALED = ROOT / "examples" / "provisioned-autoscaling.yaml"

MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: "N"}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""


def inputs(provider: str) -> str:
    target = "".join(f"  {line}\n" for line in MANIFEST.splitlines())
    return f"provider_config: {provider}\ntarget:\n{target}"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "orders.yaml"
    path.write_text(MANIFEST)
    return path


@pytest.mark.parametrize("target", TARGETS)
def test_the_documents_are_the_objects_in_their_order(
    target: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", target, str(SCALED), "--region", "eu-west-1"]) == OK
    printed = capsys.readouterr().out
    source = Source("x.yaml", SCALED.read_text(encoding="utf-8"))
    expected = render(source, target, region="eu-west-1").objects
    assert list(yaml.safe_load_all(printed)) == list(expected)
    assert len(expected) == (1 if target == "kro" else 9)


def test_unsupported_fields_are_reported_on_standard_error_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["render", "crossplane", str(PRODUCTION)]) == OK
    printed = capsys.readouterr()
    assert "warning" not in printed.out
    assert printed.err == (
        f"{PRODUCTION}:62:3: warning[not-carried]: a Crossplane Table has no contributor insights\n"
        "   62 |   contributorInsightsEnabled: true\n"
        "      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  spec.contributorInsightsEnabled\n"
        "  help: add a ContributorInsights object of the same API group for the table and each"
        " index\n\n"
    )


def test_the_json_contains_the_warnings_beside_the_objects(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["render", "crossplane", str(PRODUCTION), "--format", "json"]) == OK
    printed = json.loads(capsys.readouterr().out)
    assert printed.keys() == {"valid", "diagnostics", "objects"}
    assert printed["valid"] is True
    assert [(d["code"], d["line"], d["path"]) for d in printed["diagnostics"]] == [
        ("not-carried", 62, "spec.contributorInsightsEnabled")
    ]
    assert [one["kind"] for one in printed["objects"]] == ["Table"]


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_an_invalid_manifest_is_refused(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MANIFEST.replace("HASH", "RANGE"))
    assert main(["render", "ack", str(wrong), "--format", format]) == PROBLEMS
    printed = capsys.readouterr()
    if format == "json":
        assert json.loads(printed.out)["valid"] is False
    else:
        assert printed.out == ""
        assert "error[table-key-schema-shape]" in printed.err


@pytest.mark.parametrize("text", ["", "target:\n", "a: [\n"], ids=["empty", "no-target", "syntax"])
def test_a_text_without_a_manifest_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    assert main(["render", "kro", str(path)]) == PROBLEMS
    assert capsys.readouterr().out == ""


def test_a_missing_file_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "ack", "no-such.yaml"]) == PROBLEMS
    assert "error[unreadable]" in capsys.readouterr().err


def test_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(MANIFEST.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert main(["render", "ack", "-"]) == OK
    assert yaml.safe_load(capsys.readouterr().out)["spec"]["tableName"] == "orders"


@pytest.mark.parametrize("target", ["ack", "crossplane"])
def test_the_namespace_is_on_every_object(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["render", target, str(SCALED), "--region", "eu-west-1", "--namespace", "data"]
    assert main(arguments) == OK
    rendering = yaml.safe_load_all(capsys.readouterr().out)
    assert {one["metadata"]["namespace"] for one in rendering} == {"data"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ack", "--namespace", "Data"], "'Data' is not the name of a namespace such as"),
        (["ack", "--namespace", "a.b"], "'a.b' is not the name of a namespace such as"),
        (["ack", "--namespace", "a" * 64], f"'{'a' * 59}…' is not the name of a namespace"),
        (["kro", "--namespace", "data"], "a ResourceGraphDefinition is cluster-scoped"),
        (["crossplane", "--region", "here"], "'here' is not the name of an AWS region such as"),
    ],
)
def test_invalid_options_are_refused(
    arguments: list[str], message: str, manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", *arguments, str(manifest)]) == USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"planton: {message}")


def test_crossplane_needs_a_region(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "crossplane", str(manifest)]) == PROBLEMS
    assert capsys.readouterr().err == (
        f"{manifest}: error[no-region]: a Crossplane resource needs a region, and the "
        "manifest names none\n"
        "  spec.region\n"
        "  help: set spec.region in the manifest, or pass --region\n"
    )


def region(text: str, named_region: str | None) -> str:
    (rendering,) = render(Source("x.yaml", text), "crossplane", region=named_region).objects
    return str(rendering["spec"]["forProvider"]["region"])


def test_the_region_comes_from_manifest_provider_block_or_option() -> None:
    both = inputs("{region: eu-north-1}").replace("spec:\n", "spec:\n    region: eu-central-1\n")
    assert region(both, None) == region(both, "eu-central-1") == "eu-central-1"
    assert region(inputs("{region: eu-north-1}"), None) == "eu-north-1"
    assert region(inputs("{region: eu-north-1}"), "eu-north-1") == "eu-north-1"
    assert region(MANIFEST, "eu-west-1") == "eu-west-1"


@pytest.mark.parametrize("target", TARGETS)
def test_a_region_that_contradicts_the_input_is_a_usage_error(
    target: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "input.yaml"
    path.write_text(inputs("{region: eu-north-1}"))
    assert main(["render", target, str(path), "--region", "eu-west-1"]) == USAGE
    assert capsys.readouterr() == (
        "",
        "planton: --region is 'eu-west-1', but the provider block names 'eu-north-1'\n",
    )


def test_only_the_region_of_a_provider_block_is_used_and_a_warning_says_so() -> None:
    text = inputs("{account_id: '111122223333', access_key_id: AKIAKEY, secret_access_key: hidden}")
    rendering = render(Source("x.yaml", text), "ack")
    assert [d.text() for d in rendering.warnings] == [
        "x.yaml:1:1: warning[not-carried]: the account and the keys of a provider block are "
        "not rendered: the controller uses its own\n"
        "  provider_config"
    ]
    assert all(secret not in str(rendering.objects) for secret in ("1111", "AKIA", "hidden"))


def test_a_provider_block_with_only_a_region_causes_no_warning() -> None:
    assert render(Source("x.yaml", inputs("{region: eu-north-1}")), "ack").warnings == ()


def test_the_warnings_of_the_checker_are_shown() -> None:
    text = MANIFEST.replace("  keySchema", "  ttl:\n  keySchema")
    (warning,) = render(Source("x.yaml", text), "ack").warnings
    assert warning.code == "empty-value"


RESTORED = (
    f"{MANIFEST}  restoreSourceName: old\n  restoreToLatestTime: true\n"
    "  warmThroughput: {readUnitsPerSecond: 20000}\n"
)
STRONG = f"""{MANIFEST}  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  replicas:
    - {{regionName: us-east-2, consistencyMode: STRONG, deletionProtectionEnabled: true}}
    - {{regionName: us-west-2, consistencyMode: STRONG}}
"""
PROVISIONED = MANIFEST.replace(
    "PAY_PER_REQUEST",
    "PROVISIONED\n  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}",
)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("text", "by_ack", "by_crossplane"),
    [
        (RESTORED, ["not-carried"] * 2, ["restored-key", "not-carried", "not-carried"]),
        (STRONG, ["not-carried"], []),
        (PROVISIONED, [], ["provisioned-without-autoscaling"]),
    ],
    ids=["restored", "strong", "provisioned"],
)
def test_advice_about_pulumi_is_left_out(
    text: str, by_ack: list[str], by_crossplane: list[str], target: Any
) -> None:
    rendering = render(Source("x.yaml", text), target, region="us-east-1")
    codes = by_crossplane if target == "crossplane" else by_ack
    assert [d.code for d in rendering.warnings] == codes
    assert "pulumi up" not in str([d.text() for d in rendering.warnings])


def test_an_unsupported_field_in_the_annotation_is_shown_there() -> None:
    text = MANIFEST.replace(
        "{name: orders}",
        "\n  name: orders\n  annotations:\n    dynamodb.project-planton.org/extensions: |\n"
        "      pointInTimeRecovery:\n        enabled: true\n        recoveryPeriodInDays: 3",
    )
    (warning,) = render(Source("x.yaml", text), "ack").warnings
    assert warning.span is not None
    assert text.splitlines()[warning.span.line - 1].strip() == "recoveryPeriodInDays: 3"


def test_a_manifest_can_ignore_the_warning() -> None:
    text = MANIFEST.replace(
        "{name: orders}",
        "{name: orders, annotations: {dynamodb.project-planton.org/ignore-warnings: not-carried}}",
    )
    text += "  pointInTimeRecovery: {enabled: true, recoveryPeriodInDays: 3}\n"
    assert render(Source("x.yaml", text), "ack").warnings == ()


POLICY = """\
  resourcePolicy:
    confirmRemoveSelfResourceAccess: true
    policy:
      Version: "2012-10-17"
      Statement: [{Effect: Deny, Principal: "*", Action: "dynamodb:Get*", Resource: "RESOURCE"}]
"""


@pytest.mark.parametrize("target", ["ack", "kro"])
@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("*", "spec.resourcePolicy.confirmRemoveSelfResourceAccess"),
        ("${table_arn}", "spec.resourcePolicy"),
    ],
)
def test_a_field_inside_an_unsupported_block_gets_no_second_warning(
    target: RenderTarget, resource: str, path: str
) -> None:
    text = MANIFEST + POLICY.replace("RESOURCE", resource)
    (warning,) = render(Source("x.yaml", text), target).warnings
    assert (warning.code, warning.path) == ("not-carried", path)
