"""Holds `planton diff` to what a change does in the emulated AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from planton.changes.change import Change, refusal_head
from planton.changes.compare import compare
from planton.changes.index_form import in_form_of_stack
from planton.changes.judgement import Update, Verdict
from planton.changes.kind import Effect
from planton.changes.record import record
from planton.changes.snapshot import Snapshot, snapshot
from planton.diagnostics.diagnostic import Source
from planton.manifest.enums import ConsistencyMode
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.reading.read import read
from planton.reading.stack_input import StackInput
from tests.emulated.cloud import Cloud
from tests.first_records import as_engine
from tests.pairs.aws_state import aws_state, differences, writes
from tests.pairs.ledger import LEDGER
from tests.pairs.manifests import REGION, REGIONS, Pair
from tests.pairs.stack import GUARD, Stack


@dataclass(frozen=True)
class Manifest:
    """A valid manifest, as the program and as the guard see it."""

    text: str
    stack_input: StackInput
    plan: TablePlan
    snapshot: Snapshot


@dataclass(frozen=True)
class Outcome:
    """What became of a change that was applied without the guard.

    `refusal` is what AWS or the provider refused. `differing` are the paths at which AWS is not as
    the new manifest says, apart from what the changes say is left behind.
    """

    guard: Verdict
    refusal: str = ""
    differing: tuple[str, ...] = ()
    is_another_table: bool = False
    unsettled: str = ""
    """What the same update does a second time, in which nothing is left to do."""

    @property
    def is_harmless(self) -> bool:
        """Whether the table is what the new manifest says, with its items."""
        return not (self.refusal or self.differing or self.is_another_table or self.unsettled)


@dataclass(frozen=True)
class Judgement:
    """What `diff` and AWS say of one pair."""

    changes: tuple[Change, ...]
    outcome: Outcome

    @property
    def refused(self) -> list[str]:
        """The codes of the changes that are refused."""
        return sorted({change.code for change in self.changes if change.refused})

    @property
    def disagreement(self) -> str:
        """How `diff`, the guard and AWS disagree, or an empty text."""
        if self.outcome.guard != _verdict(self.changes):
            return f"the guard says otherwise than diff:\n{self.outcome.guard}"
        if self.refused:
            excused = LEDGER.keys() & {*self.refused}
            harmless = self.outcome.is_harmless and not excused
            return f"refused as {', '.join(self.refused)}, but harmless" if harmless else ""
        if self.outcome.is_harmless:
            return ""
        return f"not refused ({', '.join(sorted({c.code for c in self.changes}))}): {self.outcome}"


def judge(pair: Pair) -> Judgement | None:
    """The judgement on a pair; None if one of its manifests is invalid, or AWS refuses to create
    its table."""
    before, after = load(pair.before.text), load(pair.after.text)
    if before is None or after is None:
        return None
    changes = compare(before.snapshot, after.snapshot)
    outcome = _applied(before, after, changes, refreshed=pair.refreshed)
    if outcome and outcome.is_harmless and any(change.refused for change in changes):
        outcome = _applied(before, after, changes, refreshed=not pair.refreshed)
    return None if outcome is None else Judgement(tuple(changes), outcome)


def load(text: str) -> Manifest | None:
    """The manifest of a text, None if it is invalid."""
    reading = read(Source("x.yaml", text))
    if reading.manifest is None:
        return None
    plan = make_plan(reading.manifest)
    return Manifest(
        text,
        StackInput(reading.manifest, (), region=REGION),
        plan,
        snapshot(plan, region=REGION, account_id=None),
    )


def _verdict(changes: Sequence[Change]) -> Verdict:
    """What the guard should say of the changes."""
    refused = [change.text() for change in changes if change.refused]
    head = refusal_head("orders")
    return Verdict(
        "\n\n".join([head, *refused]) if refused else "",
        tuple(change.text() for change in changes if change.kind.warns),
    )


def _guard(stack: Stack, before: Manifest, after: Manifest) -> Verdict:
    """The guard's verdict on the change, after an update that succeeded."""
    state = stack.known
    plan = in_form_of_stack(after.plan, state)
    return Update(
        urn=GUARD,
        old_record=as_engine(record(before.snapshot)),
        outputs={"madeTableName": before.plan.table_name},
        new_record=as_engine(record(snapshot(plan, region=REGION, account_id=None))),
        state=state,
    ).verdict()


