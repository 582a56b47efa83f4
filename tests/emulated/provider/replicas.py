"""The `replicas` of a table, in the real provider's order of requests.

The provider keeps them as a set of whole items. What an item leaves out of its key and its
protection stays as recorded only while nothing else of the item changes: with any other change the
two count as none, so the replica with a customer's key is recreated if its inputs do not name the
key. (So it follows from how Terraform plans sets; it was not tried.) Nothing is done about a
witness alone, nor about a stream of strongly consistent replicas.
"""

from __future__ import annotations

from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.replicas import (
    STRONG,
    arn_in,
    create_strong,
    read_tags,
    replica_action,
    set_protection,
    set_recovery,
    set_tags,
    with_defaults,
)
from planton.rehearsal.provider.session import Session

_COMPUTED = ("kmsKeyArn", "deletionProtectionEnabled")
NO_REPLICA = "request was not found"
_IGNORED_AT_DELETION = (
    NO_REPLICA,
    "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is",
    "Cannot add, delete, or update the local region through ReplicaUpdates",
)


def settled(inputs: list[Json], state: list[Json]) -> list[Json]:
    """The items as they are to be, with all that the provider knows of each."""
    recorded = {item["regionName"]: with_defaults(item) for item in state}
    items = []
    for replica in inputs:
        item, before = with_defaults(replica), recorded.get(replica["regionName"], {})
        left_out = {key: before[key] for key in _COMPUTED if before and replica.get(key) is None}
        if {**item, **left_out} == before:
            item = before
        items.append(item)
    return items


def create(session: Session, name: str, items: list[Json], witness: str) -> None:
    """`items` are settled, and `witness` is a region or "". Raises Refused."""
    strong = [item for item in items if item["consistencyMode"] == STRONG]
    if strong:
        _check_strong(len(strong), len(items), witness)
        create_strong(session, name, items, witness)
    else:
        _create_eventual(session, name, items)


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
    """Like the product's, for replicas that may exist already."""
    for item in items:
        updates = [{action: replica_action(item)}]
        try:
            session.dynamodb("UpdateTable", TableName=name, ReplicaUpdates=updates)
        except Refused as refused:
            if action == "Create" and "already exist" in refused.message:
                _create_eventual(session, name, items, "Update")
                return
            if "no actions specified" not in refused.message:
                raise
        set_recovery(session, name, item)
        set_protection(session, name, item)


def update(session: Session, name: str, old: list[Json], new: list[Json], witness: str) -> None:
    """Both lists are settled. Of each replica at most one thing changes. Raises Refused."""
    before = {item["regionName"]: item for item in old if item not in new}
    after = {item["regionName"]: item for item in new if item not in old}
    added = [item for region, item in after.items() if region not in before]
    removed = [item for region, item in before.items() if region not in after]
    for region, item in after.items():
        former = before.get(region, item)
        if any(item[key] != former[key] for key in ("kmsKeyArn", "consistencyMode")):
            removed.append(former)
            added.append(item)
        elif item["pointInTimeRecovery"] != former["pointInTimeRecovery"]:
            set_recovery(session, name, item)
        elif item["deletionProtectionEnabled"] != former["deletionProtectionEnabled"]:
            set_protection(session, name, item)
    if removed:
        _delete(session, name, removed, witness)
    if added:
        create(session, name, added, witness)


def tag(session: Session, arn: str, items: list[Json], new: dict[str, str]) -> None:
    """Replaces the tags of the replicas that want the table's."""
    for item in items:
        if not item["propagateTags"]:
            continue
        region = item["regionName"]
        replica, replica_arn = session.within(region), arn_in(arn, region)
        if removed := sorted(read_tags(replica, replica_arn).keys() - new.keys()):
            replica.dynamodb("UntagResource", ResourceArn=replica_arn, TagKeys=removed)
        set_tags(replica, replica_arn, new)


def delete(session: Session, name: str, items: list[Json], witness: str) -> None:
    """Before the table itself is deleted. Raises Refused."""
    try:
        _delete(session, name, [with_defaults(item) for item in items], witness)
    except Refused as refused:
        if not any(text in refused.message for text in _IGNORED_AT_DELETION):
            raise


def _delete(session: Session, name: str, items: list[Json], witness: str) -> None:
    """Strongly consistent ones in one request, others side by side: one refusal stops no other."""
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
