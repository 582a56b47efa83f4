"""The features that the older provider lacks, for which a test is skipped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.manifests import PROVISIONED, SCALED, UNITS, index, manifest
from tests.engine.older import lacking
from tests.engine.specs import STREAM, newer, replicated

OWN = "indexes that are standalone resources"
OLD_ORDERS = "arn:aws:dynamodb:us-east-1:123456789012:table/old-orders"
WHO = index("who", provisionedThroughput=UNITS)


@pytest.mark.parametrize(
    ("spec", "features"),
    [
        ({}, []),
        ({**PROVISIONED, "globalSecondaryIndexes": [WHO]}, []),
        ({**PROVISIONED, "autoscaling": SCALED}, []),
        ({**PROVISIONED, "autoscaling": SCALED, "globalSecondaryIndexes": [WHO]}, [OWN]),
        ({"contributorInsightsEnabled": True}, []),
        (replicated({"regionName": "eu-west-1"}), []),
        (
            replicated({"regionName": "eu-west-1", "deletionProtectionEnabled": True}),
            ["deletion protection of replicas"],
        ),
        (
            {"restoreBackupArn": f"{OLD_ORDERS}/backup/01489173575360-b308cd7d"},
            ["restores from a backup"],
        ),
        (
            {
                "warmThroughput": {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000},
                "contributorInsights": {"enabled": True, "mode": "THROTTLED_KEYS"},
            },
            ["warm throughput", "the mode of contributor insights"],
        ),
    ],
    ids=str,
)
def test_the_features_that_an_older_provider_lacks_are_found_in_a_manifest(
    spec: dict[str, Any], features: list[str]
) -> None:
    text = manifest(**spec)
    assert lacking(text) == features
    wrapped = json.dumps({"provider_config": {}, "target": json.loads(text)})
    assert lacking(wrapped) == features


def test_an_invalid_manifest_lacks_nothing() -> None:
    assert lacking("") == lacking("kind: AwsDynamodb") == lacking(manifest(keySchema=[])) == []
    assert lacking(newer(manifest(**STREAM))) == []  # no region, which is needed there
