"""Scalable targets and their policies, for tables and their global indexes."""

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
from tests.rehearsal.existing_table import POLICY, TABLE, TARGET, changes

ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/"
    "dynamodb.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
)
OF_TABLE: Json = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/orders",
    "scalableDimension": "dynamodb:table:ReadCapacityUnits",
}
OF_INDEX: Json = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/orders/index/by-sk",
    "scalableDimension": "dynamodb:index:WriteCapacityUnits",
}


def target(where: Json = OF_TABLE, **changed: Any) -> Json:
    return {**where, "minCapacity": 5.0, "maxCapacity": 50.0, **changed}


def policy(where: Json = OF_TABLE, value: float = 70.0, **tracking: Any) -> Json:
    return {
        **where,
        "name": f"DynamoDBReadCapacityUtilization:{where['resourceId']}",
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": value,
            "predefinedMetricSpecification": {
                "predefinedMetricType": "DynamoDBReadCapacityUtilization"
            },
            **tracking,
        },
    }


@pytest.fixture(autouse=True)
def orders(aws: Provider, table: Inputs) -> ResourceState:
    """A provisioned table of 5 and 5 with one index of 5 and 5."""
    index = {
        "name": "by-sk",
        "keySchemas": [{"attributeName": "sk", "keyType": "HASH"}],
        "projectionType": "ALL",
        "readCapacity": 5,
        "writeCapacity": 5,
    }
    units = {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}
    return aws.create(TABLE, table(**units, globalSecondaryIndexes=[index]))


def scaled(aws: Provider, orders: ResourceState) -> Json:
    found = aws.read(TABLE, orders.id, orders.outputs)
    assert found is not None
    return found.outputs


def test_a_target_is_registered_with_its_tags(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(TARGET, target(tags={"team": "shop"}))
    assert changes(cloud.calls)[-1] == (
        "RegisterScalableTarget",
        {
            "ServiceNamespace": "dynamodb",
            "ResourceId": "table/orders",
            "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
            "MinCapacity": 5,
            "MaxCapacity": 50,
            "Tags": {"team": "shop"},
        },
    )
    arn = created.outputs.pop("arn")
    assert arn.startswith("arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/")
    assert created == ResourceState(
        "table/orders",
        {
            **OF_TABLE,
            "id": "table/orders",
            "minCapacity": 5,
            "maxCapacity": 50,
            "roleArn": ROLE,
            "region": "eu-west-1",
            "tags": {"team": "shop"},
            "tagsAll": {"team": "shop"},
        },
    )


def test_the_bounds_of_a_target_change_in_place(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(TARGET, target())
    before = len(cloud.calls)
    created = aws.update(TARGET, created.id, created.outputs, target())
    assert changes(cloud.calls[before:]) == []
    arn = created.outputs["arn"]
    created = aws.update(TARGET, created.id, created.outputs, target(maxCapacity=80))
    ((operation, parameters),) = changes(cloud.calls[before:])
    assert (operation, parameters["MaxCapacity"]) == ("RegisterScalableTarget", 80)
    assert (created.outputs["maxCapacity"], created.outputs["arn"]) == (80, arn)


def test_the_tags_of_a_target_change_in_place(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(TARGET, target(tags={"a": "1", "b": "1", "c": "1"}))
    before, arn = len(cloud.calls), created.outputs["arn"]
    created = aws.update(TARGET, created.id, created.outputs, target(tags={"b": "1", "c": "2"}))
    assert changes(cloud.calls[before:]) == [
        ("UntagResource", {"ResourceARN": arn, "TagKeys": ["a"]}),
        ("TagResource", {"ResourceARN": arn, "Tags": {"c": "2"}}),
    ]
    assert created.outputs["tags"] == {"b": "1", "c": "2"}


def test_a_target_that_is_not_registered_has_no_tags(cloud: Cloud) -> None:
    arn = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/1"
    with pytest.raises(Refused) as caught:
        cloud.call("application-autoscaling", "ListTagsForResource", {"ResourceARN": arn})
    assert caught.value.code == "ResourceNotFoundException"


def test_the_two_targets_of_a_table_share_only_their_id(aws: Provider) -> None:
    writes = {**OF_TABLE, "scalableDimension": "dynamodb:table:WriteCapacityUnits"}
    read, write = aws.create(TARGET, target()), aws.create(TARGET, target(writes, maxCapacity=9))
    assert read.id == write.id
    aws.delete(TARGET, read.id, read.outputs)
    assert aws.read(TARGET, read.id, read.outputs) is None
    found = aws.read(TARGET, write.id, write.outputs, target(writes, maxCapacity=9))
    assert found is not None
    assert found.inputs == aws.check(TARGET, target(writes, maxCapacity=9))
    aws.delete(TARGET, read.id, read.outputs)


@pytest.mark.parametrize(("least", "most", "after"), [(1, 3, 3), (1, 5, 5), (5, 9, 5), (7, 9, 7)])
def test_registration_moves_the_capacity_into_the_bounds(
    aws: Provider, orders: ResourceState, least: int, most: int, after: int
) -> None:
    for where in (OF_TABLE, OF_INDEX):
        aws.create(TARGET, target(where, minCapacity=least, maxCapacity=most))
    outputs = scaled(aws, orders)
    (index,) = outputs["globalSecondaryIndexes"]
    assert (outputs["readCapacity"], outputs["writeCapacity"]) == (after, 5)
    assert (index["readCapacity"], index["writeCapacity"]) == (5, after)


def test_an_on_demand_table_keeps_no_capacity(aws: Provider, table: Inputs) -> None:
    created = aws.create(TABLE, table(name="other"))
    aws.create(TARGET, target({**OF_TABLE, "resourceId": "table/other"}))
    assert scaled(aws, created)["readCapacity"] == 0


def test_a_policy_is_attached_to_its_target(cloud: Cloud, aws: Provider) -> None:
    aws.create(TARGET, target())
    created = aws.create(POLICY, policy(scaleInCooldown=60))
    assert changes(cloud.calls)[-1] == (
        "PutScalingPolicy",
        {
            "PolicyName": "DynamoDBReadCapacityUtilization:table/orders",
            "PolicyType": "TargetTrackingScaling",
            "ServiceNamespace": "dynamodb",
            "ResourceId": "table/orders",
            "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 70.0,
                "DisableScaleIn": False,
                "ScaleOutCooldown": 0,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "DynamoDBReadCapacityUtilization"
                },
                "ScaleInCooldown": 60,
            },
        },
    )
    arn, alarms = created.outputs.pop("arn"), created.outputs.pop("alarmArns")
    name = "DynamoDBReadCapacityUtilization:table/orders"
    assert arn.startswith("arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:")
    assert arn.endswith(f":resource/dynamodb/table/orders:policyName/{name}")
    assert len(alarms) == 4
    assert created == ResourceState(
        name,
        {
            **OF_TABLE,
            "id": name,
            "name": name,
            "policyType": "TargetTrackingScaling",
            "region": "eu-west-1",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 70.0,
                "disableScaleIn": False,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "DynamoDBReadCapacityUtilization",
                    "resourceLabel": "",
                },
                "scaleInCooldown": 60,
                "scaleOutCooldown": 0,
            },
        },
    )


