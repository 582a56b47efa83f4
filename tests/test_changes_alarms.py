"""What a change does to CloudWatch alarms, and what the guard's record keeps of them."""

from __future__ import annotations

from typing import Any

import pytest

from planton.changes.compare import compare
from planton.changes.record import read_record, record
from planton.changes.snapshot import Snapshot, snapshot
from tests.planning import index, table
from tests.test_changes import seen

REGION, AWAY = "eu-central-1", "eu-west-1"
TOPIC, OTHER = (f"arn:aws:sns:{REGION}:111122223333:{name}" for name in ("oncall", "other"))
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
THROTTLED = "Sum > 10 in 5 of 5 periods of 60 s, missing data notBreaching"
READS = f"ReadThrottleEvents {THROTTLED}"
WRITES = f"WriteThrottleEvents {THROTTLED}"
ERRORS = "SystemErrors Sum > 5 in 15 of 17 periods of 60 s, missing data notBreaching"
LATENCY = "ReplicationLatency Average > 180000 in 3 of 3 periods of 300 s, missing data missing"
ONLY_READS = {"writeThrottles": {"enabled": False}, "systemErrors": {"enabled": False}}
NO_THROTTLES = {"readThrottles": {"enabled": False}, **ONLY_READS}
USE = "ConsumedReadCapacityUnits Sum > {} in 5 of 5 periods of 60 s, missing data notBreaching"

Changes = list[tuple[str, str, str, str, bool]]


def limited(reads: int) -> dict[str, Any]:
    return index("by-a", "a", onDemandThroughput={"maxReadRequestUnits": reads})


def decided(**spec: Any) -> Snapshot:
    return snapshot(table(region=REGION, **spec), region=REGION, account_id=None)


def changes(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    return seen(compare(decided(**before), decided(**after)))


ALARMS: dict[str, tuple[dict[str, Any], dict[str, Any], Changes]] = {
    "on": (
        {},
        {"alarms": {}},
        [
            ("alarms-added", "spec.alarms.readThrottles", "none", f"table: {READS}", False),
            ("alarms-added", "spec.alarms.writeThrottles", "none", f"table: {WRITES}", False),
            ("alarms-added", "spec.alarms.systemErrors", "none", f"table: {ERRORS}", False),
        ],
    ),
    "one off": (
        {"alarms": {"topics": [TOPIC]}},
        {"alarms": {"topics": [TOPIC], "readThrottles": {"enabled": False}}},
        [("alarms-removed", "spec.alarms.readThrottles", f"table: {READS}", "none", False)],
    ),
    "off": (
        {"alarms": {"topics": [TOPIC], **ONLY_READS}},
        {},
        [("alarms-removed", "spec.alarms.readThrottles", f"table: {READS}", "none", False)],
    ),
    "a threshold and a topic": (
        {"alarms": {"topics": [TOPIC]}},
        {"alarms": {"topics": [OTHER, TOPIC], "readThrottles": {"threshold": 11}}},
        [
            (
                "alarms-changed",
                "spec.alarms.readThrottles",
                f"table: {READS}",
                f"table: {READS.replace('10', '11')}",
                False,
            ),
            ("alarm-topics", "spec.alarms.topics", TOPIC, f"{TOPIC}, {OTHER}", False),
        ],
    ),
    "the order of topics": (
        {"alarms": {"topics": [TOPIC, OTHER]}},
        {"alarms": {"topics": [OTHER, TOPIC, OTHER]}},
        [],
    ),
    "the last topic removed": (
        {"alarms": {"topics": [TOPIC]}},
        {"alarms": {}},
        [("alarm-topics-removed", "spec.alarms.topics", TOPIC, "none", False)],
    ),
    "another maximum": (
        {"alarms": ONLY_READS, "onDemandThroughput": {"maxReadRequestUnits": 10}},
        {"alarms": ONLY_READS, "onDemandThroughput": {"maxReadRequestUnits": 20}},
        [
            (
                "alarms-changed",
                "spec.alarms.readCapacity",
                "table: ConsumedReadCapacityUnits Sum > 480 in 5 of 5 periods of 60 s, missing "
                "data notBreaching",
                "table: ConsumedReadCapacityUnits Sum > 960 in 5 of 5 periods of 60 s, missing "
                "data notBreaching",
                False,
            )
        ],
    ),
    "the maximum of an index": (
        {"globalSecondaryIndexes": [limited(10)], "alarms": NO_THROTTLES},
        {"globalSecondaryIndexes": [limited(20)], "alarms": NO_THROTTLES},
        [
            (
                "alarms-changed",
                "spec.alarms.readCapacity",
                f"index by-a: {USE.format(480)}",
                f"index by-a: {USE.format(960)}",
                False,
            )
        ],
    ),
    "two limits that differ": (
        {},
        {
            "onDemandThroughput": {"maxReadRequestUnits": 10},
            "globalSecondaryIndexes": [limited(20)],
            "alarms": NO_THROTTLES,
        },
        [
            (
                "alarms-added",
                "spec.alarms.readCapacity",
                "none",
                f"table: {USE.format(480)}; index by-a: {USE.format(960)}",
                False,
            )
        ],
    ),
    "a replica": (
        {**STREAM, "alarms": ONLY_READS},
        {**STREAM, "alarms": ONLY_READS, "replicas": [{"regionName": AWAY}]},
        [
            (
                "alarms-added",
                "spec.alarms.readThrottles",
                "none",
                f"table in {AWAY}: {READS}",
                False,
            ),
            (
                "alarms-added",
                "spec.alarms.replicationLatency",
                "none",
                f"table to {AWAY}, table in {AWAY} to {REGION}: {LATENCY}",
                False,
            ),
        ],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), ALARMS.values(), ids=ALARMS)
def test_a_change_of_alarms_is_in_place_and_named(
    before: dict[str, Any], after: dict[str, Any], expected: Changes
) -> None:
    found = changes(before, after)
    assert [change for change in found if change[0].startswith("alarm")] == expected


def test_alarms_survive_the_record() -> None:
    kept = decided(**STREAM, replicas=[{"regionName": AWAY}], alarms={"topics": [TOPIC]})
    assert read_record(record(kept)) == kept


def test_a_record_without_alarms_is_of_a_table_without_alarms() -> None:
    before = record(decided())
    assert "alarms" not in before
    assert compare(read_record(before), decided()) == []
