"""Replacements that the manifest allows, once and no further."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.by_hand import recreate_table
from tests.engine.faults import FaultyCloud
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, allowing, index, key, manifest

BASE = manifest()
SCALED_INDEX = index("by-who", "who", provisionedThroughput=UNITS, autoscaling=SCALED)


def test_a_key_change_is_allowed_once_and_the_annotation_is_then_reported(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    after = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    replaced = stack.up(after)
    assert replaced.ok, replaced.explained()
    assert replaced.changes == {"Table orders": "replace"}
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert [text for text in replaced.warnings if "is set" in text] == [
        "warning: metadata.annotations[dynamodb.project-planton.org/allow-replacement] is set: if "
        "keySchema differs, the table is deleted with all its data and recreated empty. Remove "
        "the annotation after this update\n"
    ]
    for later in ({}, {"tags": {"a": "b"}}):
        spec = {"keySchema": key("pk"), **later}
        for operation in (stack.preview, stack.up):
            refused = operation(manifest(annotations=allowing("keySchema"), **spec))
            assert not refused.ok
            assert "remove it from the annotation" in refused.text
        assert stack.up(manifest(**spec)).ok


def test_a_remaining_annotation_replaces_no_table_created_outside_pulumi(
    stack: Stack, cloud: Cloud
) -> None:
    """The manifest has not changed since the replacement was allowed, but the table has."""
    assert stack.up(BASE).ok
    after = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    assert stack.up(after).ok
    recreate_table(cloud, "pk", "sk")
    assert stack.refresh().ok
    for operation in (stack.preview, stack.up):
        refused = operation(after)
        assert not refused.ok
        assert "remove it from the annotation" in refused.text
    assert len(looks.table(cloud)["KeySchema"]) == 2


def _retyped(text: str, *names: str, table: str = NAME) -> str:
    """The manifest under a metadata.name, with attributes of type N."""
    data = json.loads(text)
    data["metadata"]["name"] = table
    for attribute in data["spec"]["attributeDefinitions"]:
        if attribute["name"] in names:
            attribute["type"] = "N"
    return json.dumps(data)


@pytest.mark.parametrize(
    ("table", "changes", "allowed"),
    [
        (NAME, {"tableName": "orders-2"}, "tableName"),
        ("orders-2", {}, "tableName"),
        (NAME, {"keySchema": key("pk")}, "keySchema"),
    ],
    ids=["another name", "another metadata.name", "another key"],
)
def test_a_table_that_is_replaced_has_the_new_types_of_its_attributes(
    table: str, changes: dict[str, Any], allowed: str, stack: Stack, cloud: Cloud
) -> None:
    """Those of the table's own key and of a standalone index."""
    spec: dict[str, Any] = {**PROVISIONED, "globalSecondaryIndexes": [SCALED_INDEX]}
    made = stack.up(manifest(**spec))
    assert made.ok, made.explained()
    text = manifest(**{**spec, **changes}, annotations=allowing(allowed))
    replaced = stack.up(_retyped(text, "pk", "who", table=table))
    assert replaced.ok, replaced.explained()
    (name,) = looks.tables(cloud)
    described = cloud.call(DYNAMODB, "DescribeTable", {"TableName": name})["Table"]
    types = {a["AttributeName"]: a["AttributeType"] for a in described["AttributeDefinitions"]}
    assert types == {"pk": "N", "who": "N"} | ({} if "keySchema" in changes else {"sk": "S"})
    after = manifest(**{**spec, **changes})
    settled = stack.up(_retyped(after, "pk", "who", table=table))
    assert settled.ok, settled.explained()
    again = stack.up(_retyped(after, "pk", "who", table=table))
    assert again.is_unchanged, again.explained()


def test_a_failed_update_does_not_allow_another_replacement(
    stack: Stack, cloud: FaultyCloud
) -> None:
    assert stack.up(manifest(keySchema=key("pk"))).ok
    recreate_table(cloud, "pk", "sk")
    assert stack.refresh().ok
    cloud.refuse("TagResource", "AccessDeniedException", "not authorized to TagResource")
    tagged = {"keySchema": key("pk"), "tags": {"a": "b"}}
    assert not stack.up(manifest(**tagged)).ok
    refused = stack.up(manifest(**tagged, annotations=allowing("keySchema")))
    assert not refused.ok
    assert "remove it from the annotation" in refused.text
    assert len(looks.table(cloud)["KeySchema"]) == 2


def test_a_failed_replacement_can_be_retried(stack: Stack, cloud: FaultyCloud) -> None:
    assert stack.up(BASE).ok
    after = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    failed = stack.up(after)
    assert not failed.ok
    # What was not deleted is in the state as it was, so this asks for no refresh.
    assert "the state may now hold" not in failed.text
    again = stack.up(after)
    assert again.ok, again.explained()
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]


def test_the_first_update_accepts_no_annotation(stack: Stack, cloud: Cloud) -> None:
    for operation in (stack.preview, stack.up):
        refused = operation(manifest(annotations=allowing("keySchema")))
        assert not refused.ok
        assert "no earlier update is on record" in refused.text
    assert looks.tables(cloud) == []
    assert stack.up(BASE).ok


def test_allowing_one_replacement_does_not_allow_another(stack: Stack) -> None:
    assert stack.up(BASE).ok
    refused = stack.preview(
        manifest(keySchema=key("pk"), tableName="orders-2", annotations=allowing("tableName"))
    )
    assert not refused.ok
    assert "spec.keySchema" in refused.text


def test_an_allowed_name_change_renames_the_table(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    replaced = stack.up(manifest(tableName="orders-2", annotations=allowing("tableName")))
    assert replaced.ok, replaced.explained()
    assert looks.tables(cloud) == ["orders-2"]
    assert replaced.outputs["table_name"] == "orders-2"
    # Without the annotation the name is ignored again, and nothing moves.
    assert stack.up(manifest(tableName="orders-2")).changes == {}
    assert looks.tables(cloud) == ["orders-2"]


def test_protection_turned_off_together_with_a_new_key_still_protects(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest(deletionProtectionEnabled=True)).ok
    calls = len(cloud.calls)
    for allowed_change in ({}, allowing("keySchema")):
        refused = stack.up(manifest(keySchema=key("pk"), annotations=allowed_change))
        assert not refused.ok
        assert "deletion" in refused.text
        assert "set deletionProtectionEnabled: false on" in refused.text
        assert cloud.calls[calls:] == []
