"""Changes to what a replica has for itself: contributor insights, a Kinesis destination, tags."""

from __future__ import annotations

from planton.changes.access import kinesis_changes
from planton.changes.features import shown_insights, shown_tags
from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.tags import MAX_TAGS
from planton.plan.table_plan import ReplicaFeaturesPlan

_NOTHING = ReplicaFeaturesPlan(region="", contributor_insights=(), kinesis=None, tags=())


def replica_feature_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Of replicas that are there before and after: what a replica has comes and goes with it."""
    was, is_ = ({one.region: one for one in side.plan.replica_features} for side in (old, new))
    for region in new.replicas:
        before, after = was.get(region, _NOTHING), is_.get(region, _NOTHING)
        if region not in old.replicas or before == after:
            continue
        place = f"spec.replicas, {region}"
        insights, new_insights = (
            shown_insights(one.contributor_insights) for one in (before, after)
        )
        if insights != new_insights:
            yield "insights", f"{place}.contributorInsights", insights, new_insights
        yield from kinesis_changes(
            before.kinesis, after.kinesis, f"{place}.kinesisStreamingDestination"
        )
        if before.tags != after.tags:
            tags, new_tags = (shown_tags(one.tags) or "none" for one in (before, after))
            yield _code(old, new, region), f"{place}.tags", tags, new_tags


def _code(old: Snapshot, new: Snapshot, region: str) -> str:
    """Pulumi creates tags of a replica that is part of the table before it deletes others, and
    those that the table gave it stay."""
    was, is_ = old.replicas[region], new.replicas[region]
    if is_.propagate_tags:
        return "replica-tags-replaced"
    together = {*old.plan.tags_of(was), *new.plan.tags_of(is_)}
    is_inline = is_ in new.plan.inline_replicas
    return "replica-tags-at-once" if is_inline and len(together) > MAX_TAGS else "replica-tags"


KINDS: dict[str, ChangeKind] = {
    "replica-tags-at-once": ChangeKind(
        "more than 50 tags of a replica, those that go included",
        Effect.TWO_STEPS,
        "AWS accepts 50, and Pulumi creates the new ones before it deletes the others; those that "
        "the table gave the replica stay",
        "remove tags and run `pulumi up`, then add the others; remove those of the table in AWS",
    ),
    "replica-tags-replaced": ChangeKind(
        "propagateTags in place of a replica's own tags",
        Effect.IN_PLACE,
        "the replica gets the table's tags, and loses all others",
    ),
    "replica-tags": ChangeKind(
        "tags of a replica",
        Effect.IN_PLACE,
        "changed in its region; tags that something else gave it stay",
    ),
}
