"""What deletes replicas: their removal, a replacement of the table, and destroy."""

from __future__ import annotations

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import (
    IRELAND,
    MUMBAI,
    SCALED_EVERYWHERE,
    STREAM,
    TABLE,
    assert_settled,
    members,
    replica,
    up,
)
from tests.engine.harness import Stack
from tests.engine.manifests import allowing, key, manifest


def test_removal_of_a_protected_replica_is_refused_before_it_begins(
    stack: Stack, cloud: Cloud
) -> None:
    protected = [replica(IRELAND, deletionProtectionEnabled=True)]
    up(stack, **STREAM, replicas=protected)
    before = len(looks.writes(cloud))
    refused = stack.up(manifest(**STREAM, pointInTimeRecoveryEnabled=True))
    assert not refused.ok
    assert "set deletionProtectionEnabled: false on the replica alone" in refused.text
    assert len(looks.writes(cloud)) == before
    up(stack, **STREAM, replicas=[replica(IRELAND)])
    up(stack, **STREAM)
    assert members(cloud) == {"us-east-1": []}


@pytest.mark.parametrize("provisioned", [True, False], ids=["provisioned", "on demand"])
def test_destroy_deletes_the_table_in_every_region(
    stack: Stack, cloud: Cloud, provisioned: bool
) -> None:
    spec = SCALED_EVERYWHERE if provisioned else STREAM
    up(stack, **spec, replicas=[replica(IRELAND), replica(MUMBAI)])
    assert len(members(cloud)) == 3
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)


@pytest.mark.parametrize("provisioned", [True, False], ids=["provisioned", "on demand"])
def test_an_allowed_replacement_recreates_the_replicas_too(
    stack: Stack, cloud: Cloud, provisioned: bool
) -> None:
    spec = {**(SCALED_EVERYWHERE if provisioned else STREAM), "replicas": [replica(IRELAND)]}
    up(stack, **spec)
    replacement = {
        **spec,
        "attributeDefinitions": [{"name": "other", "type": "S"}],
        "keySchema": [{"attributeName": "other", "keyType": "HASH"}],
    }
    report = stack.up(manifest(annotations=allowing("keySchema"), **replacement))
    assert report.ok, report.explained()
    assert report.changes[TABLE] == "replace"
    assert members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}
    assert up(stack, **replacement) == {}
    assert_settled(stack, **replacement)


@pytest.mark.parametrize("provisioned", [False, True], ids=["inline", "standalone"])
@pytest.mark.parametrize("unprotected", [False, True], ids=["still", "until now"])
def test_a_table_with_a_protected_replica_is_not_partly_replaced(
    stack: Stack, cloud: Cloud, provisioned: bool, unprotected: bool
) -> None:
    spec = SCALED_EVERYWHERE if provisioned else STREAM
    up(stack, **spec, replicas=[replica(IRELAND, deletionProtectionEnabled=True)])
    before = len(looks.writes(cloud))
    for allowed_change, other in (
        ("keySchema", {"keySchema": key("id")}),
        ("tableName", {"tableName": "orders-2"}),
    ):
        wanted = [replica(IRELAND, deletionProtectionEnabled=not unprotected)]
        for operation in (stack.preview, stack.up):
            refused = operation(
                manifest(**{**spec, **other}, replicas=wanted, annotations=allowing(allowed_change))
            )
            assert not refused.ok
            assert "set deletionProtectionEnabled: false on the replica alone" in refused.text
    assert len(looks.writes(cloud)) == before


def test_destroy_with_a_protected_replica_is_refused_before_it_begins(
    stack: Stack, cloud: Cloud
) -> None:
    """The provider would delete the unprotected ones and only then be refused."""
    replicas = [replica(IRELAND, deletionProtectionEnabled=True), replica(MUMBAI)]
    up(stack, **STREAM, replicas=replicas)
    before = len(looks.writes(cloud))
    refused = stack.destroy()
    assert not refused.ok
    assert "protect" in refused.text
    assert len(looks.writes(cloud)) == before
    up(stack, **STREAM, replicas=[replica(IRELAND), replica(MUMBAI)])
    assert stack.destroy().ok
    assert looks.is_empty(cloud)
