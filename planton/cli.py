"""The command line.

Exit status: 0 fine, 1 problems in the input, 2 used wrongly, 3 data would be lost.

Each command imports what it needs when it runs: `validate` never sees Pulumi or an emulator.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TextIO

from planton.document import MAX_BYTES
from planton.status import PROBLEMS, USAGE

_FOR_REHEARSING = ("pulumi", "pulumi_aws", "boto3", "moto")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status."""
    # A shell can start a program without any standard output at all (`>&-`): its status counts.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its escape, not a stack trace.
            stream.reconfigure(errors="backslashreplace")
    # Thousands of manifests make millions of small objects, none of them in cycles.
    gc.set_threshold(100_000)
    options = _parser().parse_args(arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:  # pragma: no cover  # seen by a process's parent only
        # The reader has seen enough. What is left to write goes nowhere, or Python would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS
    except OSError as error:  # pragma: no cover  # as above
        # The disk is full, say. What is left to write goes nowhere here as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"planton: the output cannot be written: {error.strerror}", file=sys.stderr)
        return PROBLEMS
    return status


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="planton", description="One AwsDynamodb manifest, one DynamoDB table."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    validate = commands.add_parser(
        "validate",
        help="say everything that is wrong in manifests",
        description="Says everything that is wrong in manifests. Exit status: 0 none is wrong, "
        "1 some are, 2 there are none.",
    )
    validate.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - ")
    validate.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="sarif: SARIF 2.1.0; github: workflow commands of GitHub Actions",
    )
    validate.add_argument("--strict", action="store_true", help="fail on warnings as well")
    validate.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="CODE",
        help="leave out warnings of this code; may be repeated, or hold several with commas",
    )
    validate.add_argument(
        "--skip-foreign",
        action="store_true",
        help="leave out named files that hold no AwsDynamodb manifest, and be content with none",
    )
    validate.set_defaults(run=_validate, refuse=validate.error)

    plan = commands.add_parser(
        "plan",
        help="show what would be made, without AWS",
        description="Shows what would be made, in the manifest's words, without asking AWS.",
    )
    plan.add_argument("manifest", metavar="MANIFEST", help="a file, or - ")
    plan.add_argument("--format", choices=("text", "json"), default="text")
    plan.set_defaults(run=_plan)

    diff = commands.add_parser(
        "diff",
        help="say what a change of the manifest does to a living table",
        description="Says what the change from OLD to NEW does to a living table, without asking "
        "AWS. Exit status: 0 nothing is lost, 1 a manifest is wrong, 3 data would be lost, or the "
        "update would be refused.",
    )
    diff.add_argument("old", metavar="OLD", help="the manifest as it was deployed, or - ")
    diff.add_argument("new", metavar="NEW", help="the manifest as it should be, or - ")
    diff.add_argument("--format", choices=("text", "json"), default="text")
    diff.set_defaults(run=_diff)

    convert = commands.add_parser(
        "convert",
        help="rewrite a manifest for today's contract",
        description="Rewrites a manifest for another version of the contract, without changing "
        "what it makes, and prints it. Exit status: 0, 1 where that is not possible, or 2 where "
        "--region contradicts the manifest.",
    )
    convert.add_argument("manifest", metavar="MANIFEST", help="a file, or - ")
    convert.add_argument(
        "--to",
        choices=("v1", "v1alpha1"),
        help="default: v1alpha1 for a manifest that is v1alpha1 already, else v1",
    )
    convert.add_argument("--region", help="written where the input names none; v1alpha1 needs one")
    convert.set_defaults(run=_convert)

    render = commands.add_parser(
        "render",
        help="print a manifest as objects of another control plane",
        description="Prints a manifest as Kubernetes objects of another control plane: ACK, "
        "Crossplane or kro. What it does not carry is a warning. Exit status: 0, 1 where the "
        "manifest is wrong, or 2 where --region contradicts it.",
    )
    render.add_argument("target", choices=("ack", "crossplane", "kro"))
    render.add_argument("manifest", metavar="MANIFEST", help="a file, or - ")
    render.add_argument("--namespace", help="of the objects; default: the one they are applied in")
    render.add_argument("--region", help="where the input names none")
    render.add_argument("--format", choices=("yaml", "json"), default="yaml")
    render.set_defaults(run=_render)

    explain = commands.add_parser(
        "explain",
        help="say what a code means, with examples",
        description="Says what a code of a diagnostic means, why the rule is, and how it is kept, "
        "with examples. Without a code: lists all. Exit status: 0, or 2 for an unknown code.",
    )
    explain.add_argument("code", metavar="CODE", nargs="?", help="as in error[CODE]")
    explain.add_argument("--format", choices=("text", "json"), default="text")
    explain.set_defaults(run=_explain)

    schema = commands.add_parser(
        "schema",
        help="print a JSON Schema of the manifest, for editors",
        description="Prints a JSON Schema (2020-12) of the manifest, with which editors complete "
        "and check it as one types.",
    )
    schema.set_defaults(run=_schema)

    rehearse = commands.add_parser(
        "rehearse",
        help="deploy into an emulated AWS",
        description="Runs the whole program against an emulated AWS: no account, no network. "
        "Exit status: 0 it went through, 1 it did not.",
    )
    rehearse.add_argument("manifest", metavar="MANIFEST", help="a file, or - ")
    rehearse.add_argument(
        "--format",
        choices=("text", "json", "yaml"),
        default="text",
        help="yaml: the manifest with the outputs under status.stackOutputs",
    )
    rehearse.set_defaults(run=_rehearse)

    kratix = commands.add_parser(
        "kratix",
        help="print the Kratix Promise, check and render requests",
        description="The Kratix Promise and requests to it, without a cluster.",
    )
    _add_kratix(kratix)
    return parser


