"""CloudWatch alarms under the engine: on, changed, off, in a replica's region, and at the end."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.aws.requests import CLOUDWATCH
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import IRELAND, STREAM, replica
from tests.engine.harness import REGION, Stack
from tests.engine.manifests import IMPORT, allowing, index, key, manifest
from tests.engine.specs import streaming

TOPIC = f"arn:aws:sns:{REGION}:123456789012:oncall"
THROTTLES = "MetricAlarm orders/table/readThrottles"
ON: dict[str, Any] = {"alarms": {"topics": [TOPIC]}}
DEFAULT = ("readThrottles", "systemErrors", "writeThrottles")


def alarms(cloud: Cloud, region: str | None = None) -> dict[str, dict[str, Any]]:
    """The alarms of one region by their names."""
    found = cloud.call(CLOUDWATCH, "DescribeAlarms", {}, region=region)["MetricAlarms"]
    return {alarm["AlarmName"]: alarm for alarm in found}


def names(*keys: str) -> set[str]:
    return {f"orders/{key}" for key in keys}


def up(stack: Stack, **spec: Any) -> dict[str, str]:
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    return report.changes


def settled(stack: Stack, **spec: Any) -> None:
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(manifest(**spec))
    assert after.is_unchanged, after.explained()


def test_alarms_are_added_changed_and_removed_in_one_update_each(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack)
    assert up(stack, **ON) == {f"MetricAlarm orders/table/{name}": "create" for name in DEFAULT}
    assert alarms(cloud).keys() == names(*(f"table/{name}" for name in DEFAULT))
    throttles = alarms(cloud)["orders/table/readThrottles"]
    assert throttles["AlarmActions"] == [TOPIC]
    assert throttles["Dimensions"] == [{"Name": "TableName", "Value": "orders"}]
    settled(stack, **ON)

    stricter = {"alarms": {"topics": [TOPIC], "readThrottles": {"threshold": 50}}}
    assert up(stack, **stricter) == {THROTTLES: "update"}
    assert alarms(cloud)["orders/table/readThrottles"]["Threshold"] == 50
    settled(stack, **stricter)

    assert set(up(stack, alarms={}).values()) == {"update"}
    assert alarms(cloud)["orders/table/readThrottles"]["AlarmActions"] == []
    settled(stack, alarms={})

    less = {"alarms": {"readThrottles": {"enabled": False}}}
    assert up(stack, **less) == {THROTTLES: "delete"}
    assert alarms(cloud).keys() == names("table/systemErrors", "table/writeThrottles")

    assert set(up(stack).values()) == {"delete"}
    assert alarms(cloud) == {}
    settled(stack)


def test_alarms_on_expressions_are_kept_as_they_are(stack: Stack, cloud: Cloud) -> None:
    spec = {**streaming("changes"), **ON}
    up(stack, **spec)
    settled(stack, **spec)
    errors = alarms(cloud)["orders/table/systemErrors"]["Metrics"]
    assert [metric["ReturnData"] for metric in errors].count(True) == 1
    (age,) = alarms(cloud)["orders/table/kinesisAge"]["Metrics"]
    assert age["Expression"].endswith("WHERE TableName = 'orders'")
    longer = {**streaming("changes"), "alarms": {"systemErrors": {"periodSeconds": 300}}}
    assert up(stack, **longer)["MetricAlarm orders/table/systemErrors"] == "update"
    settled(stack, **longer)


def test_an_index_and_a_replica_bring_their_alarms_and_take_them_away(
    stack: Stack, cloud: Cloud
) -> None:
    there = TOPIC.replace(REGION, IRELAND)
    spec = {**STREAM, "alarms": {"topics": [TOPIC, there]}}
    up(stack, **STREAM, **ON)
    more = {**spec, "globalSecondaryIndexes": [index("who")], "replicas": [replica(IRELAND)]}
    changes = up(stack, **more)
    assert {"Table orders": "update"}.items() <= changes.items()
    kept = {f"table/{name}" for name in DEFAULT}
    of_index = {"index/who/readThrottles", "index/who/writeThrottles"}
    here = kept | of_index | {f"table/replicationLatency/{IRELAND}"}
    assert alarms(cloud).keys() == names(*here)
    latency = {f"table/replicationLatency/{REGION}"}
    expected = {f"replica/{IRELAND}/{key}" for key in kept | of_index | latency}
    assert alarms(cloud, IRELAND).keys() == names(*expected)
    assert {tuple(one["AlarmActions"]) for one in alarms(cloud, IRELAND).values()} == {(there,)}
    settled(stack, **more)

    up(stack, **STREAM, **ON)
    assert alarms(cloud).keys() == names(*kept)
    assert alarms(cloud, IRELAND) == {}


def test_a_destroy_leaves_no_alarm(stack: Stack, cloud: Cloud) -> None:
    up(stack, **ON)
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert alarms(cloud) == {}


def test_a_retained_table_gets_its_alarms_again_when_it_comes_back(
    stack: Stack, cloud: Cloud
) -> None:
    """AWS would refuse a second alarm of the same name."""
    retained = {"deletionPolicy": "retain", **ON}
    up(stack, **retained)
    before = alarms(cloud)
    assert stack.destroy().ok
    assert (alarms(cloud), looks.table(cloud)["TableStatus"]) == ({}, "ACTIVE")
    up(stack, **retained, annotations=IMPORT)
    assert alarms(cloud).keys() == before.keys()
    settled(stack, **retained)


def test_a_replaced_table_has_its_alarms(stack: Stack, cloud: Cloud) -> None:
    up(stack, **ON)
    before = alarms(cloud)
    replaced = {**ON, "keySchema": key("pk")}
    assert up(stack, **replaced, annotations=allowing("keySchema"))["Table orders"] == "replace"
    assert alarms(cloud).keys() == before.keys()
    up(stack, **replaced)
    settled(stack, **replaced)


def test_an_alarm_that_someone_deleted_is_created_again(stack: Stack, cloud: Cloud) -> None:
    up(stack, **ON)
    cloud.call(CLOUDWATCH, "DeleteAlarms", {"AlarmNames": ["orders/table/readThrottles"]})
    assert stack.refresh().ok
    assert up(stack, **ON) == {THROTTLES: "create"}
    assert "orders/table/readThrottles" in alarms(cloud)


def test_tags_of_alarms_follow_the_manifest(stack: Stack, cloud: Cloud) -> None:
    up(stack, **ON, tags={"team": "shop", "old": "x"})
    changed = {**ON, "tags": {"team": "checkout"}}
    assert up(stack, **changed)[THROTTLES] == "update"
    arn = alarms(cloud)["orders/table/readThrottles"]["AlarmArn"]
    found = cloud.call(CLOUDWATCH, "ListTagsForResource", {"ResourceARN": arn})["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in found}
    assert (tags["team"], "old" in tags) == ("checkout", False)
    settled(stack, **changed)


def test_the_alarms_of_a_table_with_a_long_name_are_created(stack: Stack, cloud: Cloud) -> None:
    up(stack, tableName="a" * 255, **ON)
    assert len(alarms(cloud)) == len(DEFAULT)
    assert {len(found) for found in alarms(cloud)} == {255}


def test_an_alarm_that_someone_else_created_is_not_overwritten(stack: Stack, cloud: Cloud) -> None:
    theirs = {
        "AlarmName": "orders/table/readThrottles",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "ReadThrottleEvents",
        "Namespace": "AWS/DynamoDB",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 7.0,
    }
    cloud.call(CLOUDWATCH, "PutMetricAlarm", theirs)
    report = stack.up(manifest(**ON))
    assert not report.ok
    assert "already exists" in report.explained()
    assert alarms(cloud)["orders/table/readThrottles"]["Threshold"] == 7
