"""KMS keys, as far as DynamoDB's clients ask for them."""

from __future__ import annotations

import pytest

from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import TABLE

HERE = "arn:aws:kms:eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("asked", "arn"),
    [
        (f"{HERE}:key/1234", f"{HERE}:key/1234"),
        ("1234", f"{HERE}:key/1234"),
        ("alias/aws/dynamodb", f"{HERE}:alias/aws/dynamodb"),
    ],
)
def test_every_key_exists(cloud: Cloud, asked: str, arn: str) -> None:
    metadata = cloud.call("kms", "DescribeKey", {"KeyId": asked}, region="eu-west-1")["KeyMetadata"]
    assert (metadata["Arn"], metadata["Enabled"], metadata["KeyState"]) == (arn, True, "Enabled")


def test_the_accounts_key_is_the_one_that_tables_report(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    """The provider compares the two to see whether a key is the customer's."""
    aws.create(TABLE, table(serverSideEncryption={"enabled": True}))
    described = cloud.call(
        "dynamodb", "DescribeTable", {"TableName": "orders"}, region="eu-west-1"
    )["Table"]
    key = cloud.call("kms", "DescribeKey", {"KeyId": "alias/aws/dynamodb"}, region="eu-west-1")
    assert described["SSEDescription"]["KMSMasterKeyArn"] == key["KeyMetadata"]["Arn"]
