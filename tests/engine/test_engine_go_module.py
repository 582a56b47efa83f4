"""Stacks that the newest of project-planton's Go modules made, taken over with all they hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, index, key, manifest
from tests.engine.refusals import assert_settles, refusal_of
from tests.engine.report import Report
from tests.engine.specs import MORNING, STREAM, policy, streaming, units

PROGRAMS = Path(__file__).resolve().parent / "programs"
NEWEST = PROGRAMS / "newest.py"
TABLE = "Table orders"
TAGGED = {TABLE: "update"}
"""The module's tags go and the program's come."""
GONE = {"Target read-target": "delete", "Target write-target": "delete"}
AROUND: dict[str, Any] = {
    **STREAM,
    **policy("dynamodb:GetItem"),
    **streaming("changes"),
    "contributorInsights": {"enabled": True, "gsiIndexNames": ["who"]},
    "pointInTimeRecovery": {"enabled": True},
    "ttl": {"enabled": True, "attributeName": "expires"},
    "deletionProtectionEnabled": True,
    "globalSecondaryIndexes": [index("who")],
}
INDEXED = {**PROVISIONED, "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)]}
SCALING: dict[str, Any] = {
    **PROVISIONED,
    "autoscaling": {**SCALED, "scheduledAdjustments": [MORNING]},
}
ONE_SCALED = {**PROVISIONED, "autoscaling": {"read": SCALED["read"]}}
STACKS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "plain": ({}, TAGGED),
    "with everything around it": (AROUND, TAGGED),
    "provisioned": (PROVISIONED, {**TAGGED, **GONE}),
    "provisioned, with an index": (INDEXED, {**TAGGED, **GONE}),
    "scaling": (
        SCALING,
        {**TAGGED, "Target orders-read": "update", "Target orders-write": "update"},
    ),
    "scaling its reads": (
        ONE_SCALED,
        {**TAGGED, "Target orders-read": "update", "Target write-target": "delete"},
    ),
}
Made = Callable[..., None]


@pytest.fixture
def made(stack: Stack, cloud: Cloud) -> Made:
    """Makes a stack as the module does, with one item in its table."""

    def make(**spec: Any) -> None:
        stack.program = NEWEST
        report = stack.up(manifest(**spec))
        assert report.ok, report.explained()
        stack.program = PROGRAM
        item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
        cloud.call(DYNAMODB, "PutItem", {"TableName": NAME, "Item": item})

    return make


def items(cloud: Cloud) -> int:
    return len(looks.items(cloud))


def policy_names(cloud: Cloud) -> set[str]:
    listed = cloud.call(AUTOSCALING, "DescribeScalingPolicies", {"ServiceNamespace": DYNAMODB})
    return {one["PolicyName"] for one in listed["ScalingPolicies"]}


def taken(stack: Stack, text: str) -> Report:
    """Runs an update that must succeed."""
    report = stack.up(text)
    assert report.ok, report.explained()
    return report


@pytest.mark.parametrize(("spec", "changes"), STACKS.values(), ids=STACKS)
def test_a_stack_is_taken_over_with_everything_that_it_holds(
    made: Made, stack: Stack, cloud: Cloud, spec: dict[str, Any], changes: dict[str, str]
) -> None:
    made(**spec)
    text, capacity = manifest(**spec), looks.table(cloud).get("ProvisionedThroughput")
    previewed = stack.preview(text)
    assert previewed.ok, previewed.explained()
    assert previewed.changes == changes
    assert {previewed.diffs(one) for one, op in changes.items() if op == "update"} == {("tags",)}
    assert taken(stack, text).changes == changes

    assert stack.up(text).is_unchanged
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    assert stack.up(text).is_unchanged
    assert items(cloud) == 1
    assert looks.table(cloud).get("ProvisionedThroughput") == capacity
    assert [one for one in looks.writes(cloud) if one.startswith(("Create", "Delete"))] == [
        "CreateTable"
    ]

    taken(stack, manifest(**{**spec, "deletionProtectionEnabled": False}))
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)


def test_the_state_then_has_the_names_of_this_program(made: Made, stack: Stack) -> None:
    made(**{**SCALING, **AROUND, "globalSecondaryIndexes": [], "contributorInsights": {}})
    spec = {**SCALING, **policy("dynamodb:GetItem"), **streaming("changes")}
    state = taken(stack, manifest(**STREAM, **spec)).resources
    around = {one for one in state if state[one]["type"].startswith("aws:")}
    assert around == {
        TABLE,
        "KinesisStreamingDestination orders-kinesis",
        "ResourcePolicy orders-policy",
        "ScheduledAction orders-read/morning",
        *(f"{kind} orders-{way}" for kind in ("Target", "Policy") for way in ("read", "write")),
    }
    assert not any(state[one].get("aliases") for one in around)


def test_what_the_message_says_of_targets_without_autoscaling(made: Made, stack: Stack) -> None:
    made(**PROVISIONED)
    text = manifest(**PROVISIONED)
    said = (
        "the targets of the Go module that no autoscaling of the manifest uses "
        "(read-target, write-target) are deregistered"
    )
    assert said in stack.preview(text).text
    assert said in taken(stack, text).text
    assert said not in taken(stack, text).text


def test_units_that_a_target_has_set_need_a_refresh_first(
    made: Made, stack: Stack, cloud: Cloud
) -> None:
    """The module never changes the table's own capacity, so its state may have old units."""
    made(**units(5))
    stack.program = NEWEST
    taken(stack, manifest(**units(8)))
    stack.program = PROGRAM
    assert looks.units(looks.table(cloud)) == (8, 8)
    assert stack.refresh().ok
    text = manifest(**units(8))
    assert taken(stack, text).diffs(TABLE) == ("tags",)
    assert stack.up(text).is_unchanged
    assert looks.units(looks.table(cloud)) == (8, 8)


