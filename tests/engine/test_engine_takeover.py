"""A stack that project-planton's Go module created, taken over with its table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import PROVISIONED, UNITS, allowing, index, key, manifest

CLASSIC = Path(__file__).resolve().parent / "programs" / "classic.py"
TABLE = "Table orders"
INDEXED = {"globalSecondaryIndexes": [index("who"), index("when", "who", "at")]}
OTHERWISE = {"tableName": "orders-of-acme"}
UNITED = {
    **PROVISIONED,
    "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
}


@pytest.fixture
def table_name(stack: Stack, cloud: Cloud, spec: dict[str, Any]) -> str:
    """The physical name of the table in a stack of the Go module's."""
    stack.program = CLASSIC
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    stack.program = PROGRAM
    (name,) = looks.tables(cloud)
    assert name.startswith("orders-")
    return name


@pytest.mark.parametrize(
    ("spec", "named"),
    [({}, {}), (UNITED, {}), ({}, OTHERWISE), (INDEXED, OTHERWISE)],
    ids=["plain", "provisioned", "with tableName", "indexed, with tableName"],
)
def test_the_table_stays_and_the_outputs_name_it(
    table_name: str, spec: dict[str, Any], named: dict[str, str], stack: Stack, cloud: Cloud
) -> None:
    text = manifest(**spec, **named)
    previewed = stack.preview(text)
    assert previewed.ok, previewed.explained()
    assert previewed.changes == {TABLE: "update"}
    assert previewed.diffs(TABLE) == ("tags",)

    taken = stack.up(text)
    assert taken.ok, taken.explained()
    assert taken.changes == {TABLE: "update"}
    assert looks.tables(cloud) == [table_name]
    providers = [step.op for step in taken.steps if step.type == "pulumi:providers:aws"]
    assert providers == ["same"]
    arn = f"arn:aws:dynamodb:us-east-1:123456789012:table/{table_name}"
    expected: dict[str, Any] = {
        "table_name": table_name,
        "table_id": table_name,
        "table_arn": arn,
        "aws_region": "us-east-1",
        "stream_arn": "",
        "stream_label": "",
    }
    if names := [one["name"] for one in spec.get("globalSecondaryIndexes", [])]:
        expected["global_secondary_index_arns"] = {one: f"{arn}/index/{one}" for one in names}
    assert taken.outputs.pop("iam_policy_documents").keys() >= {"reader", "writer"}
    assert taken.outputs == expected

    assert stack.refresh().is_unchanged
    again = stack.up(text)
    assert again.is_unchanged, again.explained()


@pytest.mark.parametrize("spec", [UNITED], ids=["provisioned"])
def test_features_can_be_turned_on_after_the_takeover(
    table_name: str, spec: dict[str, Any], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest(**spec)).ok
    report = stack.up(manifest(**spec, pointInTimeRecoveryEnabled=True))
    assert report.ok, report.explained()
    assert report.changes == {TABLE: "update"}
    assert looks.tables(cloud) == [table_name]


@pytest.mark.parametrize("spec", [{}], ids=["plain"])
def test_the_first_update_is_checked_by_the_state_and_the_next_by_the_record(
    table_name: str, spec: dict[str, Any], stack: Stack, cloud: Cloud
) -> None:
    other = manifest(keySchema=key("id"))
    together = stack.preview(other)
    assert not together.ok
    assert "spec.keySchema: pk HASH, sk RANGE → id HASH" in together.text
    assert "of which this program has no record yet" in together.text

    assert stack.up(manifest()).ok
    later = stack.preview(other)
    assert not later.ok
    assert "replacement, all data is lost" in later.text
    assert looks.tables(cloud) == [table_name]


@pytest.mark.parametrize("spec", [{}], ids=["plain"])
def test_an_unused_annotation_does_not_rename_the_table(
    table_name: str, spec: dict[str, Any], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest(**spec)).ok
    for operation in (stack.preview, stack.up):
        refused = operation(manifest(**spec, annotations=allowing("tableName")))
        assert not refused.ok
        assert "remove it from the annotation" in refused.text
    assert looks.tables(cloud) == [table_name]


@pytest.mark.parametrize("spec", [{}], ids=["plain"])
def test_the_current_name_of_the_table_can_be_set(
    table_name: str, spec: dict[str, Any], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest(**spec)).ok
    named = stack.up(manifest(**spec, tableName=table_name))
    assert named.ok, named.explained()
    assert named.changes == {}
    assert looks.tables(cloud) == [table_name]
