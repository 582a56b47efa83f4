"""Each example manifest, from its creation to its deletion."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planton.rehearsal.aws.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.aws.requests import IAM
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import ROOT, Stack

MANIFESTS = sorted([*(ROOT / "examples").glob("*.yaml"), ROOT / "hack" / "manifest.yaml"])
BEGIN_WITH_DATA = {"import-from-s3", "restore-from-backup"}
PROTECTED = "deletionProtectionEnabled: true"


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_an_example_is_created_stays_unchanged_and_is_deleted(
    path: Path, stack: Stack, cloud: Cloud
) -> None:
    manifest = path.read_text()
    if "grants:" in manifest:
        manifest = manifest.replace("111122223333", DEFAULT_ACCOUNT_ID)
        config = {"config": {"aws:allowedAccountIds": [DEFAULT_ACCOUNT_ID]}}
        (stack.work / "Pulumi.dev.yaml").write_text(json.dumps(config))
        for name in ("warehouse", "search-index"):
            role = {"RoleName": name, "AssumeRolePolicyDocument": "{}"}
            cloud.call(IAM, "CreateRole", role)

    previewed = stack.preview(manifest)
    assert previewed.ok, previewed.explained()
    assert set(previewed.changes.values()) == {"create"}
    assert {*looks.writes(cloud)} <= {"CreateRole"}

    report = stack.up(manifest)
    assert report.ok, report.explained()
    assert report.changes == previewed.changes
    assert report.warnings == previewed.warnings == []

    if path.stem in BEGIN_WITH_DATA:
        # What AWS takes for such a table only afterwards.
        second = stack.up(manifest)
        assert second.ok, second.explained()
        assert set(second.changes.values()) == {"update"}
    again = stack.up(manifest)
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()

    if PROTECTED in manifest:
        assert stack.up(manifest.replace(PROTECTED, "deletionProtectionEnabled: false")).ok
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert destroyed.changes == dict.fromkeys(report.changes, "delete")
    assert destroyed.resources == {}
    assert looks.is_empty(cloud)
