"""Rules about billing, throughput and autoscaling."""

from __future__ import annotations

from collections.abc import Iterator

from planton.dialects.words import Words
from planton.manifest.capacity import Autoscaling, ProvisionedThroughput
from planton.manifest.enums import BillingMode
from planton.manifest.indexes import GlobalSecondaryIndex
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec

QUOTA_UNITS = 40_000
"""The default quota of read or write units of one table or index."""

ACCOUNT_QUOTA_UNITS = 80_000
"""The default quota of read or write units of an account in one region."""

_TABLE_UNITS = (
    "provisionedThroughput.readCapacityUnits",
    "provisionedThroughput.writeCapacityUnits",
)
_NAMES = ("globalSecondaryIndexes.name",)
_EACH = ("globalSecondaryIndexes",)
_INDEX_UNITS = tuple(f"globalSecondaryIndexes.{field}" for field in _TABLE_UNITS)
_BOUNDS = tuple(
    f"autoscaling.{field}"
    for field in (
        "enabled",
        "read.minCapacity",
        "read.maxCapacity",
        "write.minCapacity",
        "write.maxCapacity",
    )
)
_INDEX_BOUNDS = tuple(f"globalSecondaryIndexes.{field}" for field in _BOUNDS)
BOUND_FIELDS = (*_BOUNDS, *_INDEX_BOUNDS, *_TABLE_UNITS, *_INDEX_UNITS)
"""The fields that decide the bounds of autoscaling."""
_DIMENSIONS = (("read", "readCapacityUnits"), ("write", "writeCapacityUnits"))

_Holder = tuple[Path, str, ProvisionedThroughput | None]
"""A table or index with capacity: the path of its units, its name, and the units."""


def _holders(manifest: Manifest) -> Iterator[tuple[Path, str, Spec | GlobalSecondaryIndex]]:
    """The table and each global index: its path, its name in messages, and its model."""
    yield ("spec",), "the table", manifest.spec
    for i, index in enumerate(manifest.spec.global_secondary_indexes):
        what = manifest.titled("the index", index.name)
        yield ("spec", "globalSecondaryIndexes", i), what, index


def _of_table(manifest: Manifest) -> _Holder:
    units = manifest.spec.provisioned_throughput
    return ("spec", "provisionedThroughput"), "the table", units


def _of_indexes(manifest: Manifest) -> Iterator[_Holder]:
    for i, index in enumerate(manifest.spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i, "provisionedThroughput")
        yield path, manifest.titled("the index", index.name), index.provisioned_throughput


def _missing_units(holder: _Holder, words: Words) -> Iterator[Finding]:
    path, what, units = holder
    if units is None or not units.is_set:
        yield Finding(
            path,
            f"{what} needs {words.provisioned_throughput} with billing mode PROVISIONED",
            f"{'add' if units is None else 'set'} {words.units_example}, or use PAY_PER_REQUEST",
        )
    elif not (units.read_capacity_units and units.write_capacity_units):
        missing = "writeCapacityUnits" if units.read_capacity_units else "readCapacityUnits"
        name = words.units(missing)
        yield Finding((*path, missing), f"{name} of {what} must be at least 1, got 0")


def _superfluous_units(holder: _Holder, words: Words) -> Iterator[Finding]:
    path, what, units = holder
    if units is not None and units.is_set:
        yield Finding(
            path,
            f"{what} has {words.provisioned_throughput}, which is not allowed with PAY_PER_REQUEST",
            "remove it, or use billing mode PROVISIONED",
        )


@rule("billing-mode-set", "billingMode")
def billing_mode_set(manifest: Manifest) -> Iterator[Finding]:
    """The v1 contract has no default billing mode."""
    if manifest.billing_mode is None:
        yield Finding(
            ("spec", "billingMode"),
            "billingMode is required: PAY_PER_REQUEST or PROVISIONED",
            "use PAY_PER_REQUEST if the load is unknown or uneven",
        )


@rule("provisioned-requires-throughput", "billingMode", *_TABLE_UNITS)
def provisioned_requires_throughput(manifest: Manifest) -> Iterator[Finding]:
    """PROVISIONED needs both units, each at least 1 (CreateTable, ProvisionedThroughput)."""
    if manifest.billing_mode is BillingMode.PROVISIONED:
        yield from _missing_units(_of_table(manifest), manifest.words)


@rule("on-demand-forbids-provisioned-throughput", "billingMode", *_TABLE_UNITS)
def on_demand_forbids_provisioned_throughput(manifest: Manifest) -> Iterator[Finding]:
    """PAY_PER_REQUEST does not allow units; 0/0 counts as absent (CreateTable)."""
    if manifest.billing_mode is BillingMode.PAY_PER_REQUEST:
        yield from _superfluous_units(_of_table(manifest), manifest.words)


