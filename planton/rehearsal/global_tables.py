"""Tables that replicate each other: each member is a real table of moto's in a region of its own.

moto knows no replicas, so who belongs together is kept here, and what AWS keeps alike is sent to
every member: indexes, billing mode, units, maxima, warm throughput, the type of encryption, TTL, a
class that is set where the group began, and (but for strong consistency) the stream. Tags,
recovery, protection, policies and insights stay each member's own. Items do not replicate. AWS also
copies the scaling of writes to a new replica's region and leaves it there for ever; that is not
done here.

Where AWS's documentation is silent, this follows what others have measured of it (the findings of
the AWS Controllers for Kubernetes on `ReplicaUpdates`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from planton.rehearsal.copies import class_of, customer_key, replica_creation
from planton.rehearsal.moto_dynamodb import MotoDynamodb
from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import DYNAMODB

VERSION = "2019.11.21"
OWN_KEY = ":alias/aws/dynamodb"
_ALIKE = (
    "AttributeDefinitions",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexUpdates",
    "OnDemandThroughput",
    "WarmThroughput",
)
_BOTH_IMAGES = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@dataclass
class Group:
    """The regions in which one table is, in the order in which they joined."""

    regions: list[str]
    sources: dict[str, str] = field(default_factory=dict)
    """Each replica's region, and the region from which it was added."""
    strong: bool = False
    witness: str | None = None


