"""What people do to the table outside Pulumi."""

from __future__ import annotations

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine.manifests import NAME


def recreate_table(cloud: Cloud, *keys: str) -> None:
    """Deletes the table and creates it again with these keys."""
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    create_table(cloud, *keys)


def create_table(cloud: Cloud, *keys: str) -> None:
    """Creates the table with these keys."""
    kinds = zip(keys, ("HASH", "RANGE"), strict=False)
    cloud.call(
        DYNAMODB,
        "CreateTable",
        {
            "TableName": NAME,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in keys],
            "KeySchema": [{"AttributeName": n, "KeyType": kind} for n, kind in kinds],
        },
    )
