"""The table in AWS after a plan was applied, as a source describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from planton.adopt.found import FoundTable
from planton.diagnostics.diagnostic import Source
from planton.manifest.manifest import Manifest
from planton.manifest.reference import references
from planton.plan.planner import make_plan
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import AttributePlan, TablePlan, Throughput
from planton.reading.read import read
from planton.reading.region_choice import fitting_region
from tests.corpus import case_id, examine


def created(plan: TablePlan, region: str) -> FoundTable:
    """What a plan says of a table, in the order of AWS's own sets: the autoscaler keeps capacity
    within its bounds."""
    types = {attribute.name: attribute for attribute in plan.attributes}
    for index in plan.global_indexes:
        for key in index.keys:
            types[key.name] = AttributePlan(key.name, key.type)
    scaling = sorted_scaling(plan.scaling)
    return FoundTable(
        name=plan.table_name,
        billing_mode=plan.billing_mode,
        attributes=tuple(sorted(types.values())),
        keys=plan.keys,
        region=region,
        throughput=_within(plan.throughput, scaling, None),
        maximum=plan.maximum,
        warm=plan.warm,
        global_indexes=tuple(
            replace(index, throughput=_within(index.throughput, scaling, index.name))
            for index in plan.global_indexes
        ),
        local_indexes=plan.local_indexes,
        ttl=plan.ttl,
        stream_view_type=plan.stream_view_type,
        point_in_time_recovery=plan.point_in_time_recovery,
        encryption=plan.encryption,
        table_class=plan.table_class,
        deletion_protection=plan.deletion_protection,
        contributor_insights=plan.contributor_insights,
        policy=plan.policy,
        kinesis=plan.kinesis,
        replicas=plan.replicas,
        replica_features=plan.replica_features,
        witness_region=plan.witness_region,
        scaling=scaling,
        tags=plan.tags,
    )


def sorted_scaling(scaling: tuple[ScalingPlan, ...]) -> tuple[ScalingPlan, ...]:
    """The schedules of a target have no order in AWS."""
    return tuple(
        replace(one, schedules=tuple(sorted(one.schedules, key=lambda s: s.name)))
        for one in scaling
    )


def _within(
    units: Throughput | None, scaling: tuple[ScalingPlan, ...], index: str | None
) -> Throughput | None:
    for one in scaling:
        if units and (one.region, one.index) == (None, index):
            low, high = one.min_capacity, one.max_capacity
            nearest = max(low, min(high, getattr(units, one.dimension)))
            units = replace(units, **{one.dimension: nearest})
    return units


def read_back(text: str) -> FoundTable:
    """What a written manifest says. Raises ManifestError if it is invalid."""
    manifest = read(Source("adopted.yaml", text)).require()
    assert manifest.region
    return created(make_plan(manifest), manifest.region)


def manifests(paths: Iterable[Path]) -> Iterator[tuple[str, str, Manifest]]:
    """The valid ones among the files: path, name and manifest. A restored table that has the key of
    its source is left out: its plan does not say what that is. So is one with a reference, which
    has no value in AWS, and one with alarms, access policies, grants, or policies of its stream or
    replicas, which `adopt` does not look for."""
    for path in paths:
        manifest, _ = examine(path)
        spec = manifest.spec if manifest else None
        if spec is None or spec.alarms or spec.access_policies or spec.grants:
            continue
        if spec.stream_resource_policy or any(one.resource_policy for one in spec.replicas):
            continue
        if manifest and spec.key_schema and not any(references(spec)):
            yield str(path), case_id(path), manifest


def in_aws(manifest: Manifest, region: str | None = None) -> FoundTable:
    """The table that a manifest creates."""
    region = region or manifest.region or fitting_region(manifest)
    return created(make_plan(manifest), region)
