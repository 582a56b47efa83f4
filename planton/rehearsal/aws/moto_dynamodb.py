"""moto's DynamoDB, corrected: what it drops of a request is kept here and described.

Each deviation of moto has its test, which fails as soon as the correction is no longer needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from planton.rehearsal.aws.emulator import Emulator, partition
from planton.rehearsal.aws.requests import DYNAMODB, Json, Request

DEFAULT_KEY = ":alias/aws/dynamodb"
"""How the ARN ends that describes the account's default key, the AWS managed key."""

_DROPPED = ("SSESpecification", "TableClass", "OnDemandThroughput")


@dataclass
class Dropped:
    """What moto drops of a table's requests."""

    encryption: Json | None = None
    table_class: str = "STANDARD"
    on_demand: Json | None = None
    index_on_demand: dict[str, Json] = field(default_factory=dict)


class MotoDynamodb:
    """The requests that moto knows; what it drops is kept as long as this object lives."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._dropped: dict[tuple[str, str, str], Dropped] = {}

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        response = self.raw(replace(request, parameters=self.forwarded(request)))
        if request.operation in ("CreateTable", "UpdateTable"):
            self.keep(request)
        for key in ("Table", "TableDescription"):
            if key in response:
                self._complete(request, response[key])
        return response

    def describe(self, request: Request, name: str) -> Json:
        """The table's description. Raises botocore's ClientError if it does not exist."""
        parameters = {"TableName": name}
        described: Json = self.send(
            replace(request, operation="DescribeTable", parameters=parameters)
        )["Table"]
        return described

    def raw(self, request: Request) -> Json:
        """moto's own response. Raises botocore's ClientError."""
        client = self._emulator.client(DYNAMODB, request.account_id, request.region)
        response: Json = client._make_api_call(request.operation, request.parameters)
        return response

    def dropped(self, request: Request, name: str) -> Dropped:
        """What moto has dropped of the requests to a table."""
        return self._dropped.setdefault((request.account_id, request.region, name), Dropped())

    def forwarded(self, request: Request) -> Json:
        """The parameters without those that moto drops.

        Handling SSESpecification would load all of moto's KMS.
        """
        parameters = request.parameters
        return {name: parameters[name] for name in parameters if name not in _DROPPED}

    def keep(self, request: Request) -> None:
        """Keeps what moto drops of a request that creates or updates a table."""
        parameters = request.parameters
        dropped = self.dropped(request, parameters["TableName"])
        if "SSESpecification" in parameters:
            dropped.encryption = _encryption(request)
        dropped.table_class = parameters.get("TableClass", dropped.table_class)
        dropped.on_demand = maximum(parameters, dropped.on_demand)
        updates = parameters.get("GlobalSecondaryIndexUpdates", ())
        created = [update["Create"] for update in updates if "Create" in update]
        for index in [*parameters.get("GlobalSecondaryIndexes", ()), *created]:
            if on_demand := maximum(index, None):
                dropped.index_on_demand[index["IndexName"]] = on_demand

    def forget(self, request: Request) -> None:
        """Forgets a table that is deleted."""
        self._dropped.pop(
            (request.account_id, request.region, request.parameters["TableName"]), None
        )

    def _complete(self, request: Request, table: Json) -> None:
        dropped = self.dropped(request, table["TableName"])
        table["TableClassSummary"] = {"TableClass": dropped.table_class}
        if dropped.encryption is not None:
            table["SSEDescription"] = dropped.encryption
        if dropped.on_demand is not None:
            table["OnDemandThroughput"] = dropped.on_demand
        for index in table.get("GlobalSecondaryIndexes", ()):
            if index["IndexName"] in dropped.index_on_demand:
                index["OnDemandThroughput"] = dropped.index_on_demand[index["IndexName"]]
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for index in table.get(kind, ()):
                index["IndexArn"] = f"{table['TableArn']}/index/{index['IndexName']}"


def _encryption(request: Request) -> Json | None:
    """The AWS owned key is not described."""
    specification = request.parameters["SSESpecification"]
    if not specification.get("Enabled"):
        return None
    owner = f"{partition(request.region)}:kms:{request.region}:{request.account_id}"
    key = specification.get("KMSMasterKeyId", f"arn:{owner}{DEFAULT_KEY}")
    return {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}


def maximum(parameters: Json, before: Json | None) -> Json | None:
    """The maximum on-demand throughput after a request; -1 removes one."""
    if "OnDemandThroughput" not in parameters:
        return before
    after = {**(before or {}), **parameters["OnDemandThroughput"]}
    return {unit: amount for unit, amount in after.items() if amount != -1} or None
