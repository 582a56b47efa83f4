"""A table created, read and deleted as the real provider does it."""

from __future__ import annotations

import pulumi_aws
import pytest
from pulumi import _types

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.property_errors import UnknownProperty, UnknownResource
from planton.rehearsal.provider.resource import Incomplete
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import TABLE, changes

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"

OUTPUTS: Json = {
    "id": "orders",
    "arn": ARN,
    "name": "orders",
    "region": "eu-west-1",
    "billingMode": "PAY_PER_REQUEST",
    "hashKey": "pk",
    "rangeKey": "sk",
    "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "N"}],
    "readCapacity": 0,
    "writeCapacity": 0,
    "globalSecondaryIndexes": [],
    "localSecondaryIndexes": [],
    "replicas": [],
    "streamEnabled": False,
    "streamViewType": "",
    "streamArn": "",
    "streamLabel": "",
    "tableClass": "STANDARD",
    "deletionProtectionEnabled": False,
    "pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 0},
    "ttl": {"enabled": False, "attributeName": ""},
    "tags": {},
    "tagsAll": {},
}


def test_a_plain_table_has_these_outputs(aws: Provider, table: Inputs) -> None:
    resource = aws.create(TABLE, table())
    assert (resource.id, resource.outputs) == ("orders", OUTPUTS)


def test_a_plain_table_is_one_request_and_four_reads(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    aws.create(TABLE, table())
    assert [(call.operation, call.outcome) for call in cloud.calls] == [
        ("CreateTable", "done"),
        ("DescribeTable", "done"),
        ("DescribeContinuousBackups", "done"),
        ("DescribeTimeToLive", "done"),
        ("ListTagsOfResource", "done"),
    ]
    assert cloud.calls[0].parameters == {
        "TableName": "orders",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
    }


EVERYTHING: Json = {
    "billingMode": "PROVISIONED",
    "readCapacity": 5.0,
    "writeCapacity": 6.0,
    "attributes": [{"name": name, "type": "S"} for name in ("pk", "sk", "g", "l")],
    "globalSecondaryIndexes": [
        {
            "name": "by-g",
            "keySchemas": [
                {"attributeName": "g", "keyType": "HASH"},
                {"attributeName": "sk", "keyType": "RANGE"},
            ],
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["a", "b"],
            "readCapacity": 7.0,
            "writeCapacity": 8.0,
        }
    ],
    "localSecondaryIndexes": [{"name": "by-l", "rangeKey": "l", "projectionType": "KEYS_ONLY"}],
    "ttl": {"enabled": True, "attributeName": "exp"},
    "streamEnabled": True,
    "streamViewType": "NEW_IMAGE",
    "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k"},
    "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7.0},
    "tableClass": "STANDARD_INFREQUENT_ACCESS",
    "deletionProtectionEnabled": True,
    "tags": {"team": "shop"},
}


def test_every_input_is_sent(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    aws.create(TABLE, table(**EVERYTHING))
    schema = [
        {"AttributeName": "g", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    created, *others = changes(cloud.calls)
    assert created == (
        "CreateTable",
        {
            "BillingMode": "PROVISIONED",
            "TableClass": "STANDARD_INFREQUENT_ACCESS",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "g", "l")
            ],
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-g",
                    "KeySchema": schema,
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"]},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8},
                }
            ],
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "by-l",
                    "KeySchema": [
                        {"AttributeName": "pk", "KeyType": "HASH"},
                        {"AttributeName": "l", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            "SSESpecification": {
                "Enabled": True,
                "KMSMasterKeyId": "arn:aws:kms:eu-west-1:1:key/k",
                "SSEType": "KMS",
            },
            "DeletionProtectionEnabled": True,
            "Tags": [{"Key": "team", "Value": "shop"}],
        },
    )
    assert others == [
        (
            "UpdateTimeToLive",
            {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "exp"}},
        ),
        (
            "UpdateContinuousBackups",
            {
                "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": True,
                    "RecoveryPeriodInDays": 7,
                }
            },
        ),
    ]


