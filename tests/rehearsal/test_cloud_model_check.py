"""Requests checked against AWS's service model: enums, limits, patterns, required members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import botocore.session  # type: ignore[import-untyped]  # has no types
import pytest

from planton.rehearsal.aws import model_check
from planton.rehearsal.aws.model_check import violations

Json = dict[str, Any]


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    session = botocore.session.Session()
    services = ("dynamodb", "application-autoscaling")
    return {name: session.get_service_model(name) for name in services}


def found(models: dict[str, Any], service: str, operation: str, request: Json) -> list[str]:
    return list(violations(models[service].operation_model(operation).input_shape, request))


CREATE: Json = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
INDEX: Json = {
    "IndexName": "by-x",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
PUT: Json = {
    "PolicyName": "DynamoDBReadCapacityUtilization:table/orders",
    "PolicyType": "TargetTrackingScaling",
    "ServiceNamespace": "dynamodb",
    "ResourceId": "table/orders",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0},
}


def test_a_valid_request_has_no_violation(models: dict[str, Any]) -> None:
    whole = {**CREATE, "GlobalSecondaryIndexes": [INDEX], "Tags": [{"Key": "a", "Value": ""}]}
    assert found(models, "dynamodb", "CreateTable", whole) == []
    assert found(models, "application-autoscaling", "PutScalingPolicy", PUT) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"BillingMode": "ON_DEMAND"},
            "Value 'ON_DEMAND' at 'BillingMode' failed to satisfy constraint: Member must satisfy"
            " enum value set: [PROVISIONED, PAY_PER_REQUEST]",
        ),
        (
            {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "String"}]},
            "Value 'String' at 'AttributeDefinitions[0].AttributeType' failed to satisfy"
            " constraint: Member must satisfy enum value set: [S, N, B]",
        ),
        (
            {"AttributeDefinitions": [{"AttributeName": "", "AttributeType": "S"}]},
            "Value '' at 'AttributeDefinitions[0].AttributeName' failed to satisfy constraint:"
            " Member must have length greater than or equal to 1",
        ),
        (
            {"ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}},
            "Value '0' at 'ProvisionedThroughput.ReadCapacityUnits' failed to satisfy constraint:"
            " Member must have value greater than or equal to 1",
        ),
        (
            {"ProvisionedThroughput": {"ReadCapacityUnits": 5}},
            "Value 'null' at 'ProvisionedThroughput.WriteCapacityUnits' failed to satisfy"
            " constraint: Member must not be null",
        ),
        (
            {"GlobalSecondaryIndexes": [{**INDEX, "IndexName": "by x"}]},
            "Value 'by x' at 'GlobalSecondaryIndexes[0].IndexName' failed to satisfy constraint:"
            " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            {"GlobalSecondaryIndexes": [{**INDEX, "IndexName": "by-x\n"}]},
            "Value 'by-x\n' at 'GlobalSecondaryIndexes[0].IndexName' failed to satisfy constraint:"
            " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            {"KeySchema": []},
            "Value '[]' at 'KeySchema' failed to satisfy constraint: Member must have length"
            " greater than or equal to 1",
        ),
        (
            {"Tags": [{"Key": "k" * 129, "Value": "v"}]},
            f"Value '{'k' * 129}' at 'Tags[0].Key' failed to satisfy constraint: Member must have"
            " length less than or equal to 128",
        ),
        ({"TableNmae": "x"}, "Unknown parameter 'TableNmae'"),
        ({"TableName": 5}, "Value at 'TableName' must be a string, not int"),
        (
            {"DeletionProtectionEnabled": "true"},
            "Value at 'DeletionProtectionEnabled' must be a boolean, not str",
        ),
        (
            {"ProvisionedThroughput": {"ReadCapacityUnits": True, "WriteCapacityUnits": 1}},
            "Value at 'ProvisionedThroughput.ReadCapacityUnits' must be a long, not bool",
        ),
    ],
)
def test_a_violation_names_the_parameter(
    models: dict[str, Any], change: Json, message: str
) -> None:
    assert found(models, "dynamodb", "CreateTable", {**CREATE, **change}) == [message]


def test_twenty_non_key_attributes_pass_and_twenty_one_do_not(models: dict[str, Any]) -> None:
    def index(count: int) -> Json:
        names = [f"a{number}" for number in range(count)]
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}
        return {**CREATE, "GlobalSecondaryIndexes": [{**INDEX, "Projection": projection}]}

    assert found(models, "dynamodb", "CreateTable", index(20)) == []
    (message,) = found(models, "dynamodb", "CreateTable", index(21))
    assert message.endswith("Member must have length less than or equal to 20")


def test_all_violations_are_reported(models: dict[str, Any]) -> None:
    request = {**CREATE, "BillingMode": "X", "TableClass": "Y"}
    assert len(found(models, "dynamodb", "CreateTable", request)) == 2


def test_a_java_pattern_matches_characters_beyond_sixteen_bits(models: dict[str, Any]) -> None:
    request = {**PUT, "ResourceId": "table/\U0001f600"}
    assert found(models, "application-autoscaling", "PutScalingPolicy", request) == []
    (message,) = found(
        models, "application-autoscaling", "PutScalingPolicy", {**PUT, "ResourceId": "a\x01b"}
    )
    assert message.startswith("Value 'a\x01b' at 'ResourceId'")


def test_a_policy_name_must_be_printable(models: dict[str, Any]) -> None:
    (message,) = found(
        models, "application-autoscaling", "PutScalingPolicy", {**PUT, "PolicyName": "a\tb"}
    )
    assert message.startswith("Value 'a\tb' at 'PolicyName'")


def test_the_values_of_a_map_are_checked(models: dict[str, Any]) -> None:
    request = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        "Tags": {"": "v" * 257},
    }
    assert len(found(models, "application-autoscaling", "RegisterScalableTarget", request)) == 2


def _patterns(shape: Any, seen: set[str]) -> Iterator[str]:
    if shape.name in seen:
        return
    seen.add(shape.name)
    if "pattern" in shape.metadata:
        yield shape.metadata["pattern"]
    match shape.type_name:
        case "structure":
            inner = list(shape.members.values())
        case "list":
            inner = [shape.member]
        case "map":
            inner = [shape.key, shape.value]
        case _:
            inner = []
    for member in inner:
        yield from _patterns(member, seen)


def test_every_pattern_of_both_services_can_be_compiled(models: dict[str, Any]) -> None:
    patterns = {
        pattern
        for model in models.values()
        for name in model.operation_names
        if (shape := model.operation_model(name).input_shape) is not None
        for pattern in _patterns(shape, set())
    }
    assert len(patterns) > 5
    for pattern in patterns:
        assert isinstance(model_check._compiled(pattern), re.Pattern)
        assert r"\p{" not in model_check._compiled(pattern).pattern
