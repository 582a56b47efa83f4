"""Rules about billing, throughput and autoscaling."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics import quote
from planton.model.enums import BillingMode
from planton.model.rule import Finding, Path, rule
from planton.model.spec import (
    Autoscaling,
    AwsDynamodb,
    GlobalSecondaryIndex,
    ProvisionedThroughput,
    Spec,
)

QUOTA_UNITS = 40_000
"""Read or write units of one table or index that an account has unless it asked for more."""

ACCOUNT_QUOTA_UNITS = 80_000
"""The same of all tables and indexes of a region together."""

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
_DIMENSIONS = (("read", "readCapacityUnits"), ("write", "writeCapacityUnits"))

_Holder = tuple[Path, str, ProvisionedThroughput | None]
"""What has capacity: where its units stand, what it is called, and the units."""


def _holders(spec: Spec) -> Iterator[tuple[Path, str, Spec | GlobalSecondaryIndex]]:
    """Table and global indexes: where they stand, what they are called, themselves."""
    yield ("spec",), "the table", spec
    for i, index in enumerate(spec.global_secondary_indexes):
        yield ("spec", "globalSecondaryIndexes", i), f"the index {quote(index.name)}", index


def _of_table(spec: Spec) -> _Holder:
    return ("spec", "provisionedThroughput"), "the table", spec.provisioned_throughput


def _of_indexes(spec: Spec) -> Iterator[_Holder]:
    for i, index in enumerate(spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i, "provisionedThroughput")
        yield path, f"the index {quote(index.name)}", index.provisioned_throughput


def _missing_units(holder: _Holder) -> Iterator[Finding]:
    path, what, units = holder
    if units is None or not units.given:
        yield Finding(
            path,
            f"{what} needs provisionedThroughput with billing mode PROVISIONED",
            f"{'add' if units is None else 'set'} provisionedThroughput: "
            "{readCapacityUnits: 5, writeCapacityUnits: 5}, or use PAY_PER_REQUEST",
        )
    elif not (units.read_capacity_units and units.write_capacity_units):
        missing = "writeCapacityUnits" if units.read_capacity_units else "readCapacityUnits"
        yield Finding((*path, missing), f"{missing} of {what} must be at least 1, is 0")


def _needless_units(holder: _Holder) -> Iterator[Finding]:
    path, what, units = holder
    if units is not None and units.given:
        yield Finding(
            path,
            f"{what} has provisionedThroughput, which PAY_PER_REQUEST refuses",
            "remove it, or use billing mode PROVISIONED",
        )


@rule("billing_mode_set", "billingMode")
def billing_mode_set(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The v1 contract has no default billing mode."""
    if manifest.billing_mode is None:
        yield Finding(
            ("spec", "billingMode"),
            "billingMode must be given: PAY_PER_REQUEST or PROVISIONED",
            "PAY_PER_REQUEST suits a load that is unknown or uneven",
        )


@rule("provisioned_requires_throughput", "billingMode", *_TABLE_UNITS)
def provisioned_requires_throughput(manifest: AwsDynamodb) -> Iterator[Finding]:
    """PROVISIONED needs both units, each at least 1 (CreateTable, ProvisionedThroughput)."""
    if manifest.billing_mode is BillingMode.PROVISIONED:
        yield from _missing_units(_of_table(manifest.spec))


@rule("on_demand_forbids_provisioned_throughput", "billingMode", *_TABLE_UNITS)
def on_demand_forbids_provisioned_throughput(manifest: AwsDynamodb) -> Iterator[Finding]:
    """PAY_PER_REQUEST takes no units; 0/0 counts as absent (CreateTable)."""
    if manifest.billing_mode is BillingMode.PAY_PER_REQUEST:
        yield from _needless_units(_of_table(manifest.spec))


