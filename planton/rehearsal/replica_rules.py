"""What AWS refuses in a request about the replicas of a table, given the table that is there.

The texts are AWS's own, as its users quote them and as the findings of the AWS Controllers for
Kubernetes record them. There is no rule about the stream: a replica of a table without one switches
it on, and one of another view type is kept. Guessed are the two messages on TTL and local indexes,
and the regions of strong consistency are those of AWS's documentation, where more may join.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from planton.rehearsal.errors import VALIDATION
from planton.rehearsal.global_tables import OWN_KEY, Group
from planton.rehearsal.records import Json
from planton.rehearsal.session import DYNAMODB
from planton.rehearsal.update_rules import INVALID, Problem

PARTS = frozenset({"ReplicaUpdates", "GlobalTableWitnessUpdates", "MultiRegionConsistency"})

_STRONG = "global tables with MultiRegionConsistency set to STRONG"
_STRONG_REGIONS = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-2"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    }
)
_SOURCE = (
    "Replica cannot be deleted because it has acted as a source region for new replica(s) being"
    " added to the table in the last 24 hours."
)
_NO_KEY = f"{INVALID}KMSMasterKeyId must be specified for each replica."
_LONELY = f"Deletion of only one table replica is not supported for {_STRONG}."


class View(Protocol):
    """What is in the emulated AWS before the request, in the request's own region or another."""

    @property
    def region(self) -> str: ...

    def regions(self) -> list[str]: ...

    def table(self, name: str, region: str | None = None) -> Json | None: ...

    def group(self, name: str) -> Group | None: ...

    def time_to_live(self, name: str) -> Json: ...

    def is_scaled(self, resource_id: str, dimension: str) -> bool:
        """Whether it has both a scalable target and a policy."""


def problems(request: Json, table: Json, view: View) -> Iterator[Problem]:
    """Of an UpdateTable request; `table` is what DescribeTable says before it."""
    for message in _problems(request, table, view):
        yield VALIDATION, message


def deletion(name: str, view: View) -> Iterator[Problem]:
    """Of a DeleteTable request."""
    group = view.group(name)
    if group is None or view.region not in group.regions:
        return
    if group.strong:
        yield VALIDATION, _LONELY
    elif view.region in group.sources.values():
        yield VALIDATION, _SOURCE


def time_to_live(name: str, view: View) -> Iterator[Problem]:
    """Of an UpdateTimeToLive request, of which strong consistency takes none."""
    group = view.group(name)
    if group is not None and group.strong and view.region in group.regions:
        yield VALIDATION, f"TimeToLive is not supported for {_STRONG}."


def _problems(request: Json, table: Json, view: View) -> Iterator[str]:
    group = view.group(table["TableName"])
    updates = request.get("ReplicaUpdates", [])
    if not updates:
        if group is not None:
            yield from _of_a_member(request, table, group)
        return
    if request.keys() - PARTS - {"TableName"}:
        yield "Requests that modify replicas or witnesses must not also modify other fields"
    kinds = {kind for update in updates for kind in update}
    if len(kinds) != 1 or any(len(update) != 1 for update in updates):
        yield "Update table operation with more than one type of replica actions not allowed."
        return
    (kind,) = kinds
    actions: list[Json] = [update[kind] for update in updates]
    yield from _regions(kind, actions, view)
    if request.get("MultiRegionConsistency") == "STRONG":
        yield from _strong(kind, actions, request, table, view)
    else:
        yield from _eventual(kind, actions, request, group)
    match kind:
        case "Create":
            yield from _create(actions, table, view)
        case "Update" | "Delete":
            others = set(group.regions) - {view.region} if group is not None else set()
            missing = [a["RegionName"] for a in actions if a["RegionName"] not in others]
            if strangers := [region for region in missing if region != view.region]:
                yield (
                    "Update global table operation failed because one or more replicas were not"
                    " part of the global table. Please retry the request without these replicas:"
                    f" [{', '.join(strangers)}]."
                )
            elif kind == "Update":
                yield from _update(actions, group)
            else:
                yield from _delete(actions, request, table, group, view)


def _of_a_member(request: Json, table: Json, group: Group) -> Iterator[str]:
    """What a table with replicas does not take although one without does."""
    if not group.strong and request.get("StreamSpecification", {}).get("StreamEnabled") is False:
        yield f"{INVALID}Disabling Stream is not allowed for a Global Table replica."
    own = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
    if "KMSMasterKeyId" in request.get("SSESpecification", {}) and _is_awss(own):
        yield (
            "Invalid operation: Customer Managed CMKs on Global Table Version 2019.11.21 replicas"
            " cannot be updated through SSESpecification parameter and can only be updated through"
            " ReplicaUpdates parameter"
        )


def _regions(kind: str, actions: list[Json], view: View) -> Iterator[str]:
    known = view.regions()
    for action in actions:
        region = action["RegionName"]
        if region not in known:
            yield (
                f"Region {region} is not supported. The latest version of global tables are only"
                f" supported in the following regions: [{', '.join(known)}]"
            )
        if region == view.region and kind != "Update":
            yield (
                "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable,"
                " DeleteTable, or UpdateTable as required."
            )


