"""Faults of imports, of moves of indexes and of the change to PROVISIONED, with one open one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import (
    IMPORT,
    NAME,
    PROVISIONED,
    SCALED,
    UNITS,
    allowing,
    index,
    key,
    manifest,
)
from tests.engine.refusals import NEWEST, refusal_of, run_command, take_from_state
from tests.engine.report import Report
from tests.engine.specs import streaming

OFF = {"enabled": False}
WHO = index("who", provisionedThroughput=UNITS)
WHEN = index("when", "who", "at", provisionedThroughput=UNITS)
ON_DEMAND: dict[str, Any] = {"globalSecondaryIndexes": [index("who"), index("when", "who", "at")]}
FIXED: dict[str, Any] = {**PROVISIONED, "globalSecondaryIndexes": [WHO, WHEN]}
SCALING: dict[str, Any] = {**FIXED, "autoscaling": SCALED}


def up(stack: Stack, **spec: Any) -> Report:
    """Runs an update that must succeed."""
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    return report


def test_indexes_do_not_move_before_the_table_is_provisioned(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """A failed update leaves PROVISIONED in the state. The next one made the indexes standalone
    under PAY_PER_REQUEST, after which only their deletion allows PROVISIONED."""
    up(stack, **ON_DEMAND)
    cloud.refuse("UpdateTable", "ValidationException", "not now")
    assert not stack.up(manifest(**SCALING)).ok
    refusal = refusal_of(stack, cloud, manifest(**SCALING))
    assert "the table is PAY_PER_REQUEST in AWS and PROVISIONED in the stack's state" in refusal
    assert stack.refresh().ok
    up(stack, **SCALING)
    up(stack, **SCALING)
    assert stack.preview(manifest(**SCALING)).is_unchanged
    assert {looks.units(one) for one in looks.indexes(cloud).values()} == {(5, 5)}
    assert "Delete" not in json.dumps([c.parameters for c in cloud.calls])


def test_a_replaced_table_gets_indexes_that_become_standalone(stack: Stack, cloud: Cloud) -> None:
    """They were imported from the table that is deleted, and the update failed halfway."""
    up(stack, **FIXED)
    up(stack, **SCALING, keySchema=key("id"), annotations=allowing("keySchema"))
    assert sorted(looks.indexes(cloud)) == ["when", "who"]
    up(stack, **SCALING, keySchema=key("id"))
    assert stack.preview(manifest(**SCALING, keySchema=key("id"))).is_unchanged


def test_the_way_to_provisioned_with_standalone_indexes_works(stack: Stack, cloud: Cloud) -> None:
    """As the message of the refusal says."""
    up(stack, **SCALING)
    up(stack, **ON_DEMAND)
    refusal = refusal_of(stack, cloud, manifest(**SCALING))
    assert "remove the indexes, run `pulumi up` and `pulumi refresh`" in refusal
    up(stack)
    assert stack.refresh().ok
    up(stack, **PROVISIONED)
    up(stack, **SCALING)
    assert stack.preview(manifest(**SCALING)).is_unchanged
    assert sorted(looks.indexes(cloud)) == ["when", "who"]


@pytest.mark.parametrize("annotations", [None, IMPORT], ids=["without", "with"])
def test_a_table_renamed_in_the_state_keeps_its_indexes(
    annotations: dict[str, str] | None, stack: Stack, cloud: Cloud
) -> None:
    """The command of the refusal without a record. What is around the table keeps its old names:
    it was imported under the new ones, and then deleted in AWS, replicas included, with exit 0."""
    stream = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
    spec = {**SCALING, **stream, "replicas": [{"regionName": "us-west-2"}]}
    up(stack, **spec)
    take_from_state(stack, "TableGuard table-guard")

    def invoices(**more: Any) -> str:
        return manifest(tableName=NAME, **spec, **more).replace(
            '"name": "orders"', '"name": "invoices"'
        )

    run_command(stack, refusal_of(stack, cloud, invoices()), "pulumi state rename")
    refusal = refusal_of(stack, cloud, invoices(annotations=annotations))
    assert "GlobalSecondaryIndex 'orders-who'" in refusal
    assert sorted(looks.indexes(cloud)) == ["when", "who"]
    assert looks.replicas(cloud) == ["us-west-2"]


def test_a_destination_under_the_name_of_the_go_module_is_not_imported(
    stack: Stack, cloud: Cloud
) -> None:
    """Its table is no longer in the state: it was imported, and then disabled in AWS."""
    stack.program = NEWEST
    up(stack, **streaming("changes"))
    stack.program = PROGRAM
    take_from_state(stack, "Table table")
    refusal_of(stack, cloud, manifest(annotations=IMPORT, **streaming("changes")))
    assert len(looks.destinations(cloud)) == 1


@pytest.mark.parametrize("between", ["nothing", "an unchanged update", "a failed update"])
def test_an_index_that_comes_back_under_its_name_is_created(
    between: str, stack: Stack, cloud: FaultyCloud
) -> None:
    """The table's state lists it until a refresh: nothing was created, with exit 0."""
    indexed = {**PROVISIONED, "globalSecondaryIndexes": [WHO]}
    up(stack, **indexed)
    up(stack, **PROVISIONED, globalSecondaryIndexes=[{**WHO, "autoscaling": OFF}])
    up(stack, **PROVISIONED)
    if between == "an unchanged update":
        assert up(stack, **PROVISIONED).is_unchanged
    if between == "a failed update":
        cloud.refuse("UpdateTimeToLive", "ValidationException", "not now")
        assert not stack.up(manifest(**PROVISIONED, ttl={"enabled": True, "attributeName": "t"})).ok
    refusal = refusal_of(stack, cloud, manifest(**indexed))
    assert "AWS does not have (who). The AWS provider would not create them" in refusal
    assert stack.refresh().ok
    up(stack, **indexed)
    assert [*looks.indexes(cloud)] == ["who"]
    assert stack.preview(manifest(**indexed)).is_unchanged


