"""The same manifest gives the same table, whichever control plane carries it out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import pytest

from planton.diagnostics import Source
from planton.rehearsal.cloud import Cloud
from planton.rehearsal.records import Json, Rehearsal
from planton.rehearsal.runner import rehearse
from planton.render.targets import Rendering, render
from planton.stack_input import ENV_FILE
from tests.corpus import ACCEPT, cases, code, examples
from tests.same_table import by_ack, by_crossplane, by_pulumi, described, differences

FEATURES = {
    "autoscaling-bounds",
    "gsi_key_schema_shape",
    "insights_indexes_exist",
    "kms-key-arn",
    "lsi_key_schema_shape",
    "on_demand_throughput_needs_on_demand",
    "recovery-period",
    "ttl_attribute_when_enabled",
}
"""Codes whose accepted cases use what no example does."""

MANIFESTS = [*examples(), *(case for case in cases(ACCEPT) if code(case) in FEATURES)]

every_manifest = pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda file: f"{file.parent.name}/{file.stem}"
)


def rendered(manifest: Path, target: Literal["ack", "crossplane"], region: str) -> Rendering:
    text = manifest.read_text(encoding="utf-8")
    return render(Source(manifest.name, text), target, region=region)


def emptied(result: Rehearsal) -> Cloud:
    return Cloud(account_id=result.account_id, region=result.region)


@cache
def from_pulumi(manifest: Path) -> tuple[Rehearsal, Json]:
    result = rehearse({ENV_FILE: str(manifest)})
    assert result.error is None
    with emptied(result) as cloud:
        by_pulumi(cloud, result.calls)
        return result, described(cloud, result.outputs["table_name"], result.region)


def lost(made: Rendering) -> set[str]:
    """The fields of which the renderer says that the target does not carry them."""
    return {warning.path for warning in made.warnings if warning.code == "not-carried"}


@every_manifest
def test_ack_makes_what_pulumi_makes_but_for_what_is_said(manifest: Path) -> None:
    result, expected = from_pulumi(manifest)
    made = rendered(manifest, "ack", result.region)
    with emptied(result) as cloud:
        by_ack(cloud, made.objects)
        found = described(cloud, result.outputs["table_name"], result.region)
    explained = {
        "spec.pointInTimeRecovery.recoveryPeriodInDays": "the period of recovery",
        "spec.contributorInsights.mode": "the mode of the table's insights",
        "spec.contributorInsights.gsiIndexNames": "insights of an index",
        "spec.tags": "tags of autoscaling targets",
    }
    # The controller resets capacity, which no new table shows; a provider block is no part of it.
    unseen = {
        path for path in lost(made) if path.endswith("autoscaling") or path == "provider_config"
    }
    assert {_kind(path) for path in differences(expected, found)} == {
        explained[path] for path in lost(made) - unseen
    }


def _kind(path: tuple[str, ...]) -> str:
    match path:
        case ("backups", _, "RecoveryPeriodInDays"):
            return "the period of recovery"
        case ("insights", "the table", "ContributorInsightsMode"):
            return "the mode of the table's insights"
        case ("insights", index, _) if index != "the table":
            return "insights of an index"
        case ("targetTags", _, _):
            return "tags of autoscaling targets"
        case _:
            return f"unexplained: {path}"


@every_manifest
def test_crossplane_makes_what_pulumi_makes_but_for_what_is_said(manifest: Path) -> None:
    result, expected = from_pulumi(manifest)
    made = rendered(manifest, "crossplane", result.region)
    with emptied(result) as cloud:
        by_crossplane(cloud, made.objects)
        found = described(cloud, result.outputs["table_name"], result.region)
    different = differences(expected, found)
    watched = lost(made) & {"spec.contributorInsights", "spec.contributorInsightsEnabled"}
    assert {path[0] for path in different if path[-1] != "PolicyName"} == (
        {"insights"} if watched else set()
    )


def test_a_table_that_is_another_is_seen() -> None:
    (manifest,) = (file for file in examples() if file.stem == "production")
    result, expected = from_pulumi(manifest)
    made = rendered(manifest, "ack", result.region)
    spec = made.objects[0]["spec"]
    spec["timeToLive"]["attributeName"] = "another"
    spec["globalSecondaryIndexes"][0]["projection"] = {"projectionType": "ALL"}
    del spec["streamSpecification"]
    with emptied(result) as cloud:
        by_ack(cloud, made.objects)
        found = described(cloud, result.outputs["table_name"], result.region)
    assert differences(expected, found) == {
        ("table", "GlobalSecondaryIndexes"),
        ("table", "StreamSpecification"),
        ("ttl", "AttributeName"),
    }
