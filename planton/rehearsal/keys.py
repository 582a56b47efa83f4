"""KMS keys, as far as DynamoDB's clients ask for them: every key that is named is there.

moto has keys, and loading them takes longer than a whole rehearsal.
"""

from __future__ import annotations

from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import KMS


class Keys:
    """Answers DescribeKey, and nothing else."""

    def answers(self, request: Request) -> bool:
        return (request.service, request.operation) == (KMS, "DescribeKey")

    def answer(self, request: Request) -> Json:
        """By ARN, id or alias. The key behind an alias is told as DescribeTable tells it."""
        key = request.parameters["KeyId"]
        if not key.startswith("arn:"):
            path = key if key.startswith("alias/") else f"key/{key}"
            key = f"arn:aws:kms:{request.region}:{request.account_id}:{path}"
        metadata = {"KeyId": key.rpartition("/")[2], "Arn": key, "KeyState": "Enabled"}
        return {"KeyMetadata": {**metadata, "Enabled": True}}
