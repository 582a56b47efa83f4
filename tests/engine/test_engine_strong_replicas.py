"""Strongly consistent replicas under the engine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import (
    STREAM,
    TABLE,
    assert_settled,
    members,
    replica,
    settings,
    up,
)
from tests.engine.harness import Stack
from tests.engine.manifests import manifest


@pytest.mark.parametrize("witness", [True, False], ids=["with a witness", "two replicas"])
def test_strongly_consistent_replicas_are_added_and_removed_together(
    stack: Stack, cloud: Cloud, witness: bool
) -> None:
    strong: dict[str, Any] = {
        **STREAM,
        "replicas": [replica("us-east-2", consistencyMode="STRONG", pointInTimeRecovery=True)],
        "globalTableWitness": {"regionName": "us-west-2"},
    }
    if not witness:
        strong = {**STREAM, "replicas": [
            replica(region, consistencyMode="STRONG") for region in ("us-east-2", "us-west-2")
        ]}  # fmt: skip
    up(stack, **strong)
    described = looks.table(cloud)
    assert described["MultiRegionConsistency"] == "STRONG"
    witnesses = [one["RegionName"] for one in described.get("GlobalTableWitnesses", [])]
    assert witnesses == (["us-west-2"] if witness else [])
    assert_settled(stack, **strong)

    weaker = [{**one, "consistencyMode": "EVENTUAL"} for one in strong["replicas"]]
    refused = stack.up(manifest(**STREAM, replicas=weaker))
    assert not refused.ok
    assert "remove all replicas and the witness" in refused.text

    assert up(stack, **STREAM) == {TABLE: "update"}
    assert members(cloud) == {"us-east-1": []}
    assert "GlobalTableWitnesses" not in looks.table(cloud)
    assert_settled(stack, **STREAM)


def test_protecting_a_strong_replica_needs_the_announced_second_update(
    stack: Stack, cloud: Cloud
) -> None:
    strong = {
        **STREAM,
        "replicas": [
            replica("us-east-2", consistencyMode="STRONG", deletionProtectionEnabled=True)
        ],
        "globalTableWitness": {"regionName": "us-west-2"},
    }
    first = stack.up(manifest(**strong))
    assert first.ok, first.explained()
    assert [w for w in first.warnings if "second-step" in w]
    assert settings(cloud, "us-east-2") == (False, False)
    assert up(stack, **strong) == {TABLE: "update"}
    assert settings(cloud, "us-east-2") == (False, True)
