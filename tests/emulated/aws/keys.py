"""KMS keys, as far as clients of DynamoDB describe them: every key exists.

moto has keys, and loading them takes longer than a whole rehearsal.
"""

from __future__ import annotations

from planton.rehearsal.aws.moto_dynamodb import DEFAULT_KEY
from planton.rehearsal.aws.requests import Json, Request

KMS = "kms"


def describe_key(request: Request) -> Json:
    """By ARN, id or alias. The key of an alias is described as DescribeTable describes it."""
    key = request.parameters["KeyId"]
    if not key.startswith("arn:"):
        path = key if key.startswith("alias/") else f"key/{key}"
        key = f"arn:aws:kms:{request.region}:{request.account_id}:{path}"
    metadata = {"KeyId": key.rpartition("/")[2], "Arn": key, "KeyState": "Enabled"}
    manager = "AWS" if key.endswith(DEFAULT_KEY) else "CUSTOMER"
    return {"KeyMetadata": {**metadata, "Enabled": True, "KeyManager": manager}}
