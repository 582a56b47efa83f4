"""aws:dynamodb/tag:Tag: one tag of a table or of a replica."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import TEXT, block
from planton.rehearsal.provider.replicas import read_tags
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session


class Tag:
    """Its id is the ARN and the key."""

    type = "aws:dynamodb/tag:Tag"
    inputs = block("resourceArn key value", resourceArn=TEXT, key=TEXT, value=TEXT, region=TEXT)

    def create(self, session: Session, inputs: Json) -> ResourceState:
        arn, key = inputs["resourceArn"], inputs["key"]
        self.put(session, arn, key, inputs["value"])
        return ResourceState(f"{arn},{key}", self.outputs(session, arn, key))

    def put(self, session: Session, arn: str, key: str, value: str) -> None:
        """Creates the tag, or changes its value."""
        session.dynamodb("TagResource", ResourceArn=arn, Tags=[{"Key": key, "Value": value}])

    def outputs(self, session: Session, arn: str, key: str) -> Json:
        return {"resourceArn": arn, "key": key, "value": read_tags(session, arn)[key]}
