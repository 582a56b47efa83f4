"""Where version 5.100 of the AWS provider differs from the stand-in, which follows version 6.

Nothing else is excused, and an entry that nothing shows any more fails. None holds for Pulumi's own
plug-in, which runs version 6. Files are those of internal/service/dynamodb in
terraform-provider-aws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from planton.rehearsal.aws.requests import Json
from tests.engine.runs import Aspect

TABLE = "Table orders"


@dataclass(frozen=True)
class Entry:
    """One difference. `excuses` sees an aspect, and what the stand-in and what 5.100 does in it."""

    difference: str
    evidence: str
    sequences: tuple[str, ...]
    excuses: Callable[[Aspect, Any, Any], bool]


def _last_index(aspect: Aspect, _: Any, theirs: Any) -> bool:
    deletion = {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "who"}}]}
    sent = {"UpdateTable": {"TableName": "orders", **deletion}, "outcome": "done"}
    match aspect.kind:
        case "AWS":
            return bool(theirs["table"]["GlobalSecondaryIndexes"] == [])
        case "details":
            return bool(theirs == {})
        case _:
            expected = {
                "operations": ["update"],
                "properties": ["attributes", "globalSecondaryIndexes"],
                "requests": [sent],
            }
            return bool(expected.get(aspect.kind) == theirs)


def _units_of_indexes(aspect: Aspect, ours: Any, theirs: Any) -> bool:
    return (aspect.kind, aspect.subject) == ("properties", TABLE) and bool(
        theirs == sorted([*ours, "globalSecondaryIndexes"])
    )


def _protection_of_replicas(aspect: Aspect, ours: Any, theirs: Any) -> bool:
    unprotected = {"TableName": "orders", "DeletionProtectionEnabled": False}
    sent = {"UpdateTable": unprotected, "outcome": "done"}
    return aspect.kind == "requests" and bool(
        sent in ours and theirs == [request for request in ours if request != sent]
    )


def _mode_of_insights(aspect: Aspect, ours: Any, theirs: Any) -> bool:
    return (aspect.kind, aspect.subject) == ("requests", "Insights") and bool(
        theirs == [_without_mode(request) for request in ours]
    )


def _without_mode(request: Json) -> Json:
    parameters = dict(request["UpdateContributorInsights"])
    parameters.pop("ContributorInsightsMode", None)
    return {**request, "UpdateContributorInsights": parameters}


def _revision_of_policies(aspect: Aspect, ours: Any, theirs: Any) -> bool:
    if not aspect.subject.startswith("ResourcePolicy orders"):
        return False
    if aspect.kind == "properties":
        return bool(theirs == [*ours, "revisionId"])
    return aspect.kind == "details" and bool(theirs == {**ours, "revisionId": "update"})


def _look_for_indexes(aspect: Aspect, ours: Any, theirs: Any) -> bool:
    """From the preview after the failed update on, which the stand-in's look refuses."""
    if int(aspect.step.split()[0]) < 3:
        return False
    if aspect.kind == "ok":
        return (ours, theirs) == (False, True)
    return aspect.subject == TABLE and ours is None


LEDGER = (
    Entry(
        "The last index of a table is deleted; version 6 keeps it.",
        "table.go, resourceTable: global_secondary_index is Optional and Computed in version 6, so"
        " that a manifest without it asks for nothing (issue 47490); in 5.100 it is Optional.",
        ("the last index goes",),
        _last_index,
    ),
    Entry(
        "An index whose units go with the billing mode is told as changed. Nothing is sent for it.",
        "table.go, resourceTable: read_capacity and write_capacity of an index are Optional and"
        " Computed in version 6, and so as recorded where none are given.",
        ("billing mode with an index",),
        _units_of_indexes,
    ),
    Entry(
        "The deletion protection of a new replica is not set.",
        "table.go, createReplicas: version 6 calls updateReplicaDeletionProtection for each"
        " replica, also for false; 5.100 has no such argument.",
        ("replicas come and go", "a policy of a replica"),
        _protection_of_replicas,
    ),
    Entry(
        "The mode of contributor insights is not sent.",
        "contributor_insights.go, resourceContributorInsightsCreate: version 6 sends mode; 5.100"
        " has no such argument.",
        ("insights on, off",),
        _mode_of_insights,
    ),
    Entry(
        "The revision of a changed policy is told as changed.",
        "resource_policy.go: revision_id is Computed, without a plan modifier, and a resource of"
        " the plugin framework; Pulumi's bridge tells the changed inputs of those alone. The"
        " plug-in around 5.100 takes it through the other path of the bridge.",
        (
            "a policy comes, changes and goes",
            "a policy of the stream follows to another stream, and goes",
        ),
        _revision_of_policies,
    ),
    Entry(
        "An index that AWS refused to create is not missed by the next update.",
        "The guard compares nothing with an answer of getTable that leaves out what version 6"
        " tells: the plug-in around 5.100 calls local_secondary_index and ttl by other names. The"
        " sequence of a failed update that is refreshed holds with both.",
        ("a failed update of an index",),
        _look_for_indexes,
    ),
)

LACKING: Mapping[str, str] = {
    "an autoscaled index": "indexes that are standalone resources",
    "an index with a key of several attributes": "indexes with a key of several attributes",
    "warm throughput": "warm throughput",
    "another mode of insights": "the mode of contributor insights",
    "strongly consistent replicas": "strong consistency",
}
"""The sequences that 5.100 cannot carry out, and what it lacks."""
