"""Which tables a request deletes."""

from __future__ import annotations

from planton.rehearsal.aws.requests import DYNAMODB, Request
from planton.rehearsal.aws.unemulated import Table


def deleted_tables(request: Request) -> list[Table]:
    """The table of a DeleteTable request, or the replicas that a request deletes."""
    if request.service != DYNAMODB:
        return []
    updates = request.parameters.get("ReplicaUpdates", ())
    regions = [update["Delete"]["RegionName"] for update in updates if "Delete" in update]
    if request.operation == "DeleteTable":
        regions = [request.region]
    return [(request.account_id, region, request.parameters["TableName"]) for region in regions]
