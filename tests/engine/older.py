"""What version 5.100 of the provider lacks of what a manifest asks for.

The plug-in that is built around that version leaves most of it out without a word, so a test that
needs it would judge something else. Pulumi's own plug-in of version 7 has it all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from planton.diagnostics import ManifestError
from planton.manifest import load
from planton.model.enums import ConsistencyMode, InsightsMode
from planton.plan import RestorePlan, TablePlan
from planton.planner import make_plan

VERSION = "5.100"


def lacking(text: str) -> list[str]:
    """The features, each in a few words; none where the manifest is invalid or no JSON."""
    try:
        given = json.loads(text)
        plan = make_plan(load(json.dumps(given.get("target", given)), filename="it").manifest)
    except (ValueError, ManifestError):
        return []
    return list(_lacking(plan))


def _lacking(plan: TablePlan) -> Iterator[str]:
    if plan.standalone_indexes:
        yield "indexes that are resources of their own"
    if any(len(index.keys) > 2 for index in plan.inline_indexes):
        yield "indexes with a key of several attributes"
    if plan.warm or any(index.warm for index in plan.inline_indexes):
        yield "warm throughput"
    if any(one.mode is not InsightsMode.ACCESSED_AND_THROTTLED_KEYS
           for one in plan.contributor_insights):  # fmt: skip
        yield "the mode of contributor insights"
    if any(one.consistency_mode is ConsistencyMode.STRONG for one in plan.inline_replicas):
        yield "strong consistency"
    if any(one.deletion_protection for one in plan.inline_replicas):
        yield "deletion protection of replicas"
    if isinstance(plan.source, RestorePlan) and plan.source.backup_arn:
        yield "restores from a backup"
