"""Functions of the provider: aws:dynamodb/getTable:getTable, a table that somebody else made."""

from __future__ import annotations

from collections.abc import Callable

from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.properties import TEXT, TEXT_MAP, Block, block
from planton.rehearsal.records import Json
from planton.rehearsal.replicas import read_tags
from planton.rehearsal.session import Session
from planton.rehearsal.table_state import table_outputs

GET_TABLE = "aws:dynamodb/getTable:getTable"


def get_table(session: Session, arguments: Json) -> Json:
    """Raises Refused, in the provider's words where there is no such table."""
    name = arguments["name"]
    try:
        table = session.dynamodb("DescribeTable", TableName=name)["Table"]
    except Refused as refused:
        if refused.code != NOT_FOUND:
            raise
        message = f"reading Dynamodb Table ({name}): couldn't find resource"
        raise Refused("provider", refused.code, message) from refused
    backups = session.dynamodb("DescribeContinuousBackups", TableName=name)
    lifetime = session.dynamodb("DescribeTimeToLive", TableName=name)
    outputs = table_outputs(
        table,
        backups["ContinuousBackupsDescription"],
        lifetime["TimeToLiveDescription"],
        view_type_before="",
    )
    for one, many in (
        ("onDemandThroughput", "onDemandThroughputs"),
        ("warmThroughput", "warmThroughputs"),
    ):
        for holder in (outputs, *outputs["globalSecondaryIndexes"]):
            holder[many] = [holder.pop(one)] if one in holder else []
    outputs.pop("globalTableWitness", None)
    if encryption := table.get("SSEDescription"):  # the account's own key is told here
        outputs["serverSideEncryption"]["kmsKeyArn"] = encryption["KMSMasterKeyArn"]
    return {
        "rangeKey": "",
        **outputs,
        "globalSecondaryIndexes": [
            {"hashKey": "", "rangeKey": "", **index} for index in outputs["globalSecondaryIndexes"]
        ],
        "replicas": [
            {"regionName": replica["RegionName"], "kmsKeyArn": replica.get("KMSMasterKeyId", "")}
            for replica in table.get("Replicas", [])
        ],
        "tags": session.tag_outputs(read_tags(session, table["TableArn"]))["tagsAll"],
        "id": name,
        "region": session.region,
    }


FUNCTIONS: dict[str, tuple[Block, Callable[[Session, Json], Json]]] = {
    GET_TABLE: (block("name", name=TEXT, region=TEXT, tags=TEXT_MAP), get_table)
}
