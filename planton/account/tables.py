"""Reads the tables of an account."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from planton.account.requests import (
    DYNAMODB,
    KMS,
    NOT_FOUND,
    RequestError,
    Send,
    pages,
)
from planton.account.scaling import ReadScaling
from planton.adopt.aws_indexes import remaining_indexes
from planton.adopt.aws_replicas import replicas_of, with_replicas
from planton.adopt.aws_scaling import ScalingAnswers, described_scaling
from planton.adopt.aws_table import Answers, described_table, key_arn, require_existing
from planton.adopt.aws_values import Json, UnreadableTable
from planton.adopt.found import FoundTable, LeftOut
from planton.plan.table_plan import TagPlan

_NO_POLICY = "PolicyNotFoundException"
_NEEDED = ("TableName", "TableArn", "TableStatus", "AttributeDefinitions", "KeySchema")
"""What AWS says of every table. Another server may answer as well: the endpoint is the user's."""


def table_names(send: Send, region: str) -> Iterator[str]:
    """The names of all tables in a region. Raises RequestError or AccountError."""
    token = "LastEvaluatedTableName", "ExclusiveStartTableName"
    return pages(send, DYNAMODB, region, "ListTables", {}, "TableNames", token=token)


class TableReader:
    """Reads tables with their settings and replicas. May be called from several threads."""

    def __init__(self, send: Send, read_scaling: ReadScaling) -> None:
        self._send = send
        self._read_scaling = read_scaling
        self._default_keys: dict[str, bool] = {}
        """By ARN of a key: whether it is the account's `aws/dynamodb`. Many tables share one."""
        self._lock = threading.Lock()

    def read(self, name: str, region: str) -> FoundTable:
        """The table, with everything that may be read; `left_out` names the rest.

        Raises:
            UnreadableTable: the table does not exist, or no manifest can have it.
            RequestError: AWS refuses to describe the table, or a request failed.
            AccountError: no request can succeed.
        """
        described = self._describe(name, region)
        table = self._read(described, region, replica_region=None)
        replicas, left_out = replicas_of(described, region)
        there: dict[str, FoundTable] = {}
        for replica in replicas:
            elsewhere = replica["RegionName"]
            try:
                found = self._describe(name, elsewhere)
                there[elsewhere] = self._read(found, elsewhere, replica_region=elsewhere)
            except RequestError as error:
                if not error.is_gap:
                    raise
                left_out.append(LeftOut(f"the replica in {elsewhere}", error.reason))
        whole = with_replicas(table, described, replicas, there)
        return replace(whole, left_out=(*whole.left_out, *left_out))

    def _describe(self, name: str, region: str) -> Json:
        try:
            answer = self._send(DYNAMODB, region, "DescribeTable", {"TableName": name})
        except RequestError as error:
            if error.code == NOT_FOUND:
                raise UnreadableTable(f"there is no such table in {region}") from None
            raise
        table: Json = answer.get("Table", {})
        if missing := [member for member in _NEEDED if member not in table]:
            message = f"the endpoint's answer is not DynamoDB's: it lacks {missing[0]}"
            raise UnreadableTable(message)
        if table["TableName"] != name:
            raise UnreadableTable("the endpoint describes another table")
        require_existing(table)
        return table

    def _read(self, table: Json, region: str, replica_region: str | None) -> FoundTable:
        asking = _Asking(self._send, region)
        name, arn = table["TableName"], table["TableArn"]
        indexes = [index["IndexName"] for index in remaining_indexes(table)]
        scaling, not_scaling = described_scaling(
            name, indexes, self._scaling(asking, name, indexes), region=replica_region
        )
        insights = {
            index: asking.table("contributorInsights", "DescribeContributorInsights", name, index)
            for index in (None, *indexes)
        }
        ttl = asking.table("ttl", "DescribeTimeToLive", name)
        backups = asking.table("pointInTimeRecovery", "DescribeContinuousBackups", name)
        kinesis = "kinesisStreamingDestination", "DescribeKinesisStreamingDestination"
        answers = Answers(
            table=table,
            ttl=ttl and ttl["TimeToLiveDescription"],
            backups=backups and backups["ContinuousBackupsDescription"],
            insights={index: answer for index, answer in insights.items() if answer},
            kinesis=asking.table(*kinesis, name),
            policy=asking.policy(arn),
            tags=asking.tags(arn),
            is_default_key=self._is_default_key(asking, key_arn(table)),
            scaling=scaling,
            left_out=(*asking.gaps, *not_scaling),
        )
        return described_table(region, answers)

    def _scaling(self, asking: _Asking, name: str, indexes: list[str]) -> ScalingAnswers:
        try:
            return self._read_scaling(asking.region, name, indexes)
        except RequestError as error:
            asking.note("autoscaling", error)
            return ScalingAnswers()

    def _is_default_key(self, asking: _Asking, arn: str | None) -> bool:
        """A key that may not be described counts as the customer's: with the wrong answer, AWS or
        the comparison before the import refuses the update, and nothing is encrypted with another
        key."""
        if arn is None:
            return False
        with self._lock:
            known = self._default_keys.get(arn)
        if known is not None:
            return known
        try:
            answer = asking.send(KMS, "DescribeKey", {"KeyId": arn})
        except RequestError as error:
            asking.note("serverSideEncryption: whose the key is", error)
            return False
        is_default: bool = answer["KeyMetadata"].get("KeyManager") == "AWS"
        with self._lock:
            self._default_keys[arn] = is_default
        return is_default


class _Asking:
    """The requests about one table in one region, and those that were not allowed."""

    def __init__(self, send: Send, region: str) -> None:
        self._send = send
        self.region = region
        self.gaps: list[LeftOut] = []

    def send(self, service: str, operation: str, parameters: Json) -> Json:
        return self._send(service, self.region, operation, parameters)

    def note(self, place: str, error: RequestError) -> None:
        """Remembers a request that was not allowed. Raises any other error again."""
        if not error.is_gap:
            raise error
        gap = LeftOut(place, error.reason)
        if gap not in self.gaps:  # every index has its own insights
            self.gaps.append(gap)

    def table(self, place: str, operation: str, name: str, index: str | None = None) -> Json | None:
        """What a request says about the table or an index; None if it is not allowed."""
        parameters = {"TableName": name} | ({} if index is None else {"IndexName": index})
        try:
            return self.send(DYNAMODB, operation, parameters)
        except RequestError as error:
            self.note(place, error)
            return None

    def policy(self, arn: str) -> Json | None:
        """The resource policy; None if there is none, or it may not be read."""
        try:
            return self.send(DYNAMODB, "GetResourcePolicy", {"ResourceArn": arn})
        except RequestError as error:
            if error.code != _NO_POLICY:
                self.note("resourcePolicy", error)
            return None

    def tags(self, arn: str) -> tuple[TagPlan, ...]:
        """None if they may not be read."""
        listed = pages(
            self._send, DYNAMODB, self.region, "ListTagsOfResource", {"ResourceArn": arn}, "Tags"
        )
        try:
            return tuple(TagPlan(tag["Key"], tag["Value"]) for tag in listed)
        except RequestError as error:
            self.note("tags", error)
            return ()
