"""The `replicas` of aws:dynamodb/table:Table, created in the real provider's order of requests."""

from __future__ import annotations

from planton.rehearsal.aws.moto_dynamodb import DEFAULT_KEY
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import FLAG, TEXT, Blocks, block
from planton.rehearsal.provider.recovery import recovery_request
from planton.rehearsal.provider.session import Session, tag_list, tag_map

EVENTUAL, STRONG = "EVENTUAL", "STRONG"

REPLICAS = Blocks(
    block(
        "regionName",
        regionName=TEXT,
        kmsKeyArn=TEXT,
        pointInTimeRecovery=FLAG,
        deletionProtectionEnabled=FLAG,
        propagateTags=FLAG,
        consistencyMode=TEXT,
    )
)
WITNESS = block(regionName=TEXT)

_DEFAULTS: Json = {
    "kmsKeyArn": "",
    "deletionProtectionEnabled": False,
    "pointInTimeRecovery": False,
    "propagateTags": False,
    "consistencyMode": EVENTUAL,
}


def with_defaults(item: Json) -> Json:
    """A replica's inputs with the defaults of those that are left out."""
    set_ = {key: value for key, value in item.items() if value is not None}
    return {"regionName": item["regionName"], **{k: set_.get(k, v) for k, v in _DEFAULTS.items()}}


def create_strong(session: Session, name: str, items: list[Json], witness: str) -> None:
    """`items` have their defaults; `witness` is a region or "". Raises Refused."""
    request: Json = {"MultiRegionConsistency": STRONG}
    if witness:
        request["GlobalTableWitnessUpdates"] = [{"Create": {"RegionName": witness}}]
    request["ReplicaUpdates"] = [{"Create": replica_action(item)} for item in items]
    session.dynamodb("UpdateTable", TableName=name, **request)
    for item in items:
        set_recovery(session, name, item)


def create_eventual(session: Session, name: str, items: list[Json]) -> None:
    """`items` have their defaults. Raises Refused."""
    for item in items:
        updates = [{"Create": replica_action(item)}]
        session.dynamodb("UpdateTable", TableName=name, ReplicaUpdates=updates)
        set_recovery(session, name, item)
        set_protection(session, name, item)


def replica_action(item: Json) -> Json:
    """The action of a request about one replica."""
    action = {"RegionName": item["regionName"]}
    if item["kmsKeyArn"]:
        action["KMSMasterKeyId"] = item["kmsKeyArn"]
    return action


def set_recovery(session: Session, name: str, item: Json) -> None:
    request = recovery_request(name, {"enabled": item["pointInTimeRecovery"]})
    session.within(item["regionName"]).dynamodb("UpdateContinuousBackups", **request)


def set_protection(session: Session, name: str, item: Json) -> None:
    protected = item["deletionProtectionEnabled"]
    session.within(item["regionName"]).dynamodb(
        "UpdateTable", TableName=name, DeletionProtectionEnabled=protected
    )


def tag(session: Session, arn: str, items: list[Json], tags: dict[str, str]) -> None:
    """Gives the table's tags to the replicas that want them; `arn` is the table's."""
    for item in items:
        if item["propagateTags"]:
            region = item["regionName"]
            set_tags(session.within(region), arn_in(arn, region), tags)


def set_tags(session: Session, arn: str, tags: dict[str, str]) -> None:
    """Adds the tags, and changes those with another value; it deletes none."""
    old = read_tags(session, arn)
    if changed := {key: value for key, value in tags.items() if old.get(key) != value}:
        session.dynamodb("TagResource", ResourceArn=arn, Tags=tag_list(changed))


def read_tags(session: Session, arn: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    page: Json = {}
    while True:
        response = session.dynamodb("ListTagsOfResource", ResourceArn=arn, **page)
        tags |= tag_map(response["Tags"])
        if "NextToken" not in response:
            return tags
        page = {"NextToken": response["NextToken"]}


def outputs(session: Session, table: Json, inputs: list[Json]) -> list[Json]:
    """The outputs for a table's replicas, from a description of each in its region."""
    propagated = {item["regionName"] for item in inputs if item.get("propagateTags")}
    name, listed = table["TableName"], table.get("Replicas", [])
    backups = {}
    for replica in listed:
        region = replica["RegionName"]
        response = session.within(region).dynamodb("DescribeContinuousBackups", TableName=name)
        backups[region] = response["ContinuousBackupsDescription"]
    items = []
    for replica in listed:
        region = replica["RegionName"]
        described = session.within(region).dynamodb("DescribeTable", TableName=name)["Table"]
        key = described.get("SSEDescription", {}).get("KMSMasterKeyArn", "")
        recovered = backups[region]["PointInTimeRecoveryDescription"]
        items.append(
            {
                "regionName": region,
                "arn": arn_in(table["TableArn"], region),
                "kmsKeyArn": "" if key.endswith(DEFAULT_KEY) else key,
                "pointInTimeRecovery": recovered["PointInTimeRecoveryStatus"] == "ENABLED",
                "deletionProtectionEnabled": described["DeletionProtectionEnabled"],
                "propagateTags": region in propagated,
                "consistencyMode": table.get("MultiRegionConsistency", EVENTUAL),
                "streamArn": described.get("LatestStreamArn", ""),
                "streamLabel": described.get("LatestStreamLabel", ""),
            }
        )
    return items


def arn_in(arn: str, region: str) -> str:
    """The ARN of the same table in another region."""
    parts = arn.split(":")
    return ":".join([*parts[:3], region, *parts[4:]])
