"""What AWS accepts and people regret: every rule here is a warning, and can be switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from planton.contract import Contract
from planton.diagnostics import quote
from planton.model.enums import BillingMode, KeyType, ProjectionType, TableClass
from planton.model.key_rules import indexes_of
from planton.model.rule import Finding, Path, rule
from planton.model.spec import AwsDynamodb, KeySchemaElement, Projection

MANY_FULL_INDEXES = 5
"""From so many indexes with all attributes on, each write costs six times and more."""

_FEW_VALUES = frozenset({"country", "gender", "kind", "state", "status", "type"})
"""As the last word of a name these promise few values, whatever stands before them."""
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
    severity="warning",
)
def protected_tables_are_recoverable(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Deletion protection keeps the table, not its items (DynamoDB developer guide, point-in-time
    recovery)."""
    spec = manifest.spec
    block = spec.point_in_time_recovery
    recoverable = block.enabled if block else spec.point_in_time_recovery_enabled
    if spec.deletion_protection_enabled and not recoverable:
        stands = block is not None or "point_in_time_recovery_enabled" in spec.model_fields_set
        flag = stands or manifest.is_narrow("pointInTimeRecovery")
        switch = "pointInTimeRecoveryEnabled: true" if flag and block is None else _RECOVERY
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "the table is protected from deletion, but what is overwritten or deleted in it "
            "cannot be restored: point-in-time recovery is off",
            f"{'set' if stands else 'add'} {switch}",
        )


_RECOVERY = "pointInTimeRecovery: {enabled: true}"


@rule(
    "provisioned-without-autoscaling", "billingMode", "autoscaling", "replicas", severity="warning"
)
def provisioned_capacity_scales(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Fixed capacity throttles above it and is paid for below it (DynamoDB developer guide,
    managing throughput with auto scaling). `autoscaling: {enabled: false}` is a decision.

    Not of requests: where they are carried out, what an autoscaler changes does not last.
    """
    if manifest.contract is Contract.REQUEST:
        return
    if manifest.spec.replicas:
        return  # for which fixed capacity is an error
    if manifest.billing_mode is BillingMode.PROVISIONED and manifest.spec.autoscaling is None:
        yield Finding(
            ("spec", "billingMode"),
            "the capacity is fixed: above it requests are refused, below it it is paid for all "
            "the same",
            "add autoscaling, use PAY_PER_REQUEST, or say autoscaling: {enabled: false}",
        )


@rule(
    "projection-all",
    "globalSecondaryIndexes.projection.type",
    "localSecondaryIndexes.projection.type",
    severity="warning",
)
def few_indexes_hold_everything(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Each index that holds all attributes is paid for like a second table (DynamoDB developer
    guide, best practices for indexes)."""
    spec = manifest.spec
    full: list[Path] = []
    for path, index in indexes_of(spec):
        if (index.projection or Projection()).effective_type is ProjectionType.ALL:
            full.append(path)
    if len(full) >= MANY_FULL_INDEXES:
        yield Finding(
            full[MANY_FULL_INDEXES - 1],
            f"{len(full)} indexes hold all attributes: each write is written {len(full) + 1} "
            "times, and stored as often",
            "use KEYS_ONLY, or INCLUDE with what the queries show",
        )


@rule(
    "low-cardinality-key",
    "keySchema.attributeName",
    "keySchema.keyType",
    "globalSecondaryIndexes.keySchema.attributeName",
    "globalSecondaryIndexes.keySchema.keyType",
    says=("globalSecondaryIndexes.name",),
    each=("globalSecondaryIndexes",),
    severity="warning",
)
def partition_keys_have_many_values(manifest: AwsDynamodb) -> Iterator[Finding]:
    """One partition serves 3,000 read and 1,000 write units a second (DynamoDB developer guide,
    designing partition keys). A key of several HASH attributes is judged by nobody here."""
    yield from _partition_key(manifest.spec.key_schema, ("spec",), "the table")
    for i, index in enumerate(manifest.spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i)
        yield from _partition_key(index.key_schema, path, f"the index {quote(index.name)}")


def _partition_key(schema: list[KeySchemaElement], path: Path, what: str) -> Iterator[Finding]:
    if sum(key.key_type is KeyType.HASH for key in schema) != 1:
        return
    for i, key in enumerate(schema):
        if key.key_type is KeyType.HASH and has_few_values(key.attribute_name):
            name = quote(key.attribute_name)
            yield Finding(
                (*path, "keySchema", i, "attributeName"),
                f"{name} sounds as if it had few values: as the partition key of {what} "
                "it puts all load on few partitions",
                "use a key with many values, or put something more into it, such as "
                f"'{name[1:-1]}#customer'",
            )


@lru_cache(maxsize=1024)
def has_few_values(name: str) -> bool:
    """Whether an attribute's name promises a handful of values: `status`, `orderType`,
    `is_active`; not `orderDate`, which can be many, nor `statusAndCustomer`."""
    if not _NAME.fullmatch(name):
        return False  # composed of more, or in another script
    words = [word.lower() for word in _WORD.findall(name)]
    if len(words) == 1:
        return words[0] in _FEW_VALUES or words[0] in _FEW_VALUES_ALONE
    return len(words) == 2 and (words[1] in _FEW_VALUES or words[0] == "is")


@rule("infrequent-access-autoscaling", "tableClass", "autoscaling.enabled", severity="warning")
def rarely_used_tables_do_not_scale(manifest: AwsDynamodb) -> Iterator[Finding]:
    """That class stores for less and reads and writes for more (DynamoDB developer guide, table
    classes): a load that scales is no rare one."""
    scaling = manifest.spec.autoscaling
    rare = manifest.spec.table_class is TableClass.STANDARD_INFREQUENT_ACCESS
    if rare and scaling is not None and scaling.enabled:
        yield Finding(
            ("spec", "tableClass"),
            "STANDARD_INFREQUENT_ACCESS makes reads and writes dearer, and autoscaling is for "
            "tables that are read and written a lot",
            "use STANDARD unless storage is most of the bill",
        )


WARNING_RULES = (
    protected_tables_are_recoverable,
    provisioned_capacity_scales,
    few_indexes_hold_everything,
    partition_keys_have_many_values,
    rarely_used_tables_do_not_scale,
)
