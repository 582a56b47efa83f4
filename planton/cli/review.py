"""`planton review`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planton.cli.github import command
from planton.cli.markdown import code, table, text
from planton.diagnostics.diagnostic import MAX_SHOWN, ManifestError, printable
from planton.diagnostics.exit_status import LOSS, OK, PROBLEMS
from planton.reading.sources import STDIN, read_data
from planton.review.preview import MAX_BYTES, Loss, Outcome, Preview, PreviewError, read_preview

_ADVICE = (
    "to keep one: restore the program or the change that causes this, set the option protect or "
    "retainOnDelete, or run pulumi state delete URN, which only makes the stack forget it"
)


@dataclass(frozen=True)
class Review:
    """The preview in a file, or why it cannot be judged."""

    file: str
    preview: Preview
    problem: str = ""

    @property
    def failing(self) -> list[Loss]:
        """The resources whose data would be lost."""
        return [loss for loss in self.preview.losses if loss.fails]

    @property
    def errors(self) -> tuple[str, ...]:
        """Why the losses may be more than those that are listed."""
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
        return f"{verdict}; the preview failed, so it is incomplete" if self.errors else verdict


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
    for loss in review.preview.losses:
        print(_title(loss))
        print(f"  {_explanation(loss)}\n  {printable(loss.urn)}\n")
    if not review.problem:
        print(review.sentence)
    if review.failing:
        print(_ADVICE)


def _title(loss: Loss) -> str:
    id = f" ({loss.id})" if loss.id and loss.id != loss.name else ""
    return printable(f"{loss.outcome.value}: {loss.type} '{loss.name}'{id}")


def _explanation(loss: Loss) -> str:
    """What the resource holds, and what happens to it."""
    parts = [f"holds {loss.holds}"]
    if loss.outcome is Outcome.FORGOTTEN:
        parts.append("retainOnDelete is set, so it stays in the cloud and only leaves the stack")
    elif loss.outcome is Outcome.REPLACED:
        new = "an existing one takes its place" if loss.imported else "the new one is empty"
        because = f", because of {', '.join(loss.because)}" if loss.because else ""
        parts.append(f"{new}{because}")
        if loss.retained:
            parts.append("the old one stays in the cloud and leaves the stack")
    return printable("; ".join(parts))


def _write_json(review: Review) -> None:
    data = {
        "valid": not review.errors,
        "errors": list(review.errors),
        "resources": [loss.data() for loss in review.preview.losses],
        "summary": {
            "resources": review.preview.resources,
            "failing": len(review.failing),
            "failed": review.status != OK,
        },
    }
    print(json.dumps(data, indent=2))


def _write_markdown(review: Review) -> None:
    losses = review.failing
    verdict = "data would be lost" if losses else "no data is lost"
    if review.errors and not losses:
        verdict = "the preview failed"
    blocks = [f"## Pulumi preview: {verdict}", text(review.sentence)]
    blocks += [text(error) for error in review.errors[:MAX_SHOWN]]
    if losses:
        blocks.append(_table(losses, bold=True))
    if kept := [loss for loss in review.preview.losses if not loss.fails]:
        summary = "Stays in the cloud, and leaves the stack"
        blocks.append(
            f"<details>\n<summary>{summary}</summary>\n\n{_table(kept, bold=False)}\n\n</details>"
        )
    print("\n\n".join(blocks))


def _table(losses: list[Loss], *, bold: bool) -> str:
    rows = []
    for loss in losses[:MAX_SHOWN]:
        outcome = f"<b>{loss.outcome.value}</b>" if bold else loss.outcome.value
        named = code(_cut(loss.name))
        if loss.id and loss.id != loss.name:
            named += f" ({code(_cut(loss.id))})"
        rows.append((outcome, code(_cut(loss.type)), named, text(_cut(_explanation(loss)))))
    left_out = len(losses) - MAX_SHOWN
    shown = table(("", "type", "resource", "what it holds"), rows)
    return f"{shown}\n\n… and {left_out} more" if left_out > 0 else shown


def _cut(value: str) -> str:
    return value if len(value) <= 100 else value[:99] + "…"


def _write_github(review: Review) -> None:
    for error in review.errors[:MAX_SHOWN]:
        print(command("error", {"title": "preview"}, error))
    for loss in review.preview.losses[:MAX_SHOWN]:
        severity = "error" if loss.fails else "notice"
        message = f"{_title(loss)}: {_explanation(loss)}\n{printable(loss.urn)}"
        print(command(severity, {"title": f"preview/{loss.outcome.value}"}, message))
    print(review.sentence)


_WRITERS: Mapping[str, Callable[[Review], None]] = {
    "text": _write_text,
    "json": _write_json,
    "markdown": _write_markdown,
    "github": _write_github,
}
