"""Autoscaling of one dimension of a table or of a global index, as pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from planton.plan.data import Key
from planton.plan.policy_names import default_policy_name

Dimension = Literal["read", "write"]


@dataclass(frozen=True)
class SchedulePlan:
    """A scheduled change of a target's bounds; times are UTC, to the second."""

    name: str
    schedule: str
    timezone: str | None
    min_capacity: int | None
    max_capacity: int | None
    start_time: str | None
    end_time: str | None


@dataclass(frozen=True)
class ScalingPlan:
    """Autoscaling of one dimension of the table (`index` is None) or of a global index, in the
    table's region or (`region`) in a replica's."""

    region: str | None
    index: str | None
    dimension: Dimension
    min_capacity: int
    max_capacity: int
    target_utilization: Annotated[int, Key("targetUtilizationPercent")]
    scale_in_cooldown: Annotated[int | None, Key("scaleInCooldownSeconds")]
    scale_out_cooldown: Annotated[int | None, Key("scaleOutCooldownSeconds")]
    policy_name: str | None
    """None: an existing policy keeps its name, and a new one gets the default."""
    schedules: tuple[SchedulePlan, ...]

    @property
    def key(self) -> str:
        """The outputs' key: `table/read`, `index/NAME/write`, `replica/REGION/table/read`."""
        owner = "table" if self.index is None else f"index/{self.index}"
        where = "" if self.region is None else f"replica/{self.region}/"
        return f"{where}{owner}/{self.dimension}"

    @property
    def scalable_dimension(self) -> str:
        """Its name in Application Auto Scaling."""
        kind = "table" if self.index is None else "index"
        return f"dynamodb:{kind}:{self.dimension.capitalize()}CapacityUnits"

    @property
    def metric(self) -> str:
        """The predefined metric that the policy tracks."""
        return f"DynamoDB{self.dimension.capitalize()}CapacityUtilization"

    @property
    def place(self) -> str:
        """What follows `table/NAME` in the resource id of Application Auto Scaling."""
        return "" if self.index is None else f"/index/{self.index}"

    def new_policy_name(self, resource_id: str) -> str:
        """The name in AWS of the policy that is created for the resource id."""
        return self.policy_name or default_policy_name(self.metric, resource_id)