def test_an_index_that_comes_back_after_another_change_is_created(
    stack: Stack, cloud: Cloud
) -> None:
    """The other change has made the provider read the table."""
    indexed = {**PROVISIONED, "globalSecondaryIndexes": [WHO]}
    up(stack, **indexed)
    up(stack, **PROVISIONED, globalSecondaryIndexes=[{**WHO, "autoscaling": OFF}])
    up(stack, **PROVISIONED)
    up(stack, **PROVISIONED, tags={"team": "orders"})
    up(stack, **indexed)
    assert [*looks.indexes(cloud)] == ["who"]


def test_an_inline_index_is_left_alone_after_a_failed_update(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """Nothing tells whether it is gone, so AWS is asked."""
    indexed = {**PROVISIONED, "globalSecondaryIndexes": [WHO]}
    up(stack, **indexed)
    cloud.refuse("TagResource", "ValidationException", "not now")
    assert not stack.up(manifest(**indexed, tags={"team": "orders"})).ok
    up(stack, **indexed)
    assert [*looks.indexes(cloud)] == ["who"]


def test_billing_waits_for_a_refresh_after_the_last_index_is_gone(
    stack: Stack, cloud: Cloud
) -> None:
    """Without a refresh the provider demands, or sends, the capacity of indexes that are gone."""
    up(stack, **FIXED)
    up(stack, **SCALING)
    up(stack, **ON_DEMAND)
    up(stack)
    assert looks.indexes(cloud) == {}
    refusal = refusal_of(stack, cloud, manifest(**PROVISIONED))
    assert "AWS does not have (when, who)" in refusal
    assert stack.refresh().ok
    up(stack, **PROVISIONED)
    assert looks.units(looks.table(cloud)) == (5, 5)


def test_a_destination_is_added_once_the_annotation_is_removed(stack: Stack, cloud: Cloud) -> None:
    """Nothing tells the program that AWS has none: it would be imported, and the preview fails."""
    up(stack)
    sent = looks.writes(cloud)
    for operation in (stack.preview, stack.up):
        report = operation(manifest(annotations=IMPORT, **streaming("changes")))
        assert not report.ok
        assert "does not exist" in report.text
    assert looks.writes(cloud) == sent
    up(stack, **streaming("changes"))
    assert len(looks.destinations(cloud)) == 1


def test_a_table_of_the_same_name_in_another_region_keeps_its_indexes(
    stack: Stack, cloud: Cloud
) -> None:
    """The standalone indexes of the one are not taken for the other's, whose inline ones would move
    then."""
    there = json.loads(manifest(tableName=NAME, region="eu-west-1", **ON_DEMAND))
    there["metadata"]["name"] = "elsewhere"
    here = manifest(tableName=NAME, **SCALING)
    stack.put({"here.yaml": here, "there.yaml": json.dumps(there)})
    assert stack.up().ok
    assert stack.up().is_unchanged


@pytest.mark.parametrize("case", ["index without autoscaling", "first update of the Go module's"])
def test_a_second_update_is_announced(case: str, stack: Stack, cloud: Cloud) -> None:
    """The next update moves the indexes, of which this one says nothing."""
    spec = SCALING
    if case == "index without autoscaling":
        spec = {**SCALING, "globalSecondaryIndexes": [{**WHO, "autoscaling": OFF}]}
        up(stack, globalSecondaryIndexes=[index("who")])
    else:
        stack.program = NEWEST
        up(stack, **ON_DEMAND)
        stack.program = PROGRAM
    first = up(stack, **spec)
    second = up(stack, **spec)
    assert second.is_unchanged or "run `pulumi up` again" in "".join(first.warnings)
