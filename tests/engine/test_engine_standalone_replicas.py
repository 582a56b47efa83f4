"""Replicas of a provisioned table, which are standalone resources."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import (
    IRELAND,
    MUMBAI,
    REPLICA,
    SCALED_EVERYWHERE,
    STREAM,
    assert_settled,
    members,
    replica,
    settings,
    up,
)
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, UNITS, index, manifest


def _scaling_of(resource: str) -> list[str]:
    """Targets and policies of both dimensions of `orders`, `orders-who`, `orders@eu-west-1`."""
    names = [f"{resource}-{dimension}" for dimension in ("read", "write")]
    return [f"{kind} {name}" for kind in ("Target", "Policy") for name in names]


def test_a_provisioned_table_with_scaling_and_a_replica_needs_one_update(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {
        **SCALED_EVERYWHERE,
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
        "replicas": [replica(IRELAND, pointInTimeRecovery=True, propagateTags=True)],
    }
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    created = [step.resource for step in report.steps if step.type.startswith("aws:")]
    for scaling in (*_scaling_of(NAME), *_scaling_of("orders-who")):
        assert created.index(scaling) < created.index(REPLICA)
    for scaling in (*_scaling_of(f"orders@{IRELAND}"), *_scaling_of(f"orders@{IRELAND}-who")):
        assert created.index(REPLICA) < created.index(scaling)
    asked = {"ServiceNamespace": DYNAMODB}
    scaled = cloud.call(AUTOSCALING, "DescribeScalableTargets", asked, region=IRELAND)
    assert len(scaled["ScalableTargets"]) == 4
    assert settings(cloud, IRELAND) == (True, False)
    arn = f"arn:aws:dynamodb:{IRELAND}:123456789012:table/orders"
    assert report.outputs["replica_arns"] == {IRELAND: arn}
    assert report.outputs["replica_stream_arns"][IRELAND].startswith(f"{arn}/stream/")
    assert sorted(report.outputs["autoscaling_policy_arns"]) == sorted(
        f"{where}{held}/{dimension}"
        for where in ("", f"replica/{IRELAND}/")
        for held in ("table", "index/who")
        for dimension in ("read", "write")
    )
    assert_settled(stack, **spec)


def test_a_region_is_added_to_and_removed_from_a_provisioned_table(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **SCALED_EVERYWHERE)
    one = {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]}
    assert up(stack, **one) == {REPLICA: "create"} | dict.fromkeys(
        _scaling_of(f"orders@{IRELAND}"), "create"
    )
    two = {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND), replica(MUMBAI)]}
    assert up(stack, **two) == {f"TableReplica orders-{MUMBAI}": "create"} | dict.fromkeys(
        _scaling_of(f"orders@{MUMBAI}"), "create"
    )
    assert_settled(stack, **two)
    assert up(stack, **{**two, "replicas": [replica(MUMBAI)]}) == {
        REPLICA: "delete"
    } | dict.fromkeys(_scaling_of(f"orders@{IRELAND}"), "delete")
    assert members(cloud) == {MUMBAI: ["us-east-1"], "us-east-1": [MUMBAI]}
    up(stack, **SCALED_EVERYWHERE)
    assert members(cloud) == {"us-east-1": []}
    assert_settled(stack, **SCALED_EVERYWHERE)


def test_settings_of_a_standalone_replica_change_in_place(stack: Stack, cloud: Cloud) -> None:
    up(stack, **SCALED_EVERYWHERE, replicas=[replica(IRELAND)])
    both = [replica(IRELAND, pointInTimeRecovery=True, deletionProtectionEnabled=True)]
    assert up(stack, **SCALED_EVERYWHERE, replicas=both) == {REPLICA: "update"}
    assert settings(cloud, IRELAND) == (True, True)
    refused = stack.up(manifest(**SCALED_EVERYWHERE))
    assert not refused.ok
    assert members(cloud)[IRELAND] == ["us-east-1"]


def test_a_billing_mode_that_moves_replicas_is_refused_with_the_steps(
    stack: Stack, cloud: Cloud
) -> None:
    replicas = [replica(IRELAND)]
    up(stack, **STREAM, replicas=replicas)
    before = len(looks.writes(cloud))
    refused = stack.preview(manifest(**SCALED_EVERYWHERE, replicas=replicas))
    assert not refused.ok
    assert "remove the replicas and run `pulumi up`; change billingMode" in refused.text
    assert len(looks.writes(cloud)) == before


def test_a_standalone_replica_deleted_outside_pulumi_is_recreated(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]}
    up(stack, **spec)
    update = {"Delete": {"RegionName": IRELAND}}
    cloud.call(DYNAMODB, "UpdateTable", {"TableName": NAME, "ReplicaUpdates": [update]})
    blind = stack.preview(manifest(**spec))
    assert blind.ok, blind.explained()
    assert blind.warnings == [
        "warning: the stream of the replica in eu-west-1 is unknown (reading Dynamodb Table "
        "(orders): couldn't find resource): if the replica was deleted by hand, run `pulumi "
        "refresh` and `pulumi up` to recreate it\n"
    ]
    stack.refresh()
    assert up(stack, **spec) == {REPLICA: "create"}  # its scaling, AWS had left behind
    assert members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


TO_PROVISIONED: list[dict[str, Any]] = [
    {**STREAM, "replicas": [replica(IRELAND)]},
    {**STREAM},
    {**STREAM, **PROVISIONED},
    {**SCALED_EVERYWHERE},
    {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]},
]
TO_ON_DEMAND: list[dict[str, Any]] = [
    {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]},
    {**SCALED_EVERYWHERE},
    {**STREAM},
    {**STREAM, "replicas": [replica(IRELAND)]},
]


@pytest.mark.parametrize(
    "steps", [TO_PROVISIONED, TO_ON_DEMAND], ids=["to PROVISIONED", "to PAY_PER_REQUEST"]
)
def test_the_billing_mode_of_a_table_with_replicas_changes_in_steps(
    stack: Stack, cloud: Cloud, steps: list[dict[str, Any]]
) -> None:
    """A refresh adds standalone replicas to the table's state, and another refresh removes them."""
    first, *rest = steps
    up(stack, **first)
    assert stack.refresh().ok
    for further in rest[1:]:
        refused = stack.preview(manifest(**further))
        assert not refused.ok
        assert "refused, needs two steps" in refused.text
    for step in rest:
        up(stack, **step)
        assert stack.refresh().ok
    assert_settled(stack, **steps[-1])
    assert members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}
