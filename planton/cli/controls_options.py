"""The options of `planton controls`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from planton.cli.rules_options import config_option, finder
from planton.cli.stdin import read_stdin


def add_controls(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its options."""
    controls = commands.add_parser(
        "controls",
        parents=[config_option()],
        help="show which security controls the manifests pass",
        description="Shows which controls of known profiles (Security Hub, Control Tower, Checkov) "
        "each manifest passes, and which a manifest cannot show. Exit status: 0 no control that "
        "can be seen has failed, 1 some have, or a manifest is invalid, 2 there are no manifests.",
    )
    controls.add_argument(
        "paths", nargs="+", metavar="MANIFEST", help="a file, a folder, or - for standard input"
    )
    controls.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="fsbp, control-tower or checkov; may be repeated, or list several with commas. "
        "Default: all",
    )
    controls.add_argument(
        "--required-tags",
        metavar="KEYS",
        help="the tags that DynamoDB.5 asks for, separated by commas, at most 6. Default: any tag",
    )
    controls.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    controls.set_defaults(run=_controls, refuse=controls.error)


def _controls(options: argparse.Namespace) -> int:
    from planton.cli.controls import controls_command
    from planton.controls.catalogue import FSBP, MAX_REQUIRED_TAGS, PROFILES
    from planton.controls.control import Parameters
    from planton.diagnostics.diagnostic import did_you_mean, one_of, quote

    for name in (names := _listed(options.profile)):
        if name not in PROFILES:
            meant = did_you_mean(name, PROFILES)
            help = f"did you mean '{meant}'?" if meant else f"expected {one_of(PROFILES)}"
            options.refuse(f"argument --profile: unknown profile {quote(name)}: {help}")
    if options.profile and not names:
        options.refuse(f"argument --profile: no profile is named: expected {one_of(PROFILES)}")
    tags = _listed([options.required_tags or ""])
    if options.required_tags is not None:
        if not 1 <= len(tags) <= MAX_REQUIRED_TAGS:
            options.refuse(
                f"argument --required-tags: expected 1 to {MAX_REQUIRED_TAGS} keys, got {len(tags)}"
            )
        if names and FSBP.name not in names:
            options.refuse(f"argument --required-tags: only with the profile {quote(FSBP.name)}")
    return controls_command(
        options.paths,
        read_stdin(*options.paths),
        options.format,
        profiles=tuple(p for p in PROFILES.values() if not names or p.name in names),
        parameters=Parameters(tuple(tags)),
        find_rules=finder(options),
    )


def _listed(values: Sequence[str]) -> list[str]:
    """The names in lists with commas, each once."""
    listed = (name.strip() for value in values for name in value.split(","))
    return list(dict.fromkeys(name for name in listed if name))
