"""Lookups of a table that another program created."""

from __future__ import annotations

import json

import pulumi_aws
import pytest
from pulumi import _types

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.provider.lookups import GET_KEY, GET_POLICY
from planton.rehearsal.provider.property_errors import (
    MissingProperty,
    UnknownProperty,
    UnknownResource,
)
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import ACCESS_POLICY, TABLE

GET_TABLE = "aws:dynamodb/getTable:getTable"


def test_a_lookup_returns_every_property_of_the_table(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    index = {
        "name": "by-sk",
        "keySchemas": [{"attributeName": "sk", "keyType": "HASH"}],
        "projectionType": "ALL",
    }
    created = aws.create(
        TABLE,
        table(
            streamEnabled=True,
            streamViewType="NEW_AND_OLD_IMAGES",
            replicas=[{"regionName": "eu-central-1"}],
            globalSecondaryIndexes=[index],
            serverSideEncryption={"enabled": True},
            onDemandThroughput={"maxReadRequestUnits": 5},
            tags={"team": "shop"},
        ),
    )
    outputs = created.outputs
    number = len(cloud.calls)
    assert aws.invoke(GET_TABLE, {"name": "orders", "region": None}) == {
        "id": "orders",
        "name": "orders",
        "region": "eu-west-1",
        "arn": outputs["arn"],
        "billingMode": "PAY_PER_REQUEST",
        "attributes": outputs["attributes"],
        "hashKey": "pk",
        "rangeKey": "sk",
        "readCapacity": 0,
        "writeCapacity": 0,
        "globalSecondaryIndexes": [
            {
                **index,
                "hashKey": "sk",
                "rangeKey": "",
                "nonKeyAttributes": [],
                "readCapacity": 0,
                "writeCapacity": 0,
                "onDemandThroughputs": [],
                "warmThroughputs": [],
            }
        ],
        "localSecondaryIndexes": [],
        "replicas": [
            {
                "regionName": "eu-central-1",
                "kmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:alias/aws/dynamodb",
            }
        ],
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "streamArn": outputs["streamArn"],
        "streamLabel": outputs["streamLabel"],
        "tableClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 0},
        "ttl": {"enabled": False, "attributeName": ""},
        "serverSideEncryption": {
            "enabled": True,
            "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/dynamodb",
        },
        "onDemandThroughputs": [{"maxReadRequestUnits": 5, "maxWriteRequestUnits": 0}],
        "warmThroughputs": [],
        "tags": {"team": "shop"},
    }
    assert [call.operation for call in cloud.calls[number:]] == [
        "DescribeTable",
        "DescribeContinuousBackups",
        "DescribeTimeToLive",
        "ListTagsOfResource",
    ]


def test_every_property_of_a_lookup_exists_in_the_provider(aws: Provider, table: Inputs) -> None:
    aws.create(TABLE, table(region="eu-west-2"))
    result = aws.invoke(GET_TABLE, {"name": "orders", "region": "eu-west-2"})
    types = _types.output_type_types(pulumi_aws.dynamodb.GetTableResult)
    assert result.keys() == types.keys() - {"serverSideEncryption"}
    assert result["region"] == "eu-west-2"


def test_a_missing_table_is_the_providers_error(aws: Provider) -> None:
    with pytest.raises(Refused) as caught:
        aws.invoke(GET_TABLE, {"name": "orders"})
    assert (caught.value.by, caught.value.message) == (
        "provider",
        "reading Dynamodb Table (orders): couldn't find resource",
    )


def test_another_error_is_that_of_aws(aws: Provider) -> None:
    with pytest.raises(Refused) as caught:
        aws.invoke(GET_TABLE, {"name": ""})
    assert (caught.value.by, caught.value.code) == (
        "dynamodb DescribeTable",
        "ValidationException",
    )


def test_unknown_functions_and_wrong_arguments_are_refused(aws: Provider) -> None:
    with pytest.raises(UnknownResource, match="getCallerIdentity: not emulated"):
        aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    with pytest.raises(UnknownProperty, match=r"getTable\.nmae: not emulated"):
        aws.invoke(GET_TABLE, {"nmae": "orders"})
    with pytest.raises(MissingProperty, match=r"getTable\.name: required"):
        aws.invoke(GET_TABLE, {"region": "eu-west-1"})


@pytest.mark.parametrize(
    ("key", "manager"), [("alias/aws/dynamodb", "AWS"), ("alias/orders", "CUSTOMER")]
)
def test_a_lookup_of_a_key_tells_who_manages_it(aws: Provider, key: str, manager: str) -> None:
    arn = f"arn:aws:kms:eu-west-1:123456789012:{key}"
    assert aws.invoke(GET_KEY, {"keyId": arn}) == {
        "id": arn,
        "keyId": arn,
        "arn": arn,
        "keyManager": manager,
    }


def test_a_lookup_finds_an_existing_policy_alone(aws: Provider) -> None:
    arn = "arn:aws:iam::123456789012:policy/orders-reader"
    with pytest.raises(Refused, match=r"reading IAM Policy .*: couldn't find resource"):
        aws.invoke(GET_POLICY, {"arn": arn})
    allowed = '{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}'
    document = f'{{"Version":"2012-10-17","Statement":[{allowed}]}}'
    aws.create(ACCESS_POLICY, {"name": "orders-reader", "policy": document})
    found = aws.invoke(GET_POLICY, {"arn": arn})
    assert (found["arn"], json.loads(found["policy"])) == (arn, json.loads(document))


def test_another_error_about_a_policy_is_that_of_aws(aws: Provider) -> None:
    with pytest.raises(Refused) as caught:
        aws.invoke(GET_POLICY, {"arn": "x"})
    assert caught.value.by == "iam GetPolicy"
