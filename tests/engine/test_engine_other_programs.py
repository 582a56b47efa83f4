"""Stacks with tables and resources that this program did not create."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import NAME, PROVISIONED, UNITS, allowing, index, key, manifest
from tests.engine.refusals import (
    BASE,
    CLASSIC,
    NEWEST,
    OTHER_KEY,
    OTHER_NAME,
    OTHER_REGION,
    TABLE_URN,
    URN,
    assert_settles,
    put_into_state,
    refusal_of,
    run_command,
)


def test_a_table_imported_into_the_stack_is_not_deleted(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    legacy = {
        "TableName": "legacy",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    cloud.call(DYNAMODB, "CreateTable", legacy)
    arn = looks.table(cloud, "legacy")["TableArn"]
    urn = f"{URN}aws:dynamodb/table:Table::legacy"
    put_into_state(
        stack, urn, "aws:dynamodb/table:Table", "legacy", arn=arn, name="legacy", hashKey="id"
    )
    refusal = refusal_of(stack, cloud, BASE)
    assert f"table 'legacy' ({arn})" in refusal
    run_command(stack, refusal, f"pulumi state delete --force --target-dependents {urn}")
    assert_settles(stack, BASE)
    assert set(looks.tables(cloud)) == {"legacy", NAME}


def test_a_replacement_allowed_for_one_table_deletes_no_other(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    urn = f"{URN}aws:dynamodb/table:Table::legacy"
    put_into_state(stack, urn, "aws:dynamodb/table:Table", "legacy", arn="arn:l", name="legacy")
    stack.call("state", "delete", "--force", TABLE_URN, "--yes")
    renamed = json.loads(OTHER_NAME)
    renamed["metadata"]["annotations"] = allowing("tableName")
    refusal = refusal_of(stack, cloud, json.dumps(renamed))
    assert "table 'legacy'" in refusal
    assert "has a record of the table, but not the table itself" in refusal


FOREIGN: dict[str, tuple[Path, str, tuple[str, ...]]] = {
    "v1's module, another region": (
        CLASSIC,
        OTHER_REGION,
        ("the region: us-east-1 → eu-west-1",),
    ),
    "v1's module, another key": (
        CLASSIC,
        OTHER_KEY,
        ("spec.keySchema: pk HASH, sk RANGE → pk HASH",),
    ),
    "v1's module, another metadata.name": (
        CLASSIC,
        OTHER_NAME,
        ("metadata.name: orders → invoices",),
    ),
    "the newest module, another metadata.name": (
        NEWEST,
        OTHER_NAME,
        ("metadata.name: table → invoices",),
    ),
    "the newest module, another metadata.name, region and key": (
        NEWEST,
        manifest(region="eu-west-1", keySchema=key("pk")).replace(
            '"name": "orders"', '"name": "invoices"'
        ),
        ("metadata.name: table → invoices", "the region: us-east-1", "spec.keySchema: pk HASH, sk"),
    ),
}


@pytest.mark.parametrize(("program", "text", "says"), FOREIGN.values(), ids=FOREIGN)
def test_a_first_update_deletes_no_table_of_another_program(
    program: Path, text: str, says: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    stack.program = program
    assert stack.up(BASE).ok
    tables = looks.tables(cloud)
    stack.program = PROGRAM
    refusal = refusal_of(stack, cloud, text)
    for one in says:
        assert one in refusal
    assert "TableGuard" not in refusal, "refused before anything is registered"
    assert looks.tables(cloud) == tables


def test_a_table_under_another_logical_name_is_renamed_in_the_state(
    stack: Stack, cloud: Cloud
) -> None:
    stack.program = NEWEST
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    run_command(stack, refusal_of(stack, cloud, OTHER_NAME), "pulumi state rename")
    taken = stack.up(OTHER_NAME)
    assert taken.ok, taken.explained()
    assert taken.changes == {"Table invoices": "update"}
    assert stack.up(OTHER_NAME).is_unchanged
    assert looks.writes(cloud).count("CreateTable") == 1


def test_a_table_under_another_logical_name_can_keep_that_name(stack: Stack, cloud: Cloud) -> None:
    stack.program = NEWEST
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    text = BASE.replace('"name": "orders"', '"name": "table"')
    assert_settles(stack, text)
    assert looks.tables(cloud) == [NAME]


def test_resources_of_another_program_are_not_deleted(stack: Stack, cloud: Cloud) -> None:
    stack.program = CLASSIC
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    bucket = f"{URN}aws:s3/bucket:Bucket::invoices"
    put_into_state(stack, bucket, "aws:s3/bucket:Bucket", "invoices", arn="arn:aws:s3:::invoices")
    refusal = refusal_of(stack, cloud, BASE)
    assert "aws:s3/bucket:Bucket 'invoices'" in refusal
    run_command(stack, refusal, "pulumi state delete")
    assert_settles(stack, BASE)


def test_the_first_update_makes_an_inline_index_standalone(stack: Stack, cloud: Cloud) -> None:
    """Of a table that has another name in AWS than in the manifest."""
    inline = index("who", provisionedThroughput=UNITS)
    stack.program = CLASSIC
    assert stack.up(manifest(**PROVISIONED, globalSecondaryIndexes=[inline])).ok
    stack.program = PROGRAM
    (name,) = looks.tables(cloud)
    before = looks.indexes(cloud, name)
    standalone = {**inline, "autoscaling": {"enabled": False}}
    assert_settles(stack, manifest(**PROVISIONED, globalSecondaryIndexes=[standalone]))
    assert looks.indexes(cloud, name) == before
    assert looks.writes(cloud) == ["CreateTable", "UntagResource", "TagResource"]
    assert_settles(stack, manifest(**PROVISIONED, globalSecondaryIndexes=[inline]))


def test_a_first_update_without_a_readable_state_is_refused(
    unseeing: Path, stack: Stack, cloud: Cloud
) -> None:
    stack.program = unseeing
    refusal = refusal_of(stack, cloud, BASE)
    assert "The stack's state cannot be read" in refusal
    assert "noSuchFunction" in refusal
    stack.program = PROGRAM
    assert stack.up(BASE).ok
    # With a record the update can be judged without the state.
    stack.program = unseeing
    assert stack.up(BASE).ok
    assert "the region: us-east-1 → eu-west-1" in refusal_of(stack, cloud, OTHER_REGION)
