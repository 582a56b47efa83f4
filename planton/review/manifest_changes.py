"""What happened to each manifest between two sets of files, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from planton.changes.change import Change
from planton.changes.compare import compare
from planton.changes.kinds import KINDS
from planton.diagnostics.diagnostic import quote
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.review.matching import match
from planton.review.version import Version, snapshot_of

_ORDER = list(KINDS)
_WIDTH = 300


class Status(str, Enum):
    """What happened to a manifest."""

    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    ADDED = "added"


@dataclass(frozen=True)
class ManifestChange:
    """One manifest that is not what it was, with its changes, the gravest first. A side is None if
    there is no manifest on it, or if it is in a file that cannot be read. An added one has an old
    side if another manifest, which stays, describes its table, and it would lose data of that."""

    status: Status
    old: Version | None
    new: Version | None
    changes: tuple[Change, ...] = ()
    problem: str = ""
    """Why the two sides cannot be compared."""

    @property
    def version(self) -> Version:
        """The manifest as it is now, or as it was."""
        version = self.new or self.old
        assert version is not None
        return version

    @property
    def loses_data(self) -> bool:
        """Whether the items of the table would be gone."""
        if self.status is Status.REMOVED:
            plan = self._old_plan
            return not (plan and plan.is_retained)
        return any(one.loses_data for one in self.changes)

    @property
    def refused(self) -> bool:
        """Whether the guard would refuse the update."""
        return any(one.refused for one in self.changes)

    @property
    def fails(self) -> bool:
        """Whether data would be lost, the guard would refuse the update, or nothing would manage
        the table any more."""
        return self.status is Status.REMOVED or self.loses_data or self.refused

    @property
    def _old_plan(self) -> TablePlan | None:
        manifest = self.old.reading.manifest if self.old else None
        return make_plan(manifest) if manifest else None

    @property
    def consequence(self) -> str:
        """What removing the manifest does, or deploying one for the table of another; otherwise
        empty."""
        if self.status is Status.REMOVED:
            return _removal(self._old_plan)
        if self.status is Status.ADDED and self.old:
            return (
                f"{quote(self.old.file, _WIDTH)} has this metadata.name, org and env as well: if "
                "both are deployed to one stack, the new manifest changes the existing table: give "
                "it another metadata.name, or each its metadata.env"
            )
        return ""

    def order(self) -> tuple[int, int, str, str]:
        """Sort key: the worst first, then by file and name."""
        if self.status is Status.REMOVED:
            rank = 0
        elif self.fails:
            rank = 1
        elif self.problem:
            rank = 2
        else:
            rank = 3 + list(Status).index(self.status)
        gravest = min((_ORDER.index(one.code) for one in self.changes), default=len(_ORDER))
        return (rank, gravest, self.version.file, self.version.name or "")

    def data(self) -> dict[str, Any]:
        """The change for machines."""
        old, new = self.old, self.new
        return {
            "status": self.status.value,
            "name": new.name if new else None,
            "file": new.file if new else None,
            "oldName": old.name if old else None,
            "oldFile": old.file if old else None,
            "losesData": self.loses_data,
            "refused": self.refused,
            "consequence": self.consequence,
            "problem": self.problem,
            "changes": [one.data() for one in self.changes],
        }


_WHEN = "if its stack is destroyed, or updated with this name in allowRemoval"


def _removal(plan: TablePlan | None) -> str:
    if plan and plan.is_retained:
        return (
            f"deletionPolicy is retain: {_WHEN}, the table stays in AWS with all its data, and "
            "nothing manages it any more"
        )
    if plan and plan.is_protected:
        return (
            "the table is protected: a destroy of its stack is refused until "
            "deletionProtectionEnabled is false, and then deletes the table with all its data"
        )
    return f"{_WHEN}, the table is deleted with all its data"


def compare_manifests(
    old: Sequence[Version],
    new: Sequence[Version],
    *,
    unreadable_old: Iterable[str] = (),
    unreadable_new: Iterable[str] = (),
    find_unchanged: Callable[[Iterable[str]], Iterable[Version]],
) -> list[ManifestChange]:
    """The manifests that were added, removed, renamed and changed, the worst first; those that stay
    what they are are left out.

    Files that cannot be read on a side may contain any manifest: one of the other side that is
    missing there is neither added nor removed. `find_unchanged` finds manifests in other files, by
    names that they may have.
    """
    pairs, removed, added = match(old, new)
    found = [one for pair in pairs if (one := _compared(*pair))]
    lost, hidden = set(unreadable_new), set(unreadable_old)
    known = {_names(one) for one in removed} & {_names(one) for one in added}
    for version in removed:
        if version.file in lost:
            problem = "its file cannot be read now"
            found.append(ManifestChange(Status.CHANGED, version, None, problem=problem))
        else:
            problem = _AMBIGUOUS if _names(version) in known else ""
            found.append(ManifestChange(Status.REMOVED, version, None, problem=problem))
    stay = {was.identity: was for was, is_ in pairs if was.identity == is_.identity}
    if fresh := {one.name for one in added if one.name}:
        stay |= {one.identity: one for one in find_unchanged(fresh)}
    for version in added:
        other = stay.get(version.identity)
        if other and (copy := _copied(other, version)):
            found.append(copy)
        elif version.file in hidden:
            problem = "its file could not be read at the base"
            found.append(ManifestChange(Status.CHANGED, None, version, problem=problem))
        else:
            problem = _AMBIGUOUS if _names(version) in known else ""
            found.append(ManifestChange(Status.ADDED, None, version, problem=problem))
    return sorted(found, key=ManifestChange.order)


_AMBIGUOUS = (
    "several manifests have this metadata.name, org and env, so it cannot be told which of them is "
    "which: give each another name, or change one of them at a time"
)


def _names(version: Version) -> tuple[str | None, ...]:
    return version.identity[:3]


def _copied(existing: Version, added: Version) -> ManifestChange | None:
    """The added manifest, if it would lose data of the table of another, or be refused there."""
    was, is_ = snapshot_of(existing.reading), snapshot_of(added.reading)
    changes = tuple(compare(was, is_)) if was and is_ else ()
    change = ManifestChange(Status.ADDED, existing, added, changes)
    return change if change.fails else None


def _compared(old: Version, new: Version) -> ManifestChange | None:
    is_renamed = (old.file, old.name) != (new.file, new.name)
    status = Status.RENAMED if is_renamed else Status.CHANGED
    was, is_ = snapshot_of(old.reading), snapshot_of(new.reading)
    if is_ is None:
        return ManifestChange(status, old, new, problem="it is invalid now")
    if was is None:
        error, *more = old.errors
        at = f":{error.span.line}" if error.span else ""
        others = f", and {len(more)} more" if more else ""
        problem = (
            f"it was invalid ({quote(f'{old.reading.source.name}{at}')}: {error.message}{others})"
        )
        return ManifestChange(status, old, new, problem=problem)
    changes = tuple(compare(was, is_))
    if not (changes or is_renamed):
        return None
    return ManifestChange(status, old, new, changes)
