"""The form of the global indexes in an existing stack, which may differ from the manifest's."""

from __future__ import annotations

from planton.changes.kinds import KINDS
from planton.changes.stack_state import StackState
from planton.manifest.enums import BillingMode
from planton.plan.index_form import (
    with_inline_indexes,
    with_sent_capacity,
    with_standalone_indexes,
)
from planton.plan.table_plan import TablePlan

_KIND = KINDS["billing-and-index-scaling"]
SECOND_UPDATE = f"spec.billingMode: {_KIND.consequence}\n  advice: {_KIND.fix}"


def in_form_of_stack(plan: TablePlan, state: StackState) -> TablePlan:
    """The plan with its global indexes in the form that the stack needs in this update.

    - Indexes that are standalone resources stay so, whatever the manifest has: moving one back
      would delete and rebuild it.
    - With the change from PAY_PER_REQUEST to PROVISIONED, AWS needs the capacity of the table and
      of every index in one request, which is the table's. So the capacity is sent though an
      autoscaler will manage it, and existing indexes stay inline until the next update.
    """
    table = state.table(plan.logical_name)
    if table is None:
        return plan
    if state.standalone_indexes(table):
        return with_standalone_indexes(plan)
    if is_to_provisioned(plan, state):
        kept = table.properties.get("globalSecondaryIndexes")
        return with_sent_capacity(with_inline_indexes(plan) if kept else plan)
    return plan


def is_to_provisioned(plan: TablePlan, state: StackState) -> bool:
    """Whether the update changes the table in the stack from PAY_PER_REQUEST to PROVISIONED."""
    table = state.table(plan.logical_name)
    before = table.properties.get("billingMode") if table else None
    return (before, plan.billing_mode) == (BillingMode.PAY_PER_REQUEST, BillingMode.PROVISIONED)
