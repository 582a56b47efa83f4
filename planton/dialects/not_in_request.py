"""The fields that no request has, by block, with reason and help.
Generated from the models by `./dev docs`.
"""

from __future__ import annotations

from collections.abc import Mapping

NOT_IN_REQUEST: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "spec": {
        "warmThroughput": (
            "an ACK Table has no warm throughput: it starts with what AWS gives every table",
            "raise it in AWS: aws dynamodb update-table",
        ),
        "pointInTimeRecoveryEnabled": (
            "it has pointInTimeRecovery",
            "write pointInTimeRecovery: {enabled: true}",
        ),
        "contributorInsightsEnabled": (
            "it has contributorInsights",
            "write contributorInsights: {enabled: true}",
        ),
        "streamResourcePolicy": (
            "an ACK Table has no resource policy of its stream",
            "attach it in AWS, whenever the stream is switched on: aws dynamodb "
            "put-resource-policy",
        ),
        "accessPolicies": (
            "an ACK Table has no IAM policies",
            "add a Policy of iam.services.k8s.aws/v1alpha1 with the actions that docs/guide.md "
            "lists for the role",
        ),
        "grants": (
            "an ACK Table has no IAM policies",
            "add a Policy of iam.services.k8s.aws/v1alpha1 with the actions that docs/guide.md "
            "lists for the role",
        ),
        "kinesisStreamingDestination": (
            "an ACK Table has no Kinesis destination",
            "enable it in AWS: aws dynamodb enable-kinesis-streaming-destination",
        ),
        "alarms": (
            "an ACK Table has no alarms",
            "add a MetricAlarm object of cloudwatch.services.k8s.aws for each, in every region",
        ),
        "globalTableWitness": ("an ACK Table has no witness", ""),
        "importTable": ("an ACK Table is created empty", ""),
        "restoreSourceName": ("an ACK Table is created empty", ""),
        "restoreSourceTableArn": ("an ACK Table is created empty", ""),
        "restoreDateTime": ("an ACK Table is created empty", ""),
        "restoreToLatestTime": ("an ACK Table is created empty", ""),
        "restoreBackupArn": ("an ACK Table is created empty", ""),
    },
    "spec.globalSecondaryIndexes": {
        "warmThroughput": (
            "an ACK Table has no warm throughput: it starts with what AWS gives every table",
            "raise it in AWS: aws dynamodb update-table",
        ),
    },
    "spec.globalSecondaryIndexes.autoscaling": {
        "scheduledAdjustments": (
            "ACK has no object for a scheduled adjustment: the bounds do not change",
            "",
        ),
    },
    "spec.globalSecondaryIndexes.autoscaling.read": {
        "policyName": ("a request creates the table, whose policies have no earlier names", ""),
    },
    "spec.globalSecondaryIndexes.autoscaling.write": {
        "policyName": ("a request creates the table, whose policies have no earlier names", ""),
    },
    "spec.localSecondaryIndexes": {
        "rangeKey": ("its keySchema contains it", ""),
    },
    "spec.pointInTimeRecovery": {
        "recoveryPeriodInDays": ("an ACK Table has no recovery period: AWS keeps 35 days", ""),
    },
    "spec.contributorInsights": {
        "mode": ("an ACK Table has no mode of contributor insights: all requests are recorded", ""),
        "gsiIndexNames": (
            "an ACK Table has contributor insights for the table only, not for its indexes",
            "",
        ),
    },
    "spec.autoscaling": {
        "scheduledAdjustments": (
            "ACK has no object for a scheduled adjustment: the bounds do not change",
            "",
        ),
    },
    "spec.autoscaling.read": {
        "policyName": ("a request creates the table, whose policies have no earlier names", ""),
    },
    "spec.autoscaling.write": {
        "policyName": ("a request creates the table, whose policies have no earlier names", ""),
    },
    "spec.resourcePolicy": {
        "confirmRemoveSelfResourceAccess": (
            "the ACK controller does not confirm this: AWS refuses a policy under which the "
            "controller could not change it again",
            "",
        ),
    },
    "spec.replicas": {
        "pointInTimeRecovery": (
            "an ACK Table sets only the region, key and indexes of a replica",
            "set it on the table in that region in AWS",
        ),
        "deletionProtectionEnabled": (
            "an ACK Table sets only the region, key and indexes of a replica",
            "set it on the table in that region in AWS",
        ),
        "propagateTags": (
            "an ACK Table sets only the region, key and indexes of a replica",
            "set it on the table in that region in AWS",
        ),
        "consistencyMode": ("an ACK Table has no strongly consistent replicas", ""),
        "resourcePolicy": (
            "an ACK Table has no resource policies of its replicas",
            "attach it in AWS, in the replica's region: aws dynamodb put-resource-policy",
        ),
        "contributorInsights": (
            "an ACK Table sets only the region, key and indexes of a replica, not its contributor "
            "insights",
            "set it on the table in that region in AWS",
        ),
        "kinesisStreamingDestination": (
            "an ACK Table sets only the region, key and indexes of a replica, not its Kinesis "
            "destination",
            "set it on the table in that region in AWS",
        ),
        "tags": (
            "an ACK Table sets only the region, key and indexes of a replica, not its tags",
            "set it on the table in that region in AWS",
        ),
    },
}
