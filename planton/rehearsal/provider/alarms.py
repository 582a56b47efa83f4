"""aws:cloudwatch/metricAlarm:MetricAlarm, for alarms on metrics and on expressions."""

from __future__ import annotations

from collections.abc import Mapping

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import (
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    TEXT_MAP,
    TEXTS,
    Blocks,
    block,
)
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session, tag_list, tag_map

_MEMBERS = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "metricName": "MetricName",
    "name": "AlarmName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
}
"""The provider's names of what CloudWatch calls otherwise and keeps as it is."""


class MetricAlarm:
    """Its id is its name."""

    type = "aws:cloudwatch/metricAlarm:MetricAlarm"
    inputs = block(
        "name",
        name=TEXT,
        alarmDescription=TEXT,
        actionsEnabled=FLAG,
        alarmActions=TEXTS,
        comparisonOperator=TEXT,
        datapointsToAlarm=INTEGER,
        dimensions=TEXT_MAP,
        evaluationPeriods=INTEGER,
        metricName=TEXT,
        metricQueries=Blocks(
            block(
                "id",
                id=TEXT,
                expression=TEXT,
                period=INTEGER,
                returnData=FLAG,
                metric=block(
                    "metricName period stat",
                    dimensions=TEXT_MAP,
                    metricName=TEXT,
                    namespace=TEXT,
                    period=INTEGER,
                    stat=TEXT,
                ),
            )
        ),
        namespace=TEXT,
        period=INTEGER,
        statistic=TEXT,
        threshold=NUMBER,
        treatMissingData=TEXT,
        tags=TEXT_MAP,
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        """Refuses an alarm that exists: PutMetricAlarm would overwrite it."""
        name = inputs["name"]
        if find(session, name):
            message = f'CloudWatch metric alarm "{name}" already exists'
            raise Refused("provider", "AlreadyExists", message)
        request = alarm_request(inputs)
        if tags := session.all_tags(inputs):
            request["Tags"] = tag_list(tags)
        session.cloudwatch("PutMetricAlarm", **request)
        return ResourceState(name, self.outputs(session, name))

    def outputs(self, session: Session, name: str) -> Json:
        alarm = find(session, name)
        assert alarm is not None
        tags = session.cloudwatch("ListTagsForResource", ResourceARN=alarm["AlarmArn"])["Tags"]
        return {
            **{ours: alarm[theirs] for ours, theirs in _MEMBERS.items() if theirs in alarm},
            "arn": alarm["AlarmArn"],
            "dimensions": _dimensions(alarm["Dimensions"]),
            "metricQueries": [_query(query) for query in alarm["Metrics"]],
            **session.tag_outputs(tag_map(tags)),
        }


def find(session: Session, name: str) -> Json | None:
    """The alarm as CloudWatch describes it, or None."""
    alarms: list[Json] = session.cloudwatch(
        "DescribeAlarms", AlarmNames=[name], AlarmTypes=["MetricAlarm"]
    )["MetricAlarms"]
    return alarms[0] if alarms else None


def alarm_request(inputs: Json) -> Json:
    """The PutMetricAlarm request, without tags."""
    defaults = {"actionsEnabled": True, "treatMissingData": "missing", "threshold": 0}
    given = {**defaults, **inputs}
    request = {
        theirs: given[ours]
        for ours, theirs in _MEMBERS.items()
        if given.get(ours) not in (None, "", [])
    }
    if dimensions := inputs.get("dimensions"):
        request["Dimensions"] = _named(dimensions)
    if queries := inputs.get("metricQueries"):
        request["Metrics"] = [_query_request(query) for query in queries]
    return request


def _query_request(query: Json) -> Json:
    request: Json = {"Id": query["id"], "ReturnData": query.get("returnData", False)}
    if query.get("expression"):
        request["Expression"] = query["expression"]
    if query.get("period"):
        request["Period"] = query["period"]
    if metric := query.get("metric"):
        request["MetricStat"] = {
            "Metric": {
                "Namespace": metric["namespace"],
                "MetricName": metric["metricName"],
                "Dimensions": _named(metric.get("dimensions", {})),
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
        }
    return request


def _query(query: Json) -> Json:
    """A query as the provider reports it."""
    found: Json = {"id": query["Id"], "returnData": query["ReturnData"]}
    if "Expression" in query:
        found["expression"] = query["Expression"]
    if "Period" in query:
        found["period"] = query["Period"]
    if stat := query.get("MetricStat"):
        metric = stat["Metric"]
        found["metric"] = {
            "dimensions": _dimensions(metric["Dimensions"]),
            "metricName": metric["MetricName"],
            "namespace": metric["Namespace"],
            "period": stat["Period"],
            "stat": stat["Stat"],
        }
    return found


def _named(dimensions: Mapping[str, str]) -> list[Json]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _dimensions(dimensions: list[Json]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in dimensions}
