"""An existing table for tests of updates, and the requests that a test is about."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Call, Json
from planton.rehearsal.provider.resource import ResourceState
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider

TABLE = "aws:dynamodb/table:Table"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"
KINESIS = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ACCESS_POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
TAG = "aws:dynamodb/tag:Tag"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"


class ExistingTable:
    """A table in the emulated AWS, which is updated from one set of inputs to the next."""

    def __init__(self, cloud: Cloud, aws: Provider, inputs: Json) -> None:
        self._cloud = cloud
        self._aws = aws
        self.resource: ResourceState = aws.create(TABLE, inputs)
        self.inputs = inputs

    def update(self, inputs: Json) -> list[tuple[str, Json]]:
        """The requests that change something, in order, without the table's name."""
        before = len(self._cloud.calls)
        self.resource = self._aws.update(TABLE, self.resource.id, self.resource.outputs, inputs)
        self.inputs = inputs
        return changes(self._cloud.calls[before:])

    def described(self) -> Json:
        """What DescribeTable says of it."""
        answer = self._cloud.call(
            "dynamodb", "DescribeTable", {"TableName": self.resource.id}, region="eu-west-1"
        )
        described: Json = answer["Table"]
        return described


def changes(calls: list[Call]) -> list[tuple[str, Json]]:
    return [
        (call.operation, {k: v for k, v in call.parameters.items() if k != "TableName"})
        for call in calls
        if not call.operation.startswith(("Describe", "List"))
    ]


def placed_changes(calls: list[Call]) -> list[tuple[str, str, Json]]:
    """The same, each with its region."""
    changing = [call for call in calls if not call.operation.startswith(("Describe", "List"))]
    return [
        (call.region, *change) for call, change in zip(changing, changes(changing), strict=True)
    ]
