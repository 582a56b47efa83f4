"""Autoscaling of a table as Application Auto Scaling describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from planton.adopt.aws_values import Json
from planton.adopt.found import LeftOut
from planton.adopt.policy_name import other_than_default
from planton.plan.scaling_plan import Dimension, ScalingPlan, SchedulePlan

_DIMENSIONS: tuple[Dimension, ...] = ("read", "write")
_STAYS = "it stays in AWS as it is"
_NO_POLICY = (
    "a scalable target without a policy that tracks the utilization, which a manifest does not "
    f"have; {_STAYS}"
)


@dataclass(frozen=True)
class ScalingAnswers:
    """Scalable targets, scaling policies and scheduled actions, of one table or of many."""

    targets: tuple[Json, ...] = ()
    policies: tuple[Json, ...] = ()
    actions: tuple[Json, ...] = ()


def described_scaling(
    table: str, indexes: Iterable[str], answers: ScalingAnswers, *, region: str | None
) -> tuple[tuple[ScalingPlan, ...], tuple[LeftOut, ...]]:
    """The autoscaling of a table and its indexes, and what a manifest cannot say of it. `region` is
    that of a replica."""
    found: list[ScalingPlan] = []
    left_out: list[LeftOut] = []
    targets = {_scaled(target): target for target in answers.targets}
    for index in (None, *indexes):
        resource = f"table/{table}" if index is None else f"table/{table}/index/{index}"
        for dimension in _DIMENSIONS:
            empty = ScalingPlan(region, index, dimension, 0, 0, 0, None, None, None, ())
            target = targets.get((resource, empty.scalable_dimension))
            if target is None:
                continue
            policies = [one for one in answers.policies if _scaled(one) == _scaled(target)]
            actions = [one for one in answers.actions if _scaled(one) == _scaled(target)]
            plan = _plan(empty, target, policies, actions, left_out)
            if plan:
                found.append(plan)
    return tuple(found), tuple(left_out)


def _scaled(described: Json) -> tuple[str, str]:
    return described["ResourceId"], described["ScalableDimension"]


def _plan(
    empty: ScalingPlan,
    target: Json,
    policies: list[Json],
    actions: list[Json],
    left_out: list[LeftOut],
) -> ScalingPlan | None:
    """None if no policy tracks the utilization."""
    place = f"autoscaling {empty.key}"
    tracking, name = None, None
    for policy in policies:
        if reason := _unsupported(policy, empty.metric, is_first=tracking is None):
            left_out.append(LeftOut(f"{place}: policy {policy['PolicyName']!r}", reason))
        else:
            tracking = policy["TargetTrackingScalingPolicyConfiguration"]
            name = other_than_default(policy["PolicyName"], empty.metric, target["ResourceId"])
    if tracking is None:
        left_out.append(LeftOut(place, _NO_POLICY))
        left_out += [
            LeftOut(f"{place}: scheduled action {one['ScheduledActionName']!r}", _STAYS)
            for one in actions
        ]
        return None
    left_out += _changes(place, target, tracking)
    return ScalingPlan(
        region=empty.region,
        index=empty.index,
        dimension=empty.dimension,
        min_capacity=target["MinCapacity"],
        max_capacity=target["MaxCapacity"],
        target_utilization=round(tracking["TargetValue"]),
        # 0 is the default, and means the same as none in a manifest.
        scale_in_cooldown=tracking.get("ScaleInCooldown") or None,
        scale_out_cooldown=tracking.get("ScaleOutCooldown") or None,
        policy_name=name,
        schedules=tuple(_schedules(place, actions, left_out)),
    )


def _unsupported(policy: Json, metric: str, *, is_first: bool) -> str:
    """Why a manifest cannot have the policy; empty if it can."""
    kind = policy["PolicyType"]
    if kind != "TargetTrackingScaling":
        return f"its type is {kind}, and a manifest has only TargetTrackingScaling; {_STAYS}"
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    tracked = configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if tracked != metric:
        what = tracked or "a customized metric"
        return f"it tracks {what}, and a manifest tracks only {metric}; {_STAYS}"
    return "" if is_first else f"another policy tracks the same metric; {_STAYS}"


def _changes(place: str, target: Json, tracking: Json) -> Iterator[LeftOut]:
    """What `pulumi up` changes, because a manifest does not have it."""
    if tracking.get("DisableScaleIn"):
        reason = "a manifest has no such field: `pulumi up` lets the capacity decrease again"
        yield LeftOut(f"{place}: DisableScaleIn", reason)
    value = tracking["TargetValue"]
    if value != round(value):
        reason = f"a manifest has integers: {value} becomes {round(value)}"
        yield LeftOut(f"{place}: TargetValue", reason)
    suspended = sorted(name for name, on in target.get("SuspendedState", {}).items() if on)
    if suspended:
        reason = f"a manifest has no such field ({', '.join(suspended)}); {_STAYS}"
        yield LeftOut(f"{place}: SuspendedState", reason)


def _schedules(place: str, actions: list[Json], left_out: list[LeftOut]) -> Iterator[SchedulePlan]:
    """The scheduled actions by name: they have no order in AWS."""
    for action in sorted(actions, key=lambda one: str(one["ScheduledActionName"])):
        bounds, zone = action.get("ScalableTargetAction", {}), action.get("Timezone")
        name = action["ScheduledActionName"]
        if not bounds:
            left_out.append(
                LeftOut(f"{place}: scheduled action {name!r}", f"it changes nothing; {_STAYS}")
            )
            continue
        yield SchedulePlan(
            name=name,
            schedule=action["Schedule"],
            timezone=None if zone == "UTC" else zone,
            min_capacity=bounds.get("MinCapacity"),
            max_capacity=bounds.get("MaxCapacity"),
            start_time=_time(action.get("StartTime")),
            end_time=_time(action.get("EndTime")),
        )


def _time(moment: datetime | None) -> str | None:
    """As a manifest writes it; None if there is none."""
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
