"""What AWS refuses in a request about the replicas of an existing table.

The texts are AWS's own, as its users quote them and as the findings of the AWS Controllers for
Kubernetes record them. There is no rule about the stream: a replica of a table without one switches
it on, and one of another view type is kept. Guessed is which of two texts tells of a replica that
is not there: one is that of tables with others, the other, which the real provider looks for, must
be that of tables with none.
"""

from __future__ import annotations

from collections.abc import Iterator

from planton.rehearsal.aws.errors import VALIDATION
from planton.rehearsal.aws.global_tables import Group
from planton.rehearsal.aws.moto_dynamodb import DEFAULT_KEY
from planton.rehearsal.aws.requests import DYNAMODB, Json
from tests.emulated.rules import strong
from tests.emulated.rules.strong import STRONG
from tests.emulated.rules.updates import INVALID, Problem
from tests.emulated.rules.view import View

PARTS = frozenset({"ReplicaUpdates", "GlobalTableWitnessUpdates", "MultiRegionConsistency"})

NOT_FOUND = (
    "Replica specified in the Replica Update or Replica Delete action of the request was not found."
)
_SOURCE = (
    "Replica cannot be deleted because it has acted as a source region for new replica(s) being"
    " added to the table in the last 24 hours."
)
_NO_KEY = f"{INVALID}KMSMasterKeyId must be specified for each replica."
_LONELY = f"Deletion of only one table replica is not supported for {STRONG}."


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


def _problems(request: Json, table: Json, view: View) -> Iterator[str]:
    group = view.group(table["TableName"])
    updates = request.get("ReplicaUpdates", [])
    if not updates:
        if group is not None:
            yield from _of_a_member(request, group)
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
        yield from strong.problems(kind, actions, request, table, view)
    else:
        yield from _eventual(kind, actions, request, group)
    match kind:
        case "Create":
            yield from _create(actions, table, view)
        case "Update" | "Delete":
            others = set(group.regions) - {view.region} if group is not None else set()
            missing = [a["RegionName"] for a in actions if a["RegionName"] not in others]
            strangers = [region for region in missing if region != view.region]
            if strangers and group is None:
                yield NOT_FOUND
            elif strangers:
                yield (
                    "Update global table operation failed because one or more replicas were not"
                    " part of the global table. Please retry the request without these replicas:"
                    f" [{', '.join(strangers)}]."
                )
            elif kind == "Update":
                yield from _update(actions, group)
            else:
                yield from _delete(actions, request, table, group, view)


def _of_a_member(request: Json, group: Group) -> Iterator[str]:
    """What a table with replicas does not take although one without does."""
    if not group.strong and request.get("StreamSpecification", {}).get("StreamEnabled") is False:
        yield f"{INVALID}Disabling Stream is not allowed for a Global Table replica."
    if "KMSMasterKeyId" in request.get("SSESpecification", {}):
        yield (
            "Invalid operation: Customer Managed CMKs on Global Table Version 2019.11.21 replicas"
            " cannot be updated through SSESpecification parameter and can only be updated through"
            " ReplicaUpdates parameter"
        )


def _regions(kind: str, actions: list[Json], view: View) -> Iterator[str]:
    known = view.regions
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
        if region in view.regions and region != view.region and view.table(name, region):
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
    """All members have AWS's key, or the account's, or each a customer's in its region."""
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
    return key is None or key.endswith(DEFAULT_KEY)


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
