"""Rules about the consistency mode of replicas, most of them about strong consistency."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.manifest.enums import BillingMode, ConsistencyMode
from planton.manifest.manifest import Manifest
from planton.manifest.rules.replicas import members_of
from planton.manifest.rules.rule import Finding, rule

_MODES = ("replicas.consistencyMode",)
REGION_SETS = {
    "US": ("us-east-1", "us-east-2", "us-west-2"),
    "EU": ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
    "AP": ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
}
"""The Region sets. Strong consistency does not span them."""
STRONG_REPLICAS = 2
"""The replicas of a strongly consistent table, including a witness."""


@rule(
    "strong-region-set",
    "region",
    "replicas.regionName",
    *_MODES,
    "globalTableWitness.regionName",
)
def strong_replicas_in_one_region_set(manifest: Manifest) -> Iterator[Finding]:
    """Strong consistency does not span Region sets (CreateGlobalTableWitnessGroupMemberAction,
    RegionName). This is a warning, because AWS may extend the sets; other regions are not
    checked."""
    if not manifest.spec.strong_replicas:
        return
    sets = {region: name for name, regions in REGION_SETS.items() for region in regions}
    named = [region for _, _, region in members_of(manifest.spec)]
    if manifest.region:
        named.insert(0, manifest.region)
    first = next((region for region in named if region in sets), None)
    for path, _, region in members_of(manifest.spec):
        if first and sets.get(region, sets[first]) != sets[first]:
            yield Finding(
                path,
                f"{quote(region)} is in the Region set {sets[region]}, but {quote(first)} is in "
                f"{sets[first]}: strong consistency does not span Region sets",
                f"use regions in {sets[first]} ({', '.join(REGION_SETS[sets[first]])}), or use "
                "consistencyMode EVENTUAL",
            )


@rule("replica-consistency-modes-agree", *_MODES)
def replica_consistency_modes_agree(manifest: Manifest) -> Iterator[Finding]:
    """A global table has one consistency mode (UpdateTable, MultiRegionConsistency)."""
    replicas = manifest.spec.replicas
    for i, replica in enumerate(replicas):
        first = replicas[0].mode
        if replica.mode is not first:
            yield Finding(
                ("spec", "replicas", i, "consistencyMode"),
                f"consistencyMode is {replica.mode.value}, but that of replicas[0] is "
                f"{first.value}",
                "set the same mode for all replicas; absent means EVENTUAL",
            )


@rule("mrsc-topology", *_MODES, "globalTableWitness")
def mrsc_topology(manifest: Manifest) -> Iterator[Finding]:
    """Strong consistency needs three regions: the table's, and two replicas or one and a witness
    (UpdateTable, MultiRegionConsistency)."""
    spec = manifest.spec
    strong, witness = len(spec.strong_replicas), spec.global_table_witness
    if strong < len(spec.replicas):
        if strong == 0 and witness:
            yield Finding(
                ("spec", "globalTableWitness"),
                "a witness is only allowed with a replica of consistencyMode STRONG",
                "remove it, or make the replica STRONG",
                at_key=True,
            )
        return
    if not strong:
        if witness:
            yield Finding(
                ("spec", "globalTableWitness"),
                "a witness needs a replica of consistencyMode STRONG, but there is none",
                "add the replica, or remove the witness",
                at_key=True,
            )
        return
    if strong + bool(witness) != STRONG_REPLICAS:
        has = f"{strong} replica{'s' if strong > 1 else ''}{' and a witness' if witness else ''}"
        yield Finding(
            ("spec", "replicas"),
            f"strong consistency needs three regions: the table's and 2 replicas, or 1 replica and "
            f"a globalTableWitness; got {has}",
            "set two regions besides the table's, or use consistencyMode EVENTUAL",
            at_key=True,
        )


@rule(
    "strong-consistency",
    *_MODES,
    "billingMode",
    "ttl.enabled",
    "localSecondaryIndexes",
)
def strong_consistency_excludes_features(manifest: Manifest) -> Iterator[Finding]:
    """A strongly consistent table supports neither TTL nor local indexes (Developer Guide,
    multi-Region strong consistency). With PROVISIONED, AWS requires autoscaling of writes before
    it adds replicas, which no provider can do."""
    spec = manifest.spec
    if not spec.strong_replicas:
        return
    if spec.ttl and spec.ttl.enabled:
        yield Finding(
            ("spec", "ttl", "enabled"),
            "AWS does not support TTL in a table with strongly consistent replicas",
            f"set {manifest.words.enabled}: false, or use consistencyMode EVENTUAL",
        )
    if spec.local_secondary_indexes:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            "AWS does not support local indexes in a table with strongly consistent replicas",
            "make them global indexes, or use consistencyMode EVENTUAL",
            at_key=True,
        )
    if manifest.billing_mode is BillingMode.PROVISIONED:
        yield Finding(
            ("spec", "billingMode"),
            "strongly consistent replicas need billing mode PAY_PER_REQUEST: with PROVISIONED, AWS "
            "requires autoscaling of writes first, but the provider creates the replicas "
            "together with the table",
            "use PAY_PER_REQUEST, with onDemandThroughput if you need a maximum",
        )


@rule(
    "second-step",
    *_MODES,
    "replicas.regionName",
    "replicas.deletionProtectionEnabled",
    each=("replicas",),
)
def strong_replicas_need_second_update(manifest: Manifest) -> Iterator[Finding]:
    """The provider enables deletion protection of strongly consistent replicas only in an update
    (its source, createReplicas)."""
    for i, replica in enumerate(manifest.spec.replicas):
        if replica.mode is ConsistencyMode.STRONG and replica.deletion_protection_enabled:
            yield Finding(
                ("spec", "replicas", i, "deletionProtectionEnabled"),
                f"the strongly consistent replica in {quote(replica.region_name)} is created "
                "without deletion protection",
                "run `pulumi up` a second time, and check that it shows the update",
            )


CONSISTENCY_RULES = (
    strong_replicas_in_one_region_set,
    replica_consistency_modes_agree,
    mrsc_topology,
    strong_consistency_excludes_features,
    strong_replicas_need_second_update,
)
