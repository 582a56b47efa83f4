"""Rules about settings that AWS accepts but that cause problems: warnings, which can be ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from planton.diagnostics.diagnostic import quote
from planton.dialects.contract import Contract
from planton.manifest.enums import BillingMode, KeyType, ProjectionType, TableClass
from planton.manifest.indexes import KeySchemaElement, Projection
from planton.manifest.manifest import Manifest
from planton.manifest.reference import Reference
from planton.manifest.rules.indexes import indexes_of
from planton.manifest.rules.rule import Finding, Path, rule

MANY_FULL_INDEXES = 5
"""With this many indexes that project all attributes, a write costs at least six times as much."""

_FEW_VALUES = frozenset({"country", "gender", "kind", "state", "status", "type"})
"""Last words of a name that suggest few values, whatever comes before them."""
_FEW_VALUES_ALONE = frozenset(
    {"active", "date", "day", "deleted", "enabled", "month", "region", "year"}
)
_NAME = re.compile("[A-Za-z][A-Za-z0-9_-]*")
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


@rule(
    "recovery-off",
    "deletionProtectionEnabled",
    "pointInTimeRecoveryEnabled",
    "pointInTimeRecovery.enabled",
)
def protected_table_has_recovery(manifest: Manifest) -> Iterator[Finding]:
    """Deletion protection keeps the table, but not its items (DynamoDB developer guide,
    point-in-time recovery)."""
    spec = manifest.spec
    block = spec.point_in_time_recovery
    recoverable = block.enabled if block else spec.point_in_time_recovery_enabled
    if spec.deletion_protection_enabled and not recoverable:
        stands = block is not None or "point_in_time_recovery_enabled" in spec.model_fields_set
        flag = stands or manifest.is_narrow("pointInTimeRecovery")
        words = manifest.words
        switch = words.recovery_flag if flag and block is None else words.recovery_block
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "deletion protection is enabled, but overwritten or deleted items cannot be restored: "
            "point-in-time recovery is disabled",
            f"{'set' if stands else 'add'} {switch}",
        )


@rule("provisioned-without-autoscaling", "billingMode", "autoscaling", "replicas")
def provisioned_table_has_autoscaling(manifest: Manifest) -> Iterator[Finding]:
    """Requests above a fixed capacity are throttled, and unused capacity is billed (DynamoDB
    developer guide, managing throughput with auto scaling). `autoscaling: {enabled: false}` says
    that this is intended.

    Requests to a Kratix platform are exempt: the platform reverts what autoscaling changes.
    """
    if manifest.contract is Contract.REQUEST:
        return
    if manifest.spec.replicas:
        return  # with replicas, fixed capacity is an error
    words = manifest.words
    if manifest.billing_mode is BillingMode.PROVISIONED and manifest.spec.autoscaling is None:
        yield Finding(
            ("spec", "billingMode"),
            "the capacity is fixed: requests above it are throttled, and unused capacity is still "
            "billed",
            f"add {words.autoscaling}, use PAY_PER_REQUEST, or write {words.autoscaling}: "
            f"{{{words.enabled}: false}} to keep it fixed",
        )


@rule(
    "projection-all",
    "globalSecondaryIndexes.projection.type",
    "localSecondaryIndexes.projection.type",
)
def few_indexes_project_all(manifest: Manifest) -> Iterator[Finding]:
    """An index that projects all attributes costs as much as a second table (DynamoDB developer
    guide, best practices for indexes)."""
    spec = manifest.spec
    full: list[Path] = []
    for path, index in indexes_of(spec):
        if (index.projection or Projection()).effective_type is ProjectionType.ALL:
            full.append(path)
    if len(full) >= MANY_FULL_INDEXES:
        yield Finding(
            full[MANY_FULL_INDEXES - 1],
            f"{len(full)} indexes project all attributes: every item is written and stored "
            f"{len(full) + 1} times",
            "use KEYS_ONLY, or INCLUDE with the attributes that queries need",
        )


@rule(
    "low-cardinality-key",
    "keySchema.attributeName",
    "keySchema.keyType",
    "globalSecondaryIndexes.keySchema.attributeName",
    "globalSecondaryIndexes.keySchema.keyType",
    says=("globalSecondaryIndexes.name",),
    each=("globalSecondaryIndexes",),
)
def partition_keys_have_many_values(manifest: Manifest) -> Iterator[Finding]:
    """One partition serves 3,000 read and 1,000 write units per second (DynamoDB developer guide,
    designing partition keys). Keys with several HASH attributes are not checked."""
    yield from _partition_key(manifest.spec.key_schema, ("spec",), "the table")
    for i, index in enumerate(manifest.spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i)
        what = manifest.titled("the index", index.name)
        yield from _partition_key(index.key_schema, path, what)


def _partition_key(schema: list[KeySchemaElement], path: Path, what: str) -> Iterator[Finding]:
    if sum(key.key_type is KeyType.HASH for key in schema) != 1:
        return
    for i, key in enumerate(schema):
        if key.key_type is KeyType.HASH and has_few_values(key.attribute_name):
            name = quote(key.attribute_name)
            yield Finding(
                (*path, "keySchema", i, "attributeName"),
                f"{name} suggests few distinct values: as the partition key of {what} "
                "it puts the load on few partitions",
                "use a key with many values, or combine it with another value, such as "
                f"'{name[1:-1]}#customer'",
            )


@lru_cache(maxsize=1024)
def has_few_values(name: str) -> bool:
    """Whether an attribute's name suggests few distinct values, such as `status`, `orderType` and
    `is_active`, but not `orderDate` or `statusAndCustomer`."""
    if not _NAME.fullmatch(name):
        return False  # a composed name, or another script
    words = [word.lower() for word in _WORD.findall(name)]
    if len(words) == 1:
        return words[0] in _FEW_VALUES or words[0] in _FEW_VALUES_ALONE
    return len(words) == 2 and (words[1] in _FEW_VALUES or words[0] == "is")


@rule("infrequent-access-autoscaling", "tableClass", "autoscaling.enabled")
def infrequent_access_without_autoscaling(manifest: Manifest) -> Iterator[Finding]:
    """That class makes storage cheaper, and reads and writes more expensive (DynamoDB developer
    guide, table classes); autoscaling suggests that there are many."""
    scaling = manifest.spec.autoscaling
    rare = manifest.spec.table_class is TableClass.STANDARD_INFREQUENT_ACCESS
    if rare and scaling is not None and scaling.enabled:
        yield Finding(
            ("spec", "tableClass"),
            "STANDARD_INFREQUENT_ACCESS makes reads and writes more expensive, but autoscaling is "
            "for tables with many of them",
            "use STANDARD unless storage is most of the bill",
        )


DEFAULT_KEY = "alias/aws/dynamodb"
"""The alias of the key that AWS manages for DynamoDB in each account and region."""


@rule(
    "kms-key-alias",
    "serverSideEncryption.kmsKeyArn",
    "replicas.kmsKeyArn",
    each=("replicas",),
)
def kms_keys_are_no_aliases(manifest: Manifest) -> Iterator[Finding]:
    """AWS answers with the ARN of the key that an alias leads to (DescribeTable, SSEDescription):
    every run compares two different ARNs, and so does the ACK controller."""
    requested = manifest.contract is Contract.REQUEST
    encryption = manifest.spec.server_side_encryption
    if encryption:
        remove = f"remove kmsKeyArn: {manifest.words.enabled}: true alone uses that key"
        path: Path = ("spec", "serverSideEncryption", "kmsKeyArn")
        yield from _alias(encryption.kms_key_arn, path, _changes(requested), remove)
    remove = "remove kmsKeyArn here and in serverSideEncryption, to use that key everywhere"
    for i, replica in enumerate(manifest.spec.replicas):
        path = ("spec", "replicas", i, "kmsKeyArn")
        yield from _alias(replica.kms_key_arn, path, _changes(requested, replica=True), remove)


def _changes(requested: bool, *, replica: bool = False) -> str:
    """What follows from an alias."""
    if requested:
        return "the ACK controller would set the key again and again"
    every = "every `pulumi up` would show a change of the key"
    return f"{every}, and rebuild the replica" if replica else every


def _alias(arn: str | None, path: Path, consequence: str, remove: str) -> Iterator[Finding]:
    name = arn.split(":", 5)[5] if arn and not isinstance(arn, Reference) else ""
    if name.startswith("alias/"):
        yield Finding(
            path,
            f"AWS answers with the ARN of the key instead of the alias: {consequence}",
            remove
            if name == DEFAULT_KEY
            else "write the ARN of the key that the alias leads to: "
            "arn:aws:kms:REGION:ACCOUNT:key/ID",
        )


WARNING_RULES = (
    kms_keys_are_no_aliases,
    protected_table_has_recovery,
    provisioned_table_has_autoscaling,
    few_indexes_project_all,
    partition_keys_have_many_values,
    infrequent_access_without_autoscaling,
)
