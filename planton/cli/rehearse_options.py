"""The options of `planton rehearse`."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timezone
from importlib.util import find_spec

from planton.cli.rules_options import config_option, finder
from planton.cli.stdin import read_stdin
from planton.diagnostics.exit_status import USAGE

DEFAULT_PORT = 8000
"""That of DynamoDB Local, for which the tests of many applications are set up."""
_MAX_PORT = 65535
_NEEDED = ("pulumi", "pulumi_aws", "boto3", "moto")


def add_rehearse(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its options."""
    rehearse = commands.add_parser(
        "rehearse",
        parents=[config_option()],
        help="deploy into an emulated AWS",
        description="Runs the whole program against an emulated AWS: no account, no network. "
        "Exit status: 0 success, 1 failure, 2 --port cannot be used.",
    )
    rehearse.add_argument(
        "manifests",
        nargs="+",
        metavar="MANIFEST",
        help="a file, or - for standard input; with --serve also several, and folders",
    )
    rehearse.add_argument(
        "--format",
        choices=("text", "json", "yaml"),
        default="text",
        help="yaml: the manifest with the outputs under status.stackOutputs",
    )
    rehearse.add_argument(
        "--serve",
        action="store_true",
        help="then serve the emulated AWS on 127.0.0.1 until Ctrl-C, for the tests of applications",
    )
    rehearse.add_argument(
        "--port",
        type=_port,
        help=f"where to serve; 0 is any free port (default: {DEFAULT_PORT})",
    )
    rehearse.set_defaults(run=_rehearse, refuse=rehearse.error)


def _rehearse(options: argparse.Namespace) -> int:
    if problem := _misused(options):
        options.refuse(problem)
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        message = f"planton: the rehearsal needs {missing[0]}: pip install '.[rehearse]'"
        print(message, file=sys.stderr)
        return USAGE
    now, find_rules = datetime.now(timezone.utc), finder(options)
    if options.serve:
        from planton.cli.serve import serve_command

        return serve_command(
            options.manifests,
            read_stdin(*options.manifests),
            port=DEFAULT_PORT if options.port is None else options.port,
            now=now,
            find_rules=find_rules,
            config=options.config,
        )
    from planton.cli.rehearse import rehearse_command

    (manifest,) = options.manifests
    return rehearse_command(
        manifest,
        read_stdin(manifest),
        options.format,
        now=now,
        find_rules=find_rules,
        config=options.config,
    )


def _misused(options: argparse.Namespace) -> str | None:
    """What is wrong with a combination of the options, if anything."""
    if options.serve:
        only_text = "--serve is only allowed with --format text"
        return only_text if options.format != "text" else None
    if options.port is not None:
        return "--port is only allowed with --serve"
    if len(options.manifests) > 1:
        return "several manifests are only allowed with --serve"
    return None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:6]) > _MAX_PORT:
        raise argparse.ArgumentTypeError(f"must be an integer from 0 to {_MAX_PORT}")
    return int(text)
