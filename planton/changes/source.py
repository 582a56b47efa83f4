"""The data source of a table, which applies only when the table is created."""

from __future__ import annotations

from planton.changes.kind import ChangeKind, Effect
from planton.changes.snapshot import Differences, Snapshot
from planton.plan.table_plan import ImportPlan, RestorePlan


def source_changes(old: Snapshot, new: Snapshot) -> Differences:
    """Sources are the same if their texts are: the form of the imported files does not count."""
    was, is_ = source_text(old.plan.source), source_text(new.plan.source)
    if was != is_:
        yield "source" if new.plan.source else "source-off", "the data source", was, is_


def source_text(source: ImportPlan | RestorePlan | None) -> str:
    """The data source of a new table, in one line."""
    match source:
        case None:
            return "none"
        case ImportPlan():
            files = f"s3://{source.bucket}/{source.key_prefix or ''}"
            return f"import of {source.format.value} from {files}"
        case _:
            moment = f" at {source.date_time}" if source.date_time else ""
            return f"{source.backup_arn or source.table_arn or source.table_name}{moment}"


KINDS: dict[str, ChangeKind] = {
    "source": ChangeKind(
        "data source of an existing table",
        Effect.REFUSED,
        "an import or a restore creates a table: nothing can be brought into an existing one",
        "import or restore into a second table, under another metadata.name",
    ),
    "source-off": ChangeKind(
        "data source of the table, removed from the manifest",
        Effect.IN_PLACE,
        "nothing changes: it applied only when the table was created",
    ),
}