def test_every_input_is_in_the_outputs(aws: Provider, table: Inputs) -> None:
    outputs = aws.create(TABLE, table(**EVERYTHING)).outputs
    label = outputs["streamLabel"]
    assert label
    (index,) = outputs["globalSecondaryIndexes"]
    assert outputs == {
        **OUTPUTS,
        **aws.check(TABLE, table(**EVERYTHING)),
        "localSecondaryIndexes": [
            {
                "name": "by-l",
                "rangeKey": "l",
                "projectionType": "KEYS_ONLY",
                "nonKeyAttributes": [],
            }
        ],
        "globalSecondaryIndexes": [index],
        "streamArn": f"{ARN}/stream/{label}",
        "streamLabel": label,
        "tagsAll": {"team": "shop"},
    }
    (asked,) = aws.check(TABLE, table(**EVERYTHING))["globalSecondaryIndexes"]
    assert index == {**asked, "hashKey": "g", "rangeKey": "sk"}


def test_explicit_off_values_request_nothing_but_the_aws_owned_key(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    off = {
        "ttl": {"enabled": False},
        "pointInTimeRecovery": {"enabled": False},
        "serverSideEncryption": {"enabled": False},
        "streamEnabled": False,
        "deletionProtectionEnabled": False,
        "tags": {},
        "localSecondaryIndexes": [],
        "globalSecondaryIndexes": [],
    }
    assert aws.create(TABLE, table(**off)).outputs == OUTPUTS
    ((operation, parameters),) = changes(cloud.calls)
    assert operation == "CreateTable"
    assert sorted(parameters) == [
        "AttributeDefinitions",
        "BillingMode",
        "KeySchema",
        "SSESpecification",
    ]
    assert parameters["SSESpecification"] == {"Enabled": False}


def test_encryption_without_a_key_does_not_report_the_accounts_key(
    aws: Provider, table: Inputs
) -> None:
    resource = aws.create(TABLE, table(serverSideEncryption={"enabled": True}))
    assert resource.outputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": ""}


def test_a_table_without_a_billing_mode_is_provisioned(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    aws.create(TABLE, table(billingMode=None, readCapacity=1, writeCapacity=1))
    assert cloud.calls[0].parameters["BillingMode"] == "PROVISIONED"


def test_a_provisioned_table_without_capacity_is_refused(aws: Provider, table: Inputs) -> None:
    with pytest.raises(Refused) as caught:
        aws.create(TABLE, table(billingMode="PROVISIONED"))
    assert caught.value.by == "dynamodb CreateTable"
    assert "'ProvisionedThroughput.ReadCapacityUnits'" in caught.value.message


def test_an_index_without_capacity_is_refused_by_the_provider(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    index = {
        "name": "by-sk",
        "keySchemas": [{"attributeName": "sk", "keyType": "HASH"}],
        "projectionType": "ALL",
    }
    units = {"billingMode": "PROVISIONED", "readCapacity": 1, "writeCapacity": 1}
    with pytest.raises(Refused) as caught:
        aws.create(TABLE, table(**units, globalSecondaryIndexes=[index]))
    assert caught.value.by == "provider"
    assert caught.value.message.startswith("index by-sk: write capacity must be > 0")
    assert cloud.calls == []


def test_key_schemas_override_a_hash_key(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    index: Json = {"name": "by-sk", "hashKey": "sk", "rangeKey": "pk", "projectionType": "ALL"}
    aws.create(TABLE, table(globalSecondaryIndexes=[index]))
    (sent,) = cloud.calls[0].parameters["GlobalSecondaryIndexes"]
    assert sent["KeySchema"] == [
        {"AttributeName": "sk", "KeyType": "HASH"},
        {"AttributeName": "pk", "KeyType": "RANGE"},
    ]
    index = {**index, "name": "by-pk", "rangeKey": "sk"}
    index["keySchemas"] = [{"attributeName": "pk", "keyType": "HASH"}]
    aws.create(TABLE, table(name="other", globalSecondaryIndexes=[index]))
    (sent,) = changes(cloud.calls)[1][1]["GlobalSecondaryIndexes"]
    assert sent["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]


def test_a_partly_created_table_is_reported_as_it_was_planned(aws: Provider, table: Inputs) -> None:
    inputs = table(ttl={"enabled": True, "attributeName": "x" * 256})
    with pytest.raises(Incomplete) as caught:
        aws.create(TABLE, inputs)
    assert caught.value.by == "dynamodb UpdateTimeToLive"
    resource = caught.value.resource
    placed = {"id": "orders", "region": "eu-west-1", "tagsAll": {}}
    assert (resource.id, resource.outputs) == ("orders", {**inputs, **placed})
    found = aws.read(TABLE, "orders", resource.outputs)
    assert found is not None
    assert found.outputs["ttl"] == {"enabled": False, "attributeName": ""}


def test_attributes_that_are_left_out_are_not_sent(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    with pytest.raises(Refused, match="AttributeDefinitions"):
        aws.create(TABLE, table(attributes=None))
    assert "AttributeDefinitions" not in cloud.calls[-1].parameters


def test_a_refused_table_does_not_exist(aws: Provider, table: Inputs) -> None:
    with pytest.raises(Refused) as caught:
        aws.create(TABLE, table(hashKey="nowhere"))
    assert not isinstance(caught.value, Incomplete)
    assert aws.read(TABLE, "orders") is None


def test_a_read_returns_the_inputs(aws: Provider, table: Inputs) -> None:
    resource = aws.create(TABLE, table(**EVERYTHING))
    found = aws.read(TABLE, resource.id, resource.outputs, table(**EVERYTHING))
    assert found is not None
    assert found.inputs == aws.check(TABLE, table(**EVERYTHING))
    assert (found.id, found.outputs) == (resource.id, resource.outputs)


def test_a_read_returns_what_was_changed_outside_pulumi(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    inputs = table(tags={"team": "shop"}, serverSideEncryption={"enabled": False})
    resource = aws.create(TABLE, inputs)
    for operation, parameters in (
        ("UpdateTable", {"TableName": "orders", "DeletionProtectionEnabled": True}),
        ("UpdateTable", {"TableName": "orders", "TableClass": "STANDARD_INFREQUENT_ACCESS"}),
        ("UpdateTable", {"TableName": "orders", "SSESpecification": {"Enabled": True}}),
        ("TagResource", {"ResourceArn": ARN, "Tags": [{"Key": "team", "Value": "ops"}]}),
    ):
        cloud.call("dynamodb", operation, parameters, region="eu-west-1")
    found = aws.read(TABLE, resource.id, resource.outputs, inputs)
    assert found is not None
    assert found.inputs == {
        **inputs,
        "tags": {"team": "ops"},
        "serverSideEncryption": {"enabled": True},
    }
    assert found.outputs == {
        **resource.outputs,
        "deletionProtectionEnabled": True,
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": ""},
        "tags": {"team": "ops"},
        "tagsAll": {"team": "ops"},
    }


def test_a_read_without_inputs_returns_every_property(aws: Provider, table: Inputs) -> None:
    aws.create(TABLE, table())
    found = aws.read(TABLE, "orders")
    assert found is not None
    assert found.inputs.keys() == OUTPUTS.keys() - {
        "id",
        "arn",
        "streamArn",
        "streamLabel",
        "tagsAll",
    }


def test_a_deleted_table_is_gone_and_can_be_deleted_again(aws: Provider, table: Inputs) -> None:
    resource = aws.create(TABLE, table())
    aws.delete(TABLE, resource.id, resource.outputs)
    assert aws.read(TABLE, resource.id, resource.outputs) is None
    aws.delete(TABLE, resource.id, resource.outputs)


def test_a_protected_table_stays(aws: Provider, table: Inputs) -> None:
    resource = aws.create(TABLE, table(deletionProtectionEnabled=True))
    with pytest.raises(Refused):
        aws.delete(TABLE, resource.id, resource.outputs)
    assert aws.read(TABLE, resource.id, resource.outputs) is not None


def test_a_recreated_table_keeps_nothing_of_the_old_one(aws: Provider, table: Inputs) -> None:
    resource = aws.create(TABLE, table(**{**EVERYTHING, "deletionProtectionEnabled": False}))
    aws.delete(TABLE, resource.id, resource.outputs)
    assert aws.create(TABLE, table()).outputs == OUTPUTS


def test_more_than_one_page_of_tags_is_read(aws: Provider, table: Inputs) -> None:
    tags = {f"key-{number:02}": "v" for number in range(23)}
    assert aws.create(TABLE, table(tags=tags)).outputs["tags"] == tags


def test_the_resources_region_overrides_the_providers(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    resource = aws.create(TABLE, table(region="eu-central-1"))
    assert resource.outputs["arn"] == "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    assert {call.region for call in cloud.calls} == {"eu-central-1"}
    assert aws.read(TABLE, resource.id, resource.outputs) is not None
    assert aws.read(TABLE, resource.id) is None
    aws.update(TABLE, resource.id, resource.outputs, table(region="eu-central-1", tags={"a": "b"}))
    aws.delete(TABLE, resource.id, resource.outputs)
    assert aws.read(TABLE, resource.id, resource.outputs) is None


def test_default_and_ignored_tags_come_from_the_provider(cloud: Cloud, table: Inputs) -> None:
    aws = cloud.provider(
        {
            "region": "eu-west-1",
            "defaultTags": '{"tags": {"owner": "platform", "team": "none"}}',
            "ignoreTags": '{"keys": ["seen"], "keyPrefixes": ["auto:"]}',
        }
    )
    tags = {"team": "shop", "seen": "yes", "auto:x": "1"}
    resource = aws.create(TABLE, table(tags=tags))
    assert {t["Key"]: t["Value"] for t in cloud.calls[0].parameters["Tags"]} == {
        "owner": "platform",
        **tags,
    }
    assert resource.outputs["tags"] == {"team": "shop"}
    assert resource.outputs["tagsAll"] == {"owner": "platform", "team": "shop"}


def test_every_output_exists_in_the_provider(aws: Provider, table: Inputs) -> None:
    class_outputs = _types.resource_types(pulumi_aws.dynamodb.Table)
    outputs = aws.create(
        TABLE,
        table(
            onDemandThroughput={"maxReadRequestUnits": 5},
            warmThroughput={"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000},
        ),
    ).outputs
    assert outputs.keys() - {"id"} <= class_outputs.keys()
    for name in ("ttl", "pointInTimeRecovery", "onDemandThroughput", "warmThroughput"):
        assert outputs[name].keys() == _types.output_type_types(class_outputs[name]).keys()


def test_an_input_that_is_not_emulated_is_an_error_before_any_request(
    cloud: Cloud, aws: Provider, table: Inputs
) -> None:
    where = r"^aws:dynamodb/table:Table\.replicas\[0\]\.arn: not emulated"
    with pytest.raises(UnknownProperty, match=where):
        aws.create(TABLE, table(replicas=[{"regionName": "eu-central-1", "arn": "arn:x"}]))
    assert cloud.calls == []


def test_a_resource_type_that_is_not_emulated_is_an_error(aws: Provider) -> None:
    with pytest.raises(UnknownResource, match=r"^aws:s3/bucket:Bucket: not emulated"):
        aws.create("aws:s3/bucket:Bucket", {})
