"""The `replicas` of aws:dynamodb/table:Table, in the real provider's steps.

The provider keeps them as a set of whole items. What an item leaves out of its key and its
protection stays as recorded only while nothing else of the item changes: with any other change the
two count as none, so the replica of a customer's key is made anew where its inputs do not name the
key. (So it follows from how Terraform plans sets; it was not tried.) Nothing is done about a
witness alone, nor about a stream of strongly consistent replicas.
"""

from __future__ import annotations

from planton.rehearsal.errors import NOT_FOUND, Refused
from planton.rehearsal.global_tables import OWN_KEY
from planton.rehearsal.properties import FLAG, TEXT, Blocks, block
from planton.rehearsal.records import Json
from planton.rehearsal.session import Session
from planton.rehearsal.table_requests import recovery, tag_list

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
    ),
    key="regionName",
)
WITNESS = block(regionName=TEXT)

_ZERO: Json = {
    "kmsKeyArn": "",
    "deletionProtectionEnabled": False,
    "pointInTimeRecovery": False,
    "propagateTags": False,
    "consistencyMode": EVENTUAL,
}
_COMPUTED = ("kmsKeyArn", "deletionProtectionEnabled")
NO_REPLICA = "request was not found"
_IGNORED_AT_DELETION = (
    NO_REPLICA,
    "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is",
    "Cannot add, delete, or update the local region through ReplicaUpdates",
)


def settled(inputs: list[Json], state: list[Json]) -> list[Json]:
    """The items as they are to be, with all that the provider knows of each."""
    recorded = {item["regionName"]: _whole(item) for item in state}
    items = []
    for given in inputs:
        item, there = _whole(given), recorded.get(given["regionName"], {})
        left_out = {key: there[key] for key in _COMPUTED if there and given.get(key) is None}
        if {**item, **left_out} == there:
            item = there
        items.append(item)
    return items


def _whole(item: Json) -> Json:
    given = {key: value for key, value in item.items() if value is not None}
    return {"regionName": item["regionName"], **{k: given.get(k, v) for k, v in _ZERO.items()}}


def create(session: Session, name: str, items: list[Json], witness: str) -> None:
    """`items` are settled, and `witness` is a region or "". Raises Refused."""
    strong = [item for item in items if item["consistencyMode"] == STRONG]
    if not strong:
        _create_eventual(session, name, items)
        return
    _check_strong(len(strong), len(items), witness)
    request: Json = {"MultiRegionConsistency": STRONG}
    if witness:
        request["GlobalTableWitnessUpdates"] = [{"Create": {"RegionName": witness}}]
    request["ReplicaUpdates"] = [{"Create": _member(item)} for item in items]
    session.dynamodb("UpdateTable", TableName=name, **request)
    for item in items:
        _recovery(session, name, item)


def _check_strong(strong: int, items: int, witness: str) -> None:
    rule = (
        "creating replicas: Using MultiRegionStrongConsistency requires exactly 2 replicas, or 1"
        " replica and 1 witness region."
    )
    if strong != items:
        raise _unfit(rule)
    if strong == 1 and not witness:
        raise _unfit(
            f"{rule} Only MRSC Replica count of 1 was provided but no Witness region was provided"
        )
    if strong == 2 and witness:
        raise _unfit(
            f"{rule} MRSC Replica count of 2 was provided and a Witness region was also provided"
        )
    if strong > 2:
        raise _unfit(f"{rule} Too many Replicas were provided {strong}")


def _unfit(message: str) -> Refused:
    return Refused("provider", "InvalidReplicas", message)


def _create_eventual(
    session: Session, name: str, items: list[Json], action: str = "Create"
) -> None:
    for item in items:
        try:
            _send(session, name, action, _member(item))
        except Refused as refused:
            if action == "Create" and "already exist" in refused.message:
                _create_eventual(session, name, items, "Update")
                return
            if "no actions specified" not in refused.message:
                raise
        _recovery(session, name, item)
        _protection(session, name, item)


def _member(item: Json) -> Json:
    member = {"RegionName": item["regionName"]}
    if item["kmsKeyArn"]:
        member["KMSMasterKeyId"] = item["kmsKeyArn"]
    return member


def _send(session: Session, name: str, action: str, member: Json) -> None:
    session.dynamodb("UpdateTable", TableName=name, ReplicaUpdates=[{action: member}])


def _recovery(session: Session, name: str, item: Json) -> None:
    request = recovery(name, {"enabled": item["pointInTimeRecovery"]})
    session.within(item["regionName"]).dynamodb("UpdateContinuousBackups", **request)


def _protection(session: Session, name: str, item: Json) -> None:
    session.within(item["regionName"]).dynamodb(
        "UpdateTable",
        TableName=name,
        DeletionProtectionEnabled=item["deletionProtectionEnabled"],
    )


