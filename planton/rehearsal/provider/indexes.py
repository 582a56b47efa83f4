"""aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex: an index as a standalone resource."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import INTEGER, TEXT, TEXTS, Blocks, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.table_requests import on_demand, projection, warm_throughput


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
            )
        ),
        projection=block("projectionType", projectionType=TEXT, nonKeyAttributes=TEXTS),
        provisionedThroughput=block(readCapacityUnits=INTEGER, writeCapacityUnits=INTEGER),
        onDemandThroughput=block(maxReadRequestUnits=INTEGER, maxWriteRequestUnits=INTEGER),
        warmThroughput=block(
            "readUnitsPerSecond writeUnitsPerSecond",
            readUnitsPerSecond=INTEGER,
            writeUnitsPerSecond=INTEGER,
        ),
        timeouts=block(create=TEXT, update=TEXT, delete=TEXT),
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        table = session.dynamodb("DescribeTable", TableName=inputs["tableName"])["Table"]
        return self.create_on(session, table, inputs)

    def create_on(self, session: Session, table: Json, inputs: Json) -> ResourceState:
        """`table` is the table's description."""
        table_name, index_name = inputs["tableName"], inputs["indexName"]
        throughputs = {
            "ProvisionedThroughput": units(inputs),
            "OnDemandThroughput": on_demand(inputs),
            "WarmThroughput": warm_throughput(inputs),
        }
        action: Json = {
            "IndexName": index_name,
            "KeySchema": [
                {"AttributeName": key["attributeName"], "KeyType": key["keyType"]}
                for key in inputs["keySchemas"]
            ],
            "Projection": projection(inputs["projection"]) if "projection" in inputs else {},
            **{name: value for name, value in throughputs.items() if value},
        }
        session.dynamodb(
            "UpdateTable",
            TableName=table_name,
            AttributeDefinitions=_definitions(inputs, table),
            GlobalSecondaryIndexUpdates=[{"Create": action}],
        )
        return ResourceState(f"{table_name},{index_name}", self.outputs(session, inputs))

    def outputs(self, session: Session, inputs: Json) -> Json:
        table = session.dynamodb("DescribeTable", TableName=inputs["tableName"])["Table"]
        indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
        outputs = _index_outputs(indexes[inputs["indexName"]], table)
        return {**outputs, **{k: v for k, v in inputs.items() if k == "timeouts"}}


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


def units(inputs: Json) -> Json:
    provisioned = inputs.get("provisionedThroughput") or {}
    named = {
        "ReadCapacityUnits": provisioned.get("readCapacityUnits"),
        "WriteCapacityUnits": provisioned.get("writeCapacityUnits"),
    }
    return {name: amount for name, amount in named.items() if amount is not None}


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
