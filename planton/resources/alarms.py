"""CloudWatch alarms of the table, its global indexes and its replicas."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch, dynamodb

from planton.changes.stack_state import ALARM_TYPE
from planton.plan.alarm_plan import TABLE_NAME, AlarmPlan, QueryPlan, physical_name
from planton.plan.logical_names import alarm_name
from planton.plan.table_plan import TablePlan
from planton.resources.aws import Aws


def create_alarms(
    plan: TablePlan, table: dynamodb.Table, aws: Aws
) -> dict[str, cloudwatch.MetricAlarm]:
    """Returns the alarms by their keys in the outputs.

    They notify when they go off only. A new alarm becomes OK as soon as there is data, and so does
    one of a metric with gaps again and again: everyone would be told of that.
    """
    return {alarm.key: _create_alarm(plan, alarm, table, aws) for alarm in plan.alarms}


def _create_alarm(
    plan: TablePlan, alarm: AlarmPlan, table: dynamodb.Table, aws: Aws
) -> cloudwatch.MetricAlarm:
    logical_name = alarm_name(plan.logical_name, alarm.key)
    single = alarm.is_single
    return cloudwatch.MetricAlarm(
        logical_name,
        name=table.name.apply(lambda name: physical_name(name, alarm.key)),
        alarm_description=alarm.description,
        namespace=alarm.namespace if single else None,
        metric_name=alarm.metric if single else None,
        dimensions=_named(alarm.dimensions, table) if single else None,
        statistic=alarm.statistic.value if single else None,
        period=alarm.period if single else None,
        metric_queries=[_query(alarm, query, table) for query in alarm.queries] or None,
        comparison_operator="GreaterThanThreshold",
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.datapoints,
        treat_missing_data=alarm.missing.value,
        alarm_actions=list(alarm.topics),
        tags=dict(plan.tags),
        region=alarm.region,
        # Also those of a retained table go: the provider refuses to create an alarm that exists and
        # has no function that finds one, so the table could not come back with them.
        opts=aws.options(aliases=aws.aliases(ALARM_TYPE, logical_name)),
    )


def _query(
    alarm: AlarmPlan, query: QueryPlan, table: dynamodb.Table
) -> cloudwatch.MetricAlarmMetricQueryArgs:
    return cloudwatch.MetricAlarmMetricQueryArgs(
        id=query.id,
        expression=None if query.expression is None else _filled(query.expression, table),
        period=query.period,
        return_data=query.expression is not None,
        metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=_named(dict(query.dimensions), table),
            stat=alarm.statistic.value,
            period=alarm.period,
        )
        if query.dimensions
        else None,
    )


def _named(dimensions: dict[str, str], table: dynamodb.Table) -> dict[str, pulumi.Input[str]]:
    return {name: _filled(value, table) for name, value in dimensions.items()}


def _filled(text: str, table: dynamodb.Table) -> pulumi.Input[str]:
    """The text with the name that the table has in AWS."""
    if TABLE_NAME not in text:
        return text
    return table.name.apply(lambda name: text.replace(TABLE_NAME, name))
