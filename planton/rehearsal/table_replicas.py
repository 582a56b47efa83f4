"""aws:dynamodb/tableReplica:TableReplica: one replica as a resource of its own.

Its region is the replica's; the table's is in the table's ARN. A class that is STANDARD is not told
by AWS, so `tableClassOverride` of that value is never found again, and is a replacement each time.
"""

from __future__ import annotations

from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.properties import FLAG, TEXT, TEXT_MAP, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.replicas import NO_REPLICA, read_tags
from planton.rehearsal.session import Session
from planton.rehearsal.table_requests import recovery, tag_list


class TableReplica:
    type = "aws:dynamodb/tableReplica:TableReplica"
    inputs = block(
        "globalTableArn",
        globalTableArn=TEXT,
        kmsKeyArn=TEXT,
        pointInTimeRecovery=FLAG,
        deletionProtectionEnabled=FLAG,
        tableClassOverride=TEXT,
        tags=TEXT_MAP,
        region=TEXT,
    )
    replaced_by = frozenset({"globalTableArn", "kmsKeyArn", "tableClassOverride", "region"})

    def create(self, session: Session, inputs: Json) -> Made:
        parts = inputs["globalTableArn"].split(":")
        main, name = parts[3], parts[5].removeprefix("table/")
        if main == session.region:
            message = "replica cannot be in same region as main table"
            raise Refused("provider", "InvalidReplicas", message)
        member = {"RegionName": session.region}
        if inputs.get("kmsKeyArn"):
            member["KMSMasterKeyId"] = inputs["kmsKeyArn"]
        if inputs.get("tableClassOverride"):
            member["TableClassOverride"] = inputs["tableClassOverride"]
        session.within(main).dynamodb(
            "UpdateTable", TableName=name, ReplicaUpdates=[{"Create": member}]
        )
        id_ = f"{name}:{main}"
        arn = ":".join([*parts[:3], session.region, *parts[4:]])
        try:
            if tags := session.all_tags(inputs):
                session.dynamodb("TagResource", ResourceArn=arn, Tags=tag_list(tags))
            _change(session, name, {}, inputs)
        except Refused as refused:
            refused.made = self._made(session, id_)
            raise
        return self._made(session, id_)

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        name, main = id_.split(":")
        try:
            table = session.within(main).dynamodb("DescribeTable", TableName=name)["Table"]
            found = {replica["RegionName"]: replica for replica in table.get("Replicas", [])}
            if session.region not in found:
                return None
            member = session.dynamodb("DescribeTable", TableName=name)["Table"]
        except Refused as refused:
            if refused.code == NOT_FOUND:
                return None
            raise
        backups = session.dynamodb("DescribeContinuousBackups", TableName=name)
        recovered = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        outputs: Json = {
            "arn": member["TableArn"],
            "globalTableArn": table["TableArn"],
            "deletionProtectionEnabled": member["DeletionProtectionEnabled"],
            "pointInTimeRecovery": recovered["PointInTimeRecoveryStatus"] == "ENABLED",
            **session.tag_outputs(read_tags(session, member["TableArn"])),
        }
        # The account's default key is told here, unlike with the table's own replicas.
        if key := member.get("SSEDescription", {}).get("KMSMasterKeyArn"):
            outputs["kmsKeyArn"] = key
        if summary := found[session.region].get("ReplicaTableClassSummary"):
            outputs["tableClassOverride"] = summary["TableClass"]
        return outputs

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> Made:
        name, _ = id_.split(":")
        old, new = state.get("tagsAll", {}), session.all_tags(inputs)
        if removed := sorted(old.keys() - new.keys()):
            session.dynamodb("UntagResource", ResourceArn=state["arn"], TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            session.dynamodb("TagResource", ResourceArn=state["arn"], Tags=tag_list(changed))
        _change(session, name, state, inputs)
        return self._made(session, id_)

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        """What is gone already is no error, if it was the last."""
        name, main = id_.split(":")
        deletion = {"Delete": {"RegionName": session.region}}
        try:
            session.within(main).dynamodb("UpdateTable", TableName=name, ReplicaUpdates=[deletion])
        except Refused as refused:
            if NO_REPLICA not in refused.message:
                raise

    def _made(self, session: Session, id_: str) -> Made:
        outputs = self.read(session, id_, {})
        assert outputs is not None
        return Made(id_, outputs)


def _change(session: Session, name: str, state: Json, inputs: Json) -> None:
    """What is set in the replica's own region; a protection that is left out stays."""
    recovered = inputs.get("pointInTimeRecovery", False)
    if recovered != state.get("pointInTimeRecovery", False):
        session.dynamodb("UpdateContinuousBackups", **recovery(name, {"enabled": recovered}))
    before = state.get("deletionProtectionEnabled", False)
    protected = inputs.get("deletionProtectionEnabled", before)
    if protected != before:
        session.dynamodb("UpdateTable", TableName=name, DeletionProtectionEnabled=protected)