def _strong(
    kind: str, actions: list[Json], request: Json, table: Json, view: View
) -> Iterator[str]:
    """A group of strong consistency is born whole, in three regions, and never changes."""
    witnesses = [
        update["Create"]["RegionName"]
        for update in request.get("GlobalTableWitnessUpdates", [])
        if "Create" in update
    ]
    replicas = [action["RegionName"] for action in actions]
    if kind != "Create":
        yield (
            "Only Replica Create actions are supported when MultiRegionConsistency parameter is"
            " provided."
        )
        return
    if set(witnesses) & set(replicas):
        yield "Cannot target multiple regions with the same action"
    if view.region in witnesses:
        yield (
            "Cannot add a witness in the same region as an existing replica when creating a global"
            " table with MultiRegionConsistency set to STRONG."
        )
    if len(replicas) + len(witnesses) != 2:
        yield f"Unsupported replica count for {_STRONG}."
    elif view.group(table["TableName"]) is not None:
        yield "MultiRegionConsistency parameter is unsupported on existing global table"
    elsewhere = [r for r in [view.region, *replicas, *witnesses] if r not in _STRONG_REGIONS]
    if elsewhere:
        yield f"Unsupported Region(s) specified for {_STRONG}: [{', '.join(elsewhere)}]."
    if table.get("LocalSecondaryIndexes"):
        yield f"Local secondary indexes are not supported for {_STRONG}."
    if view.time_to_live(table["TableName"])["TimeToLiveStatus"] == "ENABLED":
        yield f"TimeToLive is not supported for {_STRONG}."


def _eventual(kind: str, actions: list[Json], request: Json, group: Group | None) -> Iterator[str]:
    strong = group is not None and group.strong
    if "GlobalTableWitnessUpdates" in request and not strong:
        yield (
            "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter"
            " is present."
        )
    if strong and kind == "Create":
        yield "Cannot add replicas to a global table with strong MultiRegionConsistency"
    if not strong and kind != "Update" and len({a["RegionName"] for a in actions}) > 1:
        yield (
            "Update table operation with more than one create or delete replica actions not allowed"
        )


def _create(actions: list[Json], table: Json, view: View) -> Iterator[str]:
    name = table["TableName"]
    for action in actions:
        region = action["RegionName"]
        if region in view.regions() and region != view.region and view.table(name, region):
            yield (
                f"Failed to create a the new replica of table with name: ‘{name}’ because one or"
                " more replicas already existed as tables."
            )
        yield from _key(action, table)
    if table["BillingModeSummary"]["BillingMode"] != "PROVISIONED":
        return
    if not view.is_scaled(f"table/{name}", f"{DYNAMODB}:table:WriteCapacityUnits"):
        yield "Table write capacity should either be Pay-Per-Request or AutoScaled."
    for index in table.get("GlobalSecondaryIndexes", []):
        resource = f"table/{name}/index/{index['IndexName']}"
        if not view.is_scaled(resource, f"{DYNAMODB}:index:WriteCapacityUnits"):
            yield "GSI write capacity should either be Pay-Per-Request or AutoScaled."


def _key(action: Json, table: Json) -> Iterator[str]:
    """All members have AWS's key, or the account's, or each a customer's of its own region."""
    own = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
    key = action.get("KMSMasterKeyId")
    if _is_awss(own) == (key is None):
        if key is not None and key.startswith("arn:") and key.split(":")[3] != action["RegionName"]:
            yield (
                f"KMS validation error for region {action['RegionName']}:"
                f" com.amazonaws.services.kms.model.NotFoundException: Invalid arn"
                f" {key.split(':')[3]}"
            )
    elif own is not None and key is not None:
        yield (f"{INVALID}All replica keys must either be Customer Managed CMK or AWS Managed CMK.")
    else:
        yield _NO_KEY


def _is_awss(key: str | None) -> bool:
    """Whether the key is one of AWS's, its own or the account's."""
    return key is None or key.endswith(OWN_KEY)


def _update(actions: list[Json], group: Group | None) -> Iterator[str]:
    """A key changes with those of all members or not at all: so AWS's message is understood."""
    if any(action.keys() == {"RegionName"} for action in actions):
        yield "There are no actions specified in the Replica Update Action of the request."
    keyed = {action["RegionName"] for action in actions if "KMSMasterKeyId" in action}
    if keyed and (group is None or keyed != set(group.regions)):
        yield _NO_KEY


def _delete(
    actions: list[Json], request: Json, table: Json, group: Group | None, view: View
) -> Iterator[str]:
    if group is None:
        return
    gone = {action["RegionName"] for action in actions}
    witnesses = [
        update["Delete"]["RegionName"]
        for update in request.get("GlobalTableWitnessUpdates", [])
        if "Delete" in update
    ]
    if strangers := [region for region in witnesses if region != group.witness]:
        yield (
            "Update global table operation failed because one or more witnesses were not part of"
            " the global table. Please retry the request without these witnesses:"
            f" [{', '.join(strangers)}]."
        )
    elif group.witness is not None and not witnesses:
        yield "Update table delete operation does not include all witnesses."
    if group.strong and gone != set(group.regions) - {view.region}:
        yield _LONELY
    left = [region for region in group.sources if region not in gone]
    for region in sorted(gone):
        if any(group.sources[other] == region for other in left):
            yield _SOURCE
        member = view.table(table["TableName"], region)
        if member is not None and member["DeletionProtectionEnabled"]:
            yield (
                f"Cannot delete table {table['TableName']} in region {region} because it has"
                " deletion protection enabled. Disable deletion protection first."
            )