def _applied(
    before: Manifest, after: Manifest, changes: Sequence[Change], *, refreshed: bool
) -> Outcome | None:
    with Cloud() as cloud:
        stack = Stack(cloud)
        if _created(stack, before):
            return None
        if refreshed:
            stack.refresh()
        guard, created = _guard(stack, before, after), len(cloud.calls)
        refusal = stack.update(after.stack_input)
        for refresh in () if refusal else _more_updates(changes):
            if refresh:
                stack.refresh()
            refusal = refusal or stack.update(after.stack_input)
        if refusal:
            return Outcome(guard, refusal)
        became = aws_state(cloud, REGIONS)
        requests = [(call.operation, call.region) for call in cloud.calls[created:]]
        settled = len(cloud.calls)
        unsettled = stack.update(after.stack_input)
        unsettled = unsettled or ", ".join(_written(cloud, settled, after))
    wanted = _wanted(after.text)
    if wanted is None:
        return None
    expected = [re.compile(pattern) for pattern in _left_behind(before, after, changes)]
    found = [
        path
        for path in differences(became, wanted)
        if not any(pattern.search(path) for pattern in expected)
    ]
    return Outcome(
        guard,
        differing=tuple(found),
        is_another_table=("DeleteTable", REGION) in requests,
        unsettled=unsettled,
    )


@lru_cache(maxsize=100)
def _wanted(text: str) -> dict[str, Any] | None:
    """What AWS has after the creation of the table; None if AWS refuses that."""
    manifest = load(text)
    assert manifest is not None
    with Cloud() as cloud:
        return None if _created(Stack(cloud), manifest) else aws_state(cloud, REGIONS)


def _created(stack: Stack, manifest: Manifest) -> str:
    refusal = stack.update(manifest.stack_input)
    if any(one.consistency_mode is ConsistencyMode.STRONG for one in manifest.plan.replicas):
        # `validate` warns of it: their protection and recovery take a second update.
        refusal = refusal or stack.update(manifest.stack_input)
    return refusal


def _written(cloud: Cloud, since: int, manifest: Manifest) -> Iterator[str]:
    """What was asked of AWS to change. A maximum that is removed is sent again in every update,
    because AWS does not describe it, which the advice on it says."""
    plan = manifest.plan
    maxima = [plan.maximum, *(one.maximum for one in plan.global_indexes)]
    removed = any(-1 in one.units.values() for one in maxima if one)
    for call in writes(cloud, since):
        if not (removed and "OnDemandThroughput" in str(call.parameters)):
            yield call.operation


_AFTER_REFRESH = {"autoscaling-off", "insights-of-rebuilt-index", "schedules-off"}
"""Changes that say what happens only with the update after a refresh."""


def _more_updates(changes: Sequence[Change]) -> Iterator[bool]:
    """The further updates that the changes name, and whether each comes after a refresh."""
    second = {"strong-replica-added"}  # `validate` warns of that, see `_created`
    if any(c.kind.effect is Effect.SECOND_RUN or c.code in second for c in changes):
        yield False
    if any(change.code in _AFTER_REFRESH for change in changes):
        yield True


_PATHS = {
    "replica-tags-kept": "/tags",
    "last-index-removed": "/table/(GlobalSecondaryIndexes|AttributeDefinitions)",
    "policy-name-kept": "/scaling/policy/",
    "scheduled-bounds": "/scaling/target/.*Capacity$",
    "kinesis-precision-kept": "/kinesis/",
}
"""Where AWS keeps what it has, by the change that says so."""


def _left_behind(before: Manifest, after: Manifest, changes: Sequence[Change]) -> Iterator[str]:
    """Patterns of the paths at which AWS may differ from a new table of the manifest."""
    for change in changes:
        if change.code in _PATHS:
            yield _PATHS[change.code]
    # AWS sets warm throughput itself, and never lowers it.
    yield "/table/WarmThroughput/"
    for name in before.snapshot.global_indexes.keys() & after.snapshot.global_indexes.keys():
        yield f"/GlobalSecondaryIndexes/{name}/WarmThroughput/"
    for scaling in after.plan.scaling_here:
        # The autoscaler decides.
        owner = f"/GlobalSecondaryIndexes/{scaling.index}" if scaling.index else "/table"
        yield f"{owner}/ProvisionedThroughput/{scaling.dimension.capitalize()}CapacityUnits"
