"""aws:dynamodb/resourcePolicy:ResourcePolicy, of a table or of its stream."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import FLAG, TEXT, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session


class ResourcePolicy:
    """Its id is the ARN of the table or stream."""

    type = "aws:dynamodb/resourcePolicy:ResourcePolicy"
    inputs = block(
        "policy resourceArn",
        policy=TEXT,
        resourceArn=TEXT,
        confirmRemoveSelfResourceAccess=FLAG,
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        confirmed = inputs.get("confirmRemoveSelfResourceAccess", False)
        response = session.dynamodb(
            "PutResourcePolicy",
            ResourceArn=inputs["resourceArn"],
            Policy=inputs["policy"],
            # The SDK leaves out what is false.
            **({"ConfirmRemoveSelfResourceAccess": True} if confirmed else {}),
        )
        outputs = {
            "resourceArn": inputs["resourceArn"],
            "policy": inputs["policy"],
            "revisionId": response["RevisionId"],
            "confirmRemoveSelfResourceAccess": confirmed,
        }
        return ResourceState(inputs["resourceArn"], outputs)