def test_a_policy_changes_in_place_and_keeps_its_arn(cloud: Cloud, aws: Provider) -> None:
    aws.create(TARGET, target())
    created = aws.create(POLICY, policy())
    before, arn = len(cloud.calls), created.outputs["arn"]
    created = aws.update(POLICY, created.id, created.outputs, policy())
    assert changes(cloud.calls[before:]) == []
    created = aws.update(POLICY, created.id, created.outputs, policy(value=50))
    ((operation, parameters),) = changes(cloud.calls[before:])
    assert operation == "PutScalingPolicy"
    assert parameters["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 50.0
    assert created.outputs["arn"] == arn
    assert cloud.call(**{**PUT, "parameters": parameters})["PolicyARN"] == arn


PUT: Json = {
    "service": "application-autoscaling",
    "operation": "PutScalingPolicy",
    "region": "eu-west-1",
}


def test_a_read_returns_the_inputs(aws: Provider) -> None:
    aws.create(TARGET, target(OF_INDEX))
    inputs = policy(OF_INDEX, scaleOutCooldown=30)
    created = aws.create(POLICY, inputs)
    found = aws.read(POLICY, created.id, created.outputs, inputs)
    assert found is not None
    assert found.inputs == aws.check(POLICY, inputs)


def test_a_misspelled_metric_is_refused(aws: Provider) -> None:
    aws.create(TARGET, target())
    metric = {"predefinedMetricType": "DynamoDBReadUtilization"}
    with pytest.raises(Refused, match="PredefinedMetricType' failed"):
        aws.create(POLICY, policy(predefinedMetricSpecification=metric))


def test_a_policy_without_a_type_is_step_scaling_and_refused(
    aws: Provider,
) -> None:
    aws.create(TARGET, target())
    inputs = {name: value for name, value in policy().items() if name != "policyType"}
    with pytest.raises(Refused, match="PolicyType StepScaling is not supported for DynamoDB"):
        aws.create(POLICY, inputs)


def test_a_policy_needs_its_configuration(aws: Provider) -> None:
    aws.create(TARGET, target())
    form = "targetTrackingScalingPolicyConfiguration"
    inputs = {name: value for name, value in policy().items() if name != form}
    with pytest.raises(Refused, match="TargetTrackingScalingPolicyConfiguration is required"):
        aws.create(POLICY, inputs)


def test_a_policy_without_its_target_is_refused(aws: Provider) -> None:
    with pytest.raises(Refused) as caught:
        aws.create(POLICY, policy())
    assert caught.value.code == "ObjectNotFoundException"


def test_a_deleted_resource_is_gone(aws: Provider) -> None:
    first = aws.create(TARGET, target())
    created = aws.create(POLICY, policy())
    created = aws.update(POLICY, created.id, created.outputs, policy(value=50))
    aws.delete(POLICY, created.id, created.outputs)
    assert aws.read(POLICY, created.id, created.outputs) is None
    aws.delete(TARGET, first.id, first.outputs)
    assert aws.read(TARGET, first.id, first.outputs) is None


def test_a_policy_is_deleted_with_its_target(aws: Provider) -> None:
    first = aws.create(TARGET, target())
    created = aws.create(POLICY, policy())
    aws.delete(TARGET, first.id, first.outputs)
    assert aws.read(POLICY, created.id, created.outputs) is None
    aws.delete(POLICY, created.id, created.outputs)


def test_every_output_exists_in_the_provider(aws: Provider) -> None:
    outputs = aws.create(TARGET, target()).outputs
    types = _types.resource_types(pulumi_aws.appautoscaling.Target)
    assert outputs.keys() - {"id"} <= types.keys()
    outputs = aws.create(POLICY, policy()).outputs
    types = _types.resource_types(pulumi_aws.appautoscaling.Policy)
    assert outputs.keys() - {"id"} <= types.keys()
    tracking = "targetTrackingScalingPolicyConfiguration"
    assert outputs[tracking].keys() <= _types.output_type_types(types[tracking]).keys()
