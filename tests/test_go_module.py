"""Stacks of project-planton's newest Go module: whose resources have which own name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planton.changes.go_module import deregistration, pinned_targets, with_own_names
from planton.changes.kept_values import keeps_policy_name, same_document
from planton.changes.stack_state import StackState, parse_state
from planton.plan.table_plan import TablePlan
from tests.planning import provisioned, table

URN = "urn:pulumi:dev::tables::"
TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
KINESIS = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
KINESIS_NAME = "kinesis-streaming-destination"
METRIC = "DynamoDBReadCapacityUtilization"
(READS,) = provisioned(autoscaling={"read": {"maxCapacity": 50}}).scaling
ORDERS = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"

Resources = dict[str, dict[str, Any]]


def resource(types: str, name: str, /, **outputs: Any) -> Resources:
    """A resource by its type, with those of its parents before it."""
    return {f"{URN}{types}::{name}": {"type": types.rpartition("$")[2], "outputs": outputs}}


def made(name: str = "orders", logical_name: str = "table") -> Resources:
    """The module's stack for a table of that name in AWS, with everything around the table."""
    place = {"resourceId": f"table/{name}", "serviceNamespace": "dynamodb"}
    read = {**place, "scalableDimension": "dynamodb:table:ReadCapacityUnits"}
    write = {**place, "scalableDimension": "dynamodb:table:WriteCapacityUnits"}
    target, policy, action = (
        f"{TABLE}${TARGET}{more}" for more in ("", f"${POLICY}", f"${ACTION}")
    )
    return {
        **resource(TABLE, logical_name, name=name),
        **resource(target, "read-target", **read),
        **resource(target, "write-target", **write),
        **resource(policy, "read-utilization-policy", name=f"{name}-read-utilization", **read),
        **resource(policy, "write-utilization-policy", name=f"{name}-write-utilization", **write),
        **resource(action, "scheduled-adjustment-morning", **read),
        **resource(action, "scheduled-adjustment-evening", **write),
        **resource(RESOURCE_POLICY, "resource-policy", resourceArn=ORDERS, policy="{}"),
        **resource(KINESIS, "kinesis-streaming-destination", tableName=name),
        **resource(INSIGHTS, "contributor-insights", tableName=name),
        **resource(INSIGHTS, "contributor-insights-by-who", tableName=name, indexName="by-who"),
    }


def renamed(state: Resources, plan: TablePlan, *siblings: str) -> dict[str, str]:
    """The aliases by the URNs of the program, without what both have in common."""
    plans = [plan, *(named(name) for name in siblings)]
    found = with_own_names(parse_state(state), plans).resources
    assert len(found) == len(state)
    return {one.urn.removeprefix(URN): one.alias.removeprefix(URN) for one in found if one.alias}


def named(name: str, **spec: Any) -> TablePlan:
    return table(metadata={"name": name}, **spec)


EVERYTHING = {
    f"{TABLE}::orders": f"{TABLE}::table",
    f"{TARGET}::orders-read": f"{TABLE}${TARGET}::read-target",
    f"{TARGET}::orders-write": f"{TABLE}${TARGET}::write-target",
    f"{POLICY}::orders-read": f"{TABLE}${TARGET}${POLICY}::read-utilization-policy",
    f"{POLICY}::orders-write": f"{TABLE}${TARGET}${POLICY}::write-utilization-policy",
    f"{ACTION}::orders-read/morning": f"{TABLE}${TARGET}${ACTION}::scheduled-adjustment-morning",
    f"{ACTION}::orders-write/evening": f"{TABLE}${TARGET}${ACTION}::scheduled-adjustment-evening",
    f"{RESOURCE_POLICY}::orders-policy": f"{RESOURCE_POLICY}::resource-policy",
    f"{KINESIS}::orders-kinesis": f"{KINESIS}::kinesis-streaming-destination",
    f"{INSIGHTS}::orders-insights": f"{INSIGHTS}::contributor-insights",
    f"{INSIGHTS}::orders-by-who-insights": f"{INSIGHTS}::contributor-insights-by-who",
}
AROUND = {own: old for own, old in EVERYTHING.items() if not own.startswith(TABLE)}