@rule("gsi_throughput_matches_billing", "billingMode", *_INDEX_UNITS, says=_NAMES, each=_EACH)
def gsi_throughput_matches_billing(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The same for each global index."""
    for holder in _of_indexes(manifest.spec):
        if manifest.billing_mode is BillingMode.PROVISIONED:
            yield from _missing_units(holder)
        elif manifest.billing_mode is BillingMode.PAY_PER_REQUEST:
            yield from _needless_units(holder)


def scalings(spec: Spec) -> Iterator[tuple[Path, str, Autoscaling | None]]:
    """Where autoscaling can stand: its path, who it is of, and itself."""
    yield ("spec", "autoscaling"), "the table", spec.autoscaling
    for i, index in enumerate(spec.global_secondary_indexes):
        path = ("spec", "globalSecondaryIndexes", i, "autoscaling")
        yield path, f"the index {quote(index.name)}", index.autoscaling


@rule(
    "autoscaling_requires_provisioned",
    "billingMode",
    "autoscaling.enabled",
    "globalSecondaryIndexes.autoscaling.enabled",
    says=_NAMES,
    each=_EACH,
)
def autoscaling_requires_provisioned(manifest: AwsDynamodb) -> Iterator[Finding]:
    """There is no capacity to scale with PAY_PER_REQUEST."""
    if manifest.billing_mode is not BillingMode.PAY_PER_REQUEST:
        return
    for path, what, scaling in scalings(manifest.spec):
        if scaling is not None and scaling.enabled:
            yield Finding(
                path,
                f"autoscaling of {what} needs billing mode PROVISIONED, it is PAY_PER_REQUEST",
                "remove it: on-demand tables scale by themselves; or use PROVISIONED",
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
def autoscaling_scales_something(manifest: AwsDynamodb) -> Iterator[Finding]:
    """Autoscaling that is on and names no dimension would do nothing."""
    for path, what, scaling in scalings(manifest.spec):
        if scaling and scaling.enabled and not (scaling.read or scaling.write):
            yield Finding(
                path,
                f"autoscaling of {what} is on but scales nothing",
                "add read: {maxCapacity: …} or write: {maxCapacity: …}, or set enabled: false",
            )


@rule(
    "autoscaling-bounds",
    *_BOUNDS,
    *_INDEX_BOUNDS,
    *_TABLE_UNITS,
    *_INDEX_UNITS,
    says=_NAMES,
    each=_EACH,
)
def autoscaling_bounds(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The lower bound is at most the upper one (RegisterScalableTarget).

    Where no minCapacity is given the provisioned units are the lower bound, and an index without a
    block of its own is held to the table's.
    """
    table = manifest.spec.autoscaling
    holders = (_of_table(manifest.spec), *_of_indexes(manifest.spec))
    for (path, what, own), (_, _, units) in zip(scalings(manifest.spec), holders, strict=True):
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
            given = getattr(units, _UNIT_ATTRIBUTE[field], 0)
            if scaling.enabled and given > bounds.max_capacity:
                yield Finding(
                    (*path[:-1], "provisionedThroughput", unit),
                    f"{unit} {given:,} of {what} is the lower bound of its autoscaling, above "
                    f"maxCapacity {bounds.max_capacity:,}",
                    "raise maxCapacity, lower the units, or give minCapacity",
                )


_UNIT_ATTRIBUTE = {"read": "read_capacity_units", "write": "write_capacity_units"}


@rule("capacity-quota", *_TABLE_UNITS, *_INDEX_UNITS, says=_NAMES, each=_EACH, severity="warning")
def capacity_quota(manifest: AwsDynamodb) -> Iterator[Finding]:
    """40,000 units a table or index: the account's quota unless it was raised (Service Quotas)."""
    for path, what, units in (_of_table(manifest.spec), *_of_indexes(manifest.spec)):
        for field, unit in _DIMENSIONS:
            given = getattr(units, _UNIT_ATTRIBUTE[field], 0)
            if given > QUOTA_UNITS:
                yield Finding(
                    (*path, unit),
                    f"{given:,} {unit} of {what} are above the usual quota of {QUOTA_UNITS:,}",
                    "ask AWS for more before you deploy (Service Quotas, Amazon DynamoDB)",
                )


@rule("capacity-quota", *_TABLE_UNITS, *_INDEX_UNITS, severity="warning")
def account_quota(manifest: AwsDynamodb) -> Iterator[Finding]:
    """80,000 units over all tables and indexes of an account in a region, unless it was raised
    (Service Quotas). Said also where a table or index is above its own quota: AWS raises each of
    the two for itself."""
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
            f"{what} {' and '.join(above)} units, above the usual quota of {ACCOUNT_QUOTA_UNITS:,} "
            "for a whole account in a region",
            "ask AWS for more before you deploy (Service Quotas, Amazon DynamoDB)",
        )


_MAXIMA = ("onDemandThroughput.maxReadRequestUnits", "onDemandThroughput.maxWriteRequestUnits")


@rule(
    "on_demand_throughput_needs_on_demand",
    "billingMode",
    *_MAXIMA,
    *(f"globalSecondaryIndexes.{field}" for field in _MAXIMA),
    says=_NAMES,
    each=_EACH,
)
def on_demand_throughput_needs_on_demand(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A maximum goes with PAY_PER_REQUEST (CreateTable, OnDemandThroughput)."""
    if manifest.billing_mode is not BillingMode.PROVISIONED:
        return
    for path, what, holder in _holders(manifest.spec):
        maximum = holder.on_demand_throughput
        if maximum and (maximum.max_read_request_units or maximum.max_write_request_units):
            yield Finding(
                (*path, "onDemandThroughput"),
                f"{what} has onDemandThroughput, which PROVISIONED refuses",
                "remove it: provisionedThroughput is the limit; or use PAY_PER_REQUEST",
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
def warm_throughput_covers_the_units(manifest: AwsDynamodb) -> Iterator[Finding]:
    """What is bought can be served at once, so warm throughput is not below it (CreateTable,
    WarmThroughput)."""
    for path, what, holder in _holders(manifest.spec):
        warm, units = holder.warm_throughput, holder.provisioned_throughput
        if warm is None or units is None:
            continue
        for field, given, bought in (
            ("readUnitsPerSecond", warm.read_units_per_second, units.read_capacity_units),
            ("writeUnitsPerSecond", warm.write_units_per_second, units.write_capacity_units),
        ):
            if 0 < given < bought:
                yield Finding(
                    (*path, "warmThroughput", field),
                    f"{field} {given:,} of {what} is below its {bought:,} provisioned units",
                    "raise it, or leave it out: what is provisioned is warm anyway",
                )


CAPACITY_RULES = (
    billing_mode_set,
    provisioned_requires_throughput,
    on_demand_forbids_provisioned_throughput,
    gsi_throughput_matches_billing,
    autoscaling_requires_provisioned,
    autoscaling_scales_something,
    autoscaling_bounds,
    capacity_quota,
    account_quota,
    on_demand_throughput_needs_on_demand,
    warm_throughput_covers_the_units,
)
