"""Standalone global secondary indexes over their whole life."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.indexes import GlobalSecondaryIndex, units
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.table_requests import PROVISIONED, on_demand, warm_throughput
from tests.emulated.provider.lifecycle import ignoring
from tests.emulated.provider.table_updates import on_demand_changed


class IndexLifecycle(GlobalSecondaryIndex):
    replaced_by = frozenset({"tableName", "indexName", "keySchemas", "projection", "region"})

    def create_on(self, session: Session, table: Json, inputs: Json) -> ResourceState:
        _check_types(inputs, table)
        billing_mode = table["BillingModeSummary"]["BillingMode"]
        if (billing_mode == PROVISIONED) != ("provisionedThroughput" in inputs):
            verb = "must" if billing_mode == PROVISIONED else "cannot"
            raise Refused(
                "provider",
                "InvalidAttributeCombination",
                f'Attribute "provisioned_throughput" {verb} be specified when the associated'
                f' table\'s attribute "billing_mode" is "{billing_mode}".',
            )
        return super().create_on(session, table, inputs)

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        table_name, index_name = id_.split(",")
        with ignoring(NOT_FOUND):
            try:
                return self.outputs(
                    session, {**state, "tableName": table_name, "indexName": index_name}
                )
            except KeyError:  # the table has no such index
                return None
        return None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        table_name, index_name = id_.split(",")
        changes = {}
        if units(inputs) != units(state):
            # A block that is left out is sent as none (Update in global_secondary_index.go).
            changes["ProvisionedThroughput"] = units(inputs)
        if "onDemandThroughput" in inputs and on_demand_changed(state, inputs):
            # What is not named has no maximum.
            none = {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
            changes["OnDemandThroughput"] = {**none, **on_demand(inputs)}
        warm = warm_throughput(inputs)
        if changes:
            self._change(session, table_name, {"IndexName": index_name, **changes})
        if warm and warm != warm_throughput(state):
            action = {"IndexName": index_name, "WarmThroughput": warm}
            self._change(session, table_name, action)
        return ResourceState(id_, self.outputs(session, inputs))

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        table_name, index_name = id_.split(",")
        with ignoring(NOT_FOUND):
            session.dynamodb("DescribeTable", TableName=table_name)
            session.dynamodb(
                "UpdateTable",
                TableName=table_name,
                GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index_name}}],
            )

    def _change(self, session: Session, table_name: str, action: Json) -> None:
        session.dynamodb(
            "UpdateTable", TableName=table_name, GlobalSecondaryIndexUpdates=[{"Update": action}]
        )


def _check_types(inputs: Json, table: Json) -> None:
    """An attribute of the table's other keys cannot get another type. Raises Refused."""
    types = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
    for key in inputs["keySchemas"]:
        existing = types.get(key["attributeName"], key["attributeType"])
        if existing != key["attributeType"]:
            raise Refused(
                "provider",
                "ChangingExistingAttribute",
                f'creation of index "{inputs["indexName"]}" on table "{inputs["tableName"]}" is'
                f' attempting to change already existing attribute "{key["attributeName"]}" from'
                f' type "{existing}" to "{key["attributeType"]}"',
            )
