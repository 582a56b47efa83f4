"""The command line.

Exit status: 0 success, 1 problems in the input, 2 wrong usage, 3 data would be lost, 130 Ctrl-C.

Each command imports what it needs when it runs: `validate` imports neither Pulumi nor the emulator.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import TextIO, TypeAlias

from planton import __version__
from planton.cli.rules_options import add_rules, config_option, finder
from planton.cli.stdin import read_stdin
from planton.diagnostics.codes import current_spelling
from planton.diagnostics.exit_status import INTERRUPTED, PROBLEMS
from planton.reading.sources import STDIN

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
VALIDATE_FORMATS = ("text", "json", "sarif", "github")
MAX_JOBS = 60
"""Processes of one command: Windows cannot wait for many more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit status."""
    # A shell can start a program without standard output (`>&-`), for its status alone.
    sys.stdout = sys.stdout or _null_stream()
    sys.stderr = sys.stderr or _null_stream()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # If a terminal cannot show a character, print its escape instead of failing.
            stream.reconfigure(errors="backslashreplace")
    options = _parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("planton: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # pragma: no cover  # seen by a process's parent only
        # The reader has closed the pipe. Discard the rest, or Python would report an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS
    except OSError as error:  # pragma: no cover  # as above
        if error.errno is None or error.filename is not None:
            raise  # not about the output
        # The disk may be full. Discard the rest here too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"planton: the output cannot be written: {error.strerror}", file=sys.stderr)
        return PROBLEMS
    return status


def _null_stream() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """A parser with the one command that is named first, because adding all takes a while, or with
    all if none is."""
    parser = argparse.ArgumentParser(
        prog="planton", description="One AwsDynamodb manifest, one DynamoDB table."
    )
    parser.add_argument("--version", action="version", version=f"planton {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    named = _COMMANDS.get(arguments[0]) if arguments else None
    for add in (named,) if named else _COMMANDS.values():
        add(commands)
    return parser


def _add_validate(commands: Commands) -> None:
    validate = commands.add_parser(
        "validate",
        parents=[config_option()],
        help="check manifests and report every problem",
        description="Checks manifests and reports every problem. Exit status: 0 all are valid, "
        "1 some are invalid, 2 there are none.",
    )
    validate.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, a folder, or - for standard input"
    )
    validate.add_argument(
        "--format",
        choices=VALIDATE_FORMATS,
        default="text",
        help="sarif: SARIF 2.1.0; github: workflow commands of GitHub Actions",
    )
    validate.add_argument("--strict", action="store_true", help="fail on warnings too")
    validate.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="CODE",
        help="do not report warnings with this code; may be repeated, or list several with commas",
    )
    validate.add_argument(
        "--skip-foreign",
        action="store_true",
        help="skip named files that contain no AwsDynamodb manifest, and succeed even without any",
    )
    validate.add_argument(
        "--one-stack",
        action="store_true",
        help="the manifests are for one stack: report names that two of its tables would share",
    )
    validate.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="the maximum number of processes; default: one for each core if there are many files",
    )
    validate.set_defaults(run=_validate, refuse=validate.error)


def _add_plan(commands: Commands) -> None:
    plan = commands.add_parser(
        "plan",
        parents=[config_option()],
        help="show what would be created, without calling AWS",
        description="Shows what would be created, in the manifest's terms, without calling AWS.",
    )
    plan.add_argument("manifest", metavar="MANIFEST", help="a file, or - for standard input")
    plan.add_argument("--format", choices=("text", "json"), default="text")
    plan.set_defaults(run=_plan)


def _add_diff(commands: Commands) -> None:
    from planton.cli.diff_options import add_diff

    add_diff(commands)


def _add_convert(commands: Commands) -> None:
    convert = commands.add_parser(
        "convert",
        help="rewrite a manifest for another version of the contract",
        description="Prints a manifest rewritten for another version of the contract; its plan "
        "stays the same. Exit status: 0 success, 1 this is not possible, 2 --region contradicts "
        "the manifest.",
    )
    convert.add_argument("manifest", metavar="MANIFEST", help="a file, or - for standard input")
    convert.add_argument(
        "--to",
        choices=("v1", "v1alpha1"),
        help="default: v1alpha1 for a v1alpha1 manifest, otherwise v1",
    )
    convert.add_argument("--region", help="the region, if the input names none; v1alpha1 needs one")
    convert.set_defaults(run=_convert)


def _add_render(commands: Commands) -> None:
    render = commands.add_parser(
        "render",
        parents=[config_option()],
        help="print a manifest as objects of another control plane",
        description="Prints a manifest as Kubernetes objects of another control plane: ACK, "
        "Crossplane or kro. Warns of every unsupported field. Exit status: 0 success, 1 the "
        "manifest is invalid, 2 --region contradicts it.",
    )
    render.add_argument("target", choices=("ack", "crossplane", "kro"))
    render.add_argument("manifest", metavar="MANIFEST", help="a file, or - for standard input")
    render.add_argument(
        "--namespace", help="the objects' namespace; default: the one they are applied in"
    )
    render.add_argument("--region", help="the region, if the input names none")
    render.add_argument("--format", choices=("yaml", "json"), default="yaml")
    render.set_defaults(run=_render)


def _add_explain(commands: Commands) -> None:
    explain = commands.add_parser(
        "explain",
        parents=[config_option()],
        help="explain a code, with examples",
        description="Explains a diagnostic's code: what it means, why the rule exists and how to "
        "follow it, with examples. Without one, lists all. Exit status: 0 success, 2 unknown code.",
    )
    explain.add_argument("code", metavar="CODE", nargs="?", help="as in error[CODE]")
    explain.add_argument("--format", choices=("text", "json"), default="text")
    explain.set_defaults(run=_explain)


def _add_schema(commands: Commands) -> None:
    schema = commands.add_parser(
        "schema",
        help="print a JSON Schema of the manifest, for editors",
        description="Prints a JSON Schema (2020-12) of the manifest, which editors use to complete "
        "and check it as you type.",
    )
    schema.set_defaults(run=_schema)


def _add_rehearse(commands: Commands) -> None:
    from planton.cli.rehearse_options import add_rehearse

    add_rehearse(commands)


def _add_adopt(commands: Commands) -> None:
    from planton.cli.adopt_options import add_adopt

    add_adopt(commands)


def _add_controls(commands: Commands) -> None:
    from planton.cli.controls_options import add_controls

    add_controls(commands)


def _add_kratix(commands: Commands) -> None:
    from planton.cli.kratix_options import add_kratix

    add_kratix(commands)


def _add_review(commands: Commands) -> None:
    from planton.cli.review_options import add_review

    add_review(commands)


_COMMANDS: dict[str, Callable[[Commands], None]] = {
    "validate": _add_validate,
    "plan": _add_plan,
    "diff": _add_diff,
    "convert": _add_convert,
    "render": _add_render,
    "explain": _add_explain,
    "schema": _add_schema,
    "rehearse": _add_rehearse,
    "adopt": _add_adopt,
    "controls": _add_controls,
    "kratix": _add_kratix,
    "review": _add_review,
    "rules": add_rules,
}
"""What adds each command with its options, in the order of the help."""


def _validate(options: argparse.Namespace) -> int:
    from planton.cli.validate import validate_command

    listed = (code.strip() for value in options.ignore for code in value.split(","))
    ignore = frozenset(current_spelling(code) for code in listed if code)
    if ignore:
        from planton.diagnostics.warning_codes import not_a_warning

        for problem in filter(None, map(not_a_warning, sorted(ignore))):
            options.refuse("argument --ignore: " + ": ".join(problem))
    return validate_command(
        options.paths,
        read_stdin(*options.paths),
        options.format,
        strict=options.strict,
        ignore=ignore,
        skip_foreign=options.skip_foreign,
        find_rules=finder(options),
        jobs=options.jobs,
        one_stack=options.one_stack,
    )


def _jobs(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_JOBS:
        return int(text)
    from planton.diagnostics.diagnostic import quote

    raise argparse.ArgumentTypeError(
        f"expected an integer between 1 and {MAX_JOBS}, got {quote(text)}"
    )


def _plan(options: argparse.Namespace) -> int:
    from planton.cli.plan import plan_command

    return plan_command(
        options.manifest,
        read_stdin(options.manifest),
        options.format,
        now=datetime.now(timezone.utc),
        find_rules=finder(options),
    )


def _convert(options: argparse.Namespace) -> int:
    from planton.cli.convert import convert_command

    return convert_command(
        options.manifest, read_stdin(options.manifest), options.to, options.region
    )


def _render(options: argparse.Namespace) -> int:
    from planton.cli.render import render_command

    return render_command(
        options.target,
        options.manifest,
        read_stdin(options.manifest),
        options.namespace,
        options.region,
        options.format,
        find_rules=finder(options),
    )


def _explain(options: argparse.Namespace) -> int:
    from planton.cli.explain import explain_command

    return explain_command(options.code, options.format, finder(options)(STDIN))


def _schema(_: argparse.Namespace) -> int:
    from planton.cli.schema import schema_command

    return schema_command()
