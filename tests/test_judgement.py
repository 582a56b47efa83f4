"""The change guard's verdict on an update: the record, the state and what failed before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planton.changes.change import refusal_head
from planton.changes.compare import compare
from planton.changes.judgement import Update, Verdict, judge_first
from planton.changes.keys import local_shape
from planton.changes.record import VERSION, record
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import PROVIDER_TYPE, StackState, import_command
from tests.first_records import as_engine
from tests.test_changes import (
    CASES,
    Edit,
    allow,
    decided,
    key_without_sort,
    manifest,
    no_local,
    put,
)
from tests.test_changes_related_resources import AROUND
from tests.test_stack_state import GUARD, TABLE, URN, resource, stack, table

GUARD_URN = f"{URN}{GUARD}::table-guard"
HEAD = "table 'orders': this update is refused, nothing was touched"
FINISHED = {"madeTableName": "orders"}
HASH_ONLY = [{"attributeName": "pk", "keyType": "HASH"}]
NO_TABLE = "has a record of the table, but not the table itself"
UNFINISHED = "The last update failed, so the table may differ from that update's manifest."
UNREADABLE = StackState(unreadable="no such function")

BOTH = {**CASES, **AROUND}


def snapshot(*edits: Edit, region: str = "eu-west-1") -> Snapshot:
    """The snapshot of the manifest of tests/test_changes.py, with edits."""
    data = manifest()
    for edit in edits:
        edit(data)
    return decided(data, region)


def judged(
    old: Snapshot,
    new: Snapshot,
    *,
    state: StackState | None = None,
    outputs: dict[str, Any] = FINISHED,
    among_others: bool = False,
) -> Verdict:
    """The verdict, if the state holds the table that the base manifest describes."""
    return Update(
        urn=GUARD_URN,
        old_record=as_engine(record(old)),
        outputs=outputs,
        new_record={**as_engine(record(new)), "consentAsked": "an id that is never the same"},
        state=stack(table()) if state is None else state,
        among_others=among_others,
    ).verdict()


def test_an_unchanged_manifest_and_a_harmless_change_are_allowed() -> None:
    assert judged(snapshot(), snapshot()) == Verdict()
    assert judged(snapshot(), snapshot(put("spec/contributorInsightsEnabled", True))) == Verdict()


@pytest.mark.parametrize(("before", "edit"), [(one[0], one[1]) for one in BOTH.values()], ids=BOTH)
def test_the_guard_says_of_every_change_what_diff_says(before: Edit, edit: Edit) -> None:
    """The guard compares with a record that the engine kept, `planton diff` with a manifest."""
    old, new = snapshot(before), snapshot(before, edit)
    changes = compare(old, new)
    name = old.plan.table_name
    verdict = judged(old, new, state=stack(table(name=name)), outputs={"madeTableName": name})
    refused = [change.text() for change in changes if change.refused]
    assert verdict.refusal == ("\n\n".join([refusal_head(name), *refused]) if refused else "")
    assert verdict.warnings == tuple(change.text() for change in changes if change.kind.warns)


def test_a_refusal_names_the_table_and_every_refused_change() -> None:
    old, new = snapshot(no_local), snapshot(key_without_sort, no_local, region="us-east-1")
    region, key = compare(old, new)
    assert judged(old, new).refusal == "\n\n".join([HEAD, region.text(), key.text()])


def test_a_harmful_change_without_data_loss_is_a_warning() -> None:
    off = put("spec/pointInTimeRecoveryEnabled", False)
    (change,) = compare(snapshot(), snapshot(off))
    assert judged(snapshot(), snapshot(off)) == Verdict(warnings=(change.text(),))


def test_the_name_in_aws_of_an_adopted_table_is_no_change() -> None:
    renamed = snapshot(put("spec/tableName", "orders-1a2b3c"))
    assert judged(snapshot(), renamed, outputs={"madeTableName": "orders-1a2b3c"}) == Verdict()
    refusal = judged(snapshot(), renamed, outputs={"madeTableName": "orders-4d5e6f"}).refusal
    assert refusal.startswith("table 'orders-4d5e6f'")
    assert "the table's name: orders → orders-1a2b3c" in refusal


def test_the_key_and_the_local_indexes_of_a_table_in_aws_are_no_change() -> None:
    """As of a restored table, of which the manifest was wrong until now."""
    old, new = snapshot(no_local), snapshot(key_without_sort, no_local)
    assert "spec.keySchema" in judged(old, new).refusal
    assert judged(old, new, outputs={**FINISHED, "madeKeySchema": HASH_ONLY}) == Verdict()

    new = snapshot(put("spec/localSecondaryIndexes/0/projection/nonKeyAttributes", ["two", "one"]))
    assert "spec.localSecondaryIndexes" in judged(old, new).refusal
    in_aws = {**FINISHED, "madeLocalSecondaryIndexes": local_shape(new.plan.local_indexes)}
    assert judged(old, new, outputs=in_aws) == Verdict()


def test_the_details_of_a_data_source_are_no_change_but_another_source_is() -> None:
    """A record of the first form has only the text of a source."""
    imported = put("spec/importTable", {"s3Bucket": "exports", "inputFormat": "ION"})
    zipped = put("spec/importTable/inputCompressionType", "GZIP")
    elsewhere = put("spec/importTable/s3Bucket", "backups")
    old = snapshot(no_local, imported)
    assert judged(old, snapshot(no_local, imported, zipped)) == Verdict()
    again = snapshot(no_local, imported, zipped, allow("keySchema"))
    failed = snapshot(no_local, imported, allow("keySchema"))
    assert judged(failed, again, outputs={}) == Verdict()
    assert "the data source" in judged(old, snapshot(no_local, imported, elsewhere)).refusal


def test_the_first_update_allows_no_replacement() -> None:
    assert judge_first(as_engine(record(snapshot())), StackState()) == Verdict()
    allowed = snapshot(allow("keySchema, localSecondaryIndexes"))
    assert judge_first(record(allowed), StackState()).refusal == (
        f"{HEAD}\n\n"
        "metadata.annotations[dynamodb.project-planton.org/allow-replacement]: "
        "keySchema, localSecondaryIndexes\n"
        "  refused: no earlier update is on record that this one could be compared with\n"
        "  fix: remove the annotation for this update"
    )


def test_the_first_update_needs_the_state() -> None:
    assert judge_first(record(snapshot()), UNREADABLE).refusal == (
        f"{HEAD}\n\n"
        "The stack's state cannot be read, so the program cannot tell whether this first update "
        "would delete a table:\n"
        "  no such function\n"
        "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`"
    )


def test_a_later_update_is_compared_with_the_record_without_the_state() -> None:
    warned = judged(snapshot(), snapshot(), state=UNREADABLE)
    assert warned == Verdict(
        warnings=(
            "the stack's state cannot be read, so this update is compared with the record of the "
            "last one only: no such function",
        )
    )
    refused = judged(snapshot(), snapshot(region="us-east-1"), state=UNREADABLE)
    assert refused.refusal.startswith(f"{HEAD}\n\nthe region: eu-west-1 → us-east-1\n")
    assert NO_TABLE not in refused.refusal
    assert refused.warnings == warned.warnings


def test_a_change_that_only_the_state_shows_is_refused_too() -> None:
    elsewhere = stack(table(arn="arn:aws:dynamodb:us-east-1:111122223333:table/orders"))
    refusal = judged(snapshot(), snapshot(), state=elsewhere).refusal
    assert "the region: us-east-1 → eu-west-1" in refusal
    both = judged(snapshot(), snapshot(region="us-west-2"), state=elsewhere).refusal
    assert "the region: eu-west-1 → us-west-2" in both
    assert "us-east-1" not in both, "one kind of change is shown once, as the record has it"
    another = judged(
        snapshot(), snapshot(), state=stack(table(), table("legacy", name="legacy"))
    ).refusal
    assert "table 'legacy'" in another


def test_only_the_recorded_table_can_have_been_renamed() -> None:
    renamed = snapshot(put("metadata/name", "invoices"))
    state = stack(table(), table("legacy", name="legacy"))
    assert "table 'legacy'" in judged(snapshot(), renamed, state=state).refusal
    legacy = stack(table("legacy", name="legacy"))
    assert "table 'legacy'" in judged(snapshot(), snapshot(), state=legacy).refusal


def test_a_table_missing_from_the_state_is_never_replaced() -> None:
    old = snapshot(no_local)
    allowed = snapshot(no_local, key_without_sort, allow("keySchema"))
    assert judged(old, allowed).refusal == ""
    lost = judged(old, allowed, state=stack()).refusal
    assert "spec.keySchema" in lost
    assert lost.endswith(
        "The stack's state has a record of the table, but not the table itself. If the table no "
        "longer exists in AWS, remove the record from the state and run `pulumi up`:\n"
        f"  pulumi state delete --force --target-dependents {GUARD_URN}\n"
        "If it still exists, first bring it back into the state:\n"
        f"  {import_command(stack(), 'orders', 'orders', 'eu-west-1')}"
    )
    assert UNFINISHED not in judged(old, allowed, state=stack(), outputs={}).refusal


def test_the_record_of_one_of_many_tables_is_removed_by_an_update() -> None:
    """All providers, and with them all tables, depend on it: a command would take them along."""
    old, changed = snapshot(no_local), snapshot(no_local, key_without_sort)
    lost = judged(old, changed, state=stack(), among_others=True).refusal
    assert "pulumi state delete" not in lost
    assert lost.endswith(
        "If the table no longer exists in AWS, run `pulumi up` without its manifest, which removes "
        "the record, and then with it\n"
        "If it still exists, first bring it back into the state:\n"
        f"  {import_command(stack(), 'orders', 'orders', 'eu-west-1')}"
    )
    with_users = stack(table("users", name="users"))
    assert "pulumi state delete" in judged(old, changed, state=with_users).refusal  # of users
    assert GUARD_URN not in judged(old, changed, state=with_users).refusal
    protected = snapshot(no_local, put("spec/deletionProtectionEnabled", True))
    assert (
        f"and then with it. Before that, unprotect the record:\n  pulumi state unprotect --yes "
        f"{GUARD_URN}\n"
    ) in judged(protected, changed, state=stack(), among_others=True).refusal


def test_a_lost_table_comes_back_by_the_provider_that_it_had() -> None:
    elsewhere = "classic-provider-111122223333-eu-west-1"
    state = stack(
        resource(PROVIDER_TYPE, "classic-provider-ap-east-1", region="ap-east-1"),
        resource(PROVIDER_TYPE, elsewhere, region="eu-west-1"),
        resource(PROVIDER_TYPE, "classic-provider-eu-west-1", region="eu-west-1"),
    )
    for provider in (elsewhere, "classic-provider-eu-west-1"):
        old, changed = (
            replace(one, provider=provider)
            for one in (snapshot(no_local), snapshot(no_local, key_without_sort))
        )
        refusal = judged(old, changed, state=state, among_others=True).refusal
        assert f"--provider aws={URN}{PROVIDER_TYPE}::{provider} " in refusal


def test_a_missing_table_is_recreated_by_the_manifest_that_it_had() -> None:
    assert judged(snapshot(), snapshot(), state=stack()) == Verdict()
    allowed = snapshot(allow("keySchema"))
    assert judged(allowed, allowed, state=stack()) == Verdict()


def test_a_missing_table_with_another_name_in_aws_is_not_recreated() -> None:
    in_aws = {"madeTableName": "orders-1a2b3c"}
    refusal = judged(snapshot(), snapshot(), state=stack(), outputs=in_aws).refusal
    assert "the table's name: orders-1a2b3c → orders" in refusal
    assert "aws:dynamodb/table:Table orders orders-1a2b3c" in refusal
    assert judged(snapshot(), snapshot(), outputs=in_aws) == Verdict()
    renamed = snapshot(put("spec/tableName", "invoices"))
    refusal = judged(snapshot(), renamed, state=stack(), outputs=in_aws).refusal
    assert refusal.count("the table's name: ") == 1


def test_a_table_under_its_new_logical_name_is_not_missing() -> None:
    renamed = snapshot(put("metadata/name", "invoices"))
    moved = stack(table("invoices"))
    assert NO_TABLE not in judged(snapshot(), renamed, state=moved).refusal
    assert NO_TABLE in judged(snapshot(), renamed, state=stack()).refusal


def test_a_failed_creation_can_be_retried_with_what_it_allowed() -> None:
    """The record is that of the failed update, and there is no table yet."""
    tried = snapshot(allow("region"))
    assert judged(tried, tried, state=stack(), outputs={}) == Verdict()
    assert "remove it from the annotation" in judged(tried, tried).refusal


def test_only_what_a_failed_update_allowed_can_still_be_needed() -> None:
    tried, other = snapshot(allow("region")), snapshot(allow("region, tableName"))
    assert judged(tried, tried, outputs={}) == Verdict()
    refusal = judged(tried, other, outputs={}).refusal
    assert refusal.count("remove it from the annotation") == 1
    assert " → tableName\n" in refusal
    assert "remove it from the annotation" in judged(snapshot(), tried, outputs={}).refusal


@pytest.mark.parametrize("allowed", ["keySchema", "localSecondaryIndexes"])
def test_a_failed_replacement_in_place_only_allows_the_same_update(
    allowed: str,
) -> None:
    tried = snapshot(allow(allowed))
    assert judged(tried, tried, outputs={}) == Verdict()
    refusal = judged(tried, snapshot(), outputs={}).refusal
    assert "the engine would create it and delete it again" in refusal
    assert f": {allowed} → another manifest\n" in refusal
    assert UNFINISHED not in refusal
    again = f"    {import_command(StackState(), 'orders', 'orders', 'eu-west-1')}"
    assert refusal.splitlines()[-2:] == [
        f"    pulumi state delete --force --target-dependents {GUARD_URN}",
        again,
    ]
    assert judged(tried, snapshot()) == Verdict()
    assert judged(tried, snapshot(), outputs={}, among_others=True).refusal.splitlines()[-3:] == [
        f"    pulumi state delete --force --target-dependents {URN}{TABLE}::orders",
        "    pulumi up, without the manifest of the table: it removes the record",
        '    if the table still exists: dynamodb.project-planton.org/import: "true" in the '
        "annotations of its manifest",
    ]


def test_a_default_kinesis_precision_counts_as_the_same_update() -> None:
    def sends(**more: str) -> Snapshot:
        arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/a"
        destination = {"streamArn": arn, **more}
        return snapshot(allow("keySchema"), put("spec/kinesisStreamingDestination", destination))

    def with_precision(precision: str) -> Snapshot:
        return sends(approximateCreationDateTimePrecision=precision)

    assert judged(with_precision("MILLISECOND"), sends(), outputs={}) == Verdict()
    assert judged(with_precision("MICROSECOND"), sends(), outputs={}).refusal


def test_a_failed_replacement_under_another_name_needs_no_retry() -> None:
    tried = snapshot(allow("tableName"))
    assert judged(tried, snapshot(), outputs={}).refusal == ""
    assert UNFINISHED in judged(tried, snapshot(region="us-east-1"), outputs={}).refusal
    named_like_it = snapshot(put("spec/tableName", "tableName"))
    assert "orders → tableName" in judged(tried, named_like_it, outputs={}).refusal


def test_a_refusal_after_a_failed_update_names_how_to_complete_that() -> None:
    old, new = snapshot(), snapshot(region="us-east-1")
    assert judged(old, new, outputs={}).refusal.endswith(
        f"\n\n{UNFINISHED} Run `pulumi up --refresh` with that manifest to finish it; this one is "
        "then compared with what AWS has. If the table already is what this manifest describes, "
        "allow the change: the preview then shows no replacement."
    )
    assert UNFINISHED not in judged(old, new).refusal
    assert judged(old, old, outputs={}) == Verdict()


def test_the_deletion_of_a_remaining_old_table_is_announced() -> None:
    def warnings(old: Snapshot, new: Snapshot) -> tuple[str, ...]:
        return judged(old, new).warnings

    announced = (
        "the last update allowed a replacement (region, tableName). If the deletion of the old "
        "table failed then, this update deletes it",
    )
    assert warnings(snapshot(allow("tableName, region, keySchema")), snapshot()) == announced
    assert warnings(snapshot(allow("keySchema")), snapshot()) == ()
    assert warnings(snapshot(allow("tableName")), snapshot(allow("tableName"))) == ()


def test_a_record_of_a_newer_version_of_the_program_is_refused() -> None:
    update = Update(
        urn=GUARD_URN,
        old_record={"version": VERSION + 1.0, "tableName": {"nobody": "knows"}},
        outputs=FINISHED,
        new_record=as_engine(record(snapshot())),
        state=stack(table()),
    )
    assert update.verdict().refusal == (
        f"{HEAD}\n\n"
        "The change guard's record of the table has version 3, and this program knows versions up "
        "to 2: the stack was last updated by a newer version of the program\n"
        "  fix: update with that version of the program or a newer one"
    )
