"""The emulated AWS as an HTTP server, asked by an SDK and by what is not one."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread
from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
import pytest
from botocore import UNSIGNED  # type: ignore[import-untyped]  # same
from botocore.config import Config  # type: ignore[import-untyped]  # same
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # same

from planton.rehearsal.aws.emulated_aws import EmulatedAws
from planton.rehearsal.aws.requests import HttpAnswer, Request
from planton.rehearsal.program.runner import lasting_aws, rehearse
from planton.rehearsal.server.answers import Answers
from planton.rehearsal.server.endpoint import MAX_BODY, Endpoint

ACCOUNT = "111122223333"
REGION = "eu-west-1"
CREATE: dict[str, Any] = {
    "TableName": "orders",
    "BillingMode": "PAY_PER_REQUEST",
    "TableClass": "STANDARD_INFREQUENT_ACCESS",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    "SSESpecification": {"Enabled": True},
}


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    with lasting_aws() as aws:
        aws.send(Request(ACCOUNT, REGION, "dynamodb", "CreateTable", CREATE))
        yield aws


@pytest.fixture(scope="module")
def endpoint(aws: EmulatedAws) -> Iterator[Endpoint]:
    with Endpoint(0) as endpoint:
        endpoint.listen(Answers(aws, ACCOUNT).answer)
        thread = Thread(target=endpoint.serve, daemon=True)
        thread.start()
        yield endpoint
        endpoint.stop()
        thread.join()


def client(endpoint: Endpoint, service: str, region: str = REGION, **more: Any) -> Any:
    config = Config(
        retries={"total_max_attempts": 1}, proxies={}, connect_timeout=5, read_timeout=10, **more
    )
    return boto3.Session().client(
        service,
        region_name=region,
        endpoint_url=endpoint.url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=config,
    )


def refusal(call: Any, *arguments: Any, **more: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as raised:
        call(*arguments, **more)
    response = raised.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


def test_items_of_every_type_are_kept(endpoint: Endpoint) -> None:
    dynamodb = client(endpoint, "dynamodb")
    item = {
        "pk": {"S": "ключ"},
        "bytes": {"B": b"\x00\xff"},
        "number": {"N": "1.5"},
        "set": {"SS": ["a"]},
        "list": {"L": [{"NULL": True}, {"M": {"deep": {"BOOL": False}}}]},
    }
    dynamodb.put_item(TableName="orders", Item=item)
    assert dynamodb.get_item(TableName="orders", Key={"pk": {"S": "ключ"}})["Item"] == item
    dynamodb.delete_item(TableName="orders", Key={"pk": {"S": "ключ"}})
    assert "Item" not in dynamodb.get_item(TableName="orders", Key={"pk": {"S": "ключ"}})


def test_writes_are_in_the_stream(endpoint: Endpoint) -> None:
    dynamodb, streams = client(endpoint, "dynamodb"), client(endpoint, "dynamodbstreams")
    arn = dynamodb.describe_table(TableName="orders")["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "streamed"}})
    records = streams.get_records(ShardIterator=iterator)["Records"]
    assert records[-1]["dynamodb"]["NewImage"] == {"pk": {"S": "streamed"}}


def test_the_description_has_what_moto_drops(endpoint: Endpoint, aws: EmulatedAws) -> None:
    before = len(aws.calls)
    table = client(endpoint, "dynamodb").describe_table(TableName="orders")["Table"]
    assert table["TableArn"] == f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
    assert table["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert table["SSEDescription"]["SSEType"] == "KMS"
    assert table["CreationDateTime"].year >= 2026
    assert len(aws.calls) == before  # or a server that runs for days would fill the memory


def test_a_replica_is_described_in_both_regions_until_it_is_deleted(
    endpoint: Endpoint, aws: EmulatedAws
) -> None:
    text = f"""\
provider_config: {{account_id: "{ACCOUNT}"}}
target:
  apiVersion: aws.project-planton.org/v1
  kind: AwsDynamodb
  metadata: {{name: sessions}}
  spec:
    region: {REGION}
    billingMode: PAY_PER_REQUEST
    attributeDefinitions: [{{name: pk, type: S}}]
    keySchema: [{{attributeName: pk, keyType: HASH}}]
    streamEnabled: true
    streamViewType: NEW_AND_OLD_IMAGES
    replicas: [{{regionName: us-west-2}}]
