"""Autoscaling under the engine: turned on, off, changed, and changing capacity by itself."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import VALIDATION
from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, index, manifest

TABLE = "Table orders"
INDEX = "GlobalSecondaryIndex orders-who"
OFF = {"enabled": False, **SCALED}


def _scaling(resource: str, op: str) -> dict[str, str]:
    """Both dimensions of `orders` or of `orders-who`, target and policy."""
    names = [f"{resource}-{dimension}" for dimension in ("read", "write")]
    return {f"{kind} {name}": op for kind in ("Target", "Policy") for name in names}


def _with_index(**more: Any) -> dict[str, Any]:
    return {"globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS, **more)]}


def _scale(cloud: Cloud, table: int, held: int | None = None) -> None:
    """What the autoscaler does, in the middle of the night."""

    def units(amount: int) -> dict[str, int]:
        return {"ReadCapacityUnits": amount, "WriteCapacityUnits": amount}

    wanted: dict[str, Any] = {"TableName": NAME, "ProvisionedThroughput": units(table)}
    if held is not None:
        update = {"Update": {"IndexName": "who", "ProvisionedThroughput": units(held)}}
        wanted["GlobalSecondaryIndexUpdates"] = [update]
    cloud.call(DYNAMODB, "UpdateTable", wanted)


def _capacity(cloud: Cloud) -> dict[str, tuple[int, int]]:
    found = {"table": looks.units(looks.table(cloud))}
    return found | {name: looks.units(held) for name, held in looks.indexes(cloud).items()}


def _up(stack: Stack, **spec: Any) -> dict[str, str]:
    report = stack.up(manifest(**{**PROVISIONED, **spec}))
    assert report.ok, report.explained()
    return report.changes


def test_autoscaling_of_a_table_is_turned_on_and_off_in_place(stack: Stack, cloud: Cloud) -> None:
    _up(stack)
    assert _up(stack, autoscaling=SCALED) == _scaling(NAME, "create")
    bounds = {"table/orders read": (5, 100), "table/orders write": (5, 100)}
    assert (looks.targets(cloud), looks.policies(cloud)) == (bounds, set(bounds))

    assert _up(stack, autoscaling=OFF) == _scaling(NAME, "delete")
    assert (looks.targets(cloud), looks.policies(cloud)) == ({}, set())
    assert _up(stack, autoscaling=SCALED) == _scaling(NAME, "create")
    assert _up(stack) == _scaling(NAME, "delete")
    assert (looks.targets(cloud), looks.policies(cloud)) == ({}, set())


def test_turning_autoscaling_off_restores_capacity_after_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    """The provider compares the recorded capacity, which only a refresh updates."""
    _up(stack, autoscaling=SCALED, **_with_index())
    _scale(cloud, 40, 60)
    scaling = {**_scaling(NAME, "delete"), **_scaling("orders-who", "delete")}
    assert _up(stack, autoscaling=OFF, **_with_index()) == scaling
    assert _capacity(cloud) == {"table": (40, 40), "who": (60, 60)}
    stack.refresh()
    updated = {TABLE: "update", INDEX: "update"}
    assert _up(stack, autoscaling=OFF, **_with_index()) == updated
    assert _capacity(cloud) == {"table": (5, 5), "who": (5, 5)}


def test_autoscaling_of_an_index_is_turned_on_and_off_in_place(stack: Stack, cloud: Cloud) -> None:
    """An index with an autoscaling block is a standalone resource, and stays one."""
    on, off = _with_index(autoscaling=SCALED), _with_index(autoscaling=OFF)
    assert _up(stack, **off) == {TABLE: "create", INDEX: "create"}
    assert _up(stack, **on) == _scaling("orders-who", "create")
    assert set(looks.targets(cloud)) == {
        "table/orders/index/who read",
        "table/orders/index/who write",
    }
    assert _up(stack, **off) == _scaling("orders-who", "delete")
    assert looks.targets(cloud) == {}
    assert list(looks.indexes(cloud)) == ["who"]


def test_capacity_that_the_autoscaler_changed_is_kept(stack: Stack, cloud: Cloud) -> None:
    spec = {**PROVISIONED, **_with_index(), "autoscaling": SCALED}
    stack.up(manifest(**spec))
    _scale(cloud, 40, 60)
    moved = {"table": (40, 40), "who": (60, 60)}

    again = stack.up(manifest(**spec))
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.ok, refreshed.explained()
    after = stack.up(manifest(**spec))
    assert after.is_unchanged, after.explained()
    assert _capacity(cloud) == moved

    elsewhere = stack.up(manifest(**spec, tags={"team": "a"}))
    assert elsewhere.changes == {
        TABLE: "update",
        **{f"Target {n}-{d}": "update" for n in (NAME, "orders-who") for d in ("read", "write")},
    }
    assert _capacity(cloud) == moved
    on = stack.up(manifest(**spec, pointInTimeRecoveryEnabled=True, tags={"team": "a"}))
    assert on.changes == {TABLE: "update"}
    assert _capacity(cloud) == moved


def test_changed_bounds_and_targets_are_applied(stack: Stack, cloud: Cloud) -> None:
    _up(stack, autoscaling=SCALED)
    bounds = {"minCapacity": 10, "maxCapacity": 50}
    changes = _up(stack, autoscaling={**SCALED, "read": bounds})
    assert changes == {"Target orders-read": "update"}
    assert looks.targets(cloud)["table/orders read"] == (10, 50)

    aimed = {**SCALED, "read": {**bounds, "targetUtilizationPercent": 50}}
    assert _up(stack, autoscaling=aimed) == {"Policy orders-read": "update"}
    only_write = {"write": SCALED["write"]}
    assert _up(stack, autoscaling=only_write) == {
        "Target orders-read": "delete",
        "Policy orders-read": "delete",
    }
    assert set(looks.targets(cloud)) == {"table/orders write"}


def test_indexes_are_added_to_and_removed_from_an_autoscaled_table(
    stack: Stack, cloud: FaultyCloud
) -> None:
    cloud.build_seconds = 0.2
    who = index("who", provisionedThroughput=UNITS)
    what = index("what", provisionedThroughput=UNITS)
    _up(stack, autoscaling=SCALED)
    came = _up(stack, autoscaling=SCALED, globalSecondaryIndexes=[who, what])
    assert came == {
        INDEX: "create",
        "GlobalSecondaryIndex orders-what": "create",
        **_scaling("orders-who", "create"),
        **_scaling("orders-what", "create"),
    }
    assert sorted(looks.indexes(cloud)) == ["what", "who"]

    assert stack.refresh().ok
    one_went = _up(stack, autoscaling=SCALED, globalSecondaryIndexes=[what])
    assert one_went == {INDEX: "delete", **_scaling("orders-who", "delete")}
    assert list(looks.indexes(cloud)) == ["what"]
    last = stack.up(manifest(**PROVISIONED, autoscaling=SCALED))
    assert last.ok, last.explained()
    assert last.changes == {
        "GlobalSecondaryIndex orders-what": "delete",
        **_scaling("orders-what", "delete"),
    }
    assert not [warning for warning in last.warnings if "still in AWS" in warning]
    assert looks.indexes(cloud) == {}
    assert len(looks.targets(cloud)) == 2
    again = stack.up(manifest(**PROVISIONED, autoscaling=SCALED))
    assert again.is_unchanged, again.explained()
    assert again.warnings == []


def test_a_changed_projection_rebuilds_an_autoscaled_index(stack: Stack, cloud: Cloud) -> None:
    _up(stack, autoscaling=SCALED, **_with_index())
    projection = {"type": "KEYS_ONLY"}
    changes = _up(stack, autoscaling=SCALED, **_with_index(projection=projection))
    assert changes[INDEX] == "replace"
    assert TABLE not in changes
    assert looks.indexes(cloud)["who"]["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert set(looks.targets(cloud)) == {
        f"table/orders{held} {dimension}"
        for held in ("", "/index/who")
        for dimension in ("read", "write")
    }


@pytest.mark.parametrize("scaled", [True, False], ids=["scaled", "not scaled"])
def test_destroy_deletes_every_resource(stack: Stack, cloud: Cloud, scaled: bool) -> None:
    _up(stack, autoscaling=SCALED if scaled else OFF, **_with_index())
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)


def test_a_stack_whose_adjustment_is_over_goes_on_with_a_warning(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """The existing adjustment is not sent again: AWS could refuse a time in the past."""
    advent = {"name": "advent", "dimension": "READ", "schedule": "at(2024-12-01T00:00:00)"}
    adjusted = {**SCALED, "scheduledAdjustments": [{**advent, "minCapacity": 20}]}
    _up(stack, autoscaling=adjusted)
    cloud.refuse("PutScheduledAction", VALIDATION, "the time is in the past", times=9)

    on = manifest(**PROVISIONED, autoscaling=adjusted, pointInTimeRecoveryEnabled=True)
    for report in (stack.preview(on), stack.up(on)):
        assert report.ok, report.explained()
        assert report.changes == {TABLE: "update"}
        (warning,) = report.warnings
        assert "[schedule-over]: the adjustment 'advent' is over" in warning
    assert stack.refresh().ok
    again = stack.up(on)
    assert again.is_unchanged, again.explained()
