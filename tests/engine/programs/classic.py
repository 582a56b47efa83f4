"""A stack as project-planton's own Go module makes it, which this program takes over.

The same logical names, types and parents; no physical name, so that the provider makes one up with
a random suffix; indexes in the table, with the older properties for their keys; scaling by
standalone resources; no guard.
"""

import json
import os

import pulumi
import pulumi_aws as aws

target = json.loads(os.environ["STACK_INPUT_YAML"])
name, spec = target["metadata"]["name"], target["spec"]
units = spec.get("provisionedThroughput", {})
keys = {part["keyType"]: part["attributeName"] for part in spec["keySchema"]}

provider = aws.Provider("classic-provider", region="us-east-1")
indexes = []
for index in spec["globalSecondaryIndexes"]:
    parts = {part["keyType"]: part["attributeName"] for part in index["keySchema"]}
    indexes.append(
        aws.dynamodb.TableGlobalSecondaryIndexArgs(
            name=index["name"],
            hash_key=parts["HASH"],
            range_key=parts.get("RANGE"),
            projection_type=index["projection"]["type"],
            read_capacity=index.get("provisionedThroughput", {}).get("readCapacityUnits"),
            write_capacity=index.get("provisionedThroughput", {}).get("writeCapacityUnits"),
        )
    )
table = aws.dynamodb.Table(
    name,
    billing_mode=spec["billingMode"],
    attributes=[
        aws.dynamodb.TableAttributeArgs(name=attribute["name"], type=attribute["type"])
        for attribute in spec["attributeDefinitions"]
    ],
    hash_key=keys["HASH"],
    range_key=keys.get("RANGE"),
    read_capacity=units.get("readCapacityUnits"),
    write_capacity=units.get("writeCapacityUnits"),
    global_secondary_indexes=indexes,
    tags={"planton.org/resource": "true", "planton.org/resource-kind": "AwsDynamodb"},
    opts=pulumi.ResourceOptions(provider=provider),
)
pulumi.export("table_name", table.name)
