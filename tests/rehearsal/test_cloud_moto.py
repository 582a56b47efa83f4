"""moto as it is: what it lacks, where it deviates, and that nothing leaves this machine.

The tests on moto itself fail as soon as a correction is no longer needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from moto.core.models import botocore_stubber
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.responses import DynamoHandler

from planton.rehearsal.aws.errors import NetworkRefused, Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.property_errors import PropertyError
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import TABLE

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def dynamodb(cloud: Cloud) -> Any:
    """moto's own DynamoDB, past all corrections."""
    return cloud.emulator.client("dynamodb", ACCOUNT, REGION)


CREATE: Json = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
INDEX: Json = {
    "IndexName": "by-pk",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


def described(dynamodb: Any) -> Json:
    table: Json = dynamodb.describe_table(TableName="orders")["Table"]
    return table


def test_moto_lacks_what_is_recorded_as_not_emulated(cloud: Cloud) -> None:
    services = cloud.services
    for operation in (*services.insights.operations, *services.streaming.operations):
        assert not hasattr(DynamoHandler, camelcase_to_underscores(operation))


def test_moto_forgets_class_encryption_and_on_demand_maximum(dynamodb: Any) -> None:
    maximum = {"MaxReadRequestUnits": 5}
    dynamodb.create_table(
        **CREATE,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        OnDemandThroughput=maximum,
        GlobalSecondaryIndexes=[{**INDEX, "OnDemandThroughput": maximum}],
    )
    dynamodb.update_table(TableName="orders", SSESpecification={"Enabled": True})
    table = described(dynamodb)
    assert table.keys().isdisjoint({"TableClassSummary", "OnDemandThroughput", "SSEDescription"})
    assert "OnDemandThroughput" not in table["GlobalSecondaryIndexes"][0]


def test_moto_returns_no_arn_of_an_index(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE, GlobalSecondaryIndexes=[INDEX])
    assert "IndexArn" not in described(dynamodb)["GlobalSecondaryIndexes"][0]


def test_moto_reports_a_disabled_stream_as_enabled(dynamodb: Any) -> None:
    on = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    dynamodb.create_table(**CREATE, StreamSpecification=on)
    dynamodb.update_table(TableName="orders", StreamSpecification={"StreamEnabled": False})
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        dynamodb.update_table(TableName="orders", StreamSpecification=on)


def test_moto_keeps_units_after_a_change_to_on_demand(dynamodb: Any) -> None:
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    provisioned = {**CREATE, "BillingMode": "PROVISIONED", "ProvisionedThroughput": units}
    dynamodb.create_table(**provisioned)
    dynamodb.update_table(TableName="orders", BillingMode="PAY_PER_REQUEST")
    assert described(dynamodb)["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


def test_moto_duplicates_a_changed_tag(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE, Tags=[{"Key": "a", "Value": "1"}])
    arn = described(dynamodb)["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}])
    assert len(dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]) == 2


def test_moto_keeps_the_definitions_of_a_deleted_index_only(dynamodb: Any) -> None:
    other = {"AttributeName": "other", "AttributeType": "S"}
    index = {**INDEX, "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}]}
    dynamodb.create_table(**CREATE)
    dynamodb.update_table(
        TableName="orders",
        AttributeDefinitions=[other],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )
    assert described(dynamodb)["AttributeDefinitions"] == [other]
    dynamodb.update_table(
        TableName="orders", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-pk"}}]
    )
    assert described(dynamodb)["AttributeDefinitions"] == [other]


def test_moto_reports_the_attribute_of_a_disabled_ttl(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE)
    for on in (True, False):
        specification = {"Enabled": on, "AttributeName": "exp"}
        dynamodb.update_time_to_live(TableName="orders", TimeToLiveSpecification=specification)
    lifetime = dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]
    assert lifetime == {"TimeToLiveStatus": "DISABLED", "AttributeName": "exp"}


def test_moto_fails_with_an_internal_error_on_a_missing_index(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE)
    with pytest.raises(ValueError, match="does not exist"):
        dynamodb.update_table(
            TableName="orders", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-pk"}}]
        )


def test_moto_does_not_support_replicas(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE)
    dynamodb.update_table(
        TableName="orders", ReplicaUpdates=[{"Create": {"RegionName": "us-east-2"}}]
    )
    assert "Replicas" not in described(dynamodb)


def test_moto_restores_units_and_no_billing_mode(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE)
    dynamodb.restore_table_to_point_in_time(SourceTableName="orders", TargetTableName="others")
    restored = dynamodb.describe_table(TableName="others")["Table"]
    assert restored["BillingModeSummary"] == {}


def test_moto_keeps_the_policy_of_a_deleted_table_and_refuses_no_deletion(dynamodb: Any) -> None:
    dynamodb.create_table(**CREATE)
    arn = described(dynamodb)["TableArn"]
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.delete_resource_policy(ResourceArn=arn)
    dynamodb.put_resource_policy(ResourceArn=arn, Policy="no policy at all")
    dynamodb.delete_table(TableName="orders")
    dynamodb.create_table(**CREATE)
    assert dynamodb.get_resource_policy(ResourceArn=arn)["Policy"] == "no policy at all"


def test_moto_has_no_policies_of_streams(dynamodb: Any) -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    dynamodb.create_table(**CREATE, StreamSpecification=stream)
    arn = described(dynamodb)["LatestStreamArn"]
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.put_resource_policy(ResourceArn=arn, Policy="{}")


def test_motos_autoscaling_loads_all_of_ec2() -> None:
    """Why it is emulated here instead."""
    run("""
import sys
import moto.applicationautoscaling.models
assert "moto.ec2.models" in sys.modules
""")


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done


MAKE_A_TABLE = """
from tests.emulated.cloud import Cloud
inputs = {"name": "orders", "hashKey": "pk", "billingMode": "PAY_PER_REQUEST",
          "attributes": [{"name": "pk", "type": "S"}]}
with Cloud() as cloud:
    created = cloud.provider({"region": "eu-west-1"}).create("aws:dynamodb/table:Table", inputs)
print(created.outputs["arn"])
"""


def test_the_aws_configuration_of_the_machine_is_ignored(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = sa-east-1\nendpoint_url = http://127.0.0.1:9\n")
    done = run(
        MAKE_A_TABLE,
        AWS_PROFILE="nobody",
        AWS_CONFIG_FILE=str(config),
        AWS_REGION="sa-east-1",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:9",
        AWS_USE_FIPS_ENDPOINT="true",
        AWS_ACCESS_KEY_ID="real",
        AWS_SECRET_ACCESS_KEY="real",
        HTTPS_PROXY="http://127.0.0.1:9",
    )
    assert done.stdout == "arn:aws:dynamodb:eu-west-1:123456789012:table/orders\n"


def test_no_socket_is_opened() -> None:
    forbid = "import socket\ndef no(*_): raise AssertionError('network')\n"
    forbid += "socket.socket.connect = socket.getaddrinfo = socket.create_connection = no\n"
    assert run(forbid + MAKE_A_TABLE).stdout.startswith("arn:")


def test_the_environment_is_not_changed() -> None:
    before = dict(os.environ)
    with Cloud():
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_a_request_that_moto_cannot_handle_is_not_sent(cloud: Cloud) -> None:
    request = {"TableName": "orders"}
    botocore_stubber.enabled = False
    try:
        with pytest.raises(NetworkRefused, match=r"POST https://dynamodb\.us-east-1\."):
            cloud.call("dynamodb", "DescribeTable", request)
    finally:
        botocore_stubber.enabled = True


def test_a_cloud_only_exists_inside_its_block(table: Inputs) -> None:
    with Cloud() as cloud:
        pass
    with pytest.raises(RuntimeError, match="inside its `with` block"):
        cloud.call("dynamodb", "DescribeTable", {"TableName": "orders"})


def test_a_cloud_is_empty_at_first(table: Inputs) -> None:
    for _ in range(2):
        with Cloud() as cloud:
            cloud.provider({"region": REGION}).create(TABLE, table())


def test_account_and_region_are_in_the_arns_and_separate_tables(
    table: Inputs,
) -> None:
    with Cloud(account_id="111122223333", region="eu-north-1") as cloud:
        plain = cloud.provider()
        assert (plain.account_id, plain.region) == ("111122223333", "eu-north-1")
        created = plain.create(TABLE, table())
        assert created.outputs["arn"] == "arn:aws:dynamodb:eu-north-1:111122223333:table/orders"
        cloud.call("dynamodb", "CreateTable", CREATE, account_id="999988887777")
        with pytest.raises(Refused):
            cloud.call("dynamodb", "CreateTable", CREATE, account_id="999988887777")


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_other_partitions_have_their_own_arns(
    cloud: Cloud, table: Inputs, region: str, partition: str
) -> None:
    created = cloud.provider({"region": region}).create(
        TABLE, table(serverSideEncryption={"enabled": True})
    )
    assert created.outputs["arn"] == f"arn:{partition}:dynamodb:{region}:{ACCOUNT}:table/orders"
    assert created.outputs["serverSideEncryption"]["kmsKeyArn"] == ""


def test_an_unknown_region_is_refused(cloud: Cloud, table: Inputs) -> None:
    for provider, inputs in (
        (cloud.provider({"region": "mars-1"}), table()),
        (cloud.provider(), table(region="mars-1")),
    ):
        with pytest.raises(Refused, match=r"^provider: InvalidRegion: .*mars-1$"):
            provider.create(TABLE, inputs)


@pytest.mark.parametrize(
    ("account_id", "config", "account"),
    [
        (None, {}, ACCOUNT),
        (None, {"allowedAccountIds": '["111122223333"]'}, "111122223333"),
        (None, {"allowedAccountIds": '["111122223333", "123456789012"]'}, ACCOUNT),
        ("999988887777", {}, "999988887777"),
        ("999988887777", {"allowedAccountIds": '["999988887777"]'}, "999988887777"),
        ("999988887777", {"forbiddenAccountIds": ["111122223333"]}, "999988887777"),
    ],
)
def test_the_provider_works_in_an_allowed_account(
    account_id: str | None, config: Json, account: str
) -> None:
    with Cloud(account_id=account_id) as cloud:
        assert cloud.provider(config).account_id == account


@pytest.mark.parametrize(
    "config", [{"allowedAccountIds": '["111122223333"]'}, {"forbiddenAccountIds": [ACCOUNT]}]
)
def test_the_provider_refuses_a_different_account(cloud: Cloud, config: Json) -> None:
    with pytest.raises(Refused, match="AWS account ID not allowed: 123456789012"):
        cloud.provider(config)


def test_configuration_is_json_unless_it_is_a_string(cloud: Cloud) -> None:
    provider = cloud.provider(
        {
            "region": "eu-west-1",
            "skipRegionValidation": "true",
            "maxRetries": "3",
            "assumeRoles": '[{"roleArn": "x"}]',
            "version": "7.51.1",
            "profile": None,
        }
    )
    assert provider.region == "eu-west-1"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"regoin": "eu-west-1"}, r"\.regoin: not emulated"),
        ({"defaultTags": '{"tag": {}}'}, r"\.defaultTags\.tag: not emulated"),
        ({"allowedAccountIds": "1111"}, r"\.allowedAccountIds: expected a list of strings"),
        ({"allowedAccountIds": "[1111"}, r"\.allowedAccountIds: expected JSON"),
    ],
)
def test_unknown_configuration_is_refused(cloud: Cloud, config: Json, message: str) -> None:
    with pytest.raises(PropertyError, match=f"^pulumi:providers:aws{message}"):
        cloud.provider(config)


def test_a_recorded_request_is_a_copy(cloud: Cloud, aws: Provider) -> None:
    parameters = {**CREATE, "Tags": [{"Key": "a", "Value": "1"}]}
    cloud.call("dynamodb", "CreateTable", parameters)
    parameters["Tags"][0]["Value"] = "changed"
    assert cloud.calls[-1].parameters["Tags"] == [{"Key": "a", "Value": "1"}]
    assert aws.region == "eu-west-1"


def test_a_refused_request_is_recorded_with_its_reason(cloud: Cloud) -> None:
    with pytest.raises(Refused):
        cloud.call("dynamodb", "DescribeTable", {"TableName": "orders"})
    (call,) = cloud.calls
    assert (call.outcome, call.code) == ("refused", "ResourceNotFoundException")
    assert call.message == "Requested resource not found: Table: orders not found"
