"""A stack as the newest of project-planton's Go modules makes it: the table's logical name is
`table`, whatever the manifest calls it. The resources beside the table are left out."""

import json
import os

import pulumi
import pulumi_aws as aws

target = json.loads(os.environ["STACK_INPUT_YAML"])
spec = target["spec"]
keys = {part["keyType"]: part["attributeName"] for part in spec["keySchema"]}
table = aws.dynamodb.Table(
    "table",
    name=target["metadata"]["name"],
    billing_mode=spec["billingMode"],
    attributes=[
        aws.dynamodb.TableAttributeArgs(name=attribute["name"], type=attribute["type"])
        for attribute in spec["attributeDefinitions"]
    ],
    hash_key=keys["HASH"],
    range_key=keys.get("RANGE"),
    opts=pulumi.ResourceOptions(provider=aws.Provider("classic-provider", region="us-east-1")),
)
pulumi.export("table_name", table.name)
