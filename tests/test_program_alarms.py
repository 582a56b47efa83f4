"""The whole program: the CloudWatch alarms that it registers, compared as values."""

from __future__ import annotations

from planton.rehearsal.program.records import Options, Rehearsal
from tests.test_program import PROVIDER, SMALLEST, TABLE, run, urn
from tests.test_program_related_resources import example, named, owned

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
HOME, AWAY = "eu-central-1", "eu-west-1"
ONCALL = "arn:aws:sns:{}:111122223333:oncall"
THROTTLES = {
    "alarmActions": [ONCALL.format(HOME)],
    "alarmDescription": "Writes are throttled. Raise the capacity, or find the busy key with "
    "contributor insights. A throttled index throttles the writes to the table.",
    "comparisonOperator": "GreaterThanThreshold",
    "datapointsToAlarm": 5,
    "dimensions": {"TableName": "carts"},
    "evaluationPeriods": 5,
    "metricName": "WriteThrottleEvents",
    "name": "carts/table/writeThrottles",
    "namespace": "AWS/DynamoDB",
    "period": 60,
    "statistic": "Sum",
    "tags": owned("carts"),
    "threshold": 50,
    "treatMissingData": "notBreaching",
}


def smallest(spec: str) -> Rehearsal:
    rehearsal = run(f"{SMALLEST.rstrip()}\n{spec}\n")
    assert rehearsal.error is None
    return rehearsal


def test_an_alarm_on_one_metric_is_registered_as_a_whole() -> None:
    rehearsal = example("alarms")
    found = named(rehearsal, ALARM)["carts/table/writeThrottles"]
    assert found.inputs == THROTTLES
    assert found.options == Options(provider=PROVIDER, depends_on=(urn(TABLE, "carts"),))


def test_an_alarm_of_an_index_in_another_region_is_registered_as_a_whole() -> None:
    found = named(example("alarms"), ALARM)
    assert found["carts/replica/eu-west-1/index/by-customer/writeThrottles"].inputs == {
        **THROTTLES,
        "alarmActions": [ONCALL.format(AWAY)],
        "dimensions": {"TableName": "carts", "GlobalSecondaryIndexName": "by-customer"},
        "name": "carts/replica/eu-west-1/index/by-customer/writeThrottles",
        "region": AWAY,
    }
    latency = found[f"carts/replica/{AWAY}/table/replicationLatency/{HOME}"].inputs
    assert latency["dimensions"] == {"TableName": "carts", "ReceivingRegion": HOME}


def test_a_sum_over_operations_is_registered_as_queries() -> None:
    found = named(example("alarms"), ALARM)["carts/table/systemErrors"].inputs
    single = ("dimensions", "metricName", "namespace", "period", "statistic")
    assert [name for name in single if name in found] == []
    *read, last = found["metricQueries"]
    assert read[0] == {
        "id": "getItem",
        "metric": {
            "dimensions": {"TableName": "carts", "Operation": "GetItem"},
            "metricName": "SystemErrors",
            "namespace": "AWS/DynamoDB",
            "period": 60,
            "stat": "Sum",
        },
        "returnData": False,
    }
    assert last == {
        "expression": "FILL(getItem, 0) + FILL(batchGetItem, 0) + FILL(query, 0) + FILL(scan, 0) + "
        "FILL(putItem, 0) + FILL(updateItem, 0) + FILL(deleteItem, 0) + FILL(batchWriteItem, 0) + "
        "FILL(transactWriteItems, 0) + FILL(transactGetItems, 0)",
        "id": "watched",
        "returnData": True,
    }


def test_an_alarm_about_kinesis_is_registered_as_one_query() -> None:
    stream = "{streamArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/changes'}"
    rehearsal = smallest(f"  kinesisStreamingDestination: {stream}\n  alarms: {{}}")
    found = named(rehearsal, ALARM)["orders/table/kinesisLost"].inputs
    assert found["metricQueries"] == [
        {
            "expression": "SELECT SUM(FailedToReplicateRecordCount) FROM "
            "SCHEMA(\"AWS/DynamoDB\", DelegatedOperation, TableName) WHERE TableName = 'orders'",
            "id": "watched",
            "period": 300,
            "returnData": True,
        }
    ]
    assert "alarmActions" not in found or found["alarmActions"] == []


def test_the_output_has_the_arns_of_the_alarms_by_their_keys() -> None:
    rehearsal = example("alarms")
    arns = rehearsal.outputs["alarm_arns"]
    assert {f"carts/{name}" for name in arns} == named(rehearsal, ALARM).keys()
    account = rehearsal.account_id
    assert arns["index/by-customer/readThrottles"] == (
        f"arn:aws:cloudwatch:{HOME}:{account}:alarm:carts/index/by-customer/readThrottles"
    )
    where = f"replica/{AWAY}/table/systemErrors"
    assert arns[where] == f"arn:aws:cloudwatch:{AWAY}:{account}:alarm:carts/{where}"


def test_a_table_without_alarms_has_no_output_of_them() -> None:
    assert "alarm_arns" not in example("global-table").outputs


def test_alarms_of_a_retained_table_are_deleted_with_the_stack() -> None:
    retained = smallest("  alarms: {}\n  deletionPolicy: retain")
    found = named(retained, ALARM)["orders/table/readThrottles"]
    assert found.options.deleted_with is None
