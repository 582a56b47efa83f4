"""Parts of manifests from which the sequences of a table are composed."""

from __future__ import annotations

import json
from typing import Any

from tests.engine.manifests import PROVISIONED, SCALED, UNITS, index, key, manifest

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}

Spec = dict[str, Any]


def newer(text: str) -> str:
    """The manifest in the newer version of the contract."""
    return text.replace("aws.project-planton.org/v1", "aws.planton.dev/v1alpha1")


def tagged(**tags: str) -> str:
    extensions = json.dumps({"tags": tags})
    name = "dynamodb.project-planton.org/extensions"
    return manifest(annotations={name: extensions} if tags else None)


def units(amount: int) -> Spec:
    capacity = {"readCapacityUnits": amount, "writeCapacityUnits": amount}
    return {"billingMode": "PROVISIONED", "provisionedThroughput": capacity}


def maximum(read: int, write: int) -> Spec:
    return {"onDemandThroughput": {"maxReadRequestUnits": read, "maxWriteRequestUnits": write}}


def ttl(**fields: Any) -> Spec:
    return {"ttl": fields}


def recovery(**fields: Any) -> Spec:
    return {"pointInTimeRecovery": fields}


def encrypted(*, enabled: bool, **key: str) -> Spec:
    return {"serverSideEncryption": {"enabled": enabled, **key}}


def indexed(*indexes: Any) -> Spec:
    return {"globalSecondaryIndexes": list(indexes)}


def local(*indexes: Any) -> Spec:
    return {"localSecondaryIndexes": list(indexes)}


def including(*names: str) -> Spec:
    return {"projection": {"type": "INCLUDE", "nonKeyAttributes": list(names)}}


def scaled(*schedules: Spec) -> Spec:
    scaling: Spec = {"enabled": True, **SCALED}
    if schedules:
        scaling["scheduledAdjustments"] = list(schedules)
    return {**PROVISIONED, "autoscaling": scaling}


def replicated(*replicas: Spec) -> Spec:
    return {**STREAM, "replicas": list(replicas)}


def policy(action: str) -> Spec:
    return {"resourcePolicy": {"policy": _allowing(action, "${table_arn}")}}


def stream_policy(action: str) -> Spec:
    return {"streamResourcePolicy": {"policy": _allowing(action, "${stream_arn}")}}


def _allowing(action: str, resource: str) -> Spec:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
        "Action": action,
        "Resource": [resource],
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def streaming(name: str, **more: str) -> Spec:
    arn = f"arn:aws:kinesis:us-east-1:123456789012:stream/{name}"
    return {"kinesisStreamingDestination": {"streamArn": arn, **more}}


EXPIRES = ttl(enabled=True, attributeName="expires")
MORNING: Spec = {
    "name": "morning",
    "dimension": "READ",
    "schedule": "cron(0 8 * * ? *)",
    "timezone": "Europe/Berlin",
    "minCapacity": 50,
    "maxCapacity": 200,
    "startTime": "2027-01-01T00:00:00Z",
}
WHO = index("who", provisionedThroughput=UNITS)
BY_AT = index("by-at", "pk", "at")
IRELAND, OREGON = {"regionName": "eu-west-1"}, {"regionName": "us-west-2"}
FILES: Spec = {"importTable": {"s3Bucket": "exports", "inputFormat": "ION"}}
SEVERAL = [*key("who"), *key("what", "at")]
WARM = {"warmThroughput": {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}}
THROTTLED = {"enabled": True, "mode": "THROTTLED_KEYS"}
