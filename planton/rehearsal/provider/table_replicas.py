"""aws:dynamodb/tableReplica:TableReplica: one replica as a standalone resource.

Its region is the replica's region; the table's region is part of the table's ARN.
"""

from __future__ import annotations

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import FLAG, TEXT, TEXT_MAP, block
from planton.rehearsal.provider.recovery import recovery_request
from planton.rehearsal.provider.replicas import arn_in, read_tags
from planton.rehearsal.provider.resource import Incomplete, ResourceState
from planton.rehearsal.provider.session import Session, tag_list


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

    def create(self, session: Session, inputs: Json) -> ResourceState:
        parts = inputs["globalTableArn"].split(":")
        table_region, name = parts[3], parts[5].removeprefix("table/")
        replica = {"RegionName": session.region}
        if inputs.get("kmsKeyArn"):
            replica["KMSMasterKeyId"] = inputs["kmsKeyArn"]
        if inputs.get("tableClassOverride"):
            replica["TableClassOverride"] = inputs["tableClassOverride"]
        session.within(table_region).dynamodb(
            "UpdateTable", TableName=name, ReplicaUpdates=[{"Create": replica}]
        )
        id_ = f"{name}:{table_region}"
        arn = arn_in(inputs["globalTableArn"], session.region)
        try:
            if tags := session.all_tags(inputs):
                session.dynamodb("TagResource", ResourceArn=arn, Tags=tag_list(tags))
            if inputs.get("pointInTimeRecovery"):
                session.dynamodb(
                    "UpdateContinuousBackups", **recovery_request(name, {"enabled": True})
                )
            if inputs.get("deletionProtectionEnabled"):
                session.dynamodb("UpdateTable", TableName=name, DeletionProtectionEnabled=True)
        except Refused as refused:
            resource = ResourceState(id_, self.outputs(session, name, table_region))
            raise Incomplete(refused, resource) from refused
        return ResourceState(id_, self.outputs(session, name, table_region))

    def outputs(self, session: Session, name: str, table_region: str) -> Json:
        table = session.within(table_region).dynamodb("DescribeTable", TableName=name)["Table"]
        (listed,) = [r for r in table["Replicas"] if r["RegionName"] == session.region]
        replica = session.dynamodb("DescribeTable", TableName=name)["Table"]
        backups = session.dynamodb("DescribeContinuousBackups", TableName=name)
        recovered = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        outputs: Json = {
            "arn": replica["TableArn"],
            "globalTableArn": table["TableArn"],
            "deletionProtectionEnabled": replica["DeletionProtectionEnabled"],
            "pointInTimeRecovery": recovered["PointInTimeRecoveryStatus"] == "ENABLED",
            **session.tag_outputs(read_tags(session, replica["TableArn"])),
        }
        # The account's default key is an output here, unlike in the table's own `replicas`.
        if key := replica.get("SSEDescription", {}).get("KMSMasterKeyArn"):
            outputs["kmsKeyArn"] = key
        if summary := listed.get("ReplicaTableClassSummary"):
            outputs["tableClassOverride"] = summary["TableClass"]
        return outputs
