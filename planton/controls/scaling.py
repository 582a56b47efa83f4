"""Checks of a plan for controls about capacity."""

from __future__ import annotations

from collections.abc import Iterator

from planton.controls.checks import SECOND_UPDATE, judged
from planton.controls.control import Outcome, Subject
from planton.diagnostics.diagnostic import quote
from planton.manifest.capacity import Autoscaling
from planton.manifest.enums import BillingMode
from planton.manifest.rules.rule import Finding, Path
from planton.plan.scaling_plan import Dimension

_DIMENSIONS: tuple[Dimension, ...] = ("read", "write")


def scales(subject: Subject) -> Outcome:
    """On-demand, or provisioned with autoscaling of reads and writes of the table and each global
    index, in every region."""
    return judged(_unscaled(subject), _note(subject))


def scales_somewhere(subject: Subject) -> Outcome:
    """On-demand, or provisioned with autoscaling of at least one dimension."""
    if subject.plan.scaling:
        return judged((), _note(subject))
    return judged(_unscaled(subject), _note(subject))


def _note(subject: Subject) -> str:
    # A restored table begins with its source's billing mode, an imported one with the manifest's.
    source = subject.plan.source
    return SECOND_UPDATE if source and source.kind == "restore" else ""


def _unscaled(subject: Subject) -> Iterator[Finding]:
    if subject.plan.billing_mode is BillingMode.PAY_PER_REQUEST:
        return
    spec = subject.manifest.spec
    of_table = _missing(subject, None)
    if of_table:
        path: Path = ("spec", "autoscaling") if spec.autoscaling else ("spec", "billingMode")
        yield from _findings(subject, path, spec.autoscaling, "the table", of_table)
    for i, index in enumerate(spec.global_secondary_indexes):
        missing = _missing(subject, index.name)
        # An index without its own block uses the table's: the finding about that is enough.
        if missing and (index.autoscaling or missing != of_table):
            path = ("spec", "globalSecondaryIndexes", i, "autoscaling")
            owner = f"the index {quote(index.name)}"
            yield from _findings(subject, path, index.autoscaling, owner, missing)


def _missing(subject: Subject, index: str | None) -> tuple[Dimension, ...]:
    """The dimensions that do not scale in every region."""
    regions = (None, *(replica.region for replica in subject.plan.replicas))
    scaled = {(one.region, one.index, one.dimension) for one in subject.plan.scaling}
    return tuple(
        dimension
        for dimension in _DIMENSIONS
        if not all((region, index, dimension) in scaled for region in regions)
    )


def _findings(
    subject: Subject,
    path: Path,
    block: Autoscaling | None,
    owner: str,
    missing: tuple[Dimension, ...],
) -> Iterator[Finding]:
    words = subject.manifest.words
    if block and not block.enabled:
        yield Finding(
            (*path, "enabled"),
            f"autoscaling of {owner} is off",
            f"set {words.enabled}: true in {words.autoscaling}",
        )
        return
    what = " and ".join(f"{dimension}s" for dimension in missing)
    yield Finding(
        (*path, *missing) if block and len(missing) == 1 else path,
        f"{what} of {owner} do not scale with demand: the capacity is PROVISIONED without "
        f"autoscaling of {what}",
        f"add {' and '.join(missing)} to {words.autoscaling}, or set billingMode: PAY_PER_REQUEST",
        at_key=block is not None,
    )
