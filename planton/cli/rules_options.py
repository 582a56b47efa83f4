"""The option with an organization's rules, and `planton rules`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from planton.reading.sources import ENV_RULES

if TYPE_CHECKING:
    from planton.reading.rules_files import RulesFinder


def config_option() -> argparse.ArgumentParser:
    """A parent for the commands that read manifests."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument(
        "--config",
        metavar="FILE",
        help="rules of the organization for every manifest, besides the planton.yaml files in the "
        f"folders around each; also by the environment variable {ENV_RULES}",
    )
    return parent


def finder(options: argparse.Namespace) -> RulesFinder:
    """Finds the rules for each manifest of a command."""
    from planton.reading.rules_files import RulesFinder

    settings = [(ENV_RULES, os.environ.get(ENV_RULES) or None), ("--config", options.config)]
    return RulesFinder([(name, value) for name, value in settings if value is not None])


def add_rules(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command with its options."""
    rules = commands.add_parser(
        "rules",
        parents=[config_option()],
        help="show and check the organization's rules for a manifest",
        description="Shows which rules of an organization (planton.yaml) apply to a manifest, and "
        "checks them. Exit status: 0 success, 1 a file of rules is invalid, 2 wrong usage.",
    )
    rules.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="a manifest, a file of rules, a folder, or - for standard input; default: the working "
        "directory",
    )
    rules.add_argument("--format", choices=("text", "json"), default="text")
    rules.set_defaults(run=_rules)


def _rules(options: argparse.Namespace) -> int:
    from planton.cli.rules import rules_command

    return rules_command(options.path, finder(options), options.format)
