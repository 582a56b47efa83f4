"""The same manifest gives the same table, whichever control plane carries it out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
import yaml
from pydantic.alias_generators import to_camel

from planton.diagnostics.diagnostic import Source
from planton.dialects.annotations import EXTENSIONS
from planton.kratix.workflow import TABLE_FILE, configure
from planton.manifest.enums import AccessRole
from planton.reading.region_choice import fitting_region
from planton.reading.sources import ENV_FILE
from planton.rehearsal.aws.requests import IAM, Call, Json
from planton.rehearsal.program.records import Rehearsal
from planton.rehearsal.program.runner import rehearse
from planton.render.targets import Rendering, render
from tests.conftest import ROOT
from tests.corpus import ACCEPT, case_id, cases, code, examine, examples
from tests.emulated.cloud import Cloud
from tests.same_table import by_ack, by_crossplane, by_pulumi, described, differences

FEATURES = {
    "autoscaling-bounds",
    "gsi-key-schema-shape",
    "insights-indexes-exist",
    "kinesis-stream-region",
    "kms-key-arn",
    "lsi-key-schema-shape",
    "mrsc-topology",
    "on-demand-throughput-needs-on-demand",
    "recovery-period",
    "replica-key",
    "replicas-need-autoscaling",
    "resource-policy",
    "restored-key",
    "schedule-bounds",
    "ttl-attribute-when-enabled",
    "warm-throughput",
}
"""Codes whose accepted cases use what no example does."""

MANIFESTS = [*examples(), *(case for case in cases(ACCEPT) if code(case) in FEATURES)]

every_manifest = pytest.mark.parametrize("manifest", MANIFESTS, ids=case_id)


def rendered(manifest: Path, target: Literal["ack", "crossplane"], region: str) -> Rendering:
    text = manifest.read_text(encoding="utf-8")
    return render(Source(manifest.name, text), target, region=region)


def emptied(result: Rehearsal) -> Cloud:
    return Cloud(account_id=result.account_id, region=result.region)


@cache
def from_pulumi(manifest: Path) -> tuple[Rehearsal, Json]:
    loaded, _ = examine(manifest)
    assert loaded
    # Grants need an account; that of the examples is the usual one of documentation.
    config = {"aws:allowedAccountIds": '["111122223333"]'} if loaded.spec.grants else {}
    result = rehearse({ENV_FILE: str(manifest)}, region=fitting_region(loaded), config=config)
    assert result.error is None
    with emptied(result) as cloud:
        by_pulumi(cloud, [call for call in result.calls if _can_be_sent_again(call)])
        return result, described(cloud, result.outputs["table_name"], result.region)


def _can_be_sent_again(call: Call) -> bool:
    """Roles to which policies are attached exist in the rehearsal alone, and another stream has
    another ARN."""
    return call.service != IAM and "/stream/" not in call.parameters.get("ResourceArn", "")


def unsupported(rendering: Rendering) -> set[str]:
    """The fields that the renderer reports as unsupported."""
    return {warning.path for warning in rendering.warnings if warning.code == "not-carried"}


EXPLAINED = {
    "pointInTimeRecovery.recoveryPeriodInDays": "the period of recovery",
    "contributorInsights": "insights",
    "contributorInsightsEnabled": "insights",
    "contributorInsights.mode": "the mode of the table's insights",
    "contributorInsights.gsiIndexNames": "insights of an index",
    "tags": "tags of autoscaling targets",
    "autoscaling.scheduledAdjustments": "adjustments",
    "resourcePolicy": "the policy",
    "grants": "the policy",
    "kinesisStreamingDestination": "the Kinesis stream",
    "replicas[].pointInTimeRecovery": "recovery of a replica",
    "replicas[].deletionProtectionEnabled": "protection of a replica",
    "replicas[].propagateTags": "tags of a replica",
    "replicas[].tags": "tags of a replica",
    "replicas[].resourcePolicy": "the policy of a replica",
    "replicas[].kinesisStreamingDestination": "the Kinesis stream of a replica",
    "replicas[].contributorInsights": "insights of a replica",
    "replicas": "replicas",
    "globalTableWitness": "replicas",
    "warmThroughput": "warm throughput",
    "globalSecondaryIndexes[].warmThroughput": "warm throughput",
    "importTable": "what comes with the data",
    "restoreSourceName": "what comes with the data",
    "restoreBackupArn": "what comes with the data",
}
"""The fields with a warning, and what differs then. Other fields do not show on a new table."""


def _kind(path: tuple[str, ...]) -> str:
    match path:
        case ("replicas", _) | ("table", "Replicas" | "MultiRegionConsistency"):
            return "replicas"
        case ("table", name) if name.startswith("GlobalTable"):
            return "replicas"
        case ("replicas", _, "backups", *_):
            return "recovery of a replica"
        case ("replicas", _, "table", "DeletionProtectionEnabled"):
            return "protection of a replica"
        case ("replicas", _, "tags", _):
            return "tags of a replica"
        case ("replicas", _, "policy"):
            return "the policy of a replica"
        case ("replicas", _, "kinesis", _):
            return "the Kinesis stream of a replica"
        case ("replicas", _, "insights", _, _):
            return "insights of a replica"
        case ("backups", _, "RecoveryPeriodInDays"):
            return "the period of recovery"
        case ("insights", "the table", "ContributorInsightsMode"):
            return "the mode of the table's insights"
        case ("insights", index, _) if index != "the table":
            return "insights of an index"
        case ("targetTags", _, _):
            return "tags of autoscaling targets"
        case ("adjustments", _) | ("replicas", _, "adjustments", _):
            return "adjustments"
        case ("policy",):
            return "the policy"
        case ("kinesis", _):
            return "the Kinesis stream"
        case ("table", "WarmThroughput", _) | ("table", "GlobalSecondaryIndexes"):
            return "warm throughput"
        case ("table", "KeySchema" | "AttributeDefinitions") | ("tags", _):
            return "what comes with the data"
        case _:
            return f"unexplained: {path}"


_ANNOTATED = f'metadata.annotations["{EXTENSIONS}"].'


def warned(rendering: Rendering) -> set[str]:
    fields = {
        re.sub(r"\[\d+\]", "[]", path.removeprefix("spec."))
        for path in sorted(unsupported(rendering))
    }
    fields |= {to_camel(field.removeprefix(_ANNOTATED)) for field in fields}
    grants = rendering.manifest.spec.grants
    if all(grant.role is AccessRole.STREAM_CONSUMER for grant in grants):
        fields.discard("grants")  # they are in the stream's policy, which is not compared
    return {EXPLAINED[field] for field in fields & EXPLAINED.keys()}


def shown(expected: Json, found: Json) -> set[str]:
    return {_kind(path) for path in differences(expected, found)}


def has_key(manifest: Path) -> bool:
    """Whether it names a key, without which ACK makes nothing."""
    return "keySchema" in manifest.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "manifest",
    [manifest for manifest in MANIFESTS if has_key(manifest)],
    ids=case_id,
)
def test_ack_creates_the_table_of_pulumi_except_where_a_warning_says_so(manifest: Path) -> None:
    result, expected = from_pulumi(manifest)
    rendering = rendered(manifest, "ack", result.region)
    with emptied(result) as cloud:
        by_ack(cloud, rendering.objects)
        found = described(cloud, result.outputs["table_name"], result.region)
    different = shown(expected, found)
    if case_id(manifest) == "warm-throughput/equal":
        different.add("warm throughput")  # no more than AWS gives every table
    assert different == warned(rendering)


@every_manifest
def test_crossplane_creates_pulumis_table_except_where_a_warning_says_so(manifest: Path) -> None:
    result, expected = from_pulumi(manifest)
    rendering = rendered(manifest, "crossplane", result.region)
    with emptied(result) as cloud:
        by_crossplane(cloud, rendering.objects)
        found = described(cloud, result.outputs["table_name"], result.region)
    different = {path for path in differences(expected, found) if path[-1] != "PolicyName"}
    kinds = {"insights" if path[0] == "insights" else _kind(path) for path in different}
    # The warnings about these explain how they arise, or what Pulumi does not set with data either.
    assert kinds == warned(rendering) - {"replicas", "warm throughput", "what comes with the data"}


def test_a_request_with_replicas_and_a_policy_gives_its_manifests_table(
    tmp_path: Path,
) -> None:
    """The tags of who asks for it are others."""
    text = (ROOT / "promise" / "requests" / "global-table.yaml").read_text(encoding="utf-8")
    outcome = configure(Source("request", text))
    asked = yaml.safe_load(text)
    spec = asked["spec"]
    spec["tableName"] = spec.pop("name")
    manifest = tmp_path / "manifest.yaml"
    frame = {"apiVersion": "aws.planton.dev/v1alpha1", "kind": "AwsDynamodb"}
    manifest.write_text(yaml.safe_dump({**asked, **frame}), encoding="utf-8")
    result, expected = from_pulumi(manifest)
    with emptied(result) as cloud:
        by_ack(cloud, [yaml.safe_load(outcome.output[TABLE_FILE])])
        found = described(cloud, result.outputs["table_name"], result.region)

    assert found["policy"]
    assert found["replicas"].keys() == {"eu-west-1", "us-east-1"}
    assert {path[0] for path in differences(expected, found)} == {"tags"}


def test_a_different_table_is_detected() -> None:
    (manifest,) = (file for file in examples() if file.stem == "production")
    result, expected = from_pulumi(manifest)
    rendering = rendered(manifest, "ack", result.region)
    spec = rendering.objects[0]["spec"]
    spec["timeToLive"]["attributeName"] = "another"
    spec["globalSecondaryIndexes"][0]["projection"] = {"projectionType": "ALL"}
    del spec["streamSpecification"]
    with emptied(result) as cloud:
        by_ack(cloud, rendering.objects)
        found = described(cloud, result.outputs["table_name"], result.region)
    assert differences(expected, found) == {
        ("table", "GlobalSecondaryIndexes"),
        ("table", "StreamSpecification"),
        ("ttl", "AttributeName"),
    }
