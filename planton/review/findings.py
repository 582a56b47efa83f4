"""The changes that deserve attention as diagnostics, at the lines that cause them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from planton.changes.change import Change
from planton.changes.kind import Effect
from planton.diagnostics.codes import Code, Severity
from planton.diagnostics.diagnostic import Diagnostic, Source, quote
from planton.document.nodes import Mapping, Node, Scalar, Sequence, span
from planton.manifest.checking.places import Places, named
from planton.manifest.rules.rule import Path
from planton.review.manifest_changes import ManifestChange, Status

_SUBJECT = "changes"
_PREFIX = "diff/"
"""Tells the codes of changes from those of `planton validate`, of which some have one name."""
_WARNED = (Effect.LEFT_BEHIND, Effect.SECOND_RUN, Effect.INDEX_REBUILD, Effect.REPLICA_REBUILD)
_FIELDS = re.compile(r"(?:spec|metadata)(?:\.[A-Za-z]+)*")
_OF_INDEX = re.compile(r".* of (?:replica/[^/]+/)?index/(?P<name>[^/]+)/")
_WORDS: dict[str, Path] = {
    "the region": ("spec", "region"),
    "the table's name": ("spec", "tableName"),
}
_NAME: Path = ("metadata", "name")
_SPEC: Path = ("spec",)
_NAMES = ("name", "regionName")
"""Fields by which the items of a list are told apart."""


def findings(found: Iterable[ManifestChange]) -> Iterator[Diagnostic]:
    """An error for what loses data or is refused, and a warning for what rebuilds an index or a
    replica, has no effect in AWS or needs a second update. Other changes in place are none."""
    for one in found:
        if one.status is Status.REMOVED:
            yield _diagnostic("removed", "error", "A manifest is removed", one, one.consequence)
        elif one.problem and one.new and one.new.reading.manifest:
            # Of what is invalid now, its errors are reported.
            yield _diagnostic(
                "not-compared",
                "warning",
                "A manifest cannot be compared",
                one,
                f"cannot be compared: {one.problem}",
            )
        for change in one.changes:
            if severity := _severity(change):
                yield _of_change(change, severity, one)


def _severity(change: Change) -> Severity | None:
    if change.loses_data or change.refused:
        return "error"
    return "warning" if change.kind.effect in _WARNED or change.kind.warns else None


def _diagnostic(
    code: str, severity: Severity, title: str, one: ManifestChange, text: str
) -> Diagnostic:
    return Diagnostic(
        code=_PREFIX + code,
        message=f"{one.status.value} manifest {quote(one.version.name)}: {text}",
        source=one.new.reading.source if one.new else Source(one.version.file, ""),
        help="",
        facts=Code(_SUBJECT, severity, title),
    )


def _of_change(change: Change, severity: Severity, one: ManifestChange) -> Diagnostic:
    assert one.old is not None
    assert one.new is not None  # the two were compared
    reading, old = one.new.reading, one.old.reading.places
    places = reading.places
    assert places is not None
    assert old is not None  # both are valid
    path = _path(places, change.place)
    at = places.locate(path, key=True)
    was = old.locate(path, key=True)
    node = at.node
    if not (at.missing or was.missing):
        node = _first_difference(was.value, at.value) or node
    return Diagnostic(
        code=_PREFIX + change.code,
        message=f"table {quote(one.new.name)}: {change.summary()[0]}: {change.effect}: "
        f"{change.kind.consequence}",
        source=reading.source,
        span=span(node),
        path=places.shown(node.origin, named(at)),
        help=change.kind.fix,
        facts=Code(_SUBJECT, severity, change.kind.title),
    )


def _first_difference(old: Node | None, new: Node) -> Node | None:
    """The first node of the new value that is not in the old one; None if nothing was added or
    changed."""
    match new:
        case Mapping():
            for key, value in new.entries:
                was = old.get(key.text) if isinstance(old, Mapping) else None
                if was is None:
                    return key
                if found := _first_difference(was, value):
                    return found
        case Sequence():
            olds = old.items if isinstance(old, Sequence) else ()
            for was, item in zip_longest(olds[: len(new.items)], new.items):
                if found := _first_difference(was, item):
                    return found
        case Scalar() if not isinstance(old, Scalar) or old.text != new.text:
            return new
    return None


def _path(places: Places, place: str) -> Path:
    """The path of the field that a change is about, or of the one that it is shown at."""
    if path := _WORDS.get(place):
        # What the manifest does not set follows from its name, or from outside.
        return path if not places.locate(path, key=True).missing else _NAME
    if match := _OF_INDEX.match(place):
        return _item(places, (*_SPEC, "globalSecondaryIndexes"), match["name"])
    if place.startswith("autoscaling of "):
        return (*_SPEC, "autoscaling")
    if not (match := _FIELDS.match(place)):
        return _SPEC
    return _item(places, tuple(match[0].split(".")), place[match.end() :].removeprefix(", "))


def _item(places: Places, path: Path, rest: str) -> Path:
    """The item of the list at a path whose name begins the text, and the field that follows; the
    path itself if there is none."""
    value = places.locate(path, key=False).value
    items = value.items if rest and isinstance(value, Sequence) else ()
    names = (next(filter(None, (_text(item, key) for key in _NAMES)), None) for item in items)
    found = ((i, one) for i, one in enumerate(names) if one and f"{rest}.".startswith(f"{one}."))
    i, name = next(found, (None, ""))
    return path if i is None else (*path, i, *filter(None, rest[len(name) :].split(".")))


def _text(item: Node, key: str) -> str | None:
    value = item.get(key) if isinstance(item, Mapping) else None
    return value.text if isinstance(value, Scalar) else None
