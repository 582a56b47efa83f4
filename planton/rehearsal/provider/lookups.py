"""Functions of the provider that read an existing table and its KMS key."""

from __future__ import annotations

from collections.abc import Callable

from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.iam import NO_SUCH_ENTITY
from planton.rehearsal.aws.moto_dynamodb import DEFAULT_KEY
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.access import AccessPolicy
from planton.rehearsal.provider.properties import TEXT, TEXT_MAP, Block, block
from planton.rehearsal.provider.replicas import read_tags
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.table_state import table_outputs

GET_TABLE = "aws:dynamodb/getTable:getTable"


def get_table(session: Session, arguments: Json) -> Json:
    """Raises Refused, with the provider's message if the table does not exist."""
    name = arguments["name"]
    try:
        table = session.dynamodb("DescribeTable", TableName=name)["Table"]
    except Refused as refused:
        if refused.code != NOT_FOUND:
            raise
        message = f"reading Dynamodb Table ({name}): couldn't find resource"
        raise Refused("provider", refused.code, message) from refused
    backups = session.dynamodb("DescribeContinuousBackups", TableName=name)
    ttl = session.dynamodb("DescribeTimeToLive", TableName=name)
    outputs = table_outputs(
        table, backups["ContinuousBackupsDescription"], ttl["TimeToLiveDescription"]
    )
    for one, many in (
        ("onDemandThroughput", "onDemandThroughputs"),
        ("warmThroughput", "warmThroughputs"),
    ):
        for block_ in (outputs, *outputs["globalSecondaryIndexes"]):
            block_[many] = [block_.pop(one)] if one in block_ else []
    outputs.pop("globalTableWitness", None)
    if encryption := table.get("SSEDescription"):  # including the AWS managed key
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


GET_KEY = "aws:kms/getKey:getKey"


def get_key(_session: Session, arguments: Json) -> Json:
    """Of all that it returns only who manages the key."""
    key = arguments["keyId"]
    managed = key.endswith(DEFAULT_KEY)
    return {"id": key, "keyId": key, "arn": key, "keyManager": "AWS" if managed else "CUSTOMER"}


GET_POLICY = "aws:iam/getPolicy:getPolicy"


def get_policy(session: Session, arguments: Json) -> Json:
    """Raises Refused, with the provider's message if the policy does not exist."""
    arn = arguments["arn"]
    try:
        return {"id": arn, **AccessPolicy().outputs(session, arn)}
    except Refused as refused:
        if refused.code != NO_SUCH_ENTITY:
            raise
        message = f"reading IAM Policy ({arn}): couldn't find resource"
        raise Refused("provider", refused.code, message) from refused


FUNCTIONS: dict[str, tuple[Block, Callable[[Session, Json], Json]]] = {
    GET_TABLE: (block("name", name=TEXT, region=TEXT, tags=TEXT_MAP), get_table),
    GET_KEY: (block("keyId", keyId=TEXT, region=TEXT), get_key),
    GET_POLICY: (block("arn", arn=TEXT), get_policy),
}
