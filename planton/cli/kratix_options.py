"""The options of `planton kratix`."""

from __future__ import annotations

import argparse

from planton.cli.rules_options import config_option, finder
from planton.cli.stdin import read_stdin

OBSERVERS = ("pipeline", "destination", "both", "none")


def add_kratix(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its own commands and their options."""
    kratix = commands.add_parser(
        "kratix",
        help="print the Kratix Promise, check and render requests",
        description="Works on the Kratix Promise and its requests, without a cluster.",
    )
    actions = kratix.add_subparsers(required=True, metavar="COMMAND")
    offered = argparse.ArgumentParser(add_help=False)
    where = offered.add_mutually_exclusive_group()
    for options in (where, promise := actions.add_parser("promise", help="print promise.yaml")):
        options.add_argument(
            "--regions",
            metavar="NAMES",
            help="the regions that the platform offers, separated by commas; empty: all; by "
            "default those of this module's promise.yaml",
        )
    where.add_argument(
        "--promise", metavar="FILE", help="the platform's Promise, which lists its regions"
    )
    promise.add_argument("--image", help="the workflow's image")
    promise.add_argument(
        "--observe",
        choices=OBSERVERS,
        default="pipeline",
        help="who tells a request the state of its table: the workflow (default), for tables in "
        "the platform's own cluster; a job on each Destination; both; or none",
    )
    promise.add_argument(
        "--rules",
        metavar="CONFIGMAP",
        help="a ConfigMap with the organization's rules under the key planton.yaml, in the "
        "namespace in which the workflow runs",
    )
    promise.set_defaults(run=_kratix_promise)

    render = actions.add_parser(
        "render",
        parents=[offered, config_option()],
        help="run the workflow on your own folders",
        description="Does what the Promise's workflow does with a request: writes manifests to "
        "one folder, status and selectors to another. Exit status: 0 success, 1 the request is "
        "refused.",
    )
    render.add_argument("request", metavar="REQUEST", help="a file, or - for standard input")
    render.add_argument("--output", required=True, metavar="DIR", help="folder for the manifests")
    render.add_argument(
        "--metadata", required=True, metavar="DIR", help="folder for status.yaml etc."
    )
    render.add_argument("--action", choices=("configure", "delete"), default="configure")
    render.set_defaults(run=_kratix_render)

    check = actions.add_parser(
        "check",
        parents=[offered, config_option()],
        help="check requests and report every problem",
        description="Checks requests as the workflow does, and reports every problem. Exit "
        "status: 0 all are valid, 1 some are invalid, 2 there are none.",
    )
    check.add_argument(
        "paths",
        nargs="*",
        default=["promise/requests"],
        metavar="PATH",
        help="a file, a folder, or - for standard input (default: promise/requests)",
    )
    check.set_defaults(run=_kratix_check)


def _kratix_promise(options: argparse.Namespace) -> int:
    from planton.cli.kratix import promise_command

    return promise_command(options.image, options.regions, options.observe, options.rules)


def _kratix_render(options: argparse.Namespace) -> int:
    from planton.cli.kratix import render_command

    return render_command(
        options.request,
        read_stdin(options.request),
        output=options.output,
        metadata=options.metadata,
        action=options.action,
        regions=options.regions,
        promise=options.promise,
        find_rules=finder(options),
    )


def _kratix_check(options: argparse.Namespace) -> int:
    from planton.cli.kratix import check_command

    return check_command(
        options.paths,
        read_stdin(*options.paths),
        regions=options.regions,
        promise=options.promise,
        find_rules=finder(options),
    )
