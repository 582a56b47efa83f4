"""What AWS refuses of global tables of strong consistency, and what the rules on replicas see.

The messages on TTL and on local indexes are guessed; the regions are those of AWS's documentation,
where more may join.
"""

from __future__ import annotations

from collections.abc import Iterator

from planton.rehearsal.aws.errors import VALIDATION
from planton.rehearsal.aws.requests import Json
from tests.emulated.rules.updates import Problem
from tests.emulated.rules.view import View

STRONG = "global tables with MultiRegionConsistency set to STRONG"
_STRONG_REGIONS = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-2"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    }
)


def problems(
    kind: str, actions: list[Json], request: Json, table: Json, view: View
) -> Iterator[str]:
    """A strongly consistent group is created as a whole, in three regions, and never changes."""
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
        yield f"Unsupported replica count for {STRONG}."
    elif view.group(table["TableName"]) is not None:
        yield "MultiRegionConsistency parameter is unsupported on existing global table"
    elsewhere = [r for r in [view.region, *replicas, *witnesses] if r not in _STRONG_REGIONS]
    if elsewhere:
        yield f"Unsupported Region(s) specified for {STRONG}: [{', '.join(elsewhere)}]."
    if table.get("LocalSecondaryIndexes"):
        yield f"Local secondary indexes are not supported for {STRONG}."
    if view.time_to_live(table["TableName"])["TimeToLiveStatus"] == "ENABLED":
        yield f"TimeToLive is not supported for {STRONG}."


def time_to_live(name: str, view: View) -> Iterator[Problem]:
    """Of an UpdateTimeToLive request, of which strong consistency takes none."""
    group = view.group(name)
    if group is not None and group.strong and view.region in group.regions:
        yield VALIDATION, f"TimeToLive is not supported for {STRONG}."
