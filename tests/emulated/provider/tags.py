"""Single tags over their whole life. Unlike most resources, one whose owner is gone cannot be
deleted: the provider passes AWS's refusal on (tag_gen.go)."""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.tags import Tag
from tests.emulated.provider.lifecycle import ignoring


class TagLifecycle(Tag):
    replaced_by = frozenset({"resourceArn", "key", "region"})

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        arn, _, key = id_.partition(",")
        with ignoring(NOT_FOUND):
            try:
                return self.outputs(session, arn, key)
            except KeyError:
                return None
        return None

    def update(self, session: Session, id_: str, _state: Json, inputs: Json) -> ResourceState:
        arn, key = inputs["resourceArn"], inputs["key"]
        self.put(session, arn, key, inputs["value"])
        return ResourceState(id_, self.outputs(session, arn, key))

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        arn, _, key = id_.partition(",")
        session.dynamodb("UntagResource", ResourceArn=arn, TagKeys=[key])
