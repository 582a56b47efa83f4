"""The fields that hold a resource policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from planton.manifest.blocks import ResourcePolicy
from planton.manifest.manifest import Manifest
from planton.manifest.rules.policy.kinds import STREAM, TABLE, PolicyKind
from planton.manifest.rules.rule import Path


class PlacedPolicy(NamedTuple):
    """A policy of a manifest, and the path of its block."""

    path: Path
    block: ResourcePolicy


class PolicyPlace(NamedTuple):
    """A field that holds a policy, and how its policies are found. There are rules for each, so
    that an invalid policy does not keep the others from being checked."""

    field: str
    kind: PolicyKind
    policies: Callable[[Manifest], Iterator[PlacedPolicy]]


def _of_table(manifest: Manifest) -> Iterator[PlacedPolicy]:
    if block := manifest.spec.resource_policy:
        yield PlacedPolicy(("spec", TABLE.field), block)


def _of_stream(manifest: Manifest) -> Iterator[PlacedPolicy]:
    if block := manifest.spec.stream_resource_policy:
        yield PlacedPolicy(("spec", STREAM.field), block)


def _of_replicas(manifest: Manifest) -> Iterator[PlacedPolicy]:
    for i, replica in enumerate(manifest.spec.replicas):
        if block := replica.resource_policy:
            path = ("spec", "replicas", i, TABLE.field)
            yield PlacedPolicy(path, block)


OF_TABLE = PolicyPlace(TABLE.field, TABLE, _of_table)
OF_STREAM = PolicyPlace(STREAM.field, STREAM, _of_stream)
OF_REPLICAS = PolicyPlace(f"replicas.{TABLE.field}", TABLE, _of_replicas)
PLACES = (OF_TABLE, OF_STREAM, OF_REPLICAS)
