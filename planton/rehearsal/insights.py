"""aws:dynamodb/contributorInsights:ContributorInsights, of a table or of one global index."""

from __future__ import annotations

from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.properties import TEXT, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.session import Session


class ContributorInsights:
    type = "aws:dynamodb/contributorInsights:ContributorInsights"
    inputs = block("tableName", tableName=TEXT, indexName=TEXT, mode=TEXT, region=TEXT)
    replaced_by = frozenset({"tableName", "indexName", "region"})

    def create(self, session: Session, inputs: Json) -> Made:
        self._act(session, inputs, "ENABLE", inputs.get("mode"))
        table, index = inputs["tableName"], inputs.get("indexName", "")
        id_ = f"name:{table}/index:{index}/{session.account_id}"
        return self._made(session, id_)

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        place = _place(id_)
        asked = {"TableName": place["tableName"]}
        if place["indexName"]:
            asked["IndexName"] = place["indexName"]
        try:
            described = session.dynamodb("DescribeContributorInsights", **asked)
        except Refused as refused:
            if refused.code == NOT_FOUND:
                return None
            raise
        if described["ContributorInsightsStatus"] == "DISABLED":
            return None
        return {**place, "mode": described["ContributorInsightsMode"]}

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> Made:
        if "mode" in inputs and inputs["mode"] != state.get("mode"):
            self._act(session, _place(id_), "ENABLE", inputs["mode"])
        return self._made(session, id_)

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        try:
            self._act(session, _place(id_), "DISABLE", None)
        except Refused as refused:
            if refused.code != NOT_FOUND:
                raise

    def _act(self, session: Session, place: Json, action: str, mode: str | None) -> None:
        request = {"TableName": place["tableName"], "ContributorInsightsAction": action}
        if place.get("indexName"):
            request["IndexName"] = place["indexName"]
        if mode:
            request["ContributorInsightsMode"] = mode
        session.dynamodb("UpdateContributorInsights", **request)

    def _made(self, session: Session, id_: str) -> Made:
        outputs = self.read(session, id_, {})
        assert outputs is not None
        return Made(id_, outputs)


def _place(id_: str) -> Json:
    """`name:TABLE/index:INDEX/ACCOUNT`; no index is the table itself."""
    table, index, _ = id_.split("/")
    return {
        "tableName": table.removeprefix("name:"),
        "indexName": index.removeprefix("index:"),
    }
