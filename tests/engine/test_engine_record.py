"""The guard's record and the table: every way in which they could differ is refused or fixed."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, allowing, key, manifest
from tests.engine.refusals import (
    BASE,
    DANGEROUS,
    GUARD,
    GUARD_URN,
    OTHER_KEY,
    OTHER_NAME,
    OTHER_REGION,
    PROTECTED,
    TABLE,
    TABLE_URN,
    assert_settles,
    refusal_of,
    take_from_state,
)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--continue-on-error",), ("--exclude-protected",), ("--target", TABLE_URN)],
    ids=["plain", "--continue-on-error", "--exclude-protected", "--target"],
)
def test_a_refused_destroy_keeps_the_record_of_a_protected_table(
    arguments: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(PROTECTED).ok
    for _ in range(3):
        destroyed = stack.start("destroy", arguments=arguments).report()
        assert {TABLE, GUARD} <= destroyed.resources.keys(), destroyed.explained()
    assert looks.tables(cloud) == [NAME]
    for text, says in DANGEROUS.values():
        assert says in refusal_of(stack, cloud, text)
    assert stack.up(PROTECTED).ok


def test_the_record_is_protected_with_its_table_which_depends_on_it(stack: Stack) -> None:
    """Each of the two alone was seen to lose it, in one way of destroying or another."""
    for text, protected in ((BASE, None), (PROTECTED, True), (BASE, None)):
        resources = stack.up(text).resources
        assert resources[GUARD].get("protect") == resources[TABLE].get("protect") == protected
        assert resources["aws classic-provider"]["dependencies"] == [GUARD_URN]


@pytest.mark.parametrize("arguments", [(), ("--continue-on-error",)])
def test_a_deletion_that_aws_refuses_keeps_the_record(
    arguments: tuple[str, ...], stack: Stack, cloud: FaultyCloud
) -> None:
    """The table was protected outside Pulumi."""
    assert stack.up(BASE).ok
    for _ in range(3):
        cloud.refuse("DeleteTable", "ValidationException", "Resource cannot be deleted")
        destroyed = stack.start("destroy", arguments=arguments).report()
        assert not destroyed.ok
        assert {TABLE, GUARD} <= destroyed.resources.keys()
    assert "the region" in refusal_of(stack, cloud, OTHER_REGION)
    assert stack.up(BASE).ok


def test_destroy_without_protection_leaves_an_empty_stack(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(PROTECTED).ok
    lifted = stack.up(BASE)
    assert lifted.ok, lifted.explained()
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert destroyed.resources == {}
    assert looks.is_empty(cloud)


def test_the_record_cannot_be_removed_from_the_state_before_the_table(stack: Stack) -> None:
    assert stack.up(BASE).ok
    with pytest.raises(subprocess.CalledProcessError) as refused:
        stack.call("state", "delete", GUARD_URN, "--yes")
    assert "depend" in refused.value.stderr


@pytest.mark.parametrize(("text", "says"), DANGEROUS.values(), ids=DANGEROUS)
def test_without_a_record_the_update_is_compared_with_the_state(
    text: str, says: str, stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    take_from_state(stack, GUARD)
    refusal = refusal_of(stack, cloud, text)
    assert says in refusal
    assert "of which this program has no record yet" in refusal
    assert_settles(stack, BASE)
    assert says in refusal_of(stack, cloud, text)


@pytest.mark.parametrize(
    "arguments", [("--target", TABLE_URN), ("--exclude", GUARD_URN)], ids=["target", "exclude"]
)
def test_an_update_without_the_guard_is_compared_with_the_state(
    arguments: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    refusal = refusal_of(stack, cloud, OTHER_REGION, *arguments)
    assert "the region: us-east-1 → eu-west-1" in refusal
    refusal = refusal_of(stack, cloud, OTHER_NAME, *arguments)
    assert "metadata.name: orders → invoices" in refusal
    allowed_move = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    refusal = refusal_of(stack, cloud, allowed_move, *arguments)
    assert "run `pulumi up` without them" in refusal
    # Another key is not sent, and the provider refuses attributes that are not the key's.
    writes = looks.writes(cloud)
    kept = stack.start("up", OTHER_KEY, arguments=arguments).report()
    assert "all indexes must match a defined attribute" in kept.text, kept.explained()
    assert looks.writes(cloud) == writes
    assert "spec.keySchema" in refusal_of(stack, cloud, OTHER_KEY)
    assert stack.up(allowed_move).ok
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]


@pytest.mark.parametrize(
    "arguments", [("--target", GUARD_URN), ("--exclude", TABLE_URN)], ids=["target", "exclude"]
)
@pytest.mark.parametrize(
    ("changed", "allowed_change"),
    [(OTHER_REGION, "region"), (OTHER_NAME, "tableName")],
    ids=["region", "metadata.name"],
)
def test_a_record_updated_without_its_table_permits_nothing_later(
    changed: str, allowed_change: str, arguments: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    allowed = json.loads(changed)
    allowed["metadata"]["annotations"] = allowing(allowed_change)
    stack.start("up", json.dumps(allowed), arguments=arguments).report()
    assert NAME in looks.tables(cloud)
    refusal_of(stack, cloud, changed)
    assert NAME in looks.tables(cloud)


def test_a_guard_that_is_excluded_before_it_has_a_record_refuses(
    stack: Stack, cloud: Cloud
) -> None:
    """Otherwise the state would contain a provider with a missing dependency, and be broken."""
    refusal = refusal_of(stack, cloud, BASE, "--exclude", GUARD_URN)
    assert "the stack has no usable record of the table" in refusal
    assert stack.up(BASE).ok
