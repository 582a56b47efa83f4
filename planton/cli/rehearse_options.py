"""The options of `planton rehearse`."""

from __future__ import annotations

import argparse

DEFAULT_PORT = 8000
"""That of DynamoDB Local, for which the tests of many applications are set up."""
_MAX_PORT = 65535


def add_rehearse(rehearse: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
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


def misused(options: argparse.Namespace) -> str | None:
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