def test_everything_of_the_module_gets_the_names_of_the_program() -> None:
    assert renamed(made(), table()) == EVERYTHING


def test_the_table_is_found_under_its_own_name() -> None:
    state = with_own_names(parse_state(made()), [table()])
    own = state.table("orders")
    assert own is not None
    assert (own.alias, own.properties["name"]) == (f"{URN}{TABLE}::table", "orders")
    assert (state.table("table"), state.others(["orders"])) == (None, ())


@pytest.mark.parametrize("siblings", [(), ("invoices",)])
def test_a_table_claims_what_has_its_metadata_name_in_aws(siblings: tuple[str, ...]) -> None:
    assert renamed(made(), table(tableName="orders-2"), *siblings) == EVERYTHING


def test_a_sibling_claims_its_table_under_its_own_name() -> None:
    assert renamed(made(), named("invoices"), "orders") == EVERYTHING


def test_the_only_table_with_that_table_name_claims_it() -> None:
    plan = named("sales", tableName="orders")
    own = {old: new.replace("orders", "sales", 1) for new, old in EVERYTHING.items()}
    assert renamed(made(), plan) == {new: old for old, new in own.items()}
    assert renamed(made(), plan, "invoices") == {new: old for old, new in own.items()}
    twice = [plan, named("archive", tableName="orders")]
    assert with_own_names(parse_state(made()), twice) == parse_state(made())


def test_a_table_of_another_name_claims_nothing() -> None:
    assert renamed(made(), named("invoices")) == {}
    assert renamed(made("orders-2"), table()) == {}


def test_a_table_that_the_state_has_already_claims_no_second_one() -> None:
    assert renamed({**made(), **resource(TABLE, "orders", name="orders-1812b35")}, table()) == {}


def test_what_a_failed_update_left_under_its_old_name_is_still_found() -> None:
    """The table has its own name by then."""
    assert renamed(made(logical_name="orders"), table()) == AROUND


def test_a_table_called_table_needs_no_alias_but_what_is_around_it_does() -> None:
    own = {new.replace("::orders", "::table"): old for new, old in AROUND.items()}
    assert renamed(made(), named("table", tableName="orders")) == own


def test_a_table_called_table_of_the_same_program_keeps_its_own() -> None:
    assert renamed(made(), table(), "table") == {
        new.replace("::orders", "::table"): old for new, old in AROUND.items()
    }


def test_a_resource_that_the_state_has_under_both_names_is_left_alone() -> None:
    kept = resource(KINESIS, "orders-kinesis", tableName="orders")
    assert f"{KINESIS}::orders-kinesis" not in renamed({**made(), **kept}, table())


def test_what_is_around_another_table_or_has_another_name_is_left_alone() -> None:
    others = {
        **resource(KINESIS, "kinesis-streaming-destination", tableName="invoices"),
        **resource(INSIGHTS, "insights", tableName="orders"),
        **resource(TARGET, "unknown-target"),
        **resource("aws:s3/bucket:Bucket", "table", name="orders"),
        **resource(INDEX, "read-target", tableName="orders"),
        **resource(TABLE, "orders", name="orders"),
        **resource(f"pulumi:x:Y${TABLE}", "table", name="orders"),
    }
    assert renamed(others, table()) == {}
    assert renamed(resource(TABLE, "table"), table()) == {}


def test_a_table_of_the_name_with_a_parent_is_left_alone() -> None:
    parented = resource(f"pulumi:x:Y${TABLE}", "table", name="orders")
    assert renamed({**made(), **parented}, table()) == EVERYTHING


def test_of_a_table_without_a_known_name_nothing_is_claimed() -> None:
    """Its creation failed half-way."""
    assert renamed({**resource(TABLE, "orders"), **resource(KINESIS, KINESIS_NAME)}, table()) == {}


def test_only_what_is_at_the_root_is_found_under_a_name() -> None:
    state = parse_state(resource(f"{TABLE}${TARGET}", "orders-read"))
    assert state.resource(TARGET, "orders-read") is None
    state = parse_state(resource(TARGET, "orders-read"))
    assert state.resource(TARGET, "orders-read") is state.resources[0]


