"""aws:dynamodb/contributorInsights:ContributorInsights, of a table or of one global index."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import TEXT, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session


class ContributorInsights:
    type = "aws:dynamodb/contributorInsights:ContributorInsights"
    inputs = block("tableName", tableName=TEXT, indexName=TEXT, mode=TEXT, region=TEXT)

    def create(self, session: Session, inputs: Json) -> ResourceState:
        table, index = inputs["tableName"], inputs.get("indexName", "")
        request = {**_monitored(table, index), "ContributorInsightsAction": "ENABLE"}
        if mode := inputs.get("mode"):
            request["ContributorInsightsMode"] = mode
        session.dynamodb("UpdateContributorInsights", **request)
        id_ = f"name:{table}/index:{index}/{session.account_id}"
        return ResourceState(id_, self.outputs(session, table, index))

    def outputs(self, session: Session, table: str, index: str) -> Json:
        described = session.dynamodb("DescribeContributorInsights", **_monitored(table, index))
        return {
            "tableName": table,
            "indexName": index,
            "mode": described["ContributorInsightsMode"],
        }


def _monitored(table: str, index: str) -> Json:
    """The parameters that name a table, or one of its indexes; "" is the table itself."""
    return {"TableName": table} | ({"IndexName": index} if index else {})
