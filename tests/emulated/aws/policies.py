"""Resource policies of tables and of their streams, which can be read and deleted.

moto's outlive their table, and it has none of streams.
"""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND, VALIDATION, Refused
from planton.rehearsal.aws.requests import DYNAMODB, Json, Request
from planton.rehearsal.aws.unemulated import PolicyApi
from tests.emulated.aws.deletions import deleted_tables
from tests.emulated.aws.global_tables import FullGlobalTables
from tests.emulated.codes import POLICY_NOT_FOUND
from tests.emulated.rules.updates import INVALID


class FullPolicies(PolicyApi):
    """Raises Refused for an ARN of nothing that exists."""

    def __init__(self, tables: FullGlobalTables) -> None:
        super().__init__()
        self._tables = tables
        self.operations |= {"GetResourcePolicy": self.get, "DeleteResourcePolicy": self.delete}

    def put(self, request: Request) -> Json:
        self._check(request)
        arn, policy = request.parameters["ResourceArn"], request.parameters["Policy"]
        if arn in self.policies and self.policies[arn][0] == policy:
            return {"RevisionId": self.policies[arn][1]}
        return super().put(request)

    def get(self, request: Request) -> Json:
        self._check(request)
        arn = request.parameters["ResourceArn"]
        if arn not in self.policies:
            message = f"Resource-based policy not found for the provided ResourceArn: {arn}"
            raise Refused(request.name, POLICY_NOT_FOUND, message)
        policy, revision = self.policies[arn]
        return {"Policy": policy, "RevisionId": revision}

    def delete(self, request: Request) -> Json:
        """Succeeds if there is none, as AWS does."""
        self._check(request)
        deleted = self.policies.pop(request.parameters["ResourceArn"], None)
        return {} if deleted is None else {"RevisionId": deleted[1]}

    def forget(self, request: Request) -> None:
        """Drops the policies of what a successful request deletes, and of its streams.

        AWS keeps a stream for 24 hours after it is switched off or its table is deleted. Here it is
        gone with the table, or as soon as the table has another one.
        """
        for account_id, region, name in deleted_tables(request):
            path = f":dynamodb:{region}:{account_id}:table/{name}/"
            self.policies = {k: v for k, v in self.policies.items() if path not in f"{k}/"}
        if "StreamSpecification" in request.parameters:
            table = self._tables.table(request, request.parameters["TableName"]) or {}
            streams, latest = f"{table.get('TableArn')}/stream/", table.get("LatestStreamArn")
            self.policies = {
                arn: policy
                for arn, policy in self.policies.items()
                if arn == latest or not arn.startswith(streams)
            }

    def _check(self, request: Request) -> None:
        arn = request.parameters["ResourceArn"]
        parts = arn.split(":", 5)
        path = parts[5].split("/", 2) if len(parts) == 6 else []
        if len(path) < 2 or path[0] != "table" or parts[2] != DYNAMODB:
            message = f"{INVALID}Provided Arn is not a DynamoDB resource arn: {arn}"
            raise Refused(request.name, VALIDATION, message)
        if (parts[3], parts[4]) != (request.region, request.account_id):
            raise Refused(request.name, VALIDATION, f"{INVALID}Invalid resource Arn: {arn}")
        table = self._tables.table(request, path[1])
        if table is None or (len(path) == 3 and table.get("LatestStreamArn") != arn):
            message = f"Requested resource not found: ResourceArn: {arn} not found"
            raise Refused(request.name, NOT_FOUND, message)
