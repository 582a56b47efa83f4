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
    standalone_before = {index.name for index in old.plan.standalone_indexes}
    standalone_after = {index.name for index in new.plan.standalone_indexes}
    for name in [*was, *(name for name in is_ if name not in was)]:
        place = f"spec.globalSecondaryIndexes, {name}"
        if name not in was:
            joins = standalone_before and name not in standalone_after
            yield "index-in-place-of-standalone" if joins else "index-added", place, "", ""
        elif name not in is_:
            yield _removal(name, old, new), place, "", ""
        else:
            before, after = name in standalone_before, name in standalone_after
            if before != after:
                code = "index-to-standalone" if after else "index-to-inline"
                yield code, place, _managed(before), _managed(after)
            if _shape(was[name]) != _shape(is_[name]):
                yield "index-changed", place, _text(was[name]), _text(is_[name])
                if not after and name in _watched(old) & _watched(new):
                    # Those of a standalone index are recreated with it.
                    yield "insights-of-rebuilt-index", f"contributor insights of {name}", "", ""


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
_FIRST_THE_INDEX = (
    "remove the index alone and run `pulumi up`, delete it in AWS with "
    f"{_DELETION}, and run `pulumi refresh`"
)

KINDS: dict[str, ChangeKind] = {
    "index-to-standalone": ChangeKind(
        "an index becomes a standalone resource",
        Effect.TWO_STEPS,
        "autoscaling or warmThroughput now applies to an index that is part of the table resource: "
        "AWS would refuse to create an index that exists",
        "remove the index, run `pulumi up` (if it was the last index, delete it in AWS too), and "
        "add it again with the new block: it is rebuilt",
    ),
    "index-to-inline": ChangeKind(
        "an index becomes part of the table resource",
        Effect.TWO_STEPS,
        "no index has autoscaling or warmThroughput any more: the existing index would be deleted "
        "with its standalone resource",
        "keep a block with `autoscaling: {enabled: false}`; or remove the index, run `pulumi up` "
        "and `pulumi refresh`, and add it again without the block: it is rebuilt",
    ),
    "index-in-place-of-standalone": ChangeKind(
        "an index added to the table resource while other indexes are standalone resources",
        Effect.TWO_STEPS,
        "the table's state lists the standalone indexes too: the AWS provider would delete them a "
        "second time, and fail",
        "remove the other indexes, run `pulumi up` and `pulumi refresh`, then add this one; or "
        "give it `autoscaling: {enabled: false}`, which makes it a standalone resource too",
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
        f"delete it in AWS after the update: {_DELETION}, then run `pulumi refresh`",
        warns=True,
    ),
    "insights-of-rebuilt-index": ChangeKind(
        "contributor insights of an index that is rebuilt",
        Effect.SECOND_RUN,
        "AWS deletes them with the index, which the AWS provider does not notice",
        "run `pulumi up --refresh` after this update",
        warns=True,
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
