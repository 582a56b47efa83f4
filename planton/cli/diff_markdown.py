"""What happened to manifests as a comment on a pull request: what would be lost is in bold, and the
rest is folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import filterfalse

from planton.changes.change import Change
from planton.cli.differences import Differences, files, names, sentence
from planton.cli.markdown import Room, code, cut, folded, text
from planton.diagnostics.diagnostic import Diagnostic
from planton.review.manifest_changes import ManifestChange

_HEADS = ("", "manifest", "what happens")
_MAX_CHANGES = 10
"""Changes that a row shows: one manifest must not take the room of all others."""


def render_markdown(found: Differences) -> str:
    """A heading with the verdict, and below it tables: of what fails, what is invalid, and, folded,
    of the rest. Rows that a comment has no room for are counted."""
    room = Room()
    failing = [one for one in found.changes if one.fails]
    others = [one for one in found.changes if not one.fails]
    blocks = [f"## {_verdict(found, failing)}", text(sentence(found))]
    if failing:
        rows = [(_bold(one.status.value), _manifest(one), _loss(one)) for one in failing]
        blocks.append(room.table(_HEADS, rows))
    if found.errors:
        rows = [_error(one) for one in sorted(found.errors, key=_place)]
        heads = ("place", "what is wrong", "how to fix it")
        blocks += ["### Invalid", room.table(heads, rows)]
    blocks += [f"Note: {text(cut(note))}" for note in found.notes]
    more = [(one.status.value, _manifest(one), _rest(one)) for one in failing if _rest(one)]
    rest = [(one.status.value, _manifest(one), _rest(one)) for one in others]
    if more or rest:
        blocks.append(folded("Other changes", room.table(_HEADS, [*rest, *more])))
    return "\n\n".join(blocks) + "\n"


def _verdict(found: Differences, failing: Sequence[ManifestChange]) -> str:
    if any(one.loses_data for one in failing):
        return "DynamoDB tables: data would be lost"
    if any(one.refused for one in failing):
        return "DynamoDB tables: an update would be refused"
    if found.errors:
        return "DynamoDB tables: a manifest is invalid"
    if failing:
        return "DynamoDB tables: a manifest is removed, and its table stays"
    if any(one.problem for one in found.changes):
        return "DynamoDB tables: a manifest cannot be compared"
    return "DynamoDB tables: no data is lost"


def _manifest(one: ManifestChange) -> str:
    named = " → ".join(code(cut(name)) for name in names(one))
    return f"{named}<br>{' → '.join(code(cut(file)) for file in files(one))}"


def _loss(one: ManifestChange) -> str:
    consequence = text(one.consequence)
    lines = [_bold(consequence) if one.loses_data else consequence] if consequence else []
    return "<br>".join([*lines, *_of_changes(filter(_fails, one.changes))])


def _rest(one: ManifestChange) -> str:
    lines = [f"cannot be compared: {text(one.problem)}"] if one.problem else []
    return "<br>".join([*lines, *_of_changes(filterfalse(_fails, one.changes))])


def _of_changes(changes: Iterable[Change]) -> list[str]:
    """A line for each of the gravest, and one with the number of the others."""
    lines = [_of_change(change) for change in changes]
    more = len(lines) - _MAX_CHANGES
    return [*lines[:_MAX_CHANGES], f"… and {more} more"] if more > 0 else lines


def _fails(change: Change) -> bool:
    return change.loses_data or change.refused


def _of_change(change: Change) -> str:
    effect = text(f"{change.effect}: {change.kind.consequence}")
    fix = f". Fix: {text(change.kind.fix)}" if change.kind.fix else ""
    if _fails(change):
        return f"{code(cut(change.summary()[0]))}: {_bold(effect)}{fix}"
    return f"{code(cut(change.summary()[0]))}: {effect}"


def _error(one: Diagnostic) -> tuple[str, str, str]:
    at = f":{one.span.line}" if one.span else ""
    return code(cut(one.source.name) + at), text(one.message), text(one.help)


def _place(one: Diagnostic) -> tuple[str, int, int, str, str]:
    return (one.source.name, *one.order())


def _bold(markdown: str) -> str:
    return f"<b>{markdown}</b>"
