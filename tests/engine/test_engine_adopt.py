"""A table that was created without Pulumi is adopted, imported, and then unchanged."""

from __future__ import annotations

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
    scale,
)
from tests.emulated.cloud import Cloud
from tests.engine.harness import Stack

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


TABLES = {"plain": plain, "everything": everything, "replica": scaled_with_a_replica}
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
