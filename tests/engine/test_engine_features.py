"""Each feature of an existing table turned on, changed and turned off again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import index, manifest

TABLE = "Table orders"
INSIGHTS = "ContributorInsights orders-insights"
INDEX_INSIGHTS = "ContributorInsights orders-who-insights"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@dataclass(frozen=True)
class Stop:
    """A manifest on the way, what the engine changes to get there, and what AWS then has."""

    spec: dict[str, Any]
    seen: Any
    diffs: tuple[str, ...] = ()
    changes: dict[str, str] = field(default_factory=lambda: {TABLE: "update"})


@dataclass(frozen=True)
class Journey:
    """A feature's way from off to off."""

    look: Callable[[Cloud], Any]
    stops: tuple[Stop, ...]


def _stream(cloud: Cloud) -> Any:
    specification = looks.table(cloud).get("StreamSpecification", {})
    return specification.get("StreamViewType") if specification.get("StreamEnabled") else None


def _encryption(cloud: Cloud) -> Any:
    return looks.table(cloud).get("SSEDescription", {}).get("KMSMasterKeyArn")


def _time_to_live(cloud: Cloud) -> Any:
    return looks.time_to_live(cloud).get("AttributeName")


def _money(cloud: Cloud) -> Any:
    described = looks.table(cloud)
    (held,) = looks.indexes(cloud).values()
    mode = described["BillingModeSummary"]["BillingMode"]
    return mode, looks.units(described), looks.units(held)


def _provisioned(table: tuple[int, int], by_who: tuple[int, int]) -> dict[str, Any]:
    def units(amounts: tuple[int, int]) -> dict[str, int]:
        return {"readCapacityUnits": amounts[0], "writeCapacityUnits": amounts[1]}

    return {
        "billingMode": "PROVISIONED",
        "provisionedThroughput": units(table),
        "globalSecondaryIndexes": [index("who", provisionedThroughput=units(by_who))],
    }


def _maximum(read: int, write: int = 0) -> dict[str, Any]:
    amounts = {"maxReadRequestUnits": read, "maxWriteRequestUnits": write}
    return {"onDemandThroughput": amounts}


def _watched(mode: str, *indexes: str) -> dict[str, Any]:
    insights = {"enabled": True, "mode": mode, "gsiIndexNames": list(indexes)}
    return {**ON_DEMAND, "contributorInsights": insights}


ON_DEMAND = {"globalSecondaryIndexes": [index("who")]}
BILLED = ("billingMode", "globalSecondaryIndexes", "readCapacity", "writeCapacity")

