"""Scheduled actions on scalable targets."""

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
from tests.rehearsal.existing_table import SCHEDULED, TABLE, TARGET, changes

WHERE: Json = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/orders",
    "scalableDimension": "dynamodb:table:ReadCapacityUnits",
}
PLACE: Json = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": "table/orders",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    "ScheduledActionName": "night",
}


def action(**changed: Any) -> Json:
    whole = {
        **WHERE,
        "name": "night",
        "schedule": "cron(0 22 * * ? *)",
        "scalableTargetAction": {"minCapacity": 1.0, "maxCapacity": 5.0},
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


@pytest.fixture(autouse=True)
def target(aws: Provider, table: Inputs) -> ResourceState:
    aws.create(TABLE, table(billingMode="PROVISIONED", readCapacity=5, writeCapacity=5))
    return aws.create(TARGET, {**WHERE, "minCapacity": 5, "maxCapacity": 50})


def test_an_action_is_attached_to_its_target(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(
        SCHEDULED,
        action(
            startTime="2027-01-01T01:00:00+01:00",
            endTime="2027-02-01T00:00:00Z",
            timezone="Europe/Berlin",
        ),
    )
    assert changes(cloud.calls)[-1] == (
        "PutScheduledAction",
        {
            **PLACE,
            "StartTime": "2027-01-01T01:00:00+01:00",
            "EndTime": "2027-02-01T00:00:00Z",
            "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 5},
            "Schedule": "cron(0 22 * * ? *)",
            "Timezone": "Europe/Berlin",
        },
    )
    arn = created.outputs.pop("arn")
    assert arn.startswith("arn:aws:autoscaling:eu-west-1:123456789012:scheduledAction:")
    assert arn.endswith(":resource/dynamodb/table/orders:scheduledActionName/night")
    assert created == ResourceState(
        "night-dynamodb-table/orders",
        {
            **WHERE,
            "id": "night-dynamodb-table/orders",
            "region": "eu-west-1",
            "name": "night",
            "schedule": "cron(0 22 * * ? *)",
            "timezone": "Europe/Berlin",
            "scalableTargetAction": {"minCapacity": 1, "maxCapacity": 5},
            "startTime": "2027-01-01T00:00:00Z",
            "endTime": "2027-02-01T00:00:00Z",
        },
    )


def test_an_action_without_a_time_zone_is_in_utc(cloud: Cloud, aws: Provider) -> None:
    created = aws.create(SCHEDULED, action(scalableTargetAction={"minCapacity": 0}))
    assert created.outputs["timezone"] == "UTC"
    assert created.outputs["scalableTargetAction"] == {"minCapacity": 0}
    assert changes(cloud.calls)[-1][1]["Timezone"] == "UTC"


@pytest.mark.parametrize(
    ("changed", "sent"),
    [
        ({}, {}),
        ({"schedule": "rate(1 day)"}, {"Schedule": "rate(1 day)"}),
        ({"timezone": "Asia/Tokyo"}, {"Timezone": "Asia/Tokyo"}),
        (
            {"scalableTargetAction": {"maxCapacity": 9}},
            {"ScalableTargetAction": {"MaxCapacity": 9}},
        ),
        ({"startTime": "2028-01-01T00:00:00Z"}, {"StartTime": "2028-01-01T00:00:00Z"}),
        ({"startTime": None}, {"StartTime": None}),
    ],
    ids=str,
)
def test_an_update_sends_what_changed_and_the_times(
    cloud: Cloud, aws: Provider, changed: Json, sent: Json
) -> None:
    start = {"startTime": "2027-01-01T00:00:00Z"}
    created = aws.create(SCHEDULED, action(**start))
    number = len(cloud.calls)
    created = aws.update(SCHEDULED, created.id, created.outputs, action(**{**start, **changed}))
    expected = {**PLACE, "StartTime": start["startTime"], **sent}
    assert changes(cloud.calls[number:]) == [
        ("PutScheduledAction", {k: v for k, v in expected.items() if v is not None})
    ]
    start_now = {**start, **changed}["startTime"] or start["startTime"]
    assert created.outputs["startTime"] == start_now


def test_a_read_returns_the_inputs(aws: Provider) -> None:
    inputs = action(timezone="Europe/Berlin")
    created = aws.create(SCHEDULED, inputs)
    found = aws.read(SCHEDULED, created.id, created.outputs, inputs)
    assert found is not None
    assert found.inputs == aws.check(SCHEDULED, inputs)


def test_an_action_has_its_own_region(cloud: Cloud, aws: Provider, table: Inputs) -> None:
    aws.create(TABLE, table(region="eu-west-2"))
    bounds = {"minCapacity": 5, "maxCapacity": 50}
    aws.create(TARGET, {**WHERE, **bounds, "region": "eu-west-2"})
    created = aws.create(SCHEDULED, action(region="eu-west-2"))
    assert cloud.calls[-1].region == "eu-west-2"
    assert aws.read(SCHEDULED, created.id, {**created.outputs, "region": "eu-west-1"}) is None


def test_an_action_is_deleted_alone_or_with_its_target(
    aws: Provider, target: ResourceState
) -> None:
    created, other = (aws.create(SCHEDULED, action(name=name)) for name in ("night", "day"))
    for _ in range(2):
        aws.delete(SCHEDULED, created.id, created.outputs)
    assert aws.read(SCHEDULED, created.id, created.outputs) is None
    assert aws.read(SCHEDULED, other.id, other.outputs) is not None
    aws.delete(TARGET, target.id, target.outputs)
    assert aws.read(SCHEDULED, other.id, other.outputs) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"schedule": "at(2027-01-01T00:00:00)"}, None),
        ({"schedule": "at(tomorrow)"}, r"Invalid schedule expression: at\(tomorrow\)"),
        ({"schedule": "cron(0 22 * * ?)"}, "Invalid schedule expression"),
        ({"schedule": "rate(0 days)"}, "Invalid schedule expression"),
        ({"scalableTargetAction": {}}, "ScalableTargetAction is required for a new scheduled"),
        (
            {"scalableTargetAction": {"minCapacity": 5, "maxCapacity": 4}},
            "Maximum capacity 4 cannot be less than minimum capacity 5",
        ),
        (
            {"scalableDimension": "dynamodb:table:WriteCapacityUnits"},
            "No scalable target found for resource table/orders",
        ),
    ],
    ids=str,
)
def test_a_scheduled_action_is_accepted_or_refused(
    aws: Provider, changed: Json, message: str | None
) -> None:
    if message is None:
        aws.create(SCHEDULED, action(**changed))
        return
    with pytest.raises(Refused, match=message):
        aws.create(SCHEDULED, action(**changed))


def test_a_new_action_needs_its_schedule_and_its_bounds(cloud: Cloud) -> None:
    with pytest.raises(Refused) as caught:
        cloud.call("application-autoscaling", "PutScheduledAction", PLACE, region="eu-west-1")
    assert caught.value.message == (
        "Schedule is required for a new scheduled action; ScalableTargetAction is required for a"
        " new scheduled action"
    )


def test_bounds_are_at_least_one(cloud: Cloud) -> None:
    request = {**PLACE, "Schedule": "rate(1 day)", "ScalableTargetAction": {}}
    with pytest.raises(Refused, match="At least one of MinCapacity and MaxCapacity is required"):
        cloud.call("application-autoscaling", "PutScheduledAction", request, region="eu-west-1")


def test_every_output_exists_in_the_provider(aws: Provider) -> None:
    outputs = aws.create(SCHEDULED, action()).outputs
    types = _types.resource_types(pulumi_aws.appautoscaling.ScheduledAction)
    assert outputs.keys() - {"id"} == types.keys() - {"startTime", "endTime"}
