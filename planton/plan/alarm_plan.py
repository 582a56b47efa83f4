"""One CloudWatch alarm, as pure data; planton.plan.alarms decides which there are."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, NamedTuple

from planton.manifest.alarm_kinds import ALARMS, NAMESPACE, OPERATIONS, AlarmKind, Source
from planton.manifest.enums import MissingData, Statistic
from planton.plan.data import Key

TABLE_NAME = "${table_name}"
"""Stands for the table's name in AWS, which may differ from the manifest's."""

MAX_ALARM_NAME = 255
"""Characters of an alarm's name (PutMetricAlarm, AlarmName)."""

_FUNCTIONS = {
    Statistic.AVERAGE: "AVG",
    Statistic.MAXIMUM: "MAX",
    Statistic.MINIMUM: "MIN",
    Statistic.SAMPLE_COUNT: "COUNT",
    Statistic.SUM: "SUM",
}
"""The statistics in a Metrics Insights query."""


class QueryPlan(NamedTuple):
    """Part of an expression: the values of one metric by its dimensions, or what is computed. The
    alarm watches the last one."""

    id: str
    dimensions: tuple[tuple[str, str], ...] = ()
    expression: str | None = None
    period: int | None = None


@dataclass(frozen=True)
class AlarmPlan:
    """An alarm about the table (`index` is None) or a global index, in the table's region or
    (`region`) in a replica's. It goes off above the threshold."""

    region: str | None
    index: str | None
    kind: Annotated[str, Key("alarm")]
    """The name of its block in the manifest."""
    receiving_region: str | None
    metric: str
    statistic: Statistic
    period: Annotated[int, Key("periodSeconds")]
    periods: Annotated[int, Key("evaluationPeriods")]
    datapoints: Annotated[int, Key("datapointsToAlarm")]
    threshold: int
    """In the metric's unit, also of an alarm whose block has a percentage."""
    missing: Annotated[MissingData, Key("treatMissingData")]
    topics: tuple[str, ...]
    """The ARNs of the SNS topics that are notified; sorted, because their order has no meaning."""

    @property
    def key(self) -> str:
        """The outputs' key: `table/readThrottles`, `index/NAME/readThrottles`,
        `replica/REGION/table/replicationLatency/REGION`."""
        owner = "table" if self.index is None else f"index/{self.index}"
        where = "" if self.region is None else f"replica/{self.region}/"
        to = "" if self.receiving_region is None else f"/{self.receiving_region}"
        return f"{where}{owner}/{self.kind}{to}"

    @property
    def description(self) -> str:
        """What the notification says beside the numbers."""
        return f"{self._facts.when} {self._facts.advice}"

    @property
    def namespace(self) -> str:
        """The namespace of its metric."""
        return NAMESPACE

    @property
    def is_single(self) -> bool:
        """Whether it watches one metric and no expression."""
        return self._facts.source is Source.METRIC

    @property
    def dimensions(self) -> dict[str, str]:
        """The dimensions of the one metric."""
        found = {"TableName": TABLE_NAME}
        if self.index is not None:
            found["GlobalSecondaryIndexName"] = self.index
        if self.receiving_region is not None:
            found["ReceivingRegion"] = self.receiving_region
        return found

    @property
    def queries(self) -> tuple[QueryPlan, ...]:
        """What the expression consists of; empty if it watches one metric."""
        match self._facts.source:
            case Source.OPERATIONS:
                return self._operations
            case Source.QUERY:
                return (QueryPlan("watched", expression=self._insights, period=self.period),)
            case _:
                return ()

    @property
    def _operations(self) -> tuple[QueryPlan, ...]:
        """An operation without errors has no data, and a sum with it would have none either."""
        ids = {operation[0].lower() + operation[1:]: operation for operation in OPERATIONS}
        table = ("TableName", TABLE_NAME)
        return (
            *(QueryPlan(id_, (table, ("Operation", name))) for id_, name in ids.items()),
            QueryPlan("watched", expression=" + ".join(f"FILL({id_}, 0)" for id_ in ids)),
        )

    @property
    def _insights(self) -> str:
        """DynamoDB reports the metric with another dimension, DelegatedOperation, whose value AWS
        does not document. A query needs to know only its name."""
        return (
            f"SELECT {_FUNCTIONS[self.statistic]}({self.metric}) "  # noqa: S608  # not SQL
            f'FROM SCHEMA("{NAMESPACE}", DelegatedOperation, TableName) '
            f"WHERE TableName = '{TABLE_NAME}'"
        )

    @property
    def _facts(self) -> AlarmKind:
        return ALARMS[self.kind]


def physical_name(table_name: str, key: str) -> str:
    """The alarm's name in CloudWatch, unique in account and region as the table's is. What is too
    long is cut, and a hash of the whole keeps it unique."""
    name = f"{table_name}/{key}"
    if len(name) <= MAX_ALARM_NAME:
        return name
    mark = sha256(name.encode()).hexdigest()[:12]
    return f"{name[: MAX_ALARM_NAME - len(mark) - 1]}-{mark}"
