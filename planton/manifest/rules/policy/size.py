"""Checks the size of resource policies, with what the grants add to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planton.manifest.grants import granted, to_other_accounts, with_grants, with_stream_grants
from planton.manifest.manifest import Manifest
from planton.manifest.partitions import partition_of
from planton.manifest.rules.policy.document import policy_text
from planton.manifest.rules.policy.kinds import STREAM_ARN, TABLE_ARN
from planton.manifest.rules.policy.places import OF_STREAM, OF_TABLE, PolicyPlace
from planton.manifest.rules.rule import Finding, Path, Rule, rule

MAX_POLICY_BYTES = 20 * 1024
"""Size of a policy in bytes (DynamoDB quotas, resource-based policies)."""

USUAL_REGION = "eu-central-1"
"""Its length counts in sizes if the manifest names no region."""

_LABEL = "2026-11-26T08:00:00.000"
"""Every stream's label is as long."""

_NAME = ("tableName", "metadata.name")
_ARN = ("region", *_NAME)
_GRANTS = ("grants.role", "grants.principal")


@rule(
    "resource-policy",
    "resourcePolicy.policy",
    *_GRANTS,
    "globalSecondaryIndexes",
    "localSecondaryIndexes",
    *_ARN,
)
def table_policy_size(manifest: Manifest) -> Iterator[Finding]:
    """A policy has at most 20 KB (DynamoDB quotas), after the table's ARN is inserted and the
    grants to other accounts are added."""
    own = _own(manifest, OF_TABLE)
    merged = with_grants(own, _grants(manifest), has_indexes=manifest.spec.has_indexes)
    yield from _too_large(manifest, OF_TABLE, own, merged)


@rule("resource-policy", "streamResourcePolicy.policy", *_GRANTS, *_ARN)
def stream_policy_size(manifest: Manifest) -> Iterator[Finding]:
    """A stream's policy has at most 20 KB, too (PutResourcePolicy, Policy)."""
    own = _own(manifest, OF_STREAM)
    yield from _too_large(manifest, OF_STREAM, own, with_stream_grants(own, _grants(manifest)))


@rule(
    "resource-policy",
    "replicas.resourcePolicy.policy",
    "replicas.regionName",
    *_NAME,
    each=("replicas",),
)
def replica_policy_size(manifest: Manifest) -> Iterator[Finding]:
    """A replica's policy has at most 20 KB, after the replica's ARN is inserted."""
    for i, replica in enumerate(manifest.spec.replicas):
        if block := replica.resource_policy:
            size = _size(block.policy, manifest, replica.region_name)
            if size > MAX_POLICY_BYTES:
                path = ("spec", "replicas", i, "resourcePolicy", "policy")
                yield _finding(path, "the policy", f"{size:,}")


def _grants(manifest: Manifest) -> Any:
    pairs = granted((grant.role, grant.principal) for grant in manifest.spec.grants)
    return to_other_accounts(pairs, manifest.place.account_id)


def _own(manifest: Manifest, place: PolicyPlace) -> dict[str, Any] | None:
    return next((one.block.policy for one in place.policies(manifest)), None)


def _too_large(
    manifest: Manifest,
    place: PolicyPlace,
    own: dict[str, Any] | None,
    merged: dict[str, Any] | None,
) -> Iterator[Finding]:
    whole = _size(merged, manifest, manifest.region) if merged else 0
    if whole > MAX_POLICY_BYTES:
        got = f"{whole:,}"
        if own and merged is not own:
            added = whole - _size(own, manifest, manifest.region)
            got += f", {added:,} of them for the grants to other accounts"
        path: Path = ("spec", place.field, "policy") if own else ("spec", "grants")
        what = "the policy" if own or place is OF_TABLE else f"the {place.kind.name}'s policy"
        yield _finding(path, what, got)


def _finding(path: Path, what: str, got: str) -> Finding:
    return Finding(
        path,
        f"{what} must have at most {MAX_POLICY_BYTES:,} bytes as JSON, got {got}",
        "merge statements, or grant the permissions to an IAM role",
        at_key=True,
    )


def _size(document: dict[str, Any], manifest: Manifest, region: str | None) -> int:
    text, region = policy_text(document), region or USUAL_REGION
    table = f"arn:{partition_of(region)}:dynamodb:{region}:123456789012:table/{manifest.table_name}"
    size = len(text.encode(errors="surrogatepass"))
    for placeholder, arn in ((TABLE_ARN, table), (STREAM_ARN, f"{table}/stream/{_LABEL}")):
        size += text.count(placeholder) * (len(arn) - len(placeholder))
    return size


SIZE_RULES: tuple[Rule, ...] = (table_policy_size, stream_policy_size, replica_policy_size)
