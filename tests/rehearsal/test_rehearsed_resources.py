"""The rehearsal's emulation of AWS creates resources like the tests' one, which extends it.

The tests of requests and of updates judge the extended one. That both create alike is judged here.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from planton.rehearsal.aws.emulated_aws import EmulatedAws
from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Call, Json
from planton.rehearsal.provider.provider import RESOURCE_TYPES, AwsProvider
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import KINDS
from tests.rehearsal.existing_table import (
    ACCESS_POLICY,
    ALARM,
    ATTACHMENT,
    INDEX,
    INSIGHTS,
    KINESIS,
    POLICY,
    REPLICA,
    RESOURCE_POLICY,
    SCHEDULED,
    TABLE,
    TAG,
    TARGET,
)

ACCOUNT, REGION = "123456789012", "eu-west-1"
ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/orders"
DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ARN},
    }
)
ON_DEMAND: Json = {
    "name": "orders",
    "billingMode": "PAY_PER_REQUEST",
    "hashKey": "pk",
    "attributes": [{"name": "pk", "type": "S"}],
}
STREAM: Json = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
PROVISIONED: Json = {
    **ON_DEMAND,
    "billingMode": "PROVISIONED",
    "readCapacity": 5,
    "writeCapacity": 6,
    "tableClass": "STANDARD_INFREQUENT_ACCESS",
}
BY_PK: Json = {
    "name": "by-pk",
    "keySchemas": [{"attributeName": "pk", "keyType": "HASH"}],
    "projectionType": "ALL",
}
WARM: Json = {"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 5000}
SCALED: Json = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/orders",
    "scalableDimension": "dynamodb:table:ReadCapacityUnits",
}
LATEST: Json = {
    "restoreSourceTableArn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/elsewhere",
    "restoreToLatestTime": True,
}

Resources = list[tuple[str, Json]]


def replicas(*regions: str, **inputs: Any) -> list[Json]:
    return [{"regionName": region, **inputs} for region in regions]


CASES: dict[str, Resources] = {
    "on demand": [
        (
            TABLE,
            {
                **ON_DEMAND,
                **STREAM,
                "onDemandThroughput": {"maxReadRequestUnits": 10, "maxWriteRequestUnits": -1},
                "warmThroughput": WARM,
                "globalSecondaryIndexes": [
                    {
                        **BY_PK,
                        "onDemandThroughput": {"maxReadRequestUnits": 5},
                        "warmThroughput": WARM,
                    }
                ],
                "ttl": {"enabled": True, "attributeName": "exp"},
                "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
                "serverSideEncryption": {"enabled": True},
                "tags": {f"tag-{number}": "1" for number in range(30)},
            },
        )
    ],
    "scaled": [
        (TABLE, PROVISIONED),
        (TARGET, {**SCALED, "minCapacity": 5, "maxCapacity": 50, "tags": {"team": "shop"}}),
        (
            POLICY,
            {
                **SCALED,
                "name": "reads",
                "policyType": "TargetTrackingScaling",
                "targetTrackingScalingPolicyConfiguration": {
                    "targetValue": 70,
                    "predefinedMetricSpecification": {
                        "predefinedMetricType": "DynamoDBReadCapacityUtilization",
                        "resourceLabel": "orders",
                    },
                },
            },
        ),
        (
            SCHEDULED,
            {
                **SCALED,
                "name": "night",
                "schedule": "rate(1 day)",
                "scalableTargetAction": {"minCapacity": 1},
                "startTime": "2027-01-01T01:00:00+01:00",
                "endTime": "2027-02-01T00:00:00Z",
            },
        ),
    ],
    "eventually consistent replicas": [
        (
            TABLE,
            {
                **ON_DEMAND,
                "replicas": [
                    *replicas("eu-west-2", pointInTimeRecovery=True, propagateTags=True),
                    *replicas("us-east-1", deletionProtectionEnabled=True),
                ],
                "globalSecondaryIndexes": [BY_PK],
                "tags": {"team": "shop"},
            },
        )
    ],
    "replicas without tags to propagate": [
        (TABLE, {**ON_DEMAND, **STREAM, "replicas": replicas("eu-west-2", propagateTags=True)})
    ],
    "strongly consistent replicas": [
        (
            TABLE,
            {
                **ON_DEMAND,
                "replicas": replicas("eu-west-2", "eu-west-3", consistencyMode="STRONG"),
            },
        )
    ],
    "a witness": [
        (
            TABLE,
            {
                **ON_DEMAND,
                "replicas": replicas("eu-west-2", consistencyMode="STRONG"),
                "globalTableWitness": {"regionName": "eu-west-3"},
            },
        )
    ],
    "a standalone replica": [
        (TABLE, {**ON_DEMAND, **STREAM, "warmThroughput": WARM}),
        (
            REPLICA,
            {
                "globalTableArn": ARN,
                "region": "eu-west-2",
                "tableClassOverride": "STANDARD_INFREQUENT_ACCESS",
                "pointInTimeRecovery": True,
                "deletionProtectionEnabled": True,
                "tags": {"team": "shop"},
            },
        ),
    ],
    "customer keys": [
        (
            TABLE,
            {
                **ON_DEMAND,
                "serverSideEncryption": {
                    "enabled": True,
                    "kmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
                },
            },
        ),
        (
            REPLICA,
            {
                "globalTableArn": ARN,
                "region": "eu-west-2",
                "kmsKeyArn": f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/2",
            },
        ),
    ],
    "a standalone index": [
        (TABLE, ON_DEMAND),
        (
            INDEX,
            {
                "tableName": "orders",
                "indexName": "by-g",
                "keySchemas": [{"attributeName": "g", "attributeType": "S", "keyType": "HASH"}],
                "projection": {"projectionType": "INCLUDE", "nonKeyAttributes": ["a"]},
                "onDemandThroughput": {"maxReadRequestUnits": 5},
                "warmThroughput": WARM,
                "timeouts": {"create": "1h"},
            },
        ),
        (INSIGHTS, {"tableName": "orders", "indexName": "by-g", "mode": "THROTTLED_KEYS"}),
        (INSIGHTS, {"tableName": "orders"}),
    ],
    "streaming and a policy": [
        (TABLE, ON_DEMAND),
        (KINESIS, {"tableName": "orders", "streamArn": STREAM_ARN}),
        (
            RESOURCE_POLICY,
            {
                "resourceArn": ARN,
                "policy": '{"Statement": []}',
                "confirmRemoveSelfResourceAccess": True,
            },
        ),
    ],
    "streaming in microseconds": [
        (TABLE, ON_DEMAND),
        (
            KINESIS,
            {
                "tableName": "orders",
                "streamArn": STREAM_ARN,
                "approximateCreationDateTimePrecision": "MICROSECOND",
            },
        ),
    ],
    "alarms": [
        (
            ALARM,
            {
                "name": "orders/reads",
                "alarmDescription": "Reads are throttled.",
                "alarmActions": [f"arn:aws:sns:{REGION}:{ACCOUNT}:oncall"],
                "comparisonOperator": "GreaterThanThreshold",
                "dimensions": {"TableName": "orders"},
                "evaluationPeriods": 5,
                "datapointsToAlarm": 4,
                "metricName": "ReadThrottleEvents",
                "namespace": "AWS/DynamoDB",
                "period": 60,
                "statistic": "Sum",
                "threshold": 10,
                "treatMissingData": "notBreaching",
                "tags": {"team": "shop"},
            },
        ),
        (
            ALARM,
            {
                "name": "orders/errors",
                "comparisonOperator": "GreaterThanThreshold",
                "evaluationPeriods": 5,
                "metricQueries": [
                    {
                        "id": "query",
                        "metric": {
                            "dimensions": {"TableName": "orders", "Operation": "Query"},
                            "metricName": "SystemErrors",
                            "namespace": "AWS/DynamoDB",
                            "period": 60,
                            "stat": "Sum",
                        },
                    },
                    {"id": "e", "expression": "FILL(query, 0)", "period": 60, "returnData": True},
                ],
            },
        ),
    ],
    "a tag": [
        (TABLE, ON_DEMAND),
        (TAG, {"resourceArn": ARN, "key": "team", "value": "shop"}),
    ],
    "an access policy": [
        (
            ACCESS_POLICY,
            {
                "name": "orders-reader",
                "policy": DOCUMENT,
                "tags": {"team": "shop"},
            },
        ),
        (ACCESS_POLICY, {"name": "orders-writer", "path": "/tables/", "policy": DOCUMENT}),
    ],
    "a restore": [
        (
            TABLE,
            {
                **PROVISIONED,
                **LATEST,
                "rangeKey": "sk",
                "globalSecondaryIndexes": [{**BY_PK, "readCapacity": 1, "writeCapacity": 1}],
                "localSecondaryIndexes": [
                    {"name": "by-l", "rangeKey": "l", "projectionType": "ALL"}
                ],
                "serverSideEncryption": {"enabled": True},
            },
        )
    ],
    "a backup": [
        (TABLE, {**ON_DEMAND, "restoreBackupArn": f"{ARN.replace('orders', 'old')}/backup/1"})
    ],
    "an import": [
        (
            TABLE,
            {
                **PROVISIONED,
                "importTable": {
                    "inputFormat": "CSV",
                    "inputCompressionType": "GZIP",
                    "inputFormatOptions": {"csv": {"delimiter": ";"}},
                    "s3BucketSource": {"bucket": "data", "keyPrefix": "2026/"},
                },
                "serverSideEncryption": {"enabled": True},
            },
        )
    ],
}


def create(provider: AwsProvider, resources: Resources) -> list[Any]:
    created = [provider.create(type_, inputs) for type_, inputs in resources]
    return [(resource.id, without_times(resource.outputs)) for resource in created]


def without_times(value: Any) -> Any:
    """Streams are named after the time of their creation."""
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+", "TIME", json.dumps(value)))


@pytest.mark.parametrize("resources", CASES.values(), ids=CASES)
def test_both_providers_send_the_same_requests_and_return_the_same_outputs(
    resources: Resources,
) -> None:
    with EmulatedAws(account_id=ACCOUNT) as aws:
        rehearsed = create(AwsProvider(aws, {"region": REGION}), resources)
        calls: list[Call] = aws.calls
    with Cloud(account_id=ACCOUNT) as cloud:
        assert create(cloud.provider({"region": REGION}), resources) == rehearsed
        assert [call for call in cloud.calls if call.outcome == "refused"] == []
        assert cloud.calls == calls


def test_both_providers_have_the_same_resource_types() -> None:
    assert RESOURCE_TYPES.keys() == KINDS.keys()
    created = {type_ for resources in CASES.values() for type_, _ in resources}
    assert {*created, ATTACHMENT} == KINDS.keys()


def test_an_alarm_that_exists_is_refused() -> None:
    alarm = CASES["alarms"][0]
    with EmulatedAws(account_id=ACCOUNT) as aws:
        provider = AwsProvider(aws, {"region": REGION})
        create(provider, [alarm])
        with pytest.raises(Refused, match='alarm "orders/reads" already exists'):
            create(provider, [alarm])


def test_the_rehearsal_creates_the_role_to_which_it_attaches_a_policy() -> None:
    """The tests' AWS refuses that."""
    arn = f"arn:aws:iam::{ACCOUNT}:policy/orders-reader"
    resources = [CASES["an access policy"][0], (ATTACHMENT, {"role": "shop", "policyArn": arn})]
    with EmulatedAws(account_id=ACCOUNT) as aws:
        (_, (id_, outputs)) = create(AwsProvider(aws, {"region": REGION}), resources)
    assert (id_, outputs["role"]) == (f"shop/{arn}", "shop")
    assert "region" not in outputs
    with Cloud(account_id=ACCOUNT) as cloud, pytest.raises(Refused, match="Role shop not found"):
        create(cloud.provider({"region": REGION}), resources)
