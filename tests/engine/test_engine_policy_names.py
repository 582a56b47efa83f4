"""Names of scaling policies under the engine: given, changed and removed."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.global_tables import IRELAND, replica
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import PROVISIONED, SCALED, UNITS, index, manifest
from tests.engine.report import Report
from tests.engine.specs import MORNING
from tests.engine.test_engine_go_module import NEWEST

READ = "DynamoDBReadCapacityUtilization:table/orders"
WRITE = "DynamoDBWriteCapacityUtilization:table/orders"
POLICY = "Policy orders-read"


def named(name: str | None, **more: Any) -> dict[str, Any]:
    """A table that scales, with schedules, and the name of the policy for its reads."""
    read = {**SCALED["read"], **({"policyName": name} if name else {})}
    scaling = {"read": read, "write": SCALED["write"], "scheduledAdjustments": [MORNING]}
    return {**PROVISIONED, "autoscaling": scaling, **more}


def names(cloud: Cloud, region: str | None = None) -> set[str]:
    asked = {"ServiceNamespace": DYNAMODB}
    listed = cloud.call(AUTOSCALING, "DescribeScalingPolicies", asked, region=region)
    return {policy["PolicyName"] for policy in listed["ScalingPolicies"]}


def up(stack: Stack, spec: dict[str, Any]) -> Report:
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    again = stack.up(manifest(**spec))
    assert again.is_unchanged, again.explained()
    return report


def test_a_policy_is_created_under_the_name_that_the_manifest_has(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, named("reads"))
    assert names(cloud) == {"reads", WRITE}
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    assert stack.destroy().ok
    assert looks.is_empty(cloud)


@pytest.mark.parametrize("before", [None, "reads"], ids=["default", "another name"])
def test_a_policy_with_another_name_is_deleted_and_created_in_one_update(
    stack: Stack, cloud: Cloud, before: str | None
) -> None:
    up(stack, named(before))
    sent = len(looks.writes(cloud))
    other = manifest(**named("orders read"))
    previewed = stack.preview(other)
    assert previewed.ok, previewed.explained()
    assert previewed.changes == {POLICY: "replace"}
    assert up(stack, named("orders read")).changes == {POLICY: "replace"}
    assert looks.writes(cloud)[sent:] == ["DeleteScalingPolicy", "PutScalingPolicy"]
    assert names(cloud) == {"orders read", WRITE}


def test_what_depends_on_a_policy_is_not_replaced_with_it(stack: Stack, cloud: Cloud) -> None:
    """Schedules wait for the policy, and so do the standalone replicas with what is around them."""
    more = {
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
        "replicas": [replica(IRELAND)],
    }
    up(stack, named(None, **more))
    assert "TableReplica orders-eu-west-1" in stack.up(manifest(**named(None, **more))).resources
    report = up(stack, named("reads", **more))
    policies = ("orders", "orders-who", f"orders@{IRELAND}", f"orders@{IRELAND}-who")
    assert report.changes == {f"Policy {owner}-read": "replace" for owner in policies}
    for region in (None, IRELAND):
        assert names(cloud, region) == {"reads", WRITE, f"{WRITE}/index/who"}


def test_a_policy_keeps_its_name_when_the_manifest_no_longer_has_it(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, named("reads"))
    report = up(stack, named(None))
    assert report.changes == {}
    assert names(cloud) == {"reads", WRITE}
    assert up(stack, named(READ)).changes == {POLICY: "replace"}
    assert names(cloud) == {READ, WRITE}


def test_a_policy_whose_creation_fails_is_created_by_the_next_update(
    stack: Stack, cloud: FaultyCloud
) -> None:
    up(stack, named(None))
    cloud.refuse("PutScalingPolicy", "ConcurrentUpdateException", "try again")
    assert not stack.up(manifest(**named("reads"))).ok
    assert names(cloud) == {WRITE}
    up(stack, named("reads"))
    assert names(cloud) == {"reads", WRITE}


@pytest.mark.parametrize("name", ["reads", READ])
def test_a_stack_of_another_program_gets_the_name_that_the_manifest_has(
    stack: Stack, cloud: Cloud, name: str
) -> None:
    stack.program = NEWEST
    assert stack.up(manifest(**named(None))).ok
    stack.program = PROGRAM
    taken = up(stack, named(name))
    assert taken.changes[POLICY] == "replace"
    assert "create" not in taken.changes.values()
    assert names(cloud) == {name, "orders-write-utilization"}


def test_a_stack_of_another_program_keeps_the_names_that_the_manifest_has(
    stack: Stack, cloud: Cloud
) -> None:
    stack.program = NEWEST
    assert stack.up(manifest(**named(None))).ok
    stack.program = PROGRAM
    assert POLICY not in up(stack, named("orders-read-utilization")).changes
    assert names(cloud) == {"orders-read-utilization", "orders-write-utilization"}
