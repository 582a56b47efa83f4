"""A table that was created without Pulumi is adopted, imported, and then unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planton.adopt.manifest import write_manifest
from planton.rehearsal.aws.requests import DYNAMODB
from tests.adopt.emulated_account import EmulatedAccount
from tests.adopt.existing_tables import (
    BOTH,
    UNITS,
    add_replica,
    create,
    create_everything,
    index,
    scale,
)
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.test_engine_examples import BEGIN_WITH_DATA, MANIFESTS

REGION = "us-east-1"


def plain(cloud: Cloud) -> None:
    create(cloud, REGION)


def everything(cloud: Cloud) -> None:
    create_everything(cloud, REGION)


def scaled_with_a_replica(cloud: Cloud) -> None:
    create(
        cloud,
        REGION,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=UNITS,
        StreamSpecification=BOTH,
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    scale(cloud, "table/orders", "Write", region=REGION)
    add_replica(cloud, "us-west-2", REGION)
    scale(cloud, "table/orders", "Write", region="us-west-2")


def with_policies_of_other_names(cloud: Cloud) -> None:
    """The table's and the index's differ, and those of the replica are the table's."""
    create(
        cloud,
        REGION,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        BillingMode="PROVISIONED",
        ProvisionedThroughput=UNITS,
        StreamSpecification=BOTH,
        GlobalSecondaryIndexes=[index("by-sk", ProvisionedThroughput=UNITS)],
    )
    for name in (REGION, "us-west-2"):
        if name != REGION:
            add_replica(cloud, name, REGION)
        scale(cloud, "table/orders", "Read", region=name, policy="$orders-reads: 70 %")
        scale(cloud, "table/orders", "Write", region=name)
        scale(cloud, "table/orders/index/by-sk", "Write", region=name, policy="by-sk/writes")


TABLES = {
    "plain": plain,
    "everything": everything,
    "replica": scaled_with_a_replica,
    "policies": with_policies_of_other_names,
}
ITEM = {"pk": {"S": "1"}}


@pytest.mark.parametrize("created", TABLES.values(), ids=TABLES)
def test_an_adopted_table_is_imported_and_then_unchanged(
    created: Any, stack: Stack, cloud: Cloud
) -> None:
    created(cloud)
    item = {**ITEM, **({"sk": {"S": "1"}} if created is everything else {})}
    name = {"TableName": "orders"}
    cloud.call(DYNAMODB, "PutItem", {**name, "Item": item}, region=REGION)
    found = EmulatedAccount(cloud).read(region=REGION)
    text = write_manifest(found, source_name="x.yaml", imports=True).text

    previewed = stack.preview(text)
    assert previewed.ok, previewed.explained()
    assert {one.op for one in previewed.steps} <= {"import", "create", "update"}
    taken = stack.up(text)
    assert taken.ok, taken.explained()
    for again in (text, write_manifest(found, source_name="x.yaml").text):
        report = stack.up(again)
        assert report.is_unchanged, report.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    items = cloud.call(DYNAMODB, "Scan", name, region=REGION)["Items"]
    assert items == [item]
    now = EmulatedAccount(cloud).read(region=REGION)
    assert (now.global_indexes, now.scaling) == (found.global_indexes, found.scaling)


EXAMPLES = [path for path in MANIFESTS if path.stem not in {*BEGIN_WITH_DATA, "access"}]
"""Without those whose data AWS takes from elsewhere, and the one with grants: `adopt` writes
neither."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_adopted_into_an_empty_stack(
    path: Path, first: Stack, stack: Stack, cloud: Cloud
) -> None:
    created = first.up(path.read_text())
    assert created.ok, created.explained()
    region, name = created.outputs["aws_region"], created.outputs["table_name"]
    before = looks.table(cloud, name, region)
    found = EmulatedAccount(cloud).read(name, region)
    text = write_manifest(found, source_name="x.yaml", imports=True).text

    taken = stack.up(text)
    assert taken.ok, taken.explained()
    assert looks.table(cloud, name, region) == before
    again = stack.up(text)
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    assert EmulatedAccount(cloud).read(name, region) == found
