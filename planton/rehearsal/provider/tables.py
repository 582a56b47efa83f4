"""aws:dynamodb/table:Table, created with the real provider's requests."""

from __future__ import annotations

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider import replicas, sources
from planton.rehearsal.provider.properties import (
    FLAG,
    INTEGER,
    TEXT,
    TEXT_MAP,
    TEXTS,
    Blocks,
    block,
)
from planton.rehearsal.provider.recovery import RECOVERY, recovery_request
from planton.rehearsal.provider.replicas import REPLICAS, WITNESS
from planton.rehearsal.provider.resource import Incomplete, ResourceState
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.table_requests import creation, time_to_live
from planton.rehearsal.provider.table_state import table_outputs

_ON_DEMAND = block(maxReadRequestUnits=INTEGER, maxWriteRequestUnits=INTEGER)
_WARM = block(readUnitsPerSecond=INTEGER, writeUnitsPerSecond=INTEGER)
_GLOBAL_INDEX = block(
    "name projectionType",
    name=TEXT,
    hashKey=TEXT,
    rangeKey=TEXT,
    keySchemas=Blocks(block("attributeName keyType", attributeName=TEXT, keyType=TEXT)),
    projectionType=TEXT,
    nonKeyAttributes=TEXTS,
    readCapacity=INTEGER,
    writeCapacity=INTEGER,
    onDemandThroughput=_ON_DEMAND,
    warmThroughput=_WARM,
)


class Table:
    type = "aws:dynamodb/table:Table"
    inputs = block(
        "name",
        name=TEXT,
        billingMode=TEXT,
        attributes=Blocks(block("name type", name=TEXT, type=TEXT)),
        hashKey=TEXT,
        rangeKey=TEXT,
        readCapacity=INTEGER,
        writeCapacity=INTEGER,
        onDemandThroughput=_ON_DEMAND,
        warmThroughput=_WARM,
        globalSecondaryIndexes=Blocks(_GLOBAL_INDEX),
        localSecondaryIndexes=Blocks(
            block(
                "name projectionType rangeKey",
                name=TEXT,
                rangeKey=TEXT,
                projectionType=TEXT,
                nonKeyAttributes=TEXTS,
            )
        ),
        ttl=block(enabled=FLAG, attributeName=TEXT),
        streamEnabled=FLAG,
        streamViewType=TEXT,
        serverSideEncryption=block("enabled", enabled=FLAG, kmsKeyArn=TEXT),
        pointInTimeRecovery=RECOVERY,
        tableClass=TEXT,
        deletionProtectionEnabled=FLAG,
        replicas=REPLICAS,
        globalTableWitness=WITNESS,
        **sources.INPUTS,
        tags=TEXT_MAP,
        region=TEXT,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        name, tags = inputs["name"], session.all_tags(inputs)
        if not sources.create(session, inputs):
            session.dynamodb("CreateTable", **creation(inputs, tags))
        try:
            self._complete(session, inputs, tags)
        except Refused as refused:
            # The real provider records what was planned, without what only AWS knows.
            raise Incomplete(refused, ResourceState(name, {**inputs, "tagsAll": tags})) from refused
        return ResourceState(name, self.outputs(session, name, inputs))

    def _complete(self, session: Session, inputs: Json, tags: dict[str, str]) -> None:
        """What the creating request does not accept. Raises Refused."""
        name = inputs["name"]
        if inputs.get("ttl", {}).get("enabled"):
            session.dynamodb("UpdateTimeToLive", **time_to_live(name, inputs["ttl"]))
        if inputs.get("pointInTimeRecovery", {}).get("enabled"):
            session.dynamodb(
                "UpdateContinuousBackups", **recovery_request(name, inputs["pointInTimeRecovery"])
            )
        if items := [replicas.with_defaults(item) for item in inputs.get("replicas", [])]:
            witness = inputs.get("globalTableWitness", {}).get("regionName", "")
            arn = session.dynamodb("DescribeTable", TableName=name)["Table"]["TableArn"]
            self.create_replicas(session, name, items, witness)
            replicas.tag(session, arn, items, tags)

    def create_replicas(self, session: Session, name: str, items: list[Json], witness: str) -> None:
        """Raises Refused."""
        if any(item["consistencyMode"] == replicas.STRONG for item in items):
            replicas.create_strong(session, name, items, witness)
        else:
            replicas.create_eventual(session, name, items)

    def outputs(self, session: Session, name: str, inputs: Json) -> Json:
        table = session.dynamodb("DescribeTable", TableName=name)["Table"]
        members = replicas.outputs(session, table, inputs.get("replicas") or [])
        backups = session.dynamodb("DescribeContinuousBackups", TableName=name)
        ttl = session.dynamodb("DescribeTimeToLive", TableName=name)
        outputs = table_outputs(
            table, backups["ContinuousBackupsDescription"], ttl["TimeToLiveDescription"]
        )
        # Without a stream AWS describes no view type, and the provider keeps the last one.
        outputs["streamViewType"] = outputs["streamViewType"] or inputs.get("streamViewType", "")
        tags = session.tag_outputs(replicas.read_tags(session, table["TableArn"]))
        return {**outputs, "replicas": members, **sources.outputs(inputs), **tags}
