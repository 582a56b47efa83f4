"""What replicas have for themselves, as it is found in their regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planton.adopt.found import FoundTable
from planton.plan.table_plan import ReplicaFeaturesPlan


def with_features(table: FoundTable, there: Mapping[str, FoundTable]) -> FoundTable:
    """The table with the insights, the Kinesis destinations and the tags of its replicas. `there`
    is what was found in their regions. Tags that are the table's are no replica's own."""
    features = [
        ReplicaFeaturesPlan(
            region=replica.region,
            contributor_insights=found.contributor_insights,
            kinesis=found.kinesis,
            tags=()
            if replica.propagate_tags
            else tuple(sorted(tag for tag in found.tags if not tag.key.startswith("aws:"))),
        )
        for replica in table.replicas
        if (found := there.get(replica.region))
    ]
    kept = (one for one in features if one.contributor_insights or one.kinesis or one.tags)
    return replace(table, replica_features=tuple(kept))
