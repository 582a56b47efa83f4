"""Global tables: each replica is a table of moto's in its own region.

moto knows no replicas, so the groups are kept here. What a replica takes over from the table is
copied when it is added: keys, indexes, throughput, encryption, class and (without strong
consistency) the stream. Items do not replicate. Later changes do not reach the replicas: a
rehearsal makes none that its result shows.

Where AWS's documentation is silent, this follows measurements of others (the findings of the AWS
Controllers for Kubernetes on `ReplicaUpdates`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from planton.rehearsal.aws.moto_dynamodb import MotoDynamodb
from planton.rehearsal.aws.replica_creation import class_of, replica_creation
from planton.rehearsal.aws.requests import Json, Request

VERSION = "2019.11.21"
BOTH_IMAGES = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@dataclass
class Group:
    """The regions of one global table, in the order in which they joined."""

    regions: list[str]
    sources: dict[str, str] = field(default_factory=dict)
    """For each replica's region, the region from which it was added."""
    strong: bool = False
    witness: str | None = None


class GlobalTables:
    """DynamoDB with replicas; the groups live as long as this object."""

    def __init__(self, dynamodb: MotoDynamodb) -> None:
        self.dynamodb = dynamodb
        self.groups: dict[tuple[str, str], Group] = {}
        """By account and table name."""

    def send(self, request: Request) -> Json:
        """The response. Raises botocore's ClientError."""
        if updates := request.parameters.get("ReplicaUpdates"):
            for update in updates:
                self.update_replica(request, update)
            self._add_witness(request)
            name = request.parameters["TableName"]
            return {"TableDescription": self.describe(request, name)}
        response = self.dynamodb.send(request)
        for key in ("Table", "TableDescription"):
            if key in response:
                response[key] = self._completed(request, response[key])
        return response

    def note(self, request: Request) -> None:
        """Keeps what moto drops of a request that it has answered itself, which creates, updates or
        deletes a table."""
        if request.operation != "DeleteTable":
            self.dynamodb.keep(request)
            return
        self.dynamodb.forget(request)
        group = self.groups.get((request.account_id, request.parameters["TableName"]))
        if group is not None and request.region in group.regions:
            group.regions.remove(request.region)

    def describe(self, request: Request, name: str) -> Json:
        """The table's description. Raises botocore's ClientError if it does not exist."""
        return self._completed(request, self.dynamodb.describe(request, name))

    def update_replica(self, request: Request, update: Json) -> None:
        """Adds a replica."""
        replica, name = update["Create"], request.parameters["TableName"]
        strong = request.parameters.get("MultiRegionConsistency") == "STRONG"
        group = self.groups.setdefault(
            (request.account_id, name), Group([request.region], strong=strong)
        )
        table = self.dynamodb.describe(request, name)
        if not group.strong and not table.get("StreamSpecification"):
            # AWS enables the stream itself, for good.
            stream = {"TableName": name, "StreamSpecification": BOTH_IMAGES}
            self.dynamodb.send(replace(request, parameters=stream))
            table["StreamSpecification"] = BOTH_IMAGES
        creation = replica_creation(table, replica, streams=not group.strong)
        region = replica["RegionName"]
        self.dynamodb.send(
            replace(request, operation="CreateTable", region=region, parameters=creation)
        )
        group.regions.append(region)
        group.sources[region] = request.region

    def _add_witness(self, request: Request) -> None:
        group = self.groups.get((request.account_id, request.parameters["TableName"]))
        for update in request.parameters.get("GlobalTableWitnessUpdates", ()):
            if group is not None and "Create" in update:
                group.witness = update["Create"]["RegionName"]

    def others(self, request: Request, name: str) -> list[Request]:
        """The request once for each other region of the global table."""
        group = self.groups.get((request.account_id, name))
        if group is None or request.region not in group.regions:
            return []
        return [replace(request, region=r) for r in group.regions if r != request.region]

    def _completed(self, request: Request, table: Json) -> Json:
        name = table["TableName"]
        others = self.others(request, name)
        if not others:
            return table
        group = self.groups[request.account_id, name]
        table |= {
            "GlobalTableVersion": VERSION,
            "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
            "Replicas": [self._replica(other, table) for other in others],
        }
        if group.strong:
            table["MultiRegionConsistency"] = "STRONG"
        if group.witness is not None:
            witness = {"RegionName": group.witness, "WitnessStatus": "ACTIVE"}
            table["GlobalTableWitnesses"] = [witness]
        return table

    def _replica(self, request: Request, listing: Json) -> Json:
        """A replica in the description of another, `listing`, without what both have in common.

        It is measured that the class is described where it is not STANDARD; that it is described
        where only the other's class differs is a guess.
        """
        table = self.dynamodb.describe(request, listing["TableName"])
        described: Json = {
            "RegionName": request.region,
            "ReplicaStatus": "ACTIVE",
            "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES",
        }
        if "SSEDescription" in table:
            described["KMSMasterKeyId"] = table["SSEDescription"]["KMSMasterKeyArn"]
        if {table["TableClassSummary"]["TableClass"], class_of(listing)} != {"STANDARD"}:
            described["ReplicaTableClassSummary"] = table["TableClassSummary"]
        return described
