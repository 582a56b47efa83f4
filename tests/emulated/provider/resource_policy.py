"""Resource policies over their whole life: every update puts the whole policy, changed or not."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.resource_policy import ResourcePolicy
from planton.rehearsal.provider.session import Session
from tests.emulated.codes import POLICY_NOT_FOUND
from tests.emulated.provider.lifecycle import ignoring


class PolicyLifecycle(ResourcePolicy):
    replaced_by = frozenset({"resourceArn", "region"})

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        with ignoring(NOT_FOUND, POLICY_NOT_FOUND):
            found = session.dynamodb("GetResourcePolicy", ResourceArn=id_)
            confirmed = state.get("confirmRemoveSelfResourceAccess", False)
            return {
                "resourceArn": id_,
                "policy": found["Policy"],
                "revisionId": found["RevisionId"],
                "confirmRemoveSelfResourceAccess": confirmed,
            }
        return None

    def update(self, session: Session, _id: str, _state: Json, inputs: Json) -> ResourceState:
        return self.create(session, inputs)

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        with ignoring(NOT_FOUND, POLICY_NOT_FOUND):
            session.dynamodb("DeleteResourcePolicy", ResourceArn=id_)
