"""The options of `planton adopt`, and what may be given together."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from planton.cli.stdin import read_stdin
from planton.diagnostics.exit_status import USAGE

if TYPE_CHECKING:
    from planton.cli.adopted import Output


def add_adopt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its options."""
    adopt = commands.add_parser(
        "adopt",
        help="write the manifest of an existing table",
        description="Writes the manifest of an existing table, and says on standard error what it "
        "leaves out and why. Only reads from AWS, or from a template or state with --from. Exit "
        "status: 0 success, 1 a table cannot be read, or its manifest is not valid, 2 there is no "
        "table to read.",
    )
    adopt.add_argument("table", metavar="TABLE", nargs="?", help="the name of the table")
    adopt.add_argument("--all", action="store_true", help="all tables of the region")
    adopt.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        help="the tables, or TABLE alone, of a CloudFormation or SAM template, a state of Terraform"
        " (terraform.tfstate, terraform show -json), or pulumi stack export; - for standard input",
    )
    adopt.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter of the template, or another value that it leaves open; may be repeated",
    )
    adopt.add_argument(
        "--match", metavar="PATTERN", help="with --all: only names like this, such as 'orders-*'"
    )
    adopt.add_argument("--region", help="default: that of the environment or of the profile")
    adopt.add_argument("--profile", help="a profile of the AWS configuration")
    adopt.add_argument("--endpoint-url", metavar="URL", help="an endpoint instead of AWS's own")
    adopt.add_argument(
        "--output",
        metavar="PATH",
        help="a file or a folder; default: standard output. For several tables a folder, which "
        "gets NAME.yaml for each",
    )
    adopt.add_argument("--force", action="store_true", help="overwrite existing files")
    adopt.add_argument(
        "--to",
        choices=("v1", "v1alpha1"),
        help="only with fields of this version; others go into an annotation. Default: v1alpha1 "
        "with all fields under spec",
    )
    adopt.add_argument(
        "--no-import",
        action="store_true",
        help="write no annotation that makes `pulumi up` import the table",
    )
    adopt.set_defaults(run=_adopt, refuse=adopt.error)


def _adopt(options: argparse.Namespace) -> int:
    if options.output == "":
        options.refuse("argument --output: the path is empty")
    if options.source is not None:
        return _adopt_from(options)
    if options.parameter:
        options.refuse("argument --parameter: only with --from")
    if options.all == bool(options.table):
        options.refuse("name a table, or pass --all")
    if options.match is not None and not options.all:
        options.refuse("argument --match: only with --all")
    if options.all and not options.output:
        options.refuse("argument --output: required with --all")
    if find_spec("boto3") is None:
        print("planton: this needs boto3: pip install '.[adopt]'", file=sys.stderr)
        return USAGE
    from planton.cli.adopt import Account, adopt_all, adopt_table

    account = Account(options.region, options.profile, options.endpoint_url)
    output = _output(options)
    if options.all:
        return adopt_all(options.match or "*", account, output)
    return adopt_table(options.table, account, output)


def _adopt_from(options: argparse.Namespace) -> int:
    for name in ("all", "match", "profile", "endpoint_url"):
        if getattr(options, name):
            option = name.replace("_", "-")
            options.refuse(f"argument --{option}: not with --from, which reads no account")
    from planton.adopt.sources import MAX_BYTES as MAX_SOURCE_BYTES
    from planton.adopt.template.references import REGION
    from planton.cli.adopt_from import adopt_from

    parameters: dict[str, str] = {}
    given = [f"{REGION}={options.region}"] if options.region else []
    for one in (*given, *options.parameter):
        key, equals, value = one.partition("=")
        if not key or not equals:
            options.refuse("argument --parameter: expected KEY=VALUE")
        if parameters.setdefault(key, value) != value:
            options.refuse(f"argument --parameter: two values for {key}")
    stdin = read_stdin(options.source, max_bytes=MAX_SOURCE_BYTES)
    return adopt_from(options.source, stdin, parameters, options.table, _output(options))


def _output(options: argparse.Namespace) -> Output:
    from planton.cli.adopted import Output
    from planton.dialects.contract import Contract

    to = Contract(options.to) if options.to else None
    return Output(options.output, to, imports=not options.no_import, force=options.force)
