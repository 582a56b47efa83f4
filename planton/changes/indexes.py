"""Changes to the global indexes of an existing table."""

from __future__ import annotations

from planton.changes.keys import index_text, key_shape, key_text
from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.manifest.enums import BillingMode
from planton.plan.table_plan import GlobalIndexPlan


def index_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Global indexes added, removed, moved and rebuilt."""
    was, is_ = old.global_indexes, new.global_indexes
    standalone = {index.name for index in old.plan.standalone_indexes}
    moves = _moves_to_standalone(old, new)
    for name in [*was, *(name for name in is_ if name not in was)]:
        place = f"spec.globalSecondaryIndexes, {name}"
        if name not in was:
            yield "index-added", place, "", ""
        elif name not in is_:
            code = "index-removed-with-move" if moves else _removal(name, old, new)
            yield code, place, "", ""
        elif _shape(was[name]) != _shape(is_[name]):
            code = "index-changed-with-move" if moves else "index-changed"
            yield code, place, _text(was[name]), _text(is_[name])
            if name not in standalone and name in _watched(old) & _watched(new):
                # Those of a standalone index are recreated with it.
                yield "insights-of-rebuilt-index", f"contributor insights of {name}", "", ""
        elif moves:
            yield "index-to-standalone", place, _managed(False), _managed(True)
        elif name in standalone and not new.plan.standalone_indexes:
            yield "index-kept-standalone", place, "", ""


def _moves_to_standalone(old: Snapshot, new: Snapshot) -> bool:
    """Whether the update makes standalone resources of indexes that are part of the table resource.
    The change to PROVISIONED leaves that to the next update."""
    return bool(old.plan.inline_indexes and new.plan.standalone_indexes) and not (
        old.plan.billing_mode is not new.plan.billing_mode is BillingMode.PROVISIONED
    )


def _removal(name: str, old: Snapshot, new: Snapshot) -> str:
    """The kind of a removal. The index is still there while the update changes the rest: the last
    one of the table resource stays, because the provider ignores an empty list, and the engine
    deletes a standalone one at the end."""
    has_new_replica = any(
        replica.region not in old.replicas for replica in new.plan.standalone_replicas
    )
    if any(index.name == name for index in old.plan.standalone_indexes):
        scales = any((one.index, one.dimension) == (name, "write") for one in old.plan.scaling_here)
        return "index-removed-with-replica" if has_new_replica and not scales else "index-removed"
    if new.plan.inline_indexes:
        return "index-removed"
    if old.plan.billing_mode is not new.plan.billing_mode is BillingMode.PROVISIONED:
        return "last-index-with-billing"
    return "last-index-with-replica" if has_new_replica else "last-index-removed"


def _watched(side: Snapshot) -> set[str | None]:
    return {one.index for one in side.plan.contributor_insights}


def _managed(standalone: bool) -> str:
    return "a standalone resource" if standalone else "part of the table resource"


def _shape(index: GlobalIndexPlan) -> object:
    return key_shape(index.keys), index.projection_type, index.non_key_attributes


def _text(index: GlobalIndexPlan) -> str:
    keys = key_text(key_shape(index.keys))
    return index_text(index.name, keys, index.projection_type.value, index.non_key_attributes)


_DELETION = (
    "aws dynamodb update-table --table-name TABLE "
    '--global-secondary-index-updates \'[{"Delete": {"IndexName": "INDEX"}}]\''
)
_LAST_INDEX = (
    "keep the index, make it a standalone resource with `autoscaling: {enabled: false}` (under "
    "PAY_PER_REQUEST with `warmThroughput: {readUnitsPerSecond: 12000, writeUnitsPerSecond: "
    "4000}`, which every index has), run `pulumi up`, and then remove it"
)
_FIRST_THE_INDEX = (
    "remove the index alone and run `pulumi up`, delete it in AWS with "
    f"{_DELETION}, and run `pulumi refresh`"
)

KINDS: dict[str, ChangeKind] = {
    "index-removed-with-move": ChangeKind(
        "an index removed while the others become standalone resources",
        Effect.TWO_STEPS,
        "the list of indexes in the table resource is not changed any more, so the index would "
        "stay in AWS",
        "keep the index in the manifest and run `pulumi up`, then remove it",
    ),
    "index-changed-with-move": ChangeKind(
        "key or projection of an index that becomes a standalone resource",
        Effect.TWO_STEPS,
        "the index is imported as it is in AWS, which refuses to change it in the same update",
        "keep the key and the projection and run `pulumi up`, then change them",
    ),
    "last-index-with-billing": ChangeKind(
        "the last global index of the table resource removed together with a change of billingMode "
        "to PROVISIONED",
        Effect.TWO_STEPS,
        "the AWS provider ignores an empty list of indexes, so the index stays in AWS. The change "
        "of billingMode would then fail, because it needs the capacity of every index",
        f"{_FIRST_THE_INDEX}; then change billingMode",
    ),
    "last-index-with-replica": ChangeKind(
        "the last global index of the table resource removed together with a new replica",
        Effect.TWO_STEPS,
        "the AWS provider ignores an empty list of indexes, so the index stays in AWS. AWS would "
        "then refuse the replica, because the index has no autoscaling of its writes",
        f"{_FIRST_THE_INDEX}; then add the replica",
    ),
    "index-removed-with-replica": ChangeKind(
        "a standalone index removed together with a new replica",
        Effect.TWO_STEPS,
        "Pulumi deletes the index after it has added the replica, and AWS refuses a replica while "
        "an index has no autoscaling of its writes",
        "remove the index and run `pulumi up`, then add the replica",
    ),
    "last-index-removed": ChangeKind(
        "the last global index of the table resource removed",
        Effect.LEFT_BEHIND,
        "the AWS provider ignores an empty list of indexes: the index stays in AWS and is billed",
        f"{_LAST_INDEX}; or delete it in AWS after the update: {_DELETION}, then run "
        "`pulumi refresh`",
        warns=True,
    ),
    "insights-of-rebuilt-index": ChangeKind(
        "contributor insights of an index that is rebuilt",
        Effect.SECOND_RUN,
        "AWS deletes them with the index, which the AWS provider does not notice",
        "run `pulumi up --refresh` after this update",
        warns=True,
    ),
    "index-to-standalone": ChangeKind(
        "an index becomes a standalone resource",
        Effect.IN_PLACE,
        "autoscaling or warmThroughput now applies to an index that is part of the table resource. "
        "Pulumi imports the index; in AWS it stays as it is",
    ),
    "index-kept-standalone": ChangeKind(
        "an index without autoscaling and warmThroughput",
        Effect.IN_PLACE,
        "it stays a standalone resource, and the manifest sets its capacity again",
    ),
    "index-added": ChangeKind(
        "a global index added",
        Effect.IN_PLACE,
        "built in the background, one index at a time",
    ),
    "index-removed": ChangeKind(
        "a global index removed",
        Effect.IN_PLACE,
        "queries that use it fail at once; the table keeps its items",
    ),
    "index-changed": ChangeKind(
        "key or projection of a global index",
        Effect.INDEX_REBUILD,
        "the index is deleted and rebuilt; queries that use it fail until it is built",
        "to avoid the gap, add an index under a new name, move the queries to it, then remove this "
        "one",
    ),
}
