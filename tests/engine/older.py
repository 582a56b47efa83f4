"""What version 5.100 of the provider lacks of what a manifest asks for.

The plug-in that is built around that version leaves most of it out without a word, so a test that
needs it would judge something else. Pulumi's own plug-in of version 7 has it all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planton.diagnostics.diagnostic import ManifestError
from planton.manifest.enums import ConsistencyMode, InsightsMode
from planton.plan.planner import make_plan
from planton.plan.table_plan import RestorePlan, TablePlan
from planton.reading.stack_input import load
from tests.engine.harness import REGION
from tests.loading import NOW

VERSION = "5.100"

DIFFERENT: Mapping[str, str] = {
    "test_the_last_index_stays_in_aws_and_the_user_is_warned": "deletes the last index",
    "test_a_last_index_that_the_provider_does_not_delete_is_reported": "deletes the last index",
    "test_a_feature_is_turned_on_changed_and_turned_off_in_aws[billing mode and capacity]": (
        "tells an index as changed whose units go with the billing mode"
    ),
    "test_a_table_with_a_protected_replica_is_not_partly_replaced[still-standalone]": (
        "waits longer for a protected replica than an operation may take here"
    ),
    "test_a_table_with_a_protected_replica_is_not_partly_replaced[until now-standalone]": (
        "waits longer for a protected replica than an operation may take here"
    ),
    "test_an_alarm_that_someone_else_created_is_not_overwritten": "overwrites such an alarm",
}
"""Tests of what that version does otherwise, by their names; the first three are in the ledger."""


def lacking(text: str) -> list[str]:
    """The features, each in a few words; none where there is no valid manifest."""
    try:
        loaded = load(lambda _: None, {"STACK_INPUT_YAML": text, "AWS_REGION": REGION}, now=NOW)
    except ManifestError:
        return []
    return list(_lacking(make_plan(loaded.manifest)))


def _lacking(plan: TablePlan) -> Iterator[str]:
    if plan.standalone_indexes:
        yield "indexes that are standalone resources"
    if any(len(index.keys) > 2 for index in plan.inline_indexes):
        yield "indexes with a key of several attributes"
    if plan.warm or any(index.warm for index in plan.inline_indexes):
        yield "warm throughput"
    if any(one.mode is not InsightsMode.ACCESSED_AND_THROTTLED_KEYS
           for one in plan.contributor_insights):  # fmt: skip
        yield "the mode of contributor insights"
    if plan.access_policies or plan.grants:
        yield "IAM policies"
    if any(one.consistency_mode is ConsistencyMode.STRONG for one in plan.inline_replicas):
        yield "strong consistency"
    if any(one.deletion_protection for one in plan.inline_replicas):
        yield "deletion protection of replicas"
    if isinstance(plan.source, RestorePlan) and plan.source.backup_arn:
        yield "restores from a backup"
