"""The capacity of a table or a global index as AWS describes it."""

from __future__ import annotations

from planton.adopt.aws_values import Json
from planton.manifest.enums import BillingMode
from planton.plan.capacity import WARM_MINIMUM
from planton.plan.table_plan import MaximumPlan, Throughput, WarmPlan


def throughput(described: Json, billing: BillingMode) -> Throughput | None:
    """The current capacity; None with PAY_PER_REQUEST, for which AWS describes 0."""
    if billing is BillingMode.PAY_PER_REQUEST:
        return None
    units = described["ProvisionedThroughput"]
    return Throughput(units["ReadCapacityUnits"], units["WriteCapacityUnits"])


def maximum(described: Json) -> MaximumPlan | None:
    """The maxima under PAY_PER_REQUEST; AWS describes one that was removed as -1."""
    block = described.get("OnDemandThroughput", {})
    reads, writes = (
        units if (units := block.get(f"Max{kind}RequestUnits", 0)) > 0 else None
        for kind in ("Read", "Write")
    )
    return None if reads is writes is None else MaximumPlan(reads, writes)


def warm(described: Json, *, both: bool) -> WarmPlan | None:
    """The warm throughput that is above what AWS serves in any case; None if none is. With `both`
    the other number is written as well: an index needs them together."""
    block, units = described.get("WarmThroughput", {}), described.get("ProvisionedThroughput", {})
    found: list[int | None] = []
    anyhow: list[int] = []
    for kind, least in zip(("Read", "Write"), WARM_MINIMUM, strict=True):
        usual = max(least, units.get(f"{kind}CapacityUnits", 0))
        per_second = block.get(f"{kind}UnitsPerSecond", 0)
        found.append(per_second if per_second > usual else None)
        anyhow.append(usual)
    reads, writes = found
    if reads is writes is None:
        return None
    return WarmPlan(reads or anyhow[0], writes or anyhow[1]) if both else WarmPlan(reads, writes)
