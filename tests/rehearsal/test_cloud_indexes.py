"""Standalone indexes, contributor insights, and streaming to Kinesis."""

from __future__ import annotations

from typing import Any

import pulumi_aws
import pytest
from pulumi import _types

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import ResourceState
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import INDEX, INSIGHTS, KINESIS, TABLE, changes

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"


def index(**changed: Any) -> Json:
    inputs = {
        "tableName": "orders",
        "indexName": "by-g",
        "keySchemas": [
            {"attributeName": "g", "attributeType": "S", "keyType": "HASH"},
            {"attributeName": "pk", "attributeType": "S", "keyType": "RANGE"},
        ],
        "projection": {"projectionType": "INCLUDE", "nonKeyAttributes": ["a"]},
        "timeouts": {"create": "6h", "update": "6h"},
        **changed,
    }
    return {name: value for name, value in inputs.items() if value is not None}


def units(reads: int = 5, writes: int = 5) -> Json:
    return {"readCapacityUnits": reads, "writeCapacityUnits": writes}


@pytest.fixture
def on_demand(aws: Provider, table: Inputs) -> ResourceState:
    return aws.create(TABLE, table())


@pytest.fixture
def provisioned(aws: Provider, table: Inputs) -> ResourceState:
    units = {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}
    return aws.create(TABLE, table(**units))


@pytest.mark.usefixtures("on_demand")
def test_an_index_is_added_to_an_existing_table(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(INDEX, index())
    assert changes(cloud.calls)[-1] == (
        "UpdateTable",
        {
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "N"},
                {"AttributeName": "g", "AttributeType": "S"},
            ],
            "GlobalSecondaryIndexUpdates": [
                {
                    "Create": {
                        "IndexName": "by-g",
                        "KeySchema": [
                            {"AttributeName": "g", "KeyType": "HASH"},
                            {"AttributeName": "pk", "KeyType": "RANGE"},
                        ],
                        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
                    }
                }
            ],
        },
    )
    assert created == ResourceState(
        "orders,by-g",
        {
            **index(),
            "id": "orders,by-g",
            "arn": f"{ARN}/index/by-g",
            "region": "eu-west-1",
            "warmThroughput": {"readUnitsPerSecond": 12000, "writeUnitsPerSecond": 4000},
        },
    )


@pytest.mark.usefixtures("provisioned")
def test_an_index_of_a_provisioned_table_has_units(aws: Provider) -> None:
    created = aws.create(INDEX, index(provisionedThroughput=units(7, 8)))
    assert created.outputs["provisionedThroughput"] == units(7, 8)


@pytest.mark.usefixtures("provisioned")
def test_an_index_of_a_provisioned_table_needs_units(cloud: Cloud, aws: Provider) -> None:
    with pytest.raises(Refused, match='"provisioned_throughput" must be specified') as caught:
        aws.create(INDEX, index())
    assert caught.value.by == "provider"
    assert [operation for operation, _ in changes(cloud.calls)] == ["CreateTable"]


@pytest.mark.usefixtures("on_demand")
def test_an_index_of_an_on_demand_table_accepts_no_units(aws: Provider) -> None:
    with pytest.raises(Refused, match='"provisioned_throughput" cannot be specified'):
        aws.create(INDEX, index(provisionedThroughput=units()))


@pytest.mark.usefixtures("on_demand")
def test_an_attribute_keeps_its_type(aws: Provider) -> None:
    keys = [{"attributeName": "sk", "attributeType": "S", "keyType": "HASH"}]
    with pytest.raises(Refused, match='existing attribute "sk" from type "N" to "S"'):
        aws.create(INDEX, index(keySchemas=keys))


@pytest.mark.usefixtures("on_demand")
def test_a_duplicate_index_is_refused_by_aws(aws: Provider) -> None:
    aws.create(INDEX, index())
    with pytest.raises(Refused, match="which already exists: by-g") as caught:
        aws.create(INDEX, index())
    assert caught.value.by == "dynamodb UpdateTable"


def test_an_index_without_its_table_is_refused(aws: Provider) -> None:
    with pytest.raises(Refused) as caught:
        aws.create(INDEX, index())
    assert caught.value.code == "ResourceNotFoundException"


