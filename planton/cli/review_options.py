"""The options of `planton review`."""

from __future__ import annotations

import argparse

from planton.cli.stdin import read_stdin

REVIEW_FORMATS = ("text", "json", "markdown", "github")


def add_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its options."""
    review = commands.add_parser(
        "review",
        help="fail if a preview of any Pulumi program would lose data",
        description="Reads what `pulumi preview --json` prints, of any program, and fails if a "
        "resource that holds data would be deleted or replaced: a table, a bucket, a database, a "
        "key. Exit status: 0 no data is lost, 1 the preview failed or cannot be read, 2 wrong "
        "usage, 3 data would be lost.",
    )
    review.add_argument("preview", metavar="PREVIEW.json", help="the file, or - for standard input")
    review.add_argument(
        "--format",
        choices=REVIEW_FORMATS,
        default="text",
        help="markdown: a comment on a pull request; github: workflow commands of GitHub Actions",
    )
    review.set_defaults(run=_review)


def _review(options: argparse.Namespace) -> int:
    from planton.cli.review import review_command
    from planton.review.digest import MAX_BYTES

    stdin = read_stdin(options.preview, max_bytes=MAX_BYTES)
    return review_command(options.preview, stdin, options.format)