JOURNEYS = {
    "stream": Journey(
        _stream,
        (
            Stop({}, None),
            Stop(
                {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
                "NEW_IMAGE",
                ("streamEnabled", "streamViewType"),
            ),
            Stop(
                {"streamEnabled": True, "streamViewType": "KEYS_ONLY"},
                "KEYS_ONLY",
                ("streamViewType",),
            ),
            Stop({}, None, ("streamEnabled",)),
        ),
    ),
    "ttl": Journey(
        _time_to_live,
        (
            Stop({}, None),
            Stop({"ttl": {"enabled": True, "attributeName": "expires"}}, "expires", ("ttl",)),
            Stop({}, None, ("ttl",)),
            Stop({"ttl": {"enabled": True, "attributeName": "ends"}}, "ends", ("ttl",)),
            Stop({"ttl": {"enabled": False}}, None, ("ttl",)),
        ),
    ),
    "point-in-time recovery": Journey(
        looks.recovery,
        (
            Stop({}, "DISABLED"),
            Stop({"pointInTimeRecoveryEnabled": True}, "ENABLED", ("pointInTimeRecovery",)),
            Stop({}, "DISABLED", ("pointInTimeRecovery",)),
        ),
    ),
    "recovery period": Journey(
        looks.recovery_period,
        (
            Stop({"pointInTimeRecoveryEnabled": True}, 35),
            Stop({"pointInTimeRecovery": {"enabled": True}}, 35, changes={}),
            Stop(
                {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}},
                7,
                ("pointInTimeRecovery",),
            ),
            Stop({"pointInTimeRecovery": {"enabled": True}}, 35, ("pointInTimeRecovery",)),
        ),
    ),
    "on-demand maximum": Journey(
        lambda cloud: looks.table(cloud).get("OnDemandThroughput", {}).get("MaxReadRequestUnits"),
        (
            Stop({}, None),
            Stop(_maximum(100, 50), 100, ("onDemandThroughput",)),
            Stop(_maximum(200, -1), 200, ("onDemandThroughput",)),
            Stop(_maximum(200), 200, changes={}),
            Stop(_maximum(-1, -1), None, ("onDemandThroughput",)),
            # AWS describes no maximum any more, so the provider asks for none once more.
            Stop(_maximum(-1, -1), None, ("onDemandThroughput",)),
            Stop({}, None, changes={}),
        ),
    ),
    "encryption": Journey(
        _encryption,
        (
            Stop({}, None),
            Stop(
                {"serverSideEncryption": {"enabled": True}},
                "arn:aws:kms:us-east-1:123456789012:alias/aws/dynamodb",
                ("serverSideEncryption",),
            ),
            Stop(
                {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
                KEY,
                ("serverSideEncryption",),
            ),
            Stop({}, None, ("serverSideEncryption",)),
        ),
    ),
    "table class": Journey(
        lambda cloud: looks.table(cloud)["TableClassSummary"]["TableClass"],
        (
            Stop({}, "STANDARD"),
            Stop(
                {"tableClass": "STANDARD_INFREQUENT_ACCESS"},
                "STANDARD_INFREQUENT_ACCESS",
                ("tableClass",),
            ),
            Stop({}, "STANDARD", ("tableClass",)),
        ),
    ),
    "deletion protection": Journey(
        lambda cloud: looks.table(cloud)["DeletionProtectionEnabled"],
        (
            Stop({}, False),
            Stop({"deletionProtectionEnabled": True}, True, ("deletionProtectionEnabled",)),
            Stop({}, False, ("deletionProtectionEnabled",)),
        ),
    ),
    "contributor insights": Journey(
        looks.insights,
        (
            Stop({}, "DISABLED"),
            Stop({"contributorInsightsEnabled": True}, "ENABLED", changes={INSIGHTS: "create"}),
            Stop({}, "DISABLED", changes={INSIGHTS: "delete"}),
        ),
    ),
    "contributor insights of an index": Journey(
        lambda cloud: (looks.insights_mode(cloud), looks.insights_mode(cloud, "who")),
        (
            Stop(ON_DEMAND, (None, None)),
            Stop(
                _watched("ACCESSED_AND_THROTTLED_KEYS", "who"),
                ("ACCESSED_AND_THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS"),
                changes={INSIGHTS: "create", INDEX_INSIGHTS: "create"},
            ),
            Stop(
                _watched("THROTTLED_KEYS", "who"),
                ("THROTTLED_KEYS", "THROTTLED_KEYS"),
                changes={INSIGHTS: "update", INDEX_INSIGHTS: "update"},
            ),
            Stop(
                _watched("THROTTLED_KEYS"),
                ("THROTTLED_KEYS", None),
                changes={INDEX_INSIGHTS: "delete"},
            ),
        ),
    ),
    "tags": Journey(
        looks.own_tags,
        (
            Stop({}, {}),
            Stop({"tags": {"team": "a", "cost": "1"}}, {"team": "a", "cost": "1"}, ("tags",)),
            Stop({"tags": {"team": "b"}}, {"team": "b"}, ("tags",)),
            Stop({"tags": {"Name": "shop"}}, {"Name": "shop"}, ("tags",)),
            Stop({}, {}, ("tags",)),
        ),
    ),
    "billing mode and capacity": Journey(
        _money,
        (
            Stop(ON_DEMAND, ("PAY_PER_REQUEST", (0, 0), (0, 0))),
            Stop(_provisioned((5, 6), (7, 8)), ("PROVISIONED", (5, 6), (7, 8)), BILLED),
            Stop(
                _provisioned((5, 9), (7, 8)),
                ("PROVISIONED", (5, 9), (7, 8)),
                ("writeCapacity",),
            ),
            Stop(
                _provisioned((5, 9), (2, 8)),
                ("PROVISIONED", (5, 9), (2, 8)),
                ("globalSecondaryIndexes",),
            ),
            Stop(ON_DEMAND, ("PAY_PER_REQUEST", (0, 0), (0, 0)), ("billingMode",)),
        ),
    ),
}


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_a_feature_is_turned_on_changed_and_turned_off_in_aws(
    journey: Journey, stack: Stack, cloud: Cloud
) -> None:
    for position, stop in enumerate(journey.stops):
        report = stack.up(manifest(**stop.spec))
        assert report.ok, report.explained()
        assert journey.look(cloud) == stop.seen
        if position:
            assert report.changes == stop.changes
            if TABLE in stop.changes:
                assert report.diffs(TABLE) == stop.diffs
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    again = stack.up(manifest(**journey.stops[-1].spec))
    assert again.is_unchanged, again.explained()


def test_the_outputs_name_a_stream_only_while_there_is_one(stack: Stack) -> None:
    on = {"streamEnabled": True, "streamViewType": "NEW_IMAGE"}
    first = stack.up(manifest(**on)).outputs
    assert first["stream_arn"].startswith("arn:aws:dynamodb:us-east-1:123456789012:table/orders/")
    assert first["stream_arn"].endswith(first["stream_label"])
    second = stack.up(manifest(**{**on, "streamViewType": "KEYS_ONLY"})).outputs
    assert second["stream_arn"] != first["stream_arn"]
    off = stack.up(manifest()).outputs
    assert (off["stream_arn"], off["stream_label"]) == ("", "")


def test_a_change_from_a_customer_key_to_the_accounts_key_is_refused(
    stack: Stack, cloud: Cloud
) -> None:
    """The provider keeps a key that is left out, so the AWS owned key has to come in between."""
    stack.up(manifest(serverSideEncryption={"enabled": True, "kmsKeyArn": KEY}))
    refused = stack.up(manifest(serverSideEncryption={"enabled": True}))
    assert not refused.ok
    assert "serverSideEncryption" in refused.text
    assert _encryption(cloud) == KEY


def test_changes_outside_pulumi_are_detected_by_a_refresh_and_reverted(
    stack: Stack, cloud: Cloud
) -> None:
    stack.up(manifest(pointInTimeRecoveryEnabled=True))
    off = {"PointInTimeRecoveryEnabled": False}
    by_hand = {"TableName": "orders", "PointInTimeRecoverySpecification": off}
    cloud.call("dynamodb", "UpdateContinuousBackups", by_hand)
    assert stack.refresh().counts["update"] == 1
    again = stack.up(manifest(pointInTimeRecoveryEnabled=True))
    assert again.diffs(TABLE) == ("pointInTimeRecovery",)
    assert looks.recovery(cloud) == "ENABLED"


def test_a_table_deleted_outside_pulumi_is_recreated_after_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    stack.up(manifest(contributorInsightsEnabled=True))
    cloud.call("dynamodb", "DeleteTable", {"TableName": "orders"})
    assert stack.refresh().counts["delete"] == 2
    again = stack.up(manifest(contributorInsightsEnabled=True))
    assert again.changes == {TABLE: "create", INSIGHTS: "create"}
    assert looks.insights(cloud) == "ENABLED"
