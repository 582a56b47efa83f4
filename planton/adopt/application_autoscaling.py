"""Joins the targets, policies and scheduled actions of Application Auto Scaling with tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import NamedTuple

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.policy_name import other_than_default
from planton.adopt.values import Block
from planton.diagnostics.diagnostic import quote
from planton.plan.scaling_plan import Dimension, ScalingPlan, SchedulePlan

NAMESPACE = "dynamodb"
_DIMENSIONS: dict[str, Dimension] = {
    "dynamodb:table:ReadCapacityUnits": "read",
    "dynamodb:table:WriteCapacityUnits": "write",
    "dynamodb:index:ReadCapacityUnits": "read",
    "dynamodb:index:WriteCapacityUnits": "write",
}


class Scaled(NamedTuple):
    """What a target scales: a dimension of the table or index `resource_id`, in a region (None: not
    said in the file)."""

    region: str | None
    resource_id: str
    scalable_dimension: str

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.resource_id.partition("/")[2].partition("/")[0]

    def is_of(self, target: Scaled) -> bool:
        """Whether a policy or action for this is one of the target."""
        return self[1:] == target[1:] and (
            None in (self.region, target.region) or self.region == target.region
        )


class ScalingSettings:
    """The settings of Application Auto Scaling that a file has for DynamoDB. The blocks have the
    keys of the API in camelCase."""

    def __init__(self) -> None:
        self._of: defaultdict[str, _Settings] = defaultdict(_Settings)

    def add_target(self, scaled: Scaled, block: Block) -> None:
        """Adds a scalable target."""
        self._of[scaled.table].targets[scaled] = block

    def add_policy(self, scaled: Scaled, block: Block) -> None:
        """Adds a policy of a target."""
        self._of[scaled.table].policies.append((scaled, block))

    def add_action(self, scaled: Scaled, block: Block) -> None:
        """Adds a scheduled action of a target."""
        self._of[scaled.table].actions.append((scaled, block))

    def of_table(
        self, name: str, region: str | None, replicas: Iterable[str], left_out: list[LeftOut]
    ) -> tuple[ScalingPlan, ...]:
        """The autoscaling of a table, its indexes and its replicas (by region).

        A replica about which the file says nothing scales like the table: AWS copies the settings
        when it creates the replica.
        """
        settings = self._of.get(name, _Settings())
        regions = frozenset(replicas)
        found: list[ScalingPlan] = []
        said: set[str] = set()
        for scaled, target in settings.targets.items():
            if not _is_of(scaled, region, regions):
                continue
            replica = scaled.region if scaled.region in regions else None
            said.add(replica or "")
            if plan := settings.plan(scaled, replica, target.noting_in(left_out)):
                found.append(plan)
        own = [plan for plan in found if plan.region is None]
        found += [replace(plan, region=other) for other in regions - said for plan in own]
        return tuple(sorted(found, key=_order))

    def unjoined(self, tables: Iterable[FoundTable]) -> Iterator[LeftOut]:
        """What belongs to none of the tables."""
        named = defaultdict(list)
        for table in tables:
            named[table.name].append((table.region, {one.region for one in table.replicas}))
        for name, settings in self._of.items():
            for scaled, target in settings.targets.items():
                if not any(_is_of(scaled, *where) for where in named[name]):
                    what = f"it scales {quote(scaled.resource_id)}, which is not in this file"
                    yield LeftOut(target.place, what, target.line)
            for scaled, block in (*settings.policies, *settings.actions):
                if not any(scaled.is_of(target) for target in settings.targets):
                    what = f"{quote(scaled.resource_id)} has no scalable target in this file"
                    yield LeftOut(block.place, what, block.line)


@dataclass(frozen=True)
class _Settings:
    """The settings for one name of a table."""

    targets: dict[Scaled, Block] = field(default_factory=dict)
    policies: list[tuple[Scaled, Block]] = field(default_factory=list)
    actions: list[tuple[Scaled, Block]] = field(default_factory=list)

    def plan(self, scaled: Scaled, replica: str | None, target: Block) -> ScalingPlan | None:
        """The autoscaling of a target, if a policy tracks the utilization."""
        target.note_unread("minCapacity", "maxCapacity", *_KNOWN)
        schedules = sorted(self._schedules(scaled, target.left_out), key=lambda one: one.name)
        dimension = _DIMENSIONS.get(scaled.scalable_dimension)
        if dimension is None:
            target.note("scalableDimension", "it is not a dimension of DynamoDB")
            return None
        _, _, *index = scaled.resource_id.split("/")
        tracking, name = self._tracking(scaled, metric(dimension), target.left_out)
        return scaling_plan(
            target,
            tracking,
            region=replica,
            index=index[1] if index else None,
            dimension=dimension,
            policy_name=name,
            schedules=tuple(schedules),
        )

    def _tracking(
        self, scaled: Scaled, wanted: str, left_out: list[LeftOut]
    ) -> tuple[Block | None, str | None]:
        """The policy that tracks the utilization of the dimension, and the name that the manifest
        must have."""
        found: Block | None = None
        name: str | None = None
        for policy in (one.noting_in(left_out) for at, one in self.policies if at.is_of(scaled)):
            tracking = policy.block("targetTrackingScalingPolicyConfiguration")
            metrics = tracking.block("predefinedMetricSpecification") if tracking else None
            tracked = metrics.text("predefinedMetricType") if metrics else None
            if tracking and tracked == wanted and found is None:
                found = tracking
                name = policy.text("policyName") or policy.text("name")
            else:
                policy.note("", f"a manifest has one target tracking policy, on {wanted}")
        return found, other_than_default(name, wanted, scaled.resource_id)

    def _schedules(self, scaled: Scaled, left_out: list[LeftOut]) -> Iterator[SchedulePlan]:
        for action in (one.noting_in(left_out) for at, one in self.actions if at.is_of(scaled)):
            name, schedule = action.text("name"), action.text("schedule")
            bounds, zone = action.block("scalableTargetAction"), action.text("timezone")
            if not (name and schedule and bounds):
                action.note("", "a scheduled action needs a name, a schedule and a bound")
                continue
            yield SchedulePlan(
                name=name,
                schedule=schedule,
                timezone=None if zone == "UTC" else zone,
                min_capacity=bounds.integer("minCapacity") or None,
                max_capacity=bounds.integer("maxCapacity") or None,
                start_time=_time(action, "startTime"),
                end_time=_time(action, "endTime"),
            )


def scaling_plan(
    bounds: Block,
    tracking: Block | None,
    *,
    region: str | None,
    index: str | None,
    dimension: Dimension,
    policy_name: str | None = None,
    schedules: tuple[SchedulePlan, ...] = (),
) -> ScalingPlan | None:
    """The autoscaling with these bounds, and with the configuration of its target tracking."""
    low, high = bounds.integer("minCapacity"), bounds.integer("maxCapacity")
    if tracking is None:
        bounds.note("", "autoscaling needs a target tracking policy in a manifest; this has none")
        return None
    utilization = tracking.number("targetValue")
    if low is None or high is None or utilization is None:
        bounds.note("", "autoscaling needs two bounds and a target value in a manifest")
        return None
    if not utilization.is_integer():
        tracking.note("targetValue", f"{utilization:g} is rounded to {round(utilization)}")
    plan = ScalingPlan(
        region=region,
        index=index,
        dimension=dimension,
        min_capacity=low,
        max_capacity=high,
        target_utilization=round(utilization),
        # The API's default for both is 0 seconds, which is also in the provider's state.
        scale_in_cooldown=tracking.integer("scaleInCooldown") or None,
        scale_out_cooldown=tracking.integer("scaleOutCooldown") or None,
        policy_name=policy_name,
        schedules=schedules,
    )
    tracking.note_unread("predefinedMetricSpecification")
    return plan


def metric(dimension: Dimension) -> str:
    """The predefined metric that a policy tracks."""
    return f"DynamoDB{dimension.capitalize()}CapacityUtilization"


def with_scaling(
    table: FoundTable, settings: ScalingSettings, left_out: list[LeftOut]
) -> FoundTable:
    """The table with its autoscaling, and with everything that is left out."""
    replicas = [replica.region for replica in table.replicas]
    scaling = (
        *table.scaling,
        *settings.of_table(table.name, table.region, replicas, left_out),
    )
    return replace(
        table,
        scaling=scaling,
        global_indexes=tuple(
            replace(index, ignored=_dimensions(scaling, index.name))
            for index in table.global_indexes
        ),
        left_out=tuple(dict.fromkeys(left_out)),
    )


def _dimensions(scaling: Iterable[ScalingPlan], index: str) -> tuple[Dimension, ...]:
    return tuple(plan.dimension for plan in scaling if (plan.region, plan.index) == (None, index))


_KNOWN = (
    "arn",
    "id",
    "region",
    "resourceId",
    "roleARN",
    "roleArn",
    "scalableDimension",
    "scheduledActions",
    "serviceNamespace",
    "tags",
    "tagsAll",
)
"""Settings of a target that say where it is, or that the program chooses itself."""


def _is_of(scaled: Scaled, region: str | None, replicas: AbstractSet[str]) -> bool:
    """Whether the target scales a table in this region, one of its indexes, or a replica."""
    parts = scaled.resource_id.split("/")
    if parts[0] != "table" or parts[2:] not in ([], ["index", parts[-1]]):
        return False
    return region is None or scaled.region in (None, region, *replicas)


def _time(action: Block, key: str) -> str | None:
    """The time in UTC, to the second, as a manifest has it."""
    text = action.text(key)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        action.note(key, "it is not a valid time")
        return None
    in_utc = time.replace(tzinfo=time.tzinfo or timezone.utc).astimezone(timezone.utc)
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _order(plan: ScalingPlan) -> tuple[str, str, str]:
    return plan.region or "", plan.index or "", plan.dimension