class GlobalTables:
    """DynamoDB with replicas; the groups live as long as this object."""

    def __init__(self, dynamodb: MotoDynamodb) -> None:
        self._dynamodb = dynamodb
        self._groups: dict[tuple[str, str], Group] = {}

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        updates = request.parameters.get("ReplicaUpdates")
        if updates:
            self._update_replicas(request, updates)
            description = self._dynamodb.table(request, request.parameters["TableName"])
            return {"TableDescription": self._completed(request, description or {})}
        response = self._dynamodb.send(request)
        self._follow(request)
        for key in ("Table", "TableDescription"):
            if key in response:
                response[key] = self._completed(request, response[key])
        return response

    def group(self, request: Request, name: str) -> Group | None:
        return self._groups.get((request.account_id, name))

    def table(self, request: Request, name: str) -> Json | None:
        """The table as DescribeTable tells it, or None."""
        described = self._dynamodb.table(request, name)
        return None if described is None else self._completed(request, described)

    def time_to_live(self, request: Request, name: str) -> Json:
        return self._dynamodb.time_to_live(request, name)

    def align_units(self, request: Request, name: str) -> None:
        """What a scalable target has moved past all requests moves on the other members too."""
        for other in self._others(request, name):
            self._dynamodb.set_units(other, name, self._dynamodb.table(request, name) or {})

    def _others(self, request: Request, name: str) -> list[Request]:
        """The request as it would be at each other member."""
        group = self.group(request, name)
        if group is None or request.region not in group.regions:
            return []
        return [replace(request, region=r) for r in group.regions if r != request.region]

    def _follow(self, request: Request) -> None:
        """What a member was told, the others hear as well."""
        name = request.parameters.get("TableName", "")
        others = self._others(request, name)
        match request.operation:
            case "DeleteTable" if others:
                self._leave(request, name, request.region)
            case "UpdateTimeToLive":
                for other in others:
                    self._dynamodb.send(other)
            case "UpdateTable" if others:
                parameters = self._alike(request)
                for other in others if parameters else ():
                    self._dynamodb.send(
                        replace(other, parameters={"TableName": name, **parameters})
                    )

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

    def _update_replicas(self, request: Request, updates: list[Json]) -> None:
        name = request.parameters["TableName"]
        strong = request.parameters.get("MultiRegionConsistency") == "STRONG"
        for update in updates:
            if "Create" in update:
                group = self._groups.setdefault(
                    (request.account_id, name), Group([request.region], strong=strong)
                )
                self._add(request, update["Create"], group)
            elif "Delete" in update:
                gone = replace(
                    request,
                    operation="DeleteTable",
                    region=update["Delete"]["RegionName"],
                    parameters={"TableName": name},
                )
                self._dynamodb.send(gone)
                self._leave(request, name, gone.region)
            else:
                self._change(request, update["Update"])
        for update in request.parameters.get("GlobalTableWitnessUpdates", ()):
            if "Create" in update:
                self._groups[request.account_id, name].witness = update["Create"]["RegionName"]

    def _add(self, request: Request, wanted: Json, group: Group) -> None:
        name, region = request.parameters["TableName"], wanted["RegionName"]
        table = self._dynamodb.table(request, name)
        assert table is not None
        if not group.strong and not table.get("StreamSpecification"):
            # AWS switches the stream on by itself, and leaves it on for ever.
            stream = {"TableName": name, "StreamSpecification": _BOTH_IMAGES}
            self._dynamodb.send(replace(request, parameters=stream))
            table["StreamSpecification"] = _BOTH_IMAGES
        creation = replica_creation(table, wanted, streams=not group.strong)
        self._dynamodb.send(
            replace(request, operation="CreateTable", region=region, parameters=creation)
        )
        lifetime = self._dynamodb.time_to_live(request, name)
        if lifetime["TimeToLiveStatus"] == "ENABLED":
            specification = {"Enabled": True, "AttributeName": lifetime["AttributeName"]}
            parameters = {"TableName": name, "TimeToLiveSpecification": specification}
            self._dynamodb.send(
                replace(request, operation="UpdateTimeToLive", region=region, parameters=parameters)
            )
        group.regions.append(region)
        group.sources[region] = request.region

    def _change(self, request: Request, wanted: Json) -> None:
        changes: Json = {"TableName": request.parameters["TableName"]}
        if "KMSMasterKeyId" in wanted:
            changes["SSESpecification"] = customer_key(wanted["KMSMasterKeyId"])
        if "TableClassOverride" in wanted:
            changes["TableClass"] = wanted["TableClassOverride"]
        self._dynamodb.send(replace(request, region=wanted["RegionName"], parameters=changes))

    def _leave(self, request: Request, name: str, region: str) -> None:
        group = self._groups[request.account_id, name]
        group.regions.remove(region)
        group.sources.pop(region, None)
        if len(group.regions) == 1:
            del self._groups[request.account_id, name]

    def _completed(self, request: Request, table: Json) -> Json:
        name = table.get("TableName", "")
        others = self._others(request, name)
        if not others:
            return table
        group = self._groups[request.account_id, name]
        table |= {
            "GlobalTableVersion": VERSION,
            "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
            "Replicas": [self._replica(other, name, table) for other in others],
        }
        if group.strong:
            table["MultiRegionConsistency"] = "STRONG"
        if group.witness is not None:
            witness = {"RegionName": group.witness, "WitnessStatus": "ACTIVE"}
            table["GlobalTableWitnesses"] = [witness]
        return table

    def _replica(self, request: Request, name: str, beside: Json) -> Json:
        """A member as another one lists it; what it has in common with that one is not told.

        That the class is told where it is not STANDARD is measured; that it is told beside another
        class too is a guess.
        """
        table = self._dynamodb.table(request, name)
        assert table is not None
        described: Json = {
            "RegionName": request.region,
            "ReplicaStatus": "ACTIVE",
            "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
        }
        if "SSEDescription" in table:
            described["KMSMasterKeyId"] = table["SSEDescription"]["KMSMasterKeyArn"]
        if {table["TableClassSummary"]["TableClass"], class_of(beside)} != {"STANDARD"}:
            described["ReplicaTableClassSummary"] = table["TableClassSummary"]
        return described


def deleted_tables(request: Request) -> list[tuple[str, str, str]]:
    """Account, region and name of what a request deletes: a table, or replicas of it."""
    if request.service != DYNAMODB:
        return []
    updates = request.parameters.get("ReplicaUpdates", ())
    regions = [update["Delete"]["RegionName"] for update in updates if "Delete" in update]
    if request.operation == "DeleteTable":
        regions = [request.region]
    return [(request.account_id, region, request.parameters["TableName"]) for region in regions]