def test_a_state_without_such_names_stays_as_it_is() -> None:
    state = parse_state(resource(TABLE, "orders", name="orders"))
    assert with_own_names(state, [table()]) is state


def test_stacks_of_this_program_whose_names_look_alike_are_left_alone() -> None:
    """`contributor-insights` is also what a table called contributor has."""
    own = {
        **resource(TABLE, "contributor", name="contributor"),
        **resource(INSIGHTS, "contributor-insights", tableName="contributor"),
        **resource(INSIGHTS, "contributor-by-who-insights", tableName="contributor"),
    }
    assert renamed(own, named("contributor")) == {}


def test_targets_that_no_autoscaling_uses_are_named() -> None:
    def left(plan: TablePlan) -> list[str]:
        targets = pinned_targets(with_own_names(parse_state(made()), [plan]), plan)
        return [one.logical_name for one in targets]

    read = {"read": {"maxCapacity": 50}}
    both = {**read, "write": {"maxCapacity": 50}}
    assert left(provisioned()) == ["orders-read", "orders-write"]
    assert left(provisioned(autoscaling=read)) == ["orders-write"]
    assert left(provisioned(autoscaling=both)) == []
    own = parse_state(resource(TARGET, "orders-read", resourceId="table/orders"))
    assert pinned_targets(own, provisioned()) == ()


def test_the_message_about_such_targets_has_the_names_that_the_state_has() -> None:
    plan = provisioned()
    targets = pinned_targets(with_own_names(parse_state(made()), [plan]), plan)
    assert deregistration(targets) == (
        "the targets of the Go module that no autoscaling of the manifest uses (read-target, "
        "write-target) are deregistered. The table keeps the capacity that it has, and from now "
        "on the manifest's provisionedThroughput sets it. If that was ever changed, run `pulumi "
        "refresh` before this update: the state of the module's stack has the first units"
    )


def test_of_what_is_around_a_table_only_the_needed_properties_are_kept() -> None:
    state = parse_state(resource(KINESIS, "k", tableName="orders", streamArn="arn:aws:kinesis:s"))
    assert [one.properties for one in state.resources] == [{"tableName": "orders"}]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (f"{METRIC}:table/orders", False),
        ("orders-read-utilization", True),
        (f"{METRIC}:table/orders-2", True),
        (None, True),
    ],
)
def test_a_policy_keeps_a_name_that_the_program_would_not_give_it(name: str, kept: bool) -> None:
    state = parse_state(resource(POLICY, "orders-read", name=name, resourceId="table/orders"))
    assert keeps_policy_name(state, "orders-read", READS) is kept


def test_a_policy_keeps_its_name_while_the_state_cannot_be_read() -> None:
    """A new one is created under the program's name all the same."""
    assert keeps_policy_name(StackState(), "orders-read", READS) is False
    assert keeps_policy_name(StackState(unreadable="EOF"), "orders-read", READS) is True


@pytest.mark.parametrize("name", ["orders-read-utilization", f"{METRIC}:table/orders"])
def test_a_policy_gets_the_name_that_the_manifest_has(name: str) -> None:
    state = parse_state(resource(POLICY, "orders-read", name="reads", resourceId="table/orders"))
    named = replace(READS, policy_name=name)
    assert keeps_policy_name(state, "orders-read", named) is False
    assert keeps_policy_name(StackState(unreadable="EOF"), "orders-read", named) is False
    assert named.new_policy_name("table/orders") == name


@pytest.mark.parametrize(
    ("recorded", "text", "result"),
    [
        ('{"a":1,"b":[1,2]}', '{"b": [1, 2], "a": 1}', '{"a":1,"b":[1,2]}'),
        ('{"a":1,"b":[1,2]}', '{"b": [2, 1], "a": 1}', '{"b": [2, 1], "a": 1}'),
        ("not JSON", "{}", "{}"),
        ("", "{}", "{}"),
    ],
)
def test_a_resource_policy_keeps_the_text_of_the_same_document(
    recorded: str, text: str, result: str
) -> None:
    state = parse_state(resource(RESOURCE_POLICY, "orders-policy", policy=recorded))
    assert same_document(state, "orders-policy", text) == result
    assert same_document(StackState(), "orders-policy", text) == text
