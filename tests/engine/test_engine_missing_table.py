"""The guard has a record of the table, but the stack does not have the table."""

from __future__ import annotations

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, SECONDS, Stack
from tests.engine.manifests import NAME, allowing, manifest
from tests.engine.refusals import (
    BASE,
    CLASSIC,
    DANGEROUS,
    OTHER_KEY,
    OTHER_NAME,
    OTHER_REGION,
    PROTECTED,
    TABLE,
    TABLE_URN,
    assert_settles,
    refusal_of,
    run_command,
)


def test_a_table_missing_from_the_state_is_not_forgotten(stack: Stack, cloud: Cloud) -> None:
    """Neither by another manifest nor by allowing a replacement, which would leave it in AWS."""
    assert stack.up(BASE).ok
    stack.call("state", "delete", TABLE_URN, "--yes")
    allowed_move = manifest(region="eu-west-1", annotations=allowing("region"))
    for text in (OTHER_REGION, OTHER_KEY, OTHER_NAME, allowed_move):
        refusal = refusal_of(stack, cloud, text)
        assert "has a record of the table, but not the table itself" in refusal
    assert looks.tables(cloud) == [NAME]
    failed = stack.up(BASE)
    assert "Table already exists: orders" in failed.text
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    run_command(stack, refusal, "pulumi state delete")
    assert_settles(stack, OTHER_REGION)


@pytest.mark.parametrize("text", [BASE, PROTECTED], ids=["unprotected", "protected"])
def test_a_table_missing_from_the_state_can_be_imported_again(
    text: str, stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(text).ok
    stack.call("state", "delete", "--force", TABLE_URN, "--yes")
    run_command(stack, refusal_of(stack, cloud, OTHER_REGION), "pulumi import")
    back = stack.up(text)
    assert back.ok, back.explained()
    assert back.changes == {}
    assert looks.writes(cloud) == ["CreateTable"]
    assert "the region" in refusal_of(stack, cloud, OTHER_REGION)
    assert stack.up(text).is_unchanged


def test_a_table_that_a_refresh_did_not_find_is_not_forgotten(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    assert TABLE not in stack.refresh().resources
    refusal = refusal_of(stack, cloud, OTHER_KEY)
    assert "has a record of the table, but not the table itself" in refusal
    run_command(stack, refusal, "pulumi state delete")
    assert_settles(stack, OTHER_KEY)


def test_a_table_deleted_outside_pulumi_is_recreated_by_the_same_manifest(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    assert stack.refresh().ok
    assert_settles(stack, BASE)
    assert looks.tables(cloud) == [NAME]


def test_a_targeted_destroy_leaves_a_record_that_is_reported_and_removable(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    assert stack.start("destroy", arguments=("--target", TABLE_URN)).report().ok
    assert looks.tables(cloud) == []
    refusal = refusal_of(stack, cloud, OTHER_REGION)
    run_command(stack, refusal, "pulumi state delete")
    assert_settles(stack, OTHER_REGION)


def test_an_engine_killed_before_it_saved_the_table_is_noticed(
    stack: Stack, cloud: FaultyCloud
) -> None:
    done = cloud.hang_after("CreateTable")
    running = stack.start("up", BASE)
    assert done.wait(SECONDS)
    running.kill()
    stack.cancel()
    allowed = manifest(region="eu-west-1", annotations=allowing("region"))
    assert "has a record of the table, but not the table itself" in refusal_of(
        stack, cloud, allowed
    )
    for text, says in DANGEROUS.values():
        refusal = refusal_of(stack, cloud, text)
        assert says in refusal
        assert "has a record of the table, but not the table itself" in refusal
    assert looks.tables(cloud) == [NAME]
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    stack.call("refresh", "--clear-pending-creates", "--yes")
    run_command(stack, refusal, "pulumi state delete")
    assert_settles(stack, OTHER_NAME)


def test_a_table_with_another_name_in_aws_is_not_forgotten(stack: Stack, cloud: Cloud) -> None:
    """An unchanged manifest would create a second table: AWS refuses none under that name."""
    stack.program = CLASSIC
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    assert stack.up(BASE).ok
    (name,) = looks.tables(cloud)
    stack.call("state", "delete", "--force", TABLE_URN, "--yes")
    refusal = refusal_of(stack, cloud, BASE)
    assert f"the table's name: {name} → orders" in refusal
    run_command(stack, refusal, "pulumi import")
    assert stack.up(BASE).changes == {}
    assert looks.tables(cloud) == [name]