def _add_kratix(kratix: argparse.ArgumentParser) -> None:
    commands = kratix.add_subparsers(required=True, metavar="COMMAND")
    regions = argparse.ArgumentParser(add_help=False)
    regions.add_argument(
        "--regions",
        metavar="NAMES",
        help="the regions that the platform offers, with commas between them; empty: all",
    )

    promise = commands.add_parser("promise", parents=[regions], help="print promise.yaml")
    promise.add_argument("--image", help="the workflow's image")
    promise.set_defaults(run=_kratix_promise)

    render = commands.add_parser(
        "render",
        parents=[regions],
        help="do what the workflow does, on folders of one's own",
        description="Does what the Promise's workflow does with a request: manifests into one "
        "folder, status and selectors into another. Exit status: 0, or 1 where it is refused.",
    )
    render.add_argument("request", metavar="REQUEST", help="a file, or - ")
    render.add_argument("--output", required=True, metavar="DIR", help="for the manifests")
    render.add_argument("--metadata", required=True, metavar="DIR", help="for status.yaml etc.")
    render.add_argument("--action", choices=("configure", "delete"), default="configure")
    render.set_defaults(run=_kratix_render)

    check = commands.add_parser(
        "check",
        parents=[regions],
        help="say everything that is wrong in requests",
        description="Says everything that is wrong in requests, as the workflow would. Exit "
        "status: 0 none is wrong, 1 some are, 2 there are none.",
    )
    check.add_argument(
        "paths",
        nargs="*",
        default=["promise/requests"],
        metavar="PATH",
        help="a file, a folder, or - (default: promise/requests)",
    )
    check.set_defaults(run=_kratix_check)


def _stdin(*paths: str) -> bytes:
    # A shell can start a program without any standard input at all.
    return sys.stdin.buffer.read(MAX_BYTES + 1) if "-" in paths and sys.stdin else b""


def _validate(options: argparse.Namespace) -> int:
    from planton.validate_command import validate_command

    ignore = frozenset(
        code for given in options.ignore for code in map(str.strip, given.split(",")) if code
    )
    if ignore:
        from planton.model.warnings import not_a_warning

        for wrong in filter(None, map(not_a_warning, sorted(ignore))):
            options.refuse("argument --ignore: " + ": ".join(wrong))
    return validate_command(
        options.paths,
        _stdin(*options.paths),
        options.format,
        strict=options.strict,
        ignore=ignore,
        skip_foreign=options.skip_foreign,
    )


def _plan(options: argparse.Namespace) -> int:
    from planton.commands import plan_command

    return plan_command(options.manifest, _stdin(options.manifest), options.format)


def _diff(options: argparse.Namespace) -> int:
    from planton.commands import diff_command

    return diff_command(options.old, options.new, _stdin(options.old, options.new), options.format)


def _convert(options: argparse.Namespace) -> int:
    from planton.commands import convert_command

    return convert_command(options.manifest, _stdin(options.manifest), options.to, options.region)


def _render(options: argparse.Namespace) -> int:
    from planton.commands import render_command

    return render_command(
        options.target,
        options.manifest,
        _stdin(options.manifest),
        options.namespace,
        options.region,
        options.format,
    )


def _explain(options: argparse.Namespace) -> int:
    from planton.explain.command import explain_command

    return explain_command(options.code, options.format)


def _schema(_: argparse.Namespace) -> int:
    from planton.schema.command import schema_command

    return schema_command()


def _rehearse(options: argparse.Namespace) -> int:
    if missing := [name for name in _FOR_REHEARSING if find_spec(name) is None]:
        message = f"planton: the rehearsal needs {missing[0]}: pip install '.[rehearse]'"
        print(message, file=sys.stderr)
        return USAGE
    from planton.rehearsal.command import rehearse_command

    return rehearse_command(options.manifest, _stdin(options.manifest), options.format)


def _kratix_promise(options: argparse.Namespace) -> int:
    from planton.kratix.command import promise_command

    return promise_command(options.image, options.regions)


def _kratix_render(options: argparse.Namespace) -> int:
    from planton.kratix.command import render_command

    return render_command(
        options.request,
        _stdin(options.request),
        output=options.output,
        metadata=options.metadata,
        action=options.action,
        regions=options.regions or "",
    )


def _kratix_check(options: argparse.Namespace) -> int:
    from planton.kratix.command import check_command

    return check_command(options.paths, _stdin(*options.paths), options.regions or "")
