"""CloudWatch alarms: which there are, what they watch, and when they go off."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planton.manifest.alarm_kinds import ALARMS, NAMESPACE, OPERATIONS
from planton.manifest.alarms import Alarms
from planton.manifest.enums import MissingData, Statistic
from planton.manifest.shape import fields
from planton.plan.alarm_plan import MAX_ALARM_NAME, AlarmPlan, physical_name
from planton.plan.table_plan import TablePlan
from planton.plan.text import describe
from tests.alarm_states import ALARM, INSUFFICIENT_DATA, OK, Series, state, states
from tests.conftest import ROOT
from tests.planning import UNITS, index, table

METRICS = yaml.safe_load((ROOT / "tests/dynamodb_metrics.yaml").read_text(encoding="utf-8"))
TOPIC = "arn:aws:sns:{}:111122223333:{}"
HOME, AWAY = "eu-central-1", "eu-west-1"
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
KINESIS = {
    "kinesisStreamingDestination": {
        "streamArn": f"arn:aws:kinesis:{HOME}:111122223333:stream/changes"
    }
}
REPLICATED: dict[str, Any] = {"region": HOME, **STREAM, "replicas": [{"regionName": AWAY}]}
PROVISIONED: dict[str, Any] = {"billingMode": "PROVISIONED", "provisionedThroughput": UNITS}
FULL: dict[str, Any] = {
    **REPLICATED,
    **KINESIS,
    "globalSecondaryIndexes": [index("by-a", "a")],
    "onDemandThroughput": {"maxReadRequestUnits": 10, "maxWriteRequestUnits": 10},
}


def alarms(chosen: Any = None, **spec: Any) -> dict[str, AlarmPlan]:
    """By their keys."""
    return {one.key: one for one in table(alarms=chosen or {}, **spec).alarms}


def thresholds(kind: str, chosen: Any = None, **spec: Any) -> dict[str, int]:
    found = alarms(chosen, **spec).values()
    return {one.key: one.threshold for one in found if one.kind == kind}


def test_a_manifest_without_the_block_has_no_alarms() -> None:
    assert table(**FULL).alarms == ()


def test_an_empty_block_brings_the_alarms_that_are_on_by_default() -> None:
    assert sorted(alarms()) == ["table/readThrottles", "table/systemErrors", "table/writeThrottles"]
    assert alarms()["table/readThrottles"] == AlarmPlan(
        region=None,
        index=None,
        kind="readThrottles",
        receiving_region=None,
        metric="ReadThrottleEvents",
        statistic=Statistic.SUM,
        period=60,
        periods=5,
        datapoints=5,
        threshold=10,
        missing=MissingData.NOT_BREACHING,
        topics=(),
    )


def test_every_index_and_every_region_has_its_alarms() -> None:
    of_table = {"readThrottles", "writeThrottles", "systemErrors", "readCapacity", "writeCapacity"}
    here = {
        *(f"table/{kind}" for kind in of_table),
        *(f"index/by-a/{kind}" for kind in ("readThrottles", "writeThrottles")),
    }
    assert alarms(**FULL).keys() == {
        *here,
        "table/kinesisAge",
        "table/kinesisLost",
        f"table/replicationLatency/{AWAY}",
        *(f"replica/{AWAY}/{key}" for key in here),
        f"replica/{AWAY}/table/replicationLatency/{HOME}",
    }
    assert {one.region for one in alarms(**FULL).values()} == {None, AWAY}


def test_every_pair_of_regions_has_an_alarm_about_its_latency() -> None:
    three = {**REPLICATED, "replicas": [{"regionName": AWAY}, {"regionName": "us-east-1"}]}
    found = {key for key in alarms(**three) if "replicationLatency" in key}
    assert len(found) == 6
    unknown = {name: value for name, value in three.items() if name != "region"}
    found = {key for key in alarms(**unknown) if "replicationLatency" in key}
    assert found == {
        f"table/replicationLatency/{AWAY}",
        "table/replicationLatency/us-east-1",
        f"replica/{AWAY}/table/replicationLatency/us-east-1",
        f"replica/us-east-1/table/replicationLatency/{AWAY}",
    }


def test_strongly_consistent_replicas_have_no_latency_to_watch() -> None:
    strong = {
        "region": "us-east-1",
        "replicas": [{"regionName": "us-east-2", "consistencyMode": "STRONG"}],
        "globalTableWitness": {"regionName": "us-west-2"},
        **STREAM,
    }
    assert not [key for key in alarms(**strong) if "replicationLatency" in key]
    assert "replica/us-east-2/table/readThrottles" in alarms(**strong)


def test_a_block_overrides_what_it_names() -> None:
    chosen = {
        "threshold": 0,
        "statistic": "SampleCount",
        "periodSeconds": 300,
        "evaluationPeriods": 4,
        "datapointsToAlarm": 3,
        "treatMissingData": "breaching",
    }
    found = alarms({"systemErrors": chosen, "readThrottles": {"enabled": False}})
    assert "table/readThrottles" not in found
    errors = found["table/systemErrors"]
    assert (errors.threshold, errors.statistic.value, errors.missing.value) == (
        0,
        "SampleCount",
        "breaching",
    )
    assert (errors.period, errors.periods, errors.datapoints) == (300, 4, 3)
    (default,) = [alarms()["table/writeThrottles"]]
    assert found["table/writeThrottles"] == default


def test_evaluation_periods_alone_mean_all_of_them() -> None:
    found = alarms({"systemErrors": {"evaluationPeriods": 3}})["table/systemErrors"]
    assert (found.periods, found.datapoints) == (3, 3)


def test_a_block_switches_on_what_is_off_by_default() -> None:
    chosen = {"kinesisThrottled": {}, "conditionalCheckFailed": {"threshold": 100}}
    found = alarms(chosen, region=HOME, **KINESIS)
    assert found["table/kinesisThrottled"].threshold == 100
    assert found["table/conditionalCheckFailed"].threshold == 100


def test_capacity_is_compared_with_the_provisioned_units() -> None:
    of_index = index("by-a", "a", provisionedThroughput={**UNITS, "readCapacityUnits": 100})
    assert thresholds("readCapacity", **PROVISIONED, globalSecondaryIndexes=[of_index]) == {
        "table/readCapacity": 240,
        "index/by-a/readCapacity": 4800,
    }
    own = {"writeCapacity": {"threshold": 50, "periodSeconds": 300}}
    assert thresholds("writeCapacity", own, **PROVISIONED) == {"table/writeCapacity": 900}


def test_capacity_is_compared_with_the_maximum_on_demand() -> None:
    of_index = index("by-a", "a", onDemandThroughput={"maxWriteRequestUnits": 10})
    spec = {
        "onDemandThroughput": {"maxReadRequestUnits": 1000, "maxWriteRequestUnits": -1},
        "globalSecondaryIndexes": [of_index, index("by-b", "b")],
    }
    assert thresholds("readCapacity", **spec) == {"table/readCapacity": 48_000}
    assert thresholds("writeCapacity", **spec) == {"index/by-a/writeCapacity": 480}


def test_capacity_is_compared_with_the_maximum_of_autoscaling() -> None:
    scaling = {"write": {"maxCapacity": 100}}
    spec = {**PROVISIONED, **REPLICATED, "autoscaling": scaling}
    assert thresholds("writeCapacity", **spec) == {
        "table/writeCapacity": 5400,
        f"replica/{AWAY}/table/writeCapacity": 5400,
    }
    assert thresholds("readCapacity", **spec)["table/readCapacity"] == 240
    own = {"writeCapacity": {"threshold": 50}}
    assert thresholds("writeCapacity", own, **spec)["table/writeCapacity"] == 3000


def test_capacity_is_compared_with_the_highest_scheduled_maximum() -> None:
    def adjusted(maximum: int) -> dict[str, Any]:
        when = {"name": "n", "dimension": "READ", "schedule": "rate(1 day)", "minCapacity": 5}
        return {**when, "maxCapacity": maximum, "name": f"to-{maximum}"}

    scaling = {
        "read": {"maxCapacity": 100},
        "scheduledAdjustments": [adjusted(1000), adjusted(50), adjusted(0)],
    }
    found = thresholds("readCapacity", **PROVISIONED, autoscaling=scaling)
    assert found == {"table/readCapacity": 54_000}


def test_each_alarm_notifies_the_topics_of_its_region() -> None:
    here, there = TOPIC.format(HOME, "b"), TOPIC.format(AWAY, "a")
    other = TOPIC.format(HOME, "a")
    found = alarms({"topics": [here, there, other, here]}, **REPLICATED).values()
    assert {(one.region, one.topics) for one in found} == {(None, (other, here)), (AWAY, (there,))}


def test_a_topic_tells_the_region_of_a_table_that_does_not() -> None:
    spec = {name: value for name, value in REPLICATED.items() if name != "region"}
    found = alarms({"topics": [TOPIC.format(AWAY, "a"), TOPIC.format(HOME, "a")]}, **spec)
    assert f"replica/{AWAY}/table/replicationLatency/{HOME}" in found


@given(st.text("ab.-_", min_size=3, max_size=255), st.text("ab.-_", min_size=3, max_size=255))
def test_names_of_alarms_fit_and_begin_with_the_table(table_name: str, index_name: str) -> None:
    keys = ["table/readThrottles", f"index/{index_name}/readThrottles"]
    found = [physical_name(table_name, key) for key in keys]
    assert all(len(name) <= MAX_ALARM_NAME for name in found)
    assert all(name.startswith(table_name[:242]) for name in found)
    assert len({*found}) == 2


def test_a_short_name_is_kept_and_a_long_one_is_cut_the_same_way_every_time() -> None:
    assert physical_name("orders", "table/x") == "orders/table/x"
    assert physical_name("o" * 247, "table/x") == f"{'o' * 247}/table/x"
    assert physical_name("o" * 248, "table/x") == f"{'o' * 242}-13996520a1bd"


def _all_kinds() -> TablePlan:
    chosen = {"kinesisThrottled": {}, "conditionalCheckFailed": {"threshold": 1}}
    return table(alarms=chosen, **FULL)


def _dimension_sets(alarm: AlarmPlan) -> list[set[str]]:
    """The dimensions of each metric that the alarm reads."""
    if alarm.is_single:
        return [{*alarm.dimensions}]
    read = [{name for name, _ in query.dimensions} for query in alarm.queries]
    if any(read):
        return [names for names in read if names]
    (query,) = alarm.queries
    found = re.fullmatch(
        r"SELECT [A-Z]+\((\w+)\) FROM SCHEMA\(\"AWS/DynamoDB\", (\w+), (\w+)\) "
        r"WHERE TableName = '\$\{table_name\}'",
        query.expression or "",
    )
    assert found
    assert found[1] == alarm.metric
    return [{found[2], found[3]}]


@pytest.mark.parametrize("alarm", _all_kinds().alarms, ids=lambda alarm: alarm.key)
def test_an_alarm_watches_a_metric_with_its_dimensions_as_dynamodb_has_it(
    alarm: AlarmPlan,
) -> None:
    known = METRICS[alarm.metric]
    for dimensions in _dimension_sets(alarm):
        assert dimensions in [{*names} for names in known["dimensions"]]
    assert alarm.statistic.value in known["statistics"]
    assert alarm.period >= known["seconds"]
    assert ALARMS[alarm.kind].resolution == known["seconds"]
    assert {one.value for one in ALARMS[alarm.kind].statistics} <= {*known["statistics"]}
    assert (alarm.namespace, NAMESPACE) == ("AWS/DynamoDB", "AWS/DynamoDB")
    assert len(alarm.description) <= 1024


def test_every_kind_of_alarm_has_a_block_and_is_compared_with_the_kept_list() -> None:
    assert {one.kind for one in _all_kinds().alarms} == {*ALARMS}
    assert [*fields(Alarms)] == ["topics", *ALARMS]


def test_the_treatment_of_missing_data_is_chosen_for_each_kind() -> None:
    silent = {one.kind for one in _all_kinds().alarms if one.missing is MissingData.MISSING}
    assert silent == {"replicationLatency", "kinesisAge"}
    others = {one.missing for one in _all_kinds().alarms if one.kind not in silent}
    assert others == {MissingData.NOT_BREACHING}


def test_system_errors_are_added_up_over_ten_operations() -> None:
    queries = alarms()["table/systemErrors"].queries
    *read, last = queries
    assert [dict(query.dimensions)["Operation"] for query in read] == [*OPERATIONS]
    assert len(read) == 10
    assert {*OPERATIONS} <= {*METRICS["operations"]}
    assert last.expression == " + ".join(f"FILL({query.id}, 0)" for query in read)
    assert all(re.fullmatch("[a-z][A-Za-z0-9_]*", query.id) for query in queries)


@pytest.mark.parametrize(
    ("statistic", "function"), [("Average", "AVG"), ("Minimum", "MIN"), ("Maximum", "MAX")]
)
def test_a_query_uses_the_function_of_the_statistic(statistic: str, function: str) -> None:
    chosen = {"kinesisAge": {"statistic": statistic}}
    (query,) = alarms(chosen, region=HOME, **KINESIS)["table/kinesisAge"].queries
    assert (query.expression or "").startswith(f"SELECT {function}(AgeOfOldest")
    assert query.period == 300


X = 11
"""Over the threshold of throttles."""
GAP: float | None = None
"""No data."""


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("0-X-X", (OK, OK, OK, OK)),
        ("0----", (OK, OK, OK, OK)),
        ("-----", (INSUFFICIENT_DATA, "before", ALARM, OK)),
        ("0XX-X", (ALARM, ALARM, ALARM, ALARM)),
        ("--X--", (ALARM, "before", ALARM, OK)),
    ],
)
def test_the_evaluator_agrees_with_the_table_of_the_user_guide(
    points: str, expected: tuple[str, ...]
) -> None:
    """Three of three; the fifth row is the premature alarm, whose state `ignore` retains."""
    values = [None if point == "-" else 0 if point == "0" else 2 for point in points]
    treatments = ("missing", "ignore", "breaching", "notBreaching")
    found = tuple(
        state(
            values,
            threshold=1,
            periods=3,
            datapoints=3,
            missing=MissingData(treatment),
            before="before",
        )
        for treatment in treatments
    )
    assert found == expected


def evaluated(alarm: AlarmPlan, *values: Series) -> list[str]:
    (series,) = values
    return states(alarm, {"": series})


def test_five_minutes_of_throttling_set_off_the_alarm_and_the_end_ends_it() -> None:
    throttles = alarms()["table/readThrottles"]
    found = evaluated(throttles, [X] * 6 + [GAP] * 8)
    assert found[:4] == [OK] * 4
    assert found[4:6] == [ALARM] * 2
    assert found[-1] == OK


@pytest.mark.parametrize(
    "values",
    [
        [GAP, GAP, X, GAP, GAP, GAP, GAP, GAP, GAP, GAP],
        [GAP, 5000, 5000, GAP, GAP, GAP, GAP, GAP, GAP, GAP],
        [X, X, X, X, GAP, GAP, GAP, GAP, GAP, GAP],
        [10] * 20,
    ],
    ids=["one minute", "two bad minutes", "four minutes", "few in every minute"],
)
def test_throttling_that_sdks_retry_sets_off_no_alarm(values: Series) -> None:
    throttles = alarms()["table/writeThrottles"]
    assert ALARM not in evaluated(throttles, values)


def test_with_another_treatment_of_missing_data_one_spike_would_be_an_alarm() -> None:
    """Why throttles count missing data as not breaching: a lone point would stand for all."""
    chosen = {"readThrottles": {"treatMissingData": "missing"}}
    throttles = alarms(chosen)["table/readThrottles"]
    assert ALARM in evaluated(throttles, [GAP, X, GAP, GAP, GAP, GAP, GAP])


def test_system_errors_add_up_over_operations_and_late_data_hide_none() -> None:
    errors = alarms()["table/systemErrors"]
    reads, writes = [3] * 17, [3] * 17
    found = states(errors, {"getItem": reads, "putItem": writes})
    assert found.index(ALARM) == 14
    late = states(errors, {"getItem": [*[6] * 16, None], "query": [None] * 17})
    assert late[-1] == ALARM
    assert ALARM not in states(errors, {"getItem": [3] * 30})
    assert ALARM not in states(errors, {"getItem": [100] * 14 + [None] * 6})


def test_latency_that_lasts_sets_off_the_alarm_and_silence_does_not() -> None:
    latency = alarms(**REPLICATED)[f"table/replicationLatency/{AWAY}"]
    assert evaluated(latency, [900, 200_000, 200_000, 200_000])[-1] == ALARM
    assert evaluated(latency, [900, 900, 200_000, 900]) == [OK] * 4
    assert evaluated(latency, [900, *[GAP] * 6])[-1] == INSUFFICIENT_DATA


def test_one_lost_change_sets_off_the_alarm() -> None:
    lost = alarms(region=HOME, **KINESIS)["table/kinesisLost"]
    assert evaluated(lost, [0, 1])[-1] == ALARM
    assert ALARM not in evaluated(lost, [0, GAP, 0, GAP])


def test_use_close_to_the_capacity_sets_off_the_alarm() -> None:
    use = alarms(**PROVISIONED)["table/readCapacity"]
    assert evaluated(use, [241] * 5)[-1] == ALARM
    assert ALARM not in evaluated(use, [240] * 10)
    assert ALARM not in evaluated(use, [300, 300, 300, 100] * 3)


def test_a_plan_lists_the_alarms_and_whom_they_notify() -> None:
    topic = TOPIC.format(HOME, "oncall")
    text = describe(table(alarms={"topics": [topic]}, **REPLICATED), HOME)
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("alarm")]
    assert lines == [
        f"alarms                 4, which notify {topic}",
        "alarm                  table/readThrottles: ReadThrottleEvents Sum > 10 in 5 of 5 periods "
        "of 60 s, missing data notBreaching",
        "alarm                  table/writeThrottles: WriteThrottleEvents Sum > 10 in 5 of 5 "
        "periods of 60 s, missing data notBreaching",
        "alarm                  table/systemErrors: SystemErrors Sum > 5 in 15 of 17 periods of "
        "60 s, missing data notBreaching",
        f"alarm                  table/replicationLatency/{AWAY}: ReplicationLatency Average > "
        "180000 in 3 of 3 periods of 300 s, missing data missing",
        f"alarms                 4 in {AWAY}, which notify no topic",
    ]
