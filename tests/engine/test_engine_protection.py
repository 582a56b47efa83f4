"""Deletion protection: what it prevents, and that it can be turned off.

The manifests allow the replacement, so that the change guard lets it pass: these tests are about
what the engine itself refuses.
"""

from __future__ import annotations

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import allowing, index, key, manifest
from tests.engine.operation import Name

ON = {"deletionProtectionEnabled": True}
OTHER_KEY = {"keySchema": key("id")}


def test_a_replacement_is_refused_by_preview_and_update(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(manifest(**ON)).ok
    before = looks.writes(cloud)
    changed = manifest(annotations=allowing("keySchema"), **ON, **OTHER_KEY)
    for report in (stack.preview(changed), stack.up(changed)):
        assert not report.ok
        assert "protect" in report.text
        assert "orders" in report.text
    assert looks.writes(cloud) == before


def test_an_added_local_index_is_refused_too(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(manifest(**ON)).ok
    local = [index("when", "pk", "at")]
    annotations = allowing("localSecondaryIndexes")
    refused = stack.preview(manifest(annotations=annotations, localSecondaryIndexes=local, **ON))
    assert not refused.ok
    assert "protect" in refused.text
    assert looks.table(cloud).get("LocalSecondaryIndexes", []) == []


def test_destroy_is_refused_until_protection_is_off(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(manifest(**ON)).ok
    names: tuple[Name, ...] = ("preview_destroy", "destroy")
    for name in names:
        report = stack.start(name).report()
        assert not report.ok
        assert "protect" in report.text
    assert looks.tables(cloud) == ["orders"]

    lifted = stack.up(manifest())
    assert lifted.ok, lifted.explained()
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)


def test_an_allowed_replacement_without_protection_deletes_first(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest()).ok
    before = len(looks.writes(cloud))
    report = stack.up(manifest(annotations=allowing("keySchema"), **OTHER_KEY))
    assert report.ok, report.explained()
    assert report.changes == {"Table orders": "replace"}
    assert [step.op for step in report.steps if step.resource == "Table orders"] == [
        "delete-replaced",
        "replace",
        "create-replacement",
    ]
    assert looks.writes(cloud)[before:] == ["DeleteTable", "CreateTable"]
