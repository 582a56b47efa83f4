"""Decides which properties of an existing table the program does not change."""

from __future__ import annotations

from planton.manifest.enums import BillingMode
from planton.manifest.manifest import Manifest
from planton.manifest.metadata import TABLE_NAME
from planton.plan.scaling_plan import ScalingPlan

ONLY_AT_CREATION = (
    "importTable",
    "restoreBackupArn",
    "restoreDateTime",
    "restoreSourceName",
    "restoreSourceTableArn",
    "restoreToLatestTime",
)
"""The provider would replace an existing table for a change or removal of these."""

_FIXED = {"keySchema": ("hashKey", "rangeKey"), "localSecondaryIndexes": ("localSecondaryIndexes",)}
"""What a replacement is allowed for, and the properties for which the provider replaces."""


def ignored_properties(
    manifest: Manifest, scaling: tuple[ScalingPlan, ...], allowed: tuple[str, ...]
) -> tuple[str, ...]:
    """Property paths whose changes are ignored. Below the top level they are in the engine's
    spelling, because it does not translate them there.

    - Properties that apply at creation only. A table that is replaced takes them from the manifest
      all the same.
    - Name, key and local indexes, unless the annotation allows a replacement for them. The key and
      local indexes of a restored table always: it has those of its source, whatever the manifest
      says, and would otherwise be restored again in every run.
    - Warm throughput: AWS raises it with the load, and for a value below AWS's own the provider
      would replace the table.
    - Capacity that the autoscaler sets.
    - The attribute of TTL that is off: TTL is turned off on the attribute that AWS has.
    - Replicas of a provisioned table: they are standalone resources, but the table's state lists
      them.
    """
    spec = manifest.spec
    paths = [] if TABLE_NAME in allowed else ["name"]
    seen = () if spec.is_restored else allowed
    paths += [path for field, fixed in _FIXED.items() if field not in seen for path in fixed]
    paths += ONLY_AT_CREATION
    paths.append("warmThroughput")
    paths += [f"{s.dimension}Capacity" for s in scaling if s.index is None]
    if spec.ttl is None or not spec.ttl.enabled:
        paths.append("ttl.attributeName")
    if manifest.billing_mode is BillingMode.PROVISIONED:
        paths.append("replicas")
    return tuple(paths)
