"""Stacks of the program that wrote the first form of the guard's record, updated by today's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planton.changes.record import VERSION
from planton.rehearsal.aws.requests import DYNAMODB
from tests import first_records
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import NAME, allowing, key, manifest
from tests.engine.report import Report, Step
from tests.engine.test_engine_examples import BEGIN_WITH_DATA, MANIFESTS

GUARD = "TableGuard table-guard"
RECORDED = {GUARD: "update"}
NAMED = "is tagged with its name"
NAMED_AND_RECORDED = {**RECORDED, f"Table {NAME}": NAMED}
LOOK = "pulumi default"
"""The engine's own provider, which the look into the state brings."""
OTHER_KEY = "spec.keySchema: pk HASH, sk RANGE → pk HASH"


@pytest.fixture(scope="session")
def first_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return first_records.extract(tmp_path_factory.mktemp("first")) / "__main__.py"


@pytest.fixture
def first(stack: Stack, first_program: Path) -> Stack:
    """A stack on which the first program works, until `stack.program` is another."""
    stack.program = first_program
    return stack


def _changed(report: Report) -> dict[str, str]:
    """Everything that does not stay as it is, of AWS and of Pulumi."""
    return {
        step.resource: NAMED if _is_named(step) else step.op
        for step in report.steps
        if step.op not in ("same", "refresh") and step.resource != LOOK
    }


def _is_named(step: Step) -> bool:
    """Whether the step is the update that adds the tag `Name`, and nothing else."""
    if step.op != "update" or not step.type.startswith("aws:"):
        return False
    was, is_ = ((one or {})["inputs"].get("tags", {}) for one in (step.old, step.new))
    return is_ == {**was, "Name": is_.get("Name")} and set(step.diffs) <= {"tags", "tagsAll"}


_NEWER = {"access", "alarms", "global-table-with-consumers"}
KNOWN = [path for path in MANIFESTS if path.stem not in _NEWER]
"""Without those with fields that the first program does not have."""


@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_an_upgrade_changes_nothing_but_the_record(path: Path, first: Stack, cloud: Cloud) -> None:
    text = path.read_text()
    for _ in range(2 if path.stem in BEGIN_WITH_DATA else 1):
        created = first.up(text)
        assert created.ok, created.explained()
    first.program = PROGRAM
    writes = looks.writes(cloud)
    taken = first.preview(text)
    assert taken.ok, taken.explained()
    changed = _changed(taken)
    assert changed.pop(GUARD) == "update", taken.explained()
    assert set(changed.values()) == {NAMED}, taken.explained()
    assert {name.split()[0] for name in changed} <= {"Table", "TableReplica", "Target"}
    assert taken.warnings == created.warnings
    assert looks.writes(cloud) == writes


def test_a_kinesis_precision_from_the_first_program_stays(first: Stack, cloud: Cloud) -> None:
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/a"
    text = manifest(kinesisStreamingDestination={"streamArn": stream})
    assert first.up(text).ok
    assert looks.destinations(cloud) == [stream]
    first.program = PROGRAM
    writes = looks.writes(cloud)
    taken = first.up(text)
    assert taken.ok, taken.explained()
    assert _changed(taken) == NAMED_AND_RECORDED, taken.explained()
    assert taken.warnings == []
    assert looks.writes(cloud) == [*writes, "TagResource"]


def test_an_upgraded_stack_refuses_a_new_key_before_and_after_an_update(
    first: Stack, cloud: Cloud
) -> None:
    base, other = manifest(), manifest(keySchema=key("pk"))
    assert first.up(base).ok
    first.program = PROGRAM
    for _ in range(2):
        refused = first.preview(other)
        assert not refused.ok
        assert OTHER_KEY in refused.text, refused.explained()
        recorded = first.up(base)
        assert recorded.ok, recorded.explained()
    assert recorded.is_unchanged, recorded.explained()
    assert recorded.resources[GUARD]["inputs"]["version"] == VERSION
    assert looks.writes(cloud) == ["CreateTable", "TagResource"]


def test_an_upgraded_stack_completes_a_failed_update_and_refuses_a_new_key(
    first: Stack, cloud: FaultyCloud
) -> None:
    assert first.up(manifest()).ok
    tagged = {"tags": {"a": "b"}}
    cloud.refuse("TagResource", "AccessDeniedException", "not authorized to TagResource")
    assert not first.up(manifest(**tagged)).ok
    left = _changed(first.preview(manifest(**tagged)))
    first.program = PROGRAM
    refused = first.preview(manifest(**tagged, keySchema=key("pk")))
    assert OTHER_KEY in refused.text, refused.explained()
    assert "The last update failed" in refused.text
    previewed = first.preview(manifest(**tagged))
    assert _changed(previewed) == {**left, **RECORDED}, previewed.explained()


def test_an_upgraded_stack_only_retries_a_failed_replacement(
    first: Stack, cloud: FaultyCloud
) -> None:
    """The annotation that the failed update had is still needed, and counts for that update."""
    assert first.up(manifest()).ok
    allowed = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("CreateTable", "AccessDeniedException", "not authorized to CreateTable")
    assert not first.up(allowed).ok
    first.program = PROGRAM
    for other in (manifest(), manifest(keySchema=key("pk"), tags={"a": "b"})):
        refused = first.preview(other)
        assert "the engine would create it and delete it again" in refused.text
    again = first.up(allowed)
    assert again.ok, again.explained()
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    refused = first.preview(allowed)
    assert "remove it from the annotation" in refused.text


def test_a_restored_table_keeps_the_key_of_its_source(first: Stack, cloud: Cloud) -> None:
    """The manifest of before named another key, and may now name the one that AWS has: the outputs
    of the first program say which."""
    source = {
        "TableName": "old-orders",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    }
    cloud.call(DYNAMODB, "CreateTable", source)
    backups = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    cloud.call(DYNAMODB, "UpdateContinuousBackups", {"TableName": "old-orders", **backups})
    restore = {"restoreSourceName": "old-orders", "restoreToLatestTime": True}
    wrong = manifest(**restore, keySchema=key("pk"))
    first.up(wrong)
    settled = first.up(wrong)
    assert settled.ok, settled.explained()
    first.program = PROGRAM
    kept = first.preview(wrong)
    assert _changed(kept) == NAMED_AND_RECORDED, kept.explained()
    other = first.preview(manifest(**restore, keySchema=key("sk")))
    assert "a restored table has the key of its source" in other.text, other.explained()
    # The provider may refuse its attributes (tests/engine/defects.py), but the guard does not.
    right = first.preview(manifest(**restore))
    assert "this update is refused" not in right.text, right.explained()
    assert set(looks.tables(cloud)) == {NAME, "old-orders"}


def test_a_record_of_a_later_version_is_refused(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(manifest()).ok
    exported = json.loads(stack.call("stack", "export"))
    for resource in exported["deployment"]["resources"]:
        if resource["urn"].endswith("::table-guard"):
            resource["inputs"]["version"] = VERSION + 1
    stack.call("stack", "import", stdin=json.dumps(exported))
    for operation in (stack.preview, stack.up):
        refused = operation(manifest())
        assert not refused.ok
        assert (
            f"The change guard's record of the table has version {VERSION + 1}, and this program "
            f"knows versions up to {VERSION}"
        ) in refused.text, refused.explained()
        assert "Traceback" not in refused.text
    assert looks.writes(cloud) == ["CreateTable"]
