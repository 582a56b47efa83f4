"""Global indexes become standalone resources, and autoscaling is turned on and off, in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import SECONDS, Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, index, manifest
from tests.engine.refusals import refusal_of
from tests.engine.report import Report

TABLE = f"Table {NAME}"
OFF = {"enabled": False}
WARM = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 4_000}
WHO = index("who", provisionedThroughput=UNITS)
WHEN = index("when", "who", "at", provisionedThroughput=UNITS)
BOTH: dict[str, Any] = {**PROVISIONED, "globalSecondaryIndexes": [WHO, WHEN]}
ITEM = {"pk": {"S": "1"}, "sk": {"S": "1"}}
SCALING = {"RegisterScalableTarget", "PutScalingPolicy"}
LESS_SCALING = {"DeregisterScalableTarget", "DeleteScalingPolicy"}


def up(stack: Stack, **spec: Any) -> Report:
    """Applies the manifest, and checks that nothing is left to do."""
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    again = stack.preview(manifest(**spec))
    assert again.is_unchanged, again.explained()
    return report


def scale(cloud: Cloud, units: int) -> None:
    """What the autoscaler does to both indexes."""
    throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": units}
    updates = [
        {"Update": {"IndexName": name, "ProvisionedThroughput": throughput}}
        for name in ("who", "when")
    ]
    cloud.call(DYNAMODB, "UpdateTable", {"TableName": NAME, "GlobalSecondaryIndexUpdates": updates})


def sent(cloud: Cloud, before: int) -> set[str]:
    return {*looks.writes(cloud)[before:]}


def forms(report: Report) -> dict[str, str]:
    """What happened to the indexes that are standalone resources."""
    return {
        step.resource.rpartition("-")[2]: step.op
        for step in reversed(report.steps)
        if step.resource.startswith("GlobalSecondaryIndex") and step.op != "same"
    }


def test_autoscaling_is_turned_on_and_off_without_rebuilding_an_index(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **BOTH)
    cloud.call(DYNAMODB, "PutItem", {"TableName": NAME, "Item": ITEM})
    before = looks.table(cloud)
    count = len(looks.writes(cloud))

    on = up(stack, **BOTH, autoscaling=SCALED)
    assert forms(on) == {"who": "import", "when": "import"}
    assert TABLE not in on.changes
    assert sent(cloud, count) == SCALING
    assert looks.table(cloud) == before
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()

    scale(cloud, 9)
    count = len(looks.writes(cloud))
    up(stack, **BOTH, autoscaling=SCALED, pointInTimeRecoveryEnabled=True)
    assert sent(cloud, count) == {"UpdateContinuousBackups"}
    assert {looks.units(one) for one in looks.indexes(cloud).values()} == {(9, 9)}

    count = len(looks.writes(cloud))
    off = up(stack, **BOTH, pointInTimeRecoveryEnabled=True)
    assert forms(off) == {}
    assert sent(cloud, count) == LESS_SCALING
    assert stack.refresh().ok
    up(stack, **BOTH, pointInTimeRecoveryEnabled=True)
    assert {looks.units(one) for one in looks.indexes(cloud).values()} == {(5, 5)}
    assert looks.items(cloud) == [ITEM]
    assert stack.destroy().ok
    assert looks.tables(cloud) == []


@pytest.mark.parametrize(
    ("inline", "moved", "none"),
    [
        (BOTH, {**PROVISIONED, "globalSecondaryIndexes": [{**WHO, "autoscaling": OFF}, WHEN]}, {}),
        (
            {"globalSecondaryIndexes": [index("who"), index("when")]},
            {"globalSecondaryIndexes": [index("who", warmThroughput=WARM), index("when")]},
            {},
        ),
    ],
    ids=["provisioned", "on demand"],
)
def test_the_last_index_is_removed_after_it_became_a_standalone_resource(
    inline: dict[str, Any],
    moved: dict[str, Any],
    none: dict[str, Any],
    stack: Stack,
    cloud: Cloud,
) -> None:
    up(stack, **inline)
    count = len(looks.writes(cloud))
    assert forms(up(stack, **moved)) == {"who": "import", "when": "import"}
    assert sent(cloud, count) == set()
    fewer = {**moved, "globalSecondaryIndexes": moved["globalSecondaryIndexes"][:1]}
    assert forms(up(stack, **fewer)) == {"when": "delete"}
    last = up(stack, **{**moved, "globalSecondaryIndexes": []})
    assert forms(last) == {"who": "delete"}
    assert looks.indexes(cloud) == {}
    assert stack.refresh().ok
    up(stack, **{**moved, "globalSecondaryIndexes": []})
    up(stack, **inline)
    assert sorted(looks.indexes(cloud)) == ["when", "who"]
    assert stack.refresh().is_unchanged


def test_an_index_is_not_removed_or_changed_while_it_moves(stack: Stack, cloud: Cloud) -> None:
    up(stack, **BOTH)
    removed = {**PROVISIONED, "autoscaling": SCALED, "globalSecondaryIndexes": [WHO]}
    assert "keep the index in the manifest" in refusal_of(stack, cloud, manifest(**removed))
    keys = {**WHO, "projection": {"type": "KEYS_ONLY"}}
    changed = {**removed, "globalSecondaryIndexes": [keys, WHEN]}
    assert "keep the key and the projection" in refusal_of(stack, cloud, manifest(**changed))
    up(stack, **BOTH, autoscaling=SCALED)
    up(stack, **removed)
    up(stack, **{**changed, "globalSecondaryIndexes": [keys]})
    assert {name: one["Projection"] for name, one in looks.indexes(cloud).items()} == {
        "who": {"ProjectionType": "KEYS_ONLY"}
    }


def test_an_index_that_differs_in_aws_does_not_become_a_standalone_resource(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **BOTH)
    for update in (
        {"Delete": {"IndexName": "who"}},
        {
            "Create": {
                "IndexName": "who",
                "KeySchema": [{"AttributeName": "who", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            }
        },
    ):
        definitions = looks.table(cloud)["AttributeDefinitions"]
        cloud.call(
            DYNAMODB,
            "UpdateTable",
            {
                "TableName": NAME,
                "GlobalSecondaryIndexUpdates": [update],
                "AttributeDefinitions": definitions,
            },
        )
    refusal = refusal_of(stack, cloud, manifest(**BOTH, autoscaling=SCALED))
    assert "differs from the one in AWS" in refusal
    assert "KEYS_ONLY → " in refusal or "KEYS_ONLY" in refusal


def test_an_index_that_is_gone_in_aws_is_created(stack: Stack, cloud: Cloud) -> None:
    up(stack, **BOTH)
    cloud.call(
        DYNAMODB,
        "UpdateTable",
        {"TableName": NAME, "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "who"}}]},
    )
    assert forms(up(stack, **BOTH, autoscaling=SCALED)) == {"who": "create", "when": "import"}
    assert sorted(looks.indexes(cloud)) == ["when", "who"]


def test_a_table_becomes_provisioned_with_autoscaling_in_two_updates(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, globalSecondaryIndexes=[index("who"), index("when")])
    spec = {
        **BOTH,
        "autoscaling": SCALED,
        "globalSecondaryIndexes": [WHO, index("when", provisionedThroughput=UNITS)],
    }
    count = len(looks.writes(cloud))
    first = stack.up(manifest(**spec))
    assert first.ok, first.explained()
    (warning,) = first.warnings
    assert "run `pulumi up` again" in warning
    assert looks.units(looks.table(cloud)) == (5, 5)
    assert {looks.units(one) for one in looks.indexes(cloud).values()} == {(5, 5)}
    assert sent(cloud, count) == {"UpdateTable", *SCALING}
    assert looks.writes(cloud)[count:].count("UpdateTable") == 1
    scale(cloud, 9)
    count = len(looks.writes(cloud))
    second = up(stack, **spec)
    assert forms(second) == {"who": "import", "when": "import"}
    assert sent(cloud, count) == set()
    assert {looks.units(one) for one in looks.indexes(cloud).values()} == {(9, 9)}
    assert stack.refresh().is_unchanged


def test_a_table_without_indexes_becomes_provisioned_and_scales_at_once(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack)
    up(stack, **PROVISIONED, autoscaling=SCALED)
    assert looks.units(looks.table(cloud)) == (5, 5)
    assert len(looks.targets(cloud)) == 2


def test_a_table_with_standalone_indexes_becomes_on_demand(stack: Stack, cloud: Cloud) -> None:
    up(stack, **BOTH, autoscaling=SCALED)
    on_demand = {"globalSecondaryIndexes": [index("who"), index("when", "who", "at")]}
    changed = up(stack, **on_demand)
    assert forms(changed) == {}
    assert looks.targets(cloud) == {}
    assert looks.table(cloud)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    refreshed = stack.refresh()
    assert refreshed.ok, refreshed.explained()
    up(stack, **on_demand)


@pytest.mark.parametrize("operation", ["RegisterScalableTarget", "PutScalingPolicy"])
def test_a_killed_move_goes_on_with_the_next_update(
    operation: str, stack: Stack, cloud: FaultyCloud
) -> None:
    up(stack, **BOTH)
    count = len(looks.writes(cloud))
    done = cloud.hang_after(operation)
    running = stack.start("up", manifest(**BOTH, autoscaling=SCALED))
    assert done.wait(SECONDS)
    running.kill()
    stack.cancel()
    finished = stack.up(manifest(**BOTH, autoscaling=SCALED))
    assert finished.ok, finished.explained()
    stack.call("refresh", "--clear-pending-creates", "--yes")
    up(stack, **BOTH, autoscaling=SCALED)
    assert sent(cloud, count) == SCALING
    assert sorted(looks.indexes(cloud)) == ["when", "who"]


def test_a_new_index_waits_for_a_refresh_after_the_last_one_is_removed(
    stack: Stack, cloud: Cloud
) -> None:
    """The state of the table still lists indexes that their standalone resources have deleted."""
    up(stack, **BOTH)
    moved = {**PROVISIONED, "globalSecondaryIndexes": [{**WHO, "autoscaling": OFF}, WHEN]}
    up(stack, **moved)
    up(stack, **PROVISIONED)
    assert looks.indexes(cloud) == {}
    new = {**PROVISIONED, "globalSecondaryIndexes": [index("what", provisionedThroughput=UNITS)]}
    refusal = refusal_of(stack, cloud, manifest(**new))
    assert "AWS does not have (when, who)" in refusal
    assert stack.refresh().ok
    up(stack, **new)
    assert [*looks.indexes(cloud)] == ["what"]


def test_an_index_deleted_in_aws_and_in_the_manifest_waits_for_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **BOTH)
    delete = {"Delete": {"IndexName": "who"}}
    asked = {"TableName": NAME, "GlobalSecondaryIndexUpdates": [delete]}
    cloud.call(DYNAMODB, "UpdateTable", asked)
    fewer = {**PROVISIONED, "globalSecondaryIndexes": [WHEN]}
    assert "AWS does not have (who)" in refusal_of(stack, cloud, manifest(**fewer))
    assert stack.refresh().ok
    up(stack, **fewer)


def test_a_move_reads_only_the_table(stack: Stack, cloud: Cloud) -> None:
    """An update must not need the permission to describe the key."""
    encryption = {"serverSideEncryption": {"enabled": True}}
    up(stack, **BOTH, **encryption)
    before = len(cloud.calls)
    report = stack.preview(manifest(**BOTH, **encryption, autoscaling=SCALED))
    assert report.ok, report.explained()
    assert {call.operation for call in cloud.calls[before:]} == {
        "DescribeContinuousBackups",
        "DescribeTable",
        "DescribeTimeToLive",
        "ListTagsOfResource",
    }
    assert not any("kms" in message for message in report.messages)


def test_an_index_is_removed_where_the_provider_tells_of_none(
    stack: Stack, cloud: Cloud, untold_indexes: Callable[[], None]
) -> None:
    up(stack, **BOTH)
    untold_indexes()
    up(stack, **{**PROVISIONED, "globalSecondaryIndexes": [WHO]})
    assert [*looks.indexes(cloud)] == ["who"]
