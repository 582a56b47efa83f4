"""A standalone replica, in another region."""

from __future__ import annotations

from typing import Any

import pulumi_aws
import pytest
from pulumi import _types

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import Incomplete, ResourceState
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs
from tests.rehearsal.existing_table import POLICY, REPLICA, TABLE, TARGET, placed_changes

HOME, NEAR = "eu-west-1", "eu-central-1"
ARN = f"arn:aws:dynamodb:{HOME}:123456789012:table/orders"
THERE = f"arn:aws:dynamodb:{NEAR}:123456789012:table/orders"
STREAM: Json = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}


def replica(**changes: Any) -> Json:
    return {"globalTableArn": ARN, "region": NEAR, **changes}


@pytest.fixture
def orders(aws: Provider, table: Inputs) -> ResourceState:
    return aws.create(TABLE, table(**STREAM))


def added(**more: Any) -> tuple[str, str, Json]:
    member = {"RegionName": NEAR, **more}
    return HOME, "UpdateTable", {"ReplicaUpdates": [{"Create": member}]}


@pytest.mark.usefixtures("orders")
def test_a_replica_is_added_at_the_table_and_configured_in_its_region(
    cloud: Cloud, aws: Provider
) -> None:
    number = len(cloud.calls)
    created = aws.create(
        REPLICA,
        replica(
            pointInTimeRecovery=True,
            deletionProtectionEnabled=True,
            tableClassOverride="STANDARD_INFREQUENT_ACCESS",
            tags={"team": "shop"},
        ),
    )
    recovery = {"PointInTimeRecoveryEnabled": True}
    assert placed_changes(cloud.calls[number:]) == [
        added(TableClassOverride="STANDARD_INFREQUENT_ACCESS"),
        (
            NEAR,
            "TagResource",
            {"ResourceArn": THERE, "Tags": [{"Key": "team", "Value": "shop"}]},
        ),
        (NEAR, "UpdateContinuousBackups", {"PointInTimeRecoverySpecification": recovery}),
        (NEAR, "UpdateTable", {"DeletionProtectionEnabled": True}),
    ]
    assert created == ResourceState(
        f"orders:{HOME}",
        {
            "id": f"orders:{HOME}",
            "region": NEAR,
            "arn": THERE,
            "globalTableArn": ARN,
            "pointInTimeRecovery": True,
            "deletionProtectionEnabled": True,
            "tableClassOverride": "STANDARD_INFREQUENT_ACCESS",
            "tags": {"team": "shop"},
            "tagsAll": {"team": "shop"},
        },
    )


@pytest.mark.usefixtures("orders")
def test_a_plain_replica_is_one_request(cloud: Cloud, aws: Provider) -> None:
    number = len(cloud.calls)
    created = aws.create(REPLICA, replica())
    assert placed_changes(cloud.calls[number:]) == [added()]
    assert created.outputs == {
        "id": f"orders:{HOME}",
        "region": NEAR,
        "arn": THERE,
        "globalTableArn": ARN,
        "pointInTimeRecovery": False,
        "deletionProtectionEnabled": False,
        "tags": {},
        "tagsAll": {},
    }


def test_the_accounts_key_is_reported_and_a_customer_key_is_requested(
    aws: Provider, cloud: Cloud, table: Inputs
) -> None:
    aws.create(TABLE, table(**STREAM, serverSideEncryption={"enabled": True}))
    key = f"arn:aws:kms:{NEAR}:123456789012:"
    assert aws.create(REPLICA, replica()).outputs["kmsKeyArn"] == f"{key}alias/aws/dynamodb"
    number = len(cloud.calls)
    own = {"enabled": True, "kmsKeyArn": f"arn:aws:kms:{HOME}:123456789012:key/1"}
    aws.create(TABLE, table(name="others", **STREAM, serverSideEncryption=own))
    inputs = replica(globalTableArn=ARN.replace("orders", "others"), kmsKeyArn=f"{key}key/1")
    assert aws.create(REPLICA, inputs).outputs["kmsKeyArn"] == f"{key}key/1"
    assert added(KMSMasterKeyId=f"{key}key/1") in placed_changes(cloud.calls[number:])


@pytest.mark.usefixtures("orders")
def test_the_standard_class_is_never_in_the_outputs(aws: Provider) -> None:
    created = aws.create(REPLICA, replica(tableClassOverride="STANDARD"))
    assert "tableClassOverride" not in created.outputs


