"""moto's DynamoDB, with what it forgets kept and what it gets wrong put right.

Each deviation has its test, which fails as soon as moto no longer needs the correction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from planton.rehearsal.emulator import Emulator
from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import DYNAMODB

_NONE = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
_TABLE = ("Table", "TableDescription")
_FORGOTTEN = ("SSESpecification", "TableClass", "OnDemandThroughput")


@dataclass
class _Forgotten:
    """What moto drops of a table's requests."""

    encryption: Json | None = None
    table_class: str = "STANDARD"
    on_demand: Json | None = None
    index_on_demand: dict[str, Json] = field(default_factory=dict)


class MotoDynamodb:
    """The requests that moto knows; the state it forgets lives as long as this object."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._forgotten: dict[tuple[str, str, str], _Forgotten] = {}

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        self._prepare(request)
        response = self._raw(replace(request, parameters=self._forwarded(request)))
        self._remember(request)
        if request.operation == "UpdateTable":
            self._settle(request)
            # What was put right after the request shows in its answer too.
            described = self._raw(_describe(request))["Table"]
            response = {**response, "TableDescription": described}
        return self._completed(request, response)

    def table(self, request: Request, name: str) -> Json | None:
        """The table as DescribeTable tells it, or None."""
        if self._state(request, name) is None:
            return None
        described: Json = self.send(_describe(request, name))["Table"]
        return described

    def time_to_live(self, request: Request, name: str) -> Json:
        asked = replace(request, operation="DescribeTimeToLive", parameters={"TableName": name})
        description: Json = self.send(asked)["TimeToLiveDescription"]
        return description

    def set_units(self, request: Request, name: str, like: Json) -> None:
        """Gives the table and its indexes the write units that DescribeTable tells in `like`."""
        state = self._state(request, name)
        there = {index["IndexName"]: index for index in like.get("GlobalSecondaryIndexes", [])}
        holders = [(state, like), *((i, there[i.name]) for i in state.global_indexes)]
        for holder, wanted in holders:
            amount = wanted["ProvisionedThroughput"]["WriteCapacityUnits"]
            holder.throughput = {**holder.throughput, "WriteCapacityUnits": amount}

    def _raw(self, request: Request) -> Json:
        client = self._emulator.client(DYNAMODB, request.account_id, request.region)
        response: Json = client._make_api_call(request.operation, request.parameters)
        return response

    def _backend(self, request: Request) -> Any:
        return self._emulator.backend(DYNAMODB, request.account_id, request.region)

    def _state(self, request: Request, name: str) -> Any:
        return self._backend(request).tables.get(name)

    def _memory(self, request: Request, name: str) -> _Forgotten:
        return self._forgotten.setdefault((request.account_id, request.region, name), _Forgotten())

    def _prepare(self, request: Request) -> None:
        parameters = request.parameters
        if request.operation == "TagResource":
            # moto appends: a changed value would stand beside the old one.
            keys = [tag["Key"] for tag in parameters["Tags"]]
            self._backend(request).untag_resource(parameters["ResourceArn"], keys)
        elif parameters.get("StreamSpecification", {}).get("StreamEnabled"):
            state = self._state(request, parameters["TableName"])
            if state is not None and not state.stream_specification["StreamEnabled"]:
                # moto takes the label of a stream that was switched off for a living one.
                state.latest_stream_label = None

    def _forwarded(self, request: Request) -> Json:
        """The parameters without what moto drops or mishandles.

        Its own reading of SSESpecification would load all of its KMS.
        """
        parameters = request.parameters
        forwarded = {name: parameters[name] for name in parameters if name not in _FORGOTTEN}
        if request.operation == "UpdateTable" and "AttributeDefinitions" in parameters:
            # moto replaces all definitions, AWS adds those of the new index.
            state = self._state(request, parameters["TableName"])
            old = {a["AttributeName"]: a for a in (state.attr if state is not None else ())}
            new = {a["AttributeName"]: a for a in parameters["AttributeDefinitions"]}
            forwarded["AttributeDefinitions"] = list({**old, **new}.values())
        return forwarded

    def _remember(self, request: Request) -> None:
        if request.operation not in ("CreateTable", "UpdateTable"):
            return
        if request.operation == "CreateTable":
            name = request.parameters["TableName"]
            self._forgotten.pop((request.account_id, request.region, name), None)
        parameters = request.parameters
        memory = self._memory(request, parameters["TableName"])
        if "SSESpecification" in parameters:
            memory.encryption = _encryption(request)
        memory.table_class = parameters.get("TableClass", memory.table_class)
        memory.on_demand = _maximum(parameters, memory.on_demand)
        indexes = list(parameters.get("GlobalSecondaryIndexes", ()))
        for update in parameters.get("GlobalSecondaryIndexUpdates", ()):
            indexes += [action for key, action in update.items() if key in ("Create", "Update")]
            if "Delete" in update:
                memory.index_on_demand.pop(update["Delete"]["IndexName"], None)
        for index in indexes:
            name = index["IndexName"]
            kept = _maximum(index, memory.index_on_demand.pop(name, None))
            if kept is not None:
                memory.index_on_demand[name] = kept

    def _settle(self, request: Request) -> None:
        state = self._state(request, request.parameters["TableName"])
        if request.parameters.get("BillingMode") == "PAY_PER_REQUEST":
            # moto leaves the units of the time before.
            state.throughput = dict(_NONE)
            for index in state.global_indexes:
                index.throughput = dict(_NONE)
        # moto keeps the definitions of a deleted index; the real provider would show them.
        used = set(state.attribute_keys)
        state.attr = [a for a in state.attr if a["AttributeName"] in used]

    def _completed(self, request: Request, response: Json) -> Json:
        for key in _TABLE:
            if key in response:
                self._complete_table(request, response[key])
        lifetime = response.get("TimeToLiveDescription", {})
        if lifetime.get("TimeToLiveStatus") == "DISABLED":
            lifetime.pop("AttributeName", None)  # AWS no longer tells what expired once
        return response

    def _complete_table(self, request: Request, table: Json) -> None:
        memory = self._memory(request, table["TableName"])
        table["TableClassSummary"] = {"TableClass": memory.table_class}
        if memory.encryption is not None:
            table["SSEDescription"] = memory.encryption
        if memory.on_demand is not None:
            table["OnDemandThroughput"] = memory.on_demand
        for index in table.get("GlobalSecondaryIndexes", ()):
            if index["IndexName"] in memory.index_on_demand:
                index["OnDemandThroughput"] = memory.index_on_demand[index["IndexName"]]
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for index in table.get(kind, ()):
                index["IndexArn"] = f"{table['TableArn']}/index/{index['IndexName']}"


def _describe(request: Request, name: str | None = None) -> Request:
    name = name or request.parameters["TableName"]
    return replace(request, operation="DescribeTable", parameters={"TableName": name})


def _encryption(request: Request) -> Json | None:
    """AWS's own key is described by silence."""
    from moto.utilities.utils import get_partition

    wanted = request.parameters["SSESpecification"]
    if not wanted.get("Enabled"):
        return None
    place = f"{get_partition(request.region)}:kms:{request.region}:{request.account_id}"
    default = f"arn:{place}:alias/aws/dynamodb"
    key = wanted.get("KMSMasterKeyId", default)
    return {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}


def _maximum(parameters: Json, before: Json | None) -> Json | None:
    """The on-demand maximum after a request; -1 takes one away."""
    if "OnDemandThroughput" not in parameters:
        return before
    after = {**(before or {}), **parameters["OnDemandThroughput"]}
    return {unit: amount for unit, amount in after.items() if amount != -1} or None
