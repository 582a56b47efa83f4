"""An existing table, imported by `pulumi up`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Engine, Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, index, manifest
from tests.engine.real import RealProvider
from tests.engine.standin import StandIn

IMPORT = {"dynamodb.project-planton.org/import": "true"}
TABLE = f"Table {NAME}"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def first(engine: Engine, provider: StandIn | RealProvider, tmp_path: Path) -> Stack:
    """Another stack, which creates the tables that are there."""
    return engine.stack(tmp_path / "first", provider.port)


SPECS: dict[str, dict[str, Any]] = {
    "on demand": {},
    "all features": {
        "ttl": {"enabled": True, "attributeName": "expires"},
        "streamViewType": "NEW_IMAGE",
        "streamEnabled": True,
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "deletionProtectionEnabled": True,
        "contributorInsights": {"enabled": True},
        "kinesisStreamingDestination": {"streamArn": STREAM},
        "globalSecondaryIndexes": [index("who"), index("when", "who", "at")],
        "localSecondaryIndexes": [index("amount", "pk", "amount")],
        "tags": {"team": "shop"},
    },
    "AWS managed key": {"serverSideEncryption": {"enabled": True}},
    "replicas": {
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "streamEnabled": True,
        "replicas": [
            {"regionName": "us-west-2", "pointInTimeRecovery": True, "propagateTags": True},
            {"regionName": "eu-west-1", "deletionProtectionEnabled": True},
        ],
    },
    "provisioned": {
        **PROVISIONED,
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
    },
    "autoscaling": {
        **PROVISIONED,
        "autoscaling": SCALED,
        "globalSecondaryIndexes": [
            index("who", provisionedThroughput=UNITS),
            index("when", "who", "at", provisionedThroughput=UNITS),
        ],
    },
    "autoscaling and replicas": {
        **PROVISIONED,
        "autoscaling": SCALED,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "streamEnabled": True,
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
        "replicas": [{"regionName": "us-west-2", "propagateTags": True}],
    },
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_an_imported_table_is_then_unchanged(
    spec: dict[str, Any], first: Stack, stack: Stack, cloud: Cloud
) -> None:
    made = first.up(manifest(**spec))
    assert made.ok, made.explained()
    item = {"pk": {"S": "1"}, "sk": {"S": "1"}}
    cloud.call(DYNAMODB, "PutItem", {"TableName": NAME, "Item": item})
    before = looks.table(cloud)
    text = manifest(annotations=IMPORT, **spec)
    previewed = stack.preview(text)
    assert previewed.ok, previewed.explained()
    assert [s.op for s in previewed.steps if s.resource == TABLE][0] == "import"

    taken = stack.up(text)
    assert taken.ok, taken.explained()
    print(taken.changes)
    assert looks.table(cloud) == before
    assert looks.items(cloud) == [item]
    for again in (text, manifest(**spec)):
        assert stack.preview(again).is_unchanged
        report = stack.up(again)
        assert report.is_unchanged, report.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