@pytest.mark.usefixtures("orders")
def test_tags_recovery_and_protection_change_in_place(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(
        REPLICA, replica(tags={"a": "1", "b": "1"}, deletionProtectionEnabled=True)
    )
    number = len(cloud.calls)
    created = aws.update(
        REPLICA, created.id, created.outputs, replica(tags={"b": "2"}, pointInTimeRecovery=True)
    )
    recovery = {"PointInTimeRecoveryEnabled": True}
    assert placed_changes(cloud.calls[number:]) == [
        (NEAR, "UntagResource", {"ResourceArn": THERE, "TagKeys": ["a"]}),
        (NEAR, "TagResource", {"ResourceArn": THERE, "Tags": [{"Key": "b", "Value": "2"}]}),
        (NEAR, "UpdateContinuousBackups", {"PointInTimeRecoverySpecification": recovery}),
    ]
    number = len(cloud.calls)
    created = aws.update(
        REPLICA, created.id, created.outputs, replica(deletionProtectionEnabled=False)
    )
    assert placed_changes(cloud.calls[number:])[-1] == (
        NEAR,
        "UpdateTable",
        {"DeletionProtectionEnabled": False},
    )
    assert (created.outputs["tags"], created.outputs["pointInTimeRecovery"]) == ({}, False)


def test_a_replica_is_gone_with_either_table_or_without_the_group(
    cloud: Cloud, aws: Provider, orders: ResourceState
) -> None:
    created = aws.create(REPLICA, replica())
    assert aws.read(REPLICA, created.id, created.outputs, replica()) is not None
    cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"}, region=NEAR)
    assert aws.read(REPLICA, created.id, created.outputs) is None
    aws.delete(TABLE, orders.id, orders.outputs)
    assert aws.read(REPLICA, created.id, created.outputs) is None


def test_a_replica_is_deleted_at_the_table(
    cloud: Cloud, aws: Provider, orders: ResourceState
) -> None:
    created = aws.create(REPLICA, replica())
    number = len(cloud.calls)
    aws.delete(REPLICA, created.id, created.outputs)
    assert placed_changes(cloud.calls[number:]) == [
        (HOME, "UpdateTable", {"ReplicaUpdates": [{"Delete": {"RegionName": NEAR}}]})
    ]
    aws.delete(REPLICA, created.id, created.outputs)
    aws.delete(TABLE, orders.id, orders.outputs)


@pytest.mark.usefixtures("orders")
def test_a_replica_in_the_tables_region_is_refused_by_the_provider(aws: Provider) -> None:
    with pytest.raises(Refused, match="replica cannot be in same region as main table") as caught:
        aws.create(REPLICA, replica(region=None))
    assert caught.value.by == "provider"


@pytest.mark.usefixtures("orders")
def test_an_error_after_the_creation_of_the_replica_keeps_it(aws: Provider) -> None:
    with pytest.raises(Incomplete) as caught:
        aws.create(REPLICA, replica(tags={"aws:x": "1"}))
    assert caught.value.resource.outputs["region"] == NEAR


def test_the_writes_of_a_provisioned_table_are_scaled_first(aws: Provider, table: Inputs) -> None:
    units = {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}
    aws.create(TABLE, table(**STREAM, **units))
    where = {
        "serviceNamespace": "dynamodb",
        "resourceId": "table/orders",
        "scalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    with pytest.raises(Refused, match="Table write capacity should either be Pay-Per-Request"):
        aws.create(REPLICA, replica())
    aws.create(TARGET, {**where, "minCapacity": 1, "maxCapacity": 9})
    tracking = {"targetValue": 70}
    policy = {
        **where,
        "name": "writes",
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": tracking,
    }
    aws.create(POLICY, policy)
    aws.create(REPLICA, replica())
    reads = {**where, "scalableDimension": "dynamodb:table:ReadCapacityUnits", "region": NEAR}
    created = aws.create(TARGET, {**reads, "minCapacity": 7, "maxCapacity": 9})
    aws.create(POLICY, {**policy, **reads})
    assert created.outputs["region"] == NEAR
    aws.delete(TARGET, created.id, created.outputs)


@pytest.mark.usefixtures("orders")
def test_every_output_exists_in_the_provider(aws: Provider) -> None:
    outputs = aws.create(REPLICA, replica()).outputs
    types = _types.resource_types(pulumi_aws.dynamodb.TableReplica)
    assert outputs.keys() - {"id"} <= types.keys()
