"""The related resources of a table under the engine: policy, Kinesis, schedules, throughput."""

from __future__ import annotations

import json
from textwrap import indent
from typing import Any

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB, IAM
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import ROOT, Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, index, manifest

TABLE = "Table orders"
POLICY = "ResourcePolicy orders-policy"
KINESIS = "KinesisStreamingDestination orders-kinesis"
INDEX = "GlobalSecondaryIndex orders-who"
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/{}"


def _up(stack: Stack, **spec: Any) -> dict[str, str]:
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    return report.changes


def _settled(stack: Stack, **spec: Any) -> None:
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(manifest(**spec))
    assert after.is_unchanged, after.explained()


def _policy(cloud: Cloud) -> Any:
    try:
        found = cloud.call(DYNAMODB, "GetResourcePolicy", {"ResourceArn": ARN})
    except Refused as refused:
        return refused.code
    return json.loads(found["Policy"])


def _streams(cloud: Cloud) -> dict[str, str]:
    described = cloud.call(DYNAMODB, "DescribeKinesisStreamingDestination", {"TableName": NAME})
    return {
        one["StreamArn"].rpartition("/")[2]: one.get("ApproximateCreationDateTimePrecision", "")
        for one in described["KinesisDataStreamDestinations"]
        if one["DestinationStatus"] == "ACTIVE"
    }


def policy(action: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
        "Action": action,
        "Resource": ["${table_arn}", "${table_arn}/index/*"],
    }
    return {"resourcePolicy": {"policy": {"Version": "2012-10-17", "Statement": [statement]}}}


def test_a_policy_is_created_changed_and_deleted(stack: Stack, cloud: Cloud) -> None:
    _up(stack)
    assert _up(stack, **policy("dynamodb:GetItem")) == {POLICY: "create"}
    (statement,) = _policy(cloud)["Statement"]
    assert statement["Resource"] == [ARN, f"{ARN}/index/*"]
    _settled(stack, **policy("dynamodb:GetItem"))
    assert _up(stack, **policy("dynamodb:Query")) == {POLICY: "update"}
    (statement,) = _policy(cloud)["Statement"]
    assert statement["Action"] == "dynamodb:Query"
    assert _up(stack) == {POLICY: "delete"}
    assert _policy(cloud) == "PolicyNotFoundException"


def test_a_policy_deleted_outside_pulumi_is_restored_after_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    _up(stack, **policy("dynamodb:GetItem"))
    cloud.call(DYNAMODB, "DeleteResourcePolicy", {"ResourceArn": ARN})
    stack.refresh()
    assert _up(stack, **policy("dynamodb:GetItem")) == {POLICY: "create"}


def test_a_table_has_one_kinesis_destination_at_a_time(stack: Stack, cloud: Cloud) -> None:
    def to(stream: str, **more: str) -> dict[str, Any]:
        return {"kinesisStreamingDestination": {"streamArn": STREAM.format(stream), **more}}

    _up(stack)
    assert _up(stack, **to("a")) == {KINESIS: "create"}
    assert _streams(cloud) == {"a": ""}
    _settled(stack, **to("a"))
    before = len(looks.writes(cloud))
    other = stack.up(manifest(**to("b")))
    assert other.changes == {KINESIS: "replace"}
    assert [w for w in other.warnings if "are sent to neither" in w]
    assert looks.writes(cloud)[before:] == [
        "DisableKinesisStreamingDestination",
        "EnableKinesisStreamingDestination",
    ]
    exact = to("b", approximateCreationDateTimePrecision="MICROSECOND")
    assert _up(stack, **exact) == {KINESIS: "replace"}
    assert _streams(cloud) == {"b": "MICROSECOND"}
    left_out = stack.up(manifest(**to("b")))
    assert left_out.ok, left_out.explained()
    assert KINESIS not in left_out.changes
    assert [w for w in left_out.warnings if "timestamps stay in microseconds" in w]
    assert _streams(cloud) == {"b": "MICROSECOND"}
    _settled(stack, **to("b"))
    assert _up(stack) == {KINESIS: "delete"}
    assert _streams(cloud) == {}


