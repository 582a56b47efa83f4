"""moto's DynamoDB with the corrections that changes of existing tables need.

Each deviation of moto has its test, which fails as soon as the correction is no longer needed.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from planton.rehearsal.aws.emulator import Emulator
from planton.rehearsal.aws.moto_dynamodb import MotoDynamodb, maximum
from planton.rehearsal.aws.requests import DYNAMODB, Json, Request
from tests.emulated.aws.deletions import deleted_tables

_NONE = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def backend(service: str, account_id: str, region: str) -> Any:
    """moto's own state, for what its API does not offer."""
    from moto.backends import get_backend

    return get_backend(service)[account_id][region]  # type: ignore[call-overload]  # by literal


class FullDynamodb(MotoDynamodb):
    """Handles updates and deletions too."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._descriptions: dict[tuple[str, str, str], Json] = {}

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError.

        Descriptions are kept until something changes: moto takes milliseconds to write each.
        """
        if request.operation == "DescribeTable":
            key = request.account_id, request.region, request.parameters["TableName"]
            if key not in self._descriptions:
                self._descriptions[key] = super().send(request)
            return copy.deepcopy(self._descriptions[key])
        if not request.operation.startswith(("Describe", "List")):
            self.forget_descriptions()
        return self._send(request)

    def forget_descriptions(self) -> None:
        """For what changes a table without a request."""
        self._descriptions.clear()

    def _send(self, request: Request) -> Json:
        self._prepare(request)
        response = super().send(request)
        for account_id, region, name in deleted_tables(request):
            self._dropped.pop((account_id, region, name), None)
        if request.operation == "UpdateTable":
            self._settle(request)
            # The response shows the corrections as well.
            described = self.describe(request, request.parameters["TableName"])
            response = {**response, "TableDescription": described}
        ttl = response.get("TimeToLiveDescription", {})
        if ttl.get("TimeToLiveStatus") == "DISABLED":
            ttl.pop("AttributeName", None)  # AWS does not describe the former attribute
        return response

    def table(self, request: Request, name: str) -> Json | None:
        """The table's description, or None."""
        return None if self._state(request, name) is None else self.describe(request, name)

    def time_to_live(self, request: Request, name: str) -> Json:
        asked = replace(request, operation="DescribeTimeToLive", parameters={"TableName": name})
        description: Json = self.send(asked)["TimeToLiveDescription"]
        return description

    def set_units(self, request: Request, name: str, like: Json) -> None:
        """Gives the table and its indexes the write units of the description `like`."""
        self.forget_descriptions()
        state = self._state(request, name)
        indexes = {index["IndexName"]: index for index in like.get("GlobalSecondaryIndexes", [])}
        pairs = [(state, like), *((i, indexes[i.name]) for i in state.global_indexes)]
        for changed, described in pairs:
            amount = described["ProvisionedThroughput"]["WriteCapacityUnits"]
            changed.throughput = {**changed.throughput, "WriteCapacityUnits": amount}

    def _backend(self, request: Request) -> Any:
        return backend(DYNAMODB, request.account_id, request.region)

    def _state(self, request: Request, name: str) -> Any:
        return self._backend(request).tables.get(name)

    def _prepare(self, request: Request) -> None:
        parameters = request.parameters
        if request.operation == "TagResource":
            # moto appends: a changed value would be listed beside the old one.
            keys = [tag["Key"] for tag in parameters["Tags"]]
            self._backend(request).untag_resource(parameters["ResourceArn"], keys)
        elif parameters.get("StreamSpecification", {}).get("StreamEnabled"):
            state = self._state(request, parameters["TableName"])
            if state is not None and not state.stream_specification["StreamEnabled"]:
                # moto takes the label of a disabled stream for that of an enabled one.
                state.latest_stream_label = None

    def forwarded(self, request: Request) -> Json:
        """moto replaces all definitions, AWS adds those of the new index."""
        forwarded = super().forwarded(request)
        if request.operation == "UpdateTable" and "AttributeDefinitions" in forwarded:
            state = self._state(request, forwarded["TableName"])
            old = {a["AttributeName"]: a for a in (state.attr if state is not None else ())}
            new = {a["AttributeName"]: a for a in forwarded["AttributeDefinitions"]}
            forwarded["AttributeDefinitions"] = list({**old, **new}.values())
        return forwarded

    def keep(self, request: Request) -> None:
        super().keep(request)
        if request.parameters.get("BillingMode") == "PROVISIONED":
            # AWS drops every maximum (measured by nubo-db/dynoxide 159 and go-to-k/cdkd 3403).
            dropped = self.dropped(request, request.parameters["TableName"])
            dropped.on_demand = None
            dropped.index_on_demand.clear()
        maxima = self.dropped(request, request.parameters["TableName"]).index_on_demand
        for update in request.parameters.get("GlobalSecondaryIndexUpdates", ()):
            if "Delete" in update:
                maxima.pop(update["Delete"]["IndexName"], None)
            elif "Update" in update:
                name = update["Update"]["IndexName"]
                kept = maximum(update["Update"], maxima.pop(name, None))
                if kept is not None:
                    maxima[name] = kept

    def _settle(self, request: Request) -> None:
        state = self._state(request, request.parameters["TableName"])
        if request.parameters.get("BillingMode") == "PAY_PER_REQUEST":
            # moto keeps the provisioned units.
            state.throughput = dict(_NONE)
            for index in state.global_indexes:
                index.throughput = dict(_NONE)
        # moto keeps the definitions of a deleted index; the real provider would show them.
        used = set(state.attribute_keys)
        state.attr = [a for a in state.attr if a["AttributeName"] in used]
