"""Global tables whose changes reach every replica.

AWS keeps alike: indexes, billing mode, units, maxima, warm throughput, the type of encryption, TTL,
a class that is set in the first region, and (without strong consistency) the stream. Tags,
point-in-time recovery, protection, policies and insights are each replica's own. AWS also copies
the scaling of writes to the region of a new replica and leaves it there for ever; that is not
emulated.
"""

from __future__ import annotations

from dataclasses import replace

from planton.rehearsal.aws.global_tables import GlobalTables, Group
from planton.rehearsal.aws.replica_creation import customer_key
from planton.rehearsal.aws.requests import Json, Request
from tests.emulated.aws.dynamodb import FullDynamodb

_ALIKE = (
    "AttributeDefinitions",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexUpdates",
    "OnDemandThroughput",
    "WarmThroughput",
)


class FullGlobalTables(GlobalTables):
    """Changes and deletes replicas too."""

    dynamodb: FullDynamodb

    def __init__(self, dynamodb: FullDynamodb) -> None:
        super().__init__(dynamodb)

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        response = super().send(request)
        if not request.parameters.get("ReplicaUpdates"):
            self._follow(request)
        return response

    def group(self, request: Request, name: str) -> Group | None:
        return self.groups.get((request.account_id, name))

    def table(self, request: Request, name: str) -> Json | None:
        """The table's description, or None."""
        described = self.dynamodb.table(request, name)
        return None if described is None else self.describe(request, name)

    def align_units(self, request: Request, name: str) -> None:
        """A change of units by a scalable target reaches the other replicas too."""
        for other in self.others(request, name):
            self.dynamodb.set_units(other, name, self.dynamodb.describe(request, name))

    def update_replica(self, request: Request, update: Json) -> None:
        name = request.parameters["TableName"]
        if "Create" in update:
            super().update_replica(request, update)
            self._copy_time_to_live(request, update["Create"]["RegionName"])
        elif "Delete" in update:
            region = update["Delete"]["RegionName"]
            deletion = {"TableName": name}
            self.dynamodb.send(
                replace(request, operation="DeleteTable", region=region, parameters=deletion)
            )
            self._leave(request, name, region)
        else:
            self._change(request, update["Update"])

    def _copy_time_to_live(self, request: Request, region: str) -> None:
        name = request.parameters["TableName"]
        ttl = self.dynamodb.time_to_live(request, name)
        if ttl["TimeToLiveStatus"] == "ENABLED":
            specification = {"Enabled": True, "AttributeName": ttl["AttributeName"]}
            parameters = {"TableName": name, "TimeToLiveSpecification": specification}
            self.dynamodb.send(
                replace(request, operation="UpdateTimeToLive", region=region, parameters=parameters)
            )

    def _follow(self, request: Request) -> None:
        """Sends a change of one replica to the others."""
        name = request.parameters.get("TableName", "")
        others = self.others(request, name)
        match request.operation:
            case "DeleteTable" if others:
                self._leave(request, name, request.region)
            case "UpdateTimeToLive":
                for other in others:
                    self.dynamodb.send(other)
            case "UpdateTable" if others:
                parameters = self._alike(request)
                for other in others if parameters else ():
                    self.dynamodb.send(replace(other, parameters={"TableName": name, **parameters}))

    def _alike(self, request: Request) -> Json:
        parameters = request.parameters
        alike = {key: parameters[key] for key in _ALIKE if key in parameters}
        if "KMSMasterKeyId" not in parameters.get("SSESpecification", {"KMSMasterKeyId": ""}):
            alike["SSESpecification"] = parameters["SSESpecification"]
        group = self.group(request, parameters["TableName"])
        assert group is not None
        if "TableClass" in parameters and request.region not in group.sources:
            alike["TableClass"] = parameters["TableClass"]
        return alike

    def _change(self, request: Request, wanted: Json) -> None:
        changes: Json = {"TableName": request.parameters["TableName"]}
        if "KMSMasterKeyId" in wanted:
            changes["SSESpecification"] = customer_key(wanted["KMSMasterKeyId"])
        if "TableClassOverride" in wanted:
            changes["TableClass"] = wanted["TableClassOverride"]
        self.dynamodb.send(replace(request, region=wanted["RegionName"], parameters=changes))

    def _leave(self, request: Request, name: str, region: str) -> None:
        group = self.groups[request.account_id, name]
        group.regions.remove(region)
        group.sources.pop(region, None)
        if len(group.regions) == 1:
            del self.groups[request.account_id, name]
