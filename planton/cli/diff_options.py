"""The options of `planton diff`."""

from __future__ import annotations

import argparse

from planton.cli.rules_options import config_option, finder
from planton.cli.stdin import read_stdin

DIFF_FORMATS = ("text", "json", "markdown", "sarif", "github")
_OF_TWO_FILES = ("text", "json")


def add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its options."""
    diff = commands.add_parser(
        "diff",
        parents=[config_option()],
        usage="planton diff [options] OLD NEW\n       planton diff [options] --base REVISION "
        "[PATH ...]",
        help="show what a change of manifests does to existing tables",
        description="Shows what the change from OLD to NEW does to an existing table, or what "
        "happened to each manifest since the working tree's branch left a Git revision, without "
        "calling AWS. Exit status: 0 no data is lost, 1 a manifest is invalid, 2 wrong usage, 3 "
        "data would be lost or the update would be refused.",
    )
    diff.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="OLD, the deployed manifest, and NEW, of which one may be -; with --base, files and "
        "folders of the repository (default: the working directory)",
    )
    diff.add_argument(
        "--base",
        metavar="REVISION",
        help="compare with the commit at which HEAD left this branch, tag or commit, as a pull "
        "request does, such as origin/main",
    )
    diff.add_argument(
        "--format",
        choices=DIFF_FORMATS,
        default="text",
        help="markdown (a comment on a pull request), sarif and github (workflow commands) only "
        "with --base",
    )
    diff.set_defaults(run=_diff, refuse=diff.error)


def _diff(options: argparse.Namespace) -> int:
    paths = options.paths
    if options.base is not None:
        from planton.cli.diff_base import diff_base_command

        return diff_base_command(options.base, paths or ["."], options.format, finder(options))
    if len(paths) != 2:
        options.refuse(f"expected OLD and NEW, or --base REVISION, got {len(paths)} paths")
    if options.format not in _OF_TWO_FILES:
        options.refuse(f"argument --format: {options.format} is only allowed with --base")
    from planton.cli.diff import diff_command

    old, new = paths
    stdin = read_stdin(old, new)
    return diff_command(old, new, stdin, options.format, find_rules=finder(options))