@rule("gsi-throughput-matches-billing", "billingMode", *_INDEX_UNITS, says=_NAMES, each=_EACH)
def gsi_throughput_matches_billing(manifest: Manifest) -> Iterator[Finding]:
    """Global indexes follow the same rules as the table."""
    for holder in _of_indexes(manifest):
        if manifest.billing_mode is BillingMode.PROVISIONED:
            yield from _missing_units(holder, manifest.words)
        elif manifest.billing_mode is BillingMode.PAY_PER_REQUEST:
            yield from _superfluous_units(holder, manifest.words)


def scalings(manifest: Manifest) -> Iterator[tuple[Path, str, Autoscaling | None]]:
    """The autoscaling of the table and of each global index: its path, its owner, and the block."""
    yield ("spec", "autoscaling"), "the table", manifest.spec.autoscaling
    for i, index in enumerate(manifest.spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i, "autoscaling")
        yield path, manifest.titled("the index", index.name), index.autoscaling


@rule(
    "autoscaling-requires-provisioned",
    "billingMode",
    "autoscaling.enabled",
    "globalSecondaryIndexes.autoscaling.enabled",
    says=_NAMES,
    each=_EACH,
)
def autoscaling_requires_provisioned(manifest: Manifest) -> Iterator[Finding]:
    """PAY_PER_REQUEST has no capacity to scale."""
    if manifest.billing_mode is not BillingMode.PAY_PER_REQUEST:
        return
    for path, what, scaling in scalings(manifest):
        if scaling is not None and scaling.enabled:
            yield Finding(
                path,
                f"autoscaling of {what} needs billing mode PROVISIONED, got PAY_PER_REQUEST",
                "remove it (on-demand tables scale automatically), or use PROVISIONED",
            )


@rule(
    "autoscaling-without-dimension",
    "autoscaling.enabled",
    "autoscaling.read",
    "autoscaling.write",
    "globalSecondaryIndexes.autoscaling.enabled",
    "globalSecondaryIndexes.autoscaling.read",
    "globalSecondaryIndexes.autoscaling.write",
    says=_NAMES,
    each=_EACH,
)
def autoscaling_has_a_dimension(manifest: Manifest) -> Iterator[Finding]:
    """Autoscaling without a dimension would have no effect."""
    for path, what, scaling in scalings(manifest):
        if scaling and scaling.enabled and not (scaling.read or scaling.write):
            yield Finding(
                path,
                f"autoscaling of {what} is enabled but scales neither reads nor writes",
                "add read: {maxCapacity: …} or write: {maxCapacity: …}, or set "
                f"{manifest.words.enabled}: false",
            )


@rule(
    "autoscaling-bounds",
    *BOUND_FIELDS,
    says=_NAMES,
    each=_EACH,
)
def autoscaling_bounds(manifest: Manifest) -> Iterator[Finding]:
    """The lower bound is at most the upper one (RegisterScalableTarget).

    Without minCapacity, the provisioned units are the lower bound. An index without its own block
    has the table's bounds.
    """
    table = manifest.spec.autoscaling
    holders = (_of_table(manifest), *_of_indexes(manifest))
    for (path, what, own), (_, _, units) in zip(scalings(manifest), holders, strict=True):
        scaling = own or table
        if scaling is None:
            continue
        for field, unit in _DIMENSIONS:
            bounds = getattr(scaling, field)
            if bounds is None:
                continue
            if bounds.min_capacity is not None:
                if own and bounds.min_capacity > bounds.max_capacity:
                    yield Finding(
                        (*path, field, "minCapacity"),
                        f"minCapacity {bounds.min_capacity:,} of {what} is above "
                        f"maxCapacity {bounds.max_capacity:,}",
                    )
                continue
            provisioned = getattr(units, _UNIT_ATTRIBUTE[field], 0)
            if scaling.enabled and provisioned > bounds.max_capacity:
                yield Finding(
                    (*path[:-1], "provisionedThroughput", unit),
                    f"{manifest.words.units(unit)} {provisioned:,} of {what} is above maxCapacity "
                    f"{bounds.max_capacity:,}: without minCapacity it is the lower bound of "
                    "autoscaling",
                    "raise maxCapacity, lower the units, or set minCapacity",
                )


_UNIT_ATTRIBUTE = {"read": "read_capacity_units", "write": "write_capacity_units"}


def lower_bounds(manifest: Manifest, path: Path, field: str) -> Iterator[tuple[str, int]]:
    """Each table and index that scales by the block at a path, and its lower bound of reads or
    writes, if the block scales them."""
    table = manifest.spec.autoscaling
    holders = (_of_table(manifest), *_of_indexes(manifest))
    for (at, what, own), (_, _, units) in zip(scalings(manifest), holders, strict=True):
        bounds = getattr(own or table, field, None)
        if bounds and path == (at if own else ("spec", "autoscaling")):
            provisioned: int = getattr(units, _UNIT_ATTRIBUTE[field], 0)
            yield what, bounds.min_capacity or provisioned