def test_a_policy_keeps_its_name_and_a_new_one_gets_ours(
    made: Made, stack: Stack, cloud: Cloud
) -> None:
    made(**ONE_SCALED)
    taken(stack, manifest(**ONE_SCALED))
    assert policy_names(cloud) == {"orders-read-utilization"}
    other = {**PROVISIONED, "autoscaling": {"read": {**SCALED["read"], "maxCapacity": 50}}}
    aimed = {**SCALED["read"], "targetUtilizationPercent": 50}
    changed = taken(stack, manifest(**{**other, "autoscaling": {**SCALED, "read": aimed}}))
    assert changed.changes["Policy orders-read"] == "update"
    assert changed.changes["Policy orders-write"] == "create"
    ours = "DynamoDBWriteCapacityUtilization:table/orders"
    assert policy_names(cloud) == {"orders-read-utilization", ours}


def test_a_table_whose_own_name_is_table_keeps_what_is_around_it(
    stack: Stack, cloud: Cloud
) -> None:
    text = manifest(**SCALING).replace('"name": "orders"', '"name": "table"')
    stack.program = NEWEST
    taken(stack, text)
    stack.program = PROGRAM
    tagged = {
        "Table table": "update",
        "Target table-read": "update",
        "Target table-write": "update",
    }
    assert taken(stack, text).changes == tagged
    assert stack.up(text).is_unchanged
    assert looks.tables(cloud) == ["table"]


def test_the_table_is_recognized_by_its_table_name_too(
    made: Made, stack: Stack, cloud: Cloud
) -> None:
    made()
    other = json.loads(manifest(tableName=NAME))
    other["metadata"]["name"] = "invoices"
    text = json.dumps(other)
    assert taken(stack, text).changes == {"Table invoices": "update"}
    assert stack.up(text).is_unchanged
    assert (looks.tables(cloud), items(cloud)) == ([NAME], 1)


