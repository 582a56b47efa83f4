"""Warnings about fields that a control plane does not have, from the facts at the fields."""

from __future__ import annotations

from typing import Any

import pytest

from planton.manifest.facts import ControlPlane
from planton.render.fields import unsupported_fields
from tests.planning import UNITS, index, manifest

BOUNDS = {"minCapacity": 5, "maxCapacity": 50}
NIGHT = {"name": "night", "dimension": "WRITE", "schedule": "cron(0 22 * * ? *)", "minCapacity": 5}
STREAM = {"streamArn": "arn:aws:kinesis:eu-west-1:111122223333:stream/changes"}
POLICY = {
    "policy": {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:Get*", "Resource": "*"}
        ],
    }
}
COLD = "an ACK Table has no warm throughput: it starts with what AWS gives every table"
STAYS = "ACK has no object for a scheduled adjustment: the bounds do not change"
ALONE = (
    "the adjustments are not rendered: the bounds do not change, and the Target gets them only "
    "when it is created, because an adjustment would change them"
)


def warned(by: ControlPlane, left_out: tuple[str, ...] = (), **fields: Any) -> dict[str, str]:
    found = unsupported_fields(manifest(**fields).spec, by, left_out)
    return {".".join(map(str, finding.path)): finding.message for finding in found}


@pytest.mark.parametrize("by", ["ack", "crossplane"])
def test_a_plain_table_has_nothing_that_is_unsupported(by: ControlPlane) -> None:
    assert warned(by, pointInTimeRecoveryEnabled=True) == {}


def test_ack_has_no_recovery_period_and_the_warning_names_it() -> None:
    recovery = {"enabled": True, "recoveryPeriodInDays": 7}
    assert warned("ack", pointInTimeRecovery=recovery) == {
        "spec.pointInTimeRecovery.recoveryPeriodInDays": "an ACK Table has no recovery period: "
        "AWS keeps 35 days, not 7"
    }
    assert warned("crossplane", pointInTimeRecovery=recovery) == {}


def test_the_default_of_an_absent_field_gets_no_warning() -> None:
    assert warned("ack", pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 35}) == {}
    mode = "ACCESSED_AND_THROTTLED_KEYS"
    assert warned("ack", contributorInsights={"enabled": True, "mode": mode}) == {}
    assert warned("ack", warmThroughput={"readUnitsPerSecond": 0}) == {}


INSIGHTS = {"mode": "THROTTLED_KEYS", "gsiIndexNames": ["by-owner"]}


def test_ack_has_insights_of_the_table_only() -> None:
    indexes = [index("by-owner", "owner")]
    on = {"enabled": True, **INSIGHTS}
    assert warned("ack", globalSecondaryIndexes=indexes, contributorInsights=on) == {
        "spec.contributorInsights.mode": "an ACK Table has no mode of contributor insights: all "
        "requests are recorded",
        "spec.contributorInsights.gsiIndexNames": "an ACK Table has contributor insights for the "
        "table only, not for its indexes",
    }


@pytest.mark.parametrize("by", ["ack", "crossplane"])
def test_a_disabled_block_gets_no_warning(by: ControlPlane) -> None:
    indexes = [index("by-owner", "owner")]
    off = {"enabled": False, **INSIGHTS}
    assert warned(by, globalSecondaryIndexes=indexes, contributorInsights=off) == {}


def test_crossplane_has_no_insights_under_either_name() -> None:
    none = "a Crossplane Table has no contributor insights"
    assert warned("crossplane", contributorInsights={"enabled": True}) == {
        "spec.contributorInsights": none
    }
    assert warned("crossplane", contributorInsightsEnabled=True) == {
        "spec.contributorInsightsEnabled": none
    }
    assert warned("ack", contributorInsightsEnabled=True) == {}


def test_ack_does_not_confirm_a_policy_unless_the_policy_is_left_out() -> None:
    confirmed = {**POLICY, "confirmRemoveSelfResourceAccess": True}
    assert warned("ack", resourcePolicy=confirmed) == {
        "spec.resourcePolicy.confirmRemoveSelfResourceAccess": "the ACK controller does not "
        "confirm this: AWS refuses a policy under which the controller could not change it again"
    }
    assert warned("ack", ("resourcePolicy",), resourcePolicy=confirmed) == {}


def test_a_field_that_ack_does_not_have_is_named_if_it_is_set() -> None:
    by_owner = index("by-owner", "owner", warmThroughput={"readUnitsPerSecond": 20_000})
    fields: dict[str, Any] = {
        "globalSecondaryIndexes": [index("by-time", "time"), by_owner],
        "warmThroughput": {"writeUnitsPerSecond": 5_000},
        "kinesisStreamingDestination": STREAM,
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "replicas": [{"regionName": "us-east-2", "consistencyMode": "STRONG"}],
        "globalTableWitness": {"regionName": "us-west-2"},
    }
    assert warned("ack", **fields) == {
        "spec.warmThroughput": COLD,
        "spec.globalSecondaryIndexes.1.warmThroughput": COLD,
        "spec.kinesisStreamingDestination": "an ACK Table has no Kinesis destination",
        "spec.globalTableWitness": "an ACK Table has no witness",
    }


@pytest.mark.parametrize(("by", "message"), [("ack", STAYS), ("crossplane", ALONE)])
def test_scheduled_adjustments_are_named_once_per_block(by: ControlPlane, message: str) -> None:
    scaled = {"read": BOUNDS, "write": BOUNDS}
    own = {"write": BOUNDS, "scheduledAdjustments": [{**NIGHT, "minCapacity": 7}]}
    by_time = index("by-time", "time", provisionedThroughput=UNITS, autoscaling=own)
    fields: dict[str, Any] = {
        "billingMode": "PROVISIONED",
        "provisionedThroughput": UNITS,
        "globalSecondaryIndexes": [
            index("by-owner", "owner", provisionedThroughput=UNITS),
            by_time,
        ],
    }
    assert warned(by, **fields, autoscaling={**scaled, "scheduledAdjustments": [NIGHT]}) == {
        "spec.autoscaling.scheduledAdjustments": message,
        "spec.globalSecondaryIndexes.1.autoscaling.scheduledAdjustments": message,
    }


def test_crossplane_has_other_objects_for_related_resources() -> None:
    spec = manifest(resourcePolicy=POLICY, kinesisStreamingDestination=STREAM).spec
    assert [(w.path, w.message, w.help) for w in unsupported_fields(spec, "crossplane")] == [
        (
            ("spec", "resourcePolicy"),
            "a Crossplane Table has no resource policy",
            "add a ResourcePolicy object of the same API group, with the table's ARN in it",
        ),
        (
            ("spec", "kinesisStreamingDestination"),
            "a Crossplane Table has no Kinesis destination",
            "add a KinesisStreamingDestination object of the same API group",
        ),
    ]
