"""What stops a replacement, and which replacements are allowed."""

from __future__ import annotations

from planton.changes.kind import UNPROTECT, ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.manifest.enums import DeletionPolicy

ANOTHER_TABLE = "another-table"
UNUSED_CONSENT = "unused-consent"
UNFINISHED_REPLACEMENT = "unfinished-replacement"
ABOUT_REPLACEMENTS = ("retained-replacement", "protected-replacement", "protected-copy")
"""Kinds of changes that matter only where a table may be replaced."""

ANNOTATION = f"metadata.annotations[{ALLOW_REPLACEMENT}]"
"""The place of changes to what is allowed."""


def hindrances(old: Snapshot, new: Snapshot) -> Differences:
    """What stops a replacement, or did until this update: protection, and that the old table would
    stay."""
    if old.plan.is_retained or new.plan.is_retained:
        sides = (one.plan.deletion_policy or DeletionPolicy.DELETE for one in (old, new))
        was, is_ = (side.value for side in sides)
        values = ("", "") if was == is_ else (was, is_)
        yield "retained-replacement", "spec.deletionPolicy", *values
    if old.plan.deletion_protection:
        values = ("", "") if new.plan.deletion_protection else ("on", "off")
        yield "protected-replacement", "spec.deletionProtectionEnabled", *values
    for replica in old.plan.replicas:
        if replica.deletion_protection:
            yield "protected-copy", f"spec.replicas, {replica.region}", "", ""


KINDS: dict[str, ChangeKind] = {
    "unfinished-replacement": ChangeKind(
        "another manifest after a replacement that failed",
        Effect.REFUSED,
        "the last update was allowed to replace the table, and failed: the table may be deleted "
        "already, and the engine would create it and delete it again",
        "run `pulumi up --refresh` with that update's manifest, annotation included. To give the "
        "replacement up, remove the record and the table from the state, import the table if it "
        "still exists, and run `pulumi up` with a manifest that describes it",
    ),
    "another-table": ChangeKind(
        "another table in the stack",
        Effect.REFUSED,
        "the stack's program no longer contains that table: it would be deleted with all its data",
        "move that table to a separate stack, or remove it from this stack's state, which keeps "
        "it in AWS: `pulumi state delete --force --target-dependents URN`",
    ),
    "unused-consent": ChangeKind(
        "an allowed replacement that this update does not need",
        Effect.REFUSED,
        "while the annotation is set, the name, key and local indexes that the table has in AWS "
        "are not kept: where the manifest differs from them, now or after a later mistake, the "
        "table would be deleted with all its data",
        f"remove it from the annotation {ALLOW_REPLACEMENT}",
    ),
    "retained-replacement": ChangeKind(
        "a replacement of a table whose deletionPolicy is, or was until this update, retain",
        Effect.TWO_STEPS,
        "the old table would stay in AWS, and no longer in the stack's state: AWS refuses a new "
        "one under its name",
        "set deletionPolicy: delete alone and run `pulumi up`, then make the rest of the change. "
        "To keep the old table, run `pulumi destroy` instead, which leaves it in AWS, and then "
        "`pulumi up` with a new tableName",
    ),
    "protected-replacement": ChangeKind(
        "a replacement of a table that is, or was until this update, protected from deletion",
        Effect.TWO_STEPS,
        "the update would fail halfway, and protection that is removed in the same update protects "
        "nothing",
        UNPROTECT.format("the table"),
    ),
    "protected-copy": ChangeKind(
        "a replacement of a table whose replica is, or was until this update, protected from "
        "deletion",
        Effect.TWO_STEPS,
        "AWS refuses to delete the replica, and the update would fail halfway",
        UNPROTECT.format("the replica"),
    ),
}
