"""After a replacement that failed: the guard announces what the next update would delete."""

from __future__ import annotations

import json

from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, allowing, key, manifest
from tests.engine.refusals import (
    BASE,
    OTHER_KEY,
    OTHER_NAME,
    assert_settles,
    refusal_of,
    run_command,
)


def test_a_table_whose_deletion_failed_is_not_deleted_later_unannounced(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """The new table is in the state beside the old one, which the next update would delete."""
    assert stack.up(BASE).ok
    renamed = json.loads(OTHER_NAME)
    renamed["metadata"]["annotations"] = allowing("tableName")
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    assert not stack.up(json.dumps(renamed)).ok
    assert set(looks.tables(cloud)) == {NAME, "invoices"}
    for text in (json.dumps(renamed), OTHER_NAME):
        refusal = refusal_of(stack, cloud, text)
        assert f"table '{NAME}'" in refusal
    run_command(stack, refusal, "pulumi state delete --force --target-dependents urn")
    assert_settles(stack, OTHER_NAME)
    assert set(looks.tables(cloud)) == {NAME, "invoices"}


def test_a_failed_replacement_can_only_be_retried(stack: Stack, cloud: FaultyCloud) -> None:
    """Whatever else the update changes, the engine would create the table and delete it again."""
    assert stack.up(BASE).ok
    replaced = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("CreateTable", "AccessDeniedException", "not authorized to CreateTable")
    assert not stack.up(replaced).ok
    assert looks.tables(cloud) == []
    for text in (
        BASE,
        manifest(annotations=allowing("keySchema")),
        manifest(keySchema=key("pk")),
        manifest(keySchema=key("sk", "pk")),
        manifest(keySchema=key("pk"), tags={"a": "b"}, annotations=allowing("keySchema")),
    ):
        refusal = refusal_of(stack, cloud, text)
        assert "the engine would create it and delete it again" in refusal
    again = stack.up(replaced)
    assert again.ok, again.explained()
    assert looks.tables(cloud) == [NAME]
    assert stack.up(manifest(keySchema=key("pk"))).ok
    assert looks.tables(cloud) == [NAME]


def test_a_failed_replacement_can_be_abandoned(stack: Stack, cloud: FaultyCloud) -> None:
    assert stack.up(BASE).ok
    replaced = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    assert not stack.up(replaced).ok
    refusal = refusal_of(stack, cloud, BASE)
    run_command(stack, refusal, "pulumi state delete")
    run_command(stack, refusal, "pulumi import")
    back = stack.up(BASE)
    assert back.ok, back.explained()
    assert looks.writes(cloud) == ["CreateTable"]
    assert "spec.keySchema" in refusal_of(stack, cloud, OTHER_KEY)


def test_an_old_table_that_is_still_to_be_deleted_is_announced(
    stack: Stack, cloud: FaultyCloud
) -> None:
    assert stack.up(BASE).ok
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    assert not stack.up(manifest(tableName="orders-2", annotations=allowing("tableName"))).ok
    assert set(looks.tables(cloud)) == {NAME, "orders-2"}
    previewed = stack.preview(manifest(tableName="orders-2"))
    assert any("this update deletes it" in text for text in previewed.warnings)