@pytest.mark.usefixtures("on_demand")
def test_an_index_without_a_projection_is_refused_by_aws(aws: Provider) -> None:
    with pytest.raises(Refused, match="Unknown ProjectionType: null"):
        aws.create(INDEX, index(projection=None))


@pytest.mark.usefixtures("provisioned")
def test_units_change_in_place_and_nothing_else_is_sent(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(INDEX, index(provisionedThroughput=units()))
    before = len(cloud.calls)
    created = aws.update(INDEX, created.id, created.outputs, index(provisionedThroughput=units()))
    created = aws.update(INDEX, created.id, created.outputs, index(provisionedThroughput=units(9)))
    sent = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 5}
    action = {"IndexName": "by-g", "ProvisionedThroughput": sent}
    assert changes(cloud.calls[before:]) == [
        ("UpdateTable", {"GlobalSecondaryIndexUpdates": [{"Update": action}]})
    ]
    assert created.outputs["provisionedThroughput"] == units(9)


@pytest.mark.usefixtures("on_demand")
def test_an_on_demand_maximum_names_both_or_removes_the_other(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(INDEX, index())
    maximum = {"maxReadRequestUnits": 5}
    created = aws.update(INDEX, created.id, created.outputs, index(onDemandThroughput=maximum))
    sent = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": -1}
    action = {"IndexName": "by-g", "OnDemandThroughput": sent}
    assert changes(cloud.calls)[-1][1] == {"GlobalSecondaryIndexUpdates": [{"Update": action}]}
    assert created.outputs["onDemandThroughput"] == {
        "maxReadRequestUnits": 5,
        "maxWriteRequestUnits": -1,
    }


@pytest.mark.usefixtures("on_demand")
def test_warm_throughput_grows_in_place(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(INDEX, index())
    warm = {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}
    created = aws.update(INDEX, created.id, created.outputs, index(warmThroughput=warm))
    sent = {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}
    action = {"IndexName": "by-g", "WarmThroughput": sent}
    assert changes(cloud.calls)[-1][1] == {"GlobalSecondaryIndexUpdates": [{"Update": action}]}
    assert created.outputs["warmThroughput"] == warm


@pytest.mark.usefixtures("on_demand")
def test_a_changed_key_is_a_replacement(aws: Provider) -> None:
    created = aws.create(INDEX, index())
    keys = [{"attributeName": "sk", "attributeType": "N", "keyType": "HASH"}]
    with pytest.raises(ValueError, match="a change of keySchemas is a replacement"):
        aws.update(INDEX, created.id, created.outputs, index(keySchemas=keys))


def test_a_read_returns_what_the_autoscaler_changed_on_an_index(
    cloud: Cloud, aws: Provider, provisioned: ResourceState
) -> None:
    inputs = index(provisionedThroughput=units())
    created = aws.create(INDEX, inputs)
    sent = {"ReadCapacityUnits": 40, "WriteCapacityUnits": 5}
    update = {"Update": {"IndexName": "by-g", "ProvisionedThroughput": sent}}
    parameters = {"TableName": provisioned.id, "GlobalSecondaryIndexUpdates": [update]}
    cloud.call("dynamodb", "UpdateTable", parameters, region="eu-west-1")
    found = aws.read(INDEX, created.id, created.outputs, inputs)
    assert found is not None
    assert found.inputs == {**inputs, "provisionedThroughput": units(40)}


def test_a_deleted_index_is_gone_with_its_attribute(
    aws: Provider, on_demand: ResourceState
) -> None:
    created = aws.create(INDEX, index())
    found = aws.read(TABLE, on_demand.id, on_demand.outputs)
    assert found is not None
    assert [i["name"] for i in found.outputs["globalSecondaryIndexes"]] == ["by-g"]
    aws.delete(INDEX, created.id, created.outputs)
    assert aws.read(INDEX, created.id, created.outputs) is None
    found = aws.read(TABLE, on_demand.id, on_demand.outputs)
    assert found is not None
    assert found.outputs == on_demand.outputs
    aws.delete(INDEX, created.id, created.outputs)


def test_an_index_is_gone_with_its_table(aws: Provider, on_demand: ResourceState) -> None:
    created = aws.create(INDEX, index())
    aws.delete(TABLE, on_demand.id, on_demand.outputs)
    assert aws.read(INDEX, created.id, created.outputs) is None
    aws.delete(INDEX, created.id, created.outputs)


@pytest.mark.usefixtures("on_demand")
def test_insights_are_checked_kept_and_recorded_as_not_emulated(
    cloud: Cloud, aws: Provider
) -> None:
    created = aws.create(INSIGHTS, {"tableName": "orders"})
    assert created == ResourceState(
        "name:orders/index:/123456789012",
        {
            "id": "name:orders/index:/123456789012",
            "tableName": "orders",
            "indexName": "",
            "mode": "ACCESSED_AND_THROTTLED_KEYS",
            "region": "eu-west-1",
        },
    )
    assert [(call.operation, call.outcome) for call in cloud.calls[-2:]] == [
        ("UpdateContributorInsights", "not emulated"),
        ("DescribeContributorInsights", "not emulated"),
    ]
    assert cloud.calls[-2].parameters == {
        "TableName": "orders",
        "ContributorInsightsAction": "ENABLE",
    }


@pytest.mark.usefixtures("on_demand")
def test_the_mode_of_insights_can_change(aws: Provider) -> None:
    inputs = {"tableName": "orders", "mode": "THROTTLED_KEYS"}
    created = aws.create(INSIGHTS, inputs)
    assert created.outputs["mode"] == "THROTTLED_KEYS"
    inputs["mode"] = "ACCESSED_AND_THROTTLED_KEYS"
    created = aws.update(INSIGHTS, created.id, created.outputs, inputs)
    assert created.outputs["mode"] == "ACCESSED_AND_THROTTLED_KEYS"
    created = aws.update(INSIGHTS, created.id, created.outputs, {"tableName": "orders"})
    assert created.outputs["mode"] == "ACCESSED_AND_THROTTLED_KEYS"


@pytest.mark.usefixtures("on_demand")
def test_a_misspelled_mode_is_refused(cloud: Cloud, aws: Provider) -> None:
    with pytest.raises(Refused, match="at 'ContributorInsightsMode' failed"):
        aws.create(INSIGHTS, {"tableName": "orders", "mode": "ALL"})
    assert cloud.calls[-1].outcome == "refused"


@pytest.mark.usefixtures("on_demand")
def test_an_index_has_its_own_insights(aws: Provider) -> None:
    aws.create(INDEX, index())
    created = aws.create(INSIGHTS, {"tableName": "orders", "indexName": "by-g"})
    assert created.id == "name:orders/index:by-g/123456789012"
    assert created.outputs["indexName"] == "by-g"
    assert aws.read(INSIGHTS, "name:orders/index:/123456789012") is None


def test_insights_of_a_local_index_are_refused(aws: Provider, table: Inputs) -> None:
    local = [{"name": "by-l", "rangeKey": "sk", "projectionType": "ALL"}]
    aws.create(TABLE, table(localSecondaryIndexes=local))
    with pytest.raises(Refused, match="by-l is no global index"):
        aws.create(INSIGHTS, {"tableName": "orders", "indexName": "by-l"})


def test_insights_need_their_table(aws: Provider) -> None:
    with pytest.raises(Refused) as caught:
        aws.create(INSIGHTS, {"tableName": "orders"})
    assert caught.value.code == "ResourceNotFoundException"


def test_insights_are_deleted_alone_or_with_the_table_or_index(
    aws: Provider, on_demand: ResourceState
) -> None:
    of_table = aws.create(INSIGHTS, {"tableName": "orders"})
    aws.delete(INSIGHTS, of_table.id, of_table.outputs)
    assert aws.read(INSIGHTS, of_table.id, of_table.outputs) is None

    by_g = aws.create(INDEX, index())
    of_index = aws.create(INSIGHTS, {"tableName": "orders", "indexName": "by-g"})
    aws.delete(INDEX, by_g.id, by_g.outputs)
    aws.create(INDEX, index())
    assert aws.read(INSIGHTS, of_index.id, of_index.outputs) is None

    of_table = aws.create(INSIGHTS, {"tableName": "orders"})
    aws.delete(TABLE, on_demand.id, on_demand.outputs)
    assert aws.read(INSIGHTS, of_table.id, of_table.outputs) is None
    aws.delete(INSIGHTS, of_table.id, of_table.outputs)


def test_a_recreated_table_has_neither_insights_nor_destinations(
    aws: Provider, on_demand: ResourceState, table: Inputs
) -> None:
    insights = aws.create(INSIGHTS, {"tableName": "orders"})
    destination = aws.create(KINESIS, {"tableName": "orders", "streamArn": STREAM})
    aws.delete(TABLE, on_demand.id, on_demand.outputs)
    assert aws.read(KINESIS, destination.id, destination.outputs) is None
    aws.delete(KINESIS, destination.id, destination.outputs)
    aws.create(TABLE, table())
    assert aws.read(INSIGHTS, insights.id, insights.outputs) is None
    assert aws.read(KINESIS, destination.id, destination.outputs) is None


@pytest.mark.usefixtures("on_demand")
def test_a_kinesis_destination_is_created_and_deleted(cloud: Cloud, aws: Provider) -> None:
    inputs = {
        "tableName": "orders",
        "streamArn": STREAM,
        "approximateCreationDateTimePrecision": "MICROSECOND",
    }
    created = aws.create(KINESIS, inputs)
    assert created.id == f"orders,{STREAM}"
    assert created.outputs == {**inputs, "id": created.id, "region": "eu-west-1"}
    assert [call.outcome for call in cloud.calls[-2:]] == ["not emulated", "not emulated"]
    for stream in (STREAM, f"{STREAM}-too"):
        with pytest.raises(Refused, match="must be DISABLED or ENABLE_FAILED to perform ENABLE"):
            aws.create(KINESIS, {"tableName": "orders", "streamArn": stream})
    aws.delete(KINESIS, created.id, created.outputs)
    assert aws.read(KINESIS, created.id, created.outputs) is None
    aws.delete(KINESIS, created.id, created.outputs)


@pytest.mark.usefixtures("on_demand")
def test_a_disabled_destination_is_still_listed_and_can_be_enabled_again(
    cloud: Cloud, aws: Provider
) -> None:
    def listed() -> Json:
        described = cloud.call(
            "dynamodb",
            "DescribeKinesisStreamingDestination",
            {"TableName": "orders"},
            region="eu-west-1",
        )
        return {
            one["StreamArn"]: one["DestinationStatus"]
            for one in described["KinesisDataStreamDestinations"]
        }

    other = f"{STREAM}-too"
    created = aws.create(KINESIS, {"tableName": "orders", "streamArn": STREAM})
    aws.delete(KINESIS, created.id, created.outputs)
    assert listed() == {STREAM: "DISABLED"}
    with pytest.raises(Refused, match="is not streaming to"):
        cloud.call(
            "dynamodb",
            "DisableKinesisStreamingDestination",
            {"TableName": "orders", "StreamArn": STREAM},
            region="eu-west-1",
        )
    created = aws.create(KINESIS, {"tableName": "orders", "streamArn": other})
    assert listed() == {STREAM: "DISABLED", other: "ACTIVE"}
    aws.delete(KINESIS, created.id, created.outputs)
    aws.create(KINESIS, {"tableName": "orders", "streamArn": STREAM})
    assert listed() == {STREAM: "ACTIVE", other: "DISABLED"}


@pytest.mark.usefixtures("on_demand")
def test_a_misspelled_precision_is_refused(aws: Provider) -> None:
    precision = {"approximateCreationDateTimePrecision": "SECOND"}
    with pytest.raises(Refused, match="ApproximateCreationDateTimePrecision' failed"):
        aws.create(KINESIS, {"tableName": "orders", "streamArn": STREAM, **precision})


@pytest.mark.usefixtures("on_demand")
def test_every_output_exists_in_the_provider(aws: Provider) -> None:
    for class_, type_, inputs in (
        (pulumi_aws.dynamodb.GlobalSecondaryIndex, INDEX, index()),
        (pulumi_aws.dynamodb.ContributorInsights, INSIGHTS, {"tableName": "orders"}),
        (
            pulumi_aws.dynamodb.KinesisStreamingDestination,
            KINESIS,
            {"tableName": "orders", "streamArn": STREAM},
        ),
    ):
        outputs = aws.create(type_, inputs).outputs
        assert outputs.keys() - {"id"} <= _types.resource_types(class_).keys()
