"""The endpoint of an emulated AWS in the provider block, from the input to the provider."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore  # type: ignore[import-untyped]  # has no types
import pytest

from planton.changes.emulated import refusal_of_endpoint, refusal_without_endpoint
from planton.changes.stack_state import StackState, parse_state
from planton.diagnostics.diagnostic import ManifestError, Source, render
from planton.reading.emulator_endpoint import HOSTS_OF_AWS
from planton.reading.read import read
from planton.reading.sources import CONFIG_ACCOUNTS
from planton.reading.stack_input import Credentials, StackInput, read_stack_input
from planton.rehearsal.program.records import Message, Rehearsal
from planton.rehearsal.program.runner import rehearse
from planton.resources.provider import SERVICES
from tests.conftest import ROOT
from tests.loading import NOW

TARGET = """\
target:
  apiVersion: aws.project-planton.org/v1
  kind: AwsDynamodb
  metadata: {name: orders}
  spec:
    region: eu-central-1
    billingMode: PAY_PER_REQUEST
    attributeDefinitions: [{name: pk, type: S}]
    keySchema: [{attributeName: pk, keyType: HASH}]
"""
URL = "http://localhost:4566"
KEYS = 'access_key_id: "%s", secret_access_key: s'


def wrapped(block: str) -> str:
    return f"provider_config: {{{block}}}\n{TARGET}"


ENDPOINT = wrapped(f'endpoint: "{URL}"')


def read_input(text: str, config: Mapping[str, str] = {}) -> StackInput:
    return read_stack_input(Source("x.yaml", text), config.get, {}, now=NOW)


@pytest.mark.parametrize(
    "endpoint",
    [
        URL,
        "https://localhost.localstack.cloud:4566/",
        "http://127.0.0.1:1",
        "http://[::1]:65535/base/path",
        "http://local_stack",
    ],
)
def test_the_url_of_an_emulated_aws_is_read_as_written(endpoint: str) -> None:
    assert read_input(wrapped(f'endpoint: "{endpoint}"')).endpoint == endpoint


@pytest.mark.parametrize("value", ["", "''", "null"])
def test_an_empty_endpoint_is_absent(value: str) -> None:
    found = read_input(wrapped(f"endpoint: {value}"))
    assert (found.endpoint, found.credentials) == (None, None)


@pytest.mark.parametrize(
    "endpoint",
    [
        "localhost:4566",
        "ftp://localhost",
        "HTTP://localhost",
        "http://",
        "http:///path",
        "http://:4566",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:port",
        "http://user:s3cr3t@localhost",
        "http://s3cr3t@localhost",
        "http://localhost?s3cr3t",
        "http://localhost/#s3cr3t",
        "http://local host",
        "http://localhost\\n",
        "http://localhost\\x1b[2J",
        "http://-localhost",
        "http://ho\\u0430st",
        f"http://{'a' * 300}",
        "true",
    ],
)
def test_anything_else_is_refused_and_not_shown(endpoint: str) -> None:
    (found,) = read(Source("x.yaml", wrapped(f'endpoint: "{endpoint}"'))).diagnostics
    assert found.message == (
        "endpoint must be the URL of an emulated AWS such as 'http://localhost:4566', without a "
        "password"
    )
    assert (found.code, found.path) == ("provider", "provider_config.endpoint")
    assert "s3cr3t" not in render([found])


@pytest.mark.parametrize(
    "host",
    [
        "dynamodb.eu-west-1.amazonaws.com",
        "amazonaws.com",
        "DYNAMODB.cn-north-1.AMAZONAWS.COM.CN:443",
        "dynamodb.eu-west-1.api.aws.",
        "dynamodb.cn-north-1.api.amazonwebservices.com.cn",
        "dynamodb-fips.us-gov-west-1.amazonaws.com:80",
        "vpce-1-a.dynamodb.eu-west-1.vpce.amazonaws.com",
        "111122223333.ddb.eusc-de-east-1.amazonaws.eu",
    ],
)
def test_a_host_of_aws_is_refused(host: str) -> None:
    (found,) = read(Source("x.yaml", wrapped(f"endpoint: 'https://{host}/'"))).diagnostics
    assert found.message == (
        "endpoint must be that of an emulated AWS, for all services, got one of AWS"
    )


def test_the_hosts_of_every_partition_of_aws_are_known() -> None:
    folder = Path(botocore.__file__).parent / "data"
    partitions = json.loads((folder / "partitions.json").read_text())["partitions"]
    suffixes = {
        one["outputs"][name] for one in partitions for name in ("dnsSuffix", "dualStackDnsSuffix")
    }
    assert suffixes == {*HOSTS_OF_AWS}


def test_a_host_whose_name_only_resembles_those_of_aws_is_accepted() -> None:
    for host in ("amazonaws.com.example", "notamazonaws.com", "api.aws.example"):
        assert read(Source("x.yaml", wrapped(f"endpoint: 'http://{host}'"))).diagnostics == ()


@pytest.mark.parametrize("account", ["000000000000", "123456789012"])
def test_the_accounts_of_emulators_are_allowed(account: str) -> None:
    found = read_input(wrapped(f'endpoint: "{URL}", account_id: {account}'))
    assert (found.endpoint, found.account_id) == (URL, account)


def test_the_access_key_can_be_the_account_of_a_localstack() -> None:
    keys = KEYS % "111122223333"
    found = read_input(wrapped(f'endpoint: "{URL}", account_id: "111122223333", {keys}'))
    assert found.account_id == "111122223333"
    assert found.credentials == Credentials("111122223333", "s")


@pytest.mark.parametrize("keys", ["", f", {KEYS % 'test'}", f", {KEYS % '444455556666'}"])
def test_an_endpoint_is_refused_beside_an_account_of_aws(keys: str) -> None:
    text = wrapped(f'endpoint: "{URL}", account_id: "111122223333"{keys}')
    (found,) = read(Source("x.yaml", text)).diagnostics
    assert found.message == "endpoint is not allowed beside the account_id of an AWS account"
    assert found.help == (
        "remove endpoint to use AWS, or account_id, or set it to 000000000000 or 123456789012"
    )


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"])
def test_an_endpoint_is_refused_beside_an_access_key_of_aws(key: str) -> None:
    (found,) = read(Source("x.yaml", wrapped(f'endpoint: "{URL}", {KEYS % key}'))).diagnostics
    assert found.message == "endpoint is not allowed beside an access key of AWS"
    assert key not in render([found])


@pytest.mark.parametrize("key", ["test", "AKIA", "LSIAQAAAAAAVNCBMPNSG", "fakeMyKeyId"])
def test_keys_that_aws_does_not_have_are_used_with_an_endpoint(key: str) -> None:
    found = read_input(wrapped(f'endpoint: "{URL}", {KEYS % key}'))
    assert found.credentials == Credentials(key, "s")


def test_without_keys_those_of_the_environment_are_not_used_with_an_endpoint() -> None:
    assert read_input(ENDPOINT).credentials == Credentials("test", "test")


@pytest.mark.parametrize("accounts", ["[111122223333]", '["000000000000", "111122223333"]'])
def test_an_endpoint_is_refused_in_a_stack_for_an_account_of_aws(accounts: str) -> None:
    with pytest.raises(ManifestError) as raised:
        read_input(ENDPOINT, {CONFIG_ACCOUNTS: accounts})
    assert str(raised.value) == (
        "x.yaml:1:1: error[provider]: endpoint is not allowed in a stack whose config "
        "aws:allowedAccountIds names an AWS account\n"
        "  help: remove endpoint to use AWS, or use another stack for the emulated AWS"
    )


@pytest.mark.parametrize("accounts", ['["000000000000"]', "[123456789012]", "not JSON", "{}"])
def test_a_stack_for_the_account_of_an_emulator_can_have_an_endpoint(accounts: str) -> None:
    assert read_input(ENDPOINT, {CONFIG_ACCOUNTS: accounts}).endpoint == URL


def run(text: str, config: Mapping[str, str] | None = None) -> Rehearsal:
    return rehearse({"STACK_INPUT_YAML": text}, config=config)


def provider_inputs(rehearsal: Rehearsal) -> dict[str, Any]:
    (found,) = (one for one in rehearsal.resources if one.type == "pulumi:providers:aws")
    inputs = {**found.inputs}
    inputs["endpoints"] = json.loads(inputs["endpoints"])
    return inputs


SENT = {
    "accessKey": "[secret]",
    "secretKey": "[secret]",
    "endpoints": [dict.fromkeys(SERVICES, URL)],
    "region": "eu-central-1",
    "skipCredentialsValidation": "true",
    "skipMetadataApiCheck": "true",
    "skipRegionValidation": "true",
}


def test_the_provider_sends_all_requests_to_the_endpoint() -> None:
    config = {"aws:profile": "team", "aws:assumeRoles": '[{"roleArn": "arn:aws:iam::1:role/x"}]'}
    rehearsal = run(ENDPOINT, config)
    assert rehearsal.error is None
    assert provider_inputs(rehearsal) == {**SENT, "skipRequestingAccountId": "true"}
    assert Message("info", f"all requests go to {URL}, not to AWS") in rehearsal.messages


def test_the_provider_checks_an_account_that_the_emulator_can_name() -> None:
    rehearsal = run(wrapped(f'endpoint: "{URL}", account_id: "000000000000"'))
    assert provider_inputs(rehearsal) == {
        **SENT,
        "allowedAccountIds": '["000000000000"]',
        "skipRequestingAccountId": "false",
    }
    assert rehearsal.outputs["table_arn"] == (
        "arn:aws:dynamodb:eu-central-1:000000000000:table/orders"
    )


def test_every_service_of_the_programs_resources_has_the_endpoint() -> None:
    modules: set[str] = set()
    for file in (ROOT / "planton" / "resources").glob("*.py"):
        for imported in re.findall(r"^from pulumi_aws import (.*)", file.read_text(), re.M):
            modules.update(name.strip() for name in imported.split(","))
    assert {"appautoscaling", "cloudwatch", "dynamodb", "iam"} <= modules
    assert modules <= {*SERVICES}


def state(account: str | None, type_: str = "aws:dynamodb/table:Table") -> Any:
    urn = f"urn:pulumi:dev::tables::{type_}::orders"
    arn = f"arn:aws:dynamodb:eu-west-1:{account}:table/orders-1"
    outputs = {"name": "orders-1", **({"arn": arn} if account else {})}
    return parse_state({urn: {"type": type_, "outputs": outputs}})


def test_a_stack_with_a_table_in_aws_does_not_get_an_endpoint() -> None:
    assert refusal_of_endpoint(state("111122223333"), URL, "test") == (
        "this update is refused, nothing was touched: the stack has the table 'orders-1' in the "
        "AWS account 111122223333, and its requests would go to http://localhost:4566. Use another "
        "stack for the emulated AWS (pulumi stack init NAME), or remove endpoint from the provider "
        "block"
    )


@pytest.mark.parametrize(
    ("account", "endpoint", "key"),
    [
        ("111122223333", None, None),
        ("000000000000", URL, "test"),
        ("123456789012", URL, "test"),
        ("111122223333", URL, "111122223333"),
        (None, URL, "test"),
    ],
    ids=["no endpoint", "LocalStack", "moto", "an account in LocalStack", "no ARN yet"],
)
def test_other_stacks_keep_their_endpoint(
    account: str | None, endpoint: str | None, key: str | None
) -> None:
    assert refusal_of_endpoint(state(account), endpoint, key) is None


def test_an_account_of_something_else_than_a_table_does_not_matter() -> None:
    other = state("111122223333", "aws:iam/policy:Policy")
    assert refusal_of_endpoint(other, URL, "test") is None


def emulated(endpoints: Any, account: str = "000000000000") -> StackState:
    """A stack with a table, whose provider has these endpoints."""
    table = "urn:pulumi:dev::tables::aws:dynamodb/table:Table::orders"
    provider = "urn:pulumi:dev::tables::pulumi:providers:aws::classic-provider"
    arn = f"arn:aws:dynamodb:eu-west-1:{account}:table/orders-1"
    return parse_state(
        {
            table: {
                "type": "aws:dynamodb/table:Table",
                "outputs": {"name": "orders-1", "arn": arn},
            },
            provider: {"type": "pulumi:providers:aws", "outputs": {"endpoints": endpoints}},
        }
    )


@pytest.mark.parametrize("endpoints", [[{"dynamodb": URL}], json.dumps([{"dynamodb": URL}])])
def test_a_stack_of_an_emulated_aws_does_not_lose_its_endpoint(endpoints: Any) -> None:
    assert refusal_without_endpoint(emulated(endpoints)) == (
        "this update is refused, nothing was touched: the stack has the table 'orders-1' in an "
        "emulated AWS (account 000000000000), and its requests would go to AWS, because the "
        "endpoint is gone. Use another stack for AWS (pulumi stack init NAME), or add the endpoint "
        "again, to the provider block or to config aws:endpoints"
    )


@pytest.mark.parametrize(
    "state",
    [
        emulated([{"dynamodb": URL}], "111122223333"),
        emulated([{"dynamodb": "https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com"}]),
        emulated([{"sts": URL}]),
        emulated([{"dynamodb": ""}]),
        emulated(None),
        emulated(""),
        emulated([{"dynamodb": URL}], ""),
    ],
    ids=["account", "VPC endpoint", "other service", "empty", "none", "no text", "no account"],
)
def test_another_stack_is_updated_without_an_endpoint(state: StackState) -> None:
    assert refusal_without_endpoint(state) is None
