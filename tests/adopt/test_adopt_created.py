"""A table that the program has created is adopted with the manifest's plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planton.adopt.found import FoundTable
from planton.adopt.manifest import write_manifest
from planton.manifest.enums import Precision
from planton.manifest.manifest import Manifest
from planton.plan.table_plan import MaximumPlan, Throughput, WarmPlan
from planton.reading.region_choice import fitting_region
from planton.reading.sources import ENV_FILE
from planton.rehearsal.program.runner import rehearse
from tests.adopt.emulated_account import EmulatedAccount
from tests.adopt.found_tables import in_aws, manifests, read_back
from tests.corpus import ACCEPT, cases, examples
from tests.emulated.cloud import Cloud
from tests.same_table import by_pulumi

NOT_EMULATED = {
    "second-step/protected-strong-replica": "the replica is protected with the second run only",
    "strong-region-set/regions-of-no-set": "AWS refuses these regions",
    "kms-key-alias/of-replicas": "the alias of aws/dynamodb on a replica beside other keys",
}
"""Cases whose table is another than the manifest says, and why."""

CREATED = [
    pytest.param(path, manifest, id=name)
    for path, name, manifest in manifests([*examples(), *cases(ACCEPT)])
    # The emulated AWS creates imported and restored tables without what the source brings.
    if not (manifest.spec.is_restored or manifest.spec.import_table or name in NOT_EMULATED)
]


def test_every_case_that_is_not_emulated_exists() -> None:
    names = {name for _, name, _ in manifests(cases(ACCEPT))}

    assert names >= set(NOT_EMULATED)


@pytest.mark.parametrize(("path", "manifest"), CREATED)
def test_a_created_table_is_adopted_with_the_same_plan(path: str, manifest: Manifest) -> None:
    region = manifest.region or fitting_region(manifest)
    created = rehearse({ENV_FILE: path}, region=region)
    assert created.error is None

    with Cloud() as cloud:
        by_pulumi(cloud, created.calls)
        found = EmulatedAccount(cloud, created.account_id).read(manifest.table_name, created.region)
    written = write_manifest(found, source_name="adopted.yaml", imports=True)

    assert written.left_out == ()
    assert read_back(written.text) == as_aws_describes(in_aws(manifest, created.region))


def as_aws_describes(found: FoundTable) -> FoundTable:
    """The same table without what AWS does not tell apart: a default that is written out."""
    policy, kinesis, key = found.policy, found.kinesis, found.encryption.kms_key_arn
    if kinesis and kinesis.precision is Precision.MILLISECOND:
        kinesis = replace(kinesis, precision=None)
    if key and key.endswith(":alias/aws/dynamodb"):
        key = None
    if policy and '"Deny"' not in policy.text:
        policy = replace(policy, confirm_remove_self_access=False)
    return replace(
        found,
        policy=policy,
        kinesis=kinesis,
        encryption=replace(found.encryption, kms_key_arn=key),
        maximum=_maximum(found.maximum),
        warm=_warm(found.warm, found.throughput),
        global_indexes=tuple(
            replace(
                index,
                maximum=_maximum(index.maximum),
                warm=index.warm and (index.warm if _warm(index.warm, index.throughput) else None),
            )
            for index in found.global_indexes
        ),
    )


def _maximum(maximum: MaximumPlan | None) -> MaximumPlan | None:
    """-1 is no maximum."""
    return maximum and MaximumPlan(
        *(units if units != -1 else None for units in (maximum.read, maximum.write))
    )


def _warm(warm: WarmPlan | None, units: Throughput | None) -> WarmPlan | None:
    """AWS serves 12,000 reads and 4,000 writes in any case, and the provisioned units."""
    if warm is None:
        return None
    reads, writes = (units.read, units.write) if units else (0, 0)
    above = WarmPlan(
        warm.reads if warm.reads and warm.reads > max(12_000, reads) else None,
        warm.writes if warm.writes and warm.writes > max(4_000, writes) else None,
    )
    return above if above.reads or above.writes else None