@pytest.mark.parametrize("names", [("orders", "invoices"), ("invoices", "orders")])
def test_one_table_of_a_stack_with_several_takes_the_stack_over(
    made: Made, stack: Stack, cloud: Cloud, names: tuple[str, str]
) -> None:
    made(**SCALING)
    plain = json.loads(manifest())
    plain["metadata"]["name"] = "invoices"
    both = {"orders": manifest(**SCALING), "invoices": json.dumps(plain)}
    stack.put({f"{number}.yaml": both[name] for number, name in enumerate(names)})
    assert taken(stack, "").changes == {**STACKS["scaling"][1], "Table invoices": "create"}
    assert stack.up().is_unchanged
    assert (sorted(looks.tables(cloud)), items(cloud)) == (["invoices", NAME], 1)
    assert looks.writes(cloud).count("DeregisterScalableTarget") == 0


def test_a_takeover_that_fails_half_way_is_finished_by_the_next_update(
    made: Made, stack: Stack, cloud: FaultyCloud
) -> None:
    """The table has its new name in the state then, and what is around it still the old one."""
    made(**SCALING)
    cloud.refuse("TagResource", "AccessDeniedException", "not authorized to TagResource")
    text = manifest(**SCALING)
    assert not stack.up(text).ok
    finished = stack.start("up", text, arguments=("--refresh",)).report()
    assert finished.ok, finished.explained()
    assert "create" not in finished.changes.values()
    assert stack.up(text).is_unchanged
    assert items(cloud) == 1
    assert "DeregisterScalableTarget" not in looks.writes(cloud)


def test_the_record_of_a_stack_taken_over_refuses_later_changes(
    made: Made, stack: Stack, cloud: Cloud
) -> None:
    made()
    taken(stack, manifest())
    refusal = refusal_of(stack, cloud, manifest(keySchema=key("id")))
    assert "spec.keySchema: pk HASH, sk RANGE → id HASH" in refusal


@pytest.mark.parametrize(
    ("spec", "wanted", "says"),
    [
        ({}, {"keySchema": key("id")}, "spec.keySchema: pk HASH, sk RANGE → id HASH"),
        ({}, {"region": "eu-west-1"}, "the region: us-east-1 → eu-west-1"),
    ],
    ids=["key", "region"],
)
def test_a_table_that_cannot_be_changed_in_place_is_refused(
    made: Made,
    stack: Stack,
    cloud: Cloud,
    spec: dict[str, Any],
    wanted: dict[str, Any],
    says: str,
) -> None:
    made(**spec)
    refusal = refusal_of(stack, cloud, manifest(**wanted))
    assert says in refusal
    assert "metadata.name" not in refusal
    assert items(cloud) == 1


def test_the_indexes_of_a_scaling_table_become_standalone_with_the_takeover(
    made: Made, stack: Stack, cloud: Cloud
) -> None:
    spec = {**INDEXED, "autoscaling": SCALED}
    made(**spec)
    before = looks.indexes(cloud)
    previewed = stack.preview(manifest(**spec))
    assert previewed.ok, previewed.explained()
    report = taken(stack, manifest(**spec))
    index_steps = [
        one.op for one in report.steps if one.resource == "GlobalSecondaryIndex orders-who"
    ]
    assert index_steps[0] == "import"
    held = ("Table ", "GlobalSecondaryIndex ")
    for one in (previewed, report):
        operations = {step.op for step in one.steps if step.resource.startswith(held)}
        assert operations <= {"import", "update", "same"}
    assert looks.indexes(cloud) == before
    assert items(cloud) == 1
    assert stack.up(manifest(**spec)).is_unchanged
    assert stack.refresh().is_unchanged


def test_a_table_of_another_name_is_not_taken_over(made: Made, stack: Stack, cloud: Cloud) -> None:
    made(**SCALING)
    text = manifest(**SCALING).replace('"name": "orders"', '"name": "invoices"')
    assert "metadata.name: table → invoices" in refusal_of(stack, cloud, text)


def test_a_stack_of_this_program_gets_no_alias(stack: Stack) -> None:
    spec = {**SCALING, **STREAM, **policy("dynamodb:GetItem"), **streaming("changes")}
    assert_settles(stack, manifest(**spec))
    state = stack.up(manifest(**spec)).resources
    assert not any(one.get("aliases") for one in state.values())
