"""Standalone replicas over their whole life.

AWS does not describe the class STANDARD, so a `tableClassOverride` of that value is never read, and
replaces the replica each time.
"""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.recovery import recovery_request
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session, tag_list
from planton.rehearsal.provider.table_replicas import TableReplica
from tests.emulated.provider.lifecycle import ignoring
from tests.emulated.provider.replicas import NO_REPLICA


class ReplicaLifecycle(TableReplica):
    replaced_by = frozenset({"globalTableArn", "kmsKeyArn", "tableClassOverride", "region"})

    def create(self, session: Session, inputs: Json) -> ResourceState:
        if inputs["globalTableArn"].split(":")[3] == session.region:
            message = "replica cannot be in same region as main table"
            raise Refused("provider", "InvalidReplicas", message)
        return super().create(session, inputs)

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        name, table_region = id_.split(":")
        with ignoring(NOT_FOUND):
            table = session.within(table_region).dynamodb("DescribeTable", TableName=name)["Table"]
            if session.region in {replica["RegionName"] for replica in table.get("Replicas", [])}:
                return self.outputs(session, name, table_region)
        return None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        """A protection that is left out stays."""
        name, table_region = id_.split(":")
        old, new = state.get("tagsAll", {}), session.all_tags(inputs)
        if removed := sorted(old.keys() - new.keys()):
            session.dynamodb("UntagResource", ResourceArn=state["arn"], TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            session.dynamodb("TagResource", ResourceArn=state["arn"], Tags=tag_list(changed))
        recovered = inputs.get("pointInTimeRecovery", False)
        if recovered != state.get("pointInTimeRecovery", False):
            session.dynamodb(
                "UpdateContinuousBackups", **recovery_request(name, {"enabled": recovered})
            )
        before = state.get("deletionProtectionEnabled", False)
        protected = inputs.get("deletionProtectionEnabled", before)
        if protected != before:
            session.dynamodb("UpdateTable", TableName=name, DeletionProtectionEnabled=protected)
        return ResourceState(id_, self.outputs(session, name, table_region))

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        """Succeeds if the replica does not exist, if it was the last."""
        name, table_region = id_.split(":")
        deletion = {"Delete": {"RegionName": session.region}}
        try:
            session.within(table_region).dynamodb(
                "UpdateTable", TableName=name, ReplicaUpdates=[deletion]
            )
        except Refused as refused:
            if NO_REPLICA not in refused.message:
                raise