MORNING = {
    "name": "morning",
    "dimension": "READ",
    "schedule": "cron(0 8 ? * MON-FRI *)",
    "timezone": "Europe/Berlin",
    "minCapacity": 50,
    "maxCapacity": 500,
}
ACTION = "ScheduledAction orders-read/morning"


def scheduled(*adjustments: dict[str, Any], **read: int) -> dict[str, Any]:
    scaling = {**SCALED, "read": {**SCALED["read"], **read}}
    return {**PROVISIONED, "autoscaling": {**scaling, "scheduledAdjustments": list(adjustments)}}


def _scheduled(cloud: Cloud) -> dict[str, dict[str, Any]]:
    asked = {"ServiceNamespace": DYNAMODB}
    found = cloud.call(AUTOSCALING, "DescribeScheduledActions", asked)["ScheduledActions"]
    return {one["ScheduledActionName"]: one for one in found}


def _strike(cloud: Cloud, low: int, high: int) -> None:
    """What AWS does when the time has come."""
    cloud.call(
        AUTOSCALING,
        "RegisterScalableTarget",
        {
            "ServiceNamespace": DYNAMODB,
            "ResourceId": f"table/{NAME}",
            "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
            "MinCapacity": low,
            "MaxCapacity": high,
        },
    )


def test_a_schedule_is_created_changed_and_deleted(stack: Stack, cloud: Cloud) -> None:
    _up(stack, **scheduled())
    assert _up(stack, **scheduled(MORNING)) == {ACTION: "create"}
    created = _scheduled(cloud)["morning"]
    assert (created["Schedule"], created["Timezone"]) == (
        "cron(0 8 ? * MON-FRI *)",
        "Europe/Berlin",
    )
    assert created["ScalableTargetAction"] == {"MinCapacity": 50, "MaxCapacity": 500}
    _settled(stack, **scheduled(MORNING))
    later = {**MORNING, "schedule": "cron(0 9 ? * MON-FRI *)"}
    assert _up(stack, **scheduled(later)) == {ACTION: "update"}
    assert _scheduled(cloud)["morning"]["Schedule"] == "cron(0 9 ? * MON-FRI *)"
    assert _up(stack, **scheduled()) == {ACTION: "delete"}
    assert _scheduled(cloud) == {}


def test_bounds_that_a_schedule_changed_are_kept(stack: Stack, cloud: Cloud) -> None:
    _up(stack, **scheduled(MORNING))
    _strike(cloud, 50, 500)
    stack.refresh()
    assert _up(stack, **scheduled(MORNING)) == {}
    assert looks.targets(cloud)[f"table/{NAME} read"] == (50, 500)

    other = stack.up(manifest(**scheduled(MORNING, maxCapacity=200)))
    assert other.changes == {}
    assert [w for w in other.warnings if "Afterwards the schedule sets them" in w]
    assert looks.targets(cloud)[f"table/{NAME} read"] == (50, 500)

    off = stack.up(manifest(**scheduled(maxCapacity=200)))
    assert off.ok, off.explained()
    assert [w for w in off.warnings if "after a `pulumi refresh`" in w]
    stack.refresh()
    _up(stack, **scheduled(maxCapacity=200))
    assert looks.targets(cloud)[f"table/{NAME} read"] == (5, 200)


def test_the_schedules_of_a_table_are_created_one_after_another(stack: Stack, cloud: Cloud) -> None:
    evening = {**MORNING, "name": "evening", "minCapacity": 5}
    report = stack.up(manifest(**scheduled(MORNING, evening)))
    assert report.ok, report.explained()
    created = [step.resource for step in report.steps]
    actions = [f"ScheduledAction orders-read/{name}" for name in ("morning", "evening")]
    assert (
        created.index("Policy orders-read") < created.index(actions[0]) < created.index(actions[1])
    )
    assert set(_scheduled(cloud)) == {"morning", "evening"}


