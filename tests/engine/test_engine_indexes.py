"""Inline global indexes are added to an existing table, changed and removed."""

from __future__ import annotations

from typing import Any

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import index, manifest

TABLE = "Table orders"


def test_indexes_are_added_changed_and_removed(stack: Stack, cloud: Cloud) -> None:
    def apply(*wanted: dict[str, Any]) -> None:
        report = stack.up(manifest(globalSecondaryIndexes=list(wanted)))
        assert report.ok, report.explained()
        assert report.changes == {TABLE: "update"}
        assert "globalSecondaryIndexes" in report.diffs(TABLE)
        assert sorted(looks.indexes(cloud)) == sorted(one["name"] for one in wanted)
        assert sorted(report.outputs["global_secondary_index_arns"]) == sorted(
            one["name"] for one in wanted
        )

    who, when, what = index("who"), index("when", "who", "at"), index("what", "what", "amount")
    assert stack.up(manifest()).ok
    apply(who)
    apply(who, when, what)
    parts = {"type": "INCLUDE", "nonKeyAttributes": ["z", "a"]}
    apply(who, {**when, "projection": parts}, what)
    assert set(looks.indexes(cloud)["when"]["Projection"]["NonKeyAttributes"]) == {"a", "z"}
    apply({**when, "projection": parts}, what)
    apply({**when, "projection": parts})

    assert stack.refresh().is_unchanged
    again = stack.up(manifest(globalSecondaryIndexes=[{**when, "projection": parts}]))
    assert again.is_unchanged, again.explained()


def test_the_order_of_unordered_fields_changes_nothing(stack: Stack) -> None:
    parts = {"type": "INCLUDE", "nonKeyAttributes": ["a", "b", "c"]}
    turned = {**parts, "nonKeyAttributes": ["c", "b", "a"]}
    one, two = index("who", projection=parts), index("when", "who", "at")
    assert stack.up(manifest(globalSecondaryIndexes=[one, two])).ok
    stack.refresh()
    again = stack.up(manifest(globalSecondaryIndexes=[two, {**one, "projection": turned}]))
    assert again.ok
    assert again.changes == {}


def test_the_last_index_stays_in_aws_and_the_user_is_warned(stack: Stack, cloud: Cloud) -> None:
    stack.up(manifest(globalSecondaryIndexes=[index("who")]))
    without = stack.up(manifest())
    assert without.ok, without.explained()
    assert list(looks.indexes(cloud)) == ["who"]  # upstream: terraform-provider-aws#47490
    (warning,) = without.warnings
    assert "spec.globalSecondaryIndexes, who" in warning
    assert "aws dynamodb update-table" in warning

    delete = {"Delete": {"IndexName": "who"}}
    update = {"TableName": "orders", "GlobalSecondaryIndexUpdates": [delete]}
    cloud.call("dynamodb", "UpdateTable", update)
    stack.refresh()
    after = stack.up(manifest())
    assert after.is_unchanged, after.explained()
    assert after.warnings == []