@rule("capacity-quota", *_TABLE_UNITS, *_INDEX_UNITS, says=_NAMES, each=_EACH)
def capacity_quota(manifest: Manifest) -> Iterator[Finding]:
    """The default quota is 40,000 units per table or index (Service Quotas)."""
    for path, what, units in (_of_table(manifest), *_of_indexes(manifest)):
        for field, unit in _DIMENSIONS:
            provisioned = getattr(units, _UNIT_ATTRIBUTE[field], 0)
            if provisioned > QUOTA_UNITS:
                yield Finding(
                    (*path, unit),
                    f"{manifest.words.units(unit)} {provisioned:,} of {what} is above the default "
                    f"quota of {QUOTA_UNITS:,}",
                    "request a quota increase before you deploy (Service Quotas, Amazon DynamoDB)",
                )


@rule("capacity-quota", *_TABLE_UNITS, *_INDEX_UNITS)
def account_quota(manifest: Manifest) -> Iterator[Finding]:
    """The default quota is 80,000 units over all tables and indexes of an account in a region
    (Service Quotas). It is checked even if a table or index exceeds its own quota, because AWS
    raises the two quotas separately."""
    table, indexes = manifest.spec, manifest.spec.global_secondary_indexes
    each = [table.provisioned_throughput, *(index.provisioned_throughput for index in indexes)]
    sums = [
        (sum(getattr(units, _UNIT_ATTRIBUTE[field], 0) for units in each), field)
        for field, _ in _DIMENSIONS
    ]
    if above := [f"{total:,} {field}" for total, field in sums if total > ACCOUNT_QUOTA_UNITS]:
        what = "the table and its indexes have" if indexes else "the table has"
        yield Finding(
            ("spec", "provisionedThroughput"),
            f"{what} {' and '.join(above)} units, above the default quota of "
            f"{ACCOUNT_QUOTA_UNITS:,} for an account in a region",
            "request a quota increase before you deploy (Service Quotas, Amazon DynamoDB)",
        )


_MAXIMA = ("onDemandThroughput.maxReadRequestUnits", "onDemandThroughput.maxWriteRequestUnits")


@rule(
    "on-demand-throughput-needs-on-demand",
    "billingMode",
    *_MAXIMA,
    *(f"globalSecondaryIndexes.{field}" for field in _MAXIMA),
    says=_NAMES,
    each=_EACH,
)
def on_demand_throughput_needs_on_demand(manifest: Manifest) -> Iterator[Finding]:
    """A maximum is only allowed with PAY_PER_REQUEST (CreateTable, OnDemandThroughput)."""
    if manifest.billing_mode is not BillingMode.PROVISIONED:
        return
    for path, what, holder in _holders(manifest):
        maximum = holder.on_demand_throughput
        if maximum and (maximum.max_read_request_units or maximum.max_write_request_units):
            yield Finding(
                (*path, "onDemandThroughput"),
                f"{what} has onDemandThroughput, which is not allowed with PROVISIONED",
                f"remove it ({manifest.words.provisioned_throughput} is the limit), or use "
                "PAY_PER_REQUEST",
            )


_WARM = ("warmThroughput.readUnitsPerSecond", "warmThroughput.writeUnitsPerSecond")


@rule(
    "warm-throughput",
    *_WARM,
    *(f"globalSecondaryIndexes.{field}" for field in _WARM),
    *_TABLE_UNITS,
    *_INDEX_UNITS,
    says=_NAMES,
    each=_EACH,
)
def warm_throughput_covers_the_units(manifest: Manifest) -> Iterator[Finding]:
    """Provisioned capacity can be served immediately, so warm throughput is not below it
    (CreateTable, WarmThroughput)."""
    for path, what, holder in _holders(manifest):
        warm, units = holder.warm_throughput, holder.provisioned_throughput
        if warm is None or units is None:
            continue
        for field, warmed, provisioned in (
            ("readUnitsPerSecond", warm.read_units_per_second, units.read_capacity_units),
            ("writeUnitsPerSecond", warm.write_units_per_second, units.write_capacity_units),
        ):
            if 0 < warmed < provisioned:
                yield Finding(
                    (*path, "warmThroughput", field),
                    f"{field} {warmed:,} of {what} is below its {provisioned:,} provisioned units",
                    "raise it, or remove it: provisioned capacity is always warm",
                )


CAPACITY_RULES = (
    billing_mode_set,
    provisioned_requires_throughput,
    on_demand_forbids_provisioned_throughput,
    gsi_throughput_matches_billing,
    autoscaling_requires_provisioned,
    autoscaling_has_a_dimension,
    autoscaling_bounds,
    capacity_quota,
    account_quota,
    on_demand_throughput_needs_on_demand,
    warm_throughput_covers_the_units,
)