"""
    assert rehearse({"STACK_INPUT_YAML": text}, aws=aws).error is None
    for region, other in ((REGION, "us-west-2"), ("us-west-2", REGION)):
        table = client(endpoint, "dynamodb", region).describe_table(TableName="sessions")["Table"]
        assert [one["RegionName"] for one in table["Replicas"]] == [other]
    here, there = (client(endpoint, "dynamodb", region) for region in (REGION, "us-west-2"))
    here.delete_table(TableName="sessions")
    remaining = there.describe_table(TableName="sessions")["Table"]
    assert remaining["TableStatus"] == "ACTIVE"
    assert "Replicas" not in remaining
    here.create_table(**{**CREATE, "TableName": "sessions"})
    for dynamodb in (here, there):
        assert "Replicas" not in dynamodb.describe_table(TableName="sessions")["Table"]
        dynamodb.delete_table(TableName="sessions")


def test_what_an_application_changes_of_a_table_is_described(endpoint: Endpoint) -> None:
    dynamodb = client(endpoint, "dynamodb")
    dynamodb.create_table(**{**CREATE, "TableName": "changed"})
    name = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/changed"

    def described() -> dict[str, Any]:
        table = dynamodb.describe_table(TableName="changed")["Table"]
        asked = ("TableClassSummary", "SSEDescription", "OnDemandThroughput")
        return {key: table[key] for key in asked if key in table}

    encrypted = {
        "Status": "ENABLED",
        "SSEType": "KMS",
        "KMSMasterKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/dynamodb",
    }
    infrequent = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert described() == {"TableClassSummary": infrequent, "SSEDescription": encrypted}
    dynamodb.update_table(
        TableName=name, TableClass="STANDARD", OnDemandThroughput={"MaxReadRequestUnits": 5}
    )
    assert described() == {
        "TableClassSummary": {"TableClass": "STANDARD"},
        "SSEDescription": encrypted,
        "OnDemandThroughput": {"MaxReadRequestUnits": 5},
    }
    refused = refusal(dynamodb.update_table, TableName="orders", TableClass="OTHER")
    assert refused[0] == 400
    dynamodb.delete_table(TableName=name)
    plain = ("TableName", "BillingMode", "KeySchema", "AttributeDefinitions")
    dynamodb.create_table(**{key: {**CREATE, "TableName": "changed"}[key] for key in plain})
    assert described() == {"TableClassSummary": {"TableClass": "STANDARD"}}
    dynamodb.delete_table(TableName="changed")


def test_a_change_of_replicas_is_not_ignored(endpoint: Endpoint) -> None:
    update = client(endpoint, "dynamodb").update_table
    replicas = [{"Create": {"RegionName": "us-west-2"}}]
    assert refusal(update, TableName="orders", ReplicaUpdates=replicas) == (
        501,
        "NotEmulated",
        "replicas of a served table cannot be changed",
    )


def test_the_account_is_that_of_the_rehearsal(endpoint: Endpoint) -> None:
    assert client(endpoint, "sts").get_caller_identity()["Account"] == ACCOUNT


def test_another_region_has_other_tables(endpoint: Endpoint) -> None:
    assert client(endpoint, "dynamodb").list_tables()["TableNames"] == ["orders"]
    assert client(endpoint, "dynamodb", "us-east-1").list_tables()["TableNames"] == []


def test_errors_are_those_of_dynamodb(endpoint: Endpoint) -> None:
    dynamodb = client(endpoint, "dynamodb")
    assert refusal(dynamodb.describe_table, TableName="none") == (
        400,
        "ResourceNotFoundException",
        "Requested resource not found: Table: none not found",
    )
    invalid = refusal(dynamodb.describe_table, TableName="x" * 1025)
    assert invalid[:2] == (400, "ValidationException")
    condition = {"ConditionExpression": "attribute_exists(pk)"}
    item = {"pk": {"S": "new"}}
    status, code, _ = refusal(dynamodb.put_item, TableName="orders", Item=item, **condition)
    assert (status, code) == (400, "ConditionalCheckFailedException")


def test_many_clients_at_once_write_every_item(endpoint: Endpoint) -> None:
    dynamodb = client(endpoint, "dynamodb", max_pool_connections=8)
    table = {**CREATE, "TableName": "parallel"}
    dynamodb.create_table(**table)

    def put(number: int) -> None:
        dynamodb.put_item(TableName="parallel", Item={"pk": {"S": str(number)}})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(100)))
    assert dynamodb.scan(TableName="parallel")["Count"] == 100
    dynamodb.delete_table(TableName="parallel")


def test_what_is_not_served_is_named(
    endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    served = "the rehearsal serves DynamoDB, DynamoDB Streams and STS, not "
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("iam", "list_roles", {}),
        ("kms", "list_keys", {}),
        ("s3", "list_buckets", {}),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}),
        ("s3", "delete_object", {"Bucket": "b", "Key": "k"}),
    ]
    for service, operation, arguments in asked:
        found = refusal(getattr(client(endpoint, service), operation), **arguments)
        assert found == (501, "NotEmulated", f"{served}'{service}'")
    for service, operation in (("lambda", "list_functions"), ("apigateway", "get_rest_apis")):
        status, code, message = refusal(getattr(client(endpoint, service), operation))
        assert (status, code) == (501, "NotEmulated")
        assert f"{served}'{service}'" in message
    assert refusal(client(endpoint, "s3").head_bucket, Bucket="b")[0] == 501
    insights = client(endpoint, "dynamodb").describe_contributor_insights
    status, code, message = refusal(insights, TableName="orders")
    assert (status, code) == (501, "NotEmulated")
    assert message.startswith(
        "the emulated AWS failed: DescribeContributorInsights: NotImplemented"
    )
    shown = capsys.readouterr().err
    assert shown.startswith("planton: the emulated AWS failed: 'DescribeContributorInsights: ")
    assert "Traceback" not in shown


def test_a_region_that_does_not_exist_is_refused(endpoint: Endpoint) -> None:
    found = refusal(client(endpoint, "dynamodb", "xx-nowhere-1").list_tables)
    assert found == (400, "InvalidRegion", "the region 'xx-nowhere-1' does not exist")


def test_a_request_without_a_signature_is_refused(endpoint: Endpoint) -> None:
    unsigned = client(endpoint, "dynamodb", signature_version=UNSIGNED)
    assert refusal(unsigned.list_tables) == (
        400,
        "MissingAuthenticationTokenException",
        "the request is not signed: set any access key, such as 'test'",
    )


def ask(
    endpoint: Endpoint, method: str, path: str = "/", body: Any = None, **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.server_port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def signed(operation: str) -> dict[str, str]:
    scope = f"any/20270101/{REGION}/dynamodb/aws4_request"
    return {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "x_amz_target": operation,
    }


def test_the_server_says_that_it_is_ready(endpoint: Endpoint) -> None:
    assert ask(endpoint, "GET") == (200, "healthy: dynamodb\n")
    with socket.create_connection(("127.0.0.1", endpoint.server_port), 10) as connection:
        connection.sendall(b"HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n")
        head = connection.makefile("rb").read()
    assert (head[:15], head[-4:]) == (b"HTTP/1.1 200 OK", b"\r\n\r\n")
    assert ask(endpoint, "GET", "/other")[0] == 404


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1"])
def test_the_names_of_this_machine_are_allowed(endpoint: Endpoint, host: str) -> None:
    assert ask(endpoint, "GET", host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost:x", "", "::"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_with_another_name_is_refused(endpoint: Endpoint, method: str, host: str) -> None:
    status, text = ask(endpoint, method, body="{}", host=host)
    assert status == 403
    assert json.loads(text) == {
        "__type": "InvalidRequest",
        "message": "the host must be 127.0.0.1 or localhost",
    }


def test_the_server_listens_on_the_loopback_interface_alone(endpoint: Endpoint) -> None:
    assert endpoint.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 5000])
def test_a_body_that_is_too_large_is_not_read(endpoint: Endpoint, length: str) -> None:
    status, text = ask(endpoint, "POST", content_length=length)
    assert (status, json.loads(text)["message"]) == (
        413,
        "the request has more than 33554432 bytes",
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"transfer_encoding": "chunked"},
        {"transfer_encoding": "chunked", "content_length": "2"},
        {"content_length": "-1"},
        {"content_length": "٣"},
        {"content_length": "2\r\ncontent-length: 3"},
    ],
    ids=["chunked", "chunked with a length", "negative", "digits of Arabic", "two lengths"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_body_without_a_length_is_refused(
    endpoint: Endpoint, method: str, headers: dict[str, str]
) -> None:
    lines = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
    (found,) = responses(endpoint, f"{method} / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{{}}")
    assert found == "411 Length Required"


def responses(endpoint: Endpoint, text: str) -> list[str]:
    """The first lines of all responses on one connection, in which the client says nothing else."""
    with socket.create_connection(("127.0.0.1", endpoint.server_port), 10) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as file:
            found = re.findall(rb"HTTP/1\.1 (.*)\r\n", file.read())
    return [line.decode() for line in found]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_body_is_not_taken_for_the_next_request(endpoint: Endpoint, method: str) -> None:
    body = "GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = f"{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    assert len(responses(endpoint, head + body)) == 1
    assert len(responses(endpoint, head + body + head + body)) == 2


def test_a_request_for_two_hosts_is_refused(endpoint: Endpoint) -> None:
    hosts = "Host: localhost\r\nHost: evil.example\r\n"
    assert responses(endpoint, f"GET / HTTP/1.1\r\n{hosts}\r\n") == ["403 Forbidden"]


def test_no_page_in_a_browser_may_send_a_signed_request(endpoint: Endpoint) -> None:
    """A browser asks first, because of the header, and sends nothing without permission."""
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.server_port, timeout=10)
    asked = {
        "origin": "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,x-amz-target",
    }
    connection.request("OPTIONS", "/", headers=asked)
    response = connection.getresponse()
    assert response.status == 501
    assert not [name for name, _ in response.getheaders() if "access-control" in name.lower()]
    connection.close()
    text = json.dumps({"X-Amz-Credential": f"any/20270101/{REGION}/dynamodb/aws4_request"})
    status, answer = ask(endpoint, "POST", "/?X-Amz-Target=DynamoDB_20120810.ListTables", text)
    assert (status, "not signed" in answer) == (400, True)


def test_a_failure_is_answered_if_the_output_for_errors_is_closed(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    broken = os.fdopen(writer, "w")
    monkeypatch.setattr(sys, "stderr", broken)
    assert ask(endpoint, "POST", body="[]", **signed("DynamoDB_20120810.PutItem"))[0] == 501
    with suppress(BrokenPipeError):
        broken.close()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the request's body is not JSON"),
        (b"\xff", "the request's body is not JSON"),
        (b"[]", "the request's body is not an object"),
    ],
)
def test_a_body_that_is_no_request_is_refused(
    endpoint: Endpoint, body: bytes, message: str
) -> None:
    headers = signed("DynamoDB_20120810.DescribeTable")
    assert ask(endpoint, "POST", body=body, **headers) == (
        400,
        json.dumps({"__type": "SerializationException", "message": message}),
    )


@pytest.mark.parametrize("target", ["", "DynamoDB_20110101.ListTables", "ListTables", "a.b.c"])
def test_a_request_with_an_unknown_target_is_refused(endpoint: Endpoint, target: str) -> None:
    assert ask(endpoint, "POST", body=b"{}", **signed(target))[0] == 501


def test_a_client_that_waits_before_the_body_is_answered_first(endpoint: Endpoint) -> None:
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", endpoint.server_port), 10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")


UNFINISHED = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
def test_a_client_that_goes_away_is_not_an_error(
    endpoint: Endpoint, capsys: pytest.CaptureFixture[str], is_reset: bool
) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.server_port), 10) as connection:
        connection.sendall(UNFINISHED)
        if is_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    assert ask(endpoint, "GET")[0] == 200
    assert capsys.readouterr().err == ""


def test_an_error_of_the_server_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> HttpAnswer:
        raise ValueError("of the server")

    with Endpoint(0) as failing:
        failing.listen(fail)
        thread = Thread(target=failing.handle_request, daemon=True)
        thread.start()
        with pytest.raises(http.client.RemoteDisconnected):
            ask(failing, "POST", body="{}")
        thread.join(10)
    assert "ValueError: of the server" in capsys.readouterr().err


def test_a_port_that_is_in_use_cannot_be_taken(endpoint: Endpoint) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        Endpoint(endpoint.server_port)


def test_until_it_listens_no_connection_is_accepted() -> None:
    with Endpoint(0) as taken, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", taken.server_port), 5)