def update(session: Session, name: str, old: list[Json], new: list[Json], witness: str) -> None:
    """Both lists are settled. Of each replica at most one thing changes. Raises Refused."""
    before = {item["regionName"]: item for item in old if item not in new}
    after = {item["regionName"]: item for item in new if item not in old}
    added = [item for region, item in after.items() if region not in before]
    removed = [item for region, item in before.items() if region not in after]
    for region, item in after.items():
        there = before.get(region, item)
        if any(item[key] != there[key] for key in ("kmsKeyArn", "consistencyMode")):
            removed.append(there)
            added.append(item)
        elif item["pointInTimeRecovery"] != there["pointInTimeRecovery"]:
            _recovery(session, name, item)
        elif item["deletionProtectionEnabled"] != there["deletionProtectionEnabled"]:
            _protection(session, name, item)
    if removed:
        _delete(session, name, removed, witness)
    if added:
        create(session, name, added, witness)


def tags(session: Session, arn: str, items: list[Json], new: dict[str, str]) -> None:
    """The table's tags on the replicas that want them, in place of their own."""
    for item in items:
        if not item["propagateTags"]:
            continue
        region = item["regionName"]
        there, place = session.within(region), arn_in(arn, region)
        old = read_tags(there, place)
        if removed := sorted(old.keys() - new.keys()):
            there.dynamodb("UntagResource", ResourceArn=place, TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            there.dynamodb("TagResource", ResourceArn=place, Tags=tag_list(changed))


def read_tags(session: Session, arn: str) -> dict[str, str]:
    found: dict[str, str] = {}
    page: Json = {}
    while True:
        answer = session.dynamodb("ListTagsOfResource", ResourceArn=arn, **page)
        found.update({tag["Key"]: tag["Value"] for tag in answer["Tags"]})
        if "NextToken" not in answer:
            return found
        page = {"NextToken": answer["NextToken"]}


def delete(session: Session, name: str, items: list[Json], witness: str) -> None:
    """Before the table itself is deleted. Raises Refused."""
    try:
        _delete(session, name, [_whole(item) for item in items], witness)
    except Refused as refused:
        if not any(text in refused.message for text in _IGNORED_AT_DELETION):
            raise


def _delete(session: Session, name: str, items: list[Json], witness: str) -> None:
    """Strongly consistent ones at once, others side by side: one that stays keeps none back."""
    strong = [item for item in items if item["consistencyMode"] == STRONG]
    requests: list[Json] = [
        {"ReplicaUpdates": [{"Delete": {"RegionName": item["regionName"]}}]} for item in items
    ]
    if strong:
        together = {
            "ReplicaUpdates": [{"Delete": {"RegionName": item["regionName"]}} for item in strong]
        }
        if witness:
            together["GlobalTableWitnessUpdates"] = [{"Delete": {"RegionName": witness}}]
        requests = [together]
    refusals = []
    for request in requests:
        try:
            session.dynamodb("UpdateTable", TableName=name, **request)
        except Refused as refused:
            if refused.code != NOT_FOUND:
                refusals.append(refused)
    if refusals:
        raise refusals[0]


def outputs(session: Session, table: Json, before: list[Json]) -> list[Json]:
    """What the provider tells of a table's replicas, each asked in its own region."""
    propagated = {item["regionName"] for item in before if item.get("propagateTags")}
    name, found = table["TableName"], table.get("Replicas", [])
    backups = {}
    for replica in found:
        there = session.within(replica["RegionName"])
        answer = there.dynamodb("DescribeContinuousBackups", TableName=name)
        backups[there.region] = answer["ContinuousBackupsDescription"]
    items = []
    for replica in found:
        region = replica["RegionName"]
        member = session.within(region).dynamodb("DescribeTable", TableName=name)["Table"]
        key = member.get("SSEDescription", {}).get("KMSMasterKeyArn", "")
        recovered = backups[region]["PointInTimeRecoveryDescription"]
        items.append(
            {
                "regionName": region,
                "arn": arn_in(table["TableArn"], region),
                "kmsKeyArn": "" if key.endswith(OWN_KEY) else key,
                "pointInTimeRecovery": recovered["PointInTimeRecoveryStatus"] == "ENABLED",
                "deletionProtectionEnabled": member["DeletionProtectionEnabled"],
                "propagateTags": region in propagated,
                "consistencyMode": table.get("MultiRegionConsistency", EVENTUAL),
                "streamArn": member.get("LatestStreamArn", ""),
                "streamLabel": member.get("LatestStreamLabel", ""),
            }
        )
    return items


def arn_in(arn: str, region: str) -> str:
    parts = arn.split(":")
    return ":".join([*parts[:3], region, *parts[4:]])
