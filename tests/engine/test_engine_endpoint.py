"""The emulated AWS over HTTP, called as the provider's SDK calls it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from planton.rehearsal.aws.requests import Json
from tests.engine import looks
from tests.engine.endpoint import Endpoint
from tests.engine.faults import FaultyCloud
from tests.engine.manifests import NAME

CREATE: Json = {
    "TableName": NAME,
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}
TABLE: Json = {"TableName": NAME}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    endpoint.start()
    yield endpoint
    endpoint.stop()


def _ask(
    endpoint: Endpoint, target: str, body: Json | str, *, region: str = "us-east-1", id_: str = ""
) -> tuple[int, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    scope = f"Credential=KEY/20270101/{region}/dynamodb/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0", "x-amz-target": target}
    if id_:
        headers["amz-sdk-invocation-id"] = id_
    request = urllib.request.Request(endpoint.url, text.encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  # loopback
            status, answer = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, answer = error.code, error.read().decode()
        error.close()
    return status, json.loads(answer) if answer.startswith("{") else answer


def _dynamodb(endpoint: Endpoint, operation: str, body: Json, **more: str) -> tuple[int, Any]:
    return _ask(endpoint, f"DynamoDB_20120810.{operation}", body, **more)


def test_a_request_is_handled_in_its_region(endpoint: Endpoint, cloud: FaultyCloud) -> None:
    with endpoint.serving(cloud):
        status, created = _dynamodb(endpoint, "CreateTable", CREATE, region="eu-west-1")
    assert status == 200
    assert created["TableDescription"]["TableName"] == NAME
    assert isinstance(created["TableDescription"]["CreationDateTime"], float)
    assert (looks.tables(cloud), looks.tables(cloud, "eu-west-1")) == ([], [NAME])


def test_an_error_has_the_form_that_aws_uses(endpoint: Endpoint, cloud: FaultyCloud) -> None:
    with endpoint.serving(cloud):
        status, description = _dynamodb(endpoint, "DescribeTable", TABLE)
    assert status == 400
    assert description == {
        "__type": "ResourceNotFoundException",
        "message": "Requested resource not found: Table: orders not found",
    }


def test_times_are_sent_as_strings(endpoint: Endpoint, cloud: FaultyCloud) -> None:
    asked = {
        "SourceTableName": "old",
        "TargetTableName": NAME,
        "RestoreDateTime": 1798761600,
    }
    with endpoint.serving(cloud):
        status, _ = _dynamodb(endpoint, "RestoreTableToPointInTime", asked)
    assert status == 200
    assert cloud.calls[0].parameters["RestoreDateTime"] == "2027-01-01T00:00:00Z"


def test_the_other_services_respond(endpoint: Endpoint, cloud: FaultyCloud) -> None:
    with endpoint.serving(cloud):
        _, targets = _ask(
            endpoint,
            "AnyScaleFrontendService.DescribeScalableTargets",
            {"ServiceNamespace": "dynamodb"},
        )
        _, key = _ask(endpoint, "TrentService.DescribeKey", {"KeyId": "alias/aws/dynamodb"})
        _, identity = _ask(endpoint, "", "Action=GetCallerIdentity&Version=2011-06-15")
    assert targets == {"ScalableTargets": []}
    assert key["KeyMetadata"]["Arn"].endswith(":alias/aws/dynamodb")
    assert "<Account>123456789012</Account>" in identity


@pytest.mark.parametrize(
    ("target", "body"),
    [("Kinesis_20131202.DescribeStream", "{}"), ("", "Action=ListTopics")],
)
def test_an_unexpected_request_fails_the_test(
    endpoint: Endpoint, cloud: FaultyCloud, target: str, body: str
) -> None:
    answers = []
    with pytest.raises(AssertionError, match="no answer to"), endpoint.serving(cloud):
        answers.append(_ask(endpoint, target, body)[0])
    assert answers == [501]


def test_an_endpoint_without_a_cloud_answers_nothing(endpoint: Endpoint) -> None:
    status, _ = _dynamodb(endpoint, "DescribeTable", TABLE)
    assert status == 501


def test_a_repeated_request_gets_the_lost_response(endpoint: Endpoint, cloud: FaultyCloud) -> None:
    with endpoint.serving(cloud):
        answers = [_dynamodb(endpoint, "CreateTable", CREATE, id_="one") for _ in range(2)]
        other, _ = _dynamodb(endpoint, "CreateTable", CREATE, id_="other")
    assert answers[0] == answers[1]
    assert (answers[0][0], other) == (200, 400)
    assert looks.writes(cloud) == ["CreateTable", "CreateTable"]


def test_a_refused_request_can_be_retried(endpoint: Endpoint, cloud: FaultyCloud) -> None:
    cloud.refuse("CreateTable", "LimitExceededException", "too many at once")
    with endpoint.serving(cloud):
        answers = [_dynamodb(endpoint, "CreateTable", CREATE, id_="one")[0] for _ in range(2)]
    assert answers == [400, 200]


def test_the_endpoint_listens_only_on_localhost(endpoint: Endpoint) -> None:
    assert endpoint.server_address[0] == "127.0.0.1"
