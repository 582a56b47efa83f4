"""A stack of an emulated AWS, whose endpoint is in the provider block."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
import pytest

from tests.emulated.cloud import Cloud
from tests.engine.harness import Engine, Stack
from tests.engine.manifests import index, manifest
from tests.engine.real import RealProvider
from tests.engine.standin import StandIn
from tools import dynamodb_local
from tools.skips import without_local

ENDPOINT = {"endpoint": "http://localhost:4566"}


def within(block: dict[str, str], **spec: Any) -> str:
    """A stack input with this provider block."""
    return json.dumps({"provider_config": block, "target": json.loads(manifest(**spec))})


def test_a_stack_in_an_account_of_aws_is_not_sent_to_an_endpoint(
    stack: Stack, cloud: Cloud, stand_in: StandIn
) -> None:
    cloud.account_id = "111122223333"
    created = stack.up(within({"account_id": cloud.account_id}))
    assert created.ok, created.explained()
    before = len(cloud.calls)
    for refused in (stack.preview(within(ENDPOINT)), stack.up(within(ENDPOINT))):
        assert not refused.ok
        assert (
            "this update is refused, nothing was touched: the stack has the table 'orders' in the "
            "AWS account 111122223333, and its requests would go to http://localhost:4566."
        ) in refused.text
        assert refused.changes == {}
    assert cloud.calls[before:] == []


def test_a_stack_of_an_emulated_aws_is_not_sent_to_aws(
    stack: Stack, cloud: Cloud, stand_in: StandIn
) -> None:
    created = stack.up(within(ENDPOINT))
    assert created.ok, created.explained()
    before = len(cloud.calls)
    for refused in (stack.preview(manifest()), stack.up(manifest(**TTL))):
        assert not refused.ok
        assert (
            "this update is refused, nothing was touched: the stack has the table 'orders' in an "
            "emulated AWS (account 123456789012), and its requests would go to AWS"
        ) in refused.text
        assert refused.changes == {}
    assert cloud.calls[before:] == []
    stack.call("config", "set", "--path", "aws:endpoints[0].dynamodb", ENDPOINT["endpoint"])
    moved = stack.up(manifest(**TTL))
    assert moved.ok, moved.explained()
    assert moved.changes == {"Table orders": "update"}


def test_a_stack_of_an_emulated_aws_is_updated_and_destroyed(
    stack: Stack, stand_in: StandIn
) -> None:
    created = stack.up(within(ENDPOINT))
    assert created.ok, created.explained()
    assert "all requests go to http://localhost:4566, not to AWS" in created.text
    again = stack.up(within(ENDPOINT))
    assert again.is_unchanged, again.explained()
    changed = stack.up(within(ENDPOINT, streamEnabled=True, streamViewType="KEYS_ONLY"))
    assert changed.changes == {"Table orders": "update"}
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()


TTL = {"ttl": {"enabled": True, "attributeName": "until"}}
PROVISIONED: dict[str, Any] = {
    "billingMode": "PROVISIONED",
    "provisionedThroughput": {"readCapacityUnits": 5, "writeCapacityUnits": 5},
    **TTL,
    "accessPolicies": ["reader"],
    "alarms": {"readThrottles": {"threshold": 5}},
}
SCALED = {"autoscaling": {"enabled": True, "read": {"minCapacity": 5, "maxCapacity": 50}}}


def client(service: str, endpoint: str) -> Any:
    return boto3.Session().client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def moto(tmp_path: Path) -> Iterator[str]:
    """The URL of a moto server in a separate process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        (tmp_path / "moto.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=log,
        ) as server,
    ):
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the moto server did not start")


def test_the_real_provider_sends_every_request_to_the_endpoint(
    engine: Engine, real_provider: RealProvider, moto: str, tmp_path: Path
) -> None:
    """Its environment names an AWS that answers nothing: a request that went there would fail."""
    stack = engine.stack(tmp_path / "stack", real_provider.port)
    real_provider.endpoint.unanswered.clear()
    block = {"endpoint": moto, "account_id": "123456789012", "max_retries": "2"}
    text = within(block, **PROVISIONED)
    created = stack.up(text)
    assert created.ok, created.explained()
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    assert created.outputs["table_arn"] == arn

    def ask(service: str) -> Any:
        return client(service, moto)

    assert ask("dynamodb").list_tables()["TableNames"] == ["orders"]
    assert len(ask("cloudwatch").describe_alarms()["MetricAlarms"]) >= 1
    policies = ask("iam").list_policies(Scope="Local")["Policies"]
    assert [one["Arn"] for one in policies] == [created.outputs["policy_arns"]["reader"]]

    again = stack.up(text)
    assert again.is_unchanged, again.explained()

    # moto has no tags of scalable targets, for which the provider asks it in vain.
    refused = stack.up(within(block, **PROVISIONED, **SCALED))
    assert "ListTagsForResource" in refused.text
    targets = ask("application-autoscaling").describe_scalable_targets(ServiceNamespace="dynamodb")
    assert [one["ResourceId"] for one in targets["ScalableTargets"]] == ["table/orders"]

    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert ask("dynamodb").list_tables()["TableNames"] == []
    assert real_provider.endpoint.unanswered == []


def test_the_real_provider_uses_the_endpoints_of_the_stacks_config(
    engine: Engine, real_provider: RealProvider, moto: str, tmp_path: Path
) -> None:
    """As docs/local.md sets them."""
    stack = engine.stack(tmp_path / "stack", real_provider.port)
    real_provider.endpoint.unanswered.clear()
    for service in ("dynamodb", "sts"):
        stack.call("config", "set", "--path", f"aws:endpoints[0].{service}", moto)
    for name in ("skipCredentialsValidation", "skipRequestingAccountId"):
        stack.call("config", "set", f"aws:{name}", "true")
    for name in ("accessKey", "secretKey"):
        stack.call("config", "set", f"aws:{name}", "test")
    created = stack.up(manifest())
    assert created.ok, created.explained()
    assert client("dynamodb", moto).list_tables()["TableNames"] == ["orders"]
    assert real_provider.endpoint.unanswered == []


def test_a_table_is_created_in_dynamodb_local_until_tags_change(
    engine: Engine, real_provider: RealProvider, tmp_path: Path
) -> None:
    """It has no STS to ask for the account, its ARNs have no region, and it has no tags."""
    if reason := without_local():
        pytest.skip(reason)
    folder = dynamodb_local.find()
    assert folder is not None
    stack = engine.stack(tmp_path / "stack", real_provider.port)
    with dynamodb_local.running(folder, tmp_path / "log") as port:
        block = {"endpoint": f"http://127.0.0.1:{port}", "max_retries": "2"}
        text = within(block, globalSecondaryIndexes=[index("who")], **TTL)
        created = stack.up(text)
        assert created.ok, created.explained()
        table = client("dynamodb", block["endpoint"]).describe_table(TableName="orders")["Table"]
        ttl = client("dynamodb", block["endpoint"]).describe_time_to_live(TableName="orders")
        again = stack.up(text)
        destroyed = stack.destroy()
        assert destroyed.ok, destroyed.explained()
    assert [one["IndexName"] for one in table["GlobalSecondaryIndexes"]] == ["who"]
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "until"
    assert not again.ok
    assert "Tagging is not currently supported in DynamoDB Local" in again.text
