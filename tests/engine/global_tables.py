"""Manifests of tables with replicas, and what AWS has of them in each region."""

from __future__ import annotations

from typing import Any

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, manifest

TABLE = "Table orders"
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
IRELAND, MUMBAI = "eu-west-1", "ap-south-1"
REPLICA = f"TableReplica orders-{IRELAND}"
SCALED_EVERYWHERE = {**PROVISIONED, **STREAM, "autoscaling": SCALED}


def replica(region: str, **more: Any) -> dict[str, Any]:
    return {"regionName": region, **more}


def members(cloud: Cloud) -> dict[str, list[str]]:
    """The regions that have the table, each with the other members that it reports."""
    regions = sorted({call.region for call in cloud.calls})
    existing = [region for region in regions if NAME in looks.tables(cloud, region)]
    return {region: sorted(looks.replicas(cloud, region)) for region in existing}


def settings(cloud: Cloud, region: str) -> tuple[bool, bool]:
    """Point-in-time recovery and deletion protection of a member."""
    table = looks.table(cloud, region=region)
    return looks.recovery(cloud, region) == "ENABLED", table["DeletionProtectionEnabled"]


def up(stack: Stack, **spec: Any) -> dict[str, str]:
    """Runs an update that must succeed, and returns what it changes."""
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    return report.changes


def assert_settled(stack: Stack, **spec: Any) -> None:
    """Checks that nothing is left to do, before a refresh and after it."""
    again = stack.up(manifest(**spec))
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(manifest(**spec))
    assert after.is_unchanged, after.explained()
