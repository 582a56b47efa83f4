"""The change guard's record: what it keeps, and records of the earlier form."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from planton.changes.access import in_milliseconds
from planton.changes.compare import compare
from planton.changes.record import VERSION, NewerRecord, read_record, record
from planton.changes.replacement import UNUSED_CONSENT
from planton.changes.snapshot import Snapshot, snapshot
from planton.changes.source import source_text
from planton.diagnostics.diagnostic import ManifestError
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan.planner import make_plan
from planton.plan.table_plan import ImportPlan, RestorePlan
from tests.corpus import ACCEPT, cases, examples
from tests.first_records import as_engine, extract, records
from tests.loading import load

MANIFESTS = [*examples(), Path(__file__).parent / "everything.yaml", *cases(ACCEPT)]


def accepted(path: Path) -> Snapshot | None:
    try:
        manifest = load(path.read_text(encoding="utf-8"), filename="x.yaml").manifest
    except (ManifestError, UnicodeDecodeError):
        return None  # a stack input, a request or another form
    return snapshot(make_plan(manifest), region=manifest.spec.region, account_id=None)


@pytest.fixture(scope="module")
def snapshots() -> dict[Path, Snapshot]:
    found = ((path, accepted(path)) for path in MANIFESTS)
    return {path: one for path, one in found if one}


def test_a_record_contains_everything_that_a_snapshot_does(snapshots: dict[Path, Snapshot]) -> None:
    assert len(snapshots) > 300
    for path, one in snapshots.items():
        assert read_record(as_engine(record(one))) == one, path


def test_a_record_has_no_key_for_absent_off_or_empty_values(
    snapshots: dict[Path, Snapshot],
) -> None:
    def absent(value: Any) -> bool:
        if isinstance(value, dict):
            return any(item in (None, [], {}) or item is False or absent(item)
                       for item in value.values())  # fmt: skip
        return isinstance(value, list) and any(absent(item) for item in value)

    for path, one in snapshots.items():
        assert not absent(record(one)), path


def test_a_record_leaves_out_what_has_no_effect_on_an_existing_table() -> None:
    text = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
    plan = make_plan(load(text, filename="x.yaml").manifest)
    two = (dataclasses.replace(plan.local_indexes[0], name="a"), *plan.local_indexes)
    plan = dataclasses.replace(plan, local_indexes=two)
    turned = dataclasses.replace(plan, local_indexes=two[::-1], ignore_changes=())
    one, other = (snapshot(each, region=None, account_id=None) for each in (plan, turned))
    assert record(one) == record(other)
    assert "ignoreChanges" not in record(one)


def test_a_record_of_the_first_form_has_the_same_content(
    snapshots: dict[Path, Snapshot], tmp_path: Path
) -> None:
    """Of a data source it has one line of text, and a Kinesis precision always. A cooldown of 0,
    which was sent as such, is now absent."""
    first = records(extract(tmp_path), snapshots)
    assert len(first) > 300
    for path, kept in first.items():
        old, new = without_zero_cooldowns(read_record(kept)), without_name(snapshots[path])
        assert not {change.code for change in compare(old, new)} - {UNUSED_CONSENT}, path
        kinesis = in_milliseconds(new.plan.kinesis)
        new = dataclasses.replace(new, plan=dataclasses.replace(new.plan, kinesis=kinesis))
        changes = [*compare(old, new), *compare(new, old)]
        assert {change.code for change in changes} <= {UNUSED_CONSENT}, path
        plan = dataclasses.replace(old.plan, source=new.plan.source)
        assert dataclasses.replace(old, plan=plan) == new, path


def without_name(new: Snapshot) -> Snapshot:
    """The snapshot without the tag that the first program did not set."""
    tags = tuple(t for t in new.plan.tags if t != ("Name", new.plan.logical_name))
    return dataclasses.replace(new, plan=dataclasses.replace(new.plan, tags=tags))


def without_zero_cooldowns(old: Snapshot) -> Snapshot:
    """The snapshot with absent cooldowns instead of those of 0 seconds."""
    scaling = tuple(
        dataclasses.replace(
            each,
            scale_in_cooldown=each.scale_in_cooldown or None,
            scale_out_cooldown=each.scale_out_cooldown or None,
        )
        for each in old.plan.scaling
    )
    return dataclasses.replace(old, plan=dataclasses.replace(old.plan, scaling=scaling))


FIRST = {
    "metadataName": "orders",
    "tableName": "orders",
    "attributes": [{"name": "pk", "type": "S"}],
    "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
    "billingMode": "PAY_PER_REQUEST",
    "tableClass": "STANDARD",
    "tags": [{"key": "a", "value": ""}],
}


def test_optional_keys_of_a_record_of_the_first_form_can_be_left_out() -> None:
    found = read_record(FIRST)
    assert record(found) == {
        "version": VERSION,
        "logicalName": "orders",
        "tableName": "orders",
        "attributes": [{"name": "pk", "type": "S"}],
        "keys": [{"name": "pk", "type": "S", "keyType": "HASH"}],
        "billingMode": "PAY_PER_REQUEST",
        "tableClass": "STANDARD",
        "tags": [{"key": "a", "value": ""}],
    }
    recoverable = read_record({**FIRST, "pointInTimeRecoveryEnabled": True})
    assert recoverable.plan.point_in_time_recovery.period_in_days == MAX_RECOVERY_DAYS


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("old-orders", RestorePlan("old-orders", None, None, None, False)),
        (
            "old-orders at 2026-11-26T08:00:00Z",
            RestorePlan("old-orders", None, None, "2026-11-26T08:00:00Z", False),
        ),
        (
            "import of CSV from s3://exports/a/b.csv",
            ("exports", "a/b.csv", "CSV"),
        ),
        ("import of ION from s3://exports/", ("exports", None, "ION")),
    ],
)
def test_the_string_of_a_data_source_is_parsed(text: str, source: Any) -> None:
    found = read_record({**FIRST, "source": text}).plan.source
    assert source_text(found) == text
    if isinstance(found, ImportPlan):
        assert (found.bucket, found.key_prefix, found.format.value) == source
    else:
        assert found == source


def test_a_record_of_a_later_version_is_not_read() -> None:
    with pytest.raises(NewerRecord) as newer:
        read_record({"version": 3.0})
    assert newer.value.version == 3
