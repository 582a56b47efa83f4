"""moto's IAM, of which the program uses policies and their attachments to roles."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from planton.rehearsal.aws.emulator import Emulator
from planton.rehearsal.aws.requests import IAM, Json, Request

NO_SUCH_ENTITY = "NoSuchEntity"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}


class IamApi:
    """Every role exists, as every KMS key and Kinesis stream does: it is created when a policy is
    attached to it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        if request.operation == "AttachRolePolicy":
            self.before_attachment(request)
        response = self.raw(request, request.operation, request.parameters)
        if policy := response.get("Policy"):
            # moto's are random, and every rehearsal of a manifest has the same result.
            policy["PolicyId"] = f"ANPA{sha256(policy['Arn'].encode()).hexdigest()[:17].upper()}"
        return response

    def raw(self, request: Request, operation: str, parameters: Json) -> Json:
        """moto's own response. Raises botocore's ClientError."""
        client: Any = self._emulator.client(IAM, request.account_id, request.region)
        response: Json = client._make_api_call(operation, parameters)
        return response

    def before_attachment(self, request: Request) -> None:
        """Creates the role, unless it exists."""
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # has none

        role = {"RoleName": request.parameters["RoleName"]}
        try:
            self.raw(request, "GetRole", role)
        except ClientError:
            document = json.dumps(_TRUST)
            self.raw(request, "CreateRole", {**role, "AssumeRolePolicyDocument": document})
