"""Resource policies of tables and streams."""

from __future__ import annotations

import json
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
from tests.rehearsal.existing_table import RESOURCE_POLICY, TABLE, changes

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
STATEMENT: Json = {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "dynamodb:GetItem",
    "Resource": ARN,
}


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements or [STATEMENT])})


def policy(**changes: Any) -> Json:
    return {"resourceArn": ARN, "policy": document(), **changes}


@pytest.fixture(autouse=True)
def orders(aws: Provider, table: Inputs) -> ResourceState:
    return aws.create(TABLE, table(streamEnabled=True, streamViewType="NEW_IMAGE"))


def test_a_policy_is_attached_to_a_table(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(RESOURCE_POLICY, policy())
    assert changes(cloud.calls)[-1] == (
        "PutResourcePolicy",
        {"ResourceArn": ARN, "Policy": document()},
    )
    assert created == ResourceState(
        ARN,
        {
            "id": ARN,
            "region": "eu-west-1",
            "resourceArn": ARN,
            "policy": document(),
            "confirmRemoveSelfResourceAccess": False,
            "revisionId": "1700000000000",
        },
    )
    found = aws.read(RESOURCE_POLICY, created.id, created.outputs, policy())
    assert found is not None
    assert (found.inputs, found.outputs) == (policy(), created.outputs)


def test_a_policy_is_attached_to_a_stream(aws: Provider, orders: ResourceState) -> None:
    inputs = policy(resourceArn=orders.outputs["streamArn"])
    created = aws.create(RESOURCE_POLICY, inputs)
    assert aws.read(RESOURCE_POLICY, created.id, created.outputs) is not None
    assert aws.read(RESOURCE_POLICY, ARN) is None


def test_every_update_puts_the_policy_and_only_a_change_is_a_new_revision(
    cloud: Cloud, aws: Provider
) -> None:
    created = aws.create(RESOURCE_POLICY, policy())
    number = len(cloud.calls)
    same = aws.update(RESOURCE_POLICY, created.id, created.outputs, policy())
    other = document({**STATEMENT, "Action": "dynamodb:Query"})
    changed = aws.update(
        RESOURCE_POLICY,
        created.id,
        same.outputs,
        policy(policy=other, confirmRemoveSelfResourceAccess=True),
    )
    sent = [parameters for _, parameters in changes(cloud.calls[number:])]
    assert sent == [
        {"ResourceArn": ARN, "Policy": document()},
        {"ResourceArn": ARN, "Policy": other, "ConfirmRemoveSelfResourceAccess": True},
    ]
    assert [m.outputs["revisionId"] for m in (created, same, changed)] == [
        "1700000000000",
        "1700000000000",
        "1700000000001",
    ]


def test_a_deleted_policy_is_gone_and_can_be_deleted_again(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(RESOURCE_POLICY, policy())
    for _ in range(2):
        aws.delete(RESOURCE_POLICY, created.id, created.outputs)
    assert aws.read(RESOURCE_POLICY, created.id, created.outputs) is None
    assert cloud.calls[-1].code == "PolicyNotFoundException"


def test_a_deleted_table_deletes_its_policies(
    aws: Provider, table: Inputs, orders: ResourceState
) -> None:
    created = aws.create(RESOURCE_POLICY, policy())
    aws.create(TABLE, table(name="orders2"))
    other = aws.create(RESOURCE_POLICY, policy(resourceArn=f"{ARN}2"))
    aws.delete(TABLE, orders.id, orders.outputs)
    assert aws.read(RESOURCE_POLICY, created.id, created.outputs) is None
    aws.delete(RESOURCE_POLICY, created.id, created.outputs)
    aws.create(TABLE, table())
    assert aws.read(RESOURCE_POLICY, created.id, created.outputs) is None
    assert aws.read(RESOURCE_POLICY, other.id, other.outputs) is not None


def test_a_deleted_replica_deletes_its_policy(cloud: Cloud, aws: Provider) -> None:
    def replicate(action: str) -> None:
        updates = [{action: {"RegionName": "eu-west-2"}}]
        parameters = {"TableName": "orders", "ReplicaUpdates": updates}
        cloud.call("dynamodb", "UpdateTable", parameters, region="eu-west-1")

    replicate("Create")
    inputs = policy(resourceArn=ARN.replace("west-1", "west-2"), region="eu-west-2")
    created = aws.create(RESOURCE_POLICY, inputs)
    assert created.outputs["region"] == "eu-west-2"
    replicate("Delete")
    replicate("Create")
    assert aws.read(RESOURCE_POLICY, created.id, created.outputs) is None


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"policy": "{"}, "ValidationException", "This policy contains invalid Json"),
        ({"policy": "{}"}, "ValidationException", "This policy contains invalid Json"),
        (
            {"policy": document({k: v for k, v in STATEMENT.items() if k != "Resource"})},
            "ValidationException",
            "Missing required field Resource",
        ),
        (
            {"policy": document({**STATEMENT, "Sid": "x" * 20480})},
            "ValidationException",
            "Maximum policy size of 20480 bytes exceeded",
        ),
        (
            {"resourceArn": f"{ARN}s"},
            "ResourceNotFoundException",
            "Requested resource not found",
        ),
        (
            {"resourceArn": f"{ARN}/stream/2020-01-01T00:00:00.000"},
            "ResourceNotFoundException",
            "Requested resource not found",
        ),
        (
            {"resourceArn": ARN.replace("west-1", "west-2")},
            "ValidationException",
            "Invalid resource Arn",
        ),
        (
            {"resourceArn": "arn:aws:s3:::bucket"},
            "ValidationException",
            "Provided Arn is not a DynamoDB resource arn",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_policy_that_aws_refuses_is_an_error(
    aws: Provider, changed: Json, code: str, message: str
) -> None:
    with pytest.raises(Refused, match=message) as caught:
        aws.create(RESOURCE_POLICY, policy(**changed))
    assert caught.value.code == code


def test_the_not_form_of_a_policy_field_is_accepted(aws: Provider) -> None:
    statement = {k: v for k, v in STATEMENT.items() if k != "Action"}
    aws.create(RESOURCE_POLICY, policy(policy=document({**statement, "NotAction": "dynamodb:*"})))


def test_every_output_exists_in_the_provider(aws: Provider) -> None:
    outputs = aws.create(RESOURCE_POLICY, policy()).outputs
    types = _types.resource_types(pulumi_aws.dynamodb.ResourcePolicy)
    assert outputs.keys() - {"id"} == types.keys()
