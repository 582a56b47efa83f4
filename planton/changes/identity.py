"""Which table it is: names, region and account; part of planton.changes.compare."""

from __future__ import annotations

from planton.changes.kind import COPY, RECREATED, ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.changes.stack_state import PROVIDER_NAME


def identity_changes(old: Snapshot, new: Snapshot) -> Differences:
    """A value that only one side has (no account named) is not a change, except for the region."""
    was, is_ = old.plan, new.plan
    renamed = was.logical_name != is_.logical_name
    if renamed:
        code = "metadata-name" if was.table_name != is_.table_name else "metadata-name-only"
        yield code, "metadata.name", was.logical_name, is_.logical_name
    if (old.region is None) != (new.region is None):
        before, after = (side.region or "not named" for side in (old, new))
        yield "region-named", "the region", before, after
    if old.account_id and new.account_id and old.account_id != new.account_id:
        yield "account", "the provider's account", old.account_id, new.account_id
    if old.region and new.region and old.region != new.region:
        yield "region", "the region", old.region, new.region
    if old.region == new.region and old.provider != new.provider:
        before, after = (side.provider or PROVIDER_NAME for side in (old, new))
        yield "provider", "the AWS provider", before, after
    if was.table_name != is_.table_name and not renamed:
        # Otherwise the table's name follows metadata.name, or does not matter beside it.
        yield "table-name", "the table's name", was.table_name, is_.table_name


def is_another_table(old: Snapshot, new: Snapshot) -> bool:
    """Whether the manifest names a table that cannot be the old one."""
    return any(True for _ in identity_changes(old, new))


KINDS: dict[str, ChangeKind] = {
    "metadata-name": ChangeKind(
        "metadata.name",
        Effect.REPLACEMENT,
        "to Pulumi this is another resource: it would create a new table and delete this one with "
        "all its data",
        f"keep metadata.name; {COPY}",
        allowed_by="tableName",
    ),
    "metadata-name-only": ChangeKind(
        "metadata.name, with the same table name",
        Effect.REFUSED,
        "to Pulumi this is another resource: it would create the new table before it deletes the "
        "old one, and AWS refuses a second table of the same name",
        "keep metadata.name",
    ),
    "account": ChangeKind(
        "account",
        Effect.REFUSED,
        "the stack's table is in the old account, where it would be left behind",
        "use a separate stack for each account",
    ),
    "region": ChangeKind(
        "region",
        Effect.REPLACEMENT,
        f"a table cannot move: {RECREATED} in the other region",
        "use a separate stack for each region, and copy the items",
        allowed_by="region",
    ),
    "provider": ChangeKind(
        "the stack's AWS provider for the table",
        Effect.REFUSED,
        "the update would use the credentials of another provider, and in another account the "
        "table would not be found",
        "name the same account for the table's manifest as before, in config manifests and in its "
        "provider_config, or none if none was named",
    ),
    "region-named": ChangeKind(
        "region, named in only one of the manifests",
        Effect.REPLACEMENT,
        f"unless the stack is in that region anyway, {RECREATED} in the other one",
        "to compare them, name the same region in both manifests",
        allowed_by="region",
    ),
    "table-name": ChangeKind(
        "name of the table",
        Effect.REPLACEMENT,
        f"a table cannot be renamed: {RECREATED}",
        f"keep the name; {COPY}",
        allowed_by="tableName",
    ),
}
