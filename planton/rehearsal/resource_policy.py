"""aws:dynamodb/resourcePolicy:ResourcePolicy: who else may use a table, or its stream."""

from __future__ import annotations

from planton.rehearsal.errors import NOT_FOUND, POLICY_NOT_FOUND, Refused
from planton.rehearsal.properties import FLAG, TEXT, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.session import Session


class ResourcePolicy:
    """Its id is the ARN. Every update puts the whole policy, changed or not."""

    type = "aws:dynamodb/resourcePolicy:ResourcePolicy"
    inputs = block(
        "policy resourceArn",
        policy=TEXT,
        resourceArn=TEXT,
        confirmRemoveSelfResourceAccess=FLAG,
        region=TEXT,
    )
    replaced_by = frozenset({"resourceArn", "region"})

    def create(self, session: Session, inputs: Json) -> Made:
        return self._put(session, inputs)

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        try:
            found = session.dynamodb("GetResourcePolicy", ResourceArn=id_)
        except Refused as refused:
            if refused.code in (NOT_FOUND, POLICY_NOT_FOUND):
                return None
            raise
        return {
            "resourceArn": id_,
            "policy": found["Policy"],
            "revisionId": found["RevisionId"],
            "confirmRemoveSelfResourceAccess": state.get("confirmRemoveSelfResourceAccess", False),
        }

    def update(self, session: Session, _id: str, _state: Json, inputs: Json) -> Made:
        return self._put(session, inputs)

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        try:
            session.dynamodb("DeleteResourcePolicy", ResourceArn=id_)
        except Refused as refused:
            if refused.code not in (NOT_FOUND, POLICY_NOT_FOUND):
                raise

    def _put(self, session: Session, inputs: Json) -> Made:
        confirmed = inputs.get("confirmRemoveSelfResourceAccess", False)
        put = session.dynamodb(
            "PutResourcePolicy",
            ResourceArn=inputs["resourceArn"],
            Policy=inputs["policy"],
            # The SDK leaves out what is false.
            **({"ConfirmRemoveSelfResourceAccess": True} if confirmed else {}),
        )
        outputs = {
            "resourceArn": inputs["resourceArn"],
            "policy": inputs["policy"],
            "revisionId": put["RevisionId"],
            "confirmRemoveSelfResourceAccess": confirmed,
        }
        return Made(inputs["resourceArn"], outputs)