def _warm(cloud: Cloud) -> tuple[int, int]:
    warm = looks.table(cloud)["WarmThroughput"]
    return warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]


def _grow(cloud: Cloud, reads: int, writes: int) -> None:
    """What AWS does as the load grows."""
    warm = {"ReadUnitsPerSecond": reads, "WriteUnitsPerSecond": writes}
    cloud.call(DYNAMODB, "UpdateTable", {"TableName": NAME, "WarmThroughput": warm})


def test_a_warm_throughput_raised_by_aws_does_not_replace_the_table(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {"warmThroughput": {"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 5000}}
    _up(stack, **spec)
    assert _warm(cloud) == (13000, 5000)
    _settled(stack, **spec)
    _grow(cloud, 30000, 9000)
    stack.refresh()
    assert _up(stack, **spec) == {}
    assert _warm(cloud) == (30000, 9000)
    assert "DeleteTable" not in looks.writes(cloud)

    more = {"warmThroughput": {"readUnitsPerSecond": 50000, "writeUnitsPerSecond": 9000}}
    raised = stack.up(manifest(**more))
    assert raised.changes == {}
    assert [w for w in raised.warnings if "aws dynamodb update-table" in w]
    assert _up(stack) == {}
    assert _warm(cloud) == (30000, 9000)


def test_a_warm_throughput_raised_by_aws_does_not_rebuild_the_index(
    stack: Stack, cloud: Cloud
) -> None:
    def spec(reads: int) -> dict[str, Any]:
        warm = {"warmThroughput": {"readUnitsPerSecond": reads}}
        return {"globalSecondaryIndexes": [index("who", **warm)]}

    assert _up(stack, **spec(13000)) == {TABLE: "create", INDEX: "create"}
    _settled(stack, **spec(13000))
    grown = {"ReadUnitsPerSecond": 40000, "WriteUnitsPerSecond": 8000}
    update = {"Update": {"IndexName": "who", "WarmThroughput": grown}}
    wanted = {"TableName": NAME, "GlobalSecondaryIndexUpdates": [update]}
    cloud.call(DYNAMODB, "UpdateTable", wanted)
    stack.refresh()
    assert _up(stack, **spec(13000)) == {}
    assert _up(stack, **spec(60000)) == {}
    assert looks.indexes(cloud)["who"]["WarmThroughput"]["ReadUnitsPerSecond"] == 40000


def test_destroy_deletes_every_resource(stack: Stack, cloud: Cloud) -> None:
    spec = {
        **scheduled(MORNING),
        **policy("dynamodb:GetItem"),
        "kinesisStreamingDestination": {"streamArn": STREAM.format("a")},
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
        "contributorInsightsEnabled": True,
    }
    _up(stack, **spec)
    _settled(stack, **spec)
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)
    assert _scheduled(cloud) == {}


def test_a_table_with_everything_is_created_stays_unchanged_and_is_deleted(
    stack: Stack, cloud: Cloud
) -> None:
    text = (ROOT / "tests" / "everything.yaml").read_text(encoding="utf-8")
    text = f'provider_config: {{account_id: "123456789012"}}\ntarget:\n{indent(text, "  ")}'
    for name in ("shop", "search"):
        role = {"RoleName": name, "AssumeRolePolicyDocument": "{}"}
        cloud.call(IAM, "CreateRole", role)
    report = stack.up(text)
    assert report.ok, report.explained()
    again = stack.up(text)
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(text)
    assert after.is_unchanged, after.explained()
    assert not stack.destroy().ok  # the table and a replica are protected
    unprotected = stack.up(
        text.replace("eletionProtectionEnabled: true", "eletionProtectionEnabled: false")
    )
    assert unprotected.ok, unprotected.explained()
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)
