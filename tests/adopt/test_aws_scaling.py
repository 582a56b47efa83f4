"""What Application Auto Scaling describes, and what of it no manifest has."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from planton.adopt.aws_scaling import ScalingAnswers, described_scaling
from planton.adopt.found import LeftOut
from planton.plan.policy_names import default_policy_name
from planton.plan.scaling_plan import ScalingPlan, SchedulePlan

READS = {
    "ResourceId": "table/orders",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}
INDEX_WRITES = {
    "ResourceId": "table/orders/index/by-day",
    "ScalableDimension": "dynamodb:index:WriteCapacityUnits",
}
NOTHING: tuple[ScalingPlan, ...] = ()
STAYS = "it stays in AWS as it is"


def target(scaled: dict[str, str] = READS, **more: Any) -> dict[str, Any]:
    return {**scaled, "MinCapacity": 5, "MaxCapacity": 50, **more}


def policy(scaled: dict[str, str] = READS, name: str = "", **configuration: Any) -> dict[str, Any]:
    kind = "Write" if "Write" in scaled["ScalableDimension"] else "Read"
    metric = f"DynamoDB{kind}CapacityUtilization"
    return {
        **scaled,
        "PolicyName": name or default_policy_name(metric, scaled["ResourceId"]),
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
            **configuration,
        },
    }


def action(name: str, **more: Any) -> dict[str, Any]:
    return {**READS, "ScheduledActionName": name, "Schedule": "rate(1 day)", **more}


def plan(**more: Any) -> ScalingPlan:
    parts: dict[str, Any] = {
        "region": None,
        "index": None,
        "dimension": "read",
        "min_capacity": 5,
        "max_capacity": 50,
        "target_utilization": 70,
        "scale_in_cooldown": None,
        "scale_out_cooldown": None,
        "policy_name": None,
        "schedules": (),
        **more,
    }
    return ScalingPlan(**parts)


def read(
    targets: list[Any], policies: list[Any], actions: list[Any] | None = None, **more: Any
) -> tuple[tuple[ScalingPlan, ...], tuple[LeftOut, ...]]:
    answers = ScalingAnswers(tuple(targets), tuple(policies), tuple(actions or ()))
    return described_scaling("orders", ["by-day"], answers, region=more.get("region"))


def test_the_table_comes_before_its_indexes_and_reads_before_writes() -> None:
    writes = {**READS, "ScalableDimension": "dynamodb:table:WriteCapacityUnits"}
    other = {**READS, "ResourceId": "table/orders-archive"}
    dimensions = (INDEX_WRITES, writes, READS, other)

    found, left_out = read(
        [target(scaled) for scaled in dimensions], [policy(scaled) for scaled in dimensions]
    )

    assert found == (plan(), plan(dimension="write"), plan(index="by-day", dimension="write"))
    assert left_out == ()


def test_the_scaling_of_a_replica_has_its_region() -> None:
    assert read([target()], [policy()], region="us-east-1") == ((plan(region="us-east-1"),), ())


def test_cooldowns_of_0_are_the_default() -> None:
    found, _ = read([target()], [policy(ScaleInCooldown=0, ScaleOutCooldown=60)])

    assert found == (plan(scale_in_cooldown=None, scale_out_cooldown=60),)


def test_scheduled_actions_are_sorted_and_their_times_are_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    bounds = {"MinCapacity": 1, "MaxCapacity": 9}
    actions = [
        action("b", ScalableTargetAction={"MaxCapacity": 9}, Timezone="UTC"),
        action(
            "a",
            ScalableTargetAction=bounds,
            Timezone="Europe/Berlin",
            StartTime=datetime(2030, 1, 1, 1, tzinfo=berlin),
            EndTime=datetime(2031, 1, 1, tzinfo=timezone.utc),
        ),
    ]

    found, left_out = read([target()], [policy()], actions)

    times = "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"
    assert found == (
        plan(
            schedules=(
                SchedulePlan("a", "rate(1 day)", "Europe/Berlin", 1, 9, *times),
                SchedulePlan("b", "rate(1 day)", None, None, 9, None, None),
            )
        ),
    )
    assert left_out == ()


def test_a_scheduled_action_without_bounds_is_left_out() -> None:
    found, left_out = read([target()], [policy()], [action("noop")])

    assert found == (plan(),)
    assert left_out == (
        LeftOut("autoscaling table/read: scheduled action 'noop'", f"it changes nothing; {STAYS}"),
    )


def test_a_target_without_a_policy_is_left_out_with_its_actions() -> None:
    night = action("night", ScalableTargetAction={"MinCapacity": 1})

    assert read([target()], [], [night]) == (
        NOTHING,
        (
            LeftOut(
                "autoscaling table/read",
                "a scalable target without a policy that tracks the utilization, which a manifest "
                f"does not have; {STAYS}",
            ),
            LeftOut("autoscaling table/read: scheduled action 'night'", STAYS),
        ),
    )


STEPS = {**READS, "PolicyName": "steps", "PolicyType": "StepScaling"}
ITS_OWN: dict[str, Any] = {"PredefinedMetricSpecification": {}, "CustomizedMetricSpecification": {}}
OTHER = {"PredefinedMetricSpecification": {"PredefinedMetricType": "Other"}}


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (STEPS, "its type is StepScaling, and a manifest has only TargetTrackingScaling"),
        (
            policy(name="steps", **ITS_OWN),
            "it tracks a customized metric, and a manifest tracks only "
            "DynamoDBReadCapacityUtilization",
        ),
        (
            policy(name="steps", **OTHER),
            "it tracks Other, and a manifest tracks only DynamoDBReadCapacityUtilization",
        ),
        (policy(name="steps"), "another policy tracks the same metric"),
    ],
)
def test_a_policy_that_no_manifest_has_is_left_out(other: Any, reason: str) -> None:
    found, left_out = read([target()], [policy(), other])

    assert found == (plan(),)
    assert left_out == (LeftOut("autoscaling table/read: policy 'steps'", f"{reason}; {STAYS}"),)


@pytest.mark.parametrize(
    ("scaled", "tracking", "left_out"),
    [
        (
            target(),
            policy(DisableScaleIn=True),
            LeftOut(
                "autoscaling table/read: DisableScaleIn",
                "a manifest has no such field: `pulumi up` lets the capacity decrease again",
            ),
        ),
        (
            target(),
            policy(TargetValue=69.5),
            LeftOut(
                "autoscaling table/read: TargetValue",
                "a manifest has integers: 69.5 becomes 70",
            ),
        ),
        (
            target(SuspendedState={"b": True, "a": True, "c": False}),
            policy(),
            LeftOut(
                "autoscaling table/read: SuspendedState",
                f"a manifest has no such field (a, b); {STAYS}",
            ),
        ),
    ],
)
def test_a_setting_that_no_manifest_has_is_named(
    scaled: Any, tracking: Any, left_out: LeftOut
) -> None:
    assert read([scaled], [tracking]) == ((plan(),), (left_out,))


def test_a_policy_keeps_a_name_that_the_program_would_not_give_it() -> None:
    assert read([target()], [policy(name="orders read")]) == (
        (plan(policy_name="orders read"),),
        (),
    )
