"""The form of the global indexes that an existing stack needs in an update."""

from __future__ import annotations

from typing import Any

import pytest

from planton.changes.index_form import in_form_of_stack
from planton.changes.stack_state import INDEX_TYPE, TABLE_TYPE, StackState, StateResource
from planton.manifest.enums import AttributeType
from planton.plan.table_plan import AttributePlan, TablePlan
from tests.planning import INDEX_LIST, index, provisioned, table

SCALED = {"read": {"maxCapacity": 100}, "write": {"maxCapacity": 100}}


def state(
    mode: str, *, listed: tuple[str, ...] = (), standalone: tuple[str, ...] = ()
) -> StackState:
    """A stack with the table, whose state lists some indexes, and with standalone indexes."""
    prefix = "urn:pulumi:dev::tables::"
    has: dict[str, Any] = {
        "name": "orders",
        "billingMode": mode,
        "globalSecondaryIndexes": [{"name": name} for name in listed],
    }
    return StackState(
        (
            StateResource(f"{prefix}{TABLE_TYPE}::orders", TABLE_TYPE, has),
            *(
                StateResource(
                    f"{prefix}{INDEX_TYPE}::orders-{name}",
                    INDEX_TYPE,
                    {"tableName": "orders", "indexName": name},
                )
                for name in standalone
            ),
        )
    )


PROVISIONED, ON_DEMAND = "PROVISIONED", "PAY_PER_REQUEST"
BY_SK = index("by-sk", "sk")
INLINE, SCALING = provisioned(BY_SK), provisioned(BY_SK, autoscaling=SCALED)


@pytest.mark.parametrize("plan", [INLINE, SCALING], ids=["inline", "standalone"])
@pytest.mark.parametrize(
    "before",
    [StackState(), state(PROVISIONED), state(PROVISIONED, listed=("by-sk",))],
    ids=["a new stack", "no index", "an inline index"],
)
def test_the_manifest_decides_where_no_index_is_standalone(
    plan: TablePlan, before: StackState
) -> None:
    assert in_form_of_stack(plan, before) == plan


@pytest.mark.parametrize("mode", [PROVISIONED, ON_DEMAND])
def test_standalone_indexes_stay_so(mode: str) -> None:
    before = state(mode, listed=("by-sk",), standalone=("by-pk",))
    found = in_form_of_stack(INLINE, before)
    assert (found.inline_indexes, found.standalone_indexes) == ((), INLINE.inline_indexes)
    assert found.ignore_changes == (*INLINE.ignore_changes, *INDEX_LIST)
    assert in_form_of_stack(SCALING, before) == SCALING
    none = table()
    assert in_form_of_stack(none, before) == none


def test_the_table_keeps_only_the_attributes_of_its_keys() -> None:
    plan = provisioned(
        index("by-at", "who", "at"),
        localSecondaryIndexes=[index("local", "pk", "at")],
    )
    found = in_form_of_stack(plan, state(PROVISIONED, standalone=("by-at",)))
    assert [one.name for one in found.attributes] == ["at", "pk", "sk"]


def test_the_change_to_provisioned_sends_the_capacity_with_the_table() -> None:
    before = state(ON_DEMAND, listed=("by-sk",))
    found = in_form_of_stack(SCALING, before)
    assert (found.inline_indexes, found.standalone_indexes) == (SCALING.standalone_indexes, ())
    kept = ("readCapacity", "writeCapacity", *INDEX_LIST)
    assert found.ignore_changes == tuple(p for p in SCALING.ignore_changes if p not in kept)
    assert found.attributes == tuple(AttributePlan(name, AttributeType.S) for name in ("pk", "sk"))


def test_indexes_new_with_provisioned_are_standalone() -> None:
    found = in_form_of_stack(SCALING, state(ON_DEMAND))
    assert found.standalone_indexes == SCALING.standalone_indexes
    sent = ("readCapacity", "writeCapacity")
    assert found.ignore_changes == tuple(p for p in SCALING.ignore_changes if p not in sent)


def test_a_table_that_may_be_replaced_is_created_without_a_list_of_indexes() -> None:
    allowed = {"annotations": {"dynamodb.project-planton.org/allow-replacement": "region"}}
    plan = provisioned(BY_SK, metadata=allowed)
    found = in_form_of_stack(plan, state(PROVISIONED, standalone=("by-sk",)))
    assert found.standalone_indexes == plan.inline_indexes
    assert found.ignore_changes == plan.ignore_changes
