"""What happened to the manifests of a Git repository since a revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, replace
from typing import Any

from planton.diagnostics.diagnostic import Diagnostic, Source, printable
from planton.diagnostics.exit_status import LOSS, OK, PROBLEMS
from planton.organization.organization import NO_RULES, Organization
from planton.reading.folders import examine_file
from planton.reading.read import Reading
from planton.reading.report import Examined
from planton.reading.rules_files import RulesFinder
from planton.repository.changed_files import ChangedFile, Comparison
from planton.repository.revisions import Base
from planton.review.manifest_changes import ManifestChange, Status, compare_manifests
from planton.review.version import Version, is_request, version_of

_ID_WIDTH = 12


@dataclass(frozen=True)
class Differences:
    """What differs between the two sides. `errors` are those of the changed files as they are now;
    `requests` are the changed files with requests, and `links` the changed links, neither of which
    is compared."""

    base: Base
    changes: tuple[ManifestChange, ...]
    errors: tuple[Diagnostic, ...]
    requests: tuple[str, ...]
    links: tuple[str, ...]
    rules: tuple[str, ...] = ()
    """The changed files with the organization's rules."""

    @property
    def status(self) -> int:
        """The exit status: what is invalid comes first, because its changes are unknown."""
        if self.errors:
            return PROBLEMS
        return LOSS if any(one.fails for one in self.changes) else OK

    @property
    def notes(self) -> list[str]:
        """What a reviewer must look at, because it is not compared."""
        notes = []
        if self.rules:
            notes.append(
                "the rules of the organization have changed, so what they asked for before may no "
                f"longer hold: {', '.join(self.rules)}"
            )
        if self.requests:
            notes.append(
                "requests are not compared, because the platform decides what an update of one "
                f"does: {', '.join(self.requests)}"
            )
        if self.links:
            notes.append(
                "links are not followed: the files they lead to are compared where they are: "
                f"{', '.join(self.links)}"
            )
        return notes

    def count(self) -> dict[str, int]:
        """How many manifests were added, removed, renamed and changed, and how many of them lose
        data or are refused."""
        counted = Counter(one.status for one in self.changes)
        counts = {status.value: counted[status] for status in Status}
        return {**counts, "failing": sum(one.fails for one in self.changes)}

    def data(self) -> dict[str, Any]:
        """Everything for machines."""
        return {
            "valid": not self.errors,
            "diagnostics": [{"file": one.source.name, **one.data()} for one in self.errors],
            "base": {"revision": self.base.revision, "commit": self.base.commit},
            "manifests": [one.data() for one in self.changes],
            "requests": list(self.requests),
            "links": list(self.links),
            "rules": list(self.rules),
            "summary": {**self.count(), "failed": self.status != OK},
        }


def find_differences(comparison: Comparison, finder: RulesFinder) -> Differences:
    """The differences in the files that the comparison finds."""
    old: list[Version] = []
    new: list[Version] = []
    unreadable: tuple[list[str], list[str]] = ([], [])
    errors: dict[Diagnostic, None] = {}
    requests: list[str] = []
    before = _Before(comparison.base.revision, finder)
    for file in comparison.files():
        rules = finder(file.name)
        was, is_ = before.examine(file), _new(file, rules)
        found = [*is_.report.diagnostics, *file.problems]
        if is_.report.counts:
            found += rules.problems
        errors |= dict.fromkeys(one for one in found if one.severity == "error")
        for examined, versions, lost in ((was, old, unreadable[0]), (is_, new, unreadable[1])):
            own = [one for one in examined.readings if not is_request(one)]
            if len(own) < len(examined.readings) and file.old != file.new:
                requests.append(file.name)
            versions += (version_of(file.name, one) for one in own)
            if file.problems or _is_cut(examined):
                lost.append(file.name)

    def find_unchanged(names: Iterable[str]) -> Iterator[Version]:
        for file in comparison.unchanged(names):
            yield from (version_of(file.name, one) for one in before.examine(file).readings)

    changes = compare_manifests(
        old,
        new,
        unreadable_old=unreadable[0],
        unreadable_new=unreadable[1],
        find_unchanged=find_unchanged,
    )
    return Differences(
        base=comparison.base,
        changes=tuple(changes),
        errors=tuple(errors),
        requests=tuple(dict.fromkeys(requests)),
        links=comparison.links,
        rules=comparison.rules,
    )


def _new(file: ChangedFile, rules: Organization) -> Examined:
    """The file as it is now, by the rules of now."""
    examined = examine_file(file.name, file.new or b"", rules=rules)
    if not rules.problems:
        return examined
    invalid = (replace(one, manifest=None) for one in examined.readings)
    return Examined(examined.report, tuple(invalid))


class _Before:
    """Reads files as they were, with the defaults of then."""

    def __init__(self, revision: str, finder: RulesFinder) -> None:
        self._revision = revision
        self._finder = finder
        self._rules: dict[tuple[Source, ...], Organization] = {}

    def examine(self, file: ChangedFile) -> Examined:
        """What was in the file. A manifest that broke the rules of the organization may have been
        deployed nevertheless, so nothing is asked of it; one that the defaults made invalid is read
        without them."""
        name, data = f"{self._revision}:{file.path}", file.old or b""
        examined = examine_file(name, data, rules=self._rules_for(file))
        if examined.report.valid:
            return examined
        bare = examine_file(name, data)
        readings: list[Reading] = []
        for governed, alone in zip(examined.readings, bare.readings, strict=True):
            readings.append(governed if governed.manifest else alone)
        return Examined(bare.report, tuple(readings))

    def _rules_for(self, file: ChangedFile) -> Organization:
        if file.rules not in self._rules:
            found = self._finder
            rules = found.with_files(file.rules) if file.rules else found.of_settings()
            # No one could deploy with rules that have problems.
            self._rules[file.rules] = NO_RULES if rules.problems else rules.for_deployed()
        return self._rules[file.rules]


def _is_cut(examined: Examined) -> bool:
    """Whether the file has errors outside of its documents, so that some of them may be missing."""
    inside = {one for reading in examined.readings for one in reading.diagnostics}
    errors = (one for one in examined.report.diagnostics if one.severity == "error")
    return any(one not in inside for one in errors)


def title(one: ManifestChange) -> str:
    """What happened to which manifest."""
    return printable(f"{one.status.value}: {' → '.join(names(one))} ({' → '.join(files(one))})")


def names(one: ManifestChange) -> list[str]:
    """metadata.name, or the old and the new one."""
    return _each(one, lambda version: version.name or "without a name")


def files(one: ManifestChange) -> list[str]:
    """The file, or the old and the new one."""
    return _each(one, lambda version: version.file)


def _each(one: ManifestChange, of: Callable[[Version], str]) -> list[str]:
    return list(dict.fromkeys(of(side) for side in (one.old, one.new) if side))


def sentence(found: Differences) -> str:
    """The numbers in one line."""
    counts = found.count()
    del counts["failing"]
    listed = [f"{number} {status}" for status, number in counts.items() if number]
    text = ", ".join(listed) if listed else "no manifest has changed"
    if grave := sum(one.loses_data or one.refused for one in found.changes):
        text += f"; {grave} would lose data or be refused"
    if found.errors:
        text += f"; {_plural(found.errors, 'error')}"
    where = f"{found.base.revision} ({found.base.commit[:_ID_WIDTH]})"
    return printable(f"since {where}: {text}")


def _plural(items: Sized, what: str) -> str:
    number = len(items)
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
