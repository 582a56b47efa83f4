"""aws:dynamodb/table:Table: created, read and deleted the way the real provider does it.

The provider takes its inputs by Go's rules: false, 0, "" and an empty list count as not given
unless the text says otherwise.
"""

from __future__ import annotations

from planton.rehearsal import replicas, sources, table_updates
from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.properties import FLAG, TEXT, TEXT_MAP, TEXTS, WHOLE, Blocks, block
from planton.rehearsal.records import Json, Made
from planton.rehearsal.replicas import REPLICAS, WITNESS
from planton.rehearsal.session import Session
from planton.rehearsal.table_requests import creation, recovery, time_to_live
from planton.rehearsal.table_state import table_outputs

_ON_DEMAND = block(maxReadRequestUnits=WHOLE, maxWriteRequestUnits=WHOLE)
_WARM = block(readUnitsPerSecond=WHOLE, writeUnitsPerSecond=WHOLE)
_GLOBAL_INDEX = block(
    "name projectionType",
    name=TEXT,
    hashKey=TEXT,
    rangeKey=TEXT,
    keySchemas=Blocks(
        block("attributeName keyType", attributeName=TEXT, keyType=TEXT), key="attributeName"
    ),
    projectionType=TEXT,
    nonKeyAttributes=TEXTS,
    readCapacity=WHOLE,
    writeCapacity=WHOLE,
    onDemandThroughput=_ON_DEMAND,
    warmThroughput=_WARM,
)


class Table:
    kept = table_updates.KEPT
    type = "aws:dynamodb/table:Table"
    inputs = block(
        "name",
        name=TEXT,
        billingMode=TEXT,
        attributes=Blocks(block("name type", name=TEXT, type=TEXT)),
        hashKey=TEXT,
        rangeKey=TEXT,
        readCapacity=WHOLE,
        writeCapacity=WHOLE,
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
        pointInTimeRecovery=block("enabled", enabled=FLAG, recoveryPeriodInDays=WHOLE),
        tableClass=TEXT,
        deletionProtectionEnabled=FLAG,
        replicas=REPLICAS,
        globalTableWitness=WITNESS,
        **sources.INPUTS,
        tags=TEXT_MAP,
        region=TEXT,
    )
    replaced_by = frozenset(
        {
            "name",
            "hashKey",
            "rangeKey",
            "localSecondaryIndexes",
            "restoreDateTime",
            "restoreToLatestTime",
            "region",
        }
    )

    by_name = frozenset({"localSecondaryIndexes"})
    """Sets that the provider hashes by name: another index of the same name is the same to it."""

    def create(self, session: Session, inputs: Json) -> Made:
        name = inputs["name"]
        tags = session.all_tags(inputs)
        if not sources.create(session, inputs):
            session.dynamodb("CreateTable", **creation(inputs, tags))
        try:
            if inputs.get("ttl", {}).get("enabled"):
                session.dynamodb("UpdateTimeToLive", **time_to_live(name, inputs["ttl"]))
            if inputs.get("pointInTimeRecovery", {}).get("enabled"):
                session.dynamodb(
                    "UpdateContinuousBackups", **recovery(name, inputs["pointInTimeRecovery"])
                )
            if items := replicas.settled(inputs.get("replicas", []), []):
                witness = inputs.get("globalTableWitness", {}).get("regionName", "")
                arn = session.dynamodb("DescribeTable", TableName=name)["Table"]["TableArn"]
                replicas.create(session, name, items, witness)
                replicas.tags(session, arn, items, tags)
        except Refused as refused:
            # What was planned is recorded, whatever was done; what AWS alone knows is missing.
            refused.made = Made(name, {**inputs, "tagsAll": tags})
            raise
        return Made(name, self._outputs(session, name, inputs))

    def read(self, session: Session, id_: str, state: Json) -> Json | None:
        try:
            return self._outputs(session, id_, state)
        except Refused as refused:
            if refused.code == NOT_FOUND:
                return None
            raise

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> Made:
        lasting = {key: value for key, value in state.items() if key not in sources.INPUTS}
        table_updates.carry_out(session, id_, state, inputs)
        return Made(id_, self._outputs(session, id_, {**lasting, **inputs}))

    def delete(self, session: Session, id_: str, state: Json) -> None:
        if items := state.get("replicas"):
            witness = (state.get("globalTableWitness") or {}).get("regionName", "")
            replicas.delete(session, id_, items, witness)
        try:
            session.dynamodb("DeleteTable", TableName=id_)
        except Refused as refused:
            if refused.code != NOT_FOUND:
                raise

    def _outputs(self, session: Session, name: str, before: Json) -> Json:
        table = session.dynamodb("DescribeTable", TableName=name)["Table"]
        members = replicas.outputs(session, table, before.get("replicas") or [])
        backups = session.dynamodb("DescribeContinuousBackups", TableName=name)
        lifetime = session.dynamodb("DescribeTimeToLive", TableName=name)
        outputs = table_outputs(
            table,
            backups["ContinuousBackupsDescription"],
            lifetime["TimeToLiveDescription"],
            view_type_before=before.get("streamViewType", ""),
        )
        tags = session.tag_outputs(replicas.read_tags(session, table["TableArn"]))
        return {**outputs, "replicas": members, **sources.kept(before), **tags}
