"""What `check-dynamodb-tables.sh` does."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
)

_KIND, _ID = "planton.ai/resource-kind", "planton.ai/resource-id"
_MADE_UP = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


def main() -> int:
    """Lists the tables; the exit status."""
    parser = argparse.ArgumentParser(prog="check-dynamodb-tables.sh")
    parser.add_argument("--endpoint", metavar="URL", help="such as http://127.0.0.1:5000; else AWS")
    parser.add_argument("--region", help="default: that of the environment, else us-east-1")
    options = parser.parse_args()
    region = options.region or os.environ.get("AWS_REGION") or "us-east-1"
    where = options.endpoint or f"AWS in {region}"
    try:
        client = boto3.client(
            "dynamodb",
            region_name=region,
            endpoint_url=options.endpoint,
            config=Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 1}),
            **(_MADE_UP if options.endpoint else {}),
        )
        names = sorted(
            name
            for page in client.get_paginator("list_tables").paginate()
            for name in page["TableNames"]
        )
        print(f"{where}: {len(names)} table{'' if len(names) == 1 else 's'}")
        for name in names:
            print(_described(client, name))
    except ValueError as error:
        return _fail(f"{where}: {error}", 2)
    except (EndpointConnectionError, HTTPClientError):
        return _fail(f"nothing answers at {where}", 2)
    except NoCredentialsError:
        return _fail("no AWS credentials in the environment: set them, or pass --endpoint", 2)
    except (ClientError, BotoCoreError) as error:
        return _fail(f"{where} refuses: {error}", 1)
    return 0


def _fail(message: str, status: int) -> int:
    print(f"check-dynamodb-tables: {message}", file=sys.stderr)
    return status


def _described(client: Any, name: str) -> str:
    table = client.describe_table(TableName=name)["Table"]
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}

    def keys(schema: list[dict[str, str]]) -> str:
        return ", ".join(
            f"{key['AttributeName']} ({types.get(key['AttributeName'], '?')}) {key['KeyType']}"
            for key in schema
        )

    units = table.get("ProvisionedThroughput", {})
    mode = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    if mode == "PROVISIONED":
        mode += f", {units.get('ReadCapacityUnits')} read, {units.get('WriteCapacityUnits')} write"
    lines = [
        f"{name}: {table['TableStatus']}",
        f"    key         {keys(table['KeySchema'])}",
        f"    mode        {mode}",
    ]
    for kind in ("Global", "Local"):
        for index in table.get(f"{kind}SecondaryIndexes", []):
            lines.append(f"    {kind.lower():<11} {index['IndexName']}: {keys(index['KeySchema'])}")
    lines.append(f"    belongs to  {_owner(client, table)}")
    return "\n".join(lines)


def _owner(client: Any, table: dict[str, Any]) -> str:
    try:
        pages = client.get_paginator("list_tags_of_resource").paginate(
            ResourceArn=table["TableArn"]
        )
        tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    except ClientError as error:
        return f"unknown, its tags cannot be read: {error.response['Error']['Code']}"
    kind, owner = tags.get(_KIND), tags.get(_ID)
    if kind == "DynamoDBRequest":
        return f"request {owner}"
    if kind:
        return f"manifest {owner or 'without an id'} ({kind})"
    return "no manifest or request: it has no planton.ai tags"


if __name__ == "__main__":
    sys.exit(main())
