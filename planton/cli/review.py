"""`planton review`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from planton.cli.github import command
from planton.cli.markdown import Room, code, cut, folded, text
from planton.diagnostics.diagnostic import MAX_SHOWN, ManifestError, printable
from planton.diagnostics.exit_status import LOSS, OK, PROBLEMS
from planton.reading.sources import STDIN, read_data
from planton.review.digest import MAX_BYTES, PreviewError
from planton.review.preview import Affected, Outcome, Preview, read_preview

_ADVICE = (
    "to keep one: restore the program or the change that causes this, set the option protect or "
    "retainOnDelete, or run pulumi state delete URN, which only makes the stack forget it"
)
_BRIEF = "some deletions may not be listed: run pulumi preview with --show-replacement-steps"


@dataclass(frozen=True)
class Review:
    """The preview in a file, or why it cannot be judged."""

    file: str
    preview: Preview
    problem: str = ""

    @property
    def failing(self) -> list[Affected]:
        """The resources whose data would be lost."""
        return [resource for resource in self.preview.affected if resource.fails]

    @property
    def errors(self) -> tuple[str, ...]:
        """Why the affected may be more than those that are listed."""
        return (self.problem,) if self.problem else self.preview.errors

    @property
    def status(self) -> int:
        """The exit status: an incomplete preview comes first."""
        if self.errors:
            return PROBLEMS
        return LOSS if self.failing else OK

    @property
    def sentence(self) -> str:
        """The verdict in one line."""
        if self.problem:
            return "the preview cannot be judged"
        number, total = len(self.failing), self.preview.resources
        what = "resource that holds" if number < 2 else "resources that hold"
        verdict = f"{number or 'no'} {what} data would be deleted or replaced (of {total})"
        if self.errors:
            verdict += "; the preview failed, so it is incomplete"
        return f"{verdict}; {_BRIEF}" if self.preview.brief else verdict


def review_command(path: str, stdin: bytes, format: str) -> int:
    """Prints what a preview would lose."""
    review = _review(path, stdin)
    _WRITERS[format](review)
    return review.status


def _review(path: str, stdin: bytes) -> Review:
    file = "<stdin>" if path == STDIN else path
    try:
        data = stdin if path == STDIN else read_data(path, max_bytes=MAX_BYTES)
        return Review(file, read_preview(data))
    except ManifestError as error:
        (found,) = error.diagnostics
        problem = found.message
    except PreviewError as error:
        problem = str(error)
    return Review(file, Preview(0, (), ()), problem)


def _write_text(review: Review) -> None:
    for error in review.errors:
        print(f"{printable(review.file)}: {error}", file=sys.stderr)
    for resource in review.preview.affected:
        print(_title(resource))
        print(f"  {_explanation(resource)}\n  {printable(resource.urn)}\n")
    if not review.problem:
        print(review.sentence)
    if review.failing:
        print(_ADVICE)


def _title(resource: Affected) -> str:
    id = f" ({resource.id})" if resource.id and resource.id != resource.name else ""
    return printable(f"{resource.outcome.value}: {resource.type} '{resource.name}'{id}")


def _explanation(resource: Affected) -> str:
    """What the resource holds, and what happens to it."""
    parts = [f"holds {resource.holds}"]
    if resource.outcome is Outcome.FORGOTTEN:
        parts.append("retainOnDelete is set, so it stays in the cloud and only leaves the stack")
    elif resource.outcome is Outcome.REPLACED:
        new = "an existing one takes its place" if resource.imported else "the new one is empty"
        because = f", because of {', '.join(resource.because)}" if resource.because else ""
        parts.append(f"{new}{because}")
        if resource.retained:
            parts.append("the old one stays in the cloud and leaves the stack")
    return printable("; ".join(parts))


def _write_json(review: Review) -> None:
    data = {
        "valid": not review.errors,
        "errors": list(review.errors),
        "resources": [resource.data() for resource in review.preview.affected],
        "summary": {
            "resources": review.preview.resources,
            "failing": len(review.failing),
            "brief": review.preview.brief,
            "failed": review.status != OK,
        },
    }
    print(json.dumps(data, indent=2))


def _write_markdown(review: Review) -> None:
    room, affected = Room(), review.failing
    verdict = "data would be lost" if affected else "no data is lost"
    if review.errors and not affected:
        verdict = "the preview failed"
    blocks = [f"## Pulumi preview: {verdict}", text(review.sentence)]
    if review.errors:
        blocks.append(room.table(("what is wrong",), [(text(one),) for one in review.errors]))
    if affected:
        blocks += [_table(affected, room, bold=True), text(_ADVICE)]
    if kept := [resource for resource in review.preview.affected if not resource.fails]:
        block = _table(kept, room, bold=False)
        blocks.append(folded("Stays in the cloud, and leaves the stack", block))
    print("\n\n".join(blocks))


def _table(affected: Sequence[Affected], room: Room, *, bold: bool) -> str:
    rows = []
    for resource in affected:
        outcome = f"<b>{resource.outcome.value}</b>" if bold else resource.outcome.value
        named = code(cut(resource.name))
        if resource.id and resource.id != resource.name:
            named += f" ({code(cut(resource.id))})"
        rows.append((outcome, code(cut(resource.type)), named, text(cut(_explanation(resource)))))
    return room.table(("", "type", "resource", "what it holds"), rows)


def _write_github(review: Review) -> None:
    for error in review.errors[:MAX_SHOWN]:
        print(command("error", {"title": "preview"}, error))
    for resource in review.preview.affected[:MAX_SHOWN]:
        severity = "error" if resource.fails else "notice"
        message = f"{_title(resource)}: {_explanation(resource)}\n{printable(resource.urn)}"
        print(command(severity, {"title": f"preview/{resource.outcome.value}"}, message))
    print(review.sentence)


_WRITERS: Mapping[str, Callable[[Review], None]] = {
    "text": _write_text,
    "json": _write_json,
    "markdown": _write_markdown,
    "github": _write_github,
}
