"""aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex: one index as a resource of its own."""

from __future__ import annotations

from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.properties import TEXT, TEXTS, WHOLE, Blocks, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.session import Session
from planton.rehearsal.table_requests import (
    PROVISIONED,
    on_demand,
    on_demand_changed,
    projection,
    warm_throughput,
)


class GlobalSecondaryIndex:
    type = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
    inputs = block(
        "tableName indexName keySchemas",
        tableName=TEXT,
        indexName=TEXT,
        keySchemas=Blocks(
            block(
                "attributeName attributeType keyType",
                attributeName=TEXT,
                attributeType=TEXT,
                keyType=TEXT,
            ),
            key="attributeName",
        ),
        projection=block("projectionType", projectionType=TEXT, nonKeyAttributes=TEXTS),
        provisionedThroughput=block(readCapacityUnits=WHOLE, writeCapacityUnits=WHOLE),
        onDemandThroughput=block(maxReadRequestUnits=WHOLE, maxWriteRequestUnits=WHOLE),
        warmThroughput=block(
            "readUnitsPerSecond writeUnitsPerSecond",
            readUnitsPerSecond=WHOLE,
            writeUnitsPerSecond=WHOLE,
        ),
        timeouts=block(create=TEXT, update=TEXT, delete=TEXT),
        region=TEXT,
    )
    replaced_by = frozenset({"tableName", "indexName", "keySchemas", "projection", "region"})

    def create(self, session: Session, inputs: Json) -> Made:
        table_name, index_name = inputs["tableName"], inputs["indexName"]
        table = session.dynamodb("DescribeTable", TableName=table_name)["Table"]
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
        action: Json = {
            "IndexName": index_name,
            "KeySchema": [
                {"AttributeName": key["attributeName"], "KeyType": key["keyType"]}
                for key in inputs["keySchemas"]
            ],
            "Projection": projection(inputs["projection"]) if "projection" in inputs else {},
            **_throughputs(inputs),
        }
        session.dynamodb(
            "UpdateTable",
            TableName=table_name,
            AttributeDefinitions=_definitions(inputs, table),
            GlobalSecondaryIndexUpdates=[{"Create": action}],
        )
        outputs = self._outputs(session, table_name, index_name, inputs)
        assert outputs is not None
        return Made(f"{table_name},{index_name}", outputs)

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        table_name, index_name = id_.split(",")
        return self._outputs(session, table_name, index_name, state)

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> Made:
        table_name, index_name = id_.split(",")
        changes = {}
        if _units(inputs) and _units(inputs) != _units(state):
            changes["ProvisionedThroughput"] = _units(inputs)
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
        outputs = self._outputs(session, table_name, index_name, inputs)
        assert outputs is not None
        return Made(id_, outputs)

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        table_name, index_name = id_.split(",")
        try:
            self._delete(session, table_name, index_name)
        except Refused as refused:
            if refused.code != NOT_FOUND:
                raise

    def _delete(self, session: Session, table_name: str, index_name: str) -> None:
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

    def _outputs(
        self, session: Session, table_name: str, index_name: str, before: Json
    ) -> Json | None:
        try:
            table = session.dynamodb("DescribeTable", TableName=table_name)["Table"]
        except Refused as refused:
            if refused.code == NOT_FOUND:
                return None
            raise
        for index in table.get("GlobalSecondaryIndexes", []):
            if index["IndexName"] == index_name:
                outputs = _index_outputs(index, table)
                return {**outputs, **{k: v for k, v in before.items() if k == "timeouts"}}
        return None


def _check_types(inputs: Json, table: Json) -> None:
    """An attribute of the table's other keys cannot be given another type. Raises Refused."""
    types = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
    for key in inputs["keySchemas"]:
        there = types.get(key["attributeName"], key["attributeType"])
        if there != key["attributeType"]:
            raise Refused(
                "provider",
                "ChangingExistingAttribute",
                f'creation of index "{inputs["indexName"]}" on table "{inputs["tableName"]}" is'
                f' attempting to change already existing attribute "{key["attributeName"]}" from'
                f' type "{there}" to "{key["attributeType"]}"',
            )


def _definitions(inputs: Json, table: Json) -> list[Json]:
    definitions = list(table["AttributeDefinitions"])
    known = {definition["AttributeName"] for definition in definitions}
    for key in inputs["keySchemas"]:
        if key["attributeName"] not in known:
            definition = {
                "AttributeName": key["attributeName"],
                "AttributeType": key["attributeType"],
            }
            definitions.append(definition)
    return definitions


def _units(data: Json) -> Json:
    provisioned = data.get("provisionedThroughput") or {}
    named = {
        "ReadCapacityUnits": provisioned.get("readCapacityUnits"),
        "WriteCapacityUnits": provisioned.get("writeCapacityUnits"),
    }
    return {name: amount for name, amount in named.items() if amount is not None}


def _throughputs(inputs: Json) -> Json:
    named = {
        "ProvisionedThroughput": _units(inputs),
        "OnDemandThroughput": on_demand(inputs),
        "WarmThroughput": warm_throughput(inputs),
    }
    return {name: value for name, value in named.items() if value}


def _index_outputs(index: Json, table: Json) -> Json:
    types = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
    provisioned = index["ProvisionedThroughput"]
    outputs: Json = {
        "arn": index["IndexArn"],
        "tableName": table["TableName"],
        "indexName": index["IndexName"],
        "keySchemas": [
            {
                "attributeName": key["AttributeName"],
                "attributeType": types[key["AttributeName"]],
                "keyType": key["KeyType"],
            }
            for key in index["KeySchema"]
        ],
        "projection": {"projectionType": index["Projection"]["ProjectionType"]},
        "warmThroughput": {
            "readUnitsPerSecond": index["WarmThroughput"]["ReadUnitsPerSecond"],
            "writeUnitsPerSecond": index["WarmThroughput"]["WriteUnitsPerSecond"],
        },
    }
    if attributes := index["Projection"].get("NonKeyAttributes"):
        outputs["projection"]["nonKeyAttributes"] = attributes
    if provisioned["ReadCapacityUnits"] or provisioned["WriteCapacityUnits"]:
        outputs["provisionedThroughput"] = {
            "readCapacityUnits": provisioned["ReadCapacityUnits"],
            "writeCapacityUnits": provisioned["WriteCapacityUnits"],
        }
    if maximum := index.get("OnDemandThroughput"):
        outputs["onDemandThroughput"] = {
            "maxReadRequestUnits": maximum.get("MaxReadRequestUnits", -1),
            "maxWriteRequestUnits": maximum.get("MaxWriteRequestUnits", -1),
        }
    return outputs
