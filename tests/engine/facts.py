"""What the real AWS provider's schema says of its resources, beyond the names of their properties.

Taken from the provider's source, terraform-provider-aws 6.4x: table.go, table_replica.go,
resource_policy.go, kinesis_streaming_destination.go, global_secondary_index.go and tag_gen.go in
internal/service/dynamodb, internal/service/appautoscaling, metric_alarm.go in
internal/service/cloudwatch, and policy.go and role_policy_attachment.go in internal/service/iam. A
test holds every path in here to the installed pulumi-aws. That a backup's ARN replaces like a
source's name is a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TABLE = "aws:dynamodb/table:Table"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
KINESIS = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"

TAG = "aws:dynamodb/tag:Tag"
ACCESS_POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


@dataclass(frozen=True)
class Facts:
    """Paths are dotted; the items of a list have the list's path."""

    computed: frozenset[str] = frozenset()
    """Optional and computed: left out means "as it is", not "none"."""
    sets: frozenset[str] = frozenset()
    """Lists whose order means nothing, and which come back in the provider's own."""
    by_key: frozenset[str] = frozenset()
    """Sets whose items are told apart by their key alone: nothing else in an item is a change."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    times: frozenset[str] = frozenset()
    """Text that is the same in every time zone."""
    autonamed: bool = False
    """Whether a `name` that is left out is made up, with a random suffix."""


FACTS: Mapping[str, Facts] = {
    TABLE: Facts(
        computed=frozenset(
            {
                "attributes",
                "globalSecondaryIndexes",
                "globalSecondaryIndexes.hashKey",
                "globalSecondaryIndexes.keySchemas",
                # Not computed, but a difference in it alone is cleared where there are key schemas.
                "globalSecondaryIndexes.rangeKey",
                "globalSecondaryIndexes.readCapacity",
                "globalSecondaryIndexes.warmThroughput",
                "globalSecondaryIndexes.writeCapacity",
                "globalTableWitness",
                "globalTableWitness.regionName",
                "hashKey",
                "globalSecondaryIndexes.onDemandThroughput.maxReadRequestUnits",
                "globalSecondaryIndexes.onDemandThroughput.maxWriteRequestUnits",
                "onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxWriteRequestUnits",
                "pointInTimeRecovery",
                "pointInTimeRecovery.recoveryPeriodInDays",
                "readCapacity",
                "region",
                "replicas.deletionProtectionEnabled",
                "replicas.kmsKeyArn",
                "serverSideEncryption",
                "serverSideEncryption.kmsKeyArn",
                "streamViewType",
                "ttl",
                "warmThroughput",
                "writeCapacity",
            }
        ),
        sets=frozenset(
            {
                "attributes",
                "globalSecondaryIndexes",
                "globalSecondaryIndexes.nonKeyAttributes",
                "importTable.inputFormatOptions.csv.headerLists",
                "localSecondaryIndexes",
                "replicas",
            }
        ),
        # Hashed by name: sdkv2.SimpleSchemaSetFunc in table.go; issue 31730 is about the indexes.
        by_key=frozenset({"attributes", "localSecondaryIndexes"}),
        defaults={
            "billingMode": "PROVISIONED",
            "replicas.consistencyMode": "EVENTUAL",
            "tableClass": "STANDARD",
        },
        autonamed=True,
    ),
    INDEX: Facts(
        computed=frozenset(
            {
                "onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxWriteRequestUnits",
                "provisionedThroughput.readCapacityUnits",
                "provisionedThroughput.writeCapacityUnits",
                "region",
                "warmThroughput",
            }
        ),
        sets=frozenset({"projection.nonKeyAttributes"}),
    ),
    REPLICA: Facts(computed=frozenset({"deletionProtectionEnabled", "kmsKeyArn", "region"})),
    RESOURCE_POLICY: Facts(computed=frozenset({"confirmRemoveSelfResourceAccess", "region"})),
    KINESIS: Facts(computed=frozenset({"approximateCreationDateTimePrecision", "region"})),
    INSIGHTS: Facts(computed=frozenset({"mode", "region"})),
    TARGET: Facts(computed=frozenset({"region", "roleArn"})),
    POLICY: Facts(
        computed=frozenset({"region"}), defaults={"policyType": "StepScaling"}, autonamed=True
    ),
    SCHEDULED: Facts(
        computed=frozenset({"region"}),
        defaults={"timezone": "UTC"},
        times=frozenset({"startTime", "endTime"}),
        autonamed=True,
    ),
    ALARM: Facts(
        computed=frozenset({"region"}),
        sets=frozenset({"alarmActions", "metricQueries"}),
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        autonamed=True,
    ),
    ACCESS_POLICY: Facts(computed=frozenset({"name"}), defaults={"path": "/"}, autonamed=True),
    ATTACHMENT: Facts(),
    TAG: Facts(computed=frozenset({"region"})),
}
